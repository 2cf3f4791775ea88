"""A schema put to the trials beside it: each must pass, and fail once its protection is gone."""

import contextlib
import re
from dataclasses import dataclass, replace

from blueproof.engines.postgres.loading import load
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.server import GUEST, Server, scratch
from blueproof.engines.postgres.session import Session
from blueproof.sql.names import quote
from blueproof.sql.statements import read_script

_TRIAL, _WITHOUT = "-- Trial: ", "-- Must fail after: "
_RAISED = "P0001"  # raise_exception: a trial that says that something was not refused
_OURS = frozenset({"BEGIN", "ROLLBACK"})
_FIRST_OWN_OID = 16_384
_HAS_GIST = "SELECT FROM pg_available_extensions WHERE name = 'btree_gist'"
_EXTENSION = re.compile(r"CREATE EXTENSION IF NOT EXISTS btree_gist;")
_EQUAL = re.compile(r"(\w+) WITH =,")
_MADE_ROLES = f"SELECT rolname FROM pg_roles WHERE oid >= {_FIRST_OWN_OID} AND NOT rolcanlogin"


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One trial: its name, its statements, and what takes the protection away, if there is one."""

    name: str
    sql: str
    without: str = ""


@dataclass(frozen=True, kw_only=True)
class Upheld:
    """How many trials passed and how many were seen to fail without protection; what went wrong.

    `stands_in` is whether ranges of one number stood in for btree_gist, which is not here.
    """

    passed: int
    noticed: int
    wrong: tuple[str, ...] = ()
    stands_in: bool = False


def read_trials(text: str) -> tuple[Trial, ...]:
    """The trials of a script, in their order."""
    _, *parts = text.split(_TRIAL)
    found = []
    for part in parts:
        name, _, body = part.partition("\n")
        without = ""
        if body.startswith(_WITHOUT):
            first, _, body = body.partition("\n")
            without = first.removeprefix(_WITHOUT)
        found.append(Trial(name=name.strip(), sql=body, without=without))
    return tuple(found)


def uphold(server: Server, schema: str, trials: tuple[Trial, ...]) -> Upheld:
    """Load the schema on a fresh database as a role without power, and carry out the trials."""
    with scratch(server) as name, contextlib.ExitStack() as open_:
        admin = open_.enter_context(contextlib.closing(server.admin(name)))
        guest = open_.enter_context(contextlib.closing(server.guest(name)))
        roles = ("anon", "authenticated") if "authenticated" in schema else ()
        for role in roles:
            with contextlib.suppress(ServerRefusal):  # another database of this server made it
                admin.run(f"CREATE ROLE {role} NOLOGIN")
        made = schema
        there = bool(admin.run(_HAS_GIST))
        schema = schema if there else without_gist(schema)
        left = load(schema, path="schema.sql", guest=guest, admin=admin)
        wrong = tuple(str(x) for x in left if not x.what.startswith("schema auth"))
        if wrong:
            return Upheld(passed=0, noticed=0, wrong=wrong)
        for (role,) in admin.run(_MADE_ROLES):
            admin.run(f"GRANT {quote(str(role))} TO {GUEST}")
            # Roles are of the whole server: the next database's guest is to be nobody again.
            open_.callback(admin.run, f"REVOKE {quote(str(role))} FROM {GUEST}")
        _grant(guest, schema)
        return replace(
            _carried_out(guest, trials), stands_in=not there and bool(_EQUAL.search(made))
        )


def without_gist(schema: str) -> str:
    """The schema where btree_gist is not here: equal keys are ranges of one number that overlap.

    >>> without_gist("EXCLUDE USING gist (room_id WITH =, r WITH &&)")
    "EXCLUDE USING gist (int8range(room_id, room_id, '[]') WITH &&, r WITH &&)"
    """
    plain = _EXTENSION.sub("", schema)
    return _EQUAL.sub(r"int8range(\1, \1, '[]') WITH &&,", plain)


def _grant(guest: Session, schema: str) -> None:
    """Carry out what the script grants and revokes, which loading passes over."""
    for statement in read_script(schema, path="schema.sql").statements:
        if statement.words[:1] in {("GRANT",), ("REVOKE",)}:
            guest.run_one(statement.text)


def _carried_out(guest: Session, trials: tuple[Trial, ...]) -> Upheld:
    passed = noticed = 0
    wrong: list[str] = []
    for trial in trials:
        refusal = _run(guest, trial.sql)
        passed += refusal is None
        if refusal is not None:
            wrong.append(f"{trial.name}: {refusal}")
        elif trial.without:
            seen = _run(guest, trial.sql, trial.without)
            noticed += seen is not None and seen.code == _RAISED
            if seen is None or seen.code != _RAISED:
                wrong.append(f"{trial.name}: passes without protection, too ({seen})")
    return Upheld(passed=passed, noticed=noticed, wrong=tuple(wrong))


def _run(guest: Session, sql: str, before: str = "") -> ServerRefusal | None:
    """What refuses the statements, None where they end; nothing stays of them."""
    statements = read_script(f"{before}\n{sql}", path="trial").statements
    with guest.rolled_back():
        try:
            for statement in statements:
                if statement.words[0] not in _OURS:
                    guest.run_one(statement.text)
        except ServerRefusal as refusal:
            return refusal
    return None
