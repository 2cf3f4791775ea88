"""What several features say under one word of their feature.yaml, laid together."""

from collections.abc import Iterable, Mapping
from typing import Any

from blueproof.starters.feature import Feature


def lists(features: Iterable[Feature], word: str) -> list[Any]:
    """The entries of all features in order, each once."""
    found: list[Any] = []
    for feature in features:
        found += [entry for entry in feature.data.get(word, ()) if entry not in found]
    return found


def tables(features: Iterable[Feature], word: str) -> dict[str, Any]:
    """The names of all features; ValueError where two features give one name two meanings."""
    found: dict[str, Any] = {}
    for feature in features:
        for name, value in feature.data.get(word, {}).items():
            if found.setdefault(name, value) != value:
                raise ValueError(f"{feature.stack} {feature.name}: {word} {name} is taken")
    return found


def deep(parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Nested tables as one: lists are joined, each entry once; ValueError where values differ."""
    found: dict[str, Any] = {}
    for part in parts:
        for name, value in part.items():
            found[name] = _joined(name, found[name], value) if name in found else value
    return found


def _joined(name: str, old: Any, new: Any) -> Any:
    if isinstance(old, dict) and isinstance(new, dict):
        return deep((old, new))
    if isinstance(old, list) and isinstance(new, list):
        return old + [entry for entry in new if entry not in old]
    if old != new:
        raise ValueError(f"{name} is {old!r} and {new!r} at once")
    return old
