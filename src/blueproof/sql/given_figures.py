"""The figures of one call of statistics, each read as what it must be or refused with its line."""

import math
from dataclasses import dataclass

from blueproof.core.errors import SqlError
from blueproof.sql.arrays import read_array
from blueproof.sql.restore_calls import Call, Calls
from blueproof.sql.statistics import ColumnStatistics

_MOST_PAGES = 2**31 - 1  # relpages is an integer
_MOST_ROWS = 1e15
_MOST_KEYS = 32  # INDEX_MAX_KEYS
_MOST_WIDTH = 2**30  # no value is larger


@dataclass(frozen=True, kw_only=True)
class RelationFigures:
    """Rows and pages of one relation as pg_class holds them."""

    rows: float
    pages: int
    all_visible: int


@dataclass(frozen=True, kw_only=True)
class ColumnFigures:
    """Statistics of one column: by name, or of an index by place from 1."""

    place: int
    inherited: bool
    column: ColumnStatistics


@dataclass(frozen=True, kw_only=True)
class _Arguments:
    """The arguments of one call, read as what they must be; SqlError, with the line, if not so."""

    source: Calls
    call: Call

    def wrong(self, message: str) -> SqlError:
        return self.source.error(self.call.start, message)

    def text(self, name: str) -> str:
        return self.call.arguments.get(name, "")

    def real(self, name: str, least: float, most: float, default: float | None = None) -> float:
        """A number, or its default where it is left out."""
        text = self.call.arguments.get(name)
        if text is None and default is not None:
            return default
        try:
            value = float(text or "")
        except ValueError:
            value = math.nan
        if not least <= value <= most:
            said = f"{text[:30]!r} cannot be" if text is not None else "there is no"
            raise self.wrong(f"{said} {name}: it is a number from {least:g} to {most:g}")
        return value

    def whole(self, name: str, least: int, most: int, default: int | None = None) -> int:
        value = self.real(name, least, most, default)
        if value != int(value):
            raise self.wrong(f"{name} is {value:g}: it is a whole number")
        return int(value)

    def optional(self, name: str, least: float) -> float | None:
        return self.real(name, least, 1) if name in self.call.arguments else None

    def texts(self, name: str) -> tuple[str, ...]:
        text = self.call.arguments.get(name)
        if text is None:
            return ()
        try:
            return read_array(text)
        except ValueError as error:
            raise self.wrong(f"{name}: {error}") from None

    def reals(self, name: str) -> tuple[float, ...]:
        text = self.call.arguments.get(name)
        if text is None:
            return ()
        try:
            values = tuple(map(float, text.strip()[1:-1].split(",")))
        except ValueError:
            values = (math.nan,)
        if not all(map(math.isfinite, values)):
            raise self.wrong(f"{name}: it should be numbers in {{}}")
        return values


def relation_name(source: Calls, call: Call) -> str:
    """The relation that a call is about, its schema before it unless that is public."""
    names = [call.arguments.get(key, "") for key in ("schemaname", "relname")]
    if not all(names):
        raise source.error(call.start, "it does not say of what: give 'schemaname' and 'relname'")
    return ".".join(names).removeprefix("public.")


def relation_figures(source: Calls, call: Call) -> RelationFigures:
    """Rows and pages; SqlError where they are no numbers or missing."""
    given = _Arguments(source=source, call=call)
    return RelationFigures(
        rows=given.real("reltuples", -1, _MOST_ROWS),
        pages=given.whole("relpages", -1, _MOST_PAGES),
        all_visible=given.whole("relallvisible", 0, _MOST_PAGES, 0),
    )


def column_figures(source: Calls, call: Call) -> ColumnFigures:
    """A column's statistics; SqlError where a number or list is none, or two do not fit."""
    given = _Arguments(source=source, call=call)
    name, place = given.text("attname"), given.whole("attnum", 1, _MOST_KEYS, 0)
    if not name and not place:
        raise given.wrong("it does not say of which column: give 'attname'")
    found = ColumnStatistics(
        column=name,
        null_fraction=given.real("null_frac", 0, 1, 0),
        width=given.whole("avg_width", 0, _MOST_WIDTH, 0),
        distinct=given.real("n_distinct", -1, _MOST_ROWS, 0),
        common=given.texts("most_common_vals"),
        frequencies=given.reals("most_common_freqs"),
        histogram=given.texts("histogram_bounds"),
        correlation=given.real("correlation", -1, 1, 0),
        ordered=bool(given.text("correlation")),
        elements=given.texts("most_common_elems"),
        element_frequencies=given.reals("most_common_elem_freqs"),
        element_counts=given.reals("elem_count_histogram"),
        range_lengths=given.reals("range_length_histogram"),
        range_empty=given.optional("range_empty_frac", 0),
        range_bounds=given.texts("range_bounds_histogram"),
    )
    if len(found.common) != len(found.frequencies):
        counts = f"{len(found.common)} most_common_vals and {len(found.frequencies)} frequencies"
        raise given.wrong(f"{counts}: there must be as many of both")
    inherited = given.text("inherited").lower() in {"t", "true", "on", "1"}
    return ColumnFigures(place=place, inherited=inherited, column=found)
