"""Gather what belongs to a row for the rows of the page only.

GROUP BY a.id with array_agg(t.name), sorted by a.score and cut after ten,
joins and groups the tags of every article first. In LATERAL they are gathered for one
article after the other, in the order that is asked for, until the page is full.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.advisors.postgres.parts.wording import listed
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.multiplied import grouped_values
from blueproof.sql.names import quote
from blueproof.sql.scopes import Source, all_of, columns, conjuncts, fresh
from blueproof.sql.selected import (
    Output,
    has,
    holds_key,
    identifier,
    is_merging,
    is_of,
    is_whole,
    name_in_full,
    name_of,
    outputs,
    read_column,
    read_select,
)
from blueproof.sql.trees import write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/queries-limit.html",
    checked=date(2026, 11, 29),
    says="LIMIT gives only a part of the rows that the rest of the query makes",
)
_ROUNDED = {"real", "double precision"}  # their sums hang on the order in which rows come
_LOOKED_AT = ("group", "order", "limit", "offset")


@dataclass(frozen=True, kw_only=True)
class _Gathered:
    """The table whose rows come out, the joined ones, and the figures made of those."""

    base: Source
    others: tuple[Source, ...]
    figures: tuple[exp.Expr, ...]


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each page of groups that are one table's rows, the figures of each in LATERAL."""
    for tree, select in asked.selects():
        found = _gathered(asked, select)
        if found is None:
            continue
        tables = listed(tuple(name_of(s.node) for s in found.others))
        base = name_of(found.base.node)
        _put_beside(asked, tree, select, found)
        yield Rewrite(
            title=f"Gather {tables} for the rows of the page only",
            text=write_tree(tree),
            because=(
                f"{asked.query.name} joins and groups {tables} for every row of {base} before it "
                "takes the first ones",
            ),
        )


def _gathered(asked: Asked, select: exp.Select) -> _Gathered | None:
    """The SELECT taken apart; None where a group may be more than one row of its first table."""
    limited = select.args.get("order") and isinstance(select.args.get("limit"), exp.Limit)
    sources = asked.scopes.sources(select)
    given = outputs(select, asked.scopes)
    if not limited or not sources[1:] or has(select, *_LOOKED_AT) or not given:
        return None
    if len(list(select.find_all(exp.Select))) > 1 or select.find(exp.Window, exp.Lambda):
        return None
    plain = all(s.table is not None and is_whole(s.node) for s in sources)
    sides = all(s.side in {"", "LEFT"} for s in sources)
    merging = any(s.join is not None and is_merging(s.join) for s in sources)
    if not plain or not sides or merging:
        return None
    base, *others = sources
    by = grouped_values(select, given)
    whole = bool(by) and all(_is_about(asked, v, base) for v in by)
    if not whole or not holds_key(base, by, asked.scopes):
        return None
    figures = _figures(asked, select)
    if not figures or not _is_all(asked, select, base, figures, given):
        return None
    return _Gathered(base=base, others=tuple(others), figures=figures)


def _figures(asked: Asked, select: exp.Select) -> tuple[exp.Expr, ...]:
    """The aggregates with their FILTERs; none where one adds up what is rounded."""
    found: list[exp.Expr] = []
    for node in select.find_all(exp.AggFunc):
        kinds = [asked.scopes.column(c) for c in columns(node)]
        adds = isinstance(node, exp.Sum | exp.Avg)
        if any(k is None or (adds and k[1].type in _ROUNDED) for k in kinds):
            return ()
        whole: exp.Expr = node
        while isinstance(whole.parent, exp.Filter | exp.WithinGroup) and whole.arg_key == "this":
            whole = whole.parent
        found.append(whole)
    return tuple(found)


def _is_about(asked: Asked, node: exp.Expr, source: Source) -> bool:
    """Whether every column in a part is one of this relation."""
    return all(is_of(c, source, asked.scopes) for c in columns(node))


def _is_all(
    asked: Asked,
    select: exp.Select,
    base: Source,
    figures: tuple[exp.Expr, ...],
    given: tuple[Output, ...],
) -> bool:
    """Whether outputs and order ask of the others in figures only, and the order of no figure."""
    inside = {id(n) for f in figures for n in f.walk()}
    starred = any(isinstance(i, exp.Star) for i in select.expressions)
    calls = any(i.find(exp.UDTF, exp.Explode, exp.Anonymous) for i in select.expressions)
    rest = [c for i in select.expressions for c in columns(i) if id(c) not in inside]
    mine = all(
        is_of(c, base, asked.scopes) or (isinstance(c.this, exp.Star) and _means(c, base))
        for c in rest
    )
    names = {o.name for o in given if o.value.find(exp.AggFunc)}
    keys = [o.this for o in select.args["order"].expressions]
    sorts = all(
        not isinstance(k, exp.Literal)
        and not k.find(exp.AggFunc)
        and _is_about(asked, k, base)
        and not (isinstance(k, exp.Column) and not k.table and name_of(k) in names)
        for k in keys
    )
    return not starred and not calls and mine and sorts


def _means(star: exp.Column, base: Source) -> bool:
    return bool(star.table) and name_of(star.args["table"]) == base.alias


def _put_beside(asked: Asked, tree: exp.Query, select: exp.Select, found: _Gathered) -> None:
    """The joined tables in a LATERAL subquery of the base's row, the figures taken from there."""
    given = outputs(select, asked.scopes)
    where = select.args.get("where")
    parts = list(conjuncts(where.this)) if where else []
    own = [c for c in parts if _names_column(c) and _is_about(asked, c, found.base)]
    rest = [c for c in parts if not any(c is o for o in own)]
    name_in_full(select, asked.scopes)
    alias = fresh(tree, "gathered")
    inner = _inner(tree, found, rest)
    shown: list[exp.Expr] = []
    named = [i for i in select.expressions if not isinstance(i, exp.Alias)]
    called = {id(i): o.name for i in named for o in given if o.value is i}
    for number, figure in enumerate(found.figures, start=1):
        parent = figure.parent
        name = name_of(parent.args["alias"]) if isinstance(parent, exp.Alias) else ""
        name = name or called.get(id(figure), "") or f"figure_{number}"
        name = name if name not in {name_of(s.args["alias"]) for s in shown} else f"figure_{number}"
        shown.append(exp.alias_(figure.copy(), identifier(name)))
        column = read_column(alias, name)
        same = isinstance(parent, exp.Alias) and name_of(parent.args["alias"]) == name
        place = parent if same and parent is not None else figure
        place.replace(column)
    inner.set("expressions", shown)
    for clause in ("group", "where", "joins"):
        select.set(clause, None)
    if own:
        select.set("where", exp.Where(this=all_of(own)))
    lateral = read_select(f"SELECT 1 FROM x CROSS JOIN LATERAL (SELECT 1) AS {quote(alias)}")
    join = lateral.args["joins"][0]
    join.this.set("this", exp.Subquery(this=inner))
    select.set("joins", [join])


def _names_column(node: exp.Expr) -> bool:
    """Whether a part names any column."""
    return node.find(exp.Column) is not None


def _inner(tree: exp.Query, found: _Gathered, rest: list[exp.Expr]) -> exp.Select:
    """The joined rows of one row of the base; no row at all where there are none."""
    first, *later = found.others
    assert first.join is not None, "only the base has none"
    if first.side:
        inner = read_select(f"SELECT 1 FROM (SELECT 1) AS {quote(fresh(tree, 'this_row'))}")
        later, conditions = list(found.others), rest
    else:
        inner = exp.select("1")
        inner.set("from_", exp.From(this=first.node.copy()))
        conditions = [*conjuncts(first.join.args.get("on")), *rest]
    inner.set("joins", [s.join.copy() for s in later if s.join is not None] or None)
    if conditions:
        inner.set("where", exp.Where(this=all_of(conditions)))
    if conditions or any(not s.side for s in later):
        having = read_select("SELECT 1 FROM x HAVING count(*) > 0").args["having"]
        inner.set("having", having)
    return inner


_TABLES = """
CREATE TABLE articles (id bigint PRIMARY KEY, title text NOT NULL, score integer);
CREATE TABLE tags (id bigint PRIMARY KEY, name text NOT NULL, weight double precision NOT NULL);
CREATE TABLE article_tags (
  article_id bigint NOT NULL REFERENCES articles, tag_id bigint NOT NULL REFERENCES tags,
  PRIMARY KEY (article_id, tag_id)
);
CREATE INDEX ON articles (score);
"""
_PAGE = """-- name: page
SELECT a.id, a.title, {} AS tags
FROM articles a
{} JOIN article_tags at ON at.article_id = a.id
{} JOIN tags t ON t.id = at.tag_id
GROUP BY a.id {} ORDER BY a.score{} LIMIT 10;
"""
_NAMES = "array_agg(t.name ORDER BY t.name)"
_LARGE = ("articles=1M", "article_tags=4M", "tags=10k")

REWRITING = Rewriting(
    id="pg-gathered-for-page",
    title="Gather what belongs to a row for the page only",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="articles with their tags", given=_TABLES, rows=_LARGE,
             queries=_PAGE.format(_NAMES, "", "", "", "")),
        Case(name="with or without tags, counted, a later page", given=_TABLES, rows=_LARGE,
             queries=_PAGE.format(f"coalesce({_NAMES} FILTER (WHERE t.id <> 5), '{{}}')", "LEFT",
                                  "LEFT", ", a.title", " DESC, a.id").replace(
                 "LIMIT 10", "LIMIT $1 OFFSET 20")),
        Case(name="some articles and some tags, figures without a name", given=_TABLES, rows=_LARGE,
             queries="SELECT articles.*, count(*), min(name) FROM articles "
             "JOIN article_tags ON articles.id = article_id JOIN tags ON tag_id = tags.id "
             "WHERE title <> 'x' AND name > $1 GROUP BY articles.id ORDER BY score, articles.id "
             "LIMIT 20;"),
        Case(name="sorted by a figure", given=_TABLES, rows=_LARGE, fires=False,
             queries=_PAGE.format("count(*)", "", "", "", "").replace("a.score", "tags")),
        Case(name="a group is several articles", given=_TABLES, rows=_LARGE, fires=False,
             queries=_PAGE.format(_NAMES, "", "", "", "").replace(
                 "a.id, a.title", "a.score, a.score + 1 AS next").replace(
                 "BY a.id", "BY a.score")),
        Case(name="a group is an article with one of its tags", given=_TABLES, rows=_LARGE,
             fires=False, queries=_PAGE.format(_NAMES, "", "", ", at.tag_id", "")),
        Case(name="rounded sums hang on their order", given=_TABLES, rows=_LARGE, fires=False,
             queries=_PAGE.format("sum(t.weight)", "", "", "", "")),
        Case(name="groups are picked by a figure", given=_TABLES, rows=_LARGE, fires=False,
             queries=_PAGE.format(_NAMES, "", "", "HAVING count(*) > 2", "")),
        Case(name="every article", given=_TABLES, rows=_LARGE, fires=False,
             queries=_PAGE.format(_NAMES, "", "", "", "").replace(" LIMIT 10", "")),
    ),
)  # fmt: skip
