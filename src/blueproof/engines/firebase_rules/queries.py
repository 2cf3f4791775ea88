"""What a query's constraints say of every document that it could return.

https://firebase.google.com/docs/firestore/query-data/queries: a comparison returns documents that
have the field, with a value of the same type; != and not-in leave out null as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from blueproof.core.errors import InputError
from blueproof.engines.firebase_rules.errors import FaultError
from blueproof.engines.firebase_rules.operators import OPERATORS
from blueproof.engines.firebase_rules.requests import Query
from blueproof.engines.firebase_rules.runs import Data
from blueproof.engines.firebase_rules.values import Duration, Path, Timestamp, equal, holds, key

NAME = "__name__"
RANGES = frozenset({"<", "<=", ">", ">="})
_SPLIT = {"in": "==", "array-contains-any": "array-contains"}
_MOST_CASES = 200  # alternatives of in and array-contains-any together
Constraint = tuple[tuple[str, ...], str, Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """What holds for every document of one alternative: constraints, and fields that exist."""

    constraints: tuple[Constraint, ...]
    ordered: tuple[tuple[str, ...], ...]

    def of(self, path: tuple[str, ...]) -> tuple[tuple[str, Any], ...]:
        """The operators and values that constrain one field."""
        return tuple((sign, value) for at, sign, value in self.constraints if at == path)

    def exists(self, path: tuple[str, ...]) -> bool:
        """Whether every document has the field: it is compared or ordered by, or one inside is."""
        known = (*(at for at, _, _ in self.constraints), *self.ordered)
        return any(at[: len(path)] == path for at in known)

    def compares(self, path: tuple[str, ...]) -> bool:
        """Whether the query compares the field or one inside, not only orders by it."""
        return any(at[: len(path)] == path for at, _, _ in self.constraints)

    def pinned(self) -> str | None:
        """The id of the document, if the query asks for one by its name."""
        names = [value for sign, value in self.of((NAME,)) if sign == "=="]
        return names[0] if names else None


def alternatives(query: Query) -> tuple[Facts, ...]:
    """The query as alternatives without OR, in and array-contains-any; each result is in one.

    Raises InputError for a field path that is not evaluated.
    """
    ordered = tuple(_path(name) for name in _ordering(query))
    choices = [_choices(constraint) for constraint in query.where]
    choices += [[one for each in either for one in _choices(each)] for either in query.any_of]
    found = tuple(islice(product(*choices), _MOST_CASES + 1))
    if len(found) > _MOST_CASES:
        raise InputError(f"a query of more than {_MOST_CASES} alternatives is not evaluated")
    return tuple(Facts(constraints, ordered) for constraints in found)


def _ordering(query: Query) -> Iterator[str]:
    """The fields that results are ordered by, which they all have.

    The vendor's clients also order by what an inequality compares, be it in an OR or not.
    """
    yield from (name for name, _ in query.order_by)
    for either in query.any_of:
        yield from (name for name, sign, _ in either if sign in {*RANGES, "!=", "not-in"})


def _choices(constraint: tuple[str, str, Any]) -> list[Constraint]:
    name, sign, value = constraint
    path = _path(name)
    if sign in {"in", "not-in", "array-contains-any"} and not isinstance(value, list):
        raise InputError(f"{sign} compares with a list")
    if path == (NAME,):
        value = [_id(each) for each in value] if isinstance(value, list) else _id(value)
    if sign in _SPLIT:
        return [(path, _SPLIT[sign], each) for each in value]
    return [(path, sign, value)]


def _path(name: str) -> tuple[str, ...]:
    if "`" in name:
        raise InputError(f"the field path {name} is not evaluated: it is in back quotes")
    return (NAME,) if name in {NAME, "documentId()"} else tuple(name.split("."))


def _id(value: Any) -> str:
    """The id that a document's name ends with."""
    segments = value.segments if isinstance(value, Path) else tuple(str(value).split("/"))
    return str(segments[-1])


def satisfies(data: Data, name: str, facts: Facts) -> bool:
    """Whether the query could return a document with this data and id."""
    found = {NAME: name, **data}
    return all(
        _holds(_value(found, path), sign, value) for path, sign, value in facts.constraints
    ) and all(_value(found, path) is not _ABSENT for path in facts.ordered)


class _Absent:
    """Stands for a field that is not there."""


_ABSENT = _Absent()


def _value(data: Data, path: tuple[str, ...]) -> Any:
    found: Any = data
    for name in path:
        if not isinstance(found, dict) or name not in found:
            return _ABSENT
        found = found[name]
    return found


def _holds(found: Any, sign: str, value: Any) -> bool:
    if found is _ABSENT:
        return False
    if sign == "array-contains":
        return isinstance(found, list) and holds(found, value)
    if sign == "not-in":
        return found is not None and not holds(value, found)
    if sign == "!=":
        return found is not None and key(found) != key(value)
    if sign == "==":
        return key(found) == key(value)
    return ordered(found, sign, value) is True


def ordered(left: Any, sign: str, right: Any) -> bool | None:
    """What a comparison gives; None if the two have no order."""
    try:
        return bool(OPERATORS[sign](left, right))
    except FaultError:
        return None


def examples(facts: Facts) -> Iterator[dict[str, Any]]:
    """Documents that the query could return, with no field more than it asks for."""
    paths = dict.fromkeys(
        (*(at for at, _, _ in facts.constraints if at != (NAME,)),
         *(at for at in facts.ordered if at != (NAME,)))
    )  # fmt: skip
    choices = [[(path, value) for value in _candidates(facts.of(path))] for path in paths]
    for chosen in islice(product(*choices), _MOST_CASES):
        data: dict[str, Any] = {}
        for path, value in chosen:
            _put(data, path, value)
        if satisfies(data, facts.pinned() or "x", facts):
            yield data


def _put(data: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    inner = data
    for name in path[:-1]:
        inner = inner.setdefault(name, {})
        if not isinstance(inner, dict):
            return
    inner[path[-1]] = value


def _candidates(constraints: tuple[tuple[str, Any], ...]) -> list[Any]:
    """Values that may satisfy the constraints of one field; some may not."""
    if not constraints:
        return ["another value", 0]
    found = list[Any]()
    for sign, value in constraints:
        if sign == "array-contains":
            every = [other for also, other in constraints if also == sign]
            found += [every, [*every, "another value"]]
        elif sign in {"!=", "not-in"}:
            found += ["another value", 7_919, True]
        elif sign == "==":
            found += [value]
        else:
            found += near(value)
    return found


def near(value: Any) -> list[Any]:
    """A bound, and values just beyond it on both sides."""
    if isinstance(value, bool) or value is None:
        return [value]
    if isinstance(value, int | float):
        return [value, value + 1, value - 1]
    if isinstance(value, str):
        return [value, f"{value}a", value[:-1]]
    if isinstance(value, Timestamp | Duration):
        kind = type(value)
        return [value, kind(value.nanoseconds + 1), kind(value.nanoseconds - 1)]
    return [value]


def compared(facts: tuple[tuple[str, Any], ...], sign: str, value: Any) -> bool | None:
    """Whether every value that the facts leave compares so with a value; None if not known."""
    known = [_implied(fact, bound, sign, value) for fact, bound in facts]
    if (
        len(facts) > 1
        and sign == "!="
        and all(type(bound) is not type(value) for _, bound in facts)
    ):
        return None
    if True in known:
        return True
    return False if False in known else None


def _implied(fact: str, bound: Any, sign: str, value: Any) -> bool | None:
    """What `x fact bound` says about `x sign value`.

    Only what Google's emulator concludes too: from a range or an exclusion never that something is
    false, and from a range of whole numbers nothing about floats.
    """
    if fact == "==":
        if sign in RANGES:
            return ordered(bound, sign, value)
        return equal(bound, value) is (sign == "==")
    if fact in {"!=", "not-in"}:
        excluded = holds(bound if fact == "not-in" else [bound], value)
        return True if sign == "!=" and excluded else None
    comparable = fact in RANGES and type(bound) is type(value)
    return True if comparable and _follows(fact, bound, sign, value) else None


def _follows(fact: str, bound: Any, sign: str, value: Any) -> bool:
    """Whether `x fact bound` makes `x sign value` true, both being of one ordered type."""
    way = fact[0]
    if sign == "!=":
        beyond = ordered(bound, f"{way}=", value) if fact == way else ordered(bound, way, value)
        return beyond is True
    if sign not in RANGES or sign[0] != way:
        return False
    strict_needed = sign == way and fact != way
    return ordered(bound, way if strict_needed else f"{way}=", value) is True
