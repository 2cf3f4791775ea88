"""Find the page first, then look up what is shown with it.

SELECT ... FROM posts JOIN users ... JOIN ... ORDER BY ... LIMIT 20 joins every post before it sorts
and takes twenty. Where each join adds one row, and sorting and filtering need only posts, the
twenty can be taken first: the joins are then made for twenty rows.
"""

from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.scopes import Source, certain, columns, conjuncts, is_padded
from blueproof.sql.selected import (
    has,
    identifier,
    is_merging,
    is_of,
    is_strict_key,
    is_whole,
    name_of,
    named,
    parent_of,
    read_select,
    ref,
)
from blueproof.sql.trees import write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/queries-limit.html",
    checked=date(2026, 11, 29),
    says="LIMIT gives only a part of the rows that the rest of the query makes",
)


def turn(asked: Asked) -> Iterator[Rewrite]:
    """The rows of the first table taken in a subquery, the others joined to those."""
    for tree, select in asked.selects():
        base = _base(asked, select)
        if base is None and _is_swapped(asked, select):
            base = _base(asked, select)
        if base is None:
            continue
        others = " and ".join(name_of(j.this) for j in select.args["joins"])
        _take_first(asked, select, base)
        yield Rewrite(
            title=f"Take the page of {name_of(base.node)} first, then join",
            text=write_tree(tree),
            because=(
                f"{asked.query.name} joins {others} to every row of {name_of(base.node)} before it "
                "takes the first ones",
            ),
        )


def _is_swapped(asked: Asked, select: exp.Select) -> bool:
    """Put the second of two tables first, where the join is an inner one and the order is its."""
    sources = asked.scopes.sources(select)
    if len(sources[1:]) != 1 or sources[1].side or sources[1].join is None:
        return False
    order = select.args.get("order")
    keys = [c for c in columns(order) if not c.find_ancestor(exp.Subquery)] if order else []
    join = sources[1].join
    if not join.args.get("on") or not any(is_of(c, sources[1], asked.scopes) for c in keys):
        return False
    first, second = sources[0].node.copy(), sources[1].node.copy()
    select.args["from_"].set("this", second)
    join.set("this", first)
    return True


def _base(asked: Asked, select: exp.Select) -> Source | None:
    """The table that is sorted and filtered, if every other only adds a row to each of its rows."""
    sources = asked.scopes.sources(select)
    whole = bool(select.args.get("order") and select.args.get("limit")) and len(sources) > 1
    if not whole or has(select, "order", "limit", "offset"):
        return None
    own = select.find_all(exp.AggFunc, exp.Window)
    grouped = any(n.find_ancestor(exp.Select) is select for n in own)
    starred = any(isinstance(i, exp.Star) for i in select.expressions)
    plain = all(s.table is not None and is_whole(s.node) for s in sources)
    if grouped or starred or not plain or isinstance(select.args["limit"], exp.Fetch):
        return None
    base = sources[0]
    single = all(
        _adds_one(asked, sources[:n], source) for n, source in enumerate(sources[1:], start=1)
    )
    # A whole row (row_to_json(p)) names no column, and would lose some.
    known = all(asked.scopes.owner(c) for i in select.expressions for c in columns(i))
    return base if single and known and _is_about(asked, select, base) else None


def _is_about(asked: Asked, select: exp.Select, base: Source) -> bool:
    """Whether WHERE, ORDER BY and LIMIT name only columns of this relation."""
    parts = [select.args.get(k) for k in ("where", "order", "limit", "offset")]
    found = [p for p in parts if p is not None]
    keys = [o.this for o in select.args["order"].expressions]
    if any(p.find(exp.Select) for p in found) or any(isinstance(k, exp.Literal) for k in keys):
        return False
    # ORDER BY title means the output of that name, if there is one, and not the column.
    bare = {name_of(k) for k in keys if isinstance(k, exp.Column) and not k.table}
    items = [i for i in select.expressions if isinstance(i, exp.Alias)]
    renamed = {name_of(i.args["alias"]) for i in items}
    known = all(is_of(c, base, asked.scopes) for p in found for c in columns(p))
    return known and not bare & renamed


def _adds_one(asked: Asked, before: tuple[Source, ...], source: Source) -> bool:
    """Whether a join gives exactly one row for each row before it."""
    join = source.join
    if join is None or source.table is None or is_merging(join):
        return False
    parts = list(conjuncts(join.args.get("on")))
    pairs = [_pair(asked, c, source, before) for c in parts]
    if source.side == "LEFT":
        told = [p[0] for p in pairs if p is not None]
        return is_strict_key(source.table, told) and all(
            any(is_of(c, s, asked.scopes) for s in (*before, source))
            for part in parts
            for c in columns(part)
        )
    if source.side or len(parts) != 1 or pairs[0] is None:
        return False
    return _is_sure(asked, before, source, *pairs[0])


def _is_sure(
    asked: Asked, before: tuple[Source, ...], source: Source, mine: str, other: exp.Column
) -> bool:
    """Whether a foreign key says that an inner join by these columns loses no row."""
    found = asked.scopes.column(other)
    if found is None or found[0].table is None or "NOT VALID" in asked.database.ddl.upper():
        return False
    child, column = found
    if is_padded(child, before) or not certain(child.table, column) or child.table is None:
        return False
    key = parent_of(asked.database.schema, child.table, column.name)
    table = source.table.name if source.table else ""
    return key is not None and key.references == table and key.referenced == (mine,)


def _pair(
    asked: Asked, condition: exp.Expr, source: Source, before: tuple[Source, ...]
) -> tuple[str, exp.Column] | None:
    """The column of this relation and the one before it that a condition says are equal."""
    if not isinstance(condition, exp.EQ):
        return None
    mine, other = condition.this, condition.expression
    if not isinstance(mine, exp.Column) or not isinstance(other, exp.Column):
        return None
    if not is_of(mine, source, asked.scopes):
        mine, other = other, mine
    theirs = any(is_of(other, s, asked.scopes) for s in before)
    return (name_of(mine), other) if theirs and is_of(mine, source, asked.scopes) else None


def _take_first(asked: Asked, select: exp.Select, base: Source) -> None:
    """Put the base's rows, filtered, sorted and cut, in the base's place; sort again above."""
    assert base.table is not None, "it was read as a table"
    needed = [c for c in base.table.columns if c.name in _named(asked, select, base)]
    listed = ", ".join(ref(base.alias, c.name) for c in needed)
    inner = read_select(f"SELECT {listed} FROM {named(base.table, base.alias)}")
    for clause in ("where", "order", "limit", "offset"):
        held = select.args.get(clause)
        inner.set(clause, held.copy() if held is not None else None)
        if clause != "order":
            select.set(clause, None)
    alias = exp.TableAlias(this=identifier(base.alias))
    select.args["from_"].set("this", exp.Subquery(this=inner, alias=alias))


def _named(asked: Asked, select: exp.Select, base: Source) -> set[str]:
    """The columns of the base that are named anywhere."""
    found: set[str] = set()
    for column in columns(select):
        owner = asked.scopes.owner(column)
        if owner is not None and owner.node is base.node and base.table is not None:
            starred = isinstance(column.this, exp.Star)
            found |= set(base.table.by_name) if starred else {name_of(column)}
    return found


_TABLES = """
CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE boards (id bigint PRIMARY KEY, title text NOT NULL, owner_id bigint REFERENCES users);
CREATE TABLE posts (
  id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users,
  board_id bigint REFERENCES boards, title text NOT NULL, likes integer NOT NULL,
  views integer NOT NULL, created_at timestamptz NOT NULL
);
"""
_BEST = """-- name: best_posts
SELECT p.id, p.title, u.name, b.title AS board
FROM posts p {}JOIN users u ON u.id = p.user_id LEFT JOIN boards b ON b.id = p.board_id
{} ORDER BY p.likes * 10 - extract(epoch FROM now() - p.created_at) / 360 DESC, p.id LIMIT 20;
"""
_LARGE = ("posts=2M", "users=5M", "boards=4M")
_WIDE = ("posts=500k", "users=20M", "boards=10M")

REWRITING = Rewriting(
    id="pg-late-lookup",
    title="Find the page first, then look up what is shown with it",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="the best posts with their authors", given=_TABLES, rows=_LARGE,
             queries=_BEST.format("", "")),
        Case(name="filtered, a later page, a join upon a join", given=_TABLES, rows=_WIDE,
             queries="SELECT p.*, o.name AS owner FROM posts p LEFT JOIN boards b "
             "ON b.id = p.board_id LEFT JOIN users o ON o.id = b.owner_id "
             "WHERE p.title <> $1 ORDER BY lower(p.title) LIMIT $2 OFFSET $3;"),
        Case(name="the other table stands first", given=_TABLES, rows=_LARGE,
             queries="SELECT p.id, u.name FROM users u JOIN posts p ON u.id = p.user_id "
             "WHERE p.views > 5 ORDER BY p.likes * 10 + p.views DESC LIMIT 20;"),
        Case(name="a join may lose a row", given=_TABLES.replace(
                 "user_id bigint NOT NULL", "user_id bigint"), rows=_LARGE,
             queries=_BEST.format("", ""), fires=False),
        Case(name="a join may add rows", given=_TABLES, rows=_LARGE, fires=False,
             queries=_BEST.format("", "").replace("b.id = p.board_id", "b.owner_id = p.user_id")),
        Case(name="the other table is filtered", given=_TABLES, rows=_LARGE, fires=False,
             queries=_BEST.format("", "WHERE u.name > $1")),
        Case(name="an output has the name of the column", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT p.id, u.name AS title FROM posts p JOIN users u ON u.id = p.user_id "
             "ORDER BY title LIMIT 20;"),
        Case(name="rows are counted over the whole", given=_TABLES, rows=_LARGE, fires=False,
             queries=_BEST.format("", "").replace("p.title,", "count(*) OVER () AS n,")),
        Case(name="a whole row comes out", given=_TABLES, rows=_LARGE, fires=False,
             queries=_BEST.format("", "").replace("p.title,", "to_json(p) AS post,")),
        Case(name="all rows come out", given=_TABLES, rows=_LARGE, fires=False,
             queries=_BEST.format("", "").replace(" LIMIT 20", "")),
    ),
)  # fmt: skip
