"""Compare a time stamp with the bounds of a day, not the day of every time stamp.

WHERE date(created_at) = $1 cannot use an index on created_at: the server computes the function for
every row. A range on the column says the same and can.
"""

import re
from collections.abc import Iterator
from datetime import date

from blueproof.advisors.postgres.database import Database, Planned
from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.advice import Alternative
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
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


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each comparison of a time stamp's day turned into a range."""
    rewrite = _as_range(asked.database, asked.query)
    if rewrite:
        yield rewrite


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
        title=f"Compare {names} with the day's bounds",
        text=text,
        because=(
            f"{query.name} turns {names} of every row into a date before it compares, so no "
            f"index on {names} can serve it",
        ),
        instead=True,
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


_USERS = """
CREATE TABLE users (
  id bigint PRIMARY KEY, email text NOT NULL, signed_up timestamptz NOT NULL,
  birthday timestamp NOT NULL
);
CREATE INDEX users_email_idx ON users (email);
"""

REWRITING = Rewriting(
    id="pg-day-range",
    title="Compare a time stamp with the bounds of a day",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="a day of a time stamp with time zone", given=_USERS,
             queries="SELECT id FROM users WHERE date(signed_up) = $1;"),
        Case(name="a cast to date, between two days", given=_USERS,
             queries="SELECT id FROM users u WHERE u.birthday::date BETWEEN $1 AND $2;"),
        Case(name="the column itself is compared already", given=_USERS,
             queries="SELECT id FROM users WHERE signed_up >= $1 AND signed_up < $2;",
             fires=False),
        Case(name="a function that keeps nearly every row", given=_USERS,
             queries="SELECT id FROM users WHERE date(signed_up) >= '2000-01-01';", fires=False),
    ),
)  # fmt: skip
