"""The file of row counts that lies beside a schema: what the planner was told, to be corrected."""

import math
import re
from datetime import date, datetime
from typing import Any, get_args

import yaml

from blueproof.core.errors import InputError
from blueproof.sql.rowcounts import MOST, Basis, RowCount

_HEAD = """\
# Rows in each table, as the planner was told. "given" came from you; "assumed" is our guess, which
# keeps ten child rows to a parent. Better numbers: SELECT relname, n_live_tup FROM
# pg_stat_user_tables; then run again with --rows TABLE=COUNT. "distinct" are different values in
# columns that a query holds against a constant.
"""
_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_YEARS = range(1970, 2101)  # of time stamps that an application's rows may end at


def write_counts(counts: tuple[RowCount, ...], until: date) -> str:
    """The row counts as YAML, tables in the schema's order; time stamps end at `until`."""
    lines = [f"{_HEAD}until: {until.isoformat()}", "tables:" if counts else "tables: {}"]
    lines += [
        f"  {_key(c.table)}: {{rows: {c.rows}, basis: {c.basis}{_distinct(c)}{_largest(c)}}}"
        for c in counts
    ]
    return "\n".join(lines) + "\n"


def _distinct(count: RowCount) -> str:
    if not count.distinct:
        return ""
    inner = ", ".join(f"{_key(column)}: {number}" for column, number in count.distinct)
    return f", distinct: {{{inner}}}"


def _largest(count: RowCount) -> str:
    if not count.largest:
        return ""
    inner = ", ".join(
        f"{_key(column)}: {{value: {_quoted(value)}, part: {part:.6g}}}"
        for column, value, part in count.largest
    )
    return f", largest: {{{inner}}}"


def _key(name: str) -> str:
    """The name as YAML reads it back: quoted where it would be a number, a truth value or worse."""
    if _BARE.fullmatch(name) and yaml.safe_load(name) == name:
        return name
    return _quoted(name)


def _quoted(text: str) -> str:
    return yaml.safe_dump(text, default_style='"', width=math.inf).strip()


def read_counts_text(text: str, *, path: str) -> tuple[tuple[RowCount, ...], date]:
    """The row counts of such a file; InputError where it was edited into something else."""
    try:
        raw = yaml.safe_load(text)
        counts = tuple(_count(str(name), entry) for name, entry in raw["tables"].items())
        until = _date(raw["until"])
    except (yaml.YAMLError, TypeError, KeyError, AttributeError, ValueError) as error:
        what = " ".join(str(error).split())[:120]
        raise InputError(
            f"{path}: not a file of row counts ({what}): write TABLE: {{rows: N, basis: given}}"
        ) from error
    return counts, until


def _date(value: object) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError(f"until: {value!r} is no date")
    if value.year not in _YEARS:
        raise ValueError(f"until: {value} is not within {_YEARS.start} and {_YEARS.stop - 1}")
    return value


def _count(name: str, entry: dict[str, Any]) -> RowCount:
    rows, basis = entry["rows"], entry["basis"]
    distinct = tuple((str(c), _number(n)) for c, n in entry.get("distinct", {}).items())
    largest = tuple(
        (str(c), str(each["value"]), _part(each["part"]))
        for c, each in entry.get("largest", {}).items()
    )
    if basis not in get_args(Basis) or set(entry) - {"rows", "basis", "distinct", "largest"}:
        raise ValueError(f"{name}: {entry}")
    return RowCount(table=name, rows=_number(rows), basis=basis, distinct=distinct, largest=largest)


def _part(value: object) -> float:
    if not isinstance(value, float) or not 0 < value < 1:
        raise ValueError(f"{value!r} is no part of the rows")
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST:
        raise ValueError(f"{value!r} is no number of rows")
    return value
