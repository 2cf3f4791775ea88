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
