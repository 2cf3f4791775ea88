"""Count the rows that have a match, where whole groups are made only to be counted.

SELECT count(*) FROM (SELECT p.id, count(*) FROM posts p JOIN votes v ... GROUP BY p.id) reads every
vote to sort the votes by post, and then throws the counts away. How many posts have a vote is what
EXISTS asks. An ORDER BY in there sorts rows whose order nobody sees.
"""

from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.advisors.postgres.parts.wording import listed
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.distinctness import are_different
from blueproof.sql.multiplied import Child, grouped_values, take_apart
from blueproof.sql.scopes import all_of, columns
from blueproof.sql.selected import (
    has,
    has_star,
    inner_select,
    name_in_full,
    name_of,
    named,
    outputs,
    qualify,
    read_select,
    readers,
    ref,
    without_unread,
)
from blueproof.sql.trees import brief, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/functions-subquery.html",
    checked=date(2026, 11, 29),
    says="EXISTS generally runs the subquery only long enough to tell whether at least one row "
    "comes back",
)
ORDER = Citation(
    url="https://www.postgresql.org/docs/current/queries-order.html",
    checked=date(2026, 11, 29),
    says="a particular output order is only sure where the sort step is asked for, and the step is "
    "taken after the rest of the query has made its rows",
)
# Functions that give one value, the same one each time: no rows of their own, no surprises.
_TAME = (exp.AggFunc, exp.Coalesce, exp.Cast, exp.Exists, exp.Lower, exp.Upper, exp.Abs, exp.Round)
_TAME_TOO = (exp.And, exp.Or, exp.Case, exp.If)


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each count(*) of a subquery: of the rows that its groups stand for, or of it unsorted."""
    for turned in (_ungrouped, _unsorted):
        for tree, select in asked.selects():
            inner = _counted(tree, select)
            if inner is not None and (made := turned(asked, select, inner)) is not None:
                title, because = made
                text = write_tree(without_unread(tree))
                yield Rewrite(title=title, text=text, because=(because,))


def _counted(tree: exp.Query, select: exp.Select) -> exp.Select | None:
    """The subquery whose rows are counted, and nothing else is done with them."""
    first, items = select.args.get("from_"), select.expressions
    alone = len(items) == 1 and not select.args.get("joins") and not select.args.get("where")
    if first is None or not alone or has(select, "with_"):
        return None
    value = items[0].unalias()
    counts = isinstance(value, exp.Count) and isinstance(value.this, exp.Star | exp.Literal)
    node = first.this
    once = not isinstance(node, exp.Table) or readers(tree, name_of(node)) == 1
    plain = not any(node.args.get(k) for k in ("joins", "laterals", "sample", "pivots"))
    return inner_select(select, node) if counts and once and plain else None


def _unsorted(asked: Asked, _: exp.Select, inner: exp.Select) -> tuple[str, str] | None:
    """Take the subquery's order away; how many rows there are does not hang on it."""
    order, limit = inner.args.get("order"), inner.args.get("limit")
    options = limit.args.get("limit_options") if limit else None
    if order is None or options is not None:  # WITH TIES counts the rows that tie
        return None
    inner.set("order", None)
    by = brief(exp.Tuple(expressions=[o.copy() for o in order.expressions]))[1:-1]
    return "Count without sorting", (
        f"{asked.query.name} sorts the rows by {by} and then only counts them"
    )


def _ungrouped(asked: Asked, select: exp.Select, inner: exp.Select) -> tuple[str, str] | None:
    """Count the rows that the groups stand for, in place of the groups."""
    scopes = asked.scopes
    taken = inner.args.get("group") or inner.args.get("distinct")
    given = outputs(inner, scopes)
    by = [] if has_star(inner) else grouped_values(inner, given)
    held = has(inner, "group", "distinct", "order")
    if not taken or held or not by or not all(_is_tame(e) for e in (*by, *inner.expressions)):
        return None
    if any(
        scopes.owner(c) is None for e in (*by, inner.args.get("where")) if e for c in columns(e)
    ):
        return None
    name_in_full(inner, scopes)
    if are_different(scopes, inner, by):
        _count_rows(select, inner, ())
        return "Count the rows without grouping them", (
            f"{asked.query.name} makes a group of each row before it counts them"
        )
    apart = take_apart(scopes, inner, by)
    if apart is None:
        return None
    for child in apart.children:
        child.join.pop()
    condition = all_of(apart.where)
    inner.set("where", exp.Where(this=condition) if condition is not None else None)
    _count_rows(select, inner, tuple(c for c in apart.children if c.inner))
    kept = listed(tuple(s.table.name for s in apart.kept if s.table))
    tables = listed(tuple(dict.fromkeys(c.table.name for c in apart.children)))
    asks = any(c.inner for c in apart.children)
    title = (
        f"Count {kept} that have {tables}" if asks else f"Leave {tables} out of the count of {kept}"
    )
    return title, (
        f"{asked.query.name} joins all rows of {tables} and groups them by {kept}, only to count "
        "the groups"
    )


def _is_tame(value: exp.Expr) -> bool:
    """Whether a value is one value, and the same one for the same row."""
    return not any(
        (isinstance(node, exp.Func) and not isinstance(node, (*_TAME, *_TAME_TOO)))
        or isinstance(node, exp.Window)
        for node in value.walk()
    )


def _count_rows(select: exp.Select, inner: exp.Select, children: tuple[Child, ...]) -> None:
    """Have the outer SELECT read what the inner one does, each child asked for by EXISTS."""
    where = inner.args.get("where")
    asked = [where.this] if where else []
    asked += [_exists(child) for child in children]
    condition = all_of(asked)
    for clause in ("from_", "joins"):
        select.set(clause, inner.args.get(clause))
    select.set("where", exp.Where(this=condition) if condition is not None else None)


def _exists(child: Child) -> exp.Expr:
    alias = child.source.alias
    tie = read_select(f"SELECT {ref(alias, child.key)} = {brief(child.outer)}").expressions[0]
    met = all_of((tie, *(qualify(c, alias) for c in child.rest)))
    asked = f"SELECT 1 FROM {named(child.table, alias)} WHERE {brief(met or exp.true())}"
    return exp.Exists(this=read_select(asked))


_TABLES = """
CREATE TABLE posts (id bigint PRIMARY KEY, title text NOT NULL, topic text);
CREATE TABLE votes (
  id bigint PRIMARY KEY, post_id bigint NOT NULL REFERENCES posts, kind text NOT NULL
);
CREATE TABLE views (post_id bigint REFERENCES posts, seen_at timestamptz NOT NULL);
CREATE INDEX ON votes (post_id);
CREATE INDEX ON views (post_id);
"""
_VOTED = """-- name: voted_posts
SELECT count(*) FROM (
  SELECT count(*) AS count_all, posts.id AS post_id
  FROM posts {} JOIN votes ON votes.post_id = posts.id {}
  GROUP BY posts.id
) AS x;
"""
_LARGE = ("posts=20k", "votes=5M", "views=5M")

REWRITING = Rewriting(
    id="pg-rows-only-counted",
    title="Count rows without grouping or sorting them first",
    guide=__doc__ or "",
    evidence=(DOCS, ORDER),
    turn=turn,
    cases=(
        Case(name="posts with a vote", given=_TABLES, queries=_VOTED.format("", ""), rows=_LARGE),
        Case(name="with a vote of one kind, on one topic", given=_TABLES, rows=_LARGE,
             queries=_VOTED.format("", "AND kind = $1 WHERE topic = $2 AND votes.id > 100")),
        Case(name="posts without a vote, too", given=_TABLES, rows=_LARGE,
             queries=_VOTED.format("LEFT", "WHERE title <> ''")),
        Case(name="a list with figures, in a WITH query", given=_TABLES, rows=_LARGE,
             queries="WITH list AS (SELECT p.id, lower(p.title), max(w.seen_at) AS last FROM "
             "posts p JOIN votes v ON v.post_id = p.id JOIN views w ON w.post_id = p.id "
             "GROUP BY p.id, p.title ORDER BY last DESC) SELECT count(1) AS total FROM list;"),
        Case(name="a list is sorted before it is counted", given=_TABLES, rows=_LARGE,
             queries="SELECT count(*) AS n FROM (SELECT * FROM votes WHERE kind = 'up' "
             "ORDER BY id + post_id) v;"),
        Case(name="each post is a group of its own", given=_TABLES, rows=("posts=2M",),
             queries="SELECT count(*) AS n FROM (SELECT id, title, topic FROM posts "
             "WHERE topic <> $1 GROUP BY topic, id, title) p;"),
        Case(name="posts with several votes", given=_TABLES, rows=_LARGE, fires=False,
             queries=_VOTED.format("", "").replace("posts.id\n)", "posts.id HAVING count(*) > 2)")),
        Case(name="the groups' figures are asked", given=_TABLES, rows=_LARGE, fires=False,
             queries=_VOTED.format("", "").replace("x;", "x WHERE count_all > 3;")),
        Case(name="posts of one title are one group", given=_TABLES, rows=_LARGE, fires=False,
             queries=_VOTED.format("", "").replace("BY posts.id", "BY posts.title").replace(
             "posts.id AS", "posts.title AS")),
        Case(name="an output that gives several rows of each", given=_TABLES, rows=_LARGE,
             queries=_VOTED.format("", "").replace("count(*) AS", "generate_series(1, 2) AS"),
             fires=False),
        Case(name="groups that chance makes", given=_TABLES, rows=_LARGE, fires=False,
             queries=_VOTED.format("", "").replace("BY posts.id", "BY posts.id, random()")),
        Case(name="those that tie with the tenth are counted", given=_TABLES, rows=_LARGE,
             queries="SELECT count(*) AS n FROM (SELECT id FROM votes ORDER BY post_id "
             "FETCH FIRST 10 ROWS WITH TIES) v;", fires=False),
        Case(name="the groups of a small table", given=_TABLES, fires=False,
             queries=_VOTED.format("", ""), rows=("posts=20", "votes=100")),
    ),
)  # fmt: skip
