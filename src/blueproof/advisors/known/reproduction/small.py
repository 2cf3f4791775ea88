"""Tables of a few pages, which are read at once whatever index there is."""

from blueproof.advisors.known.reproduction.designing import shown_ms
from blueproof.advisors.known.reproduction.tried import Tried

_FEW = 500  # rows of a table that fits a few pages


def small_table(tried: Tried) -> str:
    """That nothing is to be changed where the table is told to have few rows; "" for others."""
    main = tried.main
    if main.table not in tried.told or main.told > _FEW:
        return ""
    return (
        f"Change nothing: {main.table} has {main.told:,} rows, a few pages that are read at once "
        f"({shown_ms(tried.milliseconds)} here). The planner is right to read all of them, and no "
        "new index is faster; a counter of sequential scans says nothing of their time."
    )
