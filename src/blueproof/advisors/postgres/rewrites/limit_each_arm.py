"""Take the first rows of each part of a UNION ALL, where only the first of all are wanted.

(SELECT ... UNION ALL SELECT ...) ORDER BY at DESC LIMIT 20 makes every row of both parts, sorts
them and keeps 20. No part gives more than 20 of these: with the same ORDER BY and LIMIT in each, an
index that holds the order ends its work after 20 rows.
"""

from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.first_rows import up_to
from blueproof.sql.scopes import Scopes
from blueproof.sql.selected import Output, has, identifier, name_of, outputs, readers
from blueproof.sql.trees import brief, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/queries-union.html",
    checked=date(2026, 11, 29),
    says="ORDER BY and LIMIT after UNION are applied to its whole result; parentheses around one "
    "of its inputs give that its own",
)

_FIGURES = (exp.AggFunc, exp.Window)


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each sorted and limited UNION ALL, with the order and the limit in each of its arms too."""
    tree = asked.tree()
    count = sum(1 for _ in tree.find_all(exp.Union)) if tree else 0
    for at in range(count):
        tree = asked.tree()
        assert tree is not None, "it was read above"
        union = list(tree.find_all(exp.Union))[at]
        above = _above(asked.scopes, union)
        page = above or union
        arms = _arms(union, page)
        orders = [_order(asked.scopes, page, arms, arm) for arm in arms] if arms else []
        if not orders or any(order is None for order in orders):
            continue
        for arm, order in zip(arms, orders, strict=True):
            _limit(arm, order, up_to(page.args["limit"], page.args.get("offset")))
        yield Rewrite(
            title="Take the first rows of each part of the UNION ALL",
            text=write_tree(tree),
            because=(
                f"{asked.query.name} makes every row of each part of its UNION ALL to keep "
                f"{_kept(page)} of them",
            ),
        )


def _kept(page: exp.Query) -> str:
    return brief(page.args["limit"].expression)


def _above(scopes: Scopes, union: exp.Union) -> exp.Select | None:
    """The SELECT around a UNION that only sorts and limits what it gives."""
    holder = union.parent
    if any(union.args.get(k) for k in ("order", "limit", "offset", "with_")):
        return None
    if not isinstance(holder, exp.CTE | exp.Subquery):
        return None
    select, alias = _reader(scopes, holder), holder.args.get("alias")
    if select is None or has(select, "order", "limit", "offset", "with_"):
        return None
    alone = len(scopes.sources(select)) == 1 and not select.args.get("where")
    renamed = alias is not None and alias.args.get("columns")
    figures = any(f.find_ancestor(exp.Select) is select for f in select.find_all(*_FIGURES))
    return select if alone and not renamed and not figures else None


def _reader(scopes: Scopes, holder: exp.CTE | exp.Subquery) -> exp.Select | None:
    """The one SELECT whose FROM begins with this subquery or WITH query."""
    if isinstance(holder, exp.Subquery):
        select = holder.parent_select
        return select if isinstance(holder.parent, exp.From) else None
    root, name = holder.root(), name_of(holder.args["alias"])
    found = [s for s in root.find_all(exp.Select) if _begins_with(scopes, s, name)]
    return found[0] if len(found) == 1 and readers(root, name) == 1 else None


def _begins_with(scopes: Scopes, select: exp.Select, name: str) -> bool:
    sources = scopes.sources(select)
    node = sources[0].node if sources else None
    return isinstance(node, exp.Table) and not node.db and name_of(node) == name


def _arms(union: exp.Union, page: exp.Query) -> list[exp.Select]:
    """The arms of a UNION ALL that is sorted and limited, if all are SELECTs without a LIMIT."""
    limit = page.args.get("limit")
    plain = isinstance(limit, exp.Limit) and not limit.args.get("limit_options")
    if not plain or not page.args.get("order"):
        return []
    found = list(_flat(union, top=True))
    arms = [a for a in found if isinstance(a, exp.Select)]
    held = any(has(a, "group", "having", "distinct", "windows") for a in arms)
    return arms if len(arms) == len(found) and not held else []


def _flat(node: exp.Expr, *, top: bool = False) -> Iterator[exp.Expr]:
    own = any(node.args.get(k) for k in ("order", "limit", "offset", "with_"))
    if type(node) is exp.Union and not node.args.get("distinct") and (top or not own):
        yield from _flat(node.this)
        yield from _flat(node.expression)
    elif isinstance(node, exp.Subquery) and not node.alias and not own:
        yield from _flat(node.this)
    else:
        yield node


def _order(
    scopes: Scopes, page: exp.Query, arms: list[exp.Select], arm: exp.Select
) -> exp.Order | None:
    """The union's order in the names of one arm; None where a key is of another type there.

    An outer type may sort otherwise: two different moments can be one in another time zone.
    """
    first, mine = outputs(arms[0], scopes), outputs(arm, scopes)
    order: exp.Order = page.args["order"].copy()
    above = page if isinstance(page, exp.Select) else None
    for item in order.expressions:
        place = _place(_below(item.this, above), first)
        if place is None or place >= len(mine):
            return None
        types = {_type(scopes, outputs(each, scopes), place) for each in arms}
        if len(types) != 1 or None in types:
            return None
        name = mine[place].name
        if [o.name for o in mine].count(name) > 1:
            return None
        item.set("this", exp.column(identifier(name)))
    return order


def _below(key: exp.Expr, above: exp.Select | None) -> exp.Expr:
    """A sort key of the SELECT above as the column that it stands for there, bare."""
    if above is None:
        return key
    items = above.expressions
    if isinstance(key, exp.Literal):
        starred = any(i.is_star for i in items)
        fits = key.is_int and 0 < int(key.name) <= len(items) and not starred
        key = items[int(key.name) - 1].unalias() if fits else key
    elif isinstance(key, exp.Column) and not key.table:
        named = [
            i
            for i in items
            if isinstance(i, exp.Alias) and name_of(i.args["alias"]) == name_of(key)
        ]
        key = named[0].this if named else key
    return exp.column(key.this.copy()) if isinstance(key, exp.Column) else exp.null()


def _place(key: exp.Expr, given: tuple[Output, ...]) -> int | None:
    """Which output a sort key is, by its number or its name."""
    if isinstance(key, exp.Literal) and key.is_int:
        return int(key.name) - 1 if 0 < int(key.name) <= len(given) else None
    bare = name_of(key) if isinstance(key, exp.Column) and not key.table else ""
    places = [n for n, o in enumerate(given) if bare and o.name == bare]
    return places[0] if len(places) == 1 else None


def _type(scopes: Scopes, given: tuple[Output, ...], place: int) -> str | None:
    value = given[place].value if place < len(given) else None
    found = scopes.column(value) if isinstance(value, exp.Column) else None
    return found[1].type if found else None


def _limit(arm: exp.Select, order: exp.Order | None, limit: exp.Limit) -> None:
    limited = arm.copy()
    limited.set("order", order)
    limited.set("limit", limit)
    whole = isinstance(arm.parent, exp.Subquery) and not arm.parent.alias
    arm.replace(limited if whole else exp.Subquery(this=limited))


_TABLES = """
CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE posts (
  id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users, at timestamptz NOT NULL,
  words text NOT NULL
);
CREATE TABLE comments (
  id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users, written timestamptz NOT NULL,
  day date NOT NULL
);
CREATE INDEX ON posts (at);
CREATE INDEX ON comments (written);
"""
_FEED = """-- name: feed
SELECT p.id, u.name, p.at FROM posts p JOIN users u ON u.id = p.user_id
UNION {} SELECT c.id, v.name, c.written FROM comments c JOIN users v ON v.id = c.user_id
ORDER BY {};
"""
_PARTS = """
SELECT p.at, u.name FROM posts p JOIN users u ON u.id = p.user_id
UNION ALL SELECT c.written, v.name FROM comments c JOIN users v ON v.id = c.user_id
"""
_LARGE = ("posts=2M", "comments=2M", "users=50k")

REWRITING = Rewriting(
    id="pg-limit-each-arm",
    title="Take the first rows of each part of a UNION ALL",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="the newest of posts and comments", given=_TABLES, rows=_LARGE,
             queries=_FEED.format("ALL", "at DESC LIMIT 20")),
        Case(name="by the number of the column, in a subquery", given=_TABLES, rows=_LARGE,
             queries="SELECT f.at FROM (SELECT p.at, u.id FROM posts p JOIN users u "
             "ON u.id = p.user_id UNION ALL SELECT c.written, v.id FROM comments c JOIN users v "
             "ON v.id = c.user_id ORDER BY 1 LIMIT $1) f;"),
        Case(name="rows that come twice are merged", given=_TABLES, rows=_LARGE, fires=False,
             queries=_FEED.format("", "at DESC LIMIT 20")),
        Case(name="a later page", given=_TABLES, rows=_LARGE,
             queries=_FEED.format("ALL", "at DESC LIMIT 20 OFFSET 40")),
        Case(name="sorted and limited by the query around it", given=_TABLES, rows=_LARGE,
             queries=f"WITH f AS ({_PARTS}) SELECT f.name, at FROM f ORDER BY f.at DESC "
             "LIMIT $1 OFFSET $2;"),
        Case(name="the query around it filters", given=_TABLES, rows=_LARGE, fires=False,
             queries=f"SELECT f.* FROM ({_PARTS}) f WHERE f.name <> 'x' ORDER BY f.at DESC "
             "LIMIT 20;"),
        Case(name="keys of two types", given=_TABLES, rows=_LARGE, fires=False,
             queries=_FEED.format("ALL", "at DESC LIMIT 20").replace("c.written", "c.day")),
        Case(name="all rows are wanted", given=_TABLES, rows=_LARGE, fires=False,
             queries=_FEED.format("ALL", "at DESC")),
        Case(name="two plain tables, which PostgreSQL merges by itself", given=_TABLES, rows=_LARGE,
             queries="SELECT id, at FROM posts UNION ALL SELECT id, written FROM comments "
             "ORDER BY at DESC LIMIT 20;", fires=False),
    ),
)  # fmt: skip
