"""What is asked for beside the things themselves, put into the tables."""

from collections.abc import Callable
from dataclasses import replace

from blueproof.advisors.model import kinds
from blueproof.advisors.model.changing import MADE, Tables, add_table, link_to, with_columns
from blueproof.advisors.model.columns import CURRENCY, TIMES, columns
from blueproof.advisors.model.design import Column, Index, Link, Span, Table
from blueproof.advisors.model.fulfilling import FULFIL
from blueproof.advisors.model.nouns import column_name, table_name
from blueproof.advisors.model.recording import (
    appended,
    audited,
    filled,
    handed_out,
    kept_deleted,
    moved,
    states_kept,
    stocked,
)
from blueproof.advisors.model.spanning import DATES, spanned
from blueproof.advisors.model.told import Need, Reads, Told

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
_AGREED = Column(
    name="agreed_price",
    type="numeric(12,2)",
    sample="1",
    check="agreed_price >= 0",
    breaks="-1",
)
_AGREEING = frozenset("line item membership ticket job repair visit treatment case".split())
_LANGUAGE = Column(
    name="language", type="text", sample="'en'", check="language ~ '^[a-z]{2}$'", breaks="'English'"
)
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
        "append": appended,
        "states": states_kept,
        "movements": moved,
        "capacity": filled,
        "languages": _languages,
        "soft": kept_deleted,
        "audit": audited,
        "handed": handed_out,
        "stocked": stocked,
        "agreed": lambda need, tables, _told: _agreed(need.noun, tables),
        **FULFIL,
    }
    # The copies of an act's times are made when the act is as it stays.
    for need in sorted(told.needs, key=lambda n: _is_copied(n, told)):
        if table_name(need.noun) in made:
            apply[need.kind](need, made, told)
    for reads in told.reads:
        _index(reads, made)
    return [_ranged(t) for t in made.values()]


def _is_copied(need: Need, told: Told) -> bool:
    """Whether a need is for the times of an act beside what it takes."""
    return need.kind == "overlap" and (bool(need.columns) or need.noun not in told.nouns)


def _ranged(table: Table) -> Table:
    """Where two days are a range, the range itself refuses an end before the start."""
    if not table.exclusive or table.span.type != "daterange":
        return table
    ends = table.span.ends
    own = tuple(replace(c, breaks="") if c.name == ends else c for c in table.columns)
    return replace(table, columns=own)


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
            with_columns(table, *more, *_VALID),
            exclusive=tuple(parents[:1] if apart else ()),
            span=days,
        )
    else:
        column = need.columns[0]
        noun = f"{need.noun} {column.rpartition('_')[2]}"
        kept = tuple(c for c in table.columns if c.name not in {column, "currency"})
        made[name] = replace(table, columns=kept)
        add_table(
            made,
            table_name(noun),
            Table(
                name=table_name(noun),
                noun=noun,
                links=(link_to(need.noun),),
                columns=(_amount(column), CURRENCY, *_VALID, MADE),
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
    acts = kinds.BOOKINGS | kinds.DOCUMENTS | _AGREEING
    for name, table in list(made.items()):
        of = any(k.table == table_name(noun) for k in table.links)
        counted = table.kind == "join" and any(c.name == "quantity" for c in table.columns)
        act = kinds.is_a(table.noun, acts) or (
            counted and any(kinds.is_a(_noun_of(k, made), acts) for k in table.links)
        )
        if of and act and not any(c.name in {"unit_price", "price"} for c in table.columns):
            made[name] = with_columns(table, _AGREED, CURRENCY)


def _noun_of(link: Link, made: Tables) -> str:
    return made[link.table].noun if link.table in made else ""


def _overlap(need: Need, made: Tables, _told: Told) -> None:
    name = table_name(need.noun)
    table = made[name]
    if table.kind == "join" or need.columns:
        act = column_name(need.columns[0]) if need.columns else ""
        made |= spanned(table, column_name(need.of[0]), made, act)
        return
    there = {c.name for c in table.columns}
    more: tuple[Column, ...]
    if {"starts_on", "ends_on"} <= there:
        span, more = Span(starts="starts_on", ends="ends_on", type="daterange"), ()
    elif {"starts_at", "ends_at"} <= there:
        span, more = Span(), ()
    elif kinds.is_a(need.noun, kinds.BOOKINGS | frozenset({"task", "tour"})):
        span, more = Span(), TIMES
    else:
        span, more = Span(starts="starts_on", ends="ends_on", type="daterange"), DATES
    column = next((k.column for k in table.links if k.table == table_name(need.of[0])), "")
    if column and column not in table.exclusive:
        kept = tuple(c for c in table.columns if c.name not in {m.name for m in more})
        bounded = with_columns(replace(table, columns=kept), *more)
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
    sample = next(c for c in (*DATES, *_VALID) if c.name == column.name)
    return replace(sample, said=column.said)


def _tree(need: Need, made: Tables, _told: Told) -> None:
    name = table_name(need.noun)
    column = "parent_id"
    if not made[name].tree:
        link = link_to(need.noun, required=False, column=column)
        made[name] = replace(made[name], links=(*made[name].links, link), tree=column)


def _either(need: Need, made: Tables, _told: Told) -> None:
    name = table_name(need.noun)
    table = made[name]
    chosen = tuple(column_name(n) for n in need.of)
    there = {k.column for k in table.links}
    links = tuple(replace(k, required=k.required and k.column not in chosen) for k in table.links)
    more = tuple(link_to(n, required=False) for n in need.of if column_name(n) not in there)
    made[name] = replace(table, links=(*links, *more), either=chosen)
    for pair in need.of:  # a join of the same two says it a second time
        for other in (f"{need.noun} {pair}", f"{pair} {need.noun}"):
            if made.get(table_name(other), table).kind == "join":
                made.pop(table_name(other), None)


def _unique(need: Need, made: Tables, told: Told) -> None:
    name = table_name(need.noun)
    table = made[name]
    by = {k.table: k.column for k in table.links}
    new = tuple(n for n in need.of if table_name(n) not in by and n != need.noun)
    if not need.columns or need.columns == ("kind",):  # "one review per order" says the reference
        table = replace(table, links=(*table.links, *(link_to(n) for n in new)))
        by |= {table_name(n): column_name(n) for n in new}
    wanted = tuple(n for n in need.of if n != told.tenant)  # within a tenant all is unique
    of = tuple(by[table_name(n)] for n in wanted if table_name(n) in by)
    if len(of) < len(wanted):
        return
    own = tuple(c.replace(" ", "_") for c in need.columns)
    missing = tuple(c for c in own if c not in {x.name for x in table.columns})
    more = tuple(c for c in columns("thing", missing, booking=False) if c.name in missing)
    keys = (*of, *own)
    if keys and keys not in table.unique:
        wider = tuple(u for u in table.unique if not (set(u) < set(keys) and set(u) <= set(own)))
        made[name] = replace(with_columns(table, *more), unique=(*wider, keys))


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
    add_table(
        made,
        table_name(noun),
        Table(
            name=table_name(noun),
            noun=noun,
            links=(link_to(need.noun),),
            columns=(_LANGUAGE, *texts, MADE),
            unique=((column_name(need.noun), "language"),),
        ),
    )


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
