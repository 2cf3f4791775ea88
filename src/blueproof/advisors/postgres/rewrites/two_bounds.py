"""Search two columns that bound a range as the range that they are.

WHERE starts_at <= $1 AND ends_at > $1 finds what is valid at one moment. A B-tree can begin at one
of the bounds only: it gives every row that began before, and most of them ended long ago. As a
range that holds the moment, both bounds are searched at once, by a GiST index on the range.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.filters import compared, drop, put, together
from blueproof.sql.ranges import Ends, order, read_ends
from blueproof.sql.scopes import Scopes, disjuncts
from blueproof.sql.trees import brief, read_part, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/rangetypes.html",
    checked=date(2026, 11, 29),
    says="a GiST index serves &&, @> and <@ on ranges; a bound that is NULL stands for no bound, "
    "and a lower bound above the upper one is an error",
)
FEW = (
    "it helps as long as few rows hold one value: where most do, as most of them must be read "
    "as before",
    "a GiST index is larger and slower to write than a B-tree on the two columns",
)


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each pair of bounds, on two columns of a table, said as a range."""
    tree = asked.tree()
    if tree is None:
        return
    said = []
    for parts in list(together(tree)):
        pair = _pair(asked.scopes, parts)
        if pair is not None:
            said.append(f"{asked.query.name} asks {pair.written}: {pair.why}")
            pair.turn(asked.scopes)
    if said:
        yield Rewrite(
            title="Search both bounds as one range",
            text=write_tree(tree),
            because=tuple(dict.fromkeys(said)),
            trade_offs=FEW,
        )


@dataclass(frozen=True, kw_only=True)
class _Bound:
    """A column that is held against a fixed value; `open` is whether NULL means no bound."""

    node: exp.Expr
    column: exp.Column
    sign: str
    value: exp.Expr
    open: bool = False


@dataclass(frozen=True, kw_only=True)
class _Pair:
    """The bound from above on the lower end of a range, and that from below on its upper end."""

    ends: Ends
    low: _Bound
    high: _Bound

    @property
    def written(self) -> str:
        """The two conditions as they stand."""
        nodes = dict.fromkeys((id(self.low.node), id(self.high.node)))
        each = {id(b.node): brief(b.node) for b in (self.low, self.high)}
        return " AND ".join(each[n] for n in nodes)

    @property
    def why(self) -> str:
        """What is amiss."""
        return (
            f"an index on {brief(self.ends.lower)} or {brief(self.ends.upper)} begins at one bound "
            "and reads all rows on that side of it"
        )

    def turn(self, scopes: Scopes) -> None:
        """Put the range in the conditions' place; before them where it says less than they do."""
        at_once = self.low.value == self.high.value
        if at_once and self._is_whole(scopes):
            bounds = ("[" if "=" in self.low.sign else "(") + (
                "]" if "=" in self.high.sign else ")"
            )
            new = f"{self.ends.text(bounds)} @> {self.ends.value(self.low.value)}"
            put(self.low.node, read_part(new))
            if self.high.node is not self.low.node:
                drop(self.high.node)
            return
        before = read_part(f"{self.ends.text()} {self._asked(at_once=at_once)}")
        put(self.low.node, exp.and_(before, self.low.node.copy()))

    def _is_whole(self, scopes: Scopes) -> bool:
        """Whether the range of a row is made of its ends as they are, NULL read as it is asked."""
        closed = self.high.open or scopes.never_null(self.ends.upper)
        return self.ends.ordered and scopes.never_null(self.ends.lower) and closed

    def _asked(self, *, at_once: bool) -> str:
        """What the closed range of a row is to hold or to touch."""
        low, high = self.low.value, self.high.value
        if at_once:
            return f"@> {self.ends.value(low)}"
        way = order(low, high)
        holds = way is not None and way <= 0
        return f"{'@>' if holds else '&&'} {self.ends.between(low, high)}"


def _pair(scopes: Scopes, parts: list[exp.Expr]) -> _Pair | None:
    """The first such pair among conditions joined by AND; two about one value come first."""
    bounds = [b for part in parts for b in _bounds(part)]
    pairs = [
        (low, high)
        for low in bounds
        for high in bounds
        if low.sign in {"<", "<="} and not low.open and high.sign in {">", ">="}
    ]
    for low, high in sorted(pairs, key=lambda p: p[0].value != p[1].value):
        ends = read_ends(scopes, low.column, high.column)
        if ends is None or not (ends.takes(low.value) and ends.takes(high.value)):
            continue
        if ends.ordered or not high.open:
            return _Pair(ends=ends, low=low, high=high)
    return None


def _bounds(part: exp.Expr) -> Iterator[_Bound]:
    node = part.unnest()
    if isinstance(node, exp.Between) and not node.args.get("symmetric"):
        value = node.this.unnest()
        for end, sign in ((node.args["low"], "<="), (node.args["high"], ">=")):
            if isinstance(end.unnest(), exp.Column):
                yield _Bound(node=node, column=end.unnest(), sign=sign, value=value)
    elif isinstance(node, exp.Or):
        yield from _open(node)
    for left, sign, right in compared(node):
        if isinstance(left, exp.Column):
            yield _Bound(node=node, column=left, sign=sign, value=right)


def _open(node: exp.Or) -> Iterator[_Bound]:
    """The bound of e > $1 OR e IS NULL."""
    sides = [side.unnest() for side in disjuncts(node)]
    nulls = [s for s in sides if isinstance(s, exp.Is) and isinstance(s.expression, exp.Null)]
    others = [s for s in sides if not isinstance(s, exp.Is)]
    if len(nulls) == len(others) == 1 and len(sides) == len([*nulls, *others]):
        for left, sign, right in compared(others[0]):
            if isinstance(left, exp.Column) and left == nulls[0].this.unnest():
                yield _Bound(node=node, column=left, sign=sign, value=right, open=True)


_TABLES = """
CREATE TABLE prices (
  id bigint PRIMARY KEY, item_id bigint NOT NULL, amount numeric NOT NULL,
  valid_from timestamptz NOT NULL, valid_till timestamptz NOT NULL{}
);
CREATE INDEX ON prices (valid_from);
CREATE INDEX ON prices (valid_till);
"""
_LOOSE = _TABLES.format("")
_ORDERED = _TABLES.format(", CHECK (valid_till >= valid_from)")
_OPEN = _ORDERED.replace("valid_till timestamptz NOT NULL", "valid_till timestamptz")
_LARGE = ("prices=5M",)
_ASKED = "-- name: valid\nSELECT id, amount FROM prices WHERE {};"
_BLOCKS = """
CREATE TABLE blocks (id bigint PRIMARY KEY, first bigint, last bigint, country text);
CREATE INDEX ON blocks (first, last);
"""
# Few blocks hold one number, which no statistics of the two columns say.
_PRICED = """
INSERT INTO prices
SELECT n, n % 1000, n, at, at + n % 50 * interval '1 min'
FROM (SELECT n, timestamptz '2024-01-01' + n * interval '1 min' AS at
      FROM generate_series(1, 150000) n) made;
VACUUM ANALYZE prices;
"""
_FILLED = """
INSERT INTO blocks SELECT n, n * 10, n * 10 + 9, 'c' || n % 200 FROM generate_series(1, 150000) n;
VACUUM ANALYZE blocks;
"""

REWRITING = Rewriting(
    id="pg-two-bounds",
    title="Search two bounds as one range",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="what is valid at a moment", given=_ORDERED, filled=_PRICED,
             queries=_ASKED.format("valid_from <= '2024-02-20' AND valid_till > '2024-02-20'")),
        Case(name="a value between two columns, nothing said of their order", given=_LOOSE,
             rows=_LARGE, queries=_ASKED.format("now() BETWEEN valid_from AND valid_till")),
        Case(name="no end is an open end", given=_OPEN, rows=_LARGE,
             queries=_ASKED.format("amount > 5 AND valid_from < $1 "
                                   "AND ($1 <= valid_till OR valid_till IS NULL)")),
        Case(name="an end that is missing ends the row", given=_OPEN, rows=_LARGE,
             queries=_ASKED.format("valid_from <= $1 AND valid_till >= $1")),
        Case(name="what touches a period", given=_LOOSE, rows=_LARGE,
             queries=_ASKED.format("valid_from < $2 AND valid_till > $1")),
        Case(name="what holds a whole period", given=_ORDERED, rows=_LARGE,
             queries=_ASKED.format("valid_from <= '2026-01-01' AND valid_till >= '2026-01-02'")),
        Case(name="the block that a number is in", given=_BLOCKS, filled=_FILLED,
             queries="SELECT country FROM blocks b WHERE first <= 1400001 AND last >= 1400001;"),
        Case(name="an open end where a lower end may be the higher", rows=_LARGE, fires=False,
             given=_LOOSE.replace("valid_till timestamptz NOT NULL", "valid_till timestamptz"),
             queries=_ASKED.format("valid_from <= $1 AND (valid_till > $1 OR valid_till IS NULL)")),
        Case(name="two bounds of one column", given=_ORDERED, rows=_LARGE, fires=False,
             queries=_ASKED.format("valid_from >= $1 AND valid_from < $2")),
        Case(name="columns of two types", rows=_LARGE, fires=False,
             given=_LOOSE.replace("valid_till timestamptz", "valid_till timestamp"),
             queries=_ASKED.format("valid_from <= $1 AND valid_till >= $2")),
        Case(name="ends of two rows", given=_LOOSE, rows=("prices=20k",), fires=False,
             queries="SELECT a.id FROM prices a JOIN prices b ON b.item_id = a.item_id "
             "WHERE a.valid_from <= $1 AND b.valid_till >= $1;"),
        Case(name="everything but that", given=_ORDERED, rows=_LARGE, fires=False,
             queries=_ASKED.format("NOT (valid_from <= $1 AND valid_till > $1)")),
        Case(name="a row is found by its key", given=_ORDERED, rows=_LARGE, fires=False,
             queries=_ASKED.format("id = $2 AND valid_from <= $1 AND valid_till > $1")),
    ),
)  # fmt: skip
