"""The settings of the tools: Expo, EAS, TypeScript, vitest, git; and the app's own constants."""

import json
from typing import Any

from blueproof.starters.expo_files.manifest import print_json
from blueproof.starters.expo_files.merging import deep, lists
from blueproof.starters.feature import App, Feature

Data = dict[str, Any]
_VITEST = """\
import {{ defineConfig }} from "vitest/config";

export default defineConfig({{
  resolve: {{ tsconfigPaths: true }},
  test: {{
    projects: [
{projects}
    ],
  }},
}});
"""


def files(app: App, features: tuple[Feature, ...]) -> dict[str, str]:
    """The settings by path."""
    found = {
        "app.json": print_json({"expo": _expo(app, features)}),
        "eas.json": print_json(_eas()),
        "tsconfig.json": print_json(_typescript(features)),
        "vitest.config.mts": _vitest(features),
        ".gitignore": "\n".join(lists(features, "ignore")) + "\n",
        "lib/app.ts": _constant("app", _known(app)),
    }
    if environment := lists(features, "env"):
        found[".env.example"] = _environment(environment)
    if "offline" in app.features:
        found["lib/offline/promise.ts"] = _constant("promise", _promise(features))
    return found


def _expo(app: App, features: tuple[Feature, ...]) -> Data:
    base: Data = {
        "name": app.title,
        "slug": app.name,
        "scheme": app.name,
        "version": "1.0.0",
        "orientation": "portrait",
        "userInterfaceStyle": "automatic",
        "ios": {
            "bundleIdentifier": app.identifier,
            "supportsTablet": True,
            "config": {"usesNonExemptEncryption": False},
        },
        "android": {"package": app.identifier},
    }
    return deep((base, *(feature.data.get("app", {}) for feature in features)))


def _eas() -> Data:
    """Three builds with the environment variables of their own; versions are counted by EAS."""
    return {
        "cli": {"appVersionSource": "remote"},
        "build": {
            "development": {
                "developmentClient": True,
                "distribution": "internal",
                "environment": "development",
            },
            "preview": {"distribution": "internal", "environment": "preview"},
            "production": {"autoIncrement": True, "environment": "production"},
        },
        "submit": {"production": {}},
    }


def _typescript(features: tuple[Feature, ...]) -> Data:
    strict = {"strict": True, "noUncheckedIndexedAccess": True, "paths": {"@/*": ["./*"]}}
    found: Data = {
        "extends": "expo/tsconfig.base",
        "compilerOptions": strict,
        "include": ["**/*.ts", "**/*.tsx", ".expo/types/**/*.ts", "expo-env.d.ts"],
    }
    if left := lists(features, "tsconfig_exclude"):
        found["exclude"] = ["node_modules", *left]
    return found


def _vitest(features: tuple[Feature, ...]) -> str:
    projects = [_project(entry) for entry in lists(features, "vitest")]
    return _VITEST.format(projects="\n".join(projects))


def _project(entry: Data) -> str:
    """One group of tests, in vitest's own words; `inline` names packages that vite transforms."""
    test = {name: value for name, value in entry.items() if name != "inline"}
    if "inline" in entry:
        test["server"] = {"deps": {"inline": entry["inline"]}}
    return f"      {{ extends: true, test: {_literal(test)} }},"


def _known(app: App) -> Data:
    known: Data = {"name": app.name, "title": app.title}
    return known | {"largestGroup": app.group} if "groups" in app.features else known


def _promise(features: tuple[Feature, ...]) -> Data:
    """What holds without a connection, in the words of the back end."""
    for feature in features:
        if said := feature.data.get("offline"):
            return {"reads": said["reads"], "writes": said["writes"]}
    raise ValueError("the back end does not say what holds without a connection")


def _constant(name: str, data: Data) -> str:
    inside = "".join(f"  {key}: {_literal(value)},\n" for key, value in data.items())
    return f"export const {name} = {{\n{inside}}};\n"


def _literal(value: Any) -> str:
    """The value as TypeScript has it, names of properties bare."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key}: {_literal(each)}' for key, each in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(_literal(each) for each in value)}]"
    return json.dumps(value, ensure_ascii=False)


def _environment(names: list[Data]) -> str:
    """One line for each name, with what it is above it; secrets have no place in an app's build."""
    lines = [f"# {entry['says']}\n{entry['name']}={entry.get('example', '')}\n" for entry in names]
    return "\n".join(lines)
