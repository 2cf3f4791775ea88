"""Call a function that returns a row once, not once for each of its columns.

SELECT (stats(id)).* is written out as (stats(id)).a, (stats(id)).b and so on, and each of them is
another call. In LATERAL the function is called once for a row, and its columns are then at hand.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.scopes import fresh
from blueproof.sql.selected import has, identifier, is_merging, name_in_full, name_of
from blueproof.sql.trees import brief, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/rowtypes.html#ROWTYPES-USAGE",
    checked=date(2026, 11, 29),
    says="SELECT (myfunc(x)).* calls the function once for each column; FROM ..., LATERAL "
    "myfunc(x) m calls it once a row",
)
# PostgreSQL's own that give rows of several columns, the same ones for the same argument.
_OWN = frozenset({"jsonb_each", "jsonb_each_text", "json_each", "json_each_text"})
_FEWEST = 2


@dataclass(frozen=True, kw_only=True)
class _Call:
    """A call, and the places in the outputs where a column of its row is taken."""

    call: exp.Expr
    places: tuple[exp.Dot, ...]


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each SELECT that takes several columns of one call, with the call in LATERAL."""
    for tree, select in asked.selects():
        found = _call(asked, select)
        if found is None:
            continue
        what = brief(found.call)
        _put_beside(asked, tree, select, found)
        yield Rewrite(
            title=f"Call {_name(found.call)} once for each row",
            text=write_tree(tree),
            because=(
                f"{asked.query.name} takes the columns of {what} apart: each column that comes out "
                "is another call of it",
            ),
        )


def _call(asked: Asked, select: exp.Select) -> _Call | None:
    """The one call whose row the outputs take apart, in a SELECT of a row for each one it reads."""
    figures = [n for n in select.find_all(exp.AggFunc, exp.Window) if n.parent_select is select]
    if has(select, "order", "limit", "offset") or figures or not select.args.get("from_"):
        return None
    dots = [d for item in select.expressions for d in item.find_all(exp.Dot) if _inner(d)]
    calls = {brief(inner): inner for d in dots if (inner := _inner(d)) is not None}
    starred = any(isinstance(d.expression, exp.Star) for d in dots)
    if len(calls) != 1 or not (starred or len(dots) >= _FEWEST):
        return None
    (call,) = calls.values()
    alone = all(d.parent is select or isinstance(d.parent, exp.Alias) for d in dots)
    if not alone or not _is_steady(asked, call) or not _are_plain(asked, select, dots):
        return None
    return _Call(call=call, places=tuple(dots))


def _inner(dot: exp.Dot) -> exp.Expr | None:
    """The call in (f(x)).a."""
    inner = dot.this.this if isinstance(dot.this, exp.Paren) else None
    if isinstance(inner, exp.Dot) and isinstance(inner.expression, exp.Anonymous):
        return inner  # schema.f(x)
    return inner if isinstance(inner, exp.Anonymous) else None


def _name(call: exp.Expr) -> str:
    """The function's name, as the schema has it."""
    if isinstance(call, exp.Dot):
        return f"{name_of(call.this)}.{name_of(call.expression)}".removeprefix("public.")
    return name_of(call)


def _is_steady(asked: Asked, call: exp.Expr) -> bool:
    """Whether it answers alike within a statement, its arguments being columns and constants."""
    inner = call.expression if isinstance(call, exp.Dot) else call
    plain = not any(a.find(exp.Func, exp.Query, exp.Lambda) for a in inner.expressions)
    return plain and (_name(call) in asked.database.schema.stable or _name(call) in _OWN)


def _are_plain(asked: Asked, select: exp.Select, dots: list[exp.Dot]) -> bool:
    """Whether nothing else gives several rows for one, and each column's relation is known."""
    others = [i for i in select.expressions if i not in dots and i.unalias() not in dots]
    calls = any(i.find(exp.Anonymous, exp.UDTF, exp.Explode) for i in others)
    stars = any(isinstance(i, exp.Star) for i in others)
    merging = any(is_merging(j) for j in select.args.get("joins") or ())
    own = [c for c in select.find_all(exp.Column) if not isinstance(c.this, exp.Star)]
    sorts = {id(c) for o in select.find_all(exp.Ordered) for c in o.find_all(exp.Column)}
    known = all(c.table or id(c) in sorts or asked.scopes.owner(c) for c in own)
    return not calls and not stars and not merging and known and not select.find(exp.Lambda)


def _put_beside(asked: Asked, tree: exp.Query, select: exp.Select, found: _Call) -> None:
    """The call as a relation beside the others, and its columns where they were taken."""
    alias = fresh(tree, _name(found.call).rpartition(".")[2])
    name_in_full(select, asked.scopes)
    call = found.places[0].this.this.copy()
    for dot in found.places:
        column = exp.Column(this=dot.expression.copy(), table=identifier(alias))
        dot.replace(column)
    for each in select.args.get("joins") or ():
        if not (each.kind or each.side or each.args.get("on")):
            each.set("kind", "CROSS")  # a join after a comma does not see what stands before it
    named = exp.TableAlias(this=identifier(alias))
    lateral = exp.Lateral(this=call, alias=named, view=False, outer=False, ordinality=False)
    select.append("joins", exp.Join(this=lateral, kind="CROSS"))


_TABLES = """
CREATE TABLE tasks (id integer PRIMARY KEY, name text NOT NULL, facts jsonb NOT NULL);
CREATE TABLE measured (id integer PRIMARY KEY, task integer NOT NULL, took integer NOT NULL);
CREATE INDEX ON measured (task);
CREATE FUNCTION stats(n integer, OUT runs bigint, OUT shortest integer, OUT longest integer,
  OUT total bigint, OUT first_run integer, OUT last_run integer)
LANGUAGE plpgsql STABLE AS $$ BEGIN
  SELECT count(*), min(took), max(took), sum(took), min(id), max(id)
  INTO runs, shortest, longest, total, first_run, last_run FROM measured WHERE task = n;
END $$;
CREATE FUNCTION drawn(n integer, OUT a double precision, OUT b integer)
LANGUAGE plpgsql AS $$ BEGIN a := random(); b := n; END $$;
"""
_ROWS = """
INSERT INTO tasks SELECT i, 'task ' || i, '{}' FROM generate_series(1, 1500) i;
INSERT INTO measured SELECT i, 1 + i % 1500, i % 97 FROM generate_series(1, 30000) i;
VACUUM ANALYZE;
"""

REWRITING = Rewriting(
    id="pg-row-of-function",
    title="Call a function that returns a row once",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="every column of its row", given=_TABLES, filled=_ROWS,
             queries="SELECT id, name, (stats(id)).* FROM tasks;"),
        Case(name="five of them by name, sorted, beside another table", given=_TABLES,
             filled=_ROWS,
             queries="SELECT t.id, (stats(t.id)).runs, (stats(t.id)).shortest AS best, "
             "(stats(t.id)).longest, (stats(t.id)).total, (stats(t.id)).last_run "
             "FROM tasks t WHERE t.name <> $1 ORDER BY runs, t.id;"),
        Case(name="in a subquery", given=_TABLES, filled=_ROWS,
             queries="SELECT x.id, x.runs, x.longest, x.total, x.last_run "
             "FROM (SELECT t.id, (stats(t.id)).* FROM tasks AS t OFFSET 0) x "
             "WHERE x.shortest <> 5;"),
        Case(name="one column only", given=_TABLES, filled=_ROWS, fires=False,
             queries="SELECT id, (stats(id)).runs FROM tasks;"),
        Case(name="a function that answers otherwise each time", given=_TABLES, filled=_ROWS,
             fires=False, queries="SELECT id, (drawn(id)).* FROM tasks;"),
        Case(name="it is a relation already", given=_TABLES, filled=_ROWS, fires=False,
             queries="SELECT t.id, s.* FROM tasks t CROSS JOIN LATERAL stats(t.id) AS s;"),
        Case(name="two calls with other arguments", given=_TABLES, filled=_ROWS, fires=False,
             queries="SELECT id, (stats(id)).runs, (stats(id + 1)).runs AS next FROM tasks;"),
    ),
)  # fmt: skip
