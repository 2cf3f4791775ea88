"""How common each value of a column is: as the words tell, else by what the values mean."""

import re
from collections.abc import Mapping

from blueproof.sql.guessing.kinds import snake
from blueproof.sql.schema import Column

_RARE = frozenset(
    "pending open queued failed new unread processing error draft unpaid scheduled waiting ready "
    "running retry review todo in_progress initial created flagged disputed overdue".split()
)
_COMMON = frozenset(
    "active done completed complete published paid delivered closed success succeeded ok approved "
    "finished processed sent public enabled confirmed authenticated default user member".split()
)
_SHARE_RARE, _SHARE_COMMON, _SHARE_NAMED = 0.02, 0.6, 0.1
SHARE_DEFAULT = 0.9  # of the rows keep what a column has by DEFAULT
_DEFAULT = re.compile(r"\(*'?(?P<value>[\w .-]*?)'?\)*(?:::[\w ]+(?:\(\d+\))?)?")


def share_of(value: str) -> float:
    """The part of the rows that have a state, by its word: few are pending, most are done."""
    plain = snake(value).replace(" ", "_").replace("-", "_")
    return _SHARE_RARE if plain in _RARE else _SHARE_COMMON if plain in _COMMON else _SHARE_NAMED


def usual_of(column: Column) -> str:
    """The constant that a column has by DEFAULT, if rows keep it as a rule; "" if there is none.

    A state in which rows begin is left again: few are pending, though all were.
    """
    found = _DEFAULT.fullmatch(column.default) if column.default else None
    value = found["value"] if found else ""
    return "" if snake(value) in _RARE else value


def shares_of(told: Mapping[str, float], listed: tuple[str, ...], default: str) -> dict[str, float]:
    """The share of each value: as told, then of the DEFAULT, the rest by what their words mean."""
    shares = dict(told)
    if default and default not in shares and (listed or default in {"true", "false"}):
        shares[default] = SHARE_DEFAULT * max(1 - sum(shares.values()), 0.0)
    if "false" in shares and "true" not in shares:
        shares["true"] = 1 - shares["false"]
    others = {value: share_of(value) for value in listed if value not in shares}
    left = max(1 - sum(shares.values()), 0.0)
    total = sum(others.values())
    return shares | {value: left * share / total for value, share in others.items()}
