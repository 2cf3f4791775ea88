"""Running a person's DDL on a scratch database, as a role without power.

What cannot run is left out and named; only text that is no SQL at all stops the work.
"""

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from blueproof.core.errors import InputError, SqlError
from blueproof.engines.postgres.session import ServerRefusal, Session
from blueproof.engines.postgres.standins import STAND_INS, SUPABASE_AUTH, StandIn
from blueproof.sql.statements import Statement, read_script

_SYNTAX_ERROR = "42601"
_NO_SUCH_OBJECT = "42704"
_BUNDLED = frozenset({"plpgsql", "vector"})
_ROLE_MISSING = re.compile(r'^role "([^"]+)" does not exist$')
_EXTENSION = re.compile(r'EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?"?([\w-]+)"?', re.IGNORECASE)
_CONCURRENTLY = re.compile(r"\bCONCURRENTLY\b", re.IGNORECASE)
_MOST_STATEMENTS = 20_000

_RUN = frozenset({
    *("TABLE", "UNLOGGED", "INDEX", "UNIQUE", "VIEW", "MATERIALIZED", "RECURSIVE", "TYPE"),
    *("DOMAIN", "SEQUENCE", "SCHEMA", "FUNCTION", "PROCEDURE", "TRIGGER", "CONSTRAINT", "POLICY"),
    *("RULE", "STATISTICS", "AGGREGATE", "OPERATOR", "CAST", "COLLATION", "TEXT", "OR"),
})  # fmt: skip
_PLAIN = frozenset({"ALTER", "COMMENT", "DROP"})
_TRANSACTION = frozenset({"BEGIN", "COMMIT", "START", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"})
_SETTINGS = frozenset({"SEARCH_PATH", "CHECK_FUNCTION_BODIES", "STANDARD_CONFORMING_STRINGS"})
_QUIET = frozenset({"SET", "GRANT", "REVOKE", "RESET", "ANALYZE", "VACUUM"})
_DATA = frozenset({"INSERT", "UPDATE", "DELETE", "SELECT", "COPY", "TRUNCATE", "MERGE", "WITH"})
_FOR_ADMINISTRATORS = (
    *("ROLE", "USER", "DATABASE", "TABLESPACE", "SERVER", "FOREIGN", "SUBSCRIPTION"),
    *("PUBLICATION", "LANGUAGE", "EVENT", "ACCESS", "TRANSFORM", "SYSTEM", "DEFAULT", "LARGE"),
)
_NO_PLAN_EFFECT = re.compile(r"\bOWNER\s+TO\b|\bATTACH\s+.*\bINDEX\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A statement that is not in the twin: where it stands, its beginning, and why."""

    where: str
    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}: {self.why}"


def load(text: str, *, path: str, guest: Session, admin: Session) -> tuple[LeftOut, ...]:
    """Run the DDL of a script; returns what was left out. SqlError where it is not SQL."""
    script = read_script(text, path=path)
    if len(script.statements) > _MOST_STATEMENTS:
        raise InputError(f"{path}: more than {_MOST_STATEMENTS:,} statements: hand over DDL only")
    left = [LeftOut(where=f"{path}:{s.line}", what=s.what, why=s.why) for s in script.skipped]
    left += _supabase(text, path, admin)
    left += filter(None, (_load_one(s, guest, admin) for s in script.statements))
    return _summed_up(left)


def _supabase(text: str, path: str, admin: Session) -> list[LeftOut]:
    lowered = text.lower()
    if "auth.u" not in lowered or "create schema auth" in lowered:
        return []
    _stand_in(SUPABASE_AUTH, admin)
    return [LeftOut(where=path, what="schema auth", why=SUPABASE_AUTH.differs)]


def _stand_in(stand_in: StandIn, admin: Session) -> None:
    admin.run(stand_in.sql)
    if "SCHEMA auth" in stand_in.sql:
        admin.run("GRANT USAGE ON SCHEMA auth TO PUBLIC; GRANT ALL ON auth.users TO PUBLIC")


def _load_one(statement: Statement, guest: Session, admin: Session) -> LeftOut | None:
    first, second = (*statement.words, "", "")[:2]
    if first == "CREATE" and second == "EXTENSION":
        return _extension(statement, admin)
    if first == "SET" and _SETTINGS & set(statement.words):
        return _attempt(statement, lambda: guest.run_one(statement.text), admin)
    if first == "SELECT" and "set_config('search_path'" in statement.text:
        guest.run("SET search_path = ''")
        return None
    why = _reason_to_leave_out(statement, first, second)
    if why is None:
        return _attempt(statement, lambda: _in_transaction(statement.text, guest), admin)
    return _left(statement, why) if why else None


def _reason_to_leave_out(statement: Statement, first: str, second: str) -> str | None:
    """None to run it, "" to pass over it in silence, else why it is left out."""
    if first in _TRANSACTION or first in _QUIET or _NO_PLAN_EFFECT.search(statement.text):
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


def _in_transaction(sql: str, guest: Session) -> None:
    """One statement in a transaction of its own, so that it can end no transaction itself."""
    guest.run("BEGIN")
    try:
        guest.run_one(without_concurrently(sql))
    except ServerRefusal:
        guest.run("ROLLBACK")
        raise
    guest.run("COMMIT")


def without_concurrently(sql: str) -> str:
    """The statement as a transaction block accepts it: CONCURRENTLY only matters with writers."""
    return _CONCURRENTLY.sub("", sql, count=1) if "INDEX" in sql[:60].upper() else sql


def _attempt(statement: Statement, run: Callable[[], object], admin: Session) -> LeftOut | None:
    """Run; create a role that is missing and try again; name what still fails."""
    for _ in range(4):
        try:
            run()
        except ServerRefusal as refusal:
            if refusal.code == _SYNTAX_ERROR:
                raise _syntax_error(statement, refusal) from None
            missing = _ROLE_MISSING.match(refusal.message)
            if not missing:
                return _left(statement, refusal.message)
            admin.run_one(f'CREATE ROLE "{missing[1]}" NOLOGIN')
        else:
            return None
    return _left(statement, "it names too many roles that do not exist")


def _extension(statement: Statement, admin: Session) -> LeftOut | None:
    found = _EXTENSION.search(statement.text)
    name = found[1].lower() if found else ""
    if name in _BUNDLED:
        admin.run_one(f'CREATE EXTENSION IF NOT EXISTS "{name}"')
        return None
    if name in STAND_INS:
        with contextlib.suppress(ServerRefusal):  # a second CREATE EXTENSION IF NOT EXISTS
            _stand_in(STAND_INS[name], admin)
        return _left(statement, f"extension {name} is not here: {STAND_INS[name].differs}")
    return _left(statement, f"extension {name} is not here; what needs it is left out below")


def _left(statement: Statement, why: str) -> LeftOut:
    what = " ".join(statement.text.split())
    return LeftOut(where=f"{statement.path}:{statement.line}", what=what[:70], why=why)


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
        for entry in (
            items
            if len(items) <= most_apart
            else [LeftOut(where=items[0].where, what=f"{len(items)} statements", why=why)]
        )
    )
