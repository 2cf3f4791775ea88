"""Values of every type as text: small sets that meet one another, and fresh ones for keys.

Nothing here asks a server; what a type really accepts is for its owner to say.
"""

import contextlib
import json
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from blueproof.sql.lexer import tokens

_INTEGERS = ("1", "2", "3", "4", "5", "0", "6", "7", "8", "9", "10", "-1")
# Halves and quarters: floating point adds them without loss, in whatever order a plan takes them.
_DECIMALS = ("1", "2.5", "0", "10", "1.25", "-1", "0.5", "99.75", "100")
_TEXTS = (
    *("a", "b", "ab", "A", "", "abc", "a ", "Ab", "a%", "B", "ABC", "x_1", "100%", "a b", "ä"),
    *("12345", "US", "a_b", "axb", "a\\b", " a", "_", "%", "NULL", "null"),
    *("a@example.com", "b@example.com", "https://example.com/a", "it's"),
)
_DAYS = (
    *("2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02", "2024-12-31", "2025-01-01"),
    *("2023-02-28", "2024-01-31", "2024-03-31", "2024-04-30", "2024-10-27", "2020-02-29"),
)
_CLOCKS = ("00:00:00", "12:00:00", "23:59:59.999999", "00:00:00.000001", "09:30:00")
_MOMENTS = tuple(f"{day} {clock}" for clock in _CLOCKS for day in _DAYS)
_DOCUMENTS = (
    *('{"a": 1}', '{"a": 2, "b": "x"}', "{}", '{"a": null}', '{"tags": ["a", "b"]}', "[1, 2]"),
    *('"a"', "1", "null", '{"a": "1"}', '{"a": [1]}', '{"a": {"b": "x"}}', '{"a": {}}', "[]"),
)
_SPANS = {
    "int": ("[1,3)", "[2,5)", "[3,8)", "empty", "[10,)", "(,4)"),
    "num": ("[1,2.5)", "[2,5]", "(3,8)", "empty"),
    "date": ("[2024-02-28,2024-03-01)", "[2024-02-29,2024-03-02)", "[2024-12-31,)", "empty"),
    "ts": (
        *("[2024-02-28 00:00,2024-02-29 12:00)", "[2024-02-29 00:00,2024-03-01 00:00)"),
        *("[2024-12-31 09:00,2025-01-01 09:00)", "empty"),
    ),
}
_LONG = "ab" * 150
_FLOAT_ENDS = ("NaN", "Infinity", "-Infinity", "1e15", "-1e15")
_DAY_ENDS = ("0001-01-01", "9999-12-31")
# The first and last moments of the hour that summer time skips or repeats, in Europe and America.
_CHANGES = (
    *("2024-03-31 00:59:59+00", "2024-03-31 01:00:00+00", "2024-10-27 00:30:00+00"),
    *("2024-10-27 01:00:00+00", "2024-03-10 07:00:00+00", "2024-11-03 06:00:00+00"),
)
_EXTREMES: dict[str, tuple[str, ...]] = {
    "smallint": ("32767", "-32768"),
    "integer": ("2147483647", "-2147483648"),
    "bigint": ("9223372036854775807", "-9223372036854775808", "9007199254740993"),
    "numeric": ("NaN", "999999.99", "-999999.99", "Infinity", "-Infinity", "0.000001"),
    "real": _FLOAT_ENDS[:3],
    "double precision": _FLOAT_ENDS,
    **dict.fromkeys(("text", "character varying", "character"), (_LONG, "\n", "a\nb", "~", "é")),
    "date": _DAY_ENDS,
    "timestamp without time zone": _DAY_ENDS,
    "timestamp with time zone": (*_DAY_ENDS, *_CHANGES),
    "time without time zone": ("24:00:00",),
    "interval": ("1000 years",),
    "int4range": ("(,)", "[2147483646,)"),
    **dict.fromkeys(("daterange", "tsrange", "tstzrange"), ("(,)",)),
}
_INFINITE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("date", "timestamp without time zone", "timestamp with time zone", "interval"),
        ("infinity", "-infinity"),
    ),
    **dict.fromkeys(("daterange", "tsrange", "tstzrange"), ("[2024-02-28,infinity]",)),
}
_UUID = "00000000-0000-4000-8000-{:012d}"

_POOLS: dict[str, tuple[str, ...]] = {
    "smallint": _INTEGERS,
    "integer": _INTEGERS,
    "bigint": _INTEGERS,
    "oid": _INTEGERS[:11],
    "numeric": _DECIMALS,
    "real": _DECIMALS,
    "double precision": _DECIMALS,
    "money": _DECIMALS,
    "boolean": ("t", "f"),
    "text": _TEXTS,
    "character varying": _TEXTS,
    "character": _TEXTS,
    "name": _TEXTS,
    "date": _DAYS,
    "timestamp without time zone": _MOMENTS,
    "timestamp with time zone": _MOMENTS,
    "time without time zone": _CLOCKS,
    "time with time zone": _CLOCKS,
    "interval": ("1 day", "02:00:00", "1 mon", "00:00:00", "-1 days", "7 days"),
    "uuid": tuple(_UUID.format(n) for n in range(1, 7)),
    "json": _DOCUMENTS,
    "jsonb": _DOCUMENTS,
    "bytea": ("\\x", "\\x00", "\\x00ff", "\\x61"),
    "inet": ("10.0.0.1", "10.0.0.2", "10.0.0.0/24", "192.168.1.1", "::1"),
    "cidr": ("10.0.0.0/24", "10.0.1.0/24", "192.168.0.0/16"),
    "macaddr": ("08:00:2b:01:02:03", "08:00:2b:01:02:04"),
    "tsvector": ("'a':1 'b':2", "'cat':1", ""),
    "tsquery": ("'a'", "'a' & 'b'"),
    "xml": ("<a/>", "<a>1</a>"),
    "point": ("(0,0)", "(1,2)", "(3.5,-1)"),
    "box": ("(1,1),(0,0)", "(3,3),(2,2)"),
    "circle": ("<(0,0),1>", "<(5,5),1>"),
    "int4range": _SPANS["int"],
    "int8range": _SPANS["int"],
    "numrange": _SPANS["num"],
    "daterange": _SPANS["date"],
    "tsrange": _SPANS["ts"],
    "tstzrange": _SPANS["ts"],
    "int4multirange": ("{[1,3),[5,7)}", "{}"),
    "datemultirange": ("{[2024-02-28,2024-03-01)}", "{}"),
    "tstzmultirange": ("{[2024-02-28 00:00,2024-02-29 12:00)}", "{}"),
}
# For types that only the server knows: something of everything, and what fits is kept.
_EVERYTHING = tuple(
    dict.fromkeys((
        *_INTEGERS, *_TEXTS, *_DAYS, *_DOCUMENTS, *_POOLS["point"], *_POOLS["uuid"],
        *("101", "(,)", "(,,)", "(1,a)", "a.b", '"a"=>"1"', "POINT(1 2)"),
    ))
)  # fmt: skip
_STRING = re.compile(r"([eE]?)'(.*)'", re.DOTALL)
_MODIFIER = re.compile(r"\([\d,\s]*\)")
_DOCUMENT_KEY = re.compile(r"[A-Za-z_]\w{0,40}")
_MOST_PAIRS = 12
_MOST_KEYS = 4
_MOST_ENDS = 8


def base(kind: str) -> str:
    """The type without its length or precision.

    >>> base("timestamp(3) with time zone"), base("numeric(10,2)")
    ('timestamp with time zone', 'numeric')
    """
    return _MODIFIER.sub("", kind)


def pool(kind: str, literals: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Values worth trying in a column of the type, the plainest first, then the literals.

    Some may not fit: "character varying(2)" is offered longer texts, an unknown type everything.
    """
    if kind.endswith("[]"):
        return arrays((*literals[:8], *pool(kind.removesuffix("[]"))[:4]))
    plain = base(kind)
    if plain == "vector":
        size = int((re.findall(r"\d+", kind) or ["3"])[0])
        return tuple(f"[{','.join([x] * size)}]" for x in ("1", "0", "0.5"))
    common = _POOLS.get(plain, _EVERYTHING)
    if plain in {"json", "jsonb"}:
        common = (*_odd(literals), *common, *_documents(literals))
    return tuple(dict.fromkeys((*common, *literals)))


def extremes(kind: str) -> tuple[str, ...]:
    """The ends of a type: largest and smallest, not a number, very long; no infinite moment."""
    return _EXTREMES.get(base(kind), ())


def infinite(kind: str) -> tuple[str, ...]:
    """Days, moments and times that are infinite, where the type has any."""
    return _INFINITE.get(base(kind), ())


def spans(kind: str, literals: tuple[str, ...]) -> tuple[str, ...]:
    """Ranges that begin or end at a query's literals; () where the type is no range.

    >>> spans("int4range", ("2", "5"))
    ('[2,5)', '[2,5]', '[2,)', '(,2)', '[5,)', '(,5)')
    """
    if not base(kind).endswith("range") or base(kind).endswith("multirange"):
        return ()
    ends = [t for t in literals if re.fullmatch(r"-?[\d.:+ -]+", t)][:_MOST_ENDS]
    both = [f"[{a},{b}{end}" for a, b in pairwise(sorted(ends)) for end in ")]"]
    return (*both, *(text for e in ends for text in (f"[{e},)", f"(,{e})")))


def fresh(kind: str, count: int) -> tuple[str, ...]:
    """Values of the type that all differ, for a column where no two rows may agree."""
    make = _FRESH.get(base(kind), _several)
    return tuple(text for n in range(1, count + 1) for text in make(n))


def _several(n: int) -> tuple[str, ...]:
    return (str(n), *_texts(n))


def _texts(n: int) -> tuple[str, ...]:
    return f"k{n}", f"u{n}@example.com"


def _moment(n: int) -> tuple[str, ...]:
    return (f"{_DAYS_FROM + timedelta(days=n // 8)} {3 * (n % 8):02d}:00:00",)


_DAYS_FROM = date(2024, 2, 28)
_FRESH: dict[str, Callable[[int], tuple[str, ...]]] = {
    "uuid": lambda n: (_UUID.format(n),),
    "date": lambda n: (str(_DAYS_FROM + timedelta(days=n)),),
    "timestamp without time zone": _moment,
    "timestamp with time zone": _moment,
    "inet": lambda n: (f"10.1.{n // 250}.{n % 250 + 1}",),
    **dict.fromkeys(("smallint", "integer", "bigint", "numeric"), lambda n: (str(n),)),
    **dict.fromkeys(("text", "character varying", "character"), _texts),
}


def listed(elements: Iterable[str]) -> str:
    r"""An array's text.

    >>> listed(("a", 'say "b"'))
    '{"a","say \\"b\\""}'
    """
    escaped = (e.replace("\\", "\\\\").replace('"', '\\"') for e in elements)
    return "{" + ",".join(f'"{e}"' for e in escaped) + "}"


def arrays(elements: tuple[str, ...]) -> tuple[str, ...]:
    """Arrays of none, one and two of the elements, and with NULL."""
    pairs = pairwise(elements)
    nulls = ("{NULL}", f"{listed(elements[:1])[:-1]},NULL}}") if elements else ()
    both = (listed(p) for one, two in pairs for p in ((one,), (one, two), (two, one)))
    return ("{}", *nulls, *both, *(listed((e,)) for e in elements[-1:]))


def _documents(literals: tuple[str, ...]) -> tuple[str, ...]:
    """Documents in which one literal of a query is a key and the next ones its value."""
    keys = [t for t in literals if _DOCUMENT_KEY.fullmatch(t)]
    pairs = [(k, v) for k in keys for v in literals if k != v][:_MOST_PAIRS]
    return tuple(
        f'{{"{key}": "{value}"}}' for key, value in pairs if '"' not in value and "\\" not in value
    )


def _odd(literals: tuple[str, ...]) -> tuple[str, ...]:
    """Documents with a key of the query's that holds null, another type, or lies elsewhere."""
    keys = [t for t in literals if _DOCUMENT_KEY.fullmatch(t)][:_MOST_KEYS]
    held = ("null", "1", '"1"', "true", "{}", "[1]", "1.0")
    found = [f'{{"{key}": {value}}}' for key in keys for value in held]
    return (*found, *(f'{{"x": {{"{key}": 1}}}}' for key in keys))


def variants(texts: Iterable[str]) -> tuple[str, ...]:
    """What a careless rewrite takes for one of the texts: another case, sign, type, day's end.

    >>> variants(("a_b%",))
    ('axb', 'a_b', 'axbz', 'ab', 'AXB')
    """
    return tuple(dict.fromkeys(v for t in texts for v in _varied(t) if v != t))


def _varied(text: str) -> tuple[str, ...]:
    if re.fullmatch(r"\d{1,15}(?:\.\d+)?", text):
        number = Decimal(text)  # which another column, or twice this one, may come to
        return str(number / 2), str(number * 2), f"-{text}"
    if text[:1] == "{":
        return _other_documents(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _other_texts(text)
    hours = (-1, 1, 22.5, 23, 24 * 366, -24 * 365)  # days' ends in other zones, other years
    with contextlib.suppress(OverflowError):
        return tuple(str(moment + timedelta(hours=h)) for h in hours)
    return ()


def _other_texts(text: str) -> tuple[str, ...]:
    plain = text.replace("%", "")
    if plain != text or "_" in text:
        met = plain.replace("_", "x")
        return met, plain, f"{met}z", plain.replace("_", ""), met.upper()
    if not text:
        return (" ",)
    after = text[:-1] + chr(ord(text[-1]) + 1)
    return text.swapcase(), f"{text} ", f" {text}", after, f"{text}z", text.capitalize()


def _other_documents(text: str) -> tuple[str, ...]:
    """The document with values of another type, with another key, in an array."""
    try:
        document = json.loads(text)
    except ValueError:
        return ()
    more = [{**document, "x": 1}, [document]]
    for key, value in document.items():
        other = str(value) if not isinstance(value, str) else int(value) if value.isdigit() else 1
        more += [{**document, key: v} for v in (other, None, [value])]
    return tuple(map(json.dumps, more))


def literals_in(sql: str) -> tuple[str, ...]:
    """The strings and numbers that stand in a piece of SQL.

    >>> literals_in("a > 5 AND b = 'open'")
    ('5', 'open')
    """
    found: list[str] = []
    for token in tokens(sql):
        matched = _STRING.fullmatch(token.text) if token.kind == "string" else None
        if token.kind == "number":
            found.append(token.text)
        elif matched and not (matched[1] and "\\" in matched[2]):
            found.append(matched[2].replace("''", "'"))
    return tuple(dict.fromkeys(found))


def neighbours(texts: Iterable[str]) -> tuple[str, ...]:
    """The texts, and after each the values that lie closest to it.

    >>> neighbours(("5", "open"))
    ('5', '4', '6', 'open')
    """
    return tuple(dict.fromkeys(near for text in texts for near in around(text)))


def around(text: str) -> tuple[str, ...]:
    """The text and, if it is a number or a moment, the values just before and after it."""
    if re.fullmatch(r"-?\d{1,15}", text):
        return text, str(int(text) - 1), str(int(text) + 1)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return (text,)
    try:
        days = tuple(str(moment + timedelta(days=n)) for n in (-1, 1))
        return text, *days, str(moment + timedelta(hours=12)), str(moment - timedelta(seconds=1))
    except OverflowError:
        return (text,)
