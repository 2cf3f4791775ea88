"""Everything of the Firebase stack for one app: whole files, and those composed of its features."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from blueproof.core.errors import UsageError
from blueproof.starters.feature import App, Feature, chosen
from blueproof.starters.firebase_files import workflow
from blueproof.starters.firebase_files.functions import function_files
from blueproof.starters.firebase_files.indexes import index_file
from blueproof.starters.firebase_files.region import located
from blueproof.starters.firebase_files.rules import rules_file
from blueproof.starters.firebase_files.settings import merged

MOST_IN_GROUP = 1000
"""People in one conversation: its document names them, and goes to each of them at each message."""

_SERVICES = {"firestore.rules": "rules", "storage.rules": "storage_rules"}


def files(app: App) -> dict[str, str]:
    """The text of every file by its path; UsageError if `app.group` is more than 1,000."""
    if app.group > MOST_IN_GROUP:
        raise UsageError(
            f"a conversation of {app.group:,} people: the Firebase starter holds "
            f"{MOST_IN_GROUP:,}, because a conversation's document names its people "
            "and is sent to each of them"
        )
    parts = tuple(_present(part, app) for part in chosen("firebase", app))
    whole = {path: text for part in parts for path, text in part.files.items()}
    return dict(sorted((whole | _composed(app, parts)).items()))


def _present(part: Feature, app: App) -> Feature:
    """The feature without files for others only: `only_with` names these, any of them, by path."""
    asked: Mapping[str, Sequence[str]] = part.data.get("only_with", {})
    kept = {
        path: text
        for path, text in part.files.items()
        if path not in asked or not {*app.features}.isdisjoint(asked[path])
    }
    return replace(part, files=kept)


def _composed(app: App, parts: tuple[Feature, ...]) -> dict[str, str]:
    texts = {
        path: rules_file(parts, section)
        for path, section in _SERVICES.items()
        if any(section in part.data for part in parts)
    }
    texts["firestore.indexes.json"] = index_file(parts)
    settings = merged(parts, "firebase_json")
    texts["firebase.json"] = _json(located(settings, app.region))
    texts["firebase.test.json"] = _json(_without_functions(settings))
    if database := merged(parts, "database_rules"):
        texts["database.rules.json"] = _json({"rules": database})
    texts[workflow.PATH] = workflow.workflow_file()
    return texts | function_files(app, parts)


def _without_functions(settings: dict[str, Any]) -> dict[str, Any]:
    """Tests call the functions themselves: emulated, they would answer a second time."""
    emulators = {
        name: each
        for name, each in settings["emulators"].items()
        if name not in {"functions", "ui"}
    }
    kept = {name: each for name, each in settings.items() if name not in {"functions", "hosting"}}
    return kept | {"emulators": emulators | {"ui": {"enabled": False}}}


def _json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"
