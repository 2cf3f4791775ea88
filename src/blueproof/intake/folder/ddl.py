"""What a migration does to a table that running code uses: read from SQL, or from what writes it.

A statement about a table that the same file makes is harmless: nobody uses it yet.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.core.errors import SqlError
from blueproof.intake.folder.found import Finding, Found, Text
from blueproof.sql.statements import read_script

_NAME = r"(?:\"[^\"\n]{1,63}\"|[A-Za-z_][\w$]*)"
_TABLE = rf"(?P<table>{_NAME}(?:\.{_NAME})?)"
_FLAGS = re.IGNORECASE | re.DOTALL
_MADE = re.compile(rf"create\s+(?:unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?{_TABLE}", _FLAGS)
_ALTERED = re.compile(
    rf"alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?{_TABLE}\s+(?P<rest>.*)", _FLAGS
)
_INDEXED = re.compile(
    rf"create\s+(?:unique\s+)?index\s+(?!concurrently\b)(?:if\s+not\s+exists\s+)?"
    rf"(?P<index>{_NAME})?\s*on\s+(?:only\s+)?{_TABLE}",
    _FLAGS,
)
_DROPPED = re.compile(rf"drop\s+table\s+(?:if\s+exists\s+)?{_TABLE}", _FLAGS)
_RENAMED = re.compile(
    rf"rename\s+(?:column\s+)?(?!to\b|constraint\b)(?P<old>{_NAME})\s+to\s+(?P<new>{_NAME})", _FLAGS
)
_MOVED = re.compile(rf"rename\s+to\s+(?P<new>{_NAME})", _FLAGS)
_DROPS = re.compile(
    rf"drop\s+(?:column\s+)?(?:if\s+exists\s+)?(?!constraint\b|not\b|default\b|column\b)"
    rf"(?P<old>{_NAME})",
    _FLAGS,
)
_ADDS = re.compile(
    rf"add\s+(?:column\s+)?(?:if\s+not\s+exists\s+)?(?!constraint\b|primary\b|unique\b|foreign\b"
    rf"|check\b|exclude\b|column\b)(?P<new>{_NAME})\s+(?P<rest>.*)",
    _FLAGS,
)
_NOT_NULL = re.compile(rf"alter\s+(?:column\s+)?(?P<old>{_NAME})\s+set\s+not\s+null", _FLAGS)
_TYPE = re.compile(
    rf"alter\s+(?:column\s+)?(?P<old>{_NAME})\s+(?:set\s+data\s+)?type\s+(?P<new>[\w ]+)", _FLAGS
)
_CONSTRAINT = re.compile(
    rf"add\s+(?:constraint\s+{_NAME}\s+)?(?P<kind>foreign\s+key|check|unique)\b(?P<rest>.*)", _FLAGS
)
_FILLED = re.compile(r"\bdefault\b|\bgenerated\b|\bserial\b|\bbigserial\b", re.IGNORECASE)
_LATER = re.compile(r"\bnot\s+valid\b|\busing\s+index\b", re.IGNORECASE)
_SQL_IN_CODE = re.compile(
    r"(?:\.(?:query|raw|sql|addSql)\(\s*|\bsql)(?P<quote>[`\"'])(?P<sql>(?:\\.|(?!(?P=quote)).){5,4000})(?P=quote)",
    re.DOTALL,
)
_CALLS = (  # of Knex, Sequelize, TypeORM: what is called, and what that does
    (re.compile(r"\.renameColumn\(\s*([^)\n]{1,120})"), "rename-column"),
    (re.compile(r"\.(?:dropColumns?|removeColumn)\(\s*([^)\n]{1,120})"), "drop-column"),
    (re.compile(r"\.renameTable\(\s*([^)\n]{1,120})"), "rename-table"),
    (re.compile(r"\.(?:dropTable|dropTableIfExists)\(\s*([^)\n]{1,120})"), "drop-table"),
    (re.compile(r"\.changeColumn\(\s*([^)\n]{1,120})"), "change-column"),
    (re.compile(r"\.alter\(\s*(\{?)"), "change-column"),
)
_UNDONE = re.compile(
    r"\b(?:async\s+)?down\s*[(:=]|^exports\.down\b|function\s+down\b|\bconst\s+down\b", re.MULTILINE
)
_BUILDER = re.compile(r"\b(?:alterTable|table)\(\s*[\"'`](\w{1,63})[\"'`]")
# How many columns each names beside the table.
_COLUMNS = {
    "rename-column": 2, "drop-column": 1, "rename-table": 0, "drop-table": 0, "change-column": 1,
}  # fmt: skip
_QUOTED = re.compile(r"[\"'`](\w{1,63})[\"'`]")


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change: what it is ("rename-column"), the table, the columns, and where it stands."""

    what: str
    table: str
    names: tuple[str, ...] = ()
    line: int = 1

    @property
    def told(self) -> str:
        """As a fact tells it: "rename-column Appointment phone ownerPhone"."""
        return " ".join((self.what, self.table, *self.names)).strip()


def read_changes(file: Text) -> Iterator[Finding]:
    """The changes of a migration that hurt code which is running, as facts."""
    found = _of_sql(file) if file.name.endswith(".sql") else _of_code(file)
    for change in found:
        yield Found(key="service.ddl", value=change.told, line=change.line)


def _of_sql(file: Text) -> tuple[Change, ...]:
    try:
        script = read_script(file.text, path=file.path)
    except SqlError:
        return ()
    pairs = [(s.text, s.line) for s in script.statements]
    return _of_statements(pairs)


def _of_statements(pairs: list[tuple[str, int]]) -> tuple[Change, ...]:
    made = {_plain(m["table"]) for text, _ in pairs if (m := _MADE.match(text.strip()))}
    every = (change for text, line in pairs for change in _of_statement(text.strip(), line))
    return tuple(change for change in every if change.table not in made)


def _of_statement(text: str, line: int) -> Iterator[Change]:
    indexed, dropped = _INDEXED.match(text), _DROPPED.match(text)
    if indexed:
        names = (_plain(indexed["index"]),) if indexed["index"] else ()
        yield Change(what="index", table=_plain(indexed["table"]), names=names, line=line)
    if dropped:
        yield Change(what="drop-table", table=_plain(dropped["table"]), line=line)
    altered = _ALTERED.match(text)
    if altered:
        table = _plain(altered["table"])
        place = altered.start("rest")
        for action, offset in _actions(altered["rest"]):
            at = line + text.count("\n", 0, place + offset)
            yield from _of_action(table, action, at)


def _actions(rest: str) -> Iterator[tuple[str, int]]:
    """The actions of an ALTER TABLE, parted by commas outside of brackets and texts."""
    depth, begin = 0, 0
    for found in re.finditer(r"'(?:[^']|'')*'|\"[^\"]*\"|[(),]", rest):
        sign = found[0]
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            yield _begun(rest[begin : found.start()], begin)
            begin = found.end()
    yield _begun(rest[begin:], begin)


def _begun(action: str, begin: int) -> tuple[str, int]:
    return action.strip(), begin + len(action) - len(action.lstrip())


def _of_action(table: str, action: str, line: int) -> Iterator[Change]:
    for what, pattern in (
        ("rename-column", _RENAMED), ("rename-table", _MOVED), ("drop-column", _DROPS),
        ("set-not-null", _NOT_NULL), ("type", _TYPE),
    ):  # fmt: skip
        found = pattern.match(action)
        if found:
            named = found.groupdict()
            names = tuple(_plain(named[n]) for n in ("old", "new") if named.get(n))
            yield Change(what=what, table=table, names=names, line=line)
            return
    constraint, added = _CONSTRAINT.match(action), _ADDS.match(action)
    if constraint and not _LATER.search(constraint["rest"]):
        kind = "-".join(constraint["kind"].lower().split())
        yield Change(what=kind, table=table, line=line)
    elif added and not constraint:
        rest = added["rest"]
        if re.search(r"\bnot\s+null\b", rest, re.IGNORECASE) and not _FILLED.search(rest):
            yield Change(what="add-not-null", table=table, names=(_plain(added["new"]),), line=line)


def _plain(name: str) -> str:
    return name.rpartition(".")[2].strip().strip('"')


def _of_code(file: Text) -> tuple[Change, ...]:
    """What a migration in JavaScript or TypeScript does on the way up."""
    undone = _UNDONE.search(file.text)
    end = undone.start() if undone else len(file.text)
    pairs = [
        (found["sql"], file.line(found.start("sql")))
        for found in _SQL_IN_CODE.finditer(file.text, 0, end)
    ]
    called = (
        _of_call(what, found[1], _around(file, found.start()), file.line(found.start()))
        for pattern, what in _CALLS
        for found in pattern.finditer(file.text, 0, end)
    )
    return tuple(sorted((*_of_statements(pairs), *called), key=lambda change: change.line))


def _around(file: Text, place: int) -> str:
    """The table whose builder a call stands in: alterTable("users", (t) => ...)."""
    found = list(_BUILDER.finditer(file.text, 0, place))
    return found[-1][1] if found else ""


def _of_call(what: str, said: str, table: str, line: int) -> Change:
    names = tuple(_QUOTED.findall(said))
    if len(names) <= _COLUMNS[what]:  # the table is named by what stands around it
        return Change(what=what, table=table, names=names, line=line)
    return Change(what=what, table=names[0], names=names[1:3], line=line)
