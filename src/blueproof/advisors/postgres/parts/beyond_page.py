"""A query that goes through all rows of a list of which another query shows the first alone.

A dashboard lists fifty shipments and then asks for the last event of all that match: 27,000 of
them. The program has the fifty ids by then, and hands them over.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from blueproof.advisors.postgres.database import Database, Planned
from blueproof.core.advice import Finding
from blueproof.sql.names import quote
from blueproof.sql.scopes import Scopes, Source, conjuncts
from blueproof.sql.selected import name_of
from blueproof.sql.trees import read_tree, write_tree

RULE_ID = "pg-beyond-page"
_FEWEST = 2  # conditions in common: one alone may be chance


@dataclass(frozen=True, kw_only=True)
class _Page:
    """A query that shows the first rows of one table under some conditions, each as SQL."""

    query: Planned
    table: str
    conditions: frozenset[str]
    shown: int


def beyond_pages(database: Database) -> Iterator[Finding]:
    """A finding for each query over all rows of a list that another query shows a page of."""
    scopes = Scopes(database.schema)
    pages = tuple(page for q in database.queries if (page := _page(q, scopes)) is not None)
    for query in database.queries:
        tree = read_tree(query.query.text) if query.plan is not None and not query.slot else None
        if not isinstance(tree, exp.Select) or tree.args.get("limit"):
            continue
        for page in pages:
            handed = _for_keys(tree, page, scopes)
            if handed:
                yield _said(query, page, handed)
                break


def _page(query: Planned, scopes: Scopes) -> _Page | None:
    tree = read_tree(query.query.text)
    limit = tree.args.get("limit") if isinstance(tree, exp.Select) else None
    if not isinstance(tree, exp.Select) or limit is None or tree.args.get("joins"):
        return None
    sources = scopes.sources(tree)
    shown = limit.expression
    if len(sources) != 1 or sources[0].table is None or not isinstance(shown, exp.Literal):
        return None
    conditions = _of(tree, sources[0], scopes)
    if len(conditions) < _FEWEST or not tree.args.get("order") or not shown.is_int:
        return None
    return _Page(query=query, table=sources[0].table.name, conditions=frozenset(conditions),
                 shown=int(shown.this))  # fmt: skip


def _of(tree: exp.Select, source: Source, scopes: Scopes) -> dict[str, exp.Expr]:
    """The conditions of a SELECT on one of its relations alone, by their text without its name."""
    where = tree.args.get("where")
    found: dict[str, exp.Expr] = {}
    for each in conjuncts(where.this if where else None):
        owners = {id(o.node) for c in each.find_all(exp.Column) if (o := scopes.owner(c))}
        if owners == {id(source.node)} and not any(each.find_all(exp.Parameter)):
            bare = each.copy()
            for column in bare.find_all(exp.Column):
                column.set("table", None)
            found[bare.sql(dialect="postgres").lower()] = each
    return found


def _for_keys(tree: exp.Select, page: _Page, scopes: Scopes) -> str:
    """The query for the ids of the page in place of its conditions; "" where it is another."""
    source = next((s for s in scopes.sources(tree) if s.table and s.table.name == page.table), None)
    if source is None or source.table is None or len(source.table.primary_key) != 1:
        return ""
    mine = _of(tree, source, scopes)
    if not page.conditions <= mine.keys():
        return ""
    where = tree.args["where"]
    key = source.table.primary_key[0]
    type_ = source.table.by_name[key].type
    held = [c for c in conjuncts(where.this) if not any(c is mine[t] for t in page.conditions)]
    alias = source.alias
    wanted = f"{alias}.{quote(key)} = ANY ($1::{type_}[])"
    condition = " AND ".join((*(c.sql(dialect="postgres") for c in held), wanted))
    new = read_tree(f"SELECT 1 WHERE {condition}")
    if new is None or name_of(source.node) == "" or any(tree.find_all(exp.Parameter)):
        return ""
    where.replace(new.args["where"])
    return write_tree(tree)


def _said(query: Planned, page: _Page, handed: str) -> Finding:
    whole = (u for u in query.uses if u.table == page.table and "Parallel" not in u.node)
    reads = max((u.rows for u in whole), default=0.0)
    rows = f"about {reads:,.0f} rows" if reads > page.shown else "all rows"
    return Finding(
        rule=RULE_ID,
        where=query.name,
        severity="risk",
        says=f"it goes through {rows} of {page.table} that match, and {page.query.name} shows "
        f"{page.shown} of them: if it is for those, hand over their ids ($1) in place of the "
        f"conditions: {' '.join(handed.split())};",
    )
