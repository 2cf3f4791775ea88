"""Attacks on row security: what another identity, or none, can see and write of a table.

The attacker owns nothing: a role that is granted the tables, or each role that the policies name.
Rows are generated, with the values that the policies themselves name among them; each identity is
tried against the other's rows.
"""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.core.claim import Attack
from blueproof.engines.postgres import catalog, loading, rows, values
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.session import Session
from blueproof.sql.names import quote, quote_table
from blueproof.sql.schema import Policy, Schema

VISITOR = "visitor"
_PUBLIC = "public"
_NOT_ALLOWED = "42501"
# What a policy answers with instead of rows: not allowed, no such setting, or no such identity.
_TURNED_AWAY = {_NOT_ALLOWED, "42704", "22P02", "22007", "22004"}
_CONSTRAINT = "23"  # the class of SQLSTATE
_CLAIM = "request.jwt.claim.sub"


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
    """A database with rows, as its owner sees it and as the attackers' session does."""

    owner: Session
    visitor: Session
    schema: Schema
    actors: tuple[str, ...]


def attack(server: Server, ddl: str, target: Target, kind: Attack, seed: int = 1) -> Attacked:
    """Carry out one kind of attack on a fresh copy of the schema with generated rows."""
    try:
        with _ground(server, ddl, target, seed) as ground:
            return _attack(ground, target, kind)
    except ServerRefusal as refusal:  # the attack's own SQL did not work: that is no defence
        return _undecided(str(refusal))


def _attack(ground: _Ground, target: Target, kind: Attack) -> Attacked:
    """The attack by every role in turn; one that gets through decides."""
    identities = _identities(ground.owner, target)
    if len(identities) <= 1:  # an attacker and a victim
        return _undecided("the generated rows do not carry two different identities")
    mine, other = identities
    actors = [_Actor(ground, target, role) for role in ground.actors]
    # First of all: once a setting was made in a session, it can never again be one that was not.
    unset = [a.seen(()) if kind == "no-identity" else 0 for a in actors]
    made = [_attack_as(a, kind, mine, other, u) for a, u in zip(actors, unset, strict=True)]
    through = [m for m in made if m.attackers_rows]
    decided = [m for m in made if m.decided]
    if through or decided:
        return max(through or decided, key=lambda m: (m.attackers_rows, m.owners_rows))
    return made[0]


def _attack_as(actor: "_Actor", kind: Attack, mine: str, other: str, unset: int) -> Attacked:
    seen = actor.seen((mine,), only=mine)
    if kind == "forged-row":
        return _forge(actor, mine, other, seen)
    if kind == "no-identity":
        got = max(unset, actor.seen(("",)))
    elif kind == "others-rows":
        got = _taken(actor, other)
    else:
        got = actor.seen((other,), but=other)
    said = "" if seen or got else "the owner of the rows does not see them either"
    return Attacked(
        refused=got == 0,
        decided=seen > 0 or got > 0,
        owners_rows=seen,
        attackers_rows=got,
        said=said,
    )


def _undecided(why: str) -> Attacked:
    return Attacked(refused=False, decided=False, owners_rows=0, attackers_rows=0, said=why)


@contextlib.contextmanager
def _ground(server: Server, ddl: str, target: Target, seed: int) -> Iterator[_Ground]:
    """A fresh database with the schema, rows and attackers, dropped at the end."""
    name = server.create_database()
    sessions: list[Session] = []
    try:
        admin, guest, visitor = server.admin(name), server.guest(name), server.guest(name)
        sessions += [admin, guest, visitor]
        loading.load(ddl, path="schema", guest=guest, admin=admin)
        guest.run("RESET ALL")
        schema = catalog.read_schema(guest)
        policies = tuple(p for p in schema.policies if p.table == target.table)
        identified = frozenset({f"{target.table}.{target.column}"})
        rows.fill(guest, schema, seed=seed, never_null=identified, literals=_literals(policies))
        actors = _actors(policies)
        _let_in(admin, guest, schema, actors)
        yield _Ground(owner=guest, visitor=visitor, schema=schema, actors=actors)
    finally:
        for session in sessions:
            session.close()
        server.drop_database(name)


def _literals(policies: tuple[Policy, ...]) -> tuple[str, ...]:
    """The values that the policies name: rows that hold them are what a lax policy lets out."""
    conditions = " ".join(f"{p.using} {p.check}" for p in policies)
    return values.neighbours(values.literals_in(conditions))


def _actors(policies: tuple[Policy, ...]) -> tuple[str, ...]:
    """The roles to attack as: each that a policy names, and one that none names."""
    named = sorted({role for p in policies for role in p.roles} - {_PUBLIC})
    return (*named, VISITOR)


def _let_in(admin: Session, guest: Session, schema: Schema, actors: tuple[str, ...]) -> None:
    """Make the attackers: no owners, no power, but let in to every table and sequence."""
    admin.run(
        f"DO $$ BEGIN CREATE ROLE {VISITOR} NOLOGIN; EXCEPTION WHEN duplicate_object THEN END $$"
    )
    schemas = sorted({t.name.rpartition(".")[0] or _PUBLIC for t in schema.tables})
    for actor in actors:
        role = quote(actor)
        admin.run(f"GRANT {role} TO guest")
        for name in schemas:
            guest.run(f"GRANT USAGE ON SCHEMA {quote(name)} TO {role}")
            guest.run(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA {quote(name)} TO {role}")
        for each in schema.tables:
            table = quote_table(each.name)
            guest.run(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {role}")


def _identities(owner: Session, target: Target) -> list[str]:
    """The two identities with the most rows, as text."""
    column, table = quote(target.column), quote_table(target.table)
    found = owner.run(
        f"SELECT {column}::text FROM {table} WHERE {column} IS NOT NULL "
        "GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 2"
    )
    return [str(row[0]) for row in found]


@dataclass(frozen=True)
class _Actor:
    """A role at work on the target, under one identity or another."""

    ground: _Ground
    target: Target
    role: str

    def become(self, identity: tuple[str, ...]) -> None:
        """Be this role with this identity; with () the setting was never made."""
        visitor = self.ground.visitor
        visitor.run(f"SET LOCAL ROLE {quote(self.role)}")
        for value in identity:
            visitor.run_one("SELECT set_config($1, $2, true)", (self.target.setting, value))
            if self.target.setting == _CLAIM:
                claims = json.dumps({"sub": value, "role": self.role}) if value else ""
                visitor.run_one("SELECT set_config('request.jwt.claims', $1, true)", (claims,))

    def seen(self, identity: tuple[str, ...], *, only: str = "", but: str = "") -> int:
        """How many rows the identity sees, only those of one, or all but those of one."""
        visitor, target = self.ground.visitor, self.target
        sign = "=" if only else "<>"
        where = f" WHERE {quote(target.column)}::text {sign} $1" if only or but else ""
        count = f"SELECT count(*) FROM {quote_table(target.table)}{where}"
        with visitor.rolled_back():
            self.become(identity)
            try:
                return int(visitor.run_one(count, (only or but,) if where else ())[0][0])
            except ServerRefusal as refusal:
                if refusal.code not in _TURNED_AWAY:
                    raise
                return 0


def _taken(actor: _Actor, other: str) -> int:
    """How many rows that are not its own the other takes over or deletes, whichever is more."""
    target = actor.target
    table, column = quote_table(target.table), quote(target.column)
    kind = actor.ground.schema.by_name[target.table].by_name[target.column].type
    take = f"UPDATE {table} SET {column} = x.r FROM (SELECT $1::text::{kind} AS r) x"
    return max(
        _lost(actor, other, take, (other,)),
        _lost(actor, other, f"DELETE FROM {table}", ()),
    )


def _lost(actor: _Actor, other: str, statement: str, given: tuple[str, ...]) -> int:
    """How many rows that are not the other's are gone after its statement; nothing stays so.

    Without a condition of its own, so that no policy for reading helps. A key that refuses the
    change is checked after row security, which then has let it through.
    """
    visitor, target = actor.ground.visitor, actor.target
    table, column = quote_table(target.table), quote(target.column)
    count = f"SELECT count(*) FROM {table} WHERE {column}::text <> $1"
    with visitor.rolled_back():
        before = int(visitor.run_one(count, (other,))[0][0])
        actor.become((other,))
        try:
            visitor.run_one(statement, given)
        except ServerRefusal as refusal:
            if refusal.code.startswith(_CONSTRAINT):
                return before
            if refusal.code not in _TURNED_AWAY:
                raise
            return 0
        visitor.run("RESET ROLE")
        return before - int(visitor.run_one(count, (other,))[0][0])


def _forge(actor: _Actor, mine: str, other: str, seen: int) -> Attacked:
    """Insert a row in another's name: a copy of one of mine with the identity changed.

    Row security is checked before keys are, so a duplicate key means that it let the row through.
    Only row security's own refusal counts as one: other rights may be missing just here.
    """
    visitor, target = actor.ground.visitor, actor.target
    table, column = quote_table(target.table), quote(target.column)
    columns = actor.ground.schema.by_name[target.table].columns
    names = [quote(c.name) for c in columns if not c.computed]
    values = ", ".join(f"(f.r).{name}" for name in names)
    forged = f"jsonb_populate_record(t, jsonb_build_object('{target.column}', $1::text))"
    with visitor.rolled_back():
        actor.become((mine,))
        try:
            visitor.run_one(
                f"INSERT INTO {table} ({', '.join(names)}) OVERRIDING SYSTEM VALUE SELECT {values} "
                f"FROM (SELECT {forged} AS r FROM {table} t WHERE t.{column}::text = $2 LIMIT 1) f",
                (other, mine),
            )
        except ServerRefusal as refusal:
            return _refused_insert(refusal, seen)
    made = int(seen > 0)  # with no row to copy, none was inserted
    said = "" if made else "the owner of the rows does not see one to copy"
    return Attacked(
        refused=False, decided=bool(made), owners_rows=seen, attackers_rows=made, said=said
    )


def _refused_insert(refusal: ServerRefusal, seen: int) -> Attacked:
    """What a refused INSERT says of row security."""
    barred = refusal.code == _NOT_ALLOWED and "row-level security" in refusal.message
    through = refusal.code.startswith(_CONSTRAINT)
    return Attacked(
        refused=barred,
        decided=barred or through,
        owners_rows=seen,
        attackers_rows=int(through),
        said=str(refusal),
    )
