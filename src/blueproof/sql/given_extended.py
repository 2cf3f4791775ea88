"""The comments on extended statistics: what several columns of a table have in common.

`-- extended: {"name": ..., "columns": {"4": "browser"}, "dependencies": ...}`. Columns are numbered
in the database that was read; a copy may number them otherwise, so here they go by name.
`-- expression: {"of": ["public", "orders"], "key": "lower(email)", ...}` are figures of one
expression that no index holds, as a copy with rows has counted them.
"""

import json
import re
from dataclasses import replace
from typing import Any

from blueproof.sql.arrays import read_array, write_array
from blueproof.sql.given_figures import column_figures
from blueproof.sql.restore_calls import ATTRIBUTE, Call, Calls, Remark
from blueproof.sql.secrets import masked
from blueproof.sql.statistics import ColumnStatistics, Combinations, ExtendedStatistics

_DISTINCT = re.compile(r'"([-\d, ]+)": (\d+)')
_DEPENDS = re.compile(r'"([-\d, ]+) => (-?\d+)": ([\d.e-]+)')
_MOST_COMBINATIONS = 10_000  # MAX_STATISTICS_TARGET
# What an older version of ours has written only by its name.
_OURS = frozenset({"at", "of", "key"})
_WITHOUT_FIGURES = {"common": "combinations", "expressions": "figures"}


def read_extended(source: Calls, remark: Remark) -> ExtendedStatistics:
    """One comment; raises ValueError, KeyError or the like where it is broken, or SqlError."""
    raw = json.loads(remark.says)
    names = {str(k): str(v) for k, v in (raw["columns"] or {}).items()}
    distinct = _DISTINCT.findall(str(raw["n_distinct"] or ""))
    depends = _DEPENDS.findall(str(raw["dependencies"] or ""))
    return ExtendedStatistics(
        name=f"{raw['schema']}.{raw['name']}".removeprefix("public."),
        table=".".join(map(str, raw["of"])).removeprefix("public."),
        inherited=bool(raw["inherited"]),
        distinct=tuple((_named(keys, names), float(n)) for keys, n in distinct),
        dependencies=tuple(
            ((*_named(keys, names), *_named(last, names)), float(d)) for keys, last, d in depends
        ),
        common=_combinations(raw["combinations"], names) if raw.get("combinations") else None,
        expressions=tuple(_expression(source, remark, f) for f in raw.get("figures") or ()),
        unread=tuple(k for k, full in _WITHOUT_FIGURES.items() if raw.get(k) and full not in raw),
    )


def read_expression(source: Calls, remark: Remark) -> tuple[str, ColumnStatistics]:
    """A comment on an expression of no index: its table, and its figures under its SQL."""
    raw = json.loads(remark.says)
    table = ".".join(map(str, raw["of"])).removeprefix("public.")
    return table, replace(_expression(source, remark, {**raw, "at": 1}), column=str(raw["key"]))


def masked_extended(line: str) -> str:
    """The line of one comment with *** in place of secrets among its values."""
    begins, _, says = line.partition(": ")
    try:
        raw = json.loads(says)
    except ValueError:
        return masked(line)
    hidden = _masked(raw)
    return line if hidden == raw else f"{begins}: {json.dumps(hidden, ensure_ascii=False)}"


def _masked(found: Any) -> Any:
    """All texts masked: a text that is an array, value by value."""
    if isinstance(found, dict):
        return {key: _masked(one) for key, one in found.items()}
    if isinstance(found, list):
        return [_masked(one) for one in found]
    if not isinstance(found, str):
        return found
    try:
        values = read_array(found)
    except ValueError:
        return masked(found)
    hidden = tuple(map(masked, values))
    return found if hidden == values else write_array(hidden)


def _named(keys: str, names: dict[str, str]) -> tuple[str, ...]:
    return tuple(names.get(key, key) for key in keys.split(", "))


def _combinations(raw: dict[str, Any], names: dict[str, str]) -> Combinations:
    """The values of a row are those of the columns in their order, then of the expressions."""
    rows = tuple(tuple(None if v is None else str(v) for v in row) for row in raw["values"])
    if not rows:
        raise ValueError("there are no combinations")
    columns = [names[number] for number in sorted(names, key=int)]
    columns += [str(-n) for n in range(1, len(rows[0]) - len(columns) + 1)]
    shares, apart = (tuple(map(float, raw[k])) for k in ("frequencies", "base_frequencies"))
    if not len(rows) == len(shares) == len(apart) <= _MOST_COMBINATIONS:
        raise ValueError("there must be as many combinations as frequencies, 10,000 at most")
    if any(len(row) != len(columns) for row in rows):
        raise ValueError("each combination has a value for each column")
    if not all(0 <= share <= 1 for share in (*shares, *apart)):
        raise ValueError("a frequency is a number from 0 to 1")
    return Combinations(columns=tuple(columns), values=rows, frequencies=shares, apart=apart)


def _expression(source: Calls, remark: Remark, raw: dict[str, Any]) -> ColumnStatistics:
    """An expression's figures, named as expressions are: -1 is the first."""
    at = int(raw["at"])
    given = {
        k: v if isinstance(v, str) else repr(v)
        for k, v in raw.items()
        if v is not None and k not in _OURS
    }
    call = Call(function=ATTRIBUTE, arguments={**given, "attname": str(-at)}, start=remark.start)
    return column_figures(source, call).column
