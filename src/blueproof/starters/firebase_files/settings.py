"""One tree of settings from the trees of several features: firebase.json, database.rules.json."""

from collections.abc import Iterable, Mapping
from typing import Any

from blueproof.starters.feature import Feature


def merged(parts: Iterable[Feature], section: str) -> dict[str, Any]:
    """The section's trees of all features as one; ValueError if two say different things."""
    tree: dict[str, Any] = {}
    for part in parts:
        _merge(tree, part.data.get(section, {}), f"{part.name}: {section}")
    return tree


def _merge(tree: dict[str, Any], more: Mapping[str, Any], where: str) -> None:
    for key, value in more.items():
        here = f"{where}.{key}"
        if isinstance(value, Mapping):
            _merge(tree.setdefault(key, {}), value, here)
        elif tree.setdefault(key, value) != value:
            raise ValueError(f"{here} is {tree[key]!r} already")
