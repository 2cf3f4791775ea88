"""The ground on which row security is attacked: a database with rows, and roles that own nothing.

Under Supabase the roles are its own, `anon` and `authenticated`, with what it grants them; what the
person's script grants and revokes is carried out. Else it is a role that is granted the tables.
"""

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from blueproof.engines.postgres import catalog, loading, migrating, rows, values
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.session import Session
from blueproof.sql.access.groups import Access
from blueproof.sql.identity import SUPABASE_SETTING, json_keys
from blueproof.sql.names import quote, quote_table
from blueproof.sql.schema import Policy, Schema
from blueproof.sql.statements import read_script

VISITOR, ANON, SIGNED_IN = "visitor", "anon", "authenticated"
_PUBLIC = "public"
# Roles with all power that never are in a stranger's hand: a policy for them lets no stranger in.
_TRUSTED = frozenset({
    *(_PUBLIC, "service_role", "postgres", "supabase_admin", "supabase_auth_admin"),
    *("supabase_storage_admin", "dashboard_user", "authenticator", "guest"),
})  # fmt: skip
NOT_ALLOWED, RECURSION, RAISED = "42501", "42P17", "P0001"
# What a policy answers with instead of rows: not allowed, no such setting, or no such identity.
TURNED_AWAY = frozenset({NOT_ALLOWED, "42704", "22P02", "22007", "22004"})
CONSTRAINT = "23"  # the class of SQLSTATE


@dataclass(frozen=True, kw_only=True)
class Target:
    """A table under attack: the setting that carries an identity, the column it is held against.

    `after` are migrations that are made first.
    """

    table: str
    setting: str
    column: str
    after: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Attacked:
    """What an attack came to: rows the owner sees, rows the attacker got, and the server's words.

    `decided` is False where the ground was no good: no rows, or an owner who sees none. `broken` is
    whether the rightful themselves are met with an error. `as_whom` tells more of the attacker.
    """

    refused: bool
    decided: bool
    owners_rows: int
    attackers_rows: int
    said: str = ""
    broken: bool = False
    as_whom: str = ""


def undecided(why: str, *, broken: bool = False) -> Attacked:
    """An attack that says nothing of row security."""
    return Attacked(
        refused=False, decided=False, owners_rows=0, attackers_rows=0, said=why, broken=broken
    )


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A database with rows, as its owner sees it and as the attackers' session does."""

    owner: Session
    visitor: Session
    schema: Schema
    target: Target
    actors: tuple[str, ...]
    fresh: Callable[[], Session]

    @cached_property
    def access(self) -> Access:
        """Who may reach what, as the schema tells."""
        return Access(self.schema)

    @property
    def supabase(self) -> bool:
        """Whether the attackers are Supabase's roles."""
        return self.target.setting == SUPABASE_SETTING

    @property
    def signed_in(self) -> tuple[str, ...]:
        """The roles that somebody has who is known."""
        return tuple(a for a in self.actors if a != ANON)

    @property
    def nobodies(self) -> tuple[str, ...]:
        """The roles that somebody has who is not."""
        if not self.supabase:
            return self.actors
        return tuple(a for a in self.actors if a != SIGNED_IN)

    def become(self, role: str, identity: tuple[str, ...]) -> None:
        """Be this role with this identity; with () the setting was never made."""
        self.visitor.run(f"SET LOCAL ROLE {quote(role)}")
        if self.supabase:
            self._tell("request.jwt.claim.role", role)
        keys = json_keys(self.schema.policies, self.target.setting)
        for value in identity:
            as_json = json.dumps(dict.fromkeys(keys, value) if value else {})
            self._tell(self.target.setting, as_json if keys else value)
            if self.supabase:
                claims = json.dumps({"sub": value, "role": role}) if value else ""
                self._tell("request.jwt.claims", claims)

    def _tell(self, setting: str, value: str) -> None:
        self.visitor.run_one("SELECT set_config($1, $2, true)", (setting, value))

    def reset(self) -> None:
        """Be the owner again, within the transaction."""
        self.visitor.run("RESET ROLE")

    def tried(self, sql: str, given: tuple[Any, ...] = ()) -> ServerRefusal | None:
        """What refuses a statement, within a savepoint that is rolled back if it does."""
        self.visitor.run("SAVEPOINT tried")
        try:
            self.visitor.run_one(sql, given)
        except ServerRefusal as refusal:
            self.visitor.run("ROLLBACK TO tried")
            return refusal
        return None

    def ask(self, sql: str, given: tuple[Any, ...] = ()) -> Any:
        """The first value of the first row, None where there is none; asked as whoever it is."""
        found = self.visitor.run_one(sql, given)
        return found[0][0] if found else None

    @contextlib.contextmanager
    def about(self, target: Target) -> Iterator["Ground"]:
        """The same rows for another attack on the table, with an attackers' session of its own.

        Once a setting was made in a session, it can never again be one that was not.
        """
        with contextlib.closing(self.fresh()) as visitor:
            yield replace(self, target=target, visitor=visitor)


@contextlib.contextmanager
def ground_of(server: Server, ddl: str, target: Target, seed: int = 1) -> Iterator[Ground]:
    """A fresh database with the schema, rows and attackers, dropped at the end."""
    name = server.create_database()
    sessions: list[Session] = []
    try:
        admin, guest, visitor = server.admin(name), server.guest(name), server.guest(name)
        sessions += [admin, guest, visitor]
        loading.load(ddl, path="schema", guest=guest, admin=admin)
        guest.run("RESET ALL")
        schema = catalog.read_schema(guest)
        rows.fill(guest, schema, seed=seed, never_null=_never_null(schema, target),
                  literals=_literals(schema, target))  # fmt: skip
        supabase = target.setting == SUPABASE_SETTING
        actors = _actors(schema, target, supabase=supabase)
        _let_in(admin, guest, schema, actors, supabase=supabase)
        _rights(guest, ddl)
        for change in target.after:
            for statement in migrating.plain_ddl(change):
                guest.run_one(statement)
        schema = catalog.read_schema(guest) if target.after else schema
        yield Ground(
            owner=guest, visitor=visitor, schema=schema, target=target, actors=actors,
            fresh=lambda: server.guest(name),
        )  # fmt: skip
    finally:
        for session in sessions:
            session.close()
        server.drop_database(name)


def _never_null(schema: Schema, target: Target) -> frozenset[str]:
    """Columns without which a row would be nobody's: that of the target, and those of members."""
    access = Access(schema)
    found = {f"{target.table}.{target.column}"} if target.column else set()
    for each in access.memberships:
        found |= {f"{each.table}.{each.user}", f"{each.table}.{each.group}"}
    table = schema.by_name.get(target.table)
    for _, way in access.ways(table) if table else ():
        tables = (target.table, *(k.references for k in way.keys))
        columns = (*(k.columns[0] for k in way.keys), way.column)
        found |= {f"{t}.{c}" for t, c in zip(tables, columns, strict=True)}
    return frozenset(found)


def _literals(schema: Schema, target: Target) -> tuple[str, ...]:
    """The values that the policies name: rows that hold them are what a lax policy lets out.

    Those of a view's query, too, and of a function's body.
    """
    policies = (p for p in schema.policies if p.table == target.table)
    conditions = " ".join(f"{p.using} {p.check}" for p in policies)
    texts = [v.query for v in schema.views if v.name == target.table]
    texts += [f.body for f in schema.functions if f.signature == target.table]
    return values.neighbours(values.literals_in(" ".join((conditions, *texts))))


def _actors(schema: Schema, target: Target, *, supabase: bool) -> tuple[str, ...]:
    """The roles to attack as: each that a policy names, and one that none names."""
    policies: list[Policy] = [p for p in schema.policies if p.table == target.table]
    named = {role for p in policies for role in p.roles} - _TRUSTED
    own = (SIGNED_IN, ANON) if supabase else (VISITOR,)
    return (*sorted(named - set(own)), *own)


def _let_in(
    admin: Session, guest: Session, schema: Schema, actors: tuple[str, ...], *, supabase: bool
) -> None:
    """Make the attackers: no owners, no power, but let in to every table and sequence.

    Supabase's roles are let in to the schema that its API shows.
    """
    schemas = sorted({t.name.rpartition(".")[0] or _PUBLIC for t in schema.tables})
    used = {f.name.rpartition(".")[0] or _PUBLIC for f in schema.functions}
    for actor in (*actors, "service_role") if supabase else actors:
        role = quote(actor)
        admin.run(
            f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN; EXCEPTION WHEN duplicate_object THEN END $$"
        )
        admin.run(f"GRANT {role} TO guest")
        for name in sorted({*schemas, *used}):
            guest.run(f"GRANT USAGE ON SCHEMA {quote(name)} TO {role}")
        for name in schemas:
            if not supabase or name == _PUBLIC:
                guest.run(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA {quote(name)} TO {role}")
        shown = dict.fromkeys((*(t.name for t in schema.tables), *(v.name for v in schema.views)))
        for each in shown:
            if not supabase or "." not in each:
                guest.run(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {quote_table(each)} TO {role}")
        if supabase:  # by its default privileges, so that REVOKE ... FROM PUBLIC is not enough
            guest.run(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {_PUBLIC} TO {role}")


def _rights(guest: Session, ddl: str) -> None:
    """Carry out what the person's script grants and revokes, as far as it names what is here."""
    for statement in read_script(ddl, path="schema").statements:
        if statement.words[:1] in {("GRANT",), ("REVOKE",)}:
            with contextlib.suppress(ServerRefusal):
                guest.run_one(statement.text)


def unbound(schema: Schema, *tables: str) -> Iterator[str]:
    """What takes keys away meanwhile: they may refuse what somebody does to their own rows."""
    for key in schema.foreign_keys:
        if {key.table, key.references} & {*tables}:
            yield f"ALTER TABLE {quote_table(key.table)} DROP CONSTRAINT {quote(key.name)}"
    for table in tables:
        for index in schema.indexes_of(table):
            if index.constraint:
                name = quote(index.name.rpartition(".")[2])
                yield f"ALTER TABLE {quote_table(table)} DROP CONSTRAINT {name}"
