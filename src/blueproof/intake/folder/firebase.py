"""Firebase: firebase.json, and the rules and indexes of its databases and files."""

import re
from collections.abc import Iterator

from blueproof.intake.folder.found import Counted, Finding, Found, Text, technology
from blueproof.intake.folder.tree import Tree, at, is_there, read_json

_SECTIONS = {  # of firebase.json, and what each proves
    "firestore": "cloud-firestore",
    "database": "firebase-realtime-database",
    "storage": "firebase-storage",
    "functions": "cloud-functions",
    "hosting": "firebase-hosting",
    "apphosting": "firebase-app-hosting",
    "dataconnect": "firebase-data-connect",
}
_MATCH = re.compile(r"\bmatch\s+/([\w-]+)/\{")
_NOT_COLLECTIONS = frozenset({"databases", "b"})
_FIRESTORE, _STORAGE = "service cloud.firestore", "service firebase.storage"
_DATA_RULES = frozenset({"rules"})


def read_firebase_json(file: Text) -> Iterator[Finding]:
    """What firebase.json sets up."""
    tree = read_json(file)
    yield technology("firebase", 1)
    for section, name in _SECTIONS.items():
        place = at(tree, section)
        if is_there(place):
            yield technology(name, place.line)
    yield from _functions(at(tree, "functions"))
    yield from _emulators(at(tree, "emulators"))


def _functions(tree: Tree) -> Iterator[Finding]:
    """Their runtime; several code bases stand in a list."""
    for place in (tree, *tree.each()):
        runtime = at(place, "runtime")
        language = re.match(r"(nodejs|python)(\d+)", runtime.text)
        if language:
            name = "node" if language[1] == "nodejs" else "python"
            number = language[2] if name == "node" else f"3.{language[2][1:]}"
            yield Found(key="runtime", value=name, line=runtime.line)
            yield Found(key=f"version.{name}", value=number, line=runtime.line)


def _emulators(tree: Tree) -> Iterator[Finding]:
    auth = at(tree, "auth")
    if is_there(auth):
        yield technology("firebase-auth", auth.line)


def read_rules(file: Text) -> Iterator[Finding]:
    """Security rules of Firestore or of Storage."""
    yield Counted(metric="rules-files", name=file.path, line=1)
    if _STORAGE in file.text:
        yield technology("firebase-storage", file.line_with(_STORAGE))
    if _FIRESTORE not in file.text:
        return
    yield technology("cloud-firestore", file.line_with(_FIRESTORE))
    for match in _MATCH.finditer(file.text):
        if match[1] not in _NOT_COLLECTIONS:
            yield Counted(metric="collections", name=match[1], line=file.line(match.start()))


def read_auth_in_rules(file: Text) -> Iterator[Finding]:
    """Rules that ask who is signed in prove Firebase Authentication."""
    yield from read_rules(file)
    if "request.auth" in file.text:
        yield technology("firebase-auth", file.line_with("request.auth"))


def read_indexes(file: Text) -> Iterator[Finding]:
    """The composite indexes of firestore.indexes.json."""
    tree = read_json(file)
    yield technology("cloud-firestore", 1)
    for number, index in enumerate(at(tree, "indexes").each()):
        yield Counted(metric="indexes", name=f"{file.path}#{number}", line=index.line)


def read_database_rules(file: Text) -> Iterator[Finding]:
    """The rules of a Realtime Database."""
    rules = at(read_json(file), *_DATA_RULES)
    if not is_there(rules):
        return
    yield technology("firebase-realtime-database", rules.line)
    yield Counted(metric="rules-files", name=file.path, line=1)
    for name, place in rules.items():
        if not name.startswith(".") and not name.startswith("$"):
            yield Counted(metric="database-paths", name=name, line=place.line)


def read_project(_: Text) -> Iterator[Finding]:
    """What the mere presence of .firebaserc or a phone's service file says."""
    yield technology("firebase", 1)
