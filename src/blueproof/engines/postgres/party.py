"""The two sides of an attack: somebody without any power, and the rows that are not theirs.

Where people share rows in groups, one's own rows are those of the groups that one belongs to.
"""

import contextlib
from dataclasses import dataclass

from blueproof.engines.postgres.ground import Ground
from blueproof.engines.postgres.putting import literal
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.sql.access.groups import Membership, Way
from blueproof.sql.access.privileges import is_roster, privileges, worths
from blueproof.sql.names import quote, quote_table
from blueproof.sql.schema import Table

_MOST_TRIED = 12


@dataclass(frozen=True, kw_only=True)
class Party:
    """The attacker, another person, and by ctid the rows that are the attacker's and that are not.

    `group` is one that the attacker belongs to by `member`, `strange` one that it does not; each
    "" where no groups are shared.
    """

    me: str
    other: str
    own: tuple[str, ...]
    foreign: tuple[str, ...]
    member: Membership | None = None
    group: str = ""
    strange: str = ""


def parties(ground: Ground) -> Party | None:
    """Who attacks whom; None where the rows do not carry two different identities."""
    table = ground.schema.by_name.get(ground.target.table)
    if table is None:
        return None
    for each in ground.schema.tables:
        if each.owner_forced:  # our own looks at the rows are bound otherwise
            name = quote_table(each.name)
            ground.owner.run(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY")
    ways = ground.access.ways(table)
    if ways:
        return _grouped(ground, table, ways)
    column = ground.access.user_of(table) or ground.target.column
    return _alone(ground, table, quote(column)) if column in table.by_name else None


def _alone(ground: Ground, table: Table, column: str) -> Party | None:
    """The two identities with the most rows."""
    name = quote_table(table.name)
    found = ground.owner.run(
        f"SELECT {column}::text FROM {name} WHERE {column} IS NOT NULL "
        "GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 2"
    )
    if len(found) <= 1:
        return None
    other, me = (str(row[0]) for row in found)
    _lower(ground, me)
    held = dict.fromkeys((column, *(quote(c) for c in ground.access.persons(table))))
    mine = " OR ".join(f"coalesce(t.{c}::text = {literal(me)}, false)" for c in held)
    return _with_rows(ground, table, Party(me=me, other=other, own=(), foreign=()), mine)


def _grouped(
    ground: Ground, table: Table, ways: tuple[tuple[Membership, Way], ...]
) -> Party | None:
    """Somebody of one group who is not in another one, best with rows of both."""
    best: Party | None = None
    first = min((m for m, _ in ways), key=lambda m: m.owned)
    for me, group in _members(ground, first):
        sides = _sides(ground, first, me, group)
        if sides is None:
            continue
        party = _with_rows(ground, table, sides, _mine(ground, table, ways, me))
        best = best or party
        if party.own and party.foreign:
            best = party
            break
    if best is None:
        return None
    _lower(ground, best.me, best.member)
    return _with_rows(ground, table, best, _mine(ground, table, ways, best.me))


def _members(ground: Ground, member: Membership) -> list[tuple[str, str]]:
    user, group = quote(member.user), quote(member.group)
    found = ground.owner.run(
        f"SELECT {user}::text, min({group}::text) FROM {quote_table(member.table)} "
        f"WHERE {user} IS NOT NULL AND {group} IS NOT NULL GROUP BY 1 "
        f"ORDER BY count(*) DESC, 1 LIMIT {_MOST_TRIED}"
    )
    return [(str(u), str(g)) for u, g in found]


def _sides(ground: Ground, member: Membership, me: str, group: str) -> Party | None:
    """A group of others, and one of them."""
    user, column = quote(member.user), quote(member.group)
    inside = " UNION ALL ".join(_groups_of(ground, member, me))
    found = ground.owner.run(
        f"SELECT {user}::text, {column}::text FROM {quote_table(member.table)} "
        f"WHERE {user}::text <> {literal(me)} AND {column}::text NOT IN ({inside}) "
        "ORDER BY 2, 1 LIMIT 1"
    )
    if not found:
        return None
    other, strange = (str(value) for value in found[0])
    return Party(
        me=me, other=other, own=(), foreign=(), member=member, group=group, strange=strange
    )


def _groups_of(ground: Ground, member: Membership, me: str) -> list[str]:
    """Queries of the groups that somebody belongs to, of the same kind as this membership's."""
    alike = [
        m
        for m in ground.access.memberships
        if m == member or (m.groups and m.groups == member.groups)
    ]
    return [
        f"SELECT {quote(m.group)}::text FROM {quote_table(m.table)} "
        f"WHERE {quote(m.user)}::text = {literal(me)} AND {quote(m.group)} IS NOT NULL"
        for m in alike
    ]


def _mine(ground: Ground, table: Table, ways: tuple[tuple[Membership, Way], ...], me: str) -> str:
    """The condition of rows that are somebody's own, or of a group that they belong to."""
    parts = [
        f"{way.of('t')}::text IN ({' UNION ALL '.join(_groups_of(ground, member, me))})"
        for member, way in ways
    ]
    parts += [f"t.{quote(c)}::text = {literal(me)}" for c in ground.access.persons(table)]
    if table.name in ground.access.people and len(table.primary_key) == 1:
        parts.append(f"t.{quote(table.primary_key[0])}::text = {literal(me)}")
    return " OR ".join(f"coalesce({part}, false)" for part in parts)


def _with_rows(ground: Ground, table: Table, party: Party, mine: str) -> Party:
    """The party with its rows, as they lie now."""
    name = quote_table(table.name)
    found = ground.owner.run(f"SELECT t.ctid::text, coalesce({mine}, false) FROM {name} t")
    return Party(
        me=party.me, other=party.other, member=party.member, group=party.group,
        strange=party.strange,
        own=tuple(str(c) for c, yes in found if yes),
        foreign=tuple(str(c) for c, yes in found if not yes),
    )  # fmt: skip


def _lower(ground: Ground, me: str, member: Membership | None = None) -> None:
    """Take from somebody what gives power: roles, flags, and groups of their own."""
    who = literal(me)
    for table in ground.schema.tables:
        name, user = quote_table(table.name), ground.access.user_of(table)
        if not user or user not in table.by_name:
            continue
        here = f"{quote(user)}::text = {who}"
        if is_roster(ground.access, table):
            _do(ground, f"DELETE FROM {name} WHERE {here}")
        for power in (*privileges(ground.access, table), *worths(ground.access, table)):
            low = literal(power.low)
            _do(ground, f"UPDATE {name} SET {quote(power.column)} = {low} WHERE {here}")
    if member is None or member.owned:
        return
    for each in ground.access.memberships:
        if each.owned and each.groups == member.groups:
            name, user = quote_table(each.table), quote(each.user)
            another = f"SELECT x.{user} FROM {name} x WHERE x.{user}::text <> {who} LIMIT 1"
            _do(ground, f"UPDATE {name} SET {user} = ({another}) WHERE {user}::text = {who}")


def _do(ground: Ground, sql: str) -> None:
    """A change that the person's own conditions may refuse; then all stays as it is."""
    with contextlib.suppress(ServerRefusal):
        ground.owner.run(sql)
