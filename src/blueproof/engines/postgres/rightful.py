"""What the rightful must still be able to do once an attack is refused.

A policy that refuses everybody refuses the attacker as well, and is of no use. For each attack that
writes there is a use beside it: a manager adds a member, an author writes a row of their own.
"""

from dataclasses import replace

from blueproof.core.claim import Attack
from blueproof.engines.postgres.ground import CONSTRAINT, Attacked, Ground
from blueproof.engines.postgres.party import Party
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.writing_attacks import insert
from blueproof.sql.access.privileges import privileges, worths
from blueproof.sql.names import quote, quote_table
from blueproof.sql.schema import Table


def with_use(ground: Ground, party: Party, kind: Attack, made: Attacked) -> Attacked:
    """The attack's outcome, broken where the rightful are refused, too."""
    if not made.refused:
        return made
    table = ground.schema.by_name[ground.target.table]
    commands = {p.command for p in ground.schema.policies if p.table == table.name}
    why = ""
    if kind == "joined-group" and commands & {"INSERT", "ALL"}:
        why = _manager_adds(ground, party, table)
    elif kind in {"forged-row", "planted-row"} and commands & {"INSERT", "ALL"}:
        why = _own_row(ground, party, table)
    elif kind == "raised-right" and commands & {"UPDATE", "ALL"}:
        why = _own_change(ground, party, table)
    return replace(made, broken=bool(why), said=why or made.said)


def _manager_adds(ground: Ground, party: Party, table: Table) -> str:
    """Why none of those with power can add a member; "" where one can, or no power is known."""
    assert party.member is not None, "only groups are joined"
    powers = [p for p in privileges(ground.access, table) if p.asked]
    if not powers:
        return ""
    values = {party.member.user: party.other, party.member.group: party.group}
    low = {p.column: p.low for p in powers}
    refusal: ServerRefusal | None = None
    for power in powers:
        for high in power.high:
            with ground.visitor.rolled_back():
                _empower(ground, party, table, power.column, high)
                ground.become(ground.signed_in[-1], (party.me,))
                refusal = insert(ground, party, {**values, **low})
            if _passed(refusal):
                return ""
    return f"nobody can add a member any more: {refusal}"


def _empower(ground: Ground, party: Party, table: Table, column: str, value: str) -> None:
    assert party.member is not None, "power is over a group"
    kind = table.by_name[column].type
    ground.visitor.run_one(
        f"UPDATE {quote_table(table.name)} SET {quote(column)} = $1::text::{kind} "
        f"WHERE {quote(party.member.user)}::text = $2 AND {quote(party.member.group)}::text = $3",
        (value, party.me, party.group),
    )


def _own_row(ground: Ground, party: Party, table: Table) -> str:
    """Why somebody cannot insert a row of their own into their own group; "" where they can."""
    user = ground.access.user_of(table)
    own = {user: party.me} if user else {}
    for _, way in ground.access.ways(table):
        if not way.keys and party.group:
            own[way.column] = party.group
    with ground.visitor.rolled_back():
        ground.become(ground.signed_in[-1], (party.me,))
        refusal = insert(ground, party, own)
    return "" if _passed(refusal) else f"nobody can insert their own row any more: {refusal}"


def _own_change(ground: Ground, party: Party, table: Table) -> str:
    """Why somebody cannot change the rest of their own row; "" where they can, or there is none."""
    user = ground.access.user_of(table)
    powers = (*privileges(ground.access, table), *worths(ground.access, table))
    fixed = {*(p.column for p in powers), *table.primary_key, user}
    fixed |= {c for k in ground.schema.foreign_keys if k.table == table.name for c in k.columns}
    free = [c for c in table.columns if c.name not in fixed and not (c.computed or c.generated)]
    if not free:
        return ""
    column, name, kind = quote(free[0].name), quote_table(table.name), free[0].type
    own = (list(party.own),)
    among = f"FROM {name} WHERE ctid = ANY ($1::tid[])"
    held = ground.owner.run_one(f"SELECT {column}::text {among} LIMIT 1", own)
    # Nothing is read of the row, so that no policy for reading has a part in it.
    change = f"UPDATE {name} SET {column} = x.r FROM (SELECT $1::text::{kind} AS r) x"
    with ground.visitor.rolled_back():
        ground.become(ground.signed_in[-1], (party.me,))
        refusal = ground.tried(change, (held[0][0],))
        ground.reset()
        left = int(ground.ask(f"SELECT count(*) {among}", own))
    if not _passed(refusal) or (refusal is None and left == len(party.own)):
        return f"nobody can change their own row any more: {refusal or 'no row'}"
    return ""


def _passed(refusal: ServerRefusal | None) -> bool:
    """Whether row security let a statement through: keys are checked after it."""
    return refusal is None or refusal.code.startswith(CONSTRAINT)
