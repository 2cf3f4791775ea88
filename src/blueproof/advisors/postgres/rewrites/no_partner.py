"""Ask whether the column that a LEFT JOIN goes by is NULL, where rows without a partner are wanted.

LEFT JOIN payments p ON p.order_id = o.id WHERE p.id IS NULL makes every pair first: PostgreSQL does
not see that p.id, which is never NULL, can only be so where there is no p. Of p.order_id, which the
join compares, it does, and looks for the first partner only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.scopes import Source, certain, conjuncts
from blueproof.sql.selected import is_of, name_of, read_column
from blueproof.sql.trees import brief, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/explicit-joins.html",
    checked=date(2026, 11, 29),
    says="an outer join gives the planner less freedom; each row of the left side that has no "
    "partner comes out with NULLs",
)


@dataclass(frozen=True, kw_only=True)
class _Missing:
    """A relation on the outer side, and the column that the join holds against another's."""

    source: Source
    key: str


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each condition that a column which is never NULL be NULL, asked of the join's own column."""
    tree = asked.tree()
    said = []
    for select in list(tree.find_all(exp.Select)) if tree else []:
        said += _in_where(asked, select)
    if tree is not None and said:
        yield Rewrite(
            title="Ask for NULL where the join compares",
            text=write_tree(tree),
            because=tuple(f"{asked.query.name} {each}" for each in said),
            instead=True,
        )


def _in_where(asked: Asked, select: exp.Select) -> list[str]:
    """Turn each p.id IS NULL, and say what was amiss."""
    where = select.args.get("where")
    said = []
    for condition in list(conjuncts(where.this)) if where else []:
        inner = condition.this if isinstance(condition, exp.Is) else None
        null = inner is not None and isinstance(condition.expression, exp.Null)
        if inner is None or not null or condition.args.get("negate"):
            continue
        column = inner.unnest()
        missing = _missing(asked, select, column) if isinstance(column, exp.Column) else None
        if missing is not None:
            said.append(_why(missing, brief(condition)))
            inner.replace(read_column(missing.source.alias, missing.key))
    return said


def _why(missing: _Missing, condition: str) -> str:
    return (
        f"asks {condition} where the join goes by {missing.key}: so every row is joined before "
        "those without a partner are picked"
    )


def _missing(asked: Asked, select: exp.Select, column: exp.Column) -> _Missing | None:
    """The relation of a column that is NULL only where a LEFT JOIN found no partner.

    None where it is the column that the join compares.
    """
    found = asked.scopes.column(column)
    if found is None:
        return None
    source, known = found
    mine = any(source.node is s.node for s in asked.scopes.sources(select))
    if not mine or source.side != "LEFT" or source.join is None:
        return None
    keys = _keys(asked, source)
    if not keys or known.name in keys or not certain(source.table, known):
        return None
    return _Missing(source=source, key=keys[0])


def _keys(asked: Asked, source: Source) -> list[str]:
    """The relation's columns that the join holds against another's with =."""
    assert source.join is not None, "the caller looked"
    keys = [name_of(each) for each in source.join.args.get("using") or ()]
    for condition in conjuncts(source.join.args.get("on")):
        if isinstance(condition, exp.EQ):
            for mine, other in (
                (condition.this, condition.expression),
                (condition.expression, condition.this),
            ):
                own = isinstance(mine, exp.Column) and is_of(mine, source, asked.scopes)
                theirs = list(other.find_all(exp.Column))
                apart = theirs and not any(is_of(c, source, asked.scopes) for c in theirs)
                if own and apart:
                    keys.append(name_of(mine))
    return keys


_TABLES = """
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL, note text);
CREATE TABLE payments (
  id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders, kind text, at date NOT NULL
);
CREATE INDEX ON payments (order_id);
"""
_ROWS = """
INSERT INTO orders SELECT i, i % 700, 'order ' || i FROM generate_series(1, 120000) i;
INSERT INTO payments SELECT i, i, 'card', date '2025-01-01' + i % 300
FROM generate_series(1, 120000) i WHERE i % 10 <> 0;
VACUUM ANALYZE;
"""

REWRITING = Rewriting(
    id="pg-no-partner",
    title="Ask for NULL where the join compares",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="a page of orders without a payment", given=_TABLES, filled=_ROWS,
             queries="SELECT orders.* FROM orders LEFT JOIN payments "
             "ON payments.order_id = orders.id WHERE payments.id IS NULL "
             "ORDER BY orders.id LIMIT 500;"),
        Case(name="another column that is never NULL, beside other conditions", given=_TABLES,
             filled=_ROWS,
             queries="SELECT o.id FROM orders AS o LEFT OUTER JOIN public.payments AS p "
             "ON o.id = p.order_id AND p.kind <> 'cash' "
             "WHERE o.customer_id <> 5 AND (p.at) IS NULL ORDER BY o.id LIMIT 200;"),
        Case(name="a column that may be NULL", given=_TABLES, filled=_ROWS, fires=False,
             queries="SELECT o.id FROM orders o LEFT JOIN payments p ON p.order_id = o.id "
             "WHERE p.kind IS NULL ORDER BY o.id LIMIT 100;"),
        Case(name="a join that loses rows has no NULLs to add", given=_TABLES, filled=_ROWS,
             fires=False,
             queries="SELECT o.id FROM orders o JOIN payments p ON p.order_id = o.id "
             "WHERE p.id IS NULL ORDER BY o.id LIMIT 100;"),
        Case(name="or else another condition", given=_TABLES, filled=_ROWS, fires=False,
             queries="SELECT o.id FROM orders o LEFT JOIN payments p ON p.order_id = o.id "
             "WHERE p.id IS NULL OR p.kind = 'cash' ORDER BY o.id LIMIT 100;"),
        Case(name="the join's own column is asked already", given=_TABLES, filled=_ROWS,
             fires=False,
             queries="SELECT o.id FROM orders o LEFT JOIN payments p ON p.order_id = o.id "
             "WHERE p.order_id IS NULL ORDER BY o.id LIMIT 100;"),
    ),
)  # fmt: skip
