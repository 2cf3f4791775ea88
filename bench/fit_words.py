"""Fit the weights by which requests are understood, from the labelled requests in tests/requests.

pip install scikit-learn, then python bench/fit_words.py. Reads what tests/requests holds but for
held-out-*.yaml; writes src/blueproof/intake/words/weights.txt; prints the accuracy of ten folds.
--measure only prints.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.svm import LinearSVC
from understanding import overlap

from blueproof.intake.words.numbers import read_numbers
from blueproof.intake.words.premises import read_clauses
from blueproof.intake.words.signals import read_signals
from blueproof.intake.words.technologies import read_technologies
from blueproof.intake.words.text import Text
from blueproof.intake.words.topics import read_features

ROOT = Path(__file__).parent.parent
OUT = ROOT / "src" / "blueproof" / "intake" / "words" / "weights.txt"
_PICKED = 0.4  # the weight of requests that were picked for their kind, not met by chance
_PICKED_FILES = ("-2", "-3")
_UNSTATED = "-3"  # files in which premises were not looked for
_FOLDS = 10
_WHOLE = 100  # weights are written in hundredths
# How margins may be stretched to likelihoods; further, second problems are lost.
_STEEP = (1.0, 1.5, 2.0, 2.5, 3.0)

Signals = dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Case:
    """Something to tell the class of: its signals and label, and the request it is from."""

    signals: Signals
    label: str
    request: int
    weight: float


@dataclass(frozen=True, kw_only=True)
class Question:
    """How a question is fitted.

    `hold` is how hard the weights are held down (less is harder), `least` in how many cases a
    signal must be seen, `aside` the signals left out.
    """

    model: Callable[[float], Any]
    hold: float
    least: int
    aside: tuple[str, ...]


def _margins(hold: float) -> Any:
    return LinearSVC(C=hold)


def _chances(hold: float) -> Any:
    return LogisticRegression(C=hold, max_iter=2000, solver="liblinear")


_QUESTIONS = {
    "problem": Question(model=_margins, hold=0.05, least=4, aside=("pair:",)),
    "kind": Question(model=_margins, hold=0.05, least=3, aside=("root:", "feature:")),
    "premise": Question(model=_chances, hold=0.3, least=4, aside=()),
}


def labelled() -> list[dict[str, Any]]:
    """The labelled requests that weights may be fitted to."""
    files = sorted((ROOT / "tests" / "requests").glob("*.yaml"))
    return [
        {
            **item,
            "weight": _PICKED if file.stem.endswith(_PICKED_FILES) else 1.0,
            "premises": None if file.stem.endswith(_UNSTATED) else item["premises"],
        }
        for file in files
        if not file.stem.startswith("held-out")
        for item in yaml.safe_load(file.read_text(encoding="utf-8"))
    ]


def cases(requests: list[dict[str, Any]]) -> dict[str, list[Case]]:
    """The cases of each question."""
    found: dict[str, list[Case]] = {name: [] for name in _QUESTIONS}
    for number, item in enumerate(requests):
        text = Text(item["text"].strip())
        mentions, numbers = read_technologies(text), read_numbers(text.raw)
        signals = read_signals(text, mentions, numbers, read_features(text))
        told = {"problem": (signals, item["problems"][0]), "kind": (signals, item["kind"])}
        for name, (own, label) in told.items():
            found[name].append(
                Case(signals=own, label=label, request=number, weight=item["weight"])
            )
        for clause in read_clauses(text, mentions, numbers) if item["premises"] is not None else ():
            stated = any(overlap(premise, clause.quote) for premise in item["premises"])
            label = "stated" if stated else "other"
            found["premise"].append(
                Case(signals=clause.signals, label=label, request=number, weight=1.0)
            )
    return found


def fit(name: str, given: list[Case]) -> dict[str, Any]:
    """The weights of one question; prints how it does in ten folds."""
    question = _QUESTIONS[name]
    seen = Counter(signal for case in given for signal in case.signals)
    left_out = question.aside or ("\0",)
    kept = [{n: v for n, v in case.signals.items() if seen[n] >= question.least} for case in given]
    kept = [{n: v for n, v in s.items() if not n.startswith(left_out)} for s in kept]
    names = DictVectorizer()
    matrix = names.fit_transform(kept)
    matrix.indices, matrix.indptr = (  # wider ones are refused
        part.astype(np.int32) for part in (matrix.indices, matrix.indptr)
    )
    scores, classes = _in_folds(question, given, matrix)
    steep = _steepness(scores, classes, given)
    sys.stdout.write(f"{name}: {len(given)} cases, {matrix.shape[1]} signals, x {steep}: ")
    sys.stdout.write(_told(scores, classes, given) + "\n")
    linear = question.model(question.hold)
    linear.fit(matrix, [c.label for c in given], sample_weight=[c.weight for c in given])
    coefficients, starts = _as_classes(linear)
    return _written(names, coefficients * steep, starts * steep, linear.classes_)


def _as_classes(linear: Any) -> tuple[Any, Any]:
    """The weights, a row a class, also where there are only two."""
    if len(linear.classes_) > len(linear.coef_):
        rows = np.vstack([np.zeros_like(linear.coef_[0]), linear.coef_[0]])
        return rows, np.array([0.0, linear.intercept_[0]])
    return linear.coef_, linear.intercept_


def _in_folds(question: Question, given: list[Case], matrix: Any) -> tuple[Any, Any]:
    """The score of each class in each case, by weights that were fitted without its request."""
    labels = np.array([case.label for case in given])
    weights = np.array([case.weight for case in given])
    request = np.array([case.request for case in given])
    classes = np.unique(labels)
    scores = np.zeros((len(given), len(classes)))
    for fitted, _ in KFold(_FOLDS, shuffle=True, random_state=2).split(np.unique(request)):
        inside = np.isin(request, fitted)
        linear = question.model(question.hold)
        linear.fit(matrix[inside], labels[inside], sample_weight=weights[inside])
        rows, starts = _as_classes(linear)
        for row, start, name in zip(rows, starts, linear.classes_, strict=True):
            place = np.searchsorted(classes, name)
            scores[~inside, place] = matrix[~inside] @ row + start
    return scores, classes


def _steepness(scores: Any, classes: Any, given: list[Case]) -> float:
    """By how much the scores are stretched so that their shares are likelihoods."""
    if len(classes) == len(("stated", "other")):
        return 1.0
    right = np.searchsorted(classes, [case.label for case in given])

    def surprise(steep: float) -> float:
        powers = np.exp(steep * (scores - scores.max(axis=1, keepdims=True)))
        shares = powers[np.arange(len(given)), right] / powers.sum(axis=1)
        return float(-np.log(shares).mean())

    return min(_STEEP, key=surprise)


def _told(scores: Any, classes: Any, given: list[Case]) -> str:
    """How many are right: of those met by chance, or of two classes precision and recall."""
    labels = np.array([case.label for case in given])
    if len(classes) == len(("stated", "other")):
        stated = labels == "stated"
        shares = 1 / (1 + np.exp(-scores[:, list(classes).index("stated")]))
        pairs = [(t, shares >= t) for t in (0.25, 0.27, 0.3)]
        return ", ".join(
            f"from {t} precision {stated[p].mean():.3f} recall {p[stated].mean():.3f}"
            for t, p in pairs
        )
    met = np.array([case.weight == 1.0 for case in given])
    right = classes[scores.argmax(axis=1)] == labels
    return f"{right[met].mean():.3f} right of {met.sum()} met by chance"


def _written(names: Any, coefficients: Any, starts: Any, classes: Any) -> dict[str, Any]:
    hundredths = np.rint(coefficients.T * _WHOLE).astype(int).tolist()
    rows = {name: hundredths[column] for name, column in sorted(names.vocabulary_.items())}
    return {
        "classes": [str(c) for c in classes],
        "starts": np.rint(starts * _WHOLE).astype(int).tolist(),
        "weights": {name: row for name, row in rows.items() if any(row)},
    }


def _lines(models: dict[str, dict[str, Any]]) -> Iterator[str]:
    for name, found in models.items():
        yield f"# {name}"
        yield "\t".join(found["classes"])
        yield "\t".join(map(str, found["starts"]))
        for signal, row in found["weights"].items():
            yield "\t".join((signal, *map(str, row)))


def main() -> None:
    """Fit the questions and write the weights."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--measure", action="store_true")
    given = options.parse_args()
    models = {name: fit(name, of) for name, of in cases(labelled()).items()}
    if not given.measure:
        OUT.write_text("\n".join(_lines(models)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
