"""Running a person's DDL on a scratch database, as a role without power.

What cannot run is left out and named; only text that is no SQL at all stops the work.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from blueproof.core.errors import InputError, SqlError
from blueproof.engines.postgres.about import tables_of
from blueproof.engines.postgres.pipeline import Pipeline
from blueproof.engines.postgres.preparing import Prepared, prepare
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.session import CONNECTION_LOST, STOPPED, Session
from blueproof.sql.lexer import tokens
from blueproof.sql.statements import Statement, read_script

_SYNTAX_ERROR = "42601"
_ROWS_IN_THE_WAY = ("22", "23")  # classes: data exception, integrity constraint violation
_DUPLICATE_SCHEMA = "42P06"
_ROLE_MISSING = re.compile(r'^role "([^"]+)" does not exist$')
_SCHEMA_EXISTS = re.compile(r'^schema "([^"]+)" already exists$')
_CONCURRENTLY = re.compile(r"\bCONCURRENTLY\b", re.IGNORECASE)
# Before the query of a table made from one. A column's AS IDENTITY, the only other AS that is
# common, is nothing to read a statement for.
_FROM_A_QUERY = re.compile(r"\bAS\b(?!\s+IDENTITY\b)", re.IGNORECASE)
_WITH_DATA = re.compile(r"\bWITH\s+(?:NO\s+)?DATA\s*$", re.IGNORECASE)
_GUARDS = ("\\restrict ", "\\unrestrict ")  # what pg_dump puts around a dump; nobody misses it
_MOST_STATEMENTS = 20_000
_MOST_ROLES = 100
_MOST_ATTEMPTS = 4
_DISK_EVERY_SECONDS = 0.25  # a look at the disk costs milliseconds, most statements less
_DISK_EVERY_LOOKS = 10  # times as long as a look took: of many files, or on a busy machine

_RUN = frozenset({
    *("TABLE", "UNLOGGED", "INDEX", "UNIQUE", "VIEW", "MATERIALIZED", "RECURSIVE", "TYPE"),
    *("DOMAIN", "SEQUENCE", "SCHEMA", "FUNCTION", "PROCEDURE", "TRIGGER", "CONSTRAINT", "POLICY"),
    *("RULE", "STATISTICS", "AGGREGATE", "OPERATOR", "CAST", "COLLATION", "TEXT", "OR"),
})  # fmt: skip
_PLAIN = frozenset({"ALTER", "COMMENT", "DROP"})
_TRANSACTION = frozenset({"BEGIN", "COMMIT", "START", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"})
_SETTINGS = frozenset({"SEARCH_PATH", "CHECK_FUNCTION_BODIES", "STANDARD_CONFORMING_STRINGS"})
_QUIET = frozenset({"SET", "GRANT", "REVOKE", "RESET", "ANALYZE", "VACUUM", "REFRESH"})
_DATA = frozenset({"INSERT", "UPDATE", "DELETE", "SELECT", "COPY", "TRUNCATE", "MERGE", "WITH"})
_FOR_ADMINISTRATORS = (
    *("ROLE", "USER", "GROUP", "DATABASE", "TABLESPACE", "SERVER", "FOREIGN"),
    *("LANGUAGE", "EVENT", "ACCESS", "TRANSFORM", "SYSTEM", "LARGE"),
)
# CREATE ROLE too: the first statement that names a role that is missing has it made.
_NO_PLAN_EFFECT = frozenset({
    *((verb, "PUBLICATION") for verb in ("CREATE", "ALTER", "DROP")),
    *((verb, "SUBSCRIPTION") for verb in ("CREATE", "ALTER", "DROP")),
    *(("CREATE", kind) for kind in ("ROLE", "USER", "GROUP")),
    ("ALTER", "DEFAULT"),
})  # fmt: skip
_COMMENT_ON_NOTHING_HERE = frozenset({"EXTENSION", "PUBLICATION", "SUBSCRIPTION", "ROLE"})
_ANY_NAME = r'(?:"[^"]*"|[\w$]+)'
_OWNER = rf"\bOWNER\s+TO\s+{_ANY_NAME}"
_TABLE_ACTION = (
    rf"(?:{_OWNER}|\b(?:DISABLE|ENABLE)\s+(?:(?:REPLICA|ALWAYS)\s+)?TRIGGER\s+{_ANY_NAME})"
)
_TABLE_WITHOUT_EFFECT = re.compile(
    rf"ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?{_ANY_NAME}(?:\.{_ANY_NAME})?\s*\*?\s*"
    rf"{_TABLE_ACTION}(?:\s*,\s*{_TABLE_ACTION})*",
    re.IGNORECASE,
)
_OTHER_WITHOUT_EFFECT = re.compile(rf"ALTER\s.*{_OWNER}", re.IGNORECASE | re.DOTALL)

_FIRST_OWN_OID = 16_384  # FirstNormalObjectId: tables below it are PostgreSQL's own
_FILLED = f"""
SELECT pg_catalog.string_agg(c.oid::pg_catalog.regclass::text, ', ') FROM pg_catalog.pg_class c
WHERE c.relkind = 'r' AND c.oid >= {_FIRST_OWN_OID}
AND pg_catalog.pg_relation_size(c.oid) > 0"""


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A statement that is not in the twin: where it stands, its beginning, and why.

    `tables` are those whose indexes, columns, constraints or policies it was about, if any.
    """

    where: str
    what: str
    why: str
    tables: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.where}: {self.what}: {self.why}"


@dataclass(kw_only=True)
class _Loading:
    """The state of one loading: its sessions, what was made before, and what is used up."""

    guest: Pipeline
    admin: Session
    prepared: Prepared
    end: float
    settings: list[str] = field(default_factory=list)
    roles: int = 0
    look_at: float = 0.0


def load(text: str, *, path: str, guest: Pipeline, admin: Session) -> tuple[LeftOut, ...]:
    """Run the DDL of a script; returns what was left out. SqlError where it is not SQL.

    The administrator makes extensions before the first statement and missing roles after it,
    nothing else.
    """
    script = read_script(text, path=path)
    if len(script.statements) > _MOST_STATEMENTS:
        raise InputError(f"{path}: more than {_MOST_STATEMENTS:,} statements: hand over DDL only")
    end = time.monotonic() + guest.limits.load_seconds
    prepared = prepare(text, script.statements, guest, admin)
    state = _Loading(guest=guest, admin=admin, prepared=prepared, end=end)
    left = [
        LeftOut(where=f"{path}:{s.line}", what=s.what, why=s.why)
        for s in script.skipped
        if not s.what.startswith(_GUARDS)
    ]
    left += [LeftOut(where=path, what=what, why=why) for what, why in prepared.first]
    left += _load_all(script.statements, state)
    return _summed_up(left)


def _load_all(statements: Iterable[Statement], state: _Loading) -> Iterator[LeftOut]:
    """Load them in order, those that follow one another and build the schema at once."""
    waiting: list[Statement] = []
    for statement in statements:
        first, second = (*statement.words, "", "")[:2]
        why_not = _reason_to_leave_out(statement, first, second)
        if why_not is None and first != "DO":  # whose code may change how the next is read
            waiting.append(statement)
        elif why_not != "" or first == "SET":
            yield from _load_together(waiting, state)
            waiting = []
            yield from filter(None, [_load_one(statement, state)])
            _check_budget(statement, state)
    yield from _load_together(waiting, state)


def _load_together(statements: list[Statement], state: _Loading) -> Iterator[LeftOut]:
    """Load statements that run as they are; each that is refused is tried alone, in its turn."""
    texts = [_runnable(s.text) for s in statements]
    done = 0

    def loaded() -> None:
        nonlocal done
        done += 1
        _check_budget(statements[done - 1], state)

    while done < len(texts):
        try:
            state.guest.run_each(texts[done:], loaded)
        except ServerRefusal as refusal:
            state.guest.run("ROLLBACK")
            yield from filter(None, [_after_refusal(statements[done], refusal, state)])
            loaded()


def _check_budget(statement: Statement, state: _Loading) -> None:
    """Stop the whole script where it takes too long, or leaves too much on the disk."""
    now = time.monotonic()
    where = f"{statement.path}:{statement.line}"
    if now > state.end:
        seconds = state.guest.limits.load_seconds
        raise InputError(f"{where}: the script takes more than {seconds:g} s: hand over DDL only")
    if now > state.look_at:
        full = state.guest.full()
        looked = time.monotonic()
        state.look_at = looked + max(_DISK_EVERY_SECONDS, _DISK_EVERY_LOOKS * (looked - now))
        if full:
            raise InputError(f"{where}: {full}: hand over DDL only")


def _load_one(statement: Statement, state: _Loading) -> LeftOut | None:
    first, second = (*statement.words, "", "")[:2]
    if first == "CREATE" and second == "EXTENSION":
        why = state.prepared.extensions[statement.ordinal]
        return _left(statement, why, state) if why else None
    if first == "SET" and _is_setting(statement):
        return _attempt(statement, lambda: _set(statement.text, state), state)
    if first == "SELECT" and "set_config('search_path'" in statement.text:
        _set("SET search_path = ''", state)
        return None
    why_not = _reason_to_leave_out(statement, first, second)
    if why_not is None:
        return _attempt(statement, lambda: _in_transaction(statement.text, state.guest), state)
    return _left(statement, why_not, state) if why_not else None


def _after_refusal(statement: Statement, refusal: ServerRefusal, state: _Loading) -> LeftOut | None:
    """Try a statement again that was refused; name what fails again."""
    return _attempt(statement, lambda: _in_transaction(statement.text, state.guest), state, refusal)


def _is_setting(statement: Statement) -> bool:
    words = [w for w in statement.words[1:] if w not in {"LOCAL", "SESSION"}]
    return bool(words) and words[0] in _SETTINGS


def _set(sql: str, state: _Loading) -> None:
    state.guest.run_one(sql)
    state.settings.append(sql)


def _reason_to_leave_out(statement: Statement, first: str, second: str) -> str | None:
    """None to run it, "" to pass over it in silence, else why it is left out."""
    if first in _TRANSACTION or first in _QUIET or _is_without_effect(statement):
        return ""
    if first in _DATA:
        return "rows are not loaded; row counts come from --rows"
    if (first in _PLAIN or first == "CREATE") and second in _FOR_ADMINISTRATORS:
        return "needs an administrator; it has no part in planning"
    if first == "CREATE" and second in _RUN:
        return None
    if first in _PLAIN and second != "EXTENSION":
        return None
    return None if first == "DO" else "not a statement that builds a schema"


def _is_without_effect(statement: Statement) -> bool:
    """Whether it changes no plan and no row's visibility, so that nobody misses it."""
    words = statement.words
    if words[:2] == ("COMMENT", "ON"):
        return words[2:3] != () and words[2] in _COMMENT_ON_NOTHING_HERE
    if words[1:4] == ("USER", "MAPPING", "FOR"):
        return False
    if words[:2] == ("ALTER", "TABLE"):
        return bool(_TABLE_WITHOUT_EFFECT.fullmatch(statement.text))
    if words[:1] == ("ALTER",) and _OTHER_WITHOUT_EFFECT.fullmatch(statement.text):
        return True
    return words[:2] in _NO_PLAN_EFFECT


def _in_transaction(sql: str, guest: Session) -> None:
    """One statement in a transaction of its own, so that it can end no transaction itself."""
    guest.begin()
    try:
        guest.run_one(_runnable(sql))
    except ServerRefusal:
        guest.run("ROLLBACK")
        raise
    guest.run("COMMIT")


def _runnable(sql: str) -> str:
    return without_rows(without_concurrently(sql))


def without_concurrently(sql: str) -> str:
    """The statement as a transaction block accepts it: CONCURRENTLY only matters with writers."""
    return _CONCURRENTLY.sub("", sql, count=1) if "INDEX" in sql[:60].upper() else sql


def without_rows(sql: str) -> str:
    r"""The statement, WITH NO DATA where it makes a table or materialized view from a query.

    The planner plans an unpopulated materialized view like any other, and a query that makes
    rows without end would only fill the disk.

    >>> without_rows("CREATE MATERIALIZED VIEW totals AS SELECT 1 AS one")
    'CREATE MATERIALIZED VIEW totals AS SELECT 1 AS one\nWITH NO DATA'
    """
    if not _makes_rows(sql):
        return sql
    return _WITH_DATA.sub("", sql).rstrip() + "\nWITH NO DATA"


def _makes_rows(sql: str) -> bool:
    if not sql[:6].upper().startswith("CREATE") or not _FROM_A_QUERY.search(sql):
        return False
    depth, words = 0, []
    for token in tokens(sql):
        depth += (token.text in {"(", "["}) - (token.text in {")", "]"})
        if token.kind == "name" and depth == 0:
            words.append(token.text.upper())
        if words and words[-1] == "AS":
            return words[1] == "MATERIALIZED" or "TABLE" in words[1:3]
    return False


def _attempt(
    statement: Statement,
    run: Callable[[], object],
    state: _Loading,
    refusal: ServerRefusal | None = None,
) -> LeftOut | None:
    """Run; create a role that is missing, or clear rows away, and try again; name what fails.

    `refusal` is what the server answered already, if it was asked.
    """
    cleared = False
    for _ in range(_MOST_ATTEMPTS):
        refusal = refusal or _refusal_of(run)
        if refusal is None:
            return None
        if refusal.code == _SYNTAX_ERROR and refusal.position:
            raise _syntax_error(statement, refusal) from None
        if not cleared and _cleared_rows(refusal, state.guest):
            cleared = True
        elif not _made_role(refusal, state):
            return _refused(statement, refusal, state)
        refusal = None
    return _left(statement, "it names too many roles that do not exist", state)


def _refusal_of(run: Callable[[], object]) -> ServerRefusal | None:
    try:
        run()
    except ServerRefusal as refusal:
        return refusal
    return None


def _cleared_rows(refusal: ServerRefusal, guest: Session) -> bool:
    """Empty all tables where a row may be what was refused.

    Only a DO block can have made rows, and beside those that are not loaded they mean nothing.
    """
    if not refusal.code.startswith(_ROWS_IN_THE_WAY):
        return False
    try:
        ((filled,),) = guest.run(_FILLED)
        if filled:
            _in_transaction(f"TRUNCATE {filled} CASCADE", guest)
    except ServerRefusal:  # the person's triggers and operators may stand in the way
        return False
    return bool(filled)


def _made_role(refusal: ServerRefusal, state: _Loading) -> bool:
    """Make the role that was missing: without login, and without any right."""
    missing = _ROLE_MISSING.match(refusal.message)
    if not missing or state.roles >= _MOST_ROLES:
        return False
    state.roles += 1
    try:
        state.admin.run_one(f'CREATE ROLE "{missing[1]}" NOLOGIN')
    except ServerRefusal:  # a reserved name, such as one that begins with pg_
        return False
    return True


def _refused(statement: Statement, refusal: ServerRefusal, state: _Loading) -> LeftOut | None:
    if refusal.code in {STOPPED, CONNECTION_LOST}:
        for sql in state.settings:  # a new connection starts without them
            state.guest.run_one(sql)
    exists = _SCHEMA_EXISTS.match(refusal.message) if refusal.code == _DUPLICATE_SCHEMA else None
    if exists and exists[1] in state.prepared.schemas:
        return None
    return _left(statement, refusal.message, state)


def _left(statement: Statement, why: str, state: _Loading) -> LeftOut:
    return LeftOut(
        where=f"{statement.path}:{statement.line}",
        what=" ".join(statement.text.split())[:70],
        why=why,
        tables=tables_of(statement, state.guest),
    )


def _syntax_error(statement: Statement, refusal: ServerRefusal) -> SqlError:
    before = statement.text[: max(0, refusal.position - 1)]
    lines = before.split("\n")
    column = len(lines[-1]) + 1 + (statement.column - 1 if len(lines) == 1 else 0)
    return SqlError(
        f"{refusal.message}; correct the statement or leave it out",
        path=statement.path,
        line=statement.line + len(lines) - 1,
        column=column,
    )


def _summed_up(left: list[LeftOut]) -> tuple[LeftOut, ...]:
    """One entry for each reason that comes often, so that a dump with data stays readable."""
    by_reason: dict[str, list[LeftOut]] = {}
    for item in left:
        by_reason.setdefault(item.why, []).append(item)
    most_apart = 3
    return tuple(
        entry
        for why, items in by_reason.items()
        for entry in (items if len(items) <= most_apart else [_as_one(items)])
    )


def _as_one(items: list[LeftOut]) -> LeftOut:
    first, tables = items[0], dict.fromkeys(table for item in items for table in item.tables)
    what = f"{len(items)} statements"
    return LeftOut(where=first.where, what=what, why=first.why, tables=tuple(tables))
