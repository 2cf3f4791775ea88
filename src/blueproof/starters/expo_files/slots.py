"""lib/slots/*.ts: which component of which feature stands in which place of the screens.

The feature that owns screens names its `places` and where their types are; features that put
something there name it under `slots`. A screen so never mentions a feature that is not there.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from blueproof.starters.feature import Feature

Part = dict[str, Any]
_WIDTH = 100
_MIDDLE = 50
_WORD = re.compile(r"\b[A-Z]\w*")


def files(features: tuple[Feature, ...]) -> dict[str, str]:
    """One file for each feature that has places; ValueError for a place that nobody has."""
    owners = [feature for feature in features if "places" in feature.data]
    known = {place for owner in owners for place in owner.data["places"]}
    for feature in features:
        for place in feature.data.get("slots", {}):
            if place not in known:
                raise ValueError(f"{feature.name} wants the place {place}, which no feature has")
    return {f"lib/slots/{owner.name}.ts": _printed(owner, features) for owner in owners}


def _printed(owner: Feature, features: tuple[Feature, ...]) -> str:
    filled = {place: _parts(place, features) for place in owner.data["places"]}
    imports = _components(part for parts in filled.values() for part in parts)
    imports |= _types(owner)
    lines = [*(_import(path, *imports[path]) for path in sorted(imports)), ""]
    for place, kind in owner.data["places"].items():
        names = [part["name"] for part in filled[place]]
        lines += _constant(place, kind, names)
    return "\n".join(lines) + "\n"


def _parts(place: str, features: tuple[Feature, ...]) -> list[Part]:
    """What stands in a place, by `at` where features say it: the smaller comes first."""
    parts = [part for feature in features for part in feature.data.get("slots", {}).get(place, ())]
    return sorted(parts, key=lambda part: part.get("at", _MIDDLE))


def _components(parts: Iterable[Part]) -> dict[str, tuple[set[str], str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for part in parts:
        found[part["from"]].add(part["name"])
    return {path: (names, "import") for path, names in found.items()}


def _types(owner: Feature) -> dict[str, tuple[set[str], str]]:
    used = set(_WORD.findall(" ".join(owner.data["places"].values())))
    named = {path: used & set(names) for path, names in owner.data["types"].items()}
    return {path: (names, "import type") for path, names in named.items() if names}


def _import(path: str, names: set[str], verb: str) -> str:
    return f'{verb} {{ {", ".join(sorted(names))} }} from "{path}";'


def _constant(place: str, kind: str, names: list[str]) -> list[str]:
    line = f"export const {place}: {kind} = [{', '.join(names)}];"
    if len(line) <= _WIDTH or not names:
        return [line]
    return [f"export const {place}: {kind} = [", *(f"  {name}," for name in names), "];"]
