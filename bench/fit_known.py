"""Fit the weights by which an entry answers a question or only stands beside it.

pip install scikit-learn, then python bench/fit_known.py. Reads the questions of tests/asked whose
entries are known and that are not held out; writes src/blueproof/advisors/known/weights.json.

A question that has an entry of its own mostly stands there as a way to ask, which no unseen one
does. So each question is put three times: as it is, with the nearest way to ask taken away from
the entries that answer it, and with these entries taken away as a whole, where nothing should
answer. In ten folds over the questions it is printed how often each comes out right.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from blueproof.advisors.known import ranking, signals
from blueproof.advisors.known.entries import everything
from blueproof.advisors.known.index import index
from blueproof.advisors.known.phrases import nearest
from blueproof.core.brief import Brief
from blueproof.intake.words.read import read_request

ROOT = Path(__file__).parent.parent
OUT = ROOT / "src" / "blueproof" / "advisors" / "known" / "weights.json"
_FILES = ("tuned-2", "most-asked")
_WEIGHED, _FOLDS = 10, 10
_WAYS = {"as it is": 0.8, "without the nearest": 1.0, "without the entry": 0.6}  # and their weights
_HELD_STANDING, _HELD_CERTAIN = 0.01, 0.03  # how hard weights are held down (less is harder)
_RIVALS = 6  # entries that the right one is compared with
_NAMES = ("standing", "lead", "led")


@dataclass(frozen=True, kw_only=True)
class Put:
    """A question put one way: the entries found, their signals, and which of them answer."""

    question: str
    way: str
    signals: Sequence[dict[str, float]]
    right: Sequence[bool]
    may: Sequence[bool]

    def matrix(self, names: Sequence[str]) -> Any:
        """A row an entry, a column a signal."""
        return np.array([[each[name] for name in names] for each in self.signals])


def cases() -> list[dict[str, Any]]:
    """The questions whose entries are known and that may be fitted to."""
    read = (yaml.safe_load((ROOT / "tests" / "asked" / f"{n}.yaml").read_text()) for n in _FILES)
    return [c for file in read for c in file if c.get("among") and c.get("half") != "held-out"]


def put(case: dict[str, Any], way: str) -> Put:
    """The question asked this way."""
    brief = read_request(case["text"])
    with taken_away(case["among"], brief, way):
        found = ranking.ranked(brief)[:_WEIGHED]
    return Put(
        question=case["id"],
        way=way,
        signals=[dict(f.signals) for f in found],
        right=[f.entry.id in case["among"] for f in found],
        may=[f.may_answer for f in found],
    )


@contextmanager
def taken_away(names: Sequence[str], brief: Brief, way: str) -> Iterator[None]:
    """The index without what this way of asking takes from these entries."""
    kept = {name: index().entries[name] for name in names if name in index().entries}
    entries: Any = index().entries
    if way == "without the entry":
        entries.update((name, ([], "", "")) for name in kept)
    elif way == "without the nearest":
        sentences = ranking.Asked(brief).sentences
        for name, (asks, title, text) in kept.items():
            _, phrase = nearest(everything()[name], sentences)
            entries[name] = ([ask for ask in asks if ask[0] != phrase], title, text)
    _write(kept)
    try:
        yield
    finally:
        entries.update(kept)
        _write(kept)


def _write(names: Any) -> None:
    """Bring the full-text table and the caches to what the index holds now."""
    for name in names:
        asks, title, text = index().entries[name]
        asked = " ".join(stem for _, words in asks for stem in words)
        row = (asked, title, text, name)
        ranking.table().execute(
            "UPDATE entries SET asks = ?, title = ?, body = ? WHERE id = ?", row
        )
    signals.words_of.cache_clear()


def standing(puts: Sequence[Put], names: Sequence[str]) -> Any:
    """The weights by which the right entry stands before its rivals."""
    differences = []
    for each in puts:
        rows = each.matrix(names)
        right = [n for n, yes in enumerate(each.right) if yes]
        rivals = [n for n, yes in enumerate(each.right) if not yes][:_RIVALS]
        differences += [rows[r] - rows[n] for r in right[:2] for n in rivals]
    both = np.array([sign * row for row in differences for sign in (1, -1)])
    spread = both.std(0) + 1e-6
    linear = LogisticRegression(C=_HELD_STANDING, fit_intercept=False, max_iter=5000)
    linear.fit(both / spread, [1, 0] * len(differences))
    return linear.coef_[0] / spread


def first(each: Put, names: Sequence[str], weights: Any) -> tuple[int, list[float]]:
    """Which entry stands first, and its signals with its standing and lead."""
    rows = each.matrix(names)
    order = np.argsort(-(rows @ weights))
    ahead = [float(rows[n] @ weights) for n in order[:2]]
    lead = ahead[0] - ahead[1] if len(ahead) > 1 else ranking.ALONE
    led = min(signals.MOST_LEAD, lead)
    return int(order[0]), [*rows[order[0]], ahead[0], lead, led]


def certain(puts: Sequence[Put], names: Sequence[str], weights: Any) -> tuple[Any, float]:
    """The weights and the start of how likely the first answers."""
    seen = [(first(each, names, weights), each) for each in puts if each.signals]
    rows = np.array([row for (_, row), _ in seen])
    scale = StandardScaler().fit(rows)
    linear = LogisticRegression(C=_HELD_CERTAIN, max_iter=5000)
    linear.fit(
        scale.transform(rows),
        [each.right[n] for (n, _), each in seen],
        sample_weight=[_WAYS[each.way] for _, each in seen],
    )
    worth = linear.coef_[0] / scale.scale_
    return worth, float(linear.intercept_[0] - worth @ scale.mean_)


def fit(puts: Sequence[Put], names: Sequence[str]) -> tuple[Any, Any, float]:
    """Both models."""
    near = [each for each in puts if each.way == "without the nearest" and any(each.right)]
    weights = standing(near, names)
    return weights, *certain(puts, names, weights)


def fold(puts: Sequence[Put], names: Sequence[str]) -> None:
    """Print what ten folds come to."""
    questions = sorted({each.question for each in puts})
    questions = [questions[n] for n in np.random.default_rng(1).permutation(len(questions))]
    fold_of = {question: n % _FOLDS for n, question in enumerate(questions)}
    counts = {way: {"first": 0, "right": 0, "wrong": 0} for way in _WAYS}
    for n in range(_FOLDS):
        weights, worth, start = fit([p for p in puts if fold_of[p.question] != n], names)
        for each in puts:
            if fold_of[each.question] == n and each.signals:
                at, row = first(each, names, weights)
                sure = 1 / (1 + np.exp(-start - np.array(row) @ worth)) >= ranking.CERTAIN
                tally = counts[each.way]
                tally["first"] += each.right[at]
                tally["right" if each.right[at] else "wrong"] += bool(sure and each.may[at])
    for way, tally in counts.items():
        sys.stdout.write(f"{way}, of {len(questions)}: {tally}\n")


def main() -> None:
    """Fit both models, print the folds, write the weights."""
    puts = [put(case, way) for case in cases() for way in _WAYS]
    names = sorted(puts[0].signals[0])
    fold(puts, names)
    weights, worth, start = fit(puts, names)
    models = {
        "start": round(start, 3),
        "standing": _rounded(names, weights),
        "certain": _rounded([*names, *_NAMES], worth),
    }
    OUT.write_text(json.dumps(models, indent=1) + "\n", encoding="utf-8")


def _rounded(names: Sequence[str], weights: Any) -> dict[str, float]:
    return {name: round(float(worth), 3) for name, worth in zip(names, weights, strict=True)}


if __name__ == "__main__":
    main()
