"""Attacks on row security: what another identity, or none, can see and write of a table.

The attacker owns nothing: a role that is granted the tables, or each role that the policies name.
Rows are generated, with the values that the policies themselves name among them. Where people share
rows in groups, the attacker belongs to one, and tries the rows of the others.
"""

import contextlib
from dataclasses import replace

from blueproof.core.claim import Attack
from blueproof.engines.postgres import owners_rights, writing_attacks
from blueproof.engines.postgres.ground import (
    CONSTRAINT,
    RAISED,
    RECURSION,
    TURNED_AWAY,
    Attacked,
    Ground,
    Target,
    ground_of,
    unbound,
    undecided,
)
from blueproof.engines.postgres.party import Party, parties
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.rightful import with_use
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.widening import widen
from blueproof.sql.identity import public_marks
from blueproof.sql.names import quote, quote_table

__all__ = ["Attacked", "Target", "attack"]

_WRITES = {
    "forged-row": writing_attacks.forge,
    "planted-row": writing_attacks.plant,
    "joined-group": writing_attacks.join,
    "raised-right": writing_attacks.rise,
    "claimed-right": writing_attacks.claim,
}
_READS = ("no-identity", "other-identity")
_ONE = "the generated rows do not carry two different identities"
# Attacks that need no rows of two people in the target itself.
_WHOLE = {
    "no-security": writing_attacks.walk_in,
    "owner-view": owners_rights.through_view,
    "owner-function": owners_rights.through_function,
}


def attack(server: Server, ddl: str, target: Target, kind: Attack) -> Attacked:
    """Carry out one kind of attack on a fresh copy of the schema with generated rows."""
    with contextlib.closing(Grounds(server)) as grounds:
        return grounds.attack(ddl, target, kind)


class Grounds:
    """Where attacks are carried out: those on one table, one after the other, on the same rows.

    No attack leaves anything behind. Close it in the end.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._opened = contextlib.ExitStack()
        self._there: tuple[object, Ground, Party | None] | None = None

    def close(self) -> None:
        """Drop the database of the last table."""
        self._opened.close()
        self._there = None

    def attack(self, ddl: str, target: Target, kind: Attack) -> Attacked:
        """Carry out one kind of attack."""
        before = replace(target, after=()) if kind == "widened" else target
        try:
            ground, party = self._ground(ddl, before)
            with ground.about(before) as here:
                if kind != "widened":
                    return _attack(here, party, kind)
                return widen(here, party, target.after) if party else undecided(_ONE)
        except ServerRefusal as refusal:  # the attack's own SQL did not work: that is no defence
            return undecided(str(refusal), broken=refusal.code == RECURSION)

    def _ground(self, ddl: str, target: Target) -> tuple[Ground, Party | None]:
        wanted = (ddl, target.table, target.setting, target.after)
        if self._there and self._there[0] == wanted:
            return self._there[1:]
        self.close()
        ground = self._opened.enter_context(ground_of(self._server, ddl, target))
        self._there = (wanted, ground, parties(ground))
        return self._there[1:]


def _attack(ground: Ground, party: Party | None, kind: Attack) -> Attacked:
    """The attack by every role in turn; one that gets through decides."""
    if kind in _WHOLE:
        return _WHOLE[kind](ground)
    table = ground.schema.by_name.get(ground.target.table)
    if table is None or ground.target.column not in table.by_name:
        return undecided(f"there is no column {ground.target.column}")
    if party is None:  # an attacker and a victim
        return undecided(_ONE)
    if kind == "ownerless-row":
        return writing_attacks.take_ownerless(ground, party)
    if kind in _WRITES:
        made = _worst([_WRITES[kind](ground, party, role) for role in ground.signed_in])
        return with_use(ground, party, kind, made) if ground.target.after else made
    # First of all: once a setting was made in a session, it can never again be one that was not.
    roles = ground.nobodies if kind == "no-identity" else ground.signed_in
    if kind in _READS:
        party = replace(party, foreign=_kept(ground, party.foreign))
    unset = [_nobodys(ground, role, ()) if kind == "no-identity" else 0 for role in roles]
    return _worst(
        [_attack_as(ground, party, r, kind, u) for r, u in zip(roles, unset, strict=True)]
    )


def _worst(made: list[Attacked]) -> Attacked:
    through = [m for m in made if m.attackers_rows]
    decided = [m for m in made if m.decided]
    if through or decided:
        return max(through or decided, key=lambda m: (m.attackers_rows, m.owners_rows))
    return made[0]


def _attack_as(ground: Ground, party: Party, role: str, kind: Attack, unset: int) -> Attacked:
    owner = role if role in ground.signed_in else ground.signed_in[-1]
    got = unset
    if kind == "no-identity":
        got = max(unset, _nobodys(ground, role, ("",)))
    elif kind == "others-rows":
        got = _taken(ground, party, role)
    else:
        got = _visible(ground, role, (party.me,), party.foreign)
    seen = _visible(ground, owner, (party.me,), party.own)
    said = "" if seen or got else "the owner of the rows does not see them either"
    return Attacked(
        refused=got == 0,
        decided=seen > 0 or got > 0,
        owners_rows=seen,
        attackers_rows=got,
        said=said,
    )


def _nobodys(ground: Ground, role: str, identity: tuple[str, ...]) -> int:
    """How many rows somebody sees who has no identity, but for those that are marked as public."""
    rows = ground.owner.run(f"SELECT ctid::text FROM {quote_table(ground.target.table)}")
    return _visible(ground, role, identity, _kept(ground, tuple(str(c) for (c,) in rows)))


def _kept(ground: Ground, rows: tuple[str, ...]) -> tuple[str, ...]:
    """The rows that are not marked as public by what a policy for reading asks: is_public."""
    table = ground.schema.by_name[ground.target.table]
    marks = public_marks(ground.schema.policies, table)
    if not marks:
        return rows
    found = ground.owner.run_one(
        f"SELECT ctid::text FROM {quote_table(table.name)} WHERE ctid = ANY ($1::tid[]) AND NOT "
        f"coalesce({' OR '.join(marks)}, false)",
        (list(rows),),
    )
    return tuple(str(c) for (c,) in found)


def _visible(
    ground: Ground,
    role: str,
    identity: tuple[str, ...],
    among: tuple[str, ...] | None = None,
) -> int:
    """How many of these rows the identity sees, or of all rows."""
    where = "" if among is None else " WHERE ctid = ANY ($1::tid[])"
    count = f"SELECT count(*) FROM {quote_table(ground.target.table)}{where}"
    with ground.visitor.rolled_back():
        ground.become(role, identity)
        try:
            return int(ground.ask(count, () if among is None else (list(among),)))
        except ServerRefusal as refusal:
            if refusal.code not in TURNED_AWAY:
                raise
            return 0


def _taken(ground: Ground, party: Party, role: str) -> int:
    """How many rows that are not its own the attacker takes over or deletes, whichever is more."""
    table, column = quote_table(ground.target.table), quote(ground.target.column)
    kind = ground.schema.by_name[ground.target.table].by_name[ground.target.column].type
    held = f"SELECT {column}::text FROM {table} WHERE ctid = ANY ($1::tid[]) LIMIT 1"
    found = ground.owner.run_one(held, (list(party.own),))
    mine = str(found[0][0]) if found else party.me
    take = f"UPDATE {table} SET {column} = x.r FROM (SELECT $1::text::{kind} AS r) x"
    return max(
        _lost(ground, party, role, take, (mine,)),
        _lost(ground, party, role, f"DELETE FROM {table}", ()),
    )


def _lost(ground: Ground, party: Party, role: str, sql: str, given: tuple[str, ...]) -> int:
    """How many rows that are not the attacker's are gone or changed after its statement.

    Without a condition of its own, so that no policy for reading helps. A condition that refuses
    the change is checked after row security, which then has let it through.
    """
    table = quote_table(ground.target.table)
    count = f"SELECT count(*) FROM {table} WHERE ctid = ANY ($1::tid[])"
    with ground.visitor.rolled_back():
        for statement in unbound(ground.schema, ground.target.table):
            ground.tried(statement)
        ground.become(role, (party.me,))
        refusal = ground.tried(sql, given)
        if refusal and refusal.code.startswith(CONSTRAINT):
            return len(party.foreign)
        if refusal and refusal.code not in {*TURNED_AWAY, RAISED}:
            raise refusal
        ground.reset()
        return len(party.foreign) - int(ground.ask(count, (list(party.foreign),)))
