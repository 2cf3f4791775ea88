"""A convex/ folder: tables and indexes of schema.ts, functions, crons, sign-in.

The files are TypeScript; they are searched, never run.
"""

import re
from collections.abc import Iterator

from blueproof.intake.folder.found import Counted, Finding, Text, feature, technology

_TABLE = re.compile(r"^[ \t]*[\"']?(\w+)[\"']?\s*:\s*defineTable\s*\(", re.MULTILINE)
_INDEX = re.compile(r"\.(index|searchIndex|vectorIndex)\s*\(\s*[\"'](\w+)[\"']")
_FUNCTION = re.compile(
    r"^export\s+(?:const\s+(\w+)\s*=|default)\s*"
    r"(query|mutation|action|internalQuery|internalMutation|internalAction|httpAction)\s*\(",
    re.MULTILINE,
)
_ROUTE = re.compile(r"\bpath(?:Prefix)?:\s*[\"'](/[\w./:-]*)[\"']")
_CRON = re.compile(r"\bcrons\.(?:interval|hourly|daily|weekly|monthly|cron)\(\s*[\"']([^\"'\n]*)")
_COMPONENT = re.compile(r"\bapp\.use\(\s*(\w+)")
_SERVICES = (  # words of the code, and what they prove
    (re.compile(r"\bctx\.storage\.generateUploadUrl\b"), "file-upload"),
    (re.compile(r"\bctx\.scheduler\.run(?:After|At)\b"), "background-jobs"),
    (re.compile(r"\.searchIndex\("), "full-text-search"),
    (re.compile(r"\.vectorIndex\("), "vector-search"),
    (re.compile(r"\bctx\.auth\.getUserIdentity\b|\bgetAuthUserId\b"), "authentication"),
)
_TALK = ({"messages"}, {"conversations", "channels", "chats", "rooms", "threads"})


def read_schema(file: Text) -> Iterator[Finding]:
    """The tables and indexes of a schema."""
    tables = list(_TABLE.finditer(file.text))
    yield technology("convex", file.line_with("defineSchema"))
    for table in tables:
        yield Counted(metric="tables", name=table[1], line=file.line(table.start(1)))
    for index in _INDEX.finditer(file.text):
        before = [t[1] for t in tables if t.start() < index.start()]
        name = f"{before[-1] if before else ''}.{index[2]}"
        yield Counted(metric="indexes", name=name, line=file.line(index.start()))
    yield from _chat(file, {table[1]: table.start(1) for table in tables})
    yield from _proved(file)


def _chat(file: Text, tables: dict[str, int]) -> Iterator[Finding]:
    if all(wanted & set(tables) for wanted in _TALK):
        yield feature("chat", file.line(tables["messages"]))


def read_functions(file: Text) -> Iterator[Finding]:
    """The functions, HTTP routes and crons of one file below convex/."""
    for function in _FUNCTION.finditer(file.text):
        name = f"{file.path}:{function[1] or 'default'}"
        yield Counted(metric="functions", name=name, line=file.line(function.start()))
        if function[2] in {"query", "mutation"}:  # clients subscribe to every public query
            yield technology("convex", file.line(function.start()))
    for route in _ROUTE.finditer(file.text) if "httpRouter" in file.text else ():
        yield Counted(metric="routes", name=route[1], line=file.line(route.start()))
    for cron in _CRON.finditer(file.text):
        yield Counted(metric="crons", name=cron[1], line=file.line(cron.start()))
        yield feature("scheduling", file.line(cron.start()))
    yield from _proved(file)


def _proved(file: Text) -> Iterator[Finding]:
    for pattern, name in _SERVICES:
        found = pattern.search(file.text)
        if found:
            yield feature(name, file.line(found.start()))


def read_auth_config(file: Text) -> Iterator[Finding]:
    """Who signs people in: convex/auth.config.ts."""
    line = file.line_with("providers")
    yield technology("convex", line)
    yield feature("authentication", line)
    for name in ("clerk", "auth0"):
        found = re.search(name, file.text, re.IGNORECASE)
        if found:
            yield technology(name, file.line(found.start()))


def read_components(file: Text) -> Iterator[Finding]:
    """The components that convex/convex.config.ts installs."""
    yield technology("convex", 1)
    for component in _COMPONENT.finditer(file.text):
        line = file.line(component.start())
        if "presence" in component[1].lower():
            yield feature("presence", line)
