"""Leave out a DISTINCT that takes nothing out.

Where a key of each table comes out, or every output is grouped by, no row can come twice. DISTINCT
still sorts or hashes all of them, and gives nothing before it has read them all.
"""

from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.distinctness import are_different
from blueproof.sql.scopes import Scopes
from blueproof.sql.selected import has, meant, outputs
from blueproof.sql.trees import write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/queries-select-lists.html",
    checked=date(2026, 11, 29),
    says="DISTINCT takes out rows that are equal in every output",
)


def turn(asked: Asked) -> Iterator[Rewrite]:
    """The query without each DISTINCT over rows that are all different."""
    tree = asked.tree()
    if tree is None:
        return
    found = [s for s in tree.find_all(exp.Select) if _is_needless(asked.scopes, s)]
    for select in found:
        select.set("distinct", None)
    counts = [c for c in tree.find_all(exp.Count) if _counts_each(asked.scopes, c)]
    for count in counts:
        count.set("this", count.this.expressions[0])
    if found or counts:
        yield Rewrite(
            title="Leave DISTINCT out",
            text=write_tree(tree),
            because=(
                f"{asked.query.name} looks for repeated rows among all that it reads, and its keys "
                "say that there are none",
            ),
        )


def _is_needless(scopes: Scopes, select: exp.Select) -> bool:
    """Whether a SELECT DISTINCT would repeat no row without it."""
    distinct = select.args.get("distinct")
    if not distinct or distinct.args.get("on") or has(select, *_AROUND):
        return False
    values = [o.value for o in outputs(select, scopes)]
    group = select.args.get("group")
    if not group:
        own = select.find_all(exp.AggFunc, exp.Window)
        plain = not any(n.find_ancestor(exp.Select) is select for n in own)
        return plain and are_different(scopes, select, values)
    if any(group.args.get(k) for k in ("cube", "rollup", "grouping_sets", "all")):
        return False
    by = [meant(e, outputs(select, scopes)) for e in group.expressions]
    return bool(values) and all(any(b == v for v in values) for b in by)


_AROUND = ("distinct", "group", "having", "order", "limit", "offset", "with_")


def _counts_each(scopes: Scopes, count: exp.Count) -> bool:
    """Whether count(DISTINCT key) counts a value that no two rows have."""
    within = count.this.expressions if isinstance(count.this, exp.Distinct) else []
    select = count.find_ancestor(exp.Select)
    if len(within) != 1 or select is None or has(select, *_AROUND):
        return False
    return isinstance(within[0], exp.Column) and are_different(scopes, select, within)


_TABLES = """
CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL UNIQUE, city text UNIQUE);
CREATE TABLE orders (
  id bigint PRIMARY KEY, customer_id bigint REFERENCES customers, total numeric NOT NULL
);
"""
_ORDERS = "SELECT DISTINCT {} FROM orders o {} customers c ON c.id = o.customer_id {};"
_LARGE = ("orders=5M", "customers=500k")

REWRITING = Rewriting(
    id="pg-needless-distinct",
    title="Leave out a DISTINCT that takes nothing out",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="a key comes out", given=_TABLES, rows=_LARGE,
             queries="SELECT DISTINCT total, id FROM orders WHERE total <> $1;"),
        Case(name="each order has one customer", given=_TABLES, rows=_LARGE,
             queries=_ORDERS.format("o.*, c.email", "LEFT JOIN", "")),
        Case(name="addresses are counted by a key", given=_TABLES, rows=_LARGE,
             queries="SELECT count(DISTINCT c.email) AS n FROM customers c;"),
        Case(name="grouped by already", rows=_LARGE, given=_TABLES,
             queries="SELECT DISTINCT o.customer_id, o.total, count(*) AS n FROM orders o "
             "GROUP BY o.total, 1;"),
        Case(name="grouped by more than comes out", rows=_LARGE, given=_TABLES, fires=False,
             queries="SELECT DISTINCT o.customer_id, count(*) AS n FROM orders o "
             "GROUP BY o.total, 1;"),
        Case(name="a customer has many orders", given=_TABLES, rows=_LARGE, fires=False,
             queries=_ORDERS.format("c.*", "JOIN", "")),
        Case(name="a unique column that may be NULL many times", given=_TABLES, rows=_LARGE,
             queries="SELECT DISTINCT city FROM customers;", fires=False),
        Case(name="customers without orders, all alike", given=_TABLES, rows=_LARGE, fires=False,
             queries=_ORDERS.format("o.id, o.total", "RIGHT JOIN", "")),
        Case(name="joined by no key", given=_TABLES, rows=("orders=2k", "customers=1k"),
             queries="SELECT DISTINCT o.id, o.total FROM orders o JOIN customers c "
             "ON c.id > o.customer_id;", fires=False),
    ),
)  # fmt: skip
