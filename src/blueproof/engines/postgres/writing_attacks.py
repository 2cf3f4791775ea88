"""Attacks that write: rows in another's name or group, oneself into a group, power to oneself.

Row security is checked before keys are, so a key that refuses means that it let the row through. A
row that is inserted is made of one of the attacker's own, which the owner of the table looks up:
whether the attacker may read it is another matter.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from blueproof.engines.postgres.ground import (
    ANON,
    CONSTRAINT,
    NOT_ALLOWED,
    RAISED,
    RECURSION,
    TURNED_AWAY,
    Attacked,
    Ground,
    unbound,
    undecided,
)
from blueproof.engines.postgres.party import Party
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.sql.access.groups import Membership
from blueproof.sql.access.privileges import Privilege, privileges, tenants, worths
from blueproof.sql.names import quote, quote_table
from blueproof.sql.schema import Column, Table

Values = Mapping[str, str]


def forge(ground: Ground, party: Party, role: str) -> Attacked:
    """Insert a row in another's name."""
    return _inserted(ground, party, role, {ground.target.column: party.other})


def plant(ground: Ground, party: Party, role: str) -> Attacked:
    """Insert a row of one's own into a group that one does not belong to."""
    table = ground.schema.by_name[ground.target.table]
    user = ground.access.user_of(table)
    strange = {ground.target.column: _strange(ground, party, table)}
    named = {user: party.me} if user and user != ground.target.column else {}
    return _inserted(ground, party, role, {**named, **strange})


def _strange(ground: Ground, party: Party, table: Table) -> str:
    """What the target's column holds in a row of a group that the attacker is not in."""
    direct = any(
        w.column == ground.target.column and not w.keys for _, w in ground.access.ways(table)
    )
    if direct and party.strange:
        return party.strange
    column, name = quote(ground.target.column), quote_table(table.name)
    where = "ctid = ANY ($1::tid[])"
    found = ground.owner.run_one(
        f"SELECT {column}::text FROM {name} WHERE {where} LIMIT 1", (list(party.foreign),)
    )
    return str(found[0][0]) if found else ""


def join(ground: Ground, party: Party, role: str) -> Attacked:
    """Make oneself a member of a group, with power where the table knows any, else without."""
    table = ground.schema.by_name[ground.target.table]
    member = _member(ground)
    if member is None:
        return undecided("nothing tells who belongs to what")
    mine = {member.user: party.me, member.group: party.strange}
    powers = privileges(ground.access, table)
    high = {p.column: p.high[0] for p in powers}
    low = {p.column: p.low for p in powers}
    made = [(_inserted(ground, party, role, {**mine, **each}), each) for each in (high, low)]
    through = [(m, each) for m, each in made if m.attackers_rows]
    if not through:
        return made[-1][0]
    best, with_power = through[0]
    said = ", ".join(f"{c} {v}" for c, v in with_power.items()) if with_power is high else ""
    return replace(best, as_whom=f" with {said}" if said else "")


def _member(ground: Ground) -> Membership | None:
    found = (m for m in ground.access.memberships if m.table == ground.target.table)
    return next((m for m in found if m.group == ground.target.column), None)


def _inserted(ground: Ground, party: Party, role: str, values: Values) -> Attacked:
    """Whether the attacker can insert a row with these values; by nobody in particular, too."""
    if "" in values.values() or not party.own:
        return undecided("the generated rows hold none to copy")
    with ground.visitor.rolled_back():
        ground.become(role, (party.me,))
        refusal = insert(ground, party, values)
    found = _judged(refusal, len(party.own))
    if found.attackers_rows and ground.supabase:
        with ground.visitor.rolled_back():
            ground.become(ANON, ())
            alone = _judged(insert(ground, party, values), len(party.own))
        return replace(found, as_whom=" without signing in" if alone.attackers_rows else "")
    return found


def insert(ground: Ground, party: Party, values: Values) -> ServerRefusal | None:
    """Insert a copy of one of the attacker's rows with other values, as whoever the session is."""
    table = ground.schema.by_name[ground.target.table]
    return put(ground, {**pattern(ground, party, table), **values}, table)


def put(ground: Ground, row: Mapping[str, object], table: Table) -> ServerRefusal | None:
    """Insert a row, as whoever the session is."""
    columns = ", ".join(quote(c) for c in row)
    picked = ", ".join(f"(f.r).{quote(c)}" for c in row)
    name = quote_table(table.name)
    return ground.tried(
        f"INSERT INTO {name} ({columns}) OVERRIDING SYSTEM VALUE SELECT {picked} "
        f"FROM (SELECT jsonb_populate_record(NULL::{name}, $1::text::jsonb) AS r) f",
        (json.dumps(row),),
    )


def pattern(ground: Ground, party: Party, table: Table) -> dict[str, object]:
    """One of the attacker's rows without keys that the server makes, as its owner reads it."""
    found = ground.owner.run_one(
        f"SELECT to_jsonb(t)::text FROM {quote_table(table.name)} t "
        "WHERE ctid = ANY ($1::tid[]) ORDER BY ctid LIMIT 1",
        (list(party.own),),
    )
    row: dict[str, object] = json.loads(found[0][0])
    made = {c.name for c in table.columns if _is_made(ground, table, c)}
    return {c: v for c, v in row.items() if c not in made}


def _is_made(ground: Ground, table: Table, column: Column) -> bool:
    """Whether a new row gets a value of its own there."""
    if column.computed or column.generated:
        return True
    alone = len(table.primary_key) == 1 and column.name != ground.access.user_of(table)
    return column.name in table.primary_key and (bool(column.default) or alone)


def _judged(refusal: ServerRefusal | None, own: int) -> Attacked:
    """What came of a statement that row security should refuse."""
    if refusal is None or refusal.code.startswith(CONSTRAINT):
        said = str(refusal or "")
        return Attacked(refused=False, decided=True, owners_rows=own, attackers_rows=1, said=said)
    if refusal.code == RECURSION:
        return undecided(str(refusal), broken=True)
    barred = refusal.code in {NOT_ALLOWED, RAISED}
    return Attacked(
        refused=barred, decided=barred, owners_rows=own, attackers_rows=0, said=str(refusal)
    )


def rise(ground: Ground, party: Party, role: str) -> Attacked:
    """Give oneself power by a change of one's own row."""
    table = ground.schema.by_name[ground.target.table]
    user, column = ground.access.user_of(table), ground.target.column
    own = f"{quote(user)}::text = $1"
    moves = column in tenants(ground.access, table)
    if party.member and party.member.table == table.name and not moves:
        own += f" AND {quote(party.member.group)}::text = '{party.group.replace(chr(39), '')}'"
    for value in _raised(ground, party, table):
        got = _changed(ground, party, role, (user, column, value, own))
        if got.attackers_rows or not got.decided:
            return got
    return got


def claim(ground: Ground, party: Party, role: str) -> Attacked:
    """Insert one's own row, which is not there yet, with power in it."""
    table = ground.schema.by_name[ground.target.table]
    user, column = ground.access.user_of(table), ground.target.column
    for value in _raised(ground, party, table):
        if not value or not party.own:
            return undecided("the generated rows hold none to copy")
        row = pattern(ground, party, table)
        with ground.visitor.rolled_back():
            for statement in unbound(ground.schema, table.name):
                ground.tried(statement)
            gone = f"DELETE FROM {quote_table(table.name)} WHERE {quote(user)}::text = $1"
            ground.visitor.run_one(gone, (party.me,))
            ground.become(role, (party.me,))
            refusal = put(ground, {**row, user: party.me, column: value}, table)
        got = _judged(refusal, len(party.own))
        if got.attackers_rows:
            moved = value == party.strange
            return replace(got, as_whom="" if moved else f" {value}")
        if not got.decided:
            return got
    return got


def _raised(ground: Ground, party: Party, table: Table) -> Iterator[str]:
    """The values that give power in the target's column."""
    column = ground.target.column
    if column in tenants(ground.access, table):
        yield party.strange
        return
    powers = (*privileges(ground.access, table), *worths(ground.access, table))
    found: list[Privilege] = [p for p in powers if p.column == column]
    yield from found[0].high if found else ("admin",)


def _changed(
    ground: Ground, party: Party, role: str, change: tuple[str, str, str, str]
) -> Attacked:
    """Whether the attacker's own row holds the value after the attacker's statement.

    Tried without a condition as well, for which no policy for reading is asked.
    """
    user, column, value, own = change
    table = quote_table(ground.target.table)
    kind = ground.schema.by_name[ground.target.table].by_name[column].type
    take = f"UPDATE {table} SET {quote(column)} = x.r FROM (SELECT $1::text::{kind} AS r) x"
    is_mine = f" WHERE {table}.{quote(user)}::text = $2"
    held = f"SELECT count(*) FROM {table} WHERE {own} AND {quote(column)}::text = $2"
    found = undecided("the attacker has no row")
    for sql, given in ((take + is_mine, (value, party.me)), (take, (value,))):
        with ground.visitor.rolled_back():
            ground.become(role, (party.me,))
            refusal = ground.tried(sql, given)
            ground.reset()
            through = refusal is None and bool(ground.ask(held, (party.me, value)))
        made = _judged(refusal, 1)
        if refusal is None:
            made = Attacked(refused=not through, decided=True, owners_rows=1,
                            attackers_rows=int(through))  # fmt: skip
        if made.attackers_rows:
            moved = value == party.strange
            return replace(made, as_whom=" to that of others" if moved else f" to {value}")
        found = made if made.decided or not found.decided else found
    return found


def walk_in(ground: Ground) -> Attacked:
    """Read and change a table that has no row security, without signing in."""
    table = quote_table(ground.target.table)
    count = f"SELECT count(*) FROM {table}"
    rows = int(ground.owner.run(count)[0][0])
    with ground.visitor.rolled_back():
        ground.become(ground.nobodies[-1], ())
        refusal = ground.tried(count)
        seen = 0 if refusal else int(ground.ask(count))
        changes = ground.tried(f"DELETE FROM {table}")
        ground.reset()
        left = int(ground.ask(count))
    on_purpose = any(
        p.table == ground.target.table and p.command == "SELECT" and p.using == "true"
        for p in ground.schema.policies
    )
    reads = seen > 0 and not on_purpose
    writes = changes.code.startswith(CONSTRAINT) if changes else left < rows
    unknown = [r for r in (refusal, changes) if r and r.code not in TURNED_AWAY]
    said = str(unknown[0]) if unknown and not (reads or writes) else ""
    return Attacked(
        refused=not (reads or writes),
        decided=rows > 0 and not said,
        owners_rows=rows,
        attackers_rows=rows if reads or writes else 0,
        said=said or ("" if rows else "no rows could be made"),
        as_whom=" and can change and delete them" if writes else "",
    )


def take_ownerless(ground: Ground, party: Party) -> Attacked:
    """Read and delete a row that has nobody's id, without signing in and signed in."""
    table, column = quote_table(ground.target.table), quote(ground.target.column)
    place = f"(SELECT min(ctid) FROM {table} WHERE ctid = ANY ($1::tid[]))"
    nobodys = f"SELECT count(*) FROM {table} WHERE {column} IS NULL"
    for role, identity in ((ground.nobodies[-1], ()), (ground.signed_in[-1], (party.me,))):
        with ground.visitor.rolled_back():
            for statement in unbound(ground.schema, ground.target.table):
                ground.tried(statement)
            alter = f"UPDATE {table} SET {column} = NULL WHERE ctid = {place}"
            ground.visitor.run_one(alter, (list(party.foreign),))
            held = int(ground.ask(nobodys))
            ground.become(role, identity)
            seen = 0 if ground.tried(nobodys) else int(ground.ask(nobodys))
            ground.tried(f"DELETE FROM {table} WHERE {column} IS NULL")
            ground.reset()
            gone = held - int(ground.ask(nobodys))
        if seen or gone:
            whom = "" if identity else " without signing in"
            whom += " and deletes" if gone else ""
            return Attacked(refused=False, decided=True, owners_rows=held,
                            attackers_rows=max(seen, gone), as_whom=whom)  # fmt: skip
    return Attacked(refused=True, decided=held > 0, owners_rows=held, attackers_rows=0)
