"""A list that is allowed returns no document that a read of it alone would be denied.

Rules and queries are made up; every document that a small pool of values makes, and that the query
returns by the vendor's description of queries, is read by itself under the same condition.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from blueproof.engines.firebase_rules import Query, Request, Rules, decide, read_rules
from blueproof.engines.firebase_rules.values import Timestamp

Document = dict[str, Any]
Constraint = tuple[str, str, Any]
Where = list[Constraint]

MISSING = object()
POOL: tuple[Any, ...] = (
    MISSING, None, False, True, 0, 1, 1.0, 2, 2.5, -1, "", "a", "a\nb", "alice", [], ["alice"],
    ["b", "alice"], [1], {}, {"k": 1}, {"k": 1.0, "alice": "owner"},
)  # fmt: skip
CONSTANTS = ("null", "true", "false", "0", "1", "2.5", "'a'", "'alice'", "['alice']", "{'k': 1}")
KINDS = ("int", "float", "number", "string", "list", "map")
SIGNS = ("==", "!=", "<", "<=", ">", ">=")
PLAIN = (0, 1, 2.5, "a", "alice", True)
RULES = """rules_version = '2';
service cloud.firestore {{ match /databases/{{database}}/documents {{
  function mine(of) {{ let owner = of.x; let other = of.y; return owner == request.auth.uid; }}
  function first(v) {{ let one = v[0]; return v.size() == 0 || one == 'alice'; }}
  match /c/{{doc}} {{ allow get, list: if {condition}; }}
}} }}"""

_field = some.sampled_from(
    ["resource.data.x", "resource.data.y", "resource.data['x']", "resource.data.x.k"]
)
_constant = some.sampled_from(CONSTANTS)
_name = some.sampled_from(["x", "y"])


def said(pattern: str, *parts: some.SearchStrategy[str]) -> some.SearchStrategy[str]:
    """A condition of this form."""
    return some.tuples(*parts).map(lambda made: pattern.format(*made))


_atom = some.one_of(
    said("{} {} {}", _field, some.sampled_from(SIGNS), _constant),
    said("{} == {}", _field, _field),
    said("{} in {}", _constant, _field),
    said("{} in [{}, {}]", _field, _constant, _constant),
    said("'{}' in resource.data", _name),
    said("resource.data.get('{}', {}) == {}", _name, _constant, _constant),
    said("resource.data.get(['{}', 'k'], {}) != {}", _name, _constant, _constant),
    said("{} is {}", _field, some.sampled_from(KINDS)),
    said("{}.size() {} 1", _field, some.sampled_from(SIGNS)),
    said("{}.{}([{}])", _field, some.sampled_from(["hasAny", "hasAll", "hasOnly"]), _constant),
    said("{}[0] == {}", _field, _constant),
    said("resource.data.keys().{}(['x'])", some.sampled_from(["hasAny", "hasAll", "hasOnly"])),
    said("resource.data.size() {} 1", some.sampled_from(SIGNS)),
    said("resource.data == {{'x': {}}}", _constant),
    said("resource.data.diff({{'x': 1}}).affectedKeys().hasOnly(['{}'])", _name),
    said("request.auth.uid {} {}", some.sampled_from(["==", "!=", "in"]), _field),
    said("{}.matches('a.*')", _field),
    said("string({}) == '1'", _field),
    said("{} / 2 == 0", _field),
    said("{} + 1 > 1", _field),
    said("first({})", _field),
    some.sampled_from(
        ["request.auth != null", "mine(resource.data)", "doc == 'd1'", "resource.id == 'd1'",
         "exists(/databases/$(database)/documents/c/$(resource.data.x))", "true", "false"]
    ),
)  # fmt: skip
CONDITIONS = some.recursive(
    _atom,
    lambda inner: some.one_of(
        said("({} && {})", inner, inner),
        said("({} || {})", inner, inner),
        said("!({})", inner),
        said("({} ? {} : {})", inner, inner, inner),
    ),
    max_leaves=5,
)
_plain = some.sampled_from(PLAIN)
_values = some.lists(_plain, min_size=1, max_size=2)
_equal = some.sampled_from([*PLAIN, 2, "", None, ["alice"], [], {"k": 1}])


def constrained(name: some.SearchStrategy[str]) -> some.SearchStrategy[Constraint]:
    """A constraint on this field."""
    return some.one_of(
        some.tuples(name, some.just("=="), _equal),
        some.tuples(name, some.sampled_from(["!=", "array-contains"]), _plain),
        some.tuples(name, some.sampled_from(SIGNS[2:]), some.sampled_from([0, 1, "a"])),
        some.tuples(name, some.sampled_from(["in", "not-in", "array-contains-any"]), _values),
    )


_inside = some.tuples(some.just("x.k"), some.sampled_from(["==", "!=", ">="]), some.just(1))
WHERES = some.one_of(
    some.lists(some.one_of(constrained(_name), _inside), max_size=3),
    some.tuples(constrained(some.just("x")), constrained(some.just("y"))).map(list),
)
NOBODY = Request(method="get", path="c/d1", now=Timestamp(0))


def equal(one: Any, other: Any) -> bool:
    """Equal to a query: numbers by their value whatever their type, all else by type as well."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(one[name], other[name]) for name in one)
    return bool(one == other)


def ordered(one: Any, sign: str, other: Any) -> bool:
    """Whether a range holds: only within numbers and within strings."""
    kinds: tuple[Any, ...] = ((int, float), str)
    if isinstance(one, bool) or not any(isinstance(one, k) and isinstance(other, k) for k in kinds):
        return False
    holds = {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}
    return bool(holds[sign])


def meets(document: Document, constraint: Constraint) -> bool:
    """Whether a query with this constraint returns the document."""
    path, sign, wanted = constraint
    value: Any = document
    for part in path.split("."):
        value = value.get(part, MISSING) if isinstance(value, dict) else MISSING
    if sign == "==":
        return equal(value, wanted)
    if sign == "in":
        return any(equal(value, each) for each in wanted)
    if sign.startswith("array-contains"):
        sought = wanted if sign.endswith("any") else [wanted]
        return isinstance(value, list) and any(equal(i, each) for i in value for each in sought)
    if sign in {"!=", "not-in"}:
        unwanted = wanted if sign == "not-in" else [wanted]
        return value not in (MISSING, None) and not any(equal(value, each) for each in unwanted)
    return ordered(value, sign, wanted)


def results(where: Where, either: Where) -> Iterator[Document]:
    """Every document of the pool that the query returns; without `either` there is no OR."""
    for values in product(POOL, POOL):
        pairs = zip(("x", "y"), values, strict=True)
        document: Document = {name: value for name, value in pairs if value is not MISSING}
        one = not either or any(meets(document, constraint) for constraint in either)
        if one and all(meets(document, constraint) for constraint in where):
            yield document


def denied(rules: Rules, asked: Request, where: Where, either: Where) -> Document | None:
    """A result of the query that a read of it alone is not granted."""
    for name, document in product(("d1", "d2"), results(where, either)):
        one = replace(asked, method="get", path=f"c/{name}", query=Query())
        if decide(rules, one, {f"c/{name}": document}).allowed is not True:
            return document
    return None


@settings(max_examples=250)
@given(
    condition=CONDITIONS, where=WHERES, uid=some.sampled_from([None, "alice"]),
    either=some.just([]) | some.lists(constrained(_name), min_size=2, max_size=3),
)  # fmt: skip
def test_what_is_allowed_returns_nothing_that_is_denied(
    condition: str, where: Where, either: Where, uid: str | None
) -> None:
    rules = read_rules(RULES.format(condition=condition))
    asked = replace(NOBODY, method="list", path="c", uid=uid, query=Query())
    any_of = (tuple(either),) if either else ()
    asked = replace(asked, query=Query(where=tuple(where), any_of=any_of))
    if decide(rules, asked, {}).allowed:
        assert denied(rules, asked, where, either) is None
