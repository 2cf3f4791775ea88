"""From what was told to tables: keys, references, joins, tenants, and what must not overlap."""

from collections.abc import Iterator
from dataclasses import replace

from blueproof.advisors.model import kinds
from blueproof.advisors.model.columns import columns
from blueproof.advisors.model.design import Column, Link, Model, Table
from blueproof.advisors.model.needing import with_needs
from blueproof.advisors.model.nouns import column_name, table_name
from blueproof.advisors.model.told import Entity, Relation, Told

_ACTS = kinds.DOCUMENTS | kinds.BOOKINGS | kinds.ACTS | frozenset({"ticket", "job", "repair"})
_SIDE = Column(
    name="side",
    type="text",
    sample="'home'",
    check="side IN ('home', 'away')",
    breaks="'no such side'",
)


def decide(told: Told) -> Model:
    """The model of what was told."""
    tables = [_table(entity, told) for entity in told.entities]
    tables += [_join(r) for r in told.relations if r.many]
    tables = with_needs(tables, told)
    tenant = table_name(told.tenant) if told.tenant else ""
    members = ""
    if told.isolation == "supabase":
        members = f"{told.tenant.replace(' ', '_')}_members"
        member = Table(
            name=members,
            noun=f"{told.tenant} member",
            kind="member",
            columns=(
                Column(
                    name="role",
                    type="text",
                    sample="'member'",
                    default="'member'",
                    check="role IN ('admin', 'member')",
                    breaks="'no such role'",
                ),
            ),
        )
        tables = [t for t in tables if t.name != members]
        tables.insert(0, member)
    return Model(
        tables=tuple(_ordered(tables, tenant, members)),
        tenant=tenant,
        tenant_column=column_name(told.tenant) if tenant else "",
        members=members,
        isolation=told.isolation,
        closed=told.closed,
    )


def _table(entity: Entity, told: Told) -> Table:
    noun = entity.noun
    parents = [r for r in told.relations if r.child == noun and not r.many]
    booking = kinds.is_booking(noun)
    own = _with_values(
        columns(noun if _is_line(noun, parents) else "thing", entity.attributes, booking=booking),
        entity,
    )
    several = [r.parent for r in parents if booking and kinds.is_a(r.parent, kinds.RESOURCES)]
    either = frozenset(several if len(several) > 1 else ())  # a booking is of one of them
    later = _comes_later(noun, parents)
    links = tuple(_link(r, required=r.parent not in either | later) for r in parents)
    taken = {link.column for link in links}
    exclusive = tuple(column_name(p) for p in told.exclusive) if noun == told.booking else ()
    return Table(
        name=table_name(noun),
        noun=noun,
        kind="tenant" if noun == told.tenant else "entity",
        columns=tuple(c for c in own if c.name not in taken and _is_due(c, own, told)),
        links=links,
        unique=tuple(_unique(noun, links, own)),
        exclusive=exclusive,
        timed=any(c.name == "ends_at" for c in own),
        cancels=any("'cancelled'" in c.check for c in own),
    )


def _is_due(column: Column, own: tuple[Column, ...], told: Told) -> bool:
    """Whether a column may be guessed: no price where nobody speaks of money."""
    money = {c.name for c in own if c.said and c.type == "numeric(12,2)"}
    return told.sells or bool(money) or column.said or column.name not in {"price", "currency"}


def _comes_later(noun: str, parents: list[Relation]) -> frozenset[str]:
    """The documents that a thing is only guessed to be of: a ticket in a cart has no order yet."""
    said = [r for r in parents if not r.why]
    if not said or kinds.head(noun) in {"item", "line", "payment", "refund"}:
        return frozenset()
    return frozenset(r.parent for r in parents if r.why and kinds.is_a(r.parent, kinds.DOCUMENTS))


def _is_line(noun: str, parents: list[Relation]) -> bool:
    """Whether an item is one of a document, with its quantity and price."""
    of = kinds.DOCUMENTS | frozenset({"list", "menu", "kit", "set", "basket"})
    return kinds.head(noun) != "item" or any(kinds.is_a(r.parent, of) for r in parents)


def _with_values(own: tuple[Column, ...], entity: Entity) -> tuple[Column, ...]:
    """The columns, with the values that the words list as the only ones."""
    values = dict(entity.values)
    return tuple(
        replace(
            c,
            type="text",
            sample=f"'{values[c.name][0]}'",
            default=f"'{values[c.name][0]}'" if c.name in {"status", "state"} else "",
            check=f"{c.name} IN ({', '.join(map(_quoted, values[c.name]))})",
            breaks="'no such value'",
        )
        if c.name in values
        else c
        for c in own
    )


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _link(relation: Relation, *, required: bool) -> Link:
    return Link(
        column=column_name(relation.role or relation.parent),
        table=table_name(relation.parent),
        required=required
        and not (_is_role(relation.role) or relation.optional or kinds.is_series(relation.parent)),
    )


def _is_role(role: str) -> bool:
    """Whether somebody is named by a part, whom not each row has; both ends of a way are known."""
    return bool(role) and not role.startswith(("from ", "to "))


def _unique(
    noun: str, links: tuple[Link, ...], own: tuple[Column, ...]
) -> Iterator[tuple[str, ...]]:
    """What is there once: an e-mail address, a document's number, a pair of what it hangs on."""
    names = {c.name for c in own}
    yield from (
        (name,)
        for name in (
            "email",
            "sku",
            "isbn",
            "slug",
            "licence_plate",
            "plate",
            "license_plate",
            "vin",
            "barcode",
            "serial_number",
        )
        if name in names
    )
    if "number" in names:
        yield ("number",)
    if kinds.head(noun) in kinds.ONE_EACH and len(links) > 1:
        yield tuple(link.column for link in links)


def _join(relation: Relation) -> Table:
    """The table of a relation of many to many; each pair stands in it once."""
    sides = (relation.child, relation.parent)
    if kinds.is_a(sides[1], _ACTS) and not kinds.is_a(sides[0], _ACTS):
        sides = (sides[1], sides[0])  # "donation products", not "product donations"
    relation = replace(relation, child=sides[0], parent=sides[1])
    name = f"{relation.child} {relation.parent}"
    links = tuple(Link(column=column_name(s), table=table_name(s)) for s in sides)
    pair = tuple(link.column for link in links)
    own = columns("enrolment", relation.payload, booking=False)
    if "unit_name" in relation.payload:  # so much of it, no money
        own = tuple(c for c in own if c.name != "currency")
    two = kinds.head(relation.child) in kinds.SIDES
    return Table(
        name=table_name(name),
        noun=name,
        kind="join",
        links=links,
        columns=(_SIDE, *own) if two else own,
        unique=((pair[0], _SIDE.name),) if two else (pair,),  # two sides at most
    )


def _ordered(tables: list[Table], tenant: str, members: str) -> Iterator[Table]:
    """Each table after those that it refers to; a circle is cut where a reference may be empty."""
    left = sorted(tables, key=lambda t: (t.name != tenant, t.name != members))
    done: set[str] = set()
    while left:
        ready = next((t for t in left if set(t.rests_on) - {t.name} <= done), None)
        if ready is None:
            left = _cut(left, done)
            continue
        own = tuple(replace(k, required=k.required and k.table != ready.name) for k in ready.links)
        yield replace(ready, links=own)
        done.add(ready.name)
        left.remove(ready)


def _cut(left: list[Table], done: set[str]) -> list[Table]:
    """The tables with one reference less in their circle: one that may be empty is made later."""
    for place, table in enumerate(left):
        free = [k for k in table.links if not k.required and k.table not in {*done, table.name}]
        if free:
            kept = tuple(k for k in table.links if k not in free)
            cut = replace(table, links=kept, later=(*table.later, *free))
            return [*left[:place], cut, *left[place + 1 :]]
    first = left[0]
    kept = tuple(k for k in first.links if k.table in done or k.table == first.name)
    there = {k.column for k in kept}
    guards = tuple(g for g in first.guards if g.kind != "capacity" or g.column in there)
    exclusive = tuple(c for c in first.exclusive if c in there)
    return [replace(first, links=kept, guards=guards, exclusive=exclusive), *left[1:]]
