"""What an index is filled with: as it was found in the full database, else as estimated."""

from dataclasses import dataclass

from blueproof.engines.postgres import estimating
from blueproof.sql.schema import Index
from blueproof.sql.statistics import Counted, IndexStatistics, TableStatistics


@dataclass(frozen=True, kw_only=True)
class Filling:
    """Pages and height that an index's file gets, and what pg_class is to say of it."""

    pages: int
    height: int
    counted: Counted


class Fillings:
    """The fillings of indexes made again and again: reckoned once for each under whatever name."""

    def __init__(self) -> None:
        self._known: dict[object, tuple[TableStatistics, IndexStatistics | None, Filling]] = {}

    def of(
        self, index: Index, table: TableStatistics, given: IndexStatistics | None, share: float
    ) -> Filling:
        """The filling of an index; reckoned anew where anything but its name differs."""
        asked = (*_told(index), share)
        known = self._known.get(asked)
        if known is None or known[0] is not table or known[1] is not given:
            known = table, given, filling(index, table, given, share)
            self._known[asked] = known
        return known[2]


def _told(index: Index) -> tuple[object, ...]:
    """What of an index its size follows from; its name stands in its definition, too."""
    name = index.name.rpartition(".")[2]
    parts = (index.keys, index.include, index.slots, index.deduplicates, index.method)
    of_class = name if "_ops" in name else ""  # as a class of operators is named
    definition = index.definition.replace(name, of_class, 1)
    return (index.table, *parts, index.predicate, index.expressions, index.unique, definition)


def filling(
    index: Index, table: TableStatistics, given: IndexStatistics | None, share: float
) -> Filling:
    """The filling of an index that holds this part of the table's rows.

    `given` is what was found of this very index, if anything was.
    """
    if given is None:
        pages = estimating.index_pages(index, table, share)
        height = estimating.height(index, table, share)
        return Filling(
            pages=pages, height=height, counted=Counted(rows=table.rows * share, pages=pages)
        )
    height = estimating.height_at(index, table, share, given.pages)
    counted = given.counted or Counted(rows=given.rows, pages=given.pages)
    return Filling(pages=given.pages, height=height, counted=counted)
