"""Say "after this one in the order" so that an index can start there.

WHERE a > $1 OR (a = $1 AND b > $2) is read as two separate searches, or as none. (a, b) > ($1, $2)
says the same and is one place in an index on (a, b). Where the columns are sorted in opposite
ways, a <= $1 in front does for the first of them.
"""

from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.advisors.postgres.parts.turned import Turned, turn_conditions
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.filters import alternatives, compared
from blueproof.sql.scopes import Scopes, columns, conjuncts, disjuncts
from blueproof.sql.trees import brief

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/functions-comparisons.html",
    checked=date(2026, 11, 29),
    says="rows are compared from left to right and the first unequal pair decides; < <= > >= on "
    "rows follow the order of a B-tree",
)
_MOST = 4
_STEADY = (exp.Cast, exp.CurrentTimestamp, exp.CurrentDate)
_PAIR = ("less or more", "equal")
Bound = tuple[str, str, str]  # column, sign, value
_LOOSE = {">": ">=", "<": "<=", ">=": ">=", "<=": "<="}


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each OR that spells out an order over several columns, said as one comparison of rows."""
    yield from turn_conditions(
        asked, _as_row, title="Say the place in the order as one comparison", places=alternatives
    )


def _as_row(node: exp.Expr, scopes: Scopes) -> Turned | None:
    if node.find_ancestor(exp.Query) is None:
        return None  # it stood in an OR that has been turned
    if not _one_relation(node, scopes):
        return None
    if one := _or_equal(node):
        return Turned(text=one, why="an OR over one column is a filter, not a place in its index")
    steps = _steps(node)
    if steps is None or not 1 < len(steps) <= _MOST:
        return None
    left = ", ".join(column for column, _, _ in steps)
    right = ", ".join(value for _, _, value in steps)
    why = f"an index on ({left}) cannot begin at one place for an OR"
    ways = {sign[0] for _, sign, _ in steps}
    last = steps[-1][1]
    if len(ways) == 1:
        return Turned(text=f"({left}) {last} ({right})", why=why)
    column, sign, value = steps[0]
    return Turned(text=f"{column} {_LOOSE[sign]} {value} AND ({brief(node)})", why=why)


def _or_equal(node: exp.Expr) -> str:
    """One comparison for a < x OR a = x: a <= x; "" for anything else."""
    found = [_bound(arm.unnest()) for arm in disjuncts(node)]
    bounds = sorted((b for b in found if b), key=lambda b: b[1] == "=")
    if not len(found) == len(bounds) == len(_PAIR):
        return ""
    (column, sign, value), other = bounds
    same = other == (column, "=", value)
    return f"{column} {_LOOSE[sign]} {value}" if same and sign in {"<", ">"} else ""


def _one_relation(node: exp.Expr, scopes: Scopes) -> bool:
    owners = [scopes.column(c) for c in columns(node)]
    known = [o[0].alias for o in owners if o]
    return len(known) == len(owners) and len(set(known)) == 1


def _steps(node: exp.Expr) -> list[Bound] | None:
    """The bounds of a > x OR (a = x AND (b > y OR ...)), flat or nested, in their order."""
    arms = [list(conjuncts(arm)) for arm in disjuncts(node)]
    arms.sort(key=len)
    first, *others = arms
    bound = _bound(first[0]) if len(first) == 1 else None
    if bound is None or bound[1] not in {">", "<"} or not others:
        return None
    rest = [_without(arm, bound) for arm in others]
    if any(arm is None or not arm for arm in rest):
        return None
    inner = [exp.and_(*(c.copy() for c in arm)) for arm in rest if arm]
    return _after(bound, inner)


def _after(bound: Bound, inner: list[exp.Condition]) -> list[Bound] | None:
    """The first bound and what follows where the first columns are equal."""
    if len(inner) == 1:
        last = _bound(inner[0].unnest())
        if last and last[0] != bound[0]:
            return [bound, last]
    deeper = exp.or_(*inner) if len(inner) > 1 else inner[0]
    if not isinstance(deeper.unnest(), exp.Or):
        return None
    later = _steps(deeper)
    fresh = later and bound[0] not in {column for column, _, _ in later}
    return [bound, *later] if later and fresh else None


def _without(arm: list[exp.Expr], bound: Bound) -> list[exp.Expr] | None:
    """The conditions of an arm but the one that the first columns are equal; None without it."""
    equal = [c for c in arm if _bound(c) == (bound[0], "=", bound[2])]
    return [c for c in arm if c is not equal[0]] if len(equal) == 1 else None


def _bound(node: exp.Expr) -> Bound | None:
    """A column held against a constant or a parameter."""
    for left, sign, right in compared(node):
        if isinstance(left, exp.Column) and sign != "<>" and _is_fixed(right):
            return brief(left), sign, brief(right)
    return None


def _is_fixed(value: exp.Expr) -> bool:
    """Whether it is the same for every row: no column, no call but casts and the current time."""
    calls = [n for n in value.find_all(exp.Func) if not isinstance(n, _STEADY)]
    return not any(columns(value)) and value.find(exp.Query) is None and not calls


_TABLES = """
CREATE TABLE posts (
  id bigint PRIMARY KEY, title text NOT NULL, score integer, created_at timestamptz NOT NULL
);
CREATE INDEX ON posts (created_at, id);
CREATE INDEX ON posts (score DESC, id);
CREATE INDEX ON posts (title, score, id);
"""
# The planner takes a third of the rows to lie behind any place; only the clock shows the way there.
_ROWS = """
INSERT INTO posts
SELECT n, 'title ' || n % 3, n % 1000, timestamptz '2024-01-01' + n * interval '1 s'
FROM generate_series(1, 120000) n;
VACUUM ANALYZE posts;
"""
_NEXT = """SELECT id, title FROM posts
WHERE {} ORDER BY {} LIMIT 20;
"""

REWRITING = Rewriting(
    id="pg-row-comparison",
    title="Compare several columns as one row",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="the next page, oldest first", given=_TABLES, filled=_ROWS,
             queries=_NEXT.format("created_at > '2024-01-02 08:00' OR "
                                  "(created_at = '2024-01-02 08:00' AND id > 115200)",
                                  "created_at, id")),
        Case(name="downwards, the last one counted in, beside another condition", given=_TABLES,
             filled=_ROWS,
             queries=_NEXT.format("id <> 7 AND ('2024-01-01 01:00' > created_at OR "
                                  "(id <= 3600 AND created_at = '2024-01-01 01:00'))",
                                  "created_at DESC, id DESC")),
        Case(name="columns that are sorted in opposite ways, one of them with NULLs",
             given=_TABLES, filled=_ROWS,
             queries=_NEXT.format("score < 20 OR (score = 20 AND id > 60000)", "score DESC, id")),
        Case(name="three columns, nested", given=_TABLES, filled=_ROWS,
             queries=_NEXT.format("title > 'title 2' OR (title = 'title 2' AND (score > 990 OR "
                                  "(score = 990 AND id > 60000)))", "title, score, id")),
        Case(name="values with their types, by the table's name", given=_TABLES, filled=_ROWS,
             queries=_NEXT.format("posts.created_at > timestamptz '2024-01-02 08:00' OR "
                                  "(posts.created_at = timestamptz '2024-01-02 08:00' AND "
                                  "posts.id > 115200::bigint)", "created_at, id")),
        Case(name="one column, below a cursor or at it", given=_TABLES, filled=_ROWS,
             queries=_NEXT.format("id = 900 OR id < 900", "id DESC")),
        Case(name="one column, equal to another value than its bound", given=_TABLES,
             filled=_ROWS, fires=False, queries=_NEXT.format("id = 901 OR id < 900", "id DESC")),
        Case(name="a value that is drawn for each row", given=_TABLES, filled=_ROWS, fires=False,
             queries=_NEXT.format("score > floor(random() * 9) OR "
                                  "(score = floor(random() * 9) AND id > 60000)", "score, id")),
        Case(name="equal to another value than the first is compared with", given=_TABLES,
             filled=_ROWS, fires=False,
             queries=_NEXT.format("score > 990 OR (score = 991 AND id > 60000)", "score, id")),
        Case(name="the first column may be equal in either", given=_TABLES, filled=_ROWS,
             fires=False,
             queries=_NEXT.format("score >= 990 OR (score = 990 AND id > 60000)", "score, id")),
        Case(name="two tables are no one row", given=_TABLES, filled=_ROWS, fires=False,
             queries="SELECT a.id FROM posts a JOIN posts b ON b.id = a.id + 1 "
             "WHERE a.score > 990 OR (a.score = 990 AND b.id > 60000) ORDER BY a.id LIMIT 20;"),
        Case(name="it is one row already", given=_TABLES, filled=_ROWS, fires=False,
             queries=_NEXT.format("(score, id) > (990, 60000)", "score, id")),
    ),
)  # fmt: skip
