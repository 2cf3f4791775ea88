"""convex/hooks.ts: which functions of which features run at the points that others declare."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from blueproof.starters.convex_files.typescript import Named, file, imports, listed, record
from blueproof.starters.feature import App, Feature

_TYPES = {
    "Doc": "./_generated/dataModel",
    "Id": "./_generated/dataModel",
    "ActionCtx": "./_generated/server",
    "MutationCtx": "./_generated/server",
    "QueryCtx": "./_generated/server",
}


def hooks(features: Sequence[Feature], _app: App) -> str:
    """The points, each with what the chosen features run there, in the order of the features."""
    types = dict(_TYPES)
    for feature in features:
        types.update(feature.data.get("types", {}))
    printed = [_printed(point, data, _at(features, point)) for point, data in _points(features)]
    body = "\n\n".join(printed)
    used = [Named(where, name, is_type=True) for name, where in types.items() if _uses(body, name)]
    named = [Named(each["from"], each["name"]) for each in _all(features)]
    return file(imports([*used, *named]), body)


def _points(features: Sequence[Feature]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for feature in features:
        yield from feature.data.get("points", {}).items()


def _all(features: Sequence[Feature]) -> Iterator[Mapping[str, str]]:
    for point, _ in _points(features):
        yield from _at(features, point).values()


def _at(features: Sequence[Feature], point: str) -> dict[str, Mapping[str, str]]:
    """What runs at a point: by its section for a record, by its own name otherwise.

    What is only there for another feature (`with`) is left out where that one is absent.
    """
    found: dict[str, Mapping[str, str]] = {}
    names = {feature.name for feature in features}
    for feature in features:
        given = feature.data.get("hooks", {}).get(point, {})
        keyed = given if isinstance(given, dict) else {each["name"]: each for each in given}
        here = {None, *names}
        found.update({key: each for key, each in keyed.items() if each.get("with") in here})
    return found


def _uses(body: str, name: str) -> bool:
    return re.search(rf"\b{name}\b", body) is not None


def _printed(point: str, data: Mapping[str, Any], given: Mapping[str, Mapping[str, str]]) -> str:
    names = {key: each["name"] for key, each in given.items()}
    printer = {"list": _list, "record": _record}.get(data["kind"], _function)
    comment = f"/** {data['says']} */\n"
    return comment + printer(point, data, names)


def _list(point: str, data: Mapping[str, Any], names: Mapping[str, str]) -> str:
    opening = f"export const {point}: {_type(point)}[] = ["
    values = listed(list(names.values()), opening, "]", after=";")
    return f"{_signature(point, data)}\n\n{values}"


def _record(point: str, data: Mapping[str, Any], names: Mapping[str, str]) -> str:
    kind = f"Record<string, {_type(point)}>"
    return f"{_signature(point, data)}\n\nexport const {point}: {kind} = {record(names)};"


def _signature(point: str, data: Mapping[str, Any]) -> str:
    returned = f") => Promise<{data['returns']}>"
    return listed(_parameters(data), f"type {_type(point)} = (", returned, after=";")


def _type(point: str) -> str:
    return f"{point[0].upper()}{point[1:].removesuffix('s')}"


def _function(point: str, data: Mapping[str, Any], names: Mapping[str, str]) -> str:
    returns = {"first": f"{data.get('returns')} | null", "every": "boolean", "each": "void"}
    parameters = _parameters(data, "" if names else "_")
    opening = f"export async function {point}("
    head = listed(parameters, opening, f"): Promise<{returns[data['kind']]}> {{")
    body = {"first": _first, "every": _every, "each": _each}[data["kind"]](
        list(names.values()), ", ".join(data["args"])
    )
    return f"{head}\n{body}}}" if body else f"{head}}}"


def _first(names: Sequence[str], given: str) -> str:
    return f"  return {_chain(names, given, ' ?? ') or 'null'};\n"


def _every(names: Sequence[str], given: str) -> str:
    return f"  return {_chain(names, given, ' && ') or 'true'};\n"


def _chain(names: Sequence[str], given: str, operator: str) -> str:
    """Calls one after another, each only if those before it leave the answer open."""
    calls = [f"await {name}({given})" for name in names]
    return operator.join(f"({call})" for call in calls) if len(calls) > 1 else "".join(calls)


def _each(names: Sequence[str], given: str) -> str:
    return "".join(f"  await {name}({given});\n" for name in names)


def _parameters(data: Mapping[str, Any], prefix: str = "") -> list[str]:
    return [f"{prefix}{name}: {kind}" for name, kind in data["args"].items()]
