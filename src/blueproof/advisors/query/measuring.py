"""One figure that is wished for, read from its words: what is counted, added up, compared."""

import re

from blueproof.advisors.query.asking import UNITS
from blueproof.advisors.query.conditions import (
    near_tables,
    of_value,
    of_word,
    take_states,
    take_values,
)
from blueproof.advisors.query.ground import Ground, is_time
from blueproof.advisors.query.stems import parts, root
from blueproof.advisors.query.text import NUMBER, Words, number
from blueproof.advisors.query.told import Condition, How, Kind, Measure, Unit
from blueproof.advisors.query.valuing import (
    Scope,
    below,
    column_value,
    money_value,
    named_in,
    sold_value,
    time_value,
)
from blueproof.sql.names import quote

_COUNT = re.compile(
    r"\b(?:(?:the\s+)?(?:total\s+)?(?:number|count|amount|no\.|#)\s+of|how many|count(?:s|ed)?"
    r"(?:\s+of)?|#\s*of|#|number)\b", re.IGNORECASE)  # fmt: skip
_COUNT_AFTER = re.compile(r"\b(?:count|counts|numbers?|volume)\b", re.IGNORECASE)
_DISTINCT = re.compile(r"\b(?:distinct|unique|different)\b", re.IGNORECASE)
_ACTIVE = re.compile(r"\b(?:active|returning)\b", re.IGNORECASE)
_AVERAGE = re.compile(r"\b(?:average|avg\.?|mean)\b(?:\s+of)?", re.IGNORECASE)
_MEDIAN = re.compile(r"\bmedian\b(?:\s+of)?", re.IGNORECASE)
_PERCENTILE = re.compile(
    r"\b(?:p(?P<p>50|75|90|95|99)|(?P<n>\d{1,2})(?:st|nd|rd|th)?[- ]percentile)\b(?:\s+of)?",
    re.IGNORECASE)  # fmt: skip
_MAX = re.compile(r"\b(?:highest|largest|biggest|maximum|max|most expensive|longest)\b(?:\s+of)?",
                  re.IGNORECASE)  # fmt: skip
_MIN = re.compile(r"\b(?:lowest|smallest|minimum|min|cheapest|shortest)\b(?:\s+of)?", re.IGNORECASE)
_FIRST = re.compile(r"\b(?:first|earliest|oldest)\b", re.IGNORECASE)
_LATEST = re.compile(r"\b(?:last|latest|most recent|newest)\b", re.IGNORECASE)
_WHEN = re.compile(r"\b(?:date|day|time|timestamp|when|at|moment)\b", re.IGNORECASE)
_SUM = re.compile(r"\b(?:total|sum|summed|overall)\b(?:\s+of)?(?:\s+(?:amount|value)(?:\s+of)?)?",
                  re.IGNORECASE)  # fmt: skip
_RATE = re.compile(r"\b(?P<what>[a-z]+)[- ]rate\b", re.IGNORECASE)
_PART = re.compile(
    r"\b(?:percentage|percent|share|proportion|fraction|ratio|%)\s+of\s+(?:(?:all|the|their|its)\s+)*"
    r"(?P<of>[a-z ]+?)\s+(?:that|which|who|with status)\s+(?:(?:are|were|is|was|got|have|has|been"
    r"|be|ended up)\s+)*(?P<not>not\s+|never\s+)?(?P<what>[a-z]+)\b", re.IGNORECASE)  # fmt: skip
_OF_STATE = re.compile(
    r"\b(?:percentage|percent|share|proportion|fraction|%)\s+of\s+(?:(?:all|the|their)\s+)*"
    r"(?P<what>[a-z]+)\s+(?P<of>[a-z]+)\b", re.IGNORECASE)  # fmt: skip
_SHARE = re.compile(
    r"\b(?:percentage|percent|share|proportion|fraction|%)\s+(?:of|in)\s+(?:the\s+)?"
    r"(?:overall\s+|total\s+|all\s+|whole\s+)*(?P<of>[a-z_ ]+)?", re.IGNORECASE)  # fmt: skip
_CHANGE = re.compile(
    r"\b(?:(?:the\s+)?(?:percent(?:age)?\s+)?(?:change|growth|difference|increase)s?\s+)?"
    r"(?:(?P<a>month|year|week|day|quarter)[- ](?:over|on|to|by)[- ](?P=a)|(?P<b>mom|yoy|wow"
    r"|dod|qoq))"
    r"\b(?:\s+(?:percent(?:age)?\s+|%\s*)?(?:change|growth|difference|increase|comparison|delta)s?)?"
    r"(?:\s+(?:in|of|for)\b)?"
    r"|\b(?:percent(?:age)?\s+)?(?:change|growth|difference|increase)\s+(?:in\s+\w+\s+)?"
    r"(?:from|to|vs\.?|versus|compared (?:to|with)|over|against)\s+(?:the\s+)?"
    r"(?:previous|prior|last|preceding|same)\s+(?P<c>month|year|week|day|quarter)"
    r"|\bcompared (?:to|with) (?:the )?(?:previous|prior|last|preceding) "
    r"(?P<d>month|year|week|day|quarter)", re.IGNORECASE)  # fmt: skip
_SHORT: dict[str, Unit] = {
    "mom": "month",
    "yoy": "year",
    "wow": "week",
    "dod": "day",
    "qoq": "quarter",
}
_PERCENT = re.compile(r"percent|%|growth|\bpct\b", re.IGNORECASE)
_RUNNING = re.compile(
    r"\b(?:running|cumulative|cumulated|rolling)\s+(?:total|sum|count|balance)?(?:\s+of\b)?"
    r"|\b(?:year|month)[- ]to[- ]date running total(?: of)?", re.IGNORECASE)  # fmt: skip
_MOVING = re.compile(
    rf"\b(?:(?P<n>{NUMBER})[- ](?P<unit>day|week|month|hour)s?[- ])?(?:moving|rolling|trailing)"
    rf"[- ](?:average|avg|mean)(?:\s+(?:over|of)\s+(?:the\s+)?(?:last\s+|past\s+)?(?P<n2>{NUMBER})"
    r"\s+(?P<unit2>day|week|month|hour)s?)?(?:\s+of\b)?", re.IGNORECASE)  # fmt: skip
_DONE = frozenset("bought purchased placed made active logged booked worked tracked".split())
_WEEK = 7
_HALF = 0.5


def read_over(words: Words) -> tuple[Kind, int, Unit] | None:
    """A change, running total or moving average that is wished for: kind, units back, unit."""
    if found := words.take(_MOVING):
        n = number(found["n"] or found["n2"] or "") or _WEEK
        return "moving", n, UNITS[(found["unit"] or found["unit2"] or "day").lower()]
    if found := words.take(_RUNNING):
        return "running", 1, "day"
    if found := words.take(_CHANGE):
        named = found["a"] or _SHORT.get((found["b"] or "").lower()) or found["c"] or found["d"]
        unit = UNITS[(named or "month").lower()]
        percent = _PERCENT.search(found[0]) or words.take(re.compile(r"\bin percent\b|\bin %"))
        return ("change-percent" if percent else "change"), 1, unit
    return None


def read_measure(words: Words, scope: Scope) -> Measure | None:
    """The figure that the words tell, taken out of them; None where they tell none."""
    for reader in (_rate, _counted, _moment, _valued):
        if found := reader(words, scope):
            return found
    return None


def _facts_by(scope: Scope, names: tuple[str, ...]) -> str:
    """The first of the tables whose rows belong to what is grouped by; "" for none."""
    return next((n for n in names if scope.fits(n)), "")


def _conditions(words: Words, scope: Scope, table: str) -> tuple[Condition, ...]:
    return (*take_values(words, scope.ground, table), *take_states(words, scope.ground, table))


def _rate(words: Words, scope: Scope) -> Measure | None:
    """A share of rows in percent: "cancellation rate", "percentage of orders that were paid"."""
    part = words.find(_PART)
    if part:
        named = next(iter(scope.ground.named_tables(part["of"])), None)
        table = named.table if named else ""
        negated = bool(part["not"])
    elif part := _state_part(words, scope):
        table, negated = scope.ground.table_called((part["of"],)), False
    elif part := words.find(_RATE):
        named, negated = None, False
        table = next((t for t in (*scope.facts, *below(scope)) if scope.fits(t)
                      and of_word(scope.ground, t, part["what"])), "")  # fmt: skip
    if not part or not table or not scope.fits(table):
        return None
    rate = of_word(scope.ground, table, part["what"], negated=negated)
    if rate is None:
        return None
    words.cut(*part.span())
    return Measure(
        name=f"{part['what'].lower()}_percent", how="rate", table=table, rate=rate,
        time=scope.when(table), conditions=_conditions(words, scope, table), words=part[0],
        says=f"100 x {table} that are {rate.says} / all {table}, NULL where there are none",
    )  # fmt: skip


def _state_part(words: Words, scope: Scope) -> re.Match[str] | None:
    """A share of rows in a state that stands before their name: "percentage of paid invoices"."""
    part = words.find(_OF_STATE)
    table = scope.ground.table_called((part["of"],)) if part else ""
    known = part and table and scope.fits(table) and of_word(scope.ground, table, part["what"])
    return part if known else None


def _counted(words: Words, scope: Scope) -> Measure | None:
    """How many of a thing there are; distinct ones where another thing's rows lead to them."""
    distinct = words.find(_DISTINCT)
    found = words.find(_COUNT) or words.find(_COUNT_AFTER) or distinct
    if not found and (active := words.find(_ACTIVE)):
        return _distinct_column(words, scope, active, active)
    if not found:
        return None
    named = named_in(words, scope)
    after = [n for n in named if n[1] >= found.start()] or list(named)
    ground = scope.ground
    active = words.find(_ACTIVE)
    for table, start, end in after:
        lead = _facts_leading(scope, table)
        if active and lead and not of_word(ground, table, active[0]):
            words.cut(*active.span())
            distinct = distinct or active
        plain = scope.fits(table) and table not in scope.things
        if plain and not (distinct and _facts_leading(scope, table)):
            words.cut(*found.span())
            words.cut(start, end)
            if distinct:
                words.cut(*distinct.span())
            rest = words.left
            when = scope.when(table, rest)
            _take_verb(words, ground, when)
            return Measure(
                name=f"{table.rpartition('.')[2]}", how="count", table=table, time=when,
                conditions=_conditions(words, scope, table), words=words.whole,
                says=f"count of {table}",
            )  # fmt: skip
        if lead:
            fact, column = lead
            words.cut(*found.span())
            words.cut(start, end)
            if distinct:
                words.cut(*distinct.span())
            _take_doing(words, fact)
            return Measure(
                name=f"{table.rpartition('.')[2]}", how="distinct", table=fact,
                value=f"{{t}}.{quote(column)}", time=scope.when(fact),
                conditions=_conditions(words, scope, fact), words=words.whole,
                says=f"different {fact}.{column}, each counted once",
            )  # fmt: skip
    return _distinct_column(words, scope, found, distinct) or _by_state(words, scope, found)


def _by_state(words: Words, scope: Scope, found: re.Match[str]) -> Measure | None:
    """Rows that are called by a value of theirs: "number of errors" where level = 'error'."""
    after = re.match(r"\s*(?:the\s+)?(?P<what>[a-z]+)", words.left[found.end() :], re.IGNORECASE)
    if after is None:
        return None
    for table in below(scope):
        condition = of_value(scope.ground, table, after["what"])
        if condition is None or not scope.fits(table) or table in scope.things:
            continue
        words.cut(found.start(), found.end() + after.end())
        return Measure(
            name=after["what"].lower(), how="count", table=table, time=scope.when(table),
            conditions=(condition, *_conditions(words, scope, table)), words=words.whole,
            says=f"count of {table} where {condition.says.rpartition(': ')[2]}",
        )  # fmt: skip
    return None


def _take_verb(words: Words, ground: Ground, when: str) -> None:
    """Take out the verb that names the moment: "opened" of opened_at."""
    if not when:
        return
    table, _, column = when.rpartition(".")
    del ground, table
    own = {root(p) for p in parts(column)}
    for found in list(re.finditer(r"[A-Za-z]+", words.left)):
        if root(found[0]) in own or found[0].lower() in {"placed", "made", "created", "opened"}:
            words.cut(*found.span())


def _take_doing(words: Words, fact: str) -> None:
    """Take out the verb that stands for the facts: "ordered" of orders."""
    own = {root(p) for p in parts(fact)}
    for found in list(re.finditer(r"[A-Za-z]+", words.left)):
        if root(found[0]) in own or found[0].lower() in _DONE:
            words.cut(*found.span())


def _facts_leading(scope: Scope, table: str) -> tuple[str, str] | None:
    """Facts that fit and lead directly to a thing, with the column that refers to it."""
    keys = [k for k in scope.ground.schema.foreign_keys
            if k.references == table and len(k.columns) == 1 and k.table != table]  # fmt: skip
    fitting = [k for k in keys if scope.fits(k.table) and k.table not in scope.things]
    ranked = sorted(fitting, key=lambda k: (k.table not in scope.facts, k.table))
    return (ranked[0].table, ranked[0].columns[0]) if ranked else None


def _distinct_column(
    words: Words, scope: Scope, found: re.Match[str], distinct: re.Match[str] | None
) -> Measure | None:
    """Different values of a column: "unique visitors" of visitor_id."""
    if not distinct and not re.search(r"how many|number of|count of", found[0], re.IGNORECASE):
        return None
    tables = tuple(t for t in (*scope.facts, *below(scope)) if scope.fits(t))
    for each in re.finditer(r"[A-Za-z_]\w*", words.left[found.end() :]):
        column = scope.ground.column_called((each[0],), tables)
        if column is None:
            continue
        kind = scope.ground.table(column.table).by_name[column.column]
        if is_time(kind) or (not distinct and not column.column.endswith("_id")):
            continue
        words.cut(found.end() + each.start(), found.end() + each.end())
        words.cut(*found.span())
        if distinct:
            words.cut(*distinct.span())
        _take_doing(words, column.table)
        return Measure(
            name=f"distinct_{column.column.removesuffix('_id')}s", how="distinct",
            table=column.table, value=f"{{t}}.{quote(column.column)}",
            time=scope.when(column.table), conditions=_conditions(words, scope, column.table),
            words=words.whole, says=f"different {column.table}.{column.column}",
        )  # fmt: skip
    return None


def _moment(words: Words, scope: Scope) -> Measure | None:
    """The first or the latest time of something: "their first order date"."""
    found = words.find(_FIRST) or words.find(_LATEST)
    when = words.find(_WHEN)
    if not found:
        return None
    named = [n for n in named_in(words, scope) if n[0] not in scope.things]
    tables = [t for t, _, _ in named if scope.fits(t)]
    every = tables or [t for t in below(scope) if t not in scope.things and scope.fits(t)
                       and scope.ground.time_named(t, words.left)]  # fmt: skip
    if not every or not (when or _is_moment(words, scope, every[0])):
        return None
    table = every[0]
    column = scope.when(table, words.left)
    if not column:
        return None
    how: How = "min" if _FIRST.fullmatch(found[0]) else "max"
    day = bool(when and when[0].lower() in {"date", "day"})
    for span in (found.span(), when.span() if when else (0, 0)):
        words.cut(*span)
    for name, start, end in named:
        if name == table:
            words.cut(start, end)
    _take_verb(words, scope.ground, column)
    return Measure(
        name=f"{'first' if how == 'min' else 'last'}_{parts(table)[-1].removesuffix('s')}",
        how=how, table=table, value=column, time=column, day=day,
        conditions=_conditions(words, scope, table), words=words.whole,
        says=f"{'earliest' if how == 'min' else 'latest'} {column}",
    )  # fmt: skip


def _is_moment(words: Words, scope: Scope, table: str) -> bool:
    """Whether only the time of the first or last row can be meant: nothing else is named of it."""
    named = scope.ground.time_named(table, words.left)
    return bool(named) or not any(
        scope.ground.column_called((w,), (table,))
        for w in words.unread()
        if not scope.ground.table_called((w,))
    )


def _valued(words: Words, scope: Scope) -> Measure | None:
    """An aggregate of a column, of money, of pieces, of the time that something took."""
    told, percent, found = _aggregate(words)
    value = (
        (time_value(words, scope) if told not in {None, "sum"} else None)
        or sold_value(words, scope)
        or column_value(words, scope, told or "")
        or money_value(words, scope)
    )
    if value is None:
        return None
    table, text, called, span = value
    if found:
        words.cut(*found.span())
    words.cut(*span)
    how: How = told or "sum"
    name = {"percentile": "median" if percent == _HALF else f"p{round(percent * 100)}"}.get(
        how, how
    )
    _take_doing(words, table)
    for named, start, end in named_in(words, scope):
        if named in near_tables(scope.ground, table) and named not in scope.things:
            words.cut(start, end)
    return Measure(
        name=f"{'total' if how == 'sum' else name}_{called}".replace("total_total_", "total_"),
        how=how, table=table, value=text, percent=percent,
        time=scope.when(table, words.whole), conditions=_conditions(words, scope, table),
        words=words.whole, says=f"{name} of {text.replace('{t}', table)}",
    )  # fmt: skip


def _aggregate(words: Words) -> tuple[How | None, float, re.Match[str] | None]:
    if found := words.find(_MEDIAN):
        return "percentile", _HALF, found
    if found := words.find(_PERCENTILE):
        return "percentile", int(found["p"] or found["n"]) / 100, found
    for pattern, how in _AGGREGATES:
        if found := words.find(pattern):
            return how, _HALF, found
    return None, _HALF, None


_AGGREGATES: tuple[tuple[re.Pattern[str], How], ...] = (
    (_AVERAGE, "avg"), (_MAX, "max"), (_MIN, "min"), (_SUM, "sum"),
)  # fmt: skip


def is_part(words: Words, scope: Scope) -> bool:
    """Whether a part of some rows is meant ("percentage of orders that were paid"), not of all."""
    return (words.find(_PART) or _state_part(words, scope)) is not None


def share_of(words: Words) -> re.Match[str] | None:
    """A share of a total that is wished for: its words."""
    return words.find(_SHARE)
