"""The comments of a text of statistics: settings, counters of use, what has grown, when, and more.

`-- setting: work_mem=64MB`, `-- writes: public.orders ins=1 upd=2 hot=1 del=0`,
`-- scans: public.orders_pkey 7`, `-- pages: public.orders 1200`, `-- collected: 2026-01-31`,
`-- counted: 30.25 days`, or `at most` so many where the server does not say since when it counts.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from blueproof.sql.given_extended import read_expression, read_extended
from blueproof.sql.names import bare
from blueproof.sql.restore_calls import Calls, Remark
from blueproof.sql.settings import check_setting
from blueproof.sql.statistics import ColumnStatistics, Counting, ExtendedStatistics, Writes

_MOST_SCALE = 100_000
_NAME = r'((?:"(?:[^"]|"")+"|[^\s".]+)\.(?:"(?:[^"]|"")+"|[^\s".]+))'
_WRITES = re.compile(_NAME + r" ins=(\d+) upd=(\d+) hot=(\d+) del=(\d+)")
_DAYS = re.compile(r"(at most )?(\d{1,9}(?:\.\d{1,9})?) days")
_NUMBERED = re.compile(_NAME + r" (\d+)")


@dataclass(kw_only=True)
class Remarks:
    """What the comments say; relations by name, their schema before it unless that is public."""

    until: date | None = None
    since: date | None = None
    collected: date | None = None
    counted: Counting | None = None
    server: str = ""
    collation: str = ""
    settings: tuple[tuple[str, str], ...] = ()
    writes: dict[str, Writes] = field(default_factory=dict)
    scans: dict[str, int] = field(default_factory=dict)
    pages: dict[str, int] = field(default_factory=dict)
    extended: tuple[ExtendedStatistics, ...] = ()
    expressions: tuple[tuple[str, ColumnStatistics], ...] = ()
    scale: float = 1.0
    rows: dict[str, int] = field(default_factory=dict)

    @property
    def counting(self) -> Counting | None:
        """How long writes were counted: as it is said, else by the whole days between two dates."""
        if self.counted or not (self.since and self.collected):
            return self.counted
        days = (self.collected - self.since).days
        return Counting(days=float(days)) if days > 0 else None


def read_remarks(source: Calls) -> Remarks:
    """The comments of a text; SqlError, with the line, where one of ours is broken."""
    found = Remarks()
    for remark in source.remarks:
        try:
            _take(found, remark, source)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            said = f"not a comment of statistics ({error}): correct the line or leave it out"
            raise source.error(remark.start, said) from None
    return found


def _take(found: Remarks, remark: Remark, source: Calls) -> None:
    match remark.key:
        case "collected" | "until":
            found.until = date.fromisoformat(remark.says)
            found.collected = found.until if remark.key == "collected" else found.collected
        case "since":
            found.since = date.fromisoformat(remark.says)
        case "counted":
            found.counted = _counting(remark.says)
        case "server" | "collation":
            setattr(found, remark.key, remark.says)
        case "setting":
            found.settings = (*found.settings, _setting(remark.says))
        case "extended" | "expression":
            _take_figures(found, remark, source)
        case "writes":
            name, *counts = _matched(_WRITES, remark.says)
            inserted, updated, hot, deleted = map(int, counts)
            found.writes[bare(name)] = Writes(
                inserted=inserted, updated=updated, hot=hot, deleted=deleted
            )
        case "scans" | "pages" | "rows":
            name, number = _matched(_NUMBERED, remark.says)
            getattr(found, remark.key)[bare(name)] = int(number)
        case "scale":
            found.scale = _scale(remark.says)


def _take_figures(found: Remarks, remark: Remark, source: Calls) -> None:
    if remark.key == "extended":
        found.extended = (*found.extended, read_extended(source, remark))
    else:
        found.expressions = (*found.expressions, read_expression(source, remark))


def _matched(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    found = pattern.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:40]!r} is no name with its figures")
    return found.groups()


def _counting(text: str) -> Counting | None:
    """None for no time at all, in which no rate was counted."""
    found = _DAYS.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:40]!r} is no number of days")
    days = float(found[2])
    return Counting(days=days, at_most=bool(found[1])) if days else None


def _setting(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    check_setting(name, value)
    return name, value


def _scale(text: str) -> float:
    value = float(text)
    if not 0 < value <= _MOST_SCALE:
        raise ValueError(f"{text} is no factor")
    return value
