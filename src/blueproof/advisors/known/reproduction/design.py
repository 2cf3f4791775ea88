"""Something to make beside the tables, or to ask otherwise, so that a query is slow no more."""

from dataclasses import dataclass

from blueproof.core.evidence import Citation


@dataclass(frozen=True, kw_only=True)
class Design:
    """Something to make, and the query that reads it in place of the person's.

    `made` makes it, in one transaction where `locks` is a table; `undo` takes it back; both are
    empty where nothing is made. `read` stands in place of `query`. `checked` must give the same
    rows as `compared`, also after `writes` to the table; `checked` is empty where the figure is no
    exact one. `renew` brings it up to date.
    """

    kind: str
    name: str
    choice: str
    because: tuple[str, ...]
    trade_offs: tuple[str, ...]
    source: Citation
    query: str
    read: str
    table: str
    made: str = ""
    undo: str = ""
    locks: str = ""
    checked: str = ""
    compared: str = ""
    writes: str = ""
    renew: str = ""
    ordinal: int = 0  # of the query among the person's, from 1
