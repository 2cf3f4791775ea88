"""Ask a subquery that stands in a query several times only once.

PostgreSQL does not see that two subqueries are the same: each is computed by itself. As a WITH
query it is computed once, and everybody who needs it reads the result.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.scopes import Scopes, columns, fresh
from blueproof.sql.selected import has_star, identifier, name_of
from blueproof.sql.trees import brief, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/queries-with.html",
    checked=date(2026, 11, 29),
    says="WITH queries are normally evaluated once per execution of the parent query, even if "
    "referred to more than once: so expensive work needed in several places is not done twice",
)
# The name that PostgreSQL gives an output which is nothing but such a call.
_CALLED = {exp.Max: "max", exp.Min: "min", exp.Sum: "sum", exp.Avg: "avg", exp.Count: "count"}
_NOT_ALIKE = ("limit", "offset", "locks", "with_", "windows", "into")  # or read otherwise elsewhere
_PLAIN = (exp.Connector, exp.Predicate, exp.Binary, exp.Cast, exp.Case, exp.Coalesce, *_CALLED)


def turn(asked: Asked) -> Iterator[Rewrite]:
    """For each subquery that stands there more than once: the query with it in WITH."""
    tree = asked.tree()
    repeated = _repeated(tree, asked.scopes) if tree else {}
    for text in sorted(repeated, key=len, reverse=True):
        changed = asked.tree()
        assert changed is not None, "it was read above"
        places = _repeated(changed, asked.scopes)[text]
        name = fresh(changed, _wish(places[0]))
        for place in places[1:]:
            _refer(place, name)
        _define(changed, places[0], name)
        _refer(places[0], name)
        yield Rewrite(
            title=f"Compute {name} once",
            text=write_tree(changed),
            because=(
                f"{asked.query.name} computes {brief(places[0].this)} {len(places)} times over",
            ),
        )


def _repeated(tree: exp.Query, scopes: Scopes) -> dict[str, list[exp.Subquery]]:
    """By their text, the subqueries that stand in several places and mean the same in each."""
    found: dict[str, list[exp.Subquery]] = defaultdict(list)
    for place in tree.find_all(exp.Subquery):
        if _may_move(place, scopes):
            found[write_tree(place.this)].append(place)
    return {text: places for text, places in found.items() if len(places) > 1}


def _may_move(place: exp.Subquery, scopes: Scopes) -> bool:
    """Whether a subquery reads tables alone, nothing outside, and answers the same every time."""
    select = place.this
    if not isinstance(select, exp.Select) or any(select.args.get(k) for k in _NOT_ALIKE):
        return False
    bare = not any(value for key, value in place.args.items() if key not in {"this", "alias"})
    if not bare or not (_is_relation(place) or _is_value(place)):
        return False
    if any(scopes.table(t, _hiding(place)) is None for t in select.find_all(exp.Table)):
        return False
    if next(select.find_all(exp.Table), None) is None or not _is_steady(select):
        return False
    return all(_is_inside(column, select, scopes) for column in columns(select))


def _is_relation(place: exp.Subquery) -> bool:
    """Whether it stands in FROM, with outputs that all have a name, no two the same."""
    names = [_output(item) for item in place.this.expressions]
    named = all(names) and len(set(names)) == len(names) and not has_star(place.this)
    return isinstance(place.parent, exp.From | exp.Join) and place.arg_key == "this" and named


def _is_value(place: exp.Subquery) -> bool:
    """Whether it stands for one value in an expression, and what name it gives that is known."""
    held = isinstance(place.parent, exp.Condition | exp.Alias | exp.Select | exp.Ordered)
    listed = isinstance(place.parent, exp.In | exp.Any | exp.All | exp.Exists | exp.Lateral)
    outputs = place.this.expressions
    return held and not listed and len(outputs) == 1 and bool(_output(outputs[0]))


def _output(item: exp.Expr) -> str:
    """The name of an output, "" where it is not known."""
    if isinstance(item, exp.Alias):
        return name_of(item.args["alias"])
    if isinstance(item, exp.Column):
        return "" if isinstance(item.this, exp.Star) else name_of(item)
    return next((name for kind, name in _CALLED.items() if type(item) is kind), "")


def _hiding(place: exp.Expr) -> set[str]:
    """The names of all WITH queries of the whole: a table of such a name may not be the table."""
    return {name_of(cte.args["alias"]) for cte in place.root().find_all(exp.CTE)}


def _is_steady(select: exp.Select) -> bool:
    """Whether it calls no function that may answer otherwise the next time."""
    return all(isinstance(call, _PLAIN) for call in select.find_all(exp.Func))


def _is_inside(column: exp.Column, select: exp.Select, scopes: Scopes) -> bool:
    """Whether a column is of a relation that the subquery itself names."""
    owner = scopes.owner(column)
    return owner is not None and owner.node.find_ancestor(exp.Select) in {
        *select.find_all(exp.Select)
    }


def _wish(place: exp.Subquery) -> str:
    """What to call it: its last output, and the table that this is of."""
    table = name_of(next(place.this.find_all(exp.Table)))
    return f"{_output(place.this.expressions[-1])}_of_{table}"


def _refer(place: exp.Subquery, name: str) -> None:
    """Put a reading of the WITH query in the subquery's place."""
    read = exp.Table(this=identifier(name))
    if isinstance(place.parent, exp.From | exp.Join):
        alias = place.args.get("alias")
        read.set("alias", alias.copy() if alias else None)
        place.replace(read)
        return
    output = identifier(_output(place.this.expressions[0]))
    place.replace(exp.Subquery(this=exp.select(exp.Column(this=output)).from_(read)))


def _define(tree: exp.Query, place: exp.Subquery, name: str) -> None:
    """Put the subquery first into the query's WITH, so that all that follows may read it."""
    made = exp.CTE(this=place.this.copy(), alias=exp.TableAlias(this=identifier(name)))
    with_ = tree.args.get("with_")
    if with_ is None:
        tree.set("with_", exp.With(expressions=[made]))
    else:
        with_.set("expressions", [made, *with_.expressions])


_TABLES = """
CREATE TABLE customers (id bigint PRIMARY KEY, country text);
CREATE TABLE orders (
  id bigint PRIMARY KEY, customer_id bigint REFERENCES customers, total numeric NOT NULL
);
"""
_SUM = "(SELECT sum(total) FROM orders)"
_SHARE = f"""-- name: share_of_all
SELECT c.id, c.country, {_SUM} AS everything
FROM customers c WHERE c.id > 0.1 * {_SUM} AND c.id < 0.5 * {_SUM};
"""
_SUMS = "(SELECT customer_id, sum(total) AS spent FROM orders GROUP BY customer_id)"
_BEST = f"""-- name: best_of_country
SELECT c.country, s.spent FROM customers c JOIN {_SUMS} s ON s.customer_id = c.id
WHERE s.spent > (SELECT avg(spent) FROM {_SUMS} every)
AND s.spent < (SELECT max(spent) FROM {_SUMS} every) AND c.country IS NOT NULL;
"""
_PAIRS = f"""
SELECT a.customer_id, b.customer_id FROM {_SUMS} a
JOIN {_SUMS} b ON b.spent = a.spent AND b.customer_id > a.customer_id;
"""
_ROWS = ("orders=3M", "customers=100k")

REWRITING = Rewriting(
    id="pg-repeated-subquery",
    title="Ask a subquery that stands there several times only once",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="a sum, asked for three times", given=_TABLES, queries=_SHARE, rows=_ROWS),
        Case(name="sums in FROM and in a condition", given=_TABLES, queries=_BEST, rows=_ROWS),
        Case(name="twice, beside a join that costs as much", given=_TABLES, queries=_PAIRS,
             rows=_ROWS, fires=False),
        Case(name="asked for once", given=_TABLES, rows=_ROWS, fires=False,
             queries=f"SELECT id FROM customers WHERE id > {_SUM};"),
        Case(name="one of each customer, which changes from row to row", given=_TABLES,
             rows=("orders=3M", "customers=10"), fires=False,
             queries="SELECT id, (SELECT max(total) FROM orders WHERE customer_id = c.id) AS a, "
             "(SELECT max(total) FROM orders WHERE customer_id = c.id) AS b FROM customers c;"),
        Case(name="with a random number in it", given=_TABLES, rows=_ROWS, fires=False,
             queries="SELECT (SELECT avg(total) FROM orders WHERE random() < 0.5) AS a, "
             "(SELECT avg(total) FROM orders WHERE random() < 0.5) AS b;"),
        Case(name="any one row of many", given=_TABLES, rows=_ROWS, fires=False,
             queries="SELECT (SELECT total FROM orders WHERE total > 5 LIMIT 1) AS a, "
             "(SELECT total FROM orders WHERE total > 5 LIMIT 1) AS b;"),
        Case(name="of a WITH query that goes by a table's name", given=_TABLES, rows=_ROWS,
             fires=False,
             queries="WITH orders AS (SELECT 1 AS total) SELECT "
             f"{_SUM} AS a, {_SUM} AS b;"),
        Case(name="found by key", given=_TABLES, rows=_ROWS, fires=False,
             queries="SELECT (SELECT total FROM orders WHERE id = 7) AS a, "
             "(SELECT total FROM orders WHERE id = 7) AS b;"),
    ),
)  # fmt: skip
