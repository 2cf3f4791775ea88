"""Take a document apart before its elements are unfolded, not once more for each of them.

SELECT doc -> 'id', jsonb_array_elements(doc -> 'lines') FROM orders makes a row of each line, and
computes doc -> 'id' for each of those rows: the whole document is fetched and decompressed every
time. In a subquery that is not merged (OFFSET 0) each part is taken once, and then unfolded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.scopes import columns, fresh
from blueproof.sql.selected import Output, has, identifier, name_of, output_order, read_column
from blueproof.sql.trees import brief, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/xfunc-sql.html#XFUNC-SQL-FUNCTIONS-RETURNING-SET",
    checked=date(2026, 11, 29),
    says="where a set-returning function stands in the select list, the whole list is computed for "
    "each row that it gives",
)
_UNFOLD = frozenset({
    *("jsonb_array_elements", "jsonb_array_elements_text", "json_array_elements"),
    *("json_array_elements_text", "jsonb_object_keys", "json_object_keys", "jsonb_path_query"),
    *("regexp_split_to_table", "string_to_table"),
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Unfolded:
    """The output that makes several rows of one, the call in it, and the others, named."""

    call: exp.Expr
    item: exp.Expr
    others: tuple[Output, ...]
    name: str


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each SELECT that unfolds one value beside others that are computed of the row."""
    for tree, select in asked.selects():
        found = _unfolded(select)
        order = _order(select, found) if found else None
        if found is None or (select.args.get("order") and order is None):
            continue
        beside = next(o.value for o in found.others if not isinstance(o.value, exp.Column))
        what = brief(found.call)
        _apart(tree, select, found, order)
        yield Rewrite(
            title="Take the parts of a row before unfolding",
            text=write_tree(tree),
            because=(
                f"{asked.query.name} computes {brief(beside)} for each row that {what} gives, not "
                "once for each row that is read",
            ),
        )


def _unfolded(select: exp.Select) -> _Unfolded | None:
    if has(select, "order", "limit", "offset") or not select.args.get("from_"):
        return None
    if select.find(exp.AggFunc, exp.Window) or len(list(select.find_all(exp.Select))) > 1:
        return None
    items = select.expressions
    mine = [i for i in items if _name(i.unalias()) in _UNFOLD]
    others = [i for i in items if not any(i is m for m in mine)]
    if len(mine) != 1 or any(i.find(exp.Anonymous, exp.UDTF, exp.Explode) for i in others):
        return None
    named = [Output(name=_called(i), value=i.unalias()) for i in others]
    names = [*(o.name for o in named), _called(mine[0])]
    call = mine[0].unalias()
    computed = any(not isinstance(o.value, exp.Column) and _reads(o.value) for o in named)
    nested = any(a.find(exp.Anonymous, exp.UDTF, exp.Explode) for a in call.expressions)
    if not all(names) or len(set(names)) < len(names) or not computed or nested:
        return None
    if not call.expressions or not _reads(call.expressions[0]):
        return None
    return _Unfolded(call=call, item=mine[0], others=tuple(named), name=names[-1])


def _name(node: exp.Expr) -> str:
    return name_of(node) if isinstance(node, exp.Anonymous) else ""


def _reads(node: exp.Expr) -> bool:
    return any(columns(node))


def _called(item: exp.Expr) -> str:
    """An output's name; "" of one that is not given any, or is several."""
    if isinstance(item, exp.Alias):
        return name_of(item.args["alias"])
    plain = isinstance(item, exp.Column) and not isinstance(item.this, exp.Star)
    return name_of(item) if plain else _name(item)


def _order(select: exp.Select, found: _Unfolded) -> exp.Order | None:
    """The order by outputs, each by its name."""
    call = Output(name=found.name, value=found.call)
    order = output_order(select, (*found.others, call))
    names = {*(o.name for o in found.others), found.name}
    keys = [o.this for o in order.expressions] if order else []
    plain = all(isinstance(k, exp.Column) and not k.table and name_of(k) in names for k in keys)
    return order if plain else None


def _apart(tree: exp.Query, select: exp.Select, found: _Unfolded, order: exp.Order | None) -> None:
    """Put what is computed of a row into a subquery, and unfold above it."""
    alias = fresh(tree, "parts")
    argument = "unfolded"
    while argument in {o.name for o in found.others}:
        argument += "_"
    inner = select.copy()
    for clause in ("order", "limit", "with_"):
        inner.set(clause, None)
    inner.set("offset", exp.Offset(expression=exp.Literal.number(0)))
    first, *rest = found.call.expressions
    inner.set(
        "expressions",
        [
            *(_shown(o) for o in found.others),
            exp.alias_(first.copy(), identifier(argument)),
        ],
    )
    call = found.call.copy()
    call.set("expressions", [read_column(alias, argument), *(r.copy() for r in rest)])
    given = [
        exp.alias_(call, identifier(found.name)) if i is found.item else read_column(alias, name)
        for i, name in ((i, _called(i)) for i in select.expressions)
    ]
    subquery = exp.Subquery(this=inner, alias=exp.TableAlias(this=exp.to_identifier(alias)))
    select.set("expressions", given)
    select.set("from_", exp.From(this=subquery))
    for clause in ("where", "joins", "laterals"):
        select.set(clause, None)
    select.set("order", order)


def _shown(output: Output) -> exp.Expr:
    value = output.value.copy()
    same = isinstance(value, exp.Column) and name_of(value) == output.name
    return value if same else exp.alias_(value, identifier(output.name))


_TABLES = """
CREATE TABLE orders (id integer PRIMARY KEY, kind text NOT NULL, doc jsonb NOT NULL, codes text);
CREATE INDEX ON orders (kind);
"""
_ROWS = """
INSERT INTO orders SELECT i, 'web', jsonb_build_object('no', i, 'lines', jsonb_build_array(i)), 'a'
FROM generate_series(1, 3000) i;
INSERT INTO orders SELECT 3000 + k, 'import',
  jsonb_build_object('no', k, 'lines', (SELECT jsonb_agg(i * k) FROM generate_series(1, 900) i)),
  (SELECT string_agg(md5(i::text), ',') FROM generate_series(1, 900) i)
FROM generate_series(1, 5) k;
VACUUM ANALYZE;
"""

REWRITING = Rewriting(
    id="pg-unpacked-apart",
    title="Take a document apart before its elements are unfolded",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="a key beside the elements of a list", given=_TABLES, filled=_ROWS,
             queries="SELECT doc -> 'no' AS no, jsonb_path_query(doc -> 'lines', '$[*]') AS line "
             "FROM orders WHERE kind = 'import';"),
        Case(name="parts of a text, sorted, by the table's name", given=_TABLES, filled=_ROWS,
             queries="SELECT o.id, string_to_table(lower(o.codes), ',') AS code, "
             "o.doc ->> 'no' AS no, upper(left(o.codes, 9)) AS first FROM orders AS o "
             "WHERE o.kind = 'import' ORDER BY no, code LIMIT 2000;"),
        Case(name="in a subquery", given=_TABLES, filled=_ROWS,
             queries="SELECT count(*) AS n FROM (SELECT doc ->> 'no' AS no, "
             "jsonb_path_query(doc, '$.lines[*]') AS line FROM orders WHERE kind = 'import' "
             "OFFSET 0) x WHERE x.no <> '3' AND x.line <> '5';"),
        Case(name="the elements alone", given=_TABLES, filled=_ROWS, fires=False,
             queries="SELECT id, jsonb_array_elements(doc -> 'lines') AS line FROM orders;"),
        Case(name="two lists are gone through side by side", given=_TABLES, filled=_ROWS,
             fires=False,
             queries="SELECT doc -> 'no' AS no, jsonb_array_elements(doc -> 'lines') AS line, "
             "string_to_table(codes, ',') AS code FROM orders WHERE kind = 'import';"),
        Case(name="sorted by what does not come out", given=_TABLES, filled=_ROWS, fires=False,
             queries="SELECT doc -> 'no' AS no, jsonb_array_elements(doc -> 'lines') AS line "
             "FROM orders WHERE kind = 'import' ORDER BY codes;"),
        Case(name="documents of one element", given=_TABLES, filled=_ROWS, fires=False,
             queries="SELECT doc -> 'no' AS no, jsonb_array_elements(doc -> 'lines') AS line "
             "FROM orders WHERE kind = 'web' AND id < 50;"),
    ),
)  # fmt: skip
