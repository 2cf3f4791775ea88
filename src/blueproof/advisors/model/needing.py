"""What is asked for beside the things themselves, put into the tables."""

from collections.abc import Callable
from dataclasses import replace

from blueproof.advisors.model import kinds
from blueproof.advisors.model.columns import CURRENCY, TIMES, columns
from blueproof.advisors.model.design import Column, Guard, Index, Link, Span, Table
from blueproof.advisors.model.nouns import column_name, table_name
from blueproof.advisors.model.told import Need, Reads, Told

Tables = dict[str, Table]
_MADE = Column(name="created_at", type="timestamptz", sample="now()", default="now()")
_VALID = (
    Column(name="valid_from", type="date", sample="'2030-01-01'"),
    Column(
        name="valid_to",
        type="date",
        sample="'2030-01-31'",
        required=False,
        check="valid_to >= valid_from",
        breaks="'2029-12-31'",
    ),
)
_DATES = (
    Column(name="starts_on", type="date", sample="'2030-01-01'"),
    Column(
        name="ends_on",
        type="date",
        sample="'2030-01-31'",
        required=False,
        check="ends_on >= starts_on",
        breaks="'2029-12-31'",
    ),
)
_AGREED = Column(
    name="agreed_price",
    type="numeric(12,2)",
    sample="1",
    check="agreed_price >= 0",
    breaks="-1",
)
_LANGUAGE = Column(
    name="language", type="text", sample="'en'", check="language ~ '^[a-z]{2}$'", breaks="'English'"
)
_BY = Column(name="changed_by", type="text", sample="'x'")
_DELETED = Column(name="deleted_at", type="timestamptz", sample="NULL", required=False)
_TEXTS = ("name", "title", "description", "summary", "caption", "body")


def with_needs(tables: list[Table], told: Told) -> list[Table]:
    """The tables with every need and every index for what is read."""
    made: Tables = {t.name: t for t in tables}
    apply: dict[str, Callable[[Need, Tables, Told], None]] = {
        "history": _history,
        "overlap": _overlap,
        "tree": _tree,
        "either": _either,
        "unique": _unique,
        "append": _append,
        "states": _states,
        "movements": _movements,
        "capacity": _capacity,
        "languages": _languages,
        "soft": _soft,
        "audit": _audit,
        "handed": _handed,
        "stocked": _stocked,
        "agreed": lambda need, tables, _told: _agreed(need.noun, tables),
    }
    for need in told.needs:
        if table_name(need.noun) in made:
            apply[need.kind](need, made, told)
    for reads in told.reads:
        _index(reads, made)
    return [_ranged(t) for t in made.values()]


def _ranged(table: Table) -> Table:
    """Where two days are a range, the range itself refuses an end before the start."""
    if not table.exclusive or table.span.type != "daterange":
        return table
    ends = table.span.ends
    own = tuple(replace(c, breaks="") if c.name == ends else c for c in table.columns)
    return replace(table, columns=own)


def _link(noun: str, *, required: bool = True, column: str = "") -> Link:
    return Link(column=column or column_name(noun), table=table_name(noun), required=required)


def _with(table: Table, *more: Column) -> Table:
    """The table with columns that it has not yet."""
    there = {c.name for c in table.columns} | {k.column for k in table.links}
    return replace(table, columns=(*(c for c in more if c.name not in there), *table.columns))


def _add(made: Tables, name: str, table: Table) -> None:
    made.setdefault(name, table)


def _history(need: Need, made: Tables, told: Told) -> None:
    """A row for each time at which a price holds; what was agreed stands where it was agreed."""
    name = table_name(need.noun)
    table = made[name]
    days = Span(starts="valid_from", ends="valid_to", type="daterange")
    if need.columns == ("amount",):  # the price is a thing of its own already
        parents = [k.column for k in table.links if k.required]
        apart = parents if not {"currency", "year"} & _said(told, need.noun) else []
        more = () if any(c.type == "numeric(12,2)" for c in table.columns) else (_amount("amount"),)
        made[name] = replace(
            _with(table, *more, *_VALID), exclusive=tuple(parents[:1] if apart else ()), span=days
        )
    else:
        column = need.columns[0]
        noun = f"{need.noun} {column.rpartition('_')[2]}"
        kept = tuple(c for c in table.columns if c.name not in {column, "currency"})
        made[name] = replace(table, columns=kept)
        _add(
            made,
            table_name(noun),
            Table(
                name=table_name(noun),
                noun=noun,
                links=(_link(need.noun),),
                columns=(_amount(column), CURRENCY, *_VALID, _MADE),
                exclusive=(column_name(need.noun),),
                span=days,
            ),
        )
    _agreed(need.noun, made)


def _said(told: Told, noun: str) -> set[str]:
    return {a for e in told.entities if e.noun == noun for a in e.attributes}


def _amount(name: str) -> Column:
    return Column(name=name, type="numeric(12,2)", sample="1", check=f"{name} >= 0", breaks="-1")


def _agreed(noun: str, made: Tables) -> None:
    """The price as it was agreed, in each act that is of the thing."""
    acts = kinds.BOOKINGS | kinds.DOCUMENTS | frozenset({"line", "item", "membership"})
    for name, table in list(made.items()):
        of = any(k.table == table_name(noun) for k in table.links)
        counted = table.kind == "join" and any(c.name == "quantity" for c in table.columns)
        act = kinds.is_a(table.noun, acts) or (
            counted and any(kinds.is_a(_noun_of(k, made), acts) for k in table.links)
        )
        if of and act and not any(c.name in {"unit_price", "price"} for c in table.columns):
            made[name] = _with(table, _AGREED, CURRENCY)


def _noun_of(link: Link, made: Tables) -> str:
    return made[link.table].noun if link.table in made else ""


def _overlap(need: Need, made: Tables, _told: Told) -> None:
    name = table_name(need.noun)
    table = made[name]
    there = {c.name for c in table.columns}
    if {"starts_on", "ends_on"} <= there:
        span, more = Span(starts="starts_on", ends="ends_on", type="daterange"), ()
    elif {"starts_at", "ends_at"} <= there:
        span, more = Span(), ()
    elif kinds.is_a(need.noun, kinds.BOOKINGS | frozenset({"task", "tour"})):
        span, more = Span(), TIMES
    else:
        span, more = Span(starts="starts_on", ends="ends_on", type="daterange"), _DATES
    column = next((k.column for k in table.links if k.table == table_name(need.of[0])), "")
    if column and column not in table.exclusive:
        kept = tuple(c for c in table.columns if c.name not in {m.name for m in more})
        bounded = _with(replace(table, columns=kept), *more)
        made[name] = replace(
            bounded,
            columns=tuple(_bounded(c, span) for c in bounded.columns),
            exclusive=(*table.exclusive, column),
            span=span,
            timed=table.timed or span.type == "tstzrange",
        )


def _bounded(column: Column, span: Span) -> Column:
    """The dates of a period as rows of trials need them, with the end after the start."""
    if span.type != "daterange" or column.name not in {span.starts, span.ends}:
        return column
    sample = next(c for c in (*_DATES, *_VALID) if c.name == column.name)
    return replace(sample, said=column.said)


def _tree(need: Need, made: Tables, _told: Told) -> None:
    name = table_name(need.noun)
    column = "parent_id"
    if not made[name].tree:
        link = _link(need.noun, required=False, column=column)
        made[name] = replace(made[name], links=(*made[name].links, link), tree=column)


def _either(need: Need, made: Tables, _told: Told) -> None:
    name = table_name(need.noun)
    table = made[name]
    chosen = tuple(column_name(n) for n in need.of)
    there = {k.column for k in table.links}
    links = tuple(replace(k, required=k.required and k.column not in chosen) for k in table.links)
    more = tuple(_link(n, required=False) for n in need.of if column_name(n) not in there)
    made[name] = replace(table, links=(*links, *more), either=chosen)
    for pair in need.of:  # a join of the same two says it a second time
        for other in (f"{need.noun} {pair}", f"{pair} {need.noun}"):
            if made.get(table_name(other), table).kind == "join":
                made.pop(table_name(other), None)


def _unique(need: Need, made: Tables, _told: Told) -> None:
    name = table_name(need.noun)
    table = made[name]
    by = {k.table: k.column for k in table.links}
    new = tuple(n for n in need.of if table_name(n) not in by and n != need.noun)
    if not need.columns or need.columns == ("kind",):  # "one review per order" says the reference
        table = replace(table, links=(*table.links, *(_link(n) for n in new)))
        by |= {table_name(n): column_name(n) for n in new}
    of = tuple(by[table_name(n)] for n in need.of if table_name(n) in by)
    if len(of) < len(need.of):
        return
    own = tuple(c.replace(" ", "_") for c in need.columns)
    missing = tuple(c for c in own if c not in {x.name for x in table.columns})
    more = tuple(c for c in columns("thing", missing, booking=False) if c.name in missing)
    keys = (*of, *own)
    if keys and keys not in table.unique:
        wider = tuple(u for u in table.unique if not (set(u) < set(keys) and set(u) <= set(own)))
        made[name] = replace(_with(table, *more), unique=(*wider, keys))


def _append(need: Need, made: Tables, _told: Told) -> None:
    _guard(made, table_name(need.noun), Guard(kind="append"))


def _guard(made: Tables, name: str, guard: Guard) -> None:
    table = made[name]
    if not any((g.kind, g.column) == (guard.kind, guard.column) for g in table.guards):
        made[name] = replace(table, guards=(*table.guards, guard))


def _states(need: Need, made: Tables, _told: Told) -> None:
    name = table_name(need.noun)
    status = next((c for c in made[name].columns if c.name == "status"), None)
    if status is None:
        return
    noun = f"{need.noun} status change"
    kept = replace(status, default="", check="", breaks="", said=False)
    _add(
        made,
        table_name(noun),
        Table(
            name=table_name(noun),
            noun=noun,
            links=(_link(need.noun),),
            columns=(kept, _BY, replace(_MADE, name="changed_at")),
            guards=(Guard(kind="append"),),
        ),
    )
    column = column_name(need.noun)
    _guard(made, name, Guard(kind="states", column=column, table=table_name(noun)))


def _movements(need: Need, made: Tables, _told: Told) -> None:
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
    made[name] = _with(replace(made[name], columns=kept), sum_)
    amount = Column(name="amount", type=type_, sample="1", check="amount <> 0", breaks="0")
    reason = Column(name="reason", type="text", sample="'x'", check="reason <> ''", breaks="''")
    made[table_name(noun)] = Table(
        name=table_name(noun),
        noun=noun,
        links=(_link(need.noun),),
        columns=(amount, reason, _MADE),
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


def _capacity(need: Need, made: Tables, _told: Told) -> None:
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
    made[parent] = _with(replace(made[parent], columns=kept), most)
    guard = Guard(kind="capacity", column=column, table=parent, figure=figure)
    _guard(made, child, guard)


def _languages(need: Need, made: Tables, _told: Told) -> None:
    """The texts of a thing, a row for each language."""
    name = table_name(need.noun)
    noun = f"{need.noun} translation"
    texts = tuple(
        Column(name=c, type="text", sample="'x'", check=f"{c} <> ''", breaks="''")
        for c in need.columns
    )
    moved = {c.name for c in texts} | ({"name"} & {"name"} if "title" in need.columns else set())
    kept = tuple(c for c in made[name].columns if c.name not in moved)
    made[name] = replace(made[name], columns=kept)
    _add(
        made,
        table_name(noun),
        Table(
            name=table_name(noun),
            noun=noun,
            links=(_link(need.noun),),
            columns=(_LANGUAGE, *texts, _MADE),
            unique=((column_name(need.noun), "language"),),
        ),
    )


def _soft(need: Need, made: Tables, _told: Told) -> None:
    name = table_name(need.noun)
    made[name] = _with(made[name], _DELETED)
    _guard(made, name, Guard(kind="keep"))


def _audit(need: Need, made: Tables, _told: Told) -> None:
    _add(
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
                replace(_MADE, name="changed_at"),
            ),
            guards=(Guard(kind="append"),),
        ),
    )
    _guard(made, table_name(need.noun), Guard(kind="audit", table="audit_log"))


def _handed(need: Need, made: Tables, _told: Told) -> None:
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
        links=(_link(need.noun), _link(unit)),
        columns=(out, back, _MADE),
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


def _stocked(need: Need, made: Tables, _told: Told) -> None:
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
        made[unit] = _with(made[unit], flag)
    guard = Guard(
        kind="stocked",
        column=column_name(need.of[0]),
        table=unit,
        figure=column_name(need.noun),
        floor=bool(need.columns),
    )
    _guard(made, lines.name, guard)


def _index(reads: Reads, made: Tables) -> None:
    """An index that leads with what it is read by, and ends with the order that it is shown in."""
    table = made.get(table_name(reads.noun))
    if table is None:
        return
    names = {c.name: c for c in table.columns}
    of = next((k.column for k in table.links if k.table == table_name(reads.of)), "")
    by = reads.column.replace(" ", "_")
    by = by if by in names else ""
    keys, where = [], []
    if of:
        keys.append(of)
        where.append(f"{of} = -7")
    if by and names[by].type == "text" and by in {*_TEXTS, "email", "plate"} and not of:
        keys.append(f"lower({by}) text_pattern_ops")
        where.append(f"lower({by}) LIKE 'x77%'")
    elif by:
        keys.append(by)
        where.append(f"{by} = {names[by].sample}")
    order = ""
    if reads.newest and where:
        when = "starts_at" if table.timed else "created_at"
        order = f"{when} DESC"
        keys.append(order)
    single = (keys[0],) in table.unique if keys else False
    if not where or single or any(i.columns == tuple(keys) for i in table.indexes):
        return
    index = Index(columns=tuple(keys), where=" AND ".join(where), order=order, words=reads.words)
    made[table.name] = replace(table, indexes=(*table.indexes, index))
