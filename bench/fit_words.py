"""Fit the weights by which requests are understood, from the labelled requests in tests/requests.

pip install scikit-learn, then python bench/fit_words.py. Reads tuned-*.yaml and training-*.yaml,
never held-out-*.yaml; writes src/blueproof/intake/words/weights.json; prints the accuracy of ten
folds.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from blueproof.intake.words.numbers import read_numbers
from blueproof.intake.words.signals import read_signals
from blueproof.intake.words.technologies import read_technologies
from blueproof.intake.words.text import Text

ROOT = Path(__file__).parent.parent
OUT = ROOT / "src" / "blueproof" / "intake" / "words" / "weights.json"
_LEAST_SEEN = 4  # requests that must have a signal
_LEAST_WEIGHT = 0.1  # what is smaller is left out
_PICKED = 0.4  # the weight of requests that were picked for their kind, not met by chance
# How hard the weights are held down (less is harder), and the signals that are left aside.
_QUESTIONS: dict[str, tuple[float, tuple[str, ...]]] = {
    "problem": (3.0, ("pair:",)),
    "kind": (0.5, ()),
}


def labelled() -> list[dict[str, Any]]:
    """The labelled requests that weights may be fitted to."""
    folder = ROOT / "tests" / "requests"
    files = sorted([*folder.glob("tuned-*.yaml"), *folder.glob("training-*.yaml")])
    return [
        {**item, "weight": _PICKED if file.stem.endswith("-2") else 1.0}
        for file in files
        for item in yaml.safe_load(file.read_text(encoding="utf-8"))
    ]


def signals_of(item: dict[str, Any]) -> dict[str, float]:
    """The signals of a labelled request."""
    text = Text(item["text"].strip())
    return read_signals(text, read_technologies(text), read_numbers(text.raw))


def fit(
    signals: list[dict[str, float]],
    labels: list[str],
    shares: list[float],
    hold: float,
    aside: tuple[str, ...],
) -> dict[str, Any]:
    """The weights of one question."""
    seen = Counter(name for found in signals for name in found)
    kept = [
        {
            n: v
            for n, v in found.items()
            if seen[n] >= _LEAST_SEEN and not n.startswith(aside or ("\0",))
        }
        for found in signals
    ]
    names = DictVectorizer()
    matrix = names.fit_transform(kept)
    linear = LogisticRegression(C=hold, max_iter=5000)
    right = _right(linear, matrix, np.array(labels), np.array(shares))
    sys.stdout.write(f"{len(labels)} requests, {matrix.shape[1]} signals: {right:.3f}\n")
    linear.fit(matrix, labels, sample_weight=shares)
    weights: dict[str, dict[str, float]] = {}
    for name, column in sorted(names.vocabulary_.items()):
        row = {
            str(c): round(float(w), 2)
            for c, w in zip(linear.classes_, linear.coef_[:, column], strict=True)
            if abs(w) >= _LEAST_WEIGHT
        }
        if row:
            weights[name] = row
    starts = zip(linear.classes_, linear.intercept_, strict=True)
    return {"starts": {str(c): round(float(b), 3) for c, b in starts}, "weights": weights}


def _right(linear: Any, matrix: Any, labels: Any, shares: Any) -> float:
    """The share of requests met by chance that are right in ten folds."""
    right = []
    for kept, tried in KFold(10, shuffle=True, random_state=2).split(labels):
        linear.fit(matrix[kept], labels[kept], sample_weight=shares[kept])
        met = tried[shares[tried] == 1.0]
        right += list(linear.predict(matrix[met]) == labels[met])
    return float(np.mean(right))


def main() -> None:
    """Fit both questions and write the weights."""
    requests = labelled()
    signals = [signals_of(item) for item in requests]
    shares = [float(item["weight"]) for item in requests]
    labels = {
        "problem": [item["problems"][0] for item in requests],
        "kind": [item["kind"] for item in requests],
    }
    models = {
        name: fit(signals, labels[name], shares, hold, aside)
        for name, (hold, aside) in _QUESTIONS.items()
    }
    lines = [
        f'"{name}": {{"starts": {json.dumps(found["starts"])}, "weights": {{\n'
        + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in found["weights"].items())
        + "\n}}"
        for name, found in models.items()
    ]
    OUT.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
