"""Compare the column itself, or index the expression that is compared.

WHERE date(created_at) = $1 cannot use an index on created_at: the server computes the function for
every row. A range on the column says the same and can; where no range does, an index on the
expression serves it.
"""

import re
from collections.abc import Iterator
from datetime import date

from blueproof.advisors.postgres.choice import Choice, Gain, worth
from blueproof.advisors.postgres.database import Database, Planned
from blueproof.advisors.postgres.parts.index_advice import advise_index
from blueproof.advisors.postgres.parts.migration import NewIndex
from blueproof.advisors.postgres.parts.rewrite_advice import Rewrite, advise_rewrite
from blueproof.core.advice import Alternative, Recommendation
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case, Rule
from blueproof.sql.names import index_name
from blueproof.sql.plan import Refused
from blueproof.sql.uses import Use

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/indexes-expressional.html",
    checked=date(2026, 11, 24),
    says="an index can hold an expression over the row, and then serves conditions on it",
)
_REF = r'(?P<ref>(?:(?:[\w$]+|"[^"]+")\.)?(?:[\w$]+|"[^"]+"))'
_VALUE = r"(?:\$\d+|'[^']*'|current_date)(?:::date)?"
_AS_DATE = (
    rf"(?<![\w.])date\s*\(\s*{_REF}\s*\)",
    rf"(?<![\w.\"]){_REF}\s*::\s*date\b",
    rf"(?<![\w.])cast\s*\(\s*{_REF}\s+as\s+date\s*\)",
)
_COMPARED = tuple(
    re.compile(
        rf"{left}\s*(?:(?P<op>=|>=|<=|<|>)\s*(?P<value>{_VALUE})"
        rf"|between\s+(?P<low>{_VALUE})\s+and\s+(?P<high>{_VALUE}))",
        re.IGNORECASE,
    )
    for left in _AS_DATE
)
_BOUNDS = {
    "=": "{ref} >= {day} AND {ref} < {day} + 1",
    ">=": "{ref} >= {day}",
    "<": "{ref} < {day}",
    "<=": "{ref} < {day} + 1",
    ">": "{ref} >= {day} + 1",
}


def check(database: Database) -> Iterator[Recommendation]:
    """A rewrite for each query that compares a day, an expression index for other functions."""
    wanted: dict[tuple[str, str], None] = {}
    for query in database.queries:
        rewrite = _as_range(database, query)
        advice = advise_rewrite(database, query, rewrite) if rewrite else None
        if advice:
            yield advice
            continue
        wanted |= dict.fromkeys(
            (database.home(u.table), e) for u in query.uses for e, _ in u.wrapped
        )
    if database.measured or database.space is not None:
        return  # the search for indexes weighs these against all others
    for table, expression in wanted:
        yield from _expression_index(database, table, expression)


def _as_range(database: Database, query: Planned) -> Rewrite | None:
    """The query with each comparison of a time stamp's day turned into a range, or None."""
    stamps = {c for u in query.uses for e, c in u.wrapped if _is_stamp(database, u, c)}
    if not stamps:
        return None
    text = query.query.text
    for pattern in _COMPARED:
        text = pattern.sub(lambda m: _range(m) if _column(m["ref"]) in stamps else m[0], text)
    if text == query.query.text:
        return None
    names = " and ".join(sorted(stamps))
    return Rewrite(
        rule=RULE.id,
        title=f"Compare {names} with the day's bounds",
        text=text,
        because=(
            f"{query.name} turns {names} of every row into a date before it compares, so no "
            f"index on {names} can serve it",
        ),
        evidence=(DOCS,),
        trade_offs=(
            "the same rows in every time zone but the few whose clocks change at midnight: there "
            "one hour a year falls on the other side",
        )
        if any(_zoned(database, u, c) for u in query.uses for _, c in u.wrapped)
        else (),
        instead_of=(
            Alternative(
                choice=f"an index on the date of {names}",
                why_not="impossible for timestamptz, whose date depends on the session's time "
                "zone; for timestamp a second index where one will do",
            ),
        ),
    )


def _is_stamp(database: Database, use: Use, column: str) -> bool:
    table = database.schema.by_name.get(use.table)
    return bool(table and table.by_name[column].type.startswith("timestamp"))


def _zoned(database: Database, use: Use, column: str) -> bool:
    table = database.schema.by_name.get(use.table)
    return bool(table and table.by_name[column].type == "timestamp with time zone")


def _column(ref: str) -> str:
    name = ref.rpartition(".")[2]
    return name.strip('"') if name.startswith('"') else name.lower()


def _range(found: re.Match[str]) -> str:
    ref = found["ref"]
    if found["op"]:
        bounds = _BOUNDS[found["op"]].format(ref=ref, day=_day(found["value"]))
    else:
        bounds = f"{ref} >= {_day(found['low'])} AND {ref} < {_day(found['high'])} + 1"
    return f"({bounds})"


def _day(value: str) -> str:
    plain = value.lower() == "current_date" or value.lower().endswith("::date")
    return value if plain else f"{value}::date"


def _expression_index(database: Database, table: str, expression: str) -> Iterator[Recommendation]:
    owner = database.schema.by_name.get(table)
    if owner is None:
        return
    key = expression if re.fullmatch(r"[\w.]+\(.*\)", expression) else f"({expression})"
    index = NewIndex(
        name=index_name(table, (expression,), database.index_names),
        table=table,
        keys=(key,),
        purpose="",
    )
    readers = tuple(
        q
        for q in database.readers(table)
        if any(database.home(u.table) == table and expression in dict(u.wrapped) for u in q.uses)
    )
    try:
        after = database.planner.costs(
            tuple(q.query.text for q in readers), (*database.made, index.bare)
        )
        bytes_ = database.planner.index_bytes(index.bare)
    except Refused:
        return  # not immutable: no index can hold it
    gains = tuple(
        Gain(query=q, before=q.cost, after=cost) for q, cost in zip(readers, after, strict=True)
    )
    if any(g.factor >= worth() for g in gains):
        choice = Choice(index=index, gains=gains, size=bytes_)
        yield advise_index(database, choice, (), RULE.id, (DOCS,))


_USERS = """
CREATE TABLE users (
  id bigint PRIMARY KEY, email text NOT NULL, signed_up timestamptz NOT NULL,
  birthday timestamp NOT NULL
);
CREATE INDEX users_email_idx ON users (email);
"""
_LOWER = "-- name: by_email\nSELECT * FROM users WHERE lower(email) = lower($1);\n"

RULE = Rule(
    id="pg-function-on-column",
    stage="query",
    title="Compare the column itself, or index the expression",
    guide=__doc__ or "",
    evidence=(DOCS,),
    check=check,
    cases=(
        Case(name="a search that ignores case", given=_USERS, queries=_LOWER),
        Case(name="a day of a time stamp with time zone", given=_USERS,
             queries="SELECT id FROM users WHERE date(signed_up) = $1;"),
        Case(name="a cast to date, between two days", given=_USERS,
             queries="SELECT id FROM users u WHERE u.birthday::date BETWEEN $1 AND $2;"),
        Case(name="the expression is indexed already",
             given=_USERS + "CREATE INDEX ON users (lower(email));",
             queries=_LOWER, fires=False),
        Case(name="the function stands on the other side", given=_USERS,
             queries="SELECT * FROM users WHERE email = lower($1);", fires=False),
        Case(name="a function that keeps nearly every row", given=_USERS,
             queries="SELECT id FROM users WHERE date(signed_up) >= '2000-01-01';", fires=False),
    ),
)  # fmt: skip
