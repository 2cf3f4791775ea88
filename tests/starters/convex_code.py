"""What the tests of the Convex starters read in TypeScript: functions, queries, imports."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from blueproof.starters.convex_files import files
from blueproof.starters.convex_files.schema import Table, tables
from blueproof.starters.feature import App, chosen, features

FEATURES = tuple(sorted(set(features("convex")) - {"core"}))

AUTH_TABLES: dict[str, dict[str, Sequence[str]]] = {
    "authAccounts": {
        "userIdAndProvider": ["userId", "provider"],
        "providerAndAccountId": ["provider", "providerAccountId"],
    },
    "authSessions": {"userId": ["userId"]},
    "authRefreshTokens": {"sessionId": ["sessionId"]},
    "authVerificationCodes": {"accountId": ["accountId"]},
    "authRateLimits": {"identifier": ["identifier"]},
    "authVerifiers": {"signature": ["signature"]},
    "_storage": {},
}


def app(*names: str, group: int = 500) -> App:
    return App(
        name="family-chat", title="Family Chat", identifier="com.example.family",
        features=tuple(sorted(names)), group=group,
    )  # fmt: skip


def alone(name: str) -> App:
    """The smallest app with a feature: what it requires, chat to talk in, a way to sign in."""
    wanted, open_ = set[str](), ["anonymous", name]
    while open_:
        each = open_.pop()
        wanted.add(each)
        open_ += [more for more in features("convex")[each].data["requires"] if more not in wanted]
    return app(*wanted)


def server(made: Mapping[str, str]) -> dict[str, str]:
    """The code that is deployed: what lies in convex/, without tests."""
    return {
        path: text
        for path, text in made.items()
        if path.startswith("convex/") and path.endswith(".ts") and "/tests/" not in path
    }


@dataclass(frozen=True)
class Function:
    """A registered function: `kind` is query, mutation, action or one of them with internal."""

    name: str
    kind: str
    body: str


_FUNCTION = re.compile(
    r"^export const (\w+) = (query|mutation|action|internalQuery|internalMutation|internalAction)"
    r"\(\{\n(.*?)^\}\);",
    re.MULTILINE | re.DOTALL,
)


def functions(made: Mapping[str, str]) -> Iterator[Function]:
    for path, text in server(made).items():
        module = path.removeprefix("convex/").removesuffix(".ts")
        for name, kind, body in _FUNCTION.findall(text):
            yield Function(f"{module}.{name}", kind, body)


@dataclass(frozen=True)
class Query:
    """A chain of calls on a table, from `.query(...)` to the call that ends it."""

    path: str
    table: str
    index: str | None
    fields: tuple[tuple[str, str], ...]
    end: str


_START = re.compile(r'\.query\("(\w+)"\)')
_CALL = re.compile(r"\s*\.(\w+)\(")
_INDEX = re.compile(r'\s*"(\w+)"')
_BOUND = re.compile(r'\.(eq|gt|gte|lt|lte)\(\s*"(\w+)"')


def queries(made: Mapping[str, str]) -> Iterator[Query]:
    for path, text in server(made).items():
        found = list(_START.finditer(text))
        assert len(found) == len(re.findall(r"\.query\(", text)), f"{path}: a query not understood"
        for match in found:
            calls = list(_calls(text, match.end()))
            on = dict(calls).get("withIndex", "")
            index = _INDEX.match(on)
            bounds = tuple(_BOUND.findall(on))
            yield Query(path, match[1], index and index[1], bounds, calls[-1][0])


def _calls(text: str, start: int) -> Iterator[tuple[str, str]]:
    """The calls that follow one another from a place on: names, and what stands in brackets."""
    while match := _CALL.match(text, start):
        depth, end = 1, match.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        yield match[1], text[match.end() : end - 1]
        start = end


def indexes(made_for: App) -> dict[str, dict[str, Sequence[str]]]:
    """The fields of every index, by table and name; each ends in the time of creation."""
    own: dict[str, Table] = tables(chosen("convex", made_for))
    found = AUTH_TABLES | {name: dict(table.indexes) for name, table in own.items()}
    return {name: {"by_creation_time": [], **given} for name, given in found.items()}


_IMPORT = re.compile(r'from "([.@][^"]*)"')
_LIBRARIES = ("@convex-dev/", "@auth/")


def imported(path: str, text: str) -> Iterator[str]:
    """The paths, without an ending, that a file imports from its own repository."""
    for name in _IMPORT.findall(text):
        if name.startswith("@/"):
            yield name.removeprefix("@/")
        elif not name.startswith(_LIBRARIES):
            yield _joined(PurePosixPath(path).parent, name)


def _joined(folder: PurePosixPath, name: str) -> str:
    parts = list(folder.parts)
    for part in name.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def made(*names: str) -> dict[str, str]:
    return files(app(*names))
