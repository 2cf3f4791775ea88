"""What queries tell of the columns of a table: what each is compared with, and how."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from blueproof.core.errors import SqlError
from blueproof.sql.guessing.documents import JSON, out_of_brackets, read_path
from blueproof.sql.guessing.ranges import day_beside, iso, of_range
from blueproof.sql.guessing.resolving import Known, Placed, identifier, placed, tables_of
from blueproof.sql.parameters import numbered

_COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ)
_BOUNDED = (exp.GT, exp.GTE, exp.LT, exp.LTE)
_TEXTS = (exp.Lower, exp.Upper, exp.Trim, exp.DPipe, exp.Concat, exp.Length, exp.Initcap)
_TIMES = (exp.TimestampTrunc, exp.DateTrunc, exp.Extract, exp.Date, exp.TsOrDsToDate)
_CLOCKS = (exp.CurrentTimestamp, exp.CurrentDate, exp.CurrentTime, exp.CurrentDatetime)
_SUMS = (exp.Sum, exp.Avg, exp.Mul, exp.Div, exp.Mod)
_TIME_CALLS = frozenset({"age", "date", "to_char", "date_part", "date_bin", "time_bucket"})
_SEARCH_CALLS = frozenset({"to_tsvector", "similarity", "word_similarity", "unaccent"})
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?P<time>[ T]\d{1,2}:\d{2}.*)?")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_PREFIX = re.compile(r"[^%_]+%")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(kw_only=True)
class Seen:
    """One column as the queries use it.

    `signs` are kinds that its uses speak for: text, like, number, fraction, time, date, flag,
    json, list, search, uuid, uuid in text, transaction, local time, sorted.
    `literals` are constants that it is held against, `keys` those in its
    JSON with the constants they are held against, `casts` what these are cast to, `equals` the
    columns of other tables; `exact` are numbers that it is equal to; `array` is the type of the
    array that it is held against; `below` and `above` are the values, as they are written, that it
    is to be at most and at least; `held` is whether it is to be equal to a value, or to one of
    several; `parts` are texts that it is to hold, `begins` those that it is to begin with.
    """

    name: str
    signs: set[str] = field(default_factory=set)
    literals: list[str] = field(default_factory=list)
    exact: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    begins: list[str] = field(default_factory=list)
    keys: dict[str, list[str]] = field(default_factory=dict)
    casts: dict[str, str] = field(default_factory=dict)
    equals: set[tuple[str, str]] = field(default_factory=set)
    array: str = ""
    below: set[str] = field(default_factory=set)
    above: set[str] = field(default_factory=set)
    compared: bool = False
    held: bool = False
    empty: bool = False


Columns = dict[str, dict[str, Seen]]  # by table, then by column


def read_trees(texts: tuple[str, ...]) -> tuple[exp.Expr, ...]:
    """The statements as trees; those that cannot be read are left out."""
    found = []
    for text in texts:
        try:
            tree = sqlglot.parse_one(numbered(text).text, read="postgres")
        except (ParseError, TokenError, SqlError):
            continue
        if tree is not None:
            found.append(tree)
    return tuple(found)


def read_seen(texts: tuple[str, ...], known: Known) -> Columns:
    """What the queries tell of each table that they read; `known` are tables with their columns."""
    found: Columns = {}
    for tree in read_trees(texts):
        for table in tables_of(tree):
            found.setdefault(table, {})
        everything = placed(tree, known)
        homes = {id(p.node): p for p in everything}
        for each in everything:
            columns = found.setdefault(each.table, {})
            seen = columns.setdefault(each.column, Seen(name=each.column))
            _note(seen, each, homes)
        _note_joined_by_name(tree, found)
        _note_united(tree, found, homes)
    return found


def _note_joined_by_name(tree: exp.Expr, found: Columns) -> None:
    """JOIN ... USING (order_id): a column of all tables that it joins."""
    for join in tree.find_all(exp.Join):
        for name in join.args.get("using") or ():
            if isinstance(name, exp.Identifier):
                for table in tables_of(tree):
                    found[table].setdefault(identifier(name), Seen(name=identifier(name)))


def _note_united(tree: exp.Expr, found: Columns, homes: dict[int, Placed]) -> None:
    """UNION and its kin: what stands at one place on both sides is of one type."""
    for union in tree.find_all(exp.SetOperation):
        left, right = _selected(union.this), _selected(union.expression)
        for one, other in zip(left, right, strict=False):
            for column, against in ((one, other), (other, one)):
                home = homes.get(id(column))
                if home is not None:
                    _told_by(found[home.table][home.column], against, homes)


def _selected(side: exp.Expr) -> list[exp.Expr]:
    """What one side of a UNION gives, in order, without its names."""
    select = side.find(exp.Select)
    if select is None:
        return []
    values = select.find(exp.Values) if select.is_star else None
    given = values.expressions[0].expressions if values is not None else select.expressions
    return [each.unalias() for each in given]


def _note(seen: Seen, at: Placed, homes: dict[int, Placed]) -> None:
    """Book what the place of a column in the tree says of it."""
    node, parent = out_of_brackets(at.node)
    if isinstance(parent, exp.Cast):
        seen.signs |= _of_cast(parent)
        node, parent = out_of_brackets(parent)
    elif isinstance(parent, _TEXTS):
        seen.signs.add("text")
        node, parent = out_of_brackets(parent)
    elif isinstance(parent, JSON) and parent.this is node:
        node, parent = _of_json(seen, parent)
        _compare_key(seen, node, parent)
        return
    if parent is None:
        return
    for kinds, book in _BOOKS:
        if isinstance(parent, kinds):
            book(seen, node, parent, homes)
            return


def _of_cast(cast: exp.Cast) -> set[str]:
    to = cast.to.sql("postgres").lower()
    if to.startswith(("date", "timestamp")):
        return {"time"}
    if to == "uuid":
        return {"uuid in text"}  # of a uuid it would not be cast
    return {"json"} if to.startswith("json") else set()


def _of_json(seen: Seen, node: exp.Expr) -> tuple[exp.Expr, exp.Expr | None]:
    """The outermost of a chain of -> and ->>, its keys booked."""
    seen.signs.add("json")
    path = read_path(node)
    if path.keys:
        name = ".".join(path.keys)
        seen.keys.setdefault(name, [])
        if path.cast:
            seen.casts[name] = path.cast
    return path.outer, path.parent


def _compare_key(seen: Seen, node: exp.Expr, parent: exp.Expr | None) -> None:
    """What a key of the JSON is held against."""
    if parent is None or not seen.keys:
        return
    last = next(reversed(seen.keys))
    values = [*parent.args.get("expressions", ()), parent.args.get("expression"), parent.this]
    seen.keys[last] += [str(v.this) for v in values if isinstance(v, exp.Literal) and v is not node]


def _compared_with(seen: Seen, node: exp.Expr, parent: exp.Expr, homes: dict[int, Placed]) -> None:
    other = parent.args.get("expression") if parent.this is node else parent.this
    if not isinstance(other, exp.Expr):
        return
    other = other.unnest()
    seen.compared = True
    seen.held |= isinstance(parent, exp.EQ) and not isinstance(other, exp.Column)
    if isinstance(parent, _BOUNDED) and isinstance(other, exp.Literal | exp.Parameter):
        least = isinstance(parent, exp.GT | exp.GTE) == (parent.this is node)
        (seen.above if least else seen.below).add(other.sql("postgres"))
    if isinstance(parent, exp.EQ) and isinstance(other, exp.Literal) and not other.is_string:
        seen.exact.append(str(other.this))
    _told_by(seen, other, homes)


def _told_by(seen: Seen, other: exp.Expr, homes: dict[int, Placed]) -> None:
    """Book what the other side of a comparison says."""
    if isinstance(other, exp.Column) and id(other) in homes:
        home = homes[id(other)]
        seen.equals.add((home.table, home.column))
    elif isinstance(other, exp.Column):
        _of_made(seen, other, homes)
    elif isinstance(other, exp.Neg) and isinstance(other.this, exp.Literal):
        seen.signs.add("number")
    elif isinstance(other, exp.Literal):
        _of_literal(seen, other)
    elif isinstance(other, exp.Boolean):
        seen.signs.add("flag")
    elif isinstance(other, exp.Cast):
        seen.signs |= _of_type(other.to.sql("postgres").lower())
        if isinstance(other.this, exp.Literal):
            seen.literals.append(str(other.this.this))
    elif next(other.find_all(*_CLOCKS, exp.Interval), None) is not None:
        seen.signs.add("date" if isinstance(other, exp.CurrentDate) else "time")


def _of_made(seen: Seen, other: exp.Column, homes: dict[int, Placed]) -> None:
    """Book what a column of a derived table or of WITH is made from, by its name."""
    for made in other.root().find_all(exp.CTE, exp.Subquery):
        alias = made.args.get("alias")
        names = [c.name for c in alias.args.get("columns") or ()] if alias is not None else []
        given = _selected(made)
        first = made.find(exp.Select)
        names = names or ([e.alias_or_name for e in first.expressions] if first else [])
        if other.name in names and names.index(other.name) < len(given):
            source = given[names.index(other.name)]
            if source is not other:
                _told_by(seen, source, homes)
            return


def _of_type(name: str) -> set[str]:
    for kind, begins in (
        ("date", ("date",)), ("time", ("timestamp",)), ("uuid", ("uuid",)), ("flag", ("bool",)),
        ("number", ("int", "bigint", "smallint")), ("json", ("json",)),
        ("fraction", ("numeric", "decimal", "double", "real", "float")),
        ("text", ("text", "varchar")),
    ):  # fmt: skip
        if name.startswith(begins):
            return {kind}
    return set()


def _of_literal(seen: Seen, literal: exp.Literal) -> None:
    text = iso(str(literal.this)) if literal.is_string else str(literal.this)
    seen.literals.append(text)
    if not literal.is_string:
        seen.signs.add("fraction" if "." in text else "number")
    elif dated := _DATE.fullmatch(text):
        seen.signs.add("time" if dated["time"] else "date")
    elif _UUID.fullmatch(text):
        seen.signs.add("uuid")
    elif _NUMBER.fullmatch(text) and seen.name.endswith("id"):
        seen.signs.add("number")
    else:
        seen.signs.add("text")


def _listed(seen: Seen, node: exp.Expr, parent: exp.Expr, homes: dict[int, Placed]) -> None:
    if parent.this is not node:
        return
    seen.compared = True
    seen.held |= bool(parent.expressions)
    for each in parent.expressions:
        _told_by(seen, each, homes)
    query = parent.args.get("query")
    for column in query.find_all(exp.Column) if query else ():
        if isinstance(column.parent, exp.Select):
            _told_by(seen, column, homes)


def _between(seen: Seen, node: exp.Expr, parent: exp.Expr, homes: dict[int, Placed]) -> None:
    if parent.this is node:
        for key in ("low", "high"):
            _told_by(seen, parent.args[key], homes)
        return
    end = seen.below if parent.args.get("low") is node else seen.above  # 5 BETWEEN low AND high
    end.add(parent.this.sql("postgres"))
    _told_by(seen, parent.this, homes)


def _patterned(seen: Seen, _node: exp.Expr, parent: exp.Expr, _homes: dict[int, Placed]) -> None:
    seen.signs |= {"text", "like"}
    pattern = parent.args.get("expression")
    for literal in pattern.find_all(exp.Literal) if pattern else ():
        regular = isinstance(parent, exp.RegexpLike | exp.RegexpILike)
        text = str(literal.this)
        part = _matching(text) if regular else text.strip("%_ ")
        begins = not regular and _PREFIX.fullmatch(text) and pattern is literal
        if not regular and text == part and pattern is literal and "_" not in text:
            seen.literals.append(text)  # without a wildcard it stands for =
        elif part:
            (seen.begins if begins else seen.parts).append(part)


def _matching(pattern: str) -> str:
    """A text that a plain regular expression matches; "" for one with groups, classes or bounds.

    >>> _matching("^red.*fox$"), _matching("a[bc]")
    ('red fox', '')
    """
    plain = re.sub(r"\.[*+]", " ", pattern.removeprefix("^").removesuffix("$"))
    return "" if re.search(r"[\\\[\](){}|*+?^$]", plain) else plain.strip()


def _contained(seen: Seen, node: exp.Expr, parent: exp.Expr, _homes: dict[int, Placed]) -> None:
    other = parent.args.get("expression") if parent.this is node else parent.this
    ranged = of_range(other) if isinstance(other, exp.Expr) else None
    if ranged is not None:
        seen.signs.add(ranged[0])
        seen.literals += ranged[1]
        return
    if isinstance(other, exp.Cast):
        told = other.to.sql("postgres").lower()
        seen.array = told if told.endswith("[]") else ""
        other = other.this
    elif isinstance(other, exp.Array) and other.find(exp.Literal):
        numbers = all(x.is_int for x in other.find_all(exp.Literal))
        seen.array = "integer[]" if numbers else ""
    if isinstance(other, exp.Literal) and str(other.this).lstrip().startswith('{"'):
        seen.signs.add("json")
        seen.literals.append(str(other.this))
    elif isinstance(other, exp.Array | exp.Literal):
        seen.signs.add("list")
        seen.literals += [str(x.this) for x in other.find_all(exp.Literal)]
    else:
        seen.signs.add("json or list")


def _any_of(seen: Seen, node: exp.Expr, parent: exp.Expr, homes: dict[int, Placed]) -> None:
    seen.signs.add("list")
    outer = parent.parent
    other = outer.this if outer is not None else None
    if isinstance(other, exp.Literal):
        seen.literals.append(str(other.this))
    del node, homes


def _signed(
    sign: str,
) -> Callable[[Seen, exp.Expr, exp.Expr, dict[int, Placed]], None]:
    def book(seen: Seen, node: exp.Expr, parent: exp.Expr, _homes: dict[int, Placed]) -> None:
        if sign == "time":  # date_trunc('day', at) = '2024-01-01'
            seen.literals += day_beside(*out_of_brackets(parent))
        other = parent.args.get("expression") if parent.this is node else parent.this
        timed = isinstance(other, exp.Interval | exp.Cast)
        seen.signs.add("time" if timed and sign == "fraction" else sign)

    return book


def _nothing(seen: Seen, _node: exp.Expr, parent: exp.Expr, _homes: dict[int, Placed]) -> None:
    if isinstance(parent.args.get("expression"), exp.Boolean):
        seen.signs.add("flag")
    else:
        seen.empty = True


def _called(seen: Seen, _node: exp.Expr, parent: exp.Expr, _homes: dict[int, Placed]) -> None:
    name = str(parent.this).lower()
    if name in _TIME_CALLS:
        seen.signs.add("time")
    elif name == "pg_visible_in_snapshot":
        seen.signs.add("transaction")
    elif name in _SEARCH_CALLS:
        seen.signs.add("text")
    elif name.startswith(("jsonb", "json")):
        seen.signs.add("json")


_BOOKS = (
    (_COMPARED, _compared_with),
    ((exp.In,), _listed),
    ((exp.Between,), _between),
    ((exp.Like, exp.ILike, exp.RegexpLike, exp.RegexpILike), _patterned),
    (
        (exp.ArrayContainsAll, exp.ArrayContainedBy, exp.ArrayOverlaps, exp.ArrayContains),
        _contained,
    ),
    ((exp.Any,), _any_of),
    ((exp.Unnest, exp.Explode, exp.ArraySize), _signed("list")),
    ((exp.MatchAgainst,), _signed("search")),
    ((exp.Is,), _nothing),
    ((*_TIMES, exp.TimeToStr, exp.ToChar), _signed("time")),
    ((*_SUMS, exp.Add, exp.Sub), _signed("fraction")),
    ((exp.Max, exp.Min, exp.Greatest, exp.Least), _signed("sorted")),
    ((exp.And, exp.Or, exp.Not, exp.Where), _signed("flag")),
    ((exp.Anonymous,), _called),
)
