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
from blueproof.sql.scopes import Scopes
from blueproof.sql.selected import Output, has, identifier, name_of, outputs
from blueproof.sql.trees import brief, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/queries-union.html",
    checked=date(2026, 11, 29),
    says="ORDER BY and LIMIT after UNION are applied to its whole result; parentheses around one "
    "of its inputs give that its own",
)


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each sorted and limited UNION ALL, with the order and the limit in each of its arms too."""
    tree = asked.tree()
    count = sum(1 for _ in tree.find_all(exp.Union)) if tree else 0
    for at in range(count):
        tree = asked.tree()
        assert tree is not None, "it was read above"
        union = list(tree.find_all(exp.Union))[at]
        arms = _arms(union)
        orders = [_order(asked.scopes, union, arms, arm) for arm in arms] if arms else []
        if not orders or any(order is None for order in orders):
            continue
        for arm, order in zip(arms, orders, strict=True):
            _limit(arm, order, union.args["limit"])
        yield Rewrite(
            title="Take the first rows of each part of the UNION ALL",
            text=write_tree(tree),
            because=(
                f"{asked.query.name} makes every row of each part of its UNION ALL to keep "
                f"{_kept(union)} of them",
            ),
        )


def _kept(union: exp.Union) -> str:
    return brief(union.args["limit"].expression)


def _arms(union: exp.Union) -> list[exp.Select]:
    """The arms of a UNION ALL that is sorted and limited, if all are SELECTs without a LIMIT."""
    limit = union.args.get("limit")
    plain = isinstance(limit, exp.Limit) and not limit.args.get("limit_options")
    if not plain or not union.args.get("order") or union.args.get("offset"):
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
    else:
        yield node


def _order(
    scopes: Scopes, union: exp.Union, arms: list[exp.Select], arm: exp.Select
) -> exp.Order | None:
    """The union's order in the names of one arm; None where a key is of another type there.

    An outer type may sort otherwise: two different moments can be one in another time zone.
    """
    first, mine = outputs(arms[0], scopes), outputs(arm, scopes)
    order: exp.Order = union.args["order"].copy()
    for item in order.expressions:
        place = _place(item.this, first)
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
    limited.set("limit", limit.copy())
    arm.replace(exp.Subquery(this=limited))


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
        Case(name="a later page", given=_TABLES, rows=_LARGE, fires=False,
             queries=_FEED.format("ALL", "at DESC LIMIT 20 OFFSET 40")),
        Case(name="keys of two types", given=_TABLES, rows=_LARGE, fires=False,
             queries=_FEED.format("ALL", "at DESC LIMIT 20").replace("c.written", "c.day")),
        Case(name="all rows are wanted", given=_TABLES, rows=_LARGE, fires=False,
             queries=_FEED.format("ALL", "at DESC")),
        Case(name="two plain tables, which PostgreSQL merges by itself", given=_TABLES, rows=_LARGE,
             queries="SELECT id, at FROM posts UNION ALL SELECT id, written FROM comments "
             "ORDER BY at DESC LIMIT 20;", fires=False),
    ),
)  # fmt: skip
