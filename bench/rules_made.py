"""Conditions, values and queries of Firebase Security Rules made at random, with their types."""

import math
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from blueproof.engines.firebase_rules import Query
from blueproof.engines.firebase_rules.values import (
    Duration,
    LatLng,
    Path,
    RulesSet,
    Timestamp,
)
from blueproof.engines.firebase_rules.yaml_values import as_timestamp

AT = as_timestamp("2024-02-29T13:14:15.016Z")
DOCUMENT: dict[str, Any] = {
    "i": 3, "z": 0, "neg": -4, "big": 2**62, "f": 2.5, "whole": 2.0, "s": "Hello World", "e": "",
    "num": "12", "dec": "2.5", "t": True, "no": False, "n": None, "l": [1, 2, 3],
    "ls": ["a", "b", "a"], "mix": [1, "a", None, True, 2.5], "em": [], "m": {"a": 1,
    "b": {"c": "x"}},
    "mm": {}, "at": AT, "place": LatLng(1.5, -2.0), "by": b"ab\x00",
    "ref": Path(("databases", "(default)", "documents", "other", "one")),
}  # fmt: skip
_FIELDS = {
    "int": ("i", "z", "neg", "big"), "float": ("f", "whole"), "string": ("s", "e", "num", "dec"),
    "bool": ("t", "no"), "null": ("n",), "list": ("l", "ls", "mix", "em"), "map": ("m", "mm"),
    "timestamp": ("at",), "latlng": ("place",), "bytes": ("by",), "path": ("ref",),
}  # fmt: skip
_LITERALS = {
    "int": ("0", "1", "2", "-1", "3", "7", "12"), "float": ("0.0", "1.0", "2.5", "-0.5", "2.0"),
    "string": ("''", "'a'", "'Hello World'", "'12'", "' a b '", "'A.B'", "'ß'", "'true'"),
    "bool": ("true", "false"), "null": ("null",),
    "list": ("[]", "[1]", "[1, 2]", "['a', 'b']", "[[1], 'a', null]", "[2, 1, 2]"),
    "map": ("{}", "{'a': 1}", "{'a': 2, 'd': 'y'}", "{'b': {'c': 'x'}}"),
    "timestamp": ("timestamp.date(2024, 2, 29)", "timestamp.value(441849600000)", "request.time"),
    "duration": ("duration.value(90, 'm')", "duration.value(-3, 's')", "duration.time(1, 2, 3, 4)"),
    "latlng": ("latlng.value(1.5, -2.0)",), "bytes": ("b'ab'", "b'\\x00\\xff'", "b''"),
    "path": ("/a/b", "/a/$(id)", "path('/a/x')", "path('a/b')"),
    "set": ("[1, 2].toSet()", "['a', 'a'].toSet()", "[].toSet()"),
    "diff": ("{'a': 1}.diff({'a': 2})",),
}  # fmt: skip
_LITERALS["timestamp"] = _LITERALS["timestamp"][:2]
_FORMS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "bool": (
        ("({} && {})", ("bool", "bool")), ("({} || {})", ("bool", "bool")), ("!({})", ("bool",)),
        ("({} == {})", ("any", "any")), ("({} != {})", ("any", "any")),
        ("({} < {})", ("number", "number")), ("({} >= {})", ("string", "string")),
        ("({} <= {})", ("timestamp", "timestamp")), ("({} > {})", ("duration", "duration")),
        ("({} in {})", ("any", "list")), ("({} in {})", ("string", "map")),
        ("({} in {})", ("any", "set")), ("({} is {{T}})", ("any",)),
        ("({} ? {} : {})", ("bool", "bool", "bool")),
        ("{}.matches('[a-z]+')", ("string",)), ("{}.matches('.*[0-9]')", ("string",)),
        ("{}.hasAll({})", ("list", "list")), ("{}.hasAny({})", ("list", "list")),
        ("{}.hasOnly({})", ("list", "list")), ("{}.hasAll({})", ("set", "list")),
        ("{}.hasAny({})", ("set", "set")), ("{}.hasOnly({})", ("set", "list")),
        ("math.isNaN({})", ("number",)), ("exists({})", ("path",)),
        ("(request.auth.token.email == {})", ("string",)), ("request.auth.token.admin", ()),
        ("(request.auth != null)", ()), ("(resource.data.gone == {})", ("any",)),
        ("resource.data.keys().hasAll({})", ("list",)),
    ),
    "int": (
        ("({} + {})", ("int", "int")), ("({} - {})", ("int", "int")), ("({} * {})", ("int", "int")),
        ("({} / {})", ("int", "int")), ("({} % {})", ("int", "int")), ("-({})", ("int",)),
        ("{}.size()", ("string",)), ("{}.size()", ("list",)), ("{}.size()", ("map",)),
        ("{}.size()", ("set",)), ("{}.size()", ("bytes",)), ("int({})", ("any",)),
        ("math.abs({})", ("int",)), ("{}.year()", ("timestamp",)), ("{}.month()", ("timestamp",)),
        ("{}.day()", ("timestamp",)), ("{}.hours()", ("timestamp",)), ("{}.minutes()",
        ("timestamp",)),
        ("{}.seconds()", ("timestamp",)), ("{}.nanos()", ("timestamp",)),
        ("{}.dayOfWeek()", ("timestamp",)), ("{}.dayOfYear()", ("timestamp",)),
        ("{}.toMillis()", ("timestamp",)), ("{}.seconds()", ("duration",)),
        ("{}.nanos()", ("duration",)), ("{}[{}]", ("list", "int")),
        ("math.round({})", ("float",)),
    ),
    "float": (
        ("({} + {})", ("float", "number")), ("({} - {})", ("number", "float")),
        ("({} * {})", ("float", "number")), ("({} / {})", ("number", "float")),
        ("({} % {})", ("float", "number")), ("-({})", ("float",)), ("float({})", ("any",)),
        ("math.pow({}, {})", ("number", "number")), ("math.sqrt({})", ("number",)),
        ("math.ceil({})", ("number",)), ("math.floor({})", ("number",)), ("math.abs({})",
        ("float",)),
        ("{}.latitude()", ("latlng",)), ("{}.longitude()", ("latlng",)),
    ),
    "string": (
        ("({} + {})", ("string", "string")), ("{}.lower()", ("string",)), ("{}.upper()",
        ("string",)),
        ("{}.trim()", ("string",)), ("{}.replace('[aeiou]', '_')", ("string",)),
        ("{}.replace('l', {})", ("string", "string")), ("string({})", ("any",)),
        ("{}.join({})", ("list", "string")), ("{}[{}]", ("string", "int")),
        ("{}[{}:{}]", ("string", "int", "int")), ("{}.toHexString()", ("bytes",)),
        ("{}.toBase64()", ("bytes",)), ("{}.split(' ')[{}]", ("string", "int")),
        ("{}.get('d', {})", ("map", "string")), ("{}[{}]", ("path", "int")), ("id", ()),
        ("request.auth.uid", ()), ("({} ? {} : {})", ("bool", "string", "string")),
        ("resource.id", ()),
    ),
    "list": (
        ("{}.concat({})", ("list", "list")), ("{}.removeAll({})", ("list", "list")),
        ("{}.keys()", ("map",)), ("{}.values()", ("map",)), ("{}.split('[ .]')", ("string",)),
        ("[{}, {}]", ("any", "any")), ("{}[{}:{}]", ("list", "int", "int")),
        ("{}.split({})", ("string", "string")),
    ),
    "map": (
        ("{{'a': {}}}", ("any",)), ("{{'a': {}, 'd': {}}}", ("any", "any")),
        ("{}.get('b', {})", ("map", "map")), ("resource.data", ()),
        ("get(/databases/$(database)/documents/other/one).data", ()),
    ),
    "set": (
        ("{}.toSet()", ("list",)), ("{}.union({})", ("set", "set")),
        ("{}.intersection({})", ("set", "set")), ("{}.difference({})", ("set", "set")),
        ("{}.affectedKeys()", ("diff",)), ("{}.addedKeys()", ("diff",)),
        ("{}.removedKeys()", ("diff",)), ("{}.changedKeys()", ("diff",)),
        ("{}.unchangedKeys()", ("diff",)),
    ),
    "timestamp": (
        ("({} + {})", ("timestamp", "duration")), ("({} - {})", ("timestamp", "duration")),
        ("{}.date()", ("timestamp",)), ("timestamp.value({})", ("int",)),
        ("timestamp.date({}, {}, {})", ("int", "int", "int")),
    ),
    "duration": (
        ("({} - {})", ("timestamp", "timestamp")), ("({} + {})", ("duration", "duration")),
        ("duration.value({}, 's')", ("int",)), ("duration.abs({})", ("duration",)),
        ("{}.time()", ("timestamp",)), ("duration.time({}, {}, {}, {})", ("int",) * 4),
    ),
    "bytes": (
        ("{}.toUtf8()", ("string",)), ("hashing.md5({})", ("string",)),
        ("hashing.sha256({})", ("bytes",)), ("hashing.crc32({})", ("string",)),
        ("hashing.crc32c({})", ("string",)),
    ),
    "path": (("path({})", ("string",)), ("/a/$({})", ("string",))),
    "latlng": (("latlng.value({}, {})", ("number", "number")),),
    "diff": (("{}.diff({})", ("map", "map")),),
    "null": (),
}  # fmt: skip
_TYPES = (
    "bool bytes duration float int latlng list map map_diff number path set string timestamp"
).split()
KINDS = (*"int float string list map set timestamp duration bytes path latlng".split(),)
_STRAY = 0.06  # how often another type stands where one is wanted
_LEAF, _GONE, _FIELD = 0.2, 0.02, 0.5  # how often a leaf, a missing field, a field
_ORDERED, _LIMITED = 0.2, 0.6  # how many queries


@dataclass(frozen=True, slots=True)
class Node:
    """A form with what fills it, and its type."""

    form: str
    parts: tuple["Node", ...] = ()
    kind: str = ""

    def __str__(self) -> str:
        return self.form.format(*map(str, self.parts)) if self.parts else self.form

    def smaller(self) -> Iterator["Node"]:
        """Conditions with less in them: a part that is one itself, or any part made smaller."""
        for each in self.parts:
            if each.kind == self.kind:
                yield each
        for place, each in enumerate(self.parts):
            plain = _LITERALS.get(each.kind, ("null",))[:3]
            made = [*each.smaller(), *(Node(text, (), each.kind) for text in plain), *each.parts]
            for other in made:
                yield Node(
                    self.form, (*self.parts[:place], other, *self.parts[place + 1 :]), self.kind
                )
        if self.kind == "bool":
            for each in self.inside():
                if each.kind == "bool":
                    yield each

    def inside(self) -> Iterator["Node"]:
        """All the parts, and theirs."""
        for each in self.parts:
            yield each
            yield from each.inside()


class Terms:
    """Makes terms of a type at random."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311

    def kind(self) -> str:
        """A type."""
        return self.dice.choice(KINDS)

    def term(self, kind: str, depth: int) -> Node:
        """A term of a type; of any, sometimes of another, sometimes a field that is not there."""
        dice = self.dice
        if kind == "number":
            kind = dice.choice(("int", "float"))
        if kind == "any" or dice.random() < _STRAY:
            kind = dice.choice((*KINDS, "bool", "null"))
        forms = _FORMS[kind]
        if not depth or not forms or dice.random() < _LEAF:
            return Node(self._leaf(kind), (), kind)
        form, wanted = dice.choice(forms)
        form = form.replace("{{T}}", dice.choice(_TYPES))
        if not wanted:
            return Node(form.replace("{{", "{").replace("}}", "}"), (), kind)
        return Node(form, tuple(self.term(each, depth - 1) for each in wanted), kind)

    def _leaf(self, kind: str) -> str:
        dice = self.dice
        if dice.random() < _GONE:
            return "resource.data.gone"
        fields = _FIELDS.get(kind, ())
        if fields and dice.random() < _FIELD:
            return f"resource.data.{dice.choice(fields)}"
        return dice.choice(_LITERALS[kind])


def literal(value: Any) -> str | None:
    """A value as it is written in rules; None if it cannot be."""
    form = _WRITTEN.get(type(value))
    return form(value) if form else None


def _float(value: float) -> str | None:
    return repr(value) if math.isfinite(value) and "e" not in repr(value) else None


def _text(value: str) -> str | None:
    plain = value.isascii() and value.isprintable() and not {*"'\\"} & {*value}
    return f"'{value}'" if plain else None


def _moment(value: Timestamp) -> str | None:
    whole, rest = divmod(value.nanoseconds, 10**6)
    return None if rest else f"timestamp.value({whole})"


def _list(value: Iterable[Any]) -> str | None:
    inner = [literal(item) for item in value]
    return None if None in inner else f"[{', '.join(map(str, inner))}]"


def _set(value: RulesSet) -> str | None:
    inner = _list(value.by_key.values())
    return None if inner is None else f"{inner}.toSet()"


def _map(value: dict[str, Any]) -> str | None:
    parts = {name: literal(item) for name, item in value.items()}
    entries = ", ".join(f"'{name}': {text}" for name, text in parts.items())
    return None if None in parts.values() else f"{{{entries}}}"


_WRITTEN: dict[type, Callable[[Any], str | None]] = {
    type(None): lambda _value: "null",
    bool: lambda value: str(value).lower(),
    int: str,
    float: _float,
    str: _text,
    bytes: lambda value: "b'" + "".join(f"\\x{byte:02x}" for byte in value) + "'",
    Timestamp: _moment,
    Duration: lambda value: f"duration.value({value.nanoseconds}, 'ns')",
    LatLng: lambda at: f"latlng.value({at.latitude!r}, {at.longitude!r})",
    Path: lambda value: f"path('{value}')" if value.segments else None,
    list: _list,
    RulesSet: _set,
    dict: _map,
}

_VALUES: tuple[Any, ...] = (1, 2, 3, "alice", "bob", "open", True, False, None)
_SIGNS = ("==", "==", "==", "!=", "<", "<=", ">", ">=", "in", "not-in", "array-contains",
          "array-contains-any")  # fmt: skip


class Queries:
    """Makes conditions of lists, and queries."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311

    def condition(self) -> str:
        """One to three conditions on the document's data and the query's limit."""
        parts = [self._atom() for _ in range(self.dice.randint(1, 3))]
        joined = parts[0]
        for each in parts[1:]:
            joined = f"({joined} {self.dice.choice(('&&', '&&', '||'))} {each})"
        return joined

    def _atom(self) -> str:
        dice = self.dice
        field = f"resource.data.{dice.choice('abc')}"
        value = literal(dice.choice(_VALUES))
        return dice.choice((
            f"{field} == {value}", f"{field} == {value}", f"{field} == request.auth.uid",
            f"{field} != {value}",
            f"{field} {dice.choice(('<', '<=', '>', '>='))} {dice.randint(0, 4)}",
            f"{field} in [{value}, 1, 'open']", f"{value} in {field}",
            f"request.auth.uid in {field}",
            f"request.query.limit <= {dice.randint(1, 20)}", f"!({field} == {value})",
            f"{field} is {dice.choice(('string', 'int', 'number', 'list', 'bool'))}",
            f"'{dice.choice('abc')}' in resource.data",
            f"!('{dice.choice('abc')}' in resource.data)",
            f"resource.data.get('{dice.choice('abc')}', {value}) == {value}",
            f"{field}.hasAny([{value}, 'bob'])", f"{field}.size() > {dice.randint(0, 2)}",
            f"resource.data.keys().hasAll(['{dice.choice('abc')}'])", "request.auth != null",
            f"{field}.x == {value}", "id == 'alice'", "resource != null",
            "resource.data.b == resource.data.a",
        ))  # fmt: skip

    def query(self) -> Query:
        """A query with none to three constraints."""
        dice = self.dice
        where = tuple(self._constraint() for _ in range(dice.randint(0, 3)))
        order = (
            ((dice.choice("abc"), dice.choice(("asc", "desc"))),)
            if dice.random() < _ORDERED
            else ()
        )
        limit = dice.choice((1, 5, 10, 20)) if dice.random() < _LIMITED else None
        return Query(where=where, order_by=order, limit=limit)

    def _constraint(self) -> tuple[str, str, Any]:
        dice = self.dice
        field, sign = dice.choice(("a", "b", "c", "a.x")), dice.choice(_SIGNS)
        if sign in {"in", "not-in", "array-contains-any"}:
            return field, sign, [value for value in dice.sample(_VALUES, 2) if value is not None]
        if sign in {"<", "<=", ">", ">="}:
            return field, sign, dice.choice((1, 2, 3, "open"))
        return field, sign, dice.choice(_VALUES)
