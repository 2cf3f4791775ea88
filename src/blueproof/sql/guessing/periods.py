"""Periods of rows whose schema says that one column comes before another: CHECK (ends > begins)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from blueproof.sql.names import quote
from blueproof.sql.schema import Table

_HOURS, _STEPS = 8, 100  # of a period, at most; between two numbers, at most
_NAME = r'"?(?P<{}>\w+)"?'
_ORDERED = re.compile(
    rf"(?:CHECK )?\(*{_NAME.format('a')}\)* (?P<sign><=?|>=?) \(*{_NAME.format('b')}\)*"
)


@dataclass(frozen=True, kw_only=True)
class Periods:
    """`beside` makes the beginnings, once for each row; `ends` are all columns made from them."""

    beside: str
    ends: Mapping[str, str]


def periods_of(table: Table, made_of: Mapping[str, str]) -> Periods:
    """The periods of a table, whose ends follow their beginnings; `made_of` are its columns."""
    beside, ends = "", dict[str, str]()
    for place, (begins, ended) in enumerate(_pairs(table)):
        span = _span(table.by_name[begins].type)
        if span and {begins, ended} <= made_of.keys() and not {begins, ended} & ends.keys():
            alias, name = f"period_{place}", quote(begins)
            beside += f"\nCROSS JOIN LATERAL (SELECT {made_of[begins]} AS {name}) AS {alias}"
            ends[begins] = f"{alias}.{name}"
            type_ = table.by_name[ended].type
            ends[ended] = f"({alias}.{name} + {span})::{type_}"
    return Periods(beside=beside, ends=ends)


def _pairs(table: Table) -> Iterator[tuple[str, str]]:
    """The columns of which a CHECK says that one is no more than the other, in that order."""
    for check in table.checks:
        found = _ORDERED.fullmatch(check.strip())
        if found and {found["a"], found["b"]} <= table.by_name.keys():
            both = (found["a"], found["b"])
            yield both if found["sign"].startswith("<") else (both[1], both[0])


def _span(type_: str) -> str:
    """What is added to a beginning of this type; "" where nothing can be."""
    base = type_.partition("(")[0].strip()
    if base.startswith("timestamp"):
        return f"interval '1 hour' * (1 + floor(random() * {_HOURS}))"
    if base in {"date", "bigint", "integer"}:
        return f"(1 + floor(random() * {_HOURS if base == 'date' else _STEPS}))::int"
    return "(0.01 + random() * 10)::numeric(12,2)" if base == "numeric" else ""
