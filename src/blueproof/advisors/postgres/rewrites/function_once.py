"""Ask a function that takes nothing from the row once, not for every row.

WHERE account_id = current_account() calls the function for each row that is read, and uses no index
at all where nobody has declared it STABLE. In a subquery of its own, (SELECT current_account()), it
is called once before the first row, and what it gives is as good as a constant to an index.
"""

from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.advisors.postgres.parts.wording import listed
from blueproof.core.advice import Alternative
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.functions import only_reading
from blueproof.sql.selected import name_of
from blueproof.sql.trees import brief, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/xfunc-volatility.html",
    checked=date(2026, 11, 29),
    says="a VOLATILE function is called anew at every row where its value is needed, and is no "
    "condition of an index scan; a STABLE one may be",
)
# What may stand in an argument: the same for every row, whatever it is worth.
_CONSTANT = (
    *(exp.Literal, exp.Parameter, exp.Null, exp.Boolean, exp.Cast, exp.Neg, exp.Paren),
    *(exp.DataType, exp.Interval, exp.Var, exp.CurrentTimestamp, exp.CurrentDate, exp.Array),
)
_MAKES_GROUPS = ("group", "having", "distinct", "windows")


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Every such call in WHERE, ON or the list of outputs, in a subquery of its own."""
    tree = asked.tree()
    if tree is None or not tree.find(exp.Anonymous):
        return
    reading = only_reading(asked.database.ddl)
    known = asked.database.schema.stable | reading
    calls = [c for c in _calls(tree) if _name(c) in known and _is_row_free(c, known)]
    found = [c for c in calls if _is_called_for_rows(c)]
    if not found:
        return
    names = tuple(dict.fromkeys(_name(c) for c in found))
    said = tuple(dict.fromkeys(brief(c) for c in found))
    for call in found:
        call.replace(exp.Subquery(this=exp.select(call.copy())))
    read = tuple(n for n in names if n not in asked.database.schema.stable)
    yield Rewrite(
        title=f"Call {listed(names)} once",
        text=write_tree(tree),
        because=(
            f"{asked.query.name} calls {listed(said)} for every row, though it takes nothing from "
            "the row",
        ),
        instead_of=_declared(read),
        trade_offs=_taken(read),
    )


def _declared(read: tuple[str, ...]) -> tuple[Alternative, ...]:
    return tuple(
        Alternative(
            choice=f"declare {name} STABLE",
            why_not="that lets an index use it, too, for every query; but where no index serves it "
            "is still called for each row, and whoever changes its text must know of it",
        )
        for name in read
    )


def _taken(read: tuple[str, ...]) -> tuple[str, ...]:
    """What is assumed of functions that nobody has declared STABLE."""
    if not read:
        return ()
    return (
        f"{listed(read)} only reads, by its text, but is not declared STABLE: what other sessions "
        "commit while the query runs is no longer seen by its later rows",
    )


def _calls(tree: exp.Expr) -> list[exp.Expr]:
    """The calls of functions that are not PostgreSQL's own, with the schema before them if any."""
    found: list[exp.Expr] = []
    for call in tree.find_all(exp.Anonymous):
        outer = call.parent
        found.append(outer if isinstance(outer, exp.Dot) and call.arg_key == "expression" else call)
    return found


def _name(call: exp.Expr) -> str:
    """The function's name, as the schema has it."""
    if isinstance(call, exp.Dot):
        return f"{name_of(call.this)}.{name_of(call.expression)}".removeprefix("public.")
    return name_of(call)


def _is_row_free(call: exp.Expr, known: frozenset[str]) -> bool:
    """Whether each argument is a constant, or another such call."""
    inner = call.expression if isinstance(call, exp.Dot) else call
    return all(_is_constant(each, known) for each in inner.expressions)


def _is_constant(node: exp.Expr, known: frozenset[str]) -> bool:
    if isinstance(node, exp.Anonymous) or (
        isinstance(node, exp.Dot) and isinstance(node.expression, exp.Anonymous)
    ):
        return _name(node) in known and _is_row_free(node, known)
    return isinstance(node, _CONSTANT) and all(
        _is_constant(child, known) for child in node.iter_expressions()
    )


def _is_called_for_rows(call: exp.Expr) -> bool:
    """Whether it stands in WHERE, ON or an output of a SELECT of rows, and in no other call."""
    node, select = call, call.parent_select
    if not isinstance(select, exp.Select) or not select.args.get("from_"):
        return False
    while node.parent is not select and node.parent is not None:
        node = node.parent
        if isinstance(node, exp.Anonymous | exp.Table | exp.Lateral | exp.UDTF | exp.Window):
            return False
    if isinstance(node, exp.Where):
        return True
    if isinstance(node, exp.Join):
        return True
    figures = any(n.parent_select is select for n in select.find_all(exp.AggFunc, exp.Window))
    grouped = figures or any(select.args.get(k) for k in _MAKES_GROUPS)
    output = node.arg_key == "expressions" and not isinstance(call.parent, exp.Paren)
    return output and not grouped


_TABLES = """
CREATE TABLE accounts (id bigint PRIMARY KEY, code varchar(10) NOT NULL, current boolean NOT NULL);
CREATE TABLE entries (
  id bigint PRIMARY KEY, account_code varchar(10) NOT NULL, booked_on date NOT NULL, note text
);
CREATE INDEX ON entries (account_code);
CREATE INDEX ON entries (booked_on);
CREATE SCHEMA app;
CREATE FUNCTION current_code() RETURNS varchar LANGUAGE plpgsql AS $$ BEGIN
  RETURN (SELECT code FROM accounts WHERE current ORDER BY id LIMIT 1);
END $$;
CREATE FUNCTION app.since(days integer) RETURNS date LANGUAGE sql AS
  'SELECT max(booked_on) - days FROM entries';
CREATE FUNCTION settled(days integer) RETURNS date LANGUAGE plpgsql STABLE AS $$ BEGIN
  RETURN (SELECT min(booked_on) + days FROM entries);
END $$;
CREATE FUNCTION drawn() RETURNS varchar LANGUAGE plpgsql AS $$ BEGIN
  RETURN (SELECT code FROM accounts ORDER BY random() LIMIT 1);
END $$;
CREATE FUNCTION counted() RETURNS varchar LANGUAGE plpgsql AS $$ BEGIN
  UPDATE accounts SET current = true; RETURN 'a';
END $$;
CREATE FUNCTION codes() RETURNS SETOF varchar LANGUAGE sql AS 'SELECT code FROM accounts';
"""
_LARGE = ("entries=500k", "accounts=20")

REWRITING = Rewriting(
    id="pg-function-once",
    title="Ask a function that takes nothing from the row once",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="a column held against what it gives", given=_TABLES, rows=_LARGE,
             queries="SELECT * FROM entries WHERE account_code = current_code();"),
        Case(name="two of them, in a schema, and a parameter", given=_TABLES, rows=_LARGE,
             queries="SELECT e.id FROM entries e JOIN accounts a ON a.code = e.account_code "
             "AND e.booked_on > app.since($1) WHERE public.current_code() <> e.account_code;"),
        Case(name="in a list of outputs", given=_TABLES, rows=_LARGE,
             queries="SELECT id, current_code() AS mine FROM entries;"),
        Case(name="declared STABLE, but no index serves", given=_TABLES, rows=_LARGE,
             queries="SELECT x.id FROM (SELECT id, booked_on + 1 AS next FROM entries) x "
             "WHERE x.next <> settled(31);"),
        Case(name="it draws lots", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT id FROM entries WHERE account_code = drawn();"),
        Case(name="it writes", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT id FROM entries WHERE account_code = counted();"),
        Case(name="it takes a column", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT id FROM entries WHERE booked_on < app.since(id::integer);"),
        Case(name="it gives several values", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT id, codes() FROM entries;"),
        Case(name="it is asked once already", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT id FROM entries WHERE account_code = (SELECT current_code());"),
    ),
)  # fmt: skip
