"""Fit the weights by which an entry answers a question or only stands beside it.

pip install scikit-learn, then python bench/fit_known.py. Reads the questions of tests/asked whose
entries are known; writes src/blueproof/advisors/known/weights.json.

A short question that has an entry of its own mostly stands there as a way to ask, which no unseen
one does. So each is put three times: as it is, with the nearest way to ask taken away from the
entries that answer it, and with these entries taken away as a whole, where nothing should answer.
Real questions (graded.yaml) count more: those that entries were written for without the nearest,
the others as they are. In ten folds over the questions it is printed how often each comes out
right, and at the end for held-out-4, which is not fitted to.
"""

import json
import sys
from collections import Counter
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
_FRESH = ("held-out-3", "held-out-4")  # graded before anything was written for them
_KEPT_OUT = "held-out-4"
_REAL, _REAL_WORTH = "real", 4.0
_WEIGHED, _FOLDS = 10, 10
# How a question is put, and what that weighs.
_WAYS = {"as it is": 0.3, "without the nearest": 0.6, "without the entry": 0.4, _REAL: _REAL_WORTH}
_HELD_STANDING, _HELD_CERTAIN = 0.01, 0.03  # how hard weights are held down (less is harder)
_ORDERED = ("as it is", "without the nearest", _REAL)  # ways by which the order is fitted
_RIVALS = 6  # entries that the right one is compared with
_CUTS = (ranking.LIKELY, ranking.CERTAIN)  # likelihoods from which it answers
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


def graded() -> Iterator[Put]:
    """The real questions, each put once."""
    folder = ROOT / "tests" / "asked"
    grades = yaml.safe_load((folder / "graded.yaml").read_text())
    for name, answers in grades.items():
        for case in yaml.safe_load((folder / f"{name}.yaml").read_text()):
            among = {**case, "id": f"{name}: {case['id']}", "among": answers[case["id"]]}
            yield put(among, _REAL, "as it is" if name in _FRESH else "without the nearest")


def put(case: dict[str, Any], way: str, taken: str = "") -> Put:
    """The question asked this way."""
    brief = read_request(case["text"])
    with taken_away(case["among"], brief, taken or way):
        found = ranking.ranked(brief)[:_WEIGHED]
    return Put(
        question=case["id"],
        way=way,
        signals=[dict(f.signals) for f in found],
        right=[f.entry.id in case["among"] for f in found],
        may=[ranking.may_answer(f) for f in found],
    )


@contextmanager
def taken_away(names: Sequence[str], brief: Brief, way: str) -> Iterator[None]:
    """The index without what this way of asking takes from these entries."""
    kept = {name: index().entries[name] for name in names if name in index().entries}
    whole: Any = index().entries
    entries: dict[str, Any] = whole._read  # noqa: SLF001 (what was read of it stands in for it)
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
    differences: list[Any] = []
    worth: list[float] = []
    for each in puts:
        rows = each.matrix(names)
        right = [n for n, yes in enumerate(each.right) if yes]
        rivals = [n for n, yes in enumerate(each.right) if not yes][:_RIVALS]
        ahead = [rows[r] - rows[n] for r in right[:2] for n in rivals]
        differences += ahead
        worth += [_WAYS[each.way]] * 2 * len(ahead)
    both = np.array([sign * row for row in differences for sign in (1, -1)])
    spread = both.std(0) + 1e-6
    linear = LogisticRegression(C=_HELD_STANDING, fit_intercept=False, max_iter=5000)
    linear.fit(both / spread, [1, 0] * len(differences), sample_weight=worth)
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
    near = [each for each in puts if each.way in _ORDERED and any(each.right)]
    weights = standing(near, names)
    return weights, *certain(puts, names, weights)


def fold(puts: Sequence[Put], names: Sequence[str]) -> None:
    """Print what ten folds come to."""
    asked = sorted({each.question for each in puts})
    order = [asked[n] for n in np.random.default_rng(1).permutation(len(asked))]
    fold_of = {question: n % _FOLDS for n, question in enumerate(order)}
    counts: dict[str, Counter[str]] = {}
    for n in range(_FOLDS):
        models = fit([p for p in puts if fold_of[p.question] != n], names)
        for each in (p for p in puts if fold_of[p.question] == n):
            kind = each.question.partition(":")[0] if each.way == _REAL else each.way
            counts.setdefault(kind, Counter()).update(outcome(each, names, models))
    for kind, tally in counts.items():
        sys.stdout.write(f"{kind}: {dict(tally)}\n")


def outcome(each: Put, names: Sequence[str], models: tuple[Any, Any, float]) -> Iterator[str]:
    """What is counted of a question: whether the first is right, and whether it answers."""
    yield "asked"
    if not each.signals:
        return
    weights, worth, start = models
    at, row = first(each, names, weights)
    if each.right[at]:
        yield "first"
    sure = 1 / (1 + np.exp(-start - np.array(row) @ worth))
    if each.may[at]:
        yield from (f"{'right' if each.right[at] else 'wrong'} {c}" for c in _CUTS if sure >= c)


def main() -> None:
    """Fit both models, print the folds, write the weights."""
    real = list(graded())
    kept_out = [each for each in real if each.question.startswith(_KEPT_OUT)]
    puts = [put(case, way) for case in cases() for way in _WAYS if way != _REAL]
    puts += [each for each in real if each not in kept_out]
    names = sorted(puts[0].signals[0])
    fold(puts, names)
    weights, worth, start = models = fit(puts, names)
    tally = Counter(what for each in kept_out for what in outcome(each, names, models))
    sys.stdout.write(f"{_KEPT_OUT}, not fitted to: {dict(tally)}\n")
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
