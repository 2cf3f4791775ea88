"""Whether changed policies let people do what they could not: each command before and after.

Tried as somebody who is not signed in, as somebody without power, and as the same with power over
their group. What the old policies answered with an endless recursion told nothing, and is left out.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.engines.postgres import migrating
from blueproof.engines.postgres.ground import (
    ANON,
    CONSTRAINT,
    RECURSION,
    Attacked,
    Ground,
    unbound,
)
from blueproof.engines.postgres.party import Party
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.writing_attacks import pattern, put
from blueproof.sql.access.privileges import privileges
from blueproof.sql.names import quote, quote_table
from blueproof.sql.schema import Table

_LEADING = "with power over their group"
_Reached = dict[tuple[str, str], frozenset[str] | None]


@dataclass(frozen=True, kw_only=True)
class _Actor:
    """Somebody: a role, an identity, and whether they are given power over their group first."""

    who: str
    role: str
    identity: tuple[str, ...] = ()
    leads: bool = False


def widen(ground: Ground, party: Party, changes: tuple[str, ...]) -> Attacked:
    """Compare what people reach in the target with the changes and without them."""
    table = ground.schema.by_name[ground.target.table]
    policies = any(p.table == table.name for p in ground.schema.policies)
    # Policies that row security never enforced still say what was meant.
    meant = f"ALTER TABLE {quote_table(table.name)} ENABLE ROW LEVEL SECURITY"
    first = () if table.row_security or not policies else (meant,)
    after = tuple(s for change in changes for s in migrating.plain_ddl(change))
    found = []
    for actor in _actors(ground, party):
        old = _reached(ground, party, actor, first)
        new = _reached(ground, party, actor, after)
        for command, rows in new.items():
            before = old[command]
            more = rows - before if rows is not None and before is not None else frozenset()
            if more:
                found.append(f"{actor.who} {command[0]} {command[1]}".strip())
    own = len(party.own)
    return Attacked(refused=not found, decided=True, owners_rows=own,
                    attackers_rows=len(found), as_whom="; ".join(found))  # fmt: skip


def _actors(ground: Ground, party: Party) -> Iterator[_Actor]:
    if ground.supabase:
        yield _Actor(who="somebody not signed in", role=ANON)
    for role in ground.signed_in:
        yield _Actor(who="a signed-in user", role=role, identity=(party.me,))
    if party.member and not party.member.owned:
        who = f"a user {_LEADING}"
        yield _Actor(who=who, role=ground.signed_in[-1], identity=(party.me,), leads=True)


def _reached(ground: Ground, party: Party, actor: _Actor, first: tuple[str, ...]) -> _Reached:
    """What somebody reaches, by command; None where that cannot be told."""
    table = ground.schema.by_name[ground.target.table]
    row = pattern(ground, party, table) if party.own else {}
    with ground.visitor.rolled_back():
        for statement in first:
            ground.visitor.run(statement)
        for statement in unbound(ground.schema, table.name):
            ground.tried(statement)
        if actor.leads:
            _empower(ground, party)
        found: _Reached = {("reads", "rows"): _read(ground, actor, table)}
        for verb, statement in (("changes", _same(table)), ("deletes", "DELETE FROM {}")):
            found[verb, "rows"] = _lost(ground, actor, statement, table) if statement else None
        if not actor.leads:  # who leads may add members: that is said, and asked
            for what, values in _rows(ground, party, table) if row else ():
                found["inserts a row", what] = _inserted(ground, actor, {**row, **values}, table)
    return found


def _empower(ground: Ground, party: Party) -> None:
    """Give the attacker all power that the tables of members know."""
    assert party.member is not None, "power is over a group"
    table = ground.schema.by_name[party.member.table]
    for power in privileges(ground.access, table):
        kind = table.by_name[power.column].type
        ground.tried(
            f"UPDATE {quote_table(table.name)} SET {quote(power.column)} = $1::text::{kind} "
            f"WHERE {quote(party.member.user)}::text = $2",
            (power.high[0], party.me),
        )


@contextlib.contextmanager
def _acting(ground: Ground, actor: _Actor) -> Iterator[None]:
    """Be somebody, and take back whatever they do."""
    ground.visitor.run("SAVEPOINT acting")
    try:
        ground.become(actor.role, actor.identity)
        yield
    finally:
        ground.visitor.run("ROLLBACK TO acting")


def _read(ground: Ground, actor: _Actor, table: Table) -> frozenset[str] | None:
    with _acting(ground, actor):
        try:
            rows = ground.visitor.run_one(
                f"SELECT to_jsonb(t)::text FROM {quote_table(table.name)} t"
            )
        except ServerRefusal as refusal:
            return None if refusal.code == RECURSION else frozenset()
        return frozenset(str(row[0]) for row in rows)


def _same(table: Table) -> str:
    """A change that leaves every row as it is."""
    free = [c for c in table.columns if not (c.computed or c.generated)]
    return f"UPDATE {{}} SET {quote(free[-1].name)} = {quote(free[-1].name)}" if free else ""


def _lost(ground: Ground, actor: _Actor, statement: str, table: Table) -> frozenset[str] | None:
    """The rows that are no longer where they were after a statement on all that may be touched."""
    name = quote_table(table.name)
    places = f"SELECT t.ctid::text, to_jsonb(t)::text FROM {name} t"
    before = {str(c): str(row) for c, row in ground.visitor.run(places)}
    with _acting(ground, actor):
        refusal = ground.tried(statement.format(name))
        if refusal:
            told = refusal.code != RECURSION
            return frozenset() if told else None
        ground.reset()
        left = {str(c) for c, _ in ground.visitor.run(places)}
    return frozenset(row for c, row in before.items() if c not in left)


def _rows(ground: Ground, party: Party, table: Table) -> Iterator[tuple[str, dict[str, str]]]:
    """Rows to insert: one's own, in another's name, in another group."""
    user = ground.access.user_of(table)
    group = next((w.column for _, w in ground.access.ways(table) if not w.keys), "")
    for name, who in (("of their own", party.me), ("in another's name", party.other)):
        for place, where in (("", party.group), ("in a group of others", party.strange)):
            values = {user: who} if user else {}
            values |= {group: where} if group and where else {}
            if (user or name == "of their own") and (group or not place):
                yield f"{name} {place}".strip(), values


def _inserted(
    ground: Ground, actor: _Actor, row: dict[str, object], table: Table
) -> frozenset[str] | None:
    """Whether a row can be inserted."""
    with _acting(ground, actor):
        refusal = put(ground, row, table)
    if refusal is not None and refusal.code == RECURSION:
        return None
    passed = refusal is None or refusal.code.startswith(CONSTRAINT)
    return frozenset({"row"}) if passed else frozenset()
