"""The tables of a wish: DDL that was pasted or handed over, or names and columns told loosely."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.advisors.query.stems import parts, root, roots
from blueproof.sql.guessing.kinds import NOTHING_TELLS, guess_column, stem_of
from blueproof.sql.guessing.seen import Seen
from blueproof.sql.names import quote, quote_table

_TYPE = (
    r"(?:bigserial|serial|bigint|smallint|integer|int[248]?|text|uuid|boolean|bool|date|json|jsonb"
    r"|timestamptz|timestamp(?: with(?:out)? time zone)?|time|interval|real|double precision|float"
    r"|money|citext|inet|bytea|(?:numeric|decimal)(?:\(\d+(?:,\s*\d+)?\))?"
    r"|(?:varchar|character varying|char)(?:\(\d+\))?)(?:\[\])?"
)
_MORE = (
    r"(?:\s+(?:primary key|pk|fk|not null|null|unique|nullable|default \S+"
    r"|(?:fk\s*)?(?:->|references|to)\s*\w+(?:[.(]\w+\)?)?))*"
)
_ITEM = re.compile(
    rf"^(?P<name>[A-Za-z_]\w*)(?:\s+(?P<type>{_TYPE}))?(?P<more>{_MORE})"
    r"(?:\s*[:=]?\s*[(\[]?(?P<values>'?\w+'?(?:\s*[|/]\s*'?\w+'?)+)[)\]]?)?$",
    re.IGNORECASE,
)
_CALL = re.compile(r"\b(?P<name>[A-Za-z_][\w.]*)\s*\((?P<inside>(?:[^()]|\([^()]*\))*)\)")
_LISTED = re.compile(
    r"(?:\b(?:tables?|and)\s+|^\s*[-*]?\s*|[.;:]\s+)(?P<name>[a-z_]\w*)\s*"
    r"(?::|-|=|with(?: the)?(?: columns?)?:?|has(?: the)? columns?:?)\s+"
    r"(?P<inside>[A-Za-z_]\w*(?:\s*,\s*(?:and\s+)?[A-Za-z_]\w*)+)",
    re.IGNORECASE | re.MULTILINE,
)
_KEY = re.compile(
    r"(?:with\s+)?(?:a\s+)?primary key(?:\s+(?:on|is|of\s+\w+))?\s*\((?P<columns>[\w\s,]+)\)"
    r"|unique\s*\((?P<unique>[\w\s,]+)\)",
    re.IGNORECASE,
)
_NO_TABLES = frozenset(
    "e g eg ie count sum avg min max date_trunc coalesce now in values like such or and over the"
    " a an for is as primary key unique check references".split()
)
_CENTS = re.compile(r"(?:.*_)?(?:cents?|pence|minor|micros)")
_WHOLE = re.compile(
    r"(?:.*_)?(?:quantity|qty|ms|millis|secs?|bytes|kb|mb|units?|points?|minutes|seconds|hours|days|views|clicks|likes|steps"
    r"|seats|pages|visits|items|stars|rating)"
)
_NUMBER = re.compile(
    r"(?:.*_)?(?:temperature|temp|fare|distance|km|kms|miles|value|duration|reading|humidity|cost"
    r"|pressure|volume|energy|kwh|usage|consumption|mark|grade|tip|spend|sales|speed|calories"
    r"|weight|height|result|score|donation|deposit|payment|salary|wage|bonus|commission|premium"
    r"|discount|tax|tariff|yield|percent|percentage|share|rent)"
)
_MOMENT = re.compile(
    r"(?:.*_)?(?:from|until|till)|valid_to|starts|ends|(?:check|clock)_?(?:in|out)|(?:.*_)?expires"
    r"|arrival|departure|due|deadline|at"
)
_ADDED = re.compile(
    r"\b(?:total|sum of|average|avg|mean|median|maximum|minimum|max|min|highest|lowest"
    r"|running total of)\s+(?:number of\s+)?(?:the\s+)?(?P<what>[a-z]+)",
    re.IGNORECASE,
)
_SELF = frozenset("parent manager boss supervisor ancestor reports_to referrer mentor".split())
_PERSONS = frozenset("user member person account profile".split())
_ROLES = frozenset(
    "author owner creator sender recipient receiver buyer seller assignee reviewer host guest"
    " reporter follower followee actor uploader viewer visitor inviter invitee".split()
)
_LEAST = 2


@dataclass(frozen=True, kw_only=True)
class Given:
    """The tables as DDL and the words beside them; `loose` is whether types and keys are guessed.

    `guessed` are the foreign keys that names alone speak for.
    """

    ddl: str
    prose: str
    loose: bool = False
    guessed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Told:
    name: str
    columns: tuple[tuple[str, str, tuple[str, ...]], ...]
    key: tuple[str, ...]
    unique: tuple[str, ...] = ()


def loose_tables(request: str) -> Given | None:
    """Tables that are told as names with their columns; None where there is none.

    >>> loose_tables("orders(id, total_cents): the newest one").prose
    'the newest one'
    """
    told: dict[str, _Told] = {}
    spans: list[tuple[int, int]] = []
    for found in (*_CALL.finditer(request), *_LISTED.finditer(request)):
        if any(a < found.end() and found.start() < b for a, b in spans):
            continue
        table = _table(found["name"], found["inside"])
        if table is not None and table.name.lower() not in told:
            told[table.name.lower()] = table
            start = found.start("name")
            spans.append((start, found.end()))
    if not told:
        return None
    rest = _without(request, spans)
    if key := _KEY.search(rest):
        told = dict(_keyed(told, key))
        rest = rest[: key.start()] + rest[key.end() :]
    tables = tuple(told.values())
    links = tuple(_links(tables))
    added_up = frozenset(root(f["what"]) for f in _ADDED.finditer(rest))
    ddl = "".join(_create(t, added_up) for t in tables) + "".join(
        f"ALTER TABLE {quote_table(t)} ADD FOREIGN KEY ({quote(c)}) "
        f"REFERENCES {quote_table(p)} ({quote(k)});\n"
        for t, c, p, k in links
    )
    guessed = tuple(f"{t}.{c} refers to {p}.{k}" for t, c, p, k in links)
    return Given(ddl=ddl, prose=_tidy(rest), loose=True, guessed=guessed)


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    out, at = [], 0
    for start, end in sorted(spans):
        out += [text[at:start], " \0 "]
        at = end
    return "".join([*out, text[at:]])


_LEAD = re.compile(
    r"(?:\b(?:(?:i|we) (?:have|got)|(?:our|my|the|these|in|on|from|with|given|using) (?:the )?"
    r"(?:postgres(?:ql)? )?(?:tables?|schema)(?: (?:are|is|has|of|with))?|tables?|schema|given|from"
    r"|using|with|and|on|of|there (?:are|is)|(?:are|is))\s*[:-]?\s*)*"
    r"\0(?:\s*(?:,|;|and|&|plus|\+)?\s*(?:a |the )?(?:tables? )?\0)*\s*[.:;,\-\u2013\u2014]*",
    re.IGNORECASE,
)


def _tidy(text: str) -> str:
    """The words without what introduced the tables."""
    plain = _LEAD.sub(" . ", text).replace("```sql", " ").replace("```", " ")
    return " ".join(plain.split()).strip(" .,;:-") or ""


def _table(name: str, inside: str) -> _Told | None:
    plain = name.lower()
    if plain in _NO_TABLES:
        return None
    items = [i.strip().strip('`"') for i in re.split(r",(?![^(]*\))|\n", inside) if i.strip()]
    key: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()
    columns = []
    for item in items:
        if found := _KEY.fullmatch(item):
            key = _names(found["columns"]) or key
            unique = _names(found["unique"]) or unique
            continue
        each = _ITEM.match(re.sub(r"^and\s+", "", item))
        if each is None:
            return None
        values = tuple(v.strip(" '") for v in re.split(r"[|/]", each["values"] or "") if v.strip())
        columns.append((each["name"], (each["type"] or "").lower(), values))
        if re.search(r"primary key|\bpk\b", each["more"] or "", re.IGNORECASE):
            key = (each["name"],)
    named = {c for c, _, _ in columns}
    if (len(columns) < _LEAST and named != {"id"}) or not any("_" in c or c == "id" for c in named):
        return None
    return _Told(
        name=plain, columns=tuple(columns), key=key or (("id",) if "id" in named else ()),
        unique=unique,
    )  # fmt: skip


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(n.strip() for n in (text or "").split(",") if n.strip())


def _keyed(told: dict[str, _Told], found: re.Match[str]) -> Iterator[tuple[str, _Told]]:
    """The tables, the one that has all columns of a key told apart with that key."""
    columns = set(_names(found["columns"] or found["unique"]))
    done = False
    for name, table in told.items():
        here = columns <= {c for c, _, _ in table.columns} and not done
        done = done or here
        key = tuple(_names(found["columns"])) if here and found["columns"] else table.key
        unique = tuple(_names(found["unique"])) if here and found["unique"] else table.unique
        yield name, _Told(name=table.name, columns=table.columns, key=key, unique=unique)


def guessed_type(column: str) -> str:
    """The type that a column's name speaks for.

    >>> guessed_type("total_cents"), guessed_type("created_at"), guessed_type("fare")
    ('bigint', 'timestamptz', 'numeric(12,2)')
    """
    plain = column.lower()
    if _CENTS.fullmatch(plain):
        return "bigint"
    found = guess_column(Seen(name=column))
    if found.why == NOTHING_TELLS or found.type in {"text", "numeric(12,2)"}:
        if _MOMENT.fullmatch(plain):
            return "timestamptz"
        if _WHOLE.fullmatch(plain):
            return "integer"
        if _NUMBER.fullmatch(plain):
            return "numeric(12,2)"
    return found.type


def _create(table: _Told, added_up: frozenset[str]) -> str:
    """CREATE TABLE; what the words add up or average is a number where its name tells nothing."""
    lines = []
    for name, type_, values in table.columns:
        shown = type_ or ("text" if values else guessed_type(name))
        untold = not type_ and guess_column(Seen(name=name)).why == NOTHING_TELLS
        if (
            untold
            and shown == "text"
            and not values
            and roots(name)[-1:]
            and (roots(name)[-1] in added_up)
        ):
            shown = "numeric(12,2)"
        if type_ and type_.endswith("serial"):
            shown = "bigint" if type_ == "bigserial" else "integer"
        check = f" CHECK ({quote(name)} IN ({', '.join(map(_text, values))}))" if values else ""
        lines.append(f"  {quote(name)} {shown}{check}")
    if table.key:
        lines.append(f"  PRIMARY KEY ({', '.join(map(quote, table.key))})")
    if table.unique:
        lines.append(f"  UNIQUE ({', '.join(map(quote, table.unique))})")
    return f"CREATE TABLE {quote_table(table.name)} (\n" + ",\n".join(lines) + "\n);\n"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _links(tables: tuple[_Told, ...]) -> Iterator[tuple[str, str, str, str]]:
    """What refers to what by its name: table, column, parent, the parent's key."""
    keyed = {t.name: t.key[0] for t in tables if len(t.key) == 1}
    persons = [t for t in keyed if roots(t)[-1:] and singular_of(t) in _PERSONS]
    for table in tables:
        for column, _, _ in table.columns:
            stem = stem_of(column)
            if not stem or (column,) == table.key:
                continue
            parent = _parent(stem, table.name, tuple(keyed), persons)
            if parent:
                yield table.name, column, parent, keyed[parent]


def singular_of(table: str) -> str:
    """The last word of a table's name in the singular."""
    from blueproof.advisors.query.stems import singular

    return singular(parts(table)[-1]) if parts(table) else table


def _parent(stem: str, table: str, keyed: tuple[str, ...], persons: list[str]) -> str:
    wanted = tuple(root(p) for p in parts(stem))
    exact = [t for t in keyed if roots(t) == wanted]
    last = [t for t in keyed if roots(t)[-1:] == wanted[-1:] and len(wanted) == 1]
    if exact or last:
        return (exact or last)[0]
    if wanted and parts(stem)[0] in _SELF | {"parent"} and table in keyed:
        return table
    tail = [t for t in keyed if len(wanted) > 1 and roots(t) == wanted[-len(roots(t)) :]]
    if tail:
        return tail[0]
    if stem in _ROLES and len(persons) == 1:
        return persons[0]
    return ""
