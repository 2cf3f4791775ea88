"""Find once the values that have what is asked, where a nested subquery asks for each row.

NOT (... OR EXISTS (SELECT 1 FROM tagged t WHERE t.object_id IN (SELECT m.id FROM messages m
WHERE m.chat_id = s.chat_id))) is run for every s: the innermost part names the outer row, and below
OR PostgreSQL makes no join of it. The chats that have such a message are a list that is made once;
each s is then looked up among them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.names import quote
from blueproof.sql.scopes import Source, all_of, certain, columns, conjuncts
from blueproof.sql.selected import has, is_of, is_whole, name_of, read_column, read_select
from blueproof.sql.trees import brief, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/functions-subquery.html",
    checked=date(2026, 11, 29),
    says="EXISTS may refer to variables of the surrounding query, which act as constants during "
    "any one evaluation of the subquery",
)


@dataclass(frozen=True, kw_only=True)
class _Nested:
    """An EXISTS, its table, the one within that names the outer row, and what ties them.

    `tie` is the inner table's column that equals `outer`; `pair` the condition between the two.
    """

    node: exp.Exists
    table: Source
    within: Source
    pair: exp.Expr
    tie: exp.Column
    outer: exp.Column
    rest: tuple[exp.Expr, ...]


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Every such EXISTS below OR, as one list that the outer column is looked up in."""
    tree = asked.tree()
    nodes = list(tree.find_all(exp.Exists)) if tree else []
    found = [n for node in nodes if (n := _nested(asked, node)) is not None]
    if tree is None or not found:
        return
    first = found[0]
    what = f"{name_of(first.table.node)} and {name_of(first.within.node)}"
    outer = brief(first.outer)
    for each in found:
        each.node.replace(_among(asked, each))
    yield Rewrite(
        title=f"Look {outer} up in a list that is made once",
        text=write_tree(tree),
        because=(
            f"{asked.query.name} searches {what} anew for every {outer}: below OR, a subquery that "
            "names the outer row within another becomes no join",
        ),
    )


def _nested(asked: Asked, node: exp.Exists) -> _Nested | None:
    select = node.this
    if not isinstance(select, exp.Select) or not _is_below_or(node) or has(select, "order"):
        return None
    table = _single(asked, select)
    where = select.args.get("where")
    parts = list(conjuncts(where.this)) if where else []
    inner = [p for p in parts if p.find(exp.Select)]
    rest = [p for p in parts if not p.find(exp.Select)]
    if table is None or len(inner) != 1 or not _are_about(asked, rest, table):
        return None
    if any(n.find(exp.AggFunc, exp.Window) for n in select.expressions):
        return None  # an aggregate gives a row where there is none
    return _within(asked, node, table, inner[0], tuple(rest))


def _is_below_or(node: exp.Expr) -> bool:
    """Whether it stands below an OR of its SELECT's WHERE: elsewhere it is a join already."""
    found = node.parent
    while found is not None and not isinstance(found, exp.Select):
        if isinstance(found, exp.Or):
            return True
        found = found.parent
    return False


def _single(asked: Asked, select: exp.Select) -> Source | None:
    sources = asked.scopes.sources(select)
    plain = len(sources) == 1 and sources[0].table is not None and is_whole(sources[0].node)
    return sources[0] if plain else None


def _are_about(asked: Asked, parts: list[exp.Expr], *sources: Source) -> bool:
    return all(any(is_of(c, s, asked.scopes) for s in sources) for p in parts for c in columns(p))


def _within(
    asked: Asked, node: exp.Exists, table: Source, inner: exp.Expr, rest: tuple[exp.Expr, ...]
) -> _Nested | None:
    """The innermost part: t.object_id IN (SELECT m.id ...), or EXISTS (... m.id = t.object_id)."""
    if isinstance(inner, exp.In) and inner.args.get("query") is not None:
        select = inner.args["query"].unnest()
    elif isinstance(inner, exp.Exists):
        select = inner.this
    else:
        return None
    if not isinstance(select, exp.Select) or has(select, "order"):
        return None
    within = _single(asked, select)
    figures = select.find(exp.AggFunc, exp.Window)
    if within is None or figures or within.alias == table.alias:
        return None
    where = select.args.get("where")
    parts = list(conjuncts(where.this)) if where else []
    ties = [p for p in parts if not _are_about(asked, [p], within, table)]
    tied = _tied(asked, ties[0], within, table) if len(ties) == 1 else None
    pair = _pair(asked, inner, select, table, within)
    own = [p for p in parts if p not in ties]
    if tied is None or pair is None or any(p.find(exp.Select) for p in parts):
        return None
    return _Nested(
        node=node, table=table, within=within, pair=pair, tie=tied[0], outer=tied[1],
        rest=(*rest, *own),
    )  # fmt: skip


def _tied(
    asked: Asked, condition: exp.Expr, within: Source, table: Source
) -> tuple[exp.Column, exp.Column] | None:
    """The inner column and the outer one of the equality that names the outer row."""
    if not isinstance(condition, exp.EQ):
        return None
    sides = (condition.this.unnest(), condition.expression.unnest())
    for mine, other in (sides, sides[::-1]):
        if not isinstance(mine, exp.Column) or not isinstance(other, exp.Column):
            return None
        found = asked.scopes.column(other)
        outside = found is not None and found[0].node not in {within.node, table.node}
        apart = found is not None and found[0].alias not in {within.alias, table.alias}
        if is_of(mine, within, asked.scopes) and outside and apart and other.table:
            return mine, other
    return None


def _pair(
    asked: Asked, inner: exp.Expr, select: exp.Select, table: Source, within: Source
) -> exp.Expr | None:
    """What says which rows of the two go together; TRUE where the inner WHERE says it itself."""
    if isinstance(inner, exp.Exists):
        return exp.true()
    value = select.expressions[0].unalias() if len(select.expressions) == 1 else None
    left = inner.this.unnest()
    own = isinstance(value, exp.Column) and is_of(value, within, asked.scopes)
    mine = isinstance(left, exp.Column) and is_of(left, table, asked.scopes)
    if not own or not mine or value is None:
        return None
    one = read_column(table.alias, name_of(left))
    return exp.EQ(this=one, expression=read_column(within.alias, name_of(value)))


def _among(asked: Asked, found: _Nested) -> exp.Expr:
    """The outer column among those that are found; never NULL, as EXISTS never is."""
    key = read_column(found.within.alias, name_of(found.tie))
    known = found.within.table.by_name.get(name_of(found.tie)) if found.within.table else None
    sure = known is not None and certain(found.within.table, known)
    null = exp.Not(this=exp.Is(this=key.copy(), expression=exp.Null()))
    rest = [_in_full(asked, p, found) for p in found.rest]
    pair = [] if isinstance(found.pair, exp.Boolean) else [found.pair]
    inner = read_select(f"SELECT {brief(key)} FROM x CROSS JOIN y")
    inner.args["from_"].set("this", found.table.node.copy())
    join = exp.Join(this=found.within.node.copy(), kind="" if pair else "CROSS")
    if pair:
        join.set("on", pair[0])
    inner.set("joins", [join])
    conditions = [*rest, *(() if sure else (null,))]
    if conditions:
        inner.set("where", exp.Where(this=all_of(conditions)))
    among = exp.In(this=found.outer.copy(), query=exp.Subquery(this=inner))
    if asked.scopes.never_null(found.outer):
        return among
    told = exp.Not(this=exp.Is(this=found.outer.copy(), expression=exp.Null()))
    return exp.Paren(this=exp.And(this=told, expression=among))


def _in_full(asked: Asked, part: exp.Expr, found: _Nested) -> exp.Expr:
    """A copy of a condition with each bare column after its table: there are two now."""
    copy = part.copy()
    for old, new in zip(list(columns(part)), list(columns(copy)), strict=True):
        mine = found.table if is_of(old, found.table, asked.scopes) else found.within
        new.set("table", exp.to_identifier(mine.alias, quoted=quote(mine.alias) != mine.alias))
    return copy


_TABLES = """
CREATE TABLE sessions (id bigint PRIMARY KEY, team_id bigint NOT NULL, chat_id bigint NOT NULL,
  other_chat bigint);
CREATE TABLE messages (id bigint PRIMARY KEY, chat_id bigint NOT NULL, re bigint, at date NOT NULL);
CREATE TABLE tagged (
  id bigint PRIMARY KEY, kind integer NOT NULL, object_id bigint NOT NULL, tag_id bigint NOT NULL
);
CREATE INDEX ON messages (chat_id);
CREATE INDEX ON tagged (kind, object_id);
CREATE INDEX ON tagged (tag_id);
CREATE INDEX ON sessions (team_id);
"""
_ROWS = """
INSERT INTO sessions SELECT i, i % 10, i, i % 90 FROM generate_series(1, 4000) i;
INSERT INTO messages SELECT i, 1 + i % 4000, i % 70, date '2025-01-01' + i % 300
FROM generate_series(1, 80000) i;
INSERT INTO tagged SELECT i, 2, i * 13, 1 + i % 15 FROM generate_series(1, 6000) i;
INSERT INTO tagged SELECT 10000 + i, 1, i * 4, 1 + i % 15 FROM generate_series(1, 1000) i;
VACUUM ANALYZE;
"""
_NEITHER = """-- name: untagged
SELECT count(*) FROM sessions s WHERE s.team_id = 7 AND {}(
  EXISTS (SELECT 1 FROM tagged t WHERE t.kind = 1 AND t.object_id = s.chat_id AND t.tag_id = 9)
  OR EXISTS (SELECT 1 FROM tagged t WHERE t.kind = 2 AND t.tag_id = 9 AND {}));
"""
_IN = "t.object_id IN (SELECT m.id FROM messages m WHERE m.chat_id = {} {})"

REWRITING = Rewriting(
    id="pg-found-among",
    title="Find the values that have what is asked once",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="sessions without a tag", given=_TABLES, filled=_ROWS,
             queries=_NEITHER.format("NOT ", _IN.format("s.chat_id", "ORDER BY m.at"))),
        Case(name="with a tag, columns that may be NULL", given=_TABLES, filled=_ROWS,
             queries=_NEITHER.format("", "object_id IN (SELECT id FROM messages m WHERE "
                                     "re = s.other_chat AND at > '2025-02-02')")),
        Case(name="EXISTS within EXISTS", given=_TABLES, filled=_ROWS,
             queries=_NEITHER.format("NOT ", "EXISTS (SELECT FROM messages m WHERE "
                                     "m.id = t.object_id AND s.chat_id = m.chat_id)")),
        Case(name="the first message alone", given=_TABLES, filled=_ROWS, fires=False,
             queries=_NEITHER.format("NOT ", _IN.format("s.chat_id", "ORDER BY m.at LIMIT 1"))),
        Case(name="the outer row is named twice", given=_TABLES, filled=_ROWS, fires=False,
             queries=_NEITHER.format("NOT ", _IN.format("s.chat_id", "AND m.re <> s.other_chat"))),
        Case(name="messages before the chat", given=_TABLES, filled=_ROWS, fires=False,
             queries=_NEITHER.format("NOT ", _IN.format("s.chat_id", "")).replace(
                 "m.chat_id =", "m.chat_id <")),
        Case(name="no subquery names the outer row", given=_TABLES, filled=_ROWS, fires=False,
             queries=_NEITHER.format("NOT ", _IN.format("5", ""))),
    ),
)  # fmt: skip
