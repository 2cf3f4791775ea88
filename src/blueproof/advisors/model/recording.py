"""What is kept of what happened, and what runs out: movements, states, places, units."""

from dataclasses import replace

from blueproof.advisors.model.changing import (
    MADE,
    Tables,
    add_guard,
    add_table,
    link_to,
    with_columns,
)
from blueproof.advisors.model.design import Column, Guard, Span, Table
from blueproof.advisors.model.nouns import column_name, table_name
from blueproof.advisors.model.told import Need, Told

_BY = Column(name="changed_by", type="text", sample="'x'")
_DELETED = Column(name="deleted_at", type="timestamptz", sample="NULL", required=False)


def appended(need: Need, made: Tables, _told: Told) -> None:
    """Rows that are not changed afterwards."""
    add_guard(made, table_name(need.noun), Guard(kind="append"))


def states_kept(need: Need, made: Tables, _told: Told) -> None:
    """Every status with who and when."""
    name = table_name(need.noun)
    status = next((c for c in made[name].columns if c.name == "status"), None)
    if status is None:
        return
    noun = f"{need.noun} status change"
    kept = replace(status, default="", check="", breaks="", said=False)
    add_table(
        made,
        table_name(noun),
        Table(
            name=table_name(noun),
            noun=noun,
            links=(link_to(need.noun),),
            columns=(kept, _BY, replace(MADE, name="changed_at")),
            guards=(Guard(kind="append"),),
        ),
    )
    column = column_name(need.noun)
    add_guard(made, name, Guard(kind="states", column=column, table=table_name(noun)))


def moved(need: Need, made: Tables, _told: Told) -> None:
    """Each in and out as a row; the sum beside it is written by a trigger alone."""
    name = table_name(need.noun)
    figure = need.columns[0].replace(" ", "_")
    stock = figure == "quantity"
    noun = f"{need.noun} {'movement' if stock else 'entry'}"
    if table_name(noun) in made or table_name("movement") in made:
        made.pop(table_name("movement"), None)
    floor = stock or any(w in need.words.lower() for w in ("negative", "below"))
    type_ = (
        "integer"
        if figure in {"quantity", "points", "gold", "coin", "credit"}
        else ("numeric(14,2)")
    )
    sum_ = Column(
        name=figure,
        type=type_,
        sample="1",
        default="0",
        check=f"{figure} >= 0" if floor else "",
        breaks="-1" if floor else "",
    )
    kept = tuple(c for c in made[name].columns if c.name != figure)
    made[name] = with_columns(replace(made[name], columns=kept), sum_)
    amount = Column(name="amount", type=type_, sample="1", check="amount <> 0", breaks="0")
    reason = Column(name="reason", type="text", sample="'x'", check="reason <> ''", breaks="''")
    made[table_name(noun)] = Table(
        name=table_name(noun),
        noun=noun,
        links=(link_to(need.noun),),
        columns=(amount, reason, MADE),
        guards=(
            Guard(kind="append"),
            Guard(
                kind="moves",
                column=column_name(need.noun),
                table=name,
                figure=figure,
                floor=floor,
            ),
        ),
    )


def filled(need: Need, made: Tables, _told: Told) -> None:
    """Places that run out: a figure of the row above, and a trigger that counts under its lock."""
    child, parent = table_name(need.noun), table_name(need.of[0])
    column = next((k.column for k in made[child].links if k.table == parent), "")
    if parent not in made or not column:
        return
    figure = f"most_{child}" if need.most else "capacity"
    default = str(need.most) if need.most else ""
    most = Column(
        name=figure,
        type="integer",
        sample=default or "1000",
        default=default,
        check=f"{figure} >= 0",
        breaks="-1",
    )
    kept = tuple(c for c in made[parent].columns if c.name != figure)
    made[parent] = with_columns(replace(made[parent], columns=kept), most)
    guard = Guard(kind="capacity", column=column, table=parent, figure=figure)
    add_guard(made, child, guard)


def kept_deleted(need: Need, made: Tables, _told: Told) -> None:
    """Rows that are marked as deleted and stay."""
    name = table_name(need.noun)
    made[name] = with_columns(made[name], _DELETED)
    add_guard(made, name, Guard(kind="keep"))


def audited(need: Need, made: Tables, _told: Told) -> None:
    """Who changed what, in a log."""
    add_table(
        made,
        "audit_log",
        Table(
            name="audit_log",
            noun="audit log",
            columns=(
                Column(name="table_name", type="text", sample="'x'"),
                Column(name="row_id", type="bigint", sample="1"),
                _BY,
                Column(name="before", type="jsonb", sample="NULL", required=False),
                Column(name="after", type="jsonb", sample="NULL", required=False),
                replace(MADE, name="changed_at"),
            ),
            guards=(Guard(kind="append"),),
        ),
    )
    add_guard(made, table_name(need.noun), Guard(kind="audit", table="audit_log"))


def handed_out(need: Need, made: Tables, _told: Told) -> None:
    """Which unit was given for what was booked by its model, from when to when."""
    unit = need.of[0]
    noun = f"{need.noun} {unit}"
    out = Column(name="out_at", type="timestamptz", sample="'2030-01-01 09:00+00'")
    back = Column(
        name="returned_at", type="timestamptz", sample="'2030-01-01 10:00+00'", required=False
    )
    made[table_name(noun)] = Table(
        name=table_name(noun),
        noun=noun,
        links=(link_to(need.noun), link_to(unit)),
        columns=(out, back, MADE),
        exclusive=(column_name(unit),),
        span=Span(starts="out_at", ends="returned_at"),
    )
    act = made[table_name(need.noun)]
    gone = column_name(unit)
    made[act.name] = replace(
        act,
        links=tuple(k for k in act.links if k.column != gone),
        exclusive=tuple(c for c in act.exclusive if c != gone),
    )


def stocked(need: Need, made: Tables, _told: Told) -> None:
    """Never more of a model at a time than there are units: counted under a lock."""
    model, unit = (table_name(n) for n in need.of)
    act = made[table_name(need.noun)]
    lines = next(
        (
            t
            for t in made.values()
            if {act.name, model} <= set(t.parents) and any(c.name == "quantity" for c in t.columns)
        ),
        None,
    )
    if lines is None or "starts_at" not in {c.name for c in act.columns}:
        return
    for name in need.columns:
        flag = Column(name=name, type="boolean", sample="false", default="false")
        made[unit] = with_columns(made[unit], flag)
    guard = Guard(
        kind="stocked",
        column=column_name(need.of[0]),
        table=unit,
        figure=column_name(need.noun),
        floor=bool(need.columns),
    )
    add_guard(made, lines.name, guard)
