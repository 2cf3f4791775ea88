"""Attacks on row security: what another identity, or none, can see and write of a table.

The attacker is a role without power that is granted the table and, where the policies name roles,
made a member of those. Rows are generated; each identity is tried against the other's rows.
"""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.core.claim import Attack
from blueproof.engines.postgres import catalog, loading, rows
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.session import ServerRefusal, Session
from blueproof.sql.names import quote, quote_table
from blueproof.sql.schema import Schema

VISITOR = "visitor"
_NOT_ALLOWED = "42501"
_CONSTRAINT = "23"  # the class of SQLSTATE


@dataclass(frozen=True, kw_only=True)
class Attacked:
    """What an attack came to: rows the owner sees, rows the attacker got, and the server's words.

    `decided` is False where the ground was no good: no rows, or an owner who sees none.
    """

    refused: bool
    decided: bool
    owners_rows: int
    attackers_rows: int
    said: str = ""


@dataclass(frozen=True, kw_only=True)
class Target:
    """A table under attack: the setting that carries an identity, the column it is held against."""

    table: str
    setting: str
    column: str


@dataclass(frozen=True, kw_only=True)
class _Ground:
    """A database with rows, as its owner sees it and as a visitor does."""

    owner: Session
    visitor: Session
    schema: Schema


def attack(server: Server, ddl: str, target: Target, kind: Attack, seed: int = 1) -> Attacked:
    """Carry out one kind of attack on a fresh copy of the schema with generated rows."""
    with _ground(server, ddl, target, seed) as ground:
        identities = _identities(ground.owner, target)
        if len(identities) < 2:  # noqa: PLR2004 (an attacker and a victim)
            return _undecided("the generated rows do not carry two different identities")
        mine, other = identities
        if kind == "forged-row":
            return _forge(ground, target, mine, other)
        seen = _seen(ground.visitor, target, mine, mine)
        if kind == "no-identity":
            got = _seen(ground.visitor, target, None, None)
        elif kind == "others-rows":
            got = _taken(ground, target, mine, other)
        else:
            got = _seen(ground.visitor, target, other, mine)
        said = "" if seen else "the owner of the rows does not see them either"
        return Attacked(refused=got == 0, decided=seen > 0, owners_rows=seen, attackers_rows=got,
                        said=said)  # fmt: skip


def _undecided(why: str) -> Attacked:
    return Attacked(refused=False, decided=False, owners_rows=0, attackers_rows=0, said=why)


@contextlib.contextmanager
def _ground(server: Server, ddl: str, target: Target, seed: int) -> Iterator[_Ground]:
    """A fresh database with the schema, rows and a visitor, dropped at the end."""
    name = server.create_database()
    sessions: list[Session] = []
    try:
        admin, guest, visitor = server.admin(name), server.guest(name), server.guest(name)
        sessions += [admin, guest, visitor]
        loading.load(ddl, path="schema", guest=guest, admin=admin)
        guest.run("RESET ALL")
        schema = catalog.read_schema(guest)
        identified = frozenset({f"{target.table}.{target.column}"})
        rows.fill(guest, schema, seed=seed, never_null=identified)
        _let_in(admin, guest, schema, target.table)
        yield _Ground(owner=guest, visitor=visitor, schema=schema)
    finally:
        for session in sessions:
            session.close()
        server.drop_database(name)


def _let_in(admin: Session, guest: Session, schema: Schema, table: str) -> None:
    """Make the visitor: no owner, no power, but a member of every role the policies name."""
    admin.run(
        f"DO $$ BEGIN CREATE ROLE {VISITOR} NOLOGIN; EXCEPTION WHEN duplicate_object THEN END $$;"
        f"GRANT {VISITOR} TO guest"
    )
    roles = {r for p in schema.policies if p.table == table for r in p.roles} - {"public"}
    for role in sorted(roles):
        admin.run(f"GRANT {quote(role)} TO {VISITOR}")
    for name in sorted({t.name.rpartition(".")[0] or "public" for t in schema.tables}):
        guest.run(f"GRANT USAGE ON SCHEMA {quote(name)} TO {VISITOR}")
    for each in schema.tables:
        guest.run(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {quote_table(each.name)} TO {VISITOR}")


def _identities(owner: Session, target: Target) -> list[str]:
    """The two identities with the most rows, as text."""
    column, table = quote(target.column), quote_table(target.table)
    found = owner.run(
        f"SELECT {column}::text FROM {table} WHERE {column} IS NOT NULL "
        "GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 2"
    )
    return [str(row[0]) for row in found]


def _become(visitor: Session, target: Target, identity: str | None) -> None:
    visitor.run(f"SET LOCAL ROLE {VISITOR}")
    visitor.run_one("SELECT set_config($1, $2, true)", (target.setting, identity or ""))
    if target.setting == "request.jwt.claim.sub":
        claims = json.dumps({"sub": identity, "role": "authenticated"}) if identity else ""
        visitor.run_one("SELECT set_config('request.jwt.claims', $1, true)", (claims,))


def _seen(visitor: Session, target: Target, identity: str | None, of: str | None) -> int:
    """How many rows of `of` (None: of anybody) the identity sees; an error is none at all."""
    with visitor.rolled_back():
        _become(visitor, target, identity)
        where = "" if of is None else f" WHERE {quote(target.column)}::text = $1"
        values = () if of is None else (of,)
        try:
            counted = visitor.run_one(
                f"SELECT count(*) FROM {quote_table(target.table)}{where}", values
            )
        except ServerRefusal:
            return 0
        return int(counted[0][0])


def _taken(ground: _Ground, target: Target, mine: str, other: str) -> int:
    """How many of my rows the other takes over or deletes, whichever is more."""
    table, column = quote_table(target.table), quote(target.column)
    take = f"UPDATE {table} SET {column} = x.r FROM (SELECT $1::text::{{}} AS r) x"
    kind = ground.schema.by_name[target.table].by_name[target.column].type
    ways = ((take.format(kind), (other,)), (f"DELETE FROM {table}", ()))
    return max(_lost(ground, target, mine, other, way) for way in ways)


def _lost(
    ground: _Ground, target: Target, mine: str, other: str, way: tuple[str, tuple[str, ...]]
) -> int:
    """How many of my rows are gone after the other's statement; nothing stays changed.

    Without a condition of its own, so that no policy for reading helps. A key that refuses the
    change is checked after row security, which then has let it through.
    """
    visitor, (statement, values) = ground.visitor, way
    count = (
        f"SELECT count(*) FROM {quote_table(target.table)} WHERE {quote(target.column)}::text = $1"
    )
    with visitor.rolled_back():
        before = int(visitor.run_one(count, (mine,))[0][0])
        _become(visitor, target, other)
        try:
            visitor.run_one(statement, values)
        except ServerRefusal as refusal:
            return before if refusal.code.startswith(_CONSTRAINT) else 0
        visitor.run("RESET ROLE")
        return before - int(visitor.run_one(count, (mine,))[0][0])


def _forge(ground: _Ground, target: Target, mine: str, other: str) -> Attacked:
    """Insert a row in another's name: a copy of one of mine with the identity changed.

    Row security is checked before keys are, so a duplicate key means that it let the row through.
    """
    visitor, seen = ground.visitor, _seen(ground.visitor, target, mine, mine)
    table, column = quote_table(target.table), quote(target.column)
    columns = [c.name for c in ground.schema.by_name[target.table].columns if not c.computed]
    names = ", ".join(quote(c) for c in columns)
    values = ", ".join(f"(f.r).{quote(c)}" for c in columns)
    forged = f"jsonb_populate_record(t, jsonb_build_object('{target.column}', $1::text))"
    with visitor.rolled_back():
        _become(visitor, target, mine)
        try:
            visitor.run_one(
                f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE SELECT {values} FROM "
                f"(SELECT {forged} AS r FROM {table} t WHERE t.{column}::text = $2 LIMIT 1) f",
                (other, mine),
            )
        except ServerRefusal as refusal:
            barred = refusal.code == _NOT_ALLOWED
            return Attacked(refused=barred, decided=barred or seen > 0, owners_rows=seen,
                            attackers_rows=0 if barred else 1, said=str(refusal))  # fmt: skip
    return Attacked(refused=False, decided=seen > 0, owners_rows=seen, attackers_rows=1)
