"""What is asked for of single rows, put into the tables: marks, ways, numbers, places in a line."""

from collections.abc import Callable
from dataclasses import replace

from blueproof.advisors.model import kinds
from blueproof.advisors.model.changing import (
    MADE,
    Tables,
    add_guard,
    add_table,
    link_to,
    with_columns,
)
from blueproof.advisors.model.design import Column, Guard, Index, Table
from blueproof.advisors.model.nouns import column_name, table_name
from blueproof.advisors.model.prose.naming import is_someone
from blueproof.advisors.model.told import Need, Told

_DRAFT = "draft"
_HOURS = (
    Column(
        name="weekday", type="smallint", sample="1", check="weekday BETWEEN 1 AND 7", breaks="8"
    ),
    Column(name="opens", type="time", sample="'12:00'"),
    Column(name="closes", type="time", sample="'14:30'", check="closes <> opens", breaks="'12:00'"),
)
_SPECIAL = (
    Column(name="on_date", type="date", sample="'2030-12-25'"),
    Column(name="opens", type="time", sample="NULL", required=False),
    Column(name="closes", type="time", sample="NULL", required=False),
)


def marked(need: Need, made: Tables, _told: Told) -> None:
    """Who marked a row as done, and when: both are there, or neither."""
    name, done = table_name(need.noun), need.columns[0]
    at, by = f"{done}_at", f"{done}_by_id"
    when = Column(name=at, type="timestamptz", sample="NULL", required=False, said=True)
    table = with_columns(made[name], when)
    kept = tuple(c for c in table.columns if c.name != done)
    made[name] = replace(
        table,
        columns=kept,
        links=(*table.links, link_to(need.of[0], required=False, column=by)),
        together=(*table.together, (at, by)),
    )


def flowing(need: Need, made: Tables, _told: Told) -> None:
    """A status that takes only the steps told."""
    name = table_name(need.noun)
    states = tuple(dict.fromkeys(s for pair in need.pairs for s in pair))
    _with_states(made, name, states)
    made[name] = replace(  # the trigger refuses what is no state before the CHECK does
        made[name],
        columns=tuple(
            replace(c, breaks="") if c.name == "status" else c for c in made[name].columns
        ),
    )
    add_guard(made, name, Guard(kind="flow", pairs=need.pairs))


def _with_states(made: Tables, name: str, states: tuple[str, ...]) -> None:
    """A status with these values, the first of them at the beginning."""
    quoted = ", ".join(f"'{s}'" for s in states)
    status = Column(
        name="status",
        type="text",
        sample=f"'{states[0]}'",
        default=f"'{states[0]}'",
        check=f"status IN ({quoted})",
        breaks="'no such state'",
        said=True,
    )
    kept = tuple(c for c in made[name].columns if c.name != "status")
    cancels = "cancelled" in states
    made[name] = replace(made[name], columns=(status, *kept), cancels=cancels)


def _with_draft(made: Tables, name: str, done: str) -> None:
    """A status that begins as a draft, with the one told among its values."""
    status = next((c for c in made[name].columns if c.name == "status"), None)
    there = tuple(status.check.split("'")[1::2]) if status else ()
    if _DRAFT in there and done in there:
        return
    later = tuple(s for s in there if s not in {_DRAFT, done, "sent"})
    _with_states(made, name, (_DRAFT, done, *later))


def frozen(need: Need, made: Tables, _told: Told) -> None:
    """A row that stays as it is once it is no draft any more, and so do its lines."""
    name, done = table_name(need.noun), need.columns[0]
    done = done if done not in {"it", "them"} else "issued"
    _with_draft(made, name, done)
    guards = tuple(g for g in made[name].guards if g.kind != "append")
    made[name] = replace(made[name], guards=guards)
    add_guard(made, name, Guard(kind="frozen"))
    for child, table in list(made.items()):
        line = kinds.head(table.noun) in {"line", "item", "position"}
        of = next((k.column for k in table.links if k.table == name), "")
        if line and of:
            add_guard(made, child, Guard(kind="frozen", column=of, table=name))


def gapless(need: Need, made: Tables, told: Told) -> None:
    """Numbers from a counter that is raised in the transaction that issues the document."""
    name = table_name(need.noun)
    done = next(
        (n.columns[0] for n in told.needs if n.kind == "frozen" and n.noun == need.noun), ""
    )
    status = next((c for c in made[name].columns if c.name == "status"), None)
    drafts = done or (status and f"'{_DRAFT}'" in status.check)
    if drafts:
        _with_draft(made, name, done or "issued")
    of = need.of[0] if need.of else ""
    owner = column_name(of) if of else ""
    number = Column(name="number", type="integer", sample="NULL", required=False, said=True)
    kept = tuple(c for c in made[name].columns if c.name != "number")
    links = made[name].links
    if of and owner not in {k.column for k in links}:
        links = (*links, link_to(of))
    unique = tuple(u for u in made[name].unique if "number" not in u)
    keys = (owner, "number") if of else ("number",)
    made[name] = replace(made[name], columns=(number, *kept), links=links, unique=(*unique, keys))
    counter = f"{need.noun} counter"
    last = Column(name="last_number", type="integer", sample="0", default="0")
    add_table(
        made,
        table_name(counter),
        Table(
            name=table_name(counter),
            noun=counter,
            links=(link_to(of),) if of else (),
            columns=(last,),
            unique=((owner,),) if of else (),
        ),
    )
    guard = Guard(
        kind="gapless", column=owner, table=table_name(counter), floor=bool(drafts), figure="number"
    )
    add_guard(made, name, guard)


def numbered(need: Need, made: Tables, _told: Told) -> None:
    """A number that counts up within what the row is of."""
    name, of, own = table_name(need.noun), column_name(need.of[0]), need.columns[0]
    number = Column(
        name=own, type="integer", sample="1", check=f"{own} >= 1", breaks="0", said=True
    )
    kept = tuple(c for c in made[name].columns if c.name != own)
    unique = tuple(u for u in made[name].unique if u != (own,))
    made[name] = replace(made[name], columns=(number, *kept), unique=(*unique, (of, own)))


def mutual(need: Need, made: Tables, _told: Told) -> None:
    """Who follows whom: two references to the same table, each pair once, and nobody himself."""
    does = need.columns[0]
    one, other = (f"{does.removesuffix('e')}{end}_id" for end in ("er", "ed"))
    noun = f"{need.noun} {does}"
    links = (link_to(need.noun, column=one), link_to(need.noun, column=other))
    add_table(
        made,
        table_name(noun),
        Table(
            name=table_name(noun),
            noun=noun,
            links=links,
            columns=(MADE,),
            unique=((one, other),),
            apart=(one, other),
        ),
    )


def written(need: Need, made: Tables, told: Told) -> None:
    """Who did it, and when: of a person who has a row, or by name."""
    name, did = table_name(need.noun), need.columns[0]
    people = [n for n in told.nouns if kinds.head(n) in {"user", "employee", "member", "author"}]
    when = replace(MADE, name=f"{did}_at", said=True)
    if people:
        made[name] = with_columns(made[name], when)
        link = link_to(people[0], column=f"{did}_by_id")
        if link.column not in {k.column for k in made[name].links}:
            made[name] = replace(made[name], links=(*made[name].links, link))
        return
    by = Column(
        name=f"{did}_by", type="text", sample="'x'", check=f"{did}_by <> ''", breaks="''", said=True
    )
    made[name] = with_columns(made[name], by, when)


def ranged(need: Need, made: Tables, _told: Told) -> None:
    """A figure between two bounds: a vote from 1 to 5."""
    name = table_name(need.noun)
    there = {c.name for c in made[name].columns}
    column = next(
        (n for n in ("score", "rating", "stars", "points", "grade") if n in there), "score"
    )
    bounded = Column(
        name=column,
        type="smallint",
        sample=str(need.least),
        check=f"{column} BETWEEN {need.least} AND {need.most}",
        breaks=str(need.most + 1),
        said=True,
    )
    kept = tuple(c for c in made[name].columns if c.name != column)
    made[name] = replace(made[name], columns=(bounded, *kept))


def queued(need: Need, made: Tables, _told: Told) -> None:
    """Who waits for a place, in the order in which they came."""
    act = made.get(table_name(need.noun))
    if act is None:
        return
    who = next((k for k in act.links if is_someone(made[k.table].noun)), None)
    what = next((k for k in act.links if k is not who), None)
    if who is None or what is None:
        return
    noun = f"{made[what.table].noun} waiting entry"
    keys = (what.column, "created_at", "id")
    index = Index(
        columns=keys, where=f"{what.column} = -7", order="created_at, id", words="waiting list"
    )
    add_table(
        made,
        table_name(noun),
        Table(
            name=table_name(noun),
            noun=noun,
            links=(what, who),
            columns=(MADE,),
            unique=((who.column, what.column),),
            indexes=(index,),
        ),
    )


def one_of(need: Need, made: Tables, _told: Told) -> None:
    """A flag that one row of each has at most."""
    name, flag = table_name(need.noun), need.columns[0]
    state = Column(name=flag, type="boolean", sample="false", default="false", said=True)
    table = with_columns(made[name], state)
    made[name] = replace(table, single=(*table.single, (column_name(need.of[0]), flag)))


def emptied(need: Need, made: Tables, _told: Told) -> None:
    """A column that is not known of each row."""
    name = table_name(need.noun)
    made[name] = replace(
        made[name],
        columns=tuple(
            replace(c, required=False) if c.name in need.columns else c for c in made[name].columns
        ),
    )


def opened(need: Need, made: Tables, _told: Told) -> None:
    """A row for each stretch of a weekday, and one for each date on which it is otherwise."""
    of = link_to(need.noun)
    zone = Column(name="time_zone", type="text", sample="'Europe/Berlin'", check="time_zone <> ''",
                  breaks="''")  # fmt: skip
    made[of.table] = with_columns(made[of.table], zone)
    for noun, own, keys in (
        ("opening hour", _HOURS, ((of.column, "weekday", "opens"),)),
        ("special opening hour", _SPECIAL, ()),
    ):
        together = (("opens", "closes"),) if own is _SPECIAL else ()
        made[table_name(noun)] = Table(
            name=table_name(noun),
            noun=noun,
            links=(of,),
            columns=own,
            unique=keys,
            together=together,
        )


FULFIL: dict[str, Callable[[Need, Tables, Told], None]] = {
    "marked": marked,
    "flow": flowing,
    "frozen": frozen,
    "gapless": gapless,
    "range": ranged,
    "queue": queued,
    "one_of": one_of,
    "empty": emptied,
    "hours": opened,
    "numbered": numbered,
    "by": written,
    "mutual": mutual,
}
