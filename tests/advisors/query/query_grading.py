"""Whether a query gives the rows that a person expects, whatever its columns are called."""

import re
from collections import Counter
from contextlib import closing
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from blueproof.advisors.query.composing import compose
from blueproof.advisors.query.ground import Ground
from blueproof.advisors.query.owning import given_tables
from blueproof.advisors.query.tables import Given
from blueproof.advisors.query.told import Unread, Written
from blueproof.core.brief import Brief
from blueproof.engines.postgres.comparing import scratch
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.server import scratch as fresh
from blueproof.intake.pasted import pasted_tables

NOW = "timestamptz '2026-03-15 10:00+00'"
Cells = tuple[Any, ...]


def tables_of(words: str) -> Given | None:
    """The tables of a wish, as the consultation reads them."""
    pasted = pasted_tables(words)
    return given_tables(Brief(request=words), (pasted.ddl, pasted.prose) if pasted else None)


def written_for(server: Server, given: Given) -> Written | Unread:
    """What is made of a wish."""
    with scratch(server, given.ddl) as place:
        return compose(given.prose, Ground(place.schema))


def rows_of(server: Server, case: dict[str, Any], sql: str) -> list[Cells]:
    """The rows that a statement gives on the case's own data, or that a look afterwards gives."""
    text = sql.replace("now()", NOW)
    for number, value in enumerate(case.get("parameters", ()), start=1):
        literal = str(value) if isinstance(value, int) else f"'{value}'"
        text = re.sub(rf"\${number}\b", literal, text)
    with fresh(server) as name, closing(server.guest(name)) as guest:
        guest.run(case["database"])
        found = guest.run_one(text)
        if "after" in case:
            found = guest.run_one(case["after"])
        return [tuple(map(plain, row)) for row in found]


def plain(value: Any) -> Any:
    """A value as the cases write it."""
    if isinstance(value, Decimal | float):
        number = round(float(value), 2)
        return int(number) if number == int(number) else number
    if isinstance(value, datetime):
        text = value.strftime("%Y-%m-%d %H:%M")
        return text.removesuffix(" 00:00")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, timedelta) else value


def agree(found: list[Cells], expected: list[Cells], *, ordered: bool, zeros: bool = False) -> bool:
    """Whether some choice of the columns found gives the rows expected."""
    if zeros:
        found = [row for row in found if 0 not in row[2:3]]
    if len(found) != len(expected):
        return False
    if not expected:
        return True
    width = len(found[0])

    def holds(chosen: list[int]) -> bool:
        seen = [tuple(row[i] for i in chosen) for row in found]
        wanted = [row[: len(chosen)] for row in expected]
        return seen == wanted if ordered else Counter(seen) == Counter(wanted)

    def search(chosen: list[int]) -> bool:
        if len(chosen) == len(expected[0]):
            return True
        return any(
            holds([*chosen, i]) and search([*chosen, i]) for i in range(width) if i not in chosen
        )

    return search([])


def verdict(server: Server, case: dict[str, Any]) -> str:
    """right, refused, or what is wrong."""
    given = tables_of(case["words"])
    if case.get("taken") is False:
        return "right" if given is None else "wrong: taken"
    if given is None:
        return "not taken"
    made = written_for(server, given)
    left = " ".join(made.left).lower()
    if any(w.lower() not in left for w in case.get("left_out", ())):
        return f"wrong: left out is {made.left}"
    if isinstance(made, Unread):
        return "right" if case.get("nothing_written") else f"refused: {made}"
    if case.get("nothing_written"):
        return f"wrong: written: {made.main}"
    return _of_rows(server, case, made)


def _of_rows(server: Server, case: dict[str, Any], made: Written) -> str:
    if made.left and not case.get("left_out"):
        return f"refused in part: {made.left}"
    found = rows_of(server, case, made.sql)
    expected = [tuple(row) for row in case["rows"]]
    ordered, zeros = bool(case.get("ordered")), bool(case.get("extra_zero_rows"))
    if agree(found, expected, ordered=ordered, zeros=zeros):
        return "right"
    return f"wrong: {found} for {expected}\n{made.sql}"
