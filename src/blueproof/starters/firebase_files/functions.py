"""The composed files of the Cloud Functions: index.ts, hooks.ts, package.json, constants.

A feature's `exports` names the functions of each file; `hook_points` opens a list to others
({type, from, named}), and `hooks` fills one, if a feature has opened it, with "name from file".
What a file that is left out holds is neither exported nor hooked in.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from blueproof.starters.feature import App, Feature
from blueproof.starters.firebase_files.settings import merged

_SOURCE = "functions/src/"


def function_files(app: App, parts: Sequence[Feature]) -> dict[str, str]:
    """The composed files of functions/ by their paths."""
    constants = {
        f"{_SOURCE}{file}.ts": _constants(app, names)
        for part in parts
        for file, names in part.data.get("app_constants", {}).items()
    }
    return constants | {
        f"{_SOURCE}index.ts": _index(parts),
        f"{_SOURCE}hooks.ts": _hooks(parts),
        "functions/package.json": _package(app, parts),
    }


def _constants(app: App, names: Mapping[str, str]) -> str:
    return "".join(f"export const {name} = {getattr(app, of)};\n" for name, of in names.items())


def _index(parts: Sequence[Feature]) -> str:
    exports = {
        file: names
        for part in parts
        for file, names in part.data.get("exports", {}).items()
        if not _is_left_out(part, file)
    }
    return "".join(
        f'export {{ {", ".join(names)} }} from "./{file}.js";\n'
        for file, names in sorted(exports.items())
    )


def _is_left_out(part: Feature, file: str) -> bool:
    """Whether a file of the feature serves another one that the app does not have."""
    path = f"{_SOURCE}{file}.ts"
    return path in part.data.get("only_with", {}) and path not in part.files


def _hooks(parts: Sequence[Feature]) -> str:
    points = merged(parts, "hook_points")
    filled: dict[str, list[tuple[str, str]]] = {point: [] for point in points}
    imports: dict[str, set[str]] = {}
    for point in points.values():
        imports.setdefault(point["from"], set()).add(f"type {point['type']}")
    for part in parts:
        for point, hooks in part.data.get("hooks", {}).items():
            for key, hook in _keyed(hooks) if point in points else ():
                name, file = hook.split(" from ")
                if _is_left_out(part, file):
                    continue
                filled[point].append((key, name))
                imports.setdefault(file, set()).add(name)
    lines = [_import(file, names) for file, names in sorted(imports.items())]
    return "\n".join([*lines, *(_list(p, point, filled[p]) for p, point in points.items())]) + "\n"


def _keyed(hooks: Mapping[str, str] | list[str]) -> Iterable[tuple[str, str]]:
    return hooks.items() if isinstance(hooks, Mapping) else ((hook, hook) for hook in hooks)


def _import(file: str, names: set[str]) -> str:
    only_types = all(name.startswith("type ") for name in names)
    listed = ", ".join(sorted(name.removeprefix("type ") if only_types else name for name in names))
    return f'import {"type " if only_types else ""}{{ {listed} }} from "./{file}.js";'


def _list(name: str, point: Mapping[str, Any], hooks: list[tuple[str, str]]) -> str:
    if point.get("named"):
        members = "".join(f"  {key}: {hook},\n" for key, hook in hooks)
        return f"\nexport const {name}: Record<string, {point['type']}> = {{\n{members}}};"
    members = ", ".join(hook for _, hook in hooks)
    return f"\nexport const {name}: readonly {point['type']}[] = [{members}];"


def _package(app: App, parts: Sequence[Feature]) -> str:
    tree = {
        "name": f"{app.name}-functions",
        "private": True,
        "type": "module",
        "main": "lib/index.js",
        "engines": {"node": "22"},
        "scripts": {
            "build": "tsc",
            "typecheck": "tsc -p tsconfig.test.json",
            "test": "vitest run",
        },
        "dependencies": dict(sorted(merged(parts, "functions_packages").items())),
        "devDependencies": dict(sorted(merged(parts, "functions_dev_packages").items())),
    }
    return json.dumps(tree, indent=2) + "\n"
