"""Values for a query's parameters, drawn from rows that are there.

Parameters that are compared with columns of one table take them from one and the same row, so that
tenant and document belong together; a bound takes the value below which most rows lie, since a
query for "the last days" is far more common than one for everything.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from blueproof.engines.postgres.putting import literal
from blueproof.engines.postgres.session import Session
from blueproof.sql.names import quote
from blueproof.sql.ran import Ran, read_ran

_NAME = r'"(?:[^"]|"")+"|\w+'
_CAST = r'(?:::[\w ".]+(?:\([\d,]+\))?(?:\[\])?)?'
_KEYS = r"(?:\)* (?:->>?|#>>) '[^']*'(?:::text(?:\[\])?)?)*"  # of a column that holds JSON
_COLUMN = rf"(?P<alias>{_NAME})\.(?P<column>(?:{_NAME}){_KEYS})\)*{_CAST}\)*"
_HOLE = r"(?:'[^']*'(?:::\w+)? \|\| |\w+\(|\()*\$(?P<number>\d+)\b"
_SIGN = r"(?P<sign>>=|<=|<>|!=|=|>|<|@>|&&|~~\*|~~)"
_HELD = re.compile(rf"{_COLUMN} {_SIGN} (?P<any>ANY )?{_HOLE}")
_LISTED = re.compile(rf"{_COLUMN} = ANY \(*ARRAY\[(?P<numbers>[^\]]*)\]")
_TURNED = re.compile(rf"\$(?P<number>\d+)\)*{_CAST}\)* {_SIGN} \(*{_COLUMN}")
# ROW(t.created_at, t.id) < ROW($1, $2), as pages by the last row seen have it.
_ROWS = re.compile(r"ROW\((?P<columns>[^()]*)\) (?P<sign>>=|<=|>|<) ROW\((?P<numbers>[^()]*)\)")
_PAIR = re.compile(_COLUMN)
_PARAMETER = re.compile(r"\$(\d+)")
_MIRRORED = {">": "<", "<": ">", ">=": "<=", "<=": ">="}
_DEEP = 5_000  # rows passed over before the one that values are drawn from
_SEVERAL = 3  # values of a list
_WORD = re.compile(r"\w{3,}")
_HIGH, _MIDDLE = 0.9, 0.5


class UnsuppliedError(Exception):
    """Why no value is known for a parameter."""


@dataclass(frozen=True, kw_only=True)
class _Hole:
    """A parameter, the column that it is compared with, and how."""

    number: int
    relation: tuple[str, str]  # schema and name
    column: str  # as SQL writes it
    sign: str
    several: bool = False
    joined: bool = False  # within a text: '%' || $1


def drawn(session: Session, name: str, count: int) -> tuple[str, ...]:
    """A value as text for each parameter of the prepared statement of this name.

    Raises UnsuppliedError where nothing tells what one of them stands for.
    """
    if not count:
        return ()
    holes = {hole.number: hole for hole in _holes(_shape(session, name, count))}
    missing = next((n for n in range(1, count + 1) if n not in holes), None)
    if missing is not None:
        raise UnsuppliedError(f"nothing tells which values ${missing} takes")
    values: dict[int, str] = {}
    for relation in dict.fromkeys(hole.relation for hole in holes.values()):
        there = [hole for hole in holes.values() if hole.relation == relation]
        values |= _of_rows(session, relation, there)
    return tuple(values[n] for n in range(1, count + 1))


def _shape(session: Session, name: str, count: int) -> Ran:
    """The plan with its parameters left as they are."""
    nulls = ", ".join(["NULL"] * count)
    session.run("SET LOCAL plan_cache_mode = force_generic_plan")
    try:
        found = session.run(f"EXPLAIN (VERBOSE, FORMAT JSON) EXECUTE {name}({nulls})")
    finally:
        session.run("SET LOCAL plan_cache_mode = force_custom_plan")
    raw: Any = found[0][0]
    return read_ran(raw[0]["Plan"])


def _holes(plan: Ran) -> Iterator[_Hole]:
    """What the conditions say of each parameter; an equality says most and comes last."""
    relations = {node.alias: (node.schema, node.relation) for node in plan.walk() if node.relation}
    found = [h for n in plan.walk() for c in n.conditions for h in _in_condition(c, relations)]
    yield from sorted(found, key=lambda hole: hole.sign == "=")


def _in_condition(condition: str, relations: Mapping[str, tuple[str, str]]) -> Iterator[_Hole]:
    for pattern in (_TURNED, _HELD):
        for match in pattern.finditer(condition):
            relation = relations.get(match["alias"].strip('"'))
            if relation is None:
                continue
            sign = match["sign"]
            yield _Hole(
                number=int(match["number"]),
                relation=relation,
                column=_bare(match["column"]),
                sign=_MIRRORED.get(sign, sign) if pattern is _TURNED else sign,
                several="any" in match.groupdict() and bool(match["any"]),
                joined="||" in match[0],
            )
    yield from _in_lists(condition, relations)
    yield from _in_rows(condition, relations)  # last: the row's end looks like one column's too


def _in_lists(condition: str, relations: Mapping[str, tuple[str, str]]) -> Iterator[_Hole]:
    """The parameters of a list that a column is to be in: each may be what a row has."""
    for match in _LISTED.finditer(condition):
        relation = relations.get(match["alias"].strip('"'))
        column = _bare(match["column"])
        for number in _PARAMETER.findall(match["numbers"]):
            if relation is not None:
                yield _Hole(number=int(number), relation=relation, column=column, sign="=")


def _bare(column: str) -> str:
    """A column with its keys of JSON without the brackets that close before each."""
    return re.sub(r"\)+(?= [-#]>)", "", column)


def _in_rows(condition: str, relations: Mapping[str, tuple[str, str]]) -> Iterator[_Hole]:
    """The parameters of two rows that are compared, each with the column in its place."""
    for match in _ROWS.finditer(condition):
        pairs = zip(match["columns"].split(", "), match["numbers"].split(", "), strict=False)
        for left, right in pairs:
            column, number = _PAIR.fullmatch(left), _PARAMETER.match(right)
            relation = relations.get(column["alias"].strip('"')) if column else None
            if column and number and relation:
                yield _Hole(
                    number=int(number[1]), relation=relation, column=column["column"],
                    sign=match["sign"],
                )  # fmt: skip


def _of_rows(session: Session, relation: tuple[str, str], holes: list[_Hole]) -> dict[int, str]:
    """The values that rows of one table give; UnsuppliedError where it has no row that could."""
    columns = list(dict.fromkeys(hole.column for hole in holes))
    texts = ", ".join(f"{column}::text" for column in columns)
    there = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    table = ".".join(map(quote, relation))
    taken = f"SELECT {texts} FROM {table} WHERE {there}"
    rows = session.run(f"{taken} LIMIT {_SEVERAL} OFFSET {_DEEP}") or session.run(
        f"{taken} LIMIT {_SEVERAL}"
    )
    if not rows:
        raise UnsuppliedError(f"{table} has no row to take values from")
    first = dict(zip(columns, rows[0], strict=True))
    values = {}
    for hole in holes:
        several = [row[columns.index(hole.column)] for row in rows]
        bound = _bound(session, hole, _share(hole, holes)) if _share(hole, holes) else None
        values[hole.number] = _value(hole, bound or first[hole.column], several)
    return values


def _value(hole: _Hole, text: str, several: list[str]) -> str:
    if hole.several:
        escaped = (t.replace("\\", "\\\\").replace('"', '\\"') for t in dict.fromkeys(several))
        return "{" + ",".join(f'"{t}"' for t in escaped) + "}"
    if hole.sign in {"~~", "~~*"}:
        word = _WORD.search(text)
        part = word[0][:6] if word else text[:3]
        return part if hole.joined else f"%{part}%" if hole.sign == "~~*" else f"{part}%"
    return text


def _share(hole: _Hole, others: list[_Hole]) -> float:
    """The share of rows below the bound that the parameter is; 0 where it is none.

    With a lower bound beside it the upper one is the end, alone the middle.
    """
    if hole.sign not in _MIRRORED:
        return 0.0
    if hole.sign.startswith(">"):
        return _HIGH
    span = any(o.sign.startswith(">") and o.column == hole.column for o in others)
    return 1.0 if span else _MIDDLE


def _bound(session: Session, hole: _Hole, share: float) -> str | None:
    """The value below which that share of the rows lies, if a histogram tells it."""
    schema, table = hole.relation
    found = session.run(
        f"SELECT b[greatest(1, (cardinality(b) * {share})::int)] "
        "FROM (SELECT histogram_bounds::text::text[] AS b FROM pg_stats "
        f"WHERE schemaname = {literal(schema)} AND tablename = {literal(table)} "
        f"AND attname = {literal(_plain(hole.column))} AND NOT inherited) AS s"
    )
    return found[0][0] if found else None


def _plain(column: str) -> str:
    """The column's name without the quotes that SQL needs around it."""
    return column[1:-1].replace('""', '"') if column.startswith('"') else column
