"""Count each table by itself before joining, where several joins multiply each other's rows.

With LEFT JOIN memberships and LEFT JOIN enrollments beside each other, a user of 20 memberships and
50 enrollments becomes 1,000 rows, which count(DISTINCT ...) then sorts apart again. One subquery
for each table, grouped by the key that it is joined by, gives each user one row of each.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.advisors.postgres.parts.wording import listed
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.multiplied import Child, Multiplied, grouped_values, is_about, take_apart
from blueproof.sql.names import quote
from blueproof.sql.scopes import Scopes, all_of, certain, columns
from blueproof.sql.selected import (
    has_star,
    is_strict_key,
    name_in_full,
    name_of,
    named,
    outputs,
    qualify,
    read_select,
    ref,
)
from blueproof.sql.trees import brief, write_tree

POST = Citation(
    url="https://illuminatedcomputing.com/posts/2015/02/too_many_outer_joins/",
    checked=date(2026, 11, 29),
    says="two outer joins side by side that each find several rows make every combination of them; "
    "grouping each in a subquery of its own makes one row of each",
)
# What is the same however often a row comes.
_INDIFFERENT = (exp.Min, exp.Max, exp.LogicalOr, exp.LogicalAnd)
_ADDING = (exp.Sum, exp.Avg)
_ROUNDED = {"real", "double precision"}  # their sums hang on the order in which rows come
_WORDS: dict[type[exp.Expr], str] = {exp.LogicalOr: "bool_or", exp.LogicalAnd: "bool_and"}


@dataclass(frozen=True, kw_only=True)
class _Figure:
    """An aggregate (its FILTER with it) over one child's rows, and what it is there by itself."""

    node: exp.Expr
    child: Child
    value: exp.Expr
    name: str
    counts: bool


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each SELECT that groups by a row and counts its children; then one look for each row."""
    for lateral in (False, True):
        for tree, select in asked.selects():
            given = outputs(select, asked.scopes)
            by = [] if has_star(select) else grouped_values(select, given)
            apart = take_apart(asked.scopes, select, by) if select.args.get("group") else None
            figures = _figures(asked.scopes, select, apart) if apart else []
            if apart and figures and _is_all(asked.scopes, select, apart, figures):
                _turn(asked.scopes, select, apart, figures, lateral=lateral)
                yield _advised(asked, tree, apart)


def _figures(scopes: Scopes, select: exp.Select, apart: Multiplied) -> list[_Figure]:
    """The aggregates of a SELECT; none where one cannot be had from its child alone."""
    found: list[_Figure] = []
    for node in list(select.find_all(exp.AggFunc, exp.Window)):
        if node.find_ancestor(exp.Select) is not select:
            continue
        figure = _figure(scopes, apart, node, len(found) + 1)
        if figure is None:
            return []
        twin = [f for f in found if f.child is figure.child and f.value == figure.value]
        found.append(replace(figure, name=twin[0].name) if twin else figure)
    return found


def _figure(scopes: Scopes, apart: Multiplied, node: exp.Expr, number: int) -> _Figure | None:
    whole = node.parent if isinstance(node.parent, exp.Filter) else node
    child = next((c for c in apart.children if is_about(scopes, whole, c.source)), None)
    if child is None or isinstance(whole.parent, exp.Window):
        return None
    value = _alone(scopes, child, node, single=len(apart.children) == 1)
    if value is None:
        return None
    if whole is not node:
        value = exp.Filter(this=value, expression=whole.args["expression"].copy())
    parent = whole.parent
    name = name_of(parent.args["alias"]) if isinstance(parent, exp.Alias) else ""
    return _Figure(
        node=whole,
        child=child,
        value=value,
        name=name if name and name != child.key else f"{_word(node)}_{number}",
        counts=isinstance(node, exp.Count),
    )


def _word(node: exp.Expr) -> str:
    """The function's name, which an output has that is given no other."""
    return _WORDS.get(type(node), node.key)


def _alone(scopes: Scopes, child: Child, node: exp.Expr, *, single: bool) -> exp.Expr | None:
    """The aggregate over the child's rows, each of which comes once; None where it would differ."""
    inner = node.this
    distinct = isinstance(inner, exp.Distinct)
    value = inner.expressions[0] if distinct and len(inner.expressions) == 1 else inner
    if not isinstance(value, exp.Column) or node.args.get("expressions"):
        return None
    if not (distinct or single or isinstance(node, _INDIFFERENT)):
        return None  # the other children's rows multiply it
    found = scopes.column(value)
    if found is None or (isinstance(node, _ADDING) and found[1].type in _ROUNDED):
        return None
    if isinstance(node, exp.Count):
        each = not distinct or is_strict_key(child.table, (found[1].name,))
        if each and certain(child.table, found[1]):
            return exp.Count(this=exp.Star())
        return node.copy()
    return node.copy() if isinstance(node, (*_INDIFFERENT, *_ADDING)) else None


def _is_all(scopes: Scopes, select: exp.Select, apart: Multiplied, figures: list[_Figure]) -> bool:
    """Whether nothing but these figures asks of the children, and every output keeps its name."""
    moved = {id(n) for f in figures for n in f.node.walk()}
    moved |= {id(n) for c in apart.children for n in c.join.walk()}
    moved |= {id(n) for c in apart.children for part in c.rest for n in part.walk()}
    given = {o.alias for o in select.expressions if isinstance(o, exp.Alias)}
    for column in columns(select):
        sorts = isinstance(column.parent, exp.Ordered) and not column.table
        if id(column) in moved or (sorts and name_of(column) in given):
            continue
        owner = scopes.owner(column)
        if owner is None or any(owner.node is c.source.node for c in apart.children):
            return False
    whole = {id(f.node) for f in figures}
    return all(
        isinstance(item, exp.Alias | exp.Column | exp.Coalesce) or id(item) in whole
        for item in select.expressions
    )


def _advised(asked: Asked, tree: exp.Query, apart: Multiplied) -> Rewrite:
    tables = tuple(dict.fromkeys(c.table.name for c in apart.children))
    kept = listed(tuple(s.table.name for s in apart.kept if s.table))
    each = "each by itself" if len(tables) > 1 else "by itself"
    return Rewrite(
        title=f"Group {listed(tables)} {each} before joining",
        text=write_tree(tree),
        because=(_because(asked.query.name, kept, tables),),
    )


def _turn(
    scopes: Scopes,
    select: exp.Select,
    apart: Multiplied,
    figures: list[_Figure],
    *,
    lateral: bool,
) -> None:
    """Each child grouped in its place, the figures read from there; nothing is left to group."""
    name_in_full(select, scopes)
    for child in apart.children:
        mine = [f for f in figures if f.child.source.node is child.source.node]
        if not mine and not child.inner:
            child.join.pop()  # it only multiplied
            continue
        _join(child, mine, lateral=lateral)
    for figure in figures:
        _put(figure)
    having = select.args.get("having")
    condition = all_of([*apart.where, *([having.this] if having else [])])
    select.set("where", exp.Where(this=condition) if condition is not None else None)
    for clause in ("group", "having"):
        select.set(clause, None)


def _because(query: str, kept: str, tables: tuple[str, ...]) -> str:
    if len(tables) > 1:
        return (
            f"{query} makes every combination of the rows of {listed(tables)} that belong to "
            f"a row of {kept}, and then counts them apart again"
        )
    return f"{query} joins all rows of {tables[0]} to {kept} before it groups them"


def _join(child: Child, mine: list[_Figure], *, lateral: bool) -> None:
    """In the child's place in FROM: its rows grouped, one for each key."""
    alias, key = child.source.alias, ref(child.source.alias, child.key)
    values = dict.fromkeys((brief(qualify(f.value, alias)), f.name) for f in mine)
    shown = [f"{value} AS {quote(name)}" for value, name in values]
    rest = [qualify(c, alias) for c in child.rest]
    if lateral:
        shown = shown or ["1"]
        rest.insert(0, read_select(f"SELECT {key} = {brief(child.outer)}").expressions[0])
    else:
        shown.insert(0, key)
    where = f" WHERE {brief(all_of(rest) or exp.true())}" if rest else ""
    text = f"SELECT {', '.join(shown)} FROM {named(child.table, alias)}{where} GROUP BY {key}"
    side = "LEFT JOIN" if child.source.side else "JOIN"
    on = "TRUE" if lateral else f"{key} = {brief(child.outer)}"
    word = "LATERAL " if lateral else ""
    made = read_select(f"SELECT 1 FROM x {side} {word}({text}) AS {quote(alias)} ON {on}")
    child.join.replace(made.args["joins"][0])


def _put(figure: _Figure) -> None:
    """The figure's column in place of the aggregate, under the output's name."""
    node, parent = figure.node, figure.node.parent
    column = ref(figure.child.source.alias, figure.name)
    fills = figure.counts and not figure.child.inner
    value = read_select(f"SELECT {f'coalesce({column}, 0)' if fills else column}").expressions[0]
    if isinstance(parent, exp.Alias):
        same = isinstance(value, exp.Column) and name_of(parent.args["alias"]) == figure.name
        (parent if same else node).replace(value)  # x.newest AS newest says it twice
        return
    output = node.arg_key == "expressions" and isinstance(parent, exp.Select)
    bare = node.this if isinstance(node, exp.Filter) else node
    node.replace(exp.alias_(value, _word(bare)) if output else value)


_TABLES = """
CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL, city text);
CREATE TABLE memberships (
  id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users, role text, since date NOT NULL
);
CREATE TABLE enrollments (
  id bigint PRIMARY KEY, user_id bigint REFERENCES users, hours integer, score double precision
);
CREATE INDEX ON memberships (user_id);
CREATE INDEX ON enrollments (user_id);
"""
_FROM = """FROM users u
LEFT JOIN memberships m ON m.user_id = u.id
LEFT JOIN enrollments e ON e.user_id = u.id"""
_BOTH = f"""-- name: user_list
SELECT u.id, u.name, count(DISTINCT m.id) AS memberships, count(DISTINCT e.id) AS enrollments
{_FROM}
GROUP BY u.id, u.name"""
_LARGE = ("users=20k", "memberships=1M", "enrollments=1M")
_INNER = _FROM.replace("LEFT JOIN", "JOIN")

REWRITING = Rewriting(
    id="pg-counted-apart",
    title="Count each table by itself before joining",
    guide=__doc__ or "",
    evidence=(POST,),
    turn=turn,
    cases=(
        Case(name="memberships and enrollments of every user", given=_TABLES, rows=_LARGE,
             queries=f"{_BOTH};"),
        Case(name="users that have both", given=_TABLES, rows=_LARGE,
             queries=f"SELECT u.id, count(DISTINCT m.id), max(e.hours) AS longest {_INNER} "
             "WHERE m.role = 'owner' GROUP BY u.id;"),
        Case(name="conditions where they are joined, and on the figures", given=_TABLES,
             rows=_LARGE,
             queries="SELECT u.id, name, count(DISTINCT m.role) AS roles, min(m.since) AS first, "
             "count(DISTINCT e.id) FILTER (WHERE e.hours > 3) AS long FROM users u "
             "LEFT JOIN memberships m ON u.id = m.user_id AND m.since > '2020-01-01' "
             "LEFT JOIN enrollments e ON e.user_id = u.id WHERE city IS NOT NULL GROUP BY 1, 2 "
             "HAVING count(DISTINCT m.id) > 1 OR max(e.hours) IS NULL "
             "ORDER BY long DESC, count(DISTINCT m.id), u.id LIMIT 50;"),
        Case(name="a table of which nothing is asked", given=_TABLES, rows=_LARGE,
             queries=f"SELECT u.id, count(DISTINCT m.id) AS n {_FROM} GROUP BY u.id;"),
        Case(name="in a subquery, the users of one city", given=_TABLES, rows=_LARGE,
             queries=f"SELECT max(x.n) AS most FROM (SELECT u.id, count(DISTINCT m.id) AS n, "
             f"count(DISTINCT e.id) AS e {_FROM} WHERE u.city = $1 GROUP BY u.id) x "
             "WHERE x.e > 2;"),
        Case(name="a count that the other join multiplies", given=_TABLES, rows=_LARGE,
             queries=_BOTH.replace("DISTINCT m.id", "m.id"), fires=False),
        Case(name="a sum that the other join multiplies", given=_TABLES, rows=_LARGE,
             queries=_BOTH.replace("count(DISTINCT e.id)", "sum(e.hours)"), fires=False),
        Case(name="users of one name are one group", given=_TABLES, rows=_LARGE, fires=False,
             queries=_BOTH.replace("u.id, u.name", "u.name")),
        Case(name="outer rows that are asked after the join", given=_TABLES, rows=_LARGE,
             queries=_BOTH.replace("GROUP", "WHERE e.hours IS NULL GROUP"), fires=False),
        Case(name="one child hangs on the other", given=_TABLES, rows=_LARGE, fires=False,
             queries=_BOTH.replace("e.user_id = u.id", "e.user_id = m.user_id")),
        Case(name="both are counted in one expression", given=_TABLES, rows=_LARGE, fires=False,
             queries=_BOTH.replace("DISTINCT m.id", "DISTINCT m.id + e.id")),
        Case(name="one user", given=_TABLES, rows=("users=20k", "memberships=20k",
             "enrollments=20k"), queries=_BOTH.replace("GROUP", "WHERE u.id = $1 GROUP"),
             fires=False),
    ),
)  # fmt: skip
