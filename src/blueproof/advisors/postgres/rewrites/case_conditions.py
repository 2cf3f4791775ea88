"""Say a CASE in WHERE as the conditions that it stands for.

WHERE CASE WHEN status = 'open' THEN 1 ELSE 0 END = 1 is computed for every row, and neither an
index nor the statistics of the column are of use. status = 'open' says the same.
"""

from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.advisors.postgres.parts.turned import Turned, turn_conditions
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.filters import compared, integer, kind
from blueproof.sql.scopes import Scopes
from blueproof.sql.trees import brief, read_part

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/functions-conditional.html",
    checked=date(2026, 11, 29),
    says="CASE gives the result of the first condition that is true, else that of ELSE, else NULL",
)
_MOST_ARMS = 4
# What can raise no error, so that it does not matter whether CASE kept it from being computed.
_HARMLESS = (
    exp.Column, exp.Identifier, exp.Literal, exp.Parameter, exp.Null, exp.Boolean, exp.Paren,
    exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.And, exp.Or, exp.Not, exp.Is,
    exp.In, exp.Between, exp.Like, exp.ILike, exp.CurrentTimestamp, exp.CurrentDate,
)  # fmt: skip
Arm = tuple[str, exp.Expr]  # a condition, and what comes of it


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each CASE that is compared or is itself a condition, said with AND and OR."""
    yield from turn_conditions(asked, _unfolded, title="Say CASE as conditions")


def _unfolded(node: exp.Expr, scopes: Scopes) -> Turned | None:
    if isinstance(node, exp.Case):
        return _turned(node, "", None, scopes)
    for left, sign, right in compared(node):
        if isinstance(left, exp.Case) and not right.find(exp.Case):
            return _turned(left, sign, right, scopes)
    return None


def _turned(case: exp.Case, sign: str, value: exp.Expr | None, scopes: Scopes) -> Turned | None:
    nodes = (*case.walk(), *(value.walk() if value is not None else ()))
    if not all(isinstance(n, (*_HARMLESS, exp.Case, exp.If)) for n in nodes):
        return None
    arms = _arms(case)
    if not 0 < len(arms) <= _MOST_ARMS or not _alike(arms, case, value, scopes):
        return None
    kept = list(_kept(arms, case, sign, value))
    if not kept:
        return None
    text = " OR ".join(f"({each})" if " AND " in each else each for each in kept)
    return Turned(text=text, why="CASE is computed for every row, so no index can serve it")


def _arms(case: exp.Case) -> list[Arm]:
    """Each condition with its result; CASE x WHEN 1 has the condition x = 1."""
    held = f"{brief(case.this)} = " if case.this is not None else ""
    return [(f"{held}{brief(i.this)}", i.args["true"]) for i in case.args["ifs"]]


def _alike(arms: list[Arm], case: exp.Case, value: exp.Expr | None, scopes: Scopes) -> bool:
    """Whether the results are all of one type, or each a condition where nothing is compared."""
    default = case.args.get("default")
    results = [result.unnest() for _, result in arms] + ([default.unnest()] if default else [])
    if value is None:
        return not any(isinstance(r, exp.Literal | exp.Null | exp.Parameter) for r in results)
    constants = (*(r for r in results if isinstance(r, exp.Literal)), value)
    if not all(isinstance(c, exp.Literal) and _plain(c) for c in constants):
        return False
    strings = {bool(c.args.get("is_string")) for c in constants}
    types = {kind(scopes, r) for r in results if not isinstance(r, exp.Literal)}
    wanted = {"text"} if strings == {True} else {"integer"}
    return len(strings) == 1 and types <= wanted


def _plain(constant: exp.Literal) -> bool:
    return constant.is_string or constant.name.isdecimal()


def _kept(arms: list[Arm], case: exp.Case, sign: str, value: exp.Expr | None) -> Iterator[str]:
    """For each result that can be met: its condition, and that none before it was true.

    An earlier one whose result is met as well need not be ruled out.
    """
    passed: list[str] = []
    apart = _apart(case)
    default = case.args.get("default")
    last = [("", default)] if default is not None else []
    for condition, result in (*arms, *last):
        met = _met(result.unnest(), sign, value)
        if met is not None:
            before = [] if apart and condition else passed
            asked = [*before, *([_within(condition)] if condition else []), *([met] if met else [])]
            yield " AND ".join(asked) if asked else "TRUE"
        if met != "" and condition:
            bare = condition if isinstance(read_part(condition), exp.Column) else f"({condition})"
            passed.append(f"{bare} IS NOT TRUE")


def _apart(case: exp.Case) -> bool:
    """Whether no two conditions can be true at once: one column against different numbers."""
    numbers = [integer(i.this) for i in case.args["ifs"]]
    return case.this is not None and None not in numbers and len(set(numbers)) == len(numbers)


def _within(condition: str) -> str:
    return f"({condition})" if " OR " in condition.upper() else condition


def _met(result: exp.Expr, sign: str, value: exp.Expr | None) -> str | None:
    """What is left to ask of a result: "" where it is met, None where it cannot be."""
    if isinstance(result, exp.Boolean) and value is None:
        return "" if result.this else None
    if value is None:
        return _within(brief(result))
    if isinstance(result, exp.Literal) and sign == "=":
        same = result.name == value.name if result.is_string else _same(result, value)
        return "" if same else None
    return f"{brief(result)} {sign} {brief(value)}"


def _same(one: exp.Expr, other: exp.Expr) -> bool:
    return int(one.name) == int(other.name)


_TABLES = """
CREATE TABLE tickets (
  id bigint PRIMARY KEY, status text, owner_id integer NOT NULL, deputy_id integer,
  urgent boolean, closed_at timestamptz
);
CREATE INDEX ON tickets (owner_id);
CREATE INDEX ON tickets (deputy_id);
CREATE INDEX ON tickets (closed_at);
"""
_LARGE = ("tickets=2M",)

REWRITING = Rewriting(
    id="pg-case-conditions",
    title="Say CASE in WHERE as conditions",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="a flag that is computed", given=_TABLES, rows=_LARGE,
             queries="SELECT id FROM tickets WHERE CASE WHEN owner_id = $1 THEN 1 ELSE 0 END = 1;"),
        Case(name="one column or another", given=_TABLES, rows=_LARGE,
             queries="SELECT t.id FROM tickets t WHERE "
             "CASE WHEN t.deputy_id = 7 THEN t.deputy_id ELSE t.owner_id END = 7;"),
        Case(name="values of one column, several with the same result", given=_TABLES, rows=_LARGE,
             queries="SELECT id FROM tickets WHERE CASE id WHEN 3 THEN 'a' WHEN 5 THEN 'b' "
             "WHEN 8 THEN 'a' ELSE 'c' END = 'a';"),
        Case(name="results that are conditions", given=_TABLES, rows=_LARGE,
             queries="SELECT id FROM tickets WHERE id <> $1 AND "
             "CASE WHEN urgent THEN deputy_id = 4 ELSE owner_id = 4 END;"),
        Case(name="a condition that keeps an error away", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT id FROM tickets WHERE "
             "CASE WHEN owner_id <> 0 THEN 100 / owner_id > 50 ELSE false END;"),
        Case(name="a result that no arm has", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT id FROM tickets WHERE CASE WHEN owner_id = 1 THEN 1 ELSE 0 END = 2;"),
        Case(name="CASE in the output only", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT CASE WHEN urgent THEN 1 ELSE 0 END FROM tickets WHERE owner_id = 1;"),
        Case(name="below NOT, a NULL would count the other way", given=_TABLES, rows=_LARGE,
             fires=False, queries="SELECT id FROM tickets "
             "WHERE NOT (CASE WHEN owner_id = 5 THEN 1 END = 2);"),
    ),
)  # fmt: skip
