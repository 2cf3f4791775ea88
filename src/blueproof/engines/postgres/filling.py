"""What an index is filled with: as it was found in the full database, else as estimated."""

from dataclasses import dataclass

from blueproof.engines.postgres import estimating
from blueproof.sql import widths
from blueproof.sql.schema import Index
from blueproof.sql.statistics import Counted, IndexStatistics, TableStatistics


@dataclass(frozen=True, kw_only=True)
class Filling:
    """Pages and height that an index's file gets, and what pg_class is to say of it."""

    pages: int
    height: int
    counted: Counted


def filling(index: Index, table: TableStatistics, given: IndexStatistics | None) -> Filling:
    """The filling of an index; `given` is what was found of this very index, if anything was."""
    if given is None:
        pages, height = estimating.index_pages(index, table), estimating.height(index, table)
        rows = table.rows * estimating.share(index, table)
        return Filling(pages=pages, height=height, counted=Counted(rows=rows, pages=pages))
    # The first page of a B-tree only says where the root is.
    height = widths.btree_height(given.pages - 1, _key_width(index, table, given))
    counted = given.counted or Counted(rows=given.rows, pages=given.pages)
    return Filling(pages=given.pages, height=height, counted=counted)


def _key_width(index: Index, table: TableStatistics, given: IndexStatistics) -> float:
    """Mean bytes of an entry's key, with the widths that were found of its expressions."""
    found = {
        index.keys[place - 1]: column.width
        for place, column in given.columns
        if place <= len(index.keys)
    }
    estimated = estimating.key_width(index, table)
    guessed = sum(16 for key in index.keys if key in found and key not in table.by_name)
    return estimated - guessed + sum(found.values())
