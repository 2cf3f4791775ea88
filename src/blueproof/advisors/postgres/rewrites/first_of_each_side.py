"""Take the first rows of each side of an OR, where only the first of all are wanted.

WHERE c.phone = '1' OR f.name = 'x' ORDER BY c.id DESC LIMIT 100 walks the index of the order past
every row that is not asked for, or joins both tables as a whole. No side gives more than 100 of the
page: each by itself starts at its own index; UNION takes out the rows that several give.
"""

from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.distinctness import are_different
from blueproof.sql.filters import untrue
from blueproof.sql.first_rows import up_to
from blueproof.sql.scopes import Scopes, all_of, columns, conjuncts, disjuncts
from blueproof.sql.selected import has, orders_outputs, output_order, outputs
from blueproof.sql.trees import brief, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/queries-union.html",
    checked=date(2026, 11, 30),
    says="parentheses around an input of UNION give it an ORDER BY and LIMIT of its own; UNION "
    "takes out rows that are the same",
)
_MOST_SIDES = 4


def turn(asked: Asked) -> Iterator[Rewrite]:
    """The outermost query's page as a UNION of one page a side, sorted and cut once more."""
    tree = asked.tree()
    if not isinstance(tree, exp.Select) or not _is_page(tree):
        return
    given = outputs(tree, asked.scopes)
    if not given or not orders_outputs(tree, given):
        return
    parts = list(conjuncts(tree.args["where"].this))
    for at, part in enumerate(parts):
        sides = list(disjuncts(part))
        if not 1 < len(sides) <= _MOST_SIDES or not _is_apart(asked.scopes, sides):
            continue
        different = are_different(asked.scopes, tree, [o.value for o in given])
        if not different and any(side.find(exp.Func, exp.Select) for side in sides):
            continue  # a function may say something else when asked again
        rest = [p for n, p in enumerate(parts) if n != at]
        union = _union(asked.scopes, tree, sides, rest, merges=different)
        union.set("order", output_order(tree, given))
        union.set("limit", tree.args["limit"].copy())
        if offset := tree.args.get("offset"):
            union.set("offset", offset.copy())
        yield Rewrite(
            title="Take the first rows of each side of the OR by itself, in a UNION",
            text=write_tree(union),
            because=(
                f"{asked.query.name} asks {brief(part)} and wants the first "
                f"{brief(tree.args['limit'].expression)}: no index has both that and the order",
            ),
            trade_offs=("the text is longer: a change to the query must be made on each side",),
        )


def _is_page(tree: exp.Select) -> bool:
    """Whether it filters and takes the first rows, in some order or in any, and nothing besides."""
    limit = tree.args.get("limit")
    plain = isinstance(limit, exp.Limit) and not limit.args.get("limit_options")
    figures = any(
        node.find_ancestor(exp.Select) is tree for node in tree.find_all(exp.AggFunc, exp.Window)
    )
    filters = tree.args.get("where") is not None
    return plain and filters and not figures and not has(tree, "order", "limit", "offset")


def _is_apart(scopes: Scopes, sides: list[exp.Expr]) -> bool:
    """Whether each side is about columns of one relation, and no two about the same ones."""
    named = [{(o.alias, c.name) for c in columns(s) if (o := scopes.owner(c))} for s in sides]
    known = all(scopes.owner(c) for s in sides for c in columns(s))
    single = all(len({alias for alias, _ in each}) == 1 for each in named)
    differ = len({frozenset(each) for each in named}) == len(named)
    return known and single and differ


def _union(
    scopes: Scopes,
    tree: exp.Select,
    sides: list[exp.Expr],
    rest: list[exp.Expr],
    *,
    merges: bool,
) -> exp.Query:
    """One page a side, from the first row on; what several give is merged, or asked for once."""
    most = up_to(tree.args["limit"], tree.args.get("offset"))
    arms: list[exp.Subquery] = []
    for number, side in enumerate(sides):
        arm = tree.copy()
        before = [] if merges else [untrue(scopes, each) for each in sides[:number]]
        arm.set("where", exp.Where(this=all_of((*rest, side, *before))))
        arm.set("offset", None)
        arm.set("limit", most.copy())
        arms.append(exp.Subquery(this=arm))
    first, second, *others = arms
    union = exp.Union(this=first, expression=second, distinct=merges)
    for more in others:
        union = exp.Union(this=union, expression=more, distinct=merges)
    return union


_TABLES = """
CREATE TABLE firms (id bigint PRIMARY KEY, name text NOT NULL, town text);
CREATE TABLE contacts (
  id bigint PRIMARY KEY, firm_id bigint NOT NULL REFERENCES firms, phone text NOT NULL, note text
);
CREATE INDEX ON contacts (firm_id);
"""
_PAGE = """-- name: search
SELECT c.id, c.phone, f.name FROM contacts c JOIN firms f ON f.id = c.firm_id
WHERE c.phone = $1 OR f.name = $2{};
"""
_LARGE = ("contacts=2M", "firms=300k")

REWRITING = Rewriting(
    id="pg-first-of-each-side",
    title="Take the first rows of each side of an OR",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="a box that searches two tables", given=_TABLES, rows=_LARGE,
             queries=_PAGE.format(" LIMIT 100")),
        Case(name="in order, a later page, with another condition", given=_TABLES, rows=_LARGE,
             queries=_PAGE.format(" ORDER BY c.id DESC LIMIT 3 OFFSET 2").replace(
                 "WHERE c.phone = $1 OR f.name = $2",
                 "WHERE c.note IS NULL AND (c.phone = $1 OR f.name = $2)")),
        Case(name="without a key among the outputs, rows must not be merged", given=_TABLES,
             rows=_LARGE, queries=_PAGE.format(" ORDER BY c.phone LIMIT 20").replace("c.id, ", "")),
        Case(name="a side that calls a function, with no key among the outputs", given=_TABLES,
             rows=_LARGE, fires=False, queries=_PAGE.format(" LIMIT 20").replace(
                 "c.id, ", "").replace("f.name = $2", "lower(f.name) = $2")),
        Case(name="sorted by what does not come out", given=_TABLES, rows=_LARGE, fires=False,
             queries=_PAGE.format(" ORDER BY f.town LIMIT 20")),
        Case(name="all rows are wanted, for which there is another way", given=_TABLES,
             rows=_LARGE, fires=False, queries=_PAGE.format("")),
        Case(name="both sides are about one column", given=_TABLES, rows=_LARGE, fires=False,
             queries=_PAGE.format(" LIMIT 20").replace("f.name = $2", "c.phone = $2")),
        Case(name="a side compares the two", given=_TABLES, rows=_LARGE, fires=False,
             queries=_PAGE.format(" LIMIT 20").replace("f.name = $2", "f.name = c.note")),
        Case(name="groups, and no rows, are cut", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT c.id, count(*) AS n FROM contacts c JOIN firms f ON f.id = c.firm_id "
             "WHERE c.phone = $1 OR f.name = $2 GROUP BY c.id ORDER BY c.id LIMIT 5;"),
        Case(name="small tables", given=_TABLES, rows=("contacts=200", "firms=10"),
             queries=_PAGE.format(" LIMIT 100"), fires=False),
    ),
)  # fmt: skip
