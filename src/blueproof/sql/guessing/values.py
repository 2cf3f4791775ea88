"""The values of a column as SQL over n, the number of the row, and random().

They are made so that a query finds what it asks for: constants that it names occur, as rare or as
common as their words are; few parents have most of the children; rows lie in the order of time.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from blueproof.sql.guessing.documents import made_document
from blueproof.sql.guessing.kinds import Column, Kind, snake
from blueproof.sql.guessing.seen import Seen
from blueproof.sql.guessing.shares import SHARE_DEFAULT, share_of

_USUAL = ("done", "active", "closed", "failed", "new", "cancelled")  # states where none is named
_SHARE_EXACT = 0.05  # of the rows have a number that a query asks for
_SHARE_BEGUN = 0.02  # of the texts begin as a pattern asks
_SHARE_PART = 0.002
_MOST_TRUE = re.compile(
    r"(?:is_|was_)?(?:active|published|verified|visible|enabled|public|read|seen|processed"
    r"|completed|done|paid|confirmed|valid|approved)"
)
_MOST_FALSE = re.compile(
    r"(?:is_|was_)?(?:deleted|archived|hidden|disabled|spam|flagged|featured|banned|unread|test"
    r"|locked|blocked|default|urgent|private)"
)
_GONE = re.compile(r"(?:deleted|archived|cancell?ed|revoked|banned|disabled|refunded|locked)_at")
_NIL = "00000000-0000-0000-0000-000000000000"  # which stands for the only one there is
_SHARE_NIL = 0.97
_WITH_USUAL = frozenset({"count", "money", "label", "code", "state", "words"})
_OLD = 5  # the part of all rows that are the oldest: a fifth
_SHARE_TRUE, _SHARE_FALSE = 0.95, 0.04
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}")
SPAN = 730  # days over which rows came
_BEFORE = timedelta(days=180)
_LATELY = timedelta(days=365)
_AFTER_IT = timedelta(days=365)  # of rows that came after a bound above
_YEARS = 40  # back to which years go
_FEW, _MANY = 20, 1_000  # different values of a state, of a label
_STRETCHES = 1e6  # up to which stretches of numbers go, where no number is asked for
_FILLER = 120  # bytes that stand for the columns or the prose that nobody asks for


End = Literal["", "first", "last"]


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a column's values are made: the rows of its table, and how they lie.

    `parents` are the rows of the table that it refers to, 0 if none; `steep` is how strongly few
    parents have most children (1: not at all), `largest` the part that one has, if that is told;
    `shares` say how common told values are; `alone`
    is whether no two rows may agree; `today` is the last day on which rows came; `old` is whether
    the value asked for lies in the oldest rows, and in no other; `end` is which end of the row's
    stretch of numbers the column is, where it is one; `held` is how many columns of the table are
    asked to equal a value; `listed` is whether `shares` are all values there may be; `usual` is
    the value that most rows have, as the schema has it by DEFAULT; `cursor` is a number beyond all
    rows that a key is asked to lie beside, 0 if there is none.
    """

    rows: int
    today: date
    parents: int = 0
    steep: float = 2.0
    largest: float = 0.0
    shares: dict[str, float] = field(default_factory=dict)
    alone: bool = False
    old: bool = False
    end: End = ""
    held: int = 1
    listed: bool = False
    usual: str = ""
    cursor: int = 0


def values_of(column: Column, seen: Seen, place: Place) -> str:
    """An SQL expression for the column in row n."""
    if column.kind == "key" or (place.alone and column.kind in {"reference", "count"}):
        return as_key(_numbered(place), column.type)
    text = _by_kind(column, seen, place)
    if place.usual and column.kind in _WITH_USUAL and not (place.alone or place.listed):
        usual = f"{_literal(place.usual)}::{column.type}"
        text = f"CASE WHEN random() < {SHARE_DEFAULT:g} THEN {usual} ELSE {text} END"
    if seen.empty and column.kind != "seldom-time" and column.nullable:
        text = f"CASE WHEN random() < 0.95 THEN {text} END"
    return text


def _by_kind(column: Column, seen: Seen, place: Place) -> str:
    plain = _PLAIN.get(column.kind)
    if plain:
        return plain
    make = _MADE.get(column.kind, _texts)
    return make(column, seen, place)


def _numbered(place: Place) -> str:
    """The number of a row's key: with steps between them, so that a cursor lies in their middle."""
    step = -(-2 * place.cursor // max(place.rows, 1))
    return f"n::bigint * {step} + {place.cursor % step}" if place.cursor else "n"


def as_key(number: str, type_: str) -> str:
    """A number as a key of this type: the same for a parent and what refers to it."""
    base = type_.partition("(")[0].strip()
    if base == "uuid":
        return f"md5(({number})::text)::uuid"
    if base in {"text", "character varying", "varchar", "character", "citext"}:
        return f"'k' || ({number})::text"
    return f"({number})" if number != "n" else "n"


_PLAIN: dict[Kind, str] = {
    "address": "('10.' || n % 250 || '.' || (n / 250) % 250 || '.' || n % 7)::inet",
    "uuid": "md5(n::text)::uuid",
    # Half are the first of all, which everybody sees, half one that is never reached.
    "transaction": "(CASE WHEN random() < 0.5 THEN '3' ELSE '9223372036854775807' END)::xid8",
}


def _reference(column: Column, seen: Seen, place: Place) -> str:
    parents = place.parents or max(10, place.rows // 100)
    steep = f"power(random(), {place.steep:g})" if place.steep != 1 else "random()"
    drawn = f"floor({parents} * {steep})::bigint"
    if place.largest:
        drawn = f"(CASE WHEN random() < {place.largest:g} THEN 0 ELSE {drawn} END)"
    asked = [int(x) for x in seen.literals if x.isdecimal() and 0 < int(x) <= parents]
    if place.old:
        return _old(column, seen, place, asked[0] if asked else 1, parents)
    if asked:  # the one that a query asks for is the largest: of a small one nobody complains
        made = as_key(f"1 + ({asked[0] - 1} + {drawn}) % {parents}", column.type)
    else:
        made = as_key(f"1 + {drawn}", column.type)
    named = [x for x in seen.literals if not (x.isdecimal() and 0 < int(x) <= parents)]
    if place.parents or not named:
        return made
    share = _SHARE_NIL if named[0] == _NIL else 0.005
    return _sometimes(named, made, share, column.type)


def _old(column: Column, seen: Seen, place: Place, asked: int, parents: int) -> str:
    """The value asked for in the oldest rows, any other in the rest."""
    other = as_key(f"1 + ({asked} + floor({max(parents - 1, 1)} * random())::bigint) % {parents}",
                   column.type)  # fmt: skip
    named = [x for x in seen.literals if not x.isdecimal()]
    value = f"{_literal(named[0])}::{column.type}" if named else as_key(str(asked), column.type)
    return f"CASE WHEN n <= {place.rows // _OLD} THEN {value} ELSE {other} END"


def _sometimes(named: list[str], otherwise: str, share: float, type_: str) -> str:
    """The values named in a share of the rows each, the others as they are made."""
    text = otherwise
    for value in dict.fromkeys(named):
        text = f"CASE WHEN random() < {share:g} THEN {_literal(value)}::{type_} ELSE {text} END"
    return text


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _state(column: Column, seen: Seen, place: Place) -> str:
    if place.listed:
        return _of_few(place.shares, column.type)
    named = list(dict.fromkeys((*place.shares, *seen.literals, *_beyond(seen))))
    if column.type == "integer":
        return _of_few(
            dict.fromkeys(dict.fromkeys((*named, "0", "1", "2", "3", "4")), 1.0), "integer"
        )
    if not named and not re.search(r"stat|stage", snake(column.name)):
        return f"'{snake(column.name)}_' || floor({_FEW} * power(random(), 2))::int"
    others = [v for v in _USUAL if v not in {n.lower() for n in named}]
    shares = {value: place.shares.get(value, share_of(value)) for value in named}
    if sum(shares.values()) >= 1:
        shares = {v: s / (sum(shares.values()) * 1.05) for v, s in shares.items()}
    left = 1 - sum(shares.values())
    capital = bool(named) and all(v.isupper() for v in named)
    for at, value in enumerate(others):
        shares[value.upper() if capital else value] = left * (0.7 if at == 0 else 0.06)
    return _of_few(shares, column.type)


def _beyond(seen: Seen) -> Iterator[str]:
    """A text that sorts before each that the column is to be below, and after each other bound."""
    yield from (x.strip("'")[:1] for x in sorted(seen.below) if re.fullmatch(r"'\w{2,}'", x))
    yield from (f"{x.strip(chr(39))}_z" for x in sorted(seen.above) if re.fullmatch(r"'\w+'", x))


def _of_few(shares: dict[str, float], type_: str) -> str:
    """One of a few values, each as often as its share says."""
    total, bounds, so_far = sum(shares.values()), [], 0.0
    for share in list(shares.values())[:-1]:
        so_far += share / total
        bounds.append(f"{so_far:.5f}")
    listed = ", ".join(map(_literal, shares))
    if not bounds:
        return f"{listed}::{type_}"
    return (
        f"(ARRAY[{listed}]::{type_}[])"
        f"[1 + width_bucket(random(), ARRAY[{', '.join(bounds)}]::float8[])]"
    )


def _time(column: Column, seen: Seen, place: Place) -> str:
    begins, ends = span(seen, place.today)
    days = (ends - begins).days
    # A little out of order, as the clocks of several programs are.
    made = f"timestamptz '{begins}' + interval '1 day' * ({days / max(place.rows, 1):.10f} * "
    made += f"(n - random() * {max(1, place.rows // 500)}))"
    if column.kind == "date" or column.type == "date":
        return f"({made})::date"
    if column.type.startswith("timestamp without"):
        made = f"({made})::timestamp"
    if column.kind == "seldom-time":
        share = _SHARE_FALSE if _GONE.fullmatch(snake(column.name)) else _SHARE_TRUE
        return f"CASE WHEN random() < {share} THEN {made} END"
    return made


def span(seen: Seen, today: date) -> tuple[date, date]:
    """The days between which the rows came: two years, more where a query names others.

    A bound above, to the second, is the moment at which the query ran: no row came later.
    """
    named = []
    for literal in seen.literals:
        if found := _DATE.match(literal):
            try:
                named.append(date.fromisoformat(found[0]))
            except ValueError:  # '2026-02-30' is nobody's date
                continue
    if named and max(named) < today - _LATELY:  # it was asked then, of the rows of those days
        today = max(named) + (_AFTER_IT if seen.below and not seen.above else _LATELY / 12)
    moments = [x for x in seen.literals if _MOMENT.match(x) and f"'{x}'" in seen.below]
    if moments and len(named) == 1:
        today = named[0]
    begins, ends = today - timedelta(days=SPAN), today + timedelta(days=1)
    return min([begins, *(d - _BEFORE for d in named)]), max([ends, *named])


def _share_true(column: Column, place: Place) -> float:
    told = place.shares.get("true")
    if told is not None:
        return told
    plain = snake(column.name)
    if _MOST_TRUE.fullmatch(plain):
        return _SHARE_TRUE
    return _SHARE_FALSE if _MOST_FALSE.fullmatch(plain) else 0.3


def _flag(column: Column, _seen: Seen, place: Place) -> str:
    return f"random() < {_share_true(column, place)}"


def _search(_column: Column, _seen: Seen, _place: Place) -> str:
    return f"to_tsvector('simple', {_words(4)})"


def _number(column: Column, seen: Seen, place: Place) -> str:
    if column.kind == "coordinate":
        return "random() * 180 - 90"
    numbers = [x for x in seen.literals if re.fullmatch(r"-?\d+(?:\.\d+)?", x)]
    if re.fullmatch(r"(?:\w+_)?year", snake(column.name)):
        newest = place.today.year
        return f"({newest} - floor(random() * {_YEARS}))::{column.type}"
    named = [float(x) for x in numbers if x not in seen.exact]
    most = max([500.0 if column.kind == "money" else 1000.0, *(x * 1.25 for x in named)])
    if place.end and column.type != "smallint":  # stretches that follow one another, as blocks do
        each = max(max(named, default=_STRETCHES) * 2 / max(place.rows, 1), 2.0)
        later = " + 1" if place.end == "last" else ""
        return f"(floor((n{later}) * {each:.4f}){' - 1' * (place.end == 'last')})::{column.type}"
    if column.type.startswith("numeric"):
        made = f"round((random() * {most:.0f})::numeric, 2)"
    elif column.type.startswith(("double", "real")):
        made = f"random() * {most:.0f}"
    else:
        most = min(most, 30_000) if column.type == "smallint" else most
        made = f"floor(random() * {most:.0f})::{column.type}"
    return _sometimes(seen.exact, made, _SHARE_EXACT, column.type)


def _texts(column: Column, seen: Seen, place: Place) -> str:
    match column.kind:
        case "email":
            made = "'user' || n || '@example.com'"
        case "code":
            made = "upper(substr(md5(n::text), 1, 12))"
        case "words" if seen.signs & {"like", "search"} or seen.parts:
            made = _words(8)
        case "words":
            made = f"rpad(n::text, {_FILLER}, '.')"
        case _ if place.held > 1 and not (place.alone or seen.literals or seen.parts):
            made = _of_several(column, place)
        case _:
            made = _words(3)
    length = re.search(r"\((\d+)\)", column.type)
    if place.alone or column.kind in {"email", "code"}:
        unique = made if column.kind in {"email", "code"} else f"{made} || ' ' || n"
        at = [f"WHEN {max(1, place.rows // (2 + i))} THEN {_literal(v)}"
              for i, v in enumerate(dict.fromkeys(seen.literals))]  # fmt: skip
        made = f"CASE n {' '.join(at)} ELSE {unique} END" if at else unique
    elif seen.literals:
        made = _sometimes(seen.literals, made, 0.005, "text")
    for part in dict.fromkeys(seen.parts):  # last, as it may be that they are to end so
        host = column.kind == "email" and part.startswith("@")
        with_part = (
            f"'user' || n || {_literal(part)}" if host else f"{made} || {_literal(f' {part}')}"
        )
        made = f"CASE WHEN random() < {_SHARE_PART:g} THEN {with_part} ELSE {made} END"
    for begun in dict.fromkeys(seen.begins):
        made = (
            f"CASE WHEN random() < {_SHARE_BEGUN:g} THEN {_literal(begun)} || {made} "
            f"ELSE {made} END"
        )
    return f"left({made}, {length[1]})" if length else made


def _of_several(column: Column, place: Place) -> str:
    """A name that many rows have: asked for beside others, it does not tell a row by itself."""
    many = max(_FEW, round(place.rows ** (1 / place.held)))
    return f"{_literal(snake(column.name) + ' ')} || floor({many} * random())::int"


def _words(count: int) -> str:
    """As many made-up words of a few letters each, other ones in every row."""
    parts = [f"left(md5((n + {at * 7})::text), {5 + at % 4})" for at in range(count)]
    return " || ' ' || ".join(parts)


def _json(column: Column, seen: Seen, _place: Place) -> str:
    made = made_document(seen.keys, seen.literals, seen.casts)
    return f"({made})::json" if column.type == "json" else made


def _list(column: Column, seen: Seen, _place: Place) -> str:
    base = column.type.removesuffix("[]")
    if base in {"integer", "bigint", "smallint"}:
        one = f"floor({_MANY} * power(random(), 2))::{base}"
    else:
        one = f"'tag_' || floor({_MANY} * power(random(), 2))::int"
    made = f"ARRAY[{one}, {one}]::{column.type}"
    for value in dict.fromkeys(seen.literals):
        made = (
            f"CASE WHEN random() < 0.01 THEN ARRAY[{_literal(value)}, {one}]::{column.type} "
            f"ELSE {made} END"
        )
    return made


_MADE: dict[Kind, Callable[[Column, Seen, Place], str]] = {
    "reference": _reference, "state": _state, "time": _time, "seldom-time": _time, "date": _time,
    "flag": _flag, "count": _number, "money": _number, "coordinate": _number, "json": _json,
    "list": _list, "search": _search,
}  # fmt: skip
