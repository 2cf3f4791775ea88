"""What is said of an index on trigrams, whether or not it could be tried."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from blueproof.advisors.postgres.database import Database, Planned
from blueproof.advisors.postgres.parts.migration import NewIndex, create_index
from blueproof.advisors.postgres.parts.trigrams import size_of, text_bytes
from blueproof.advisors.postgres.parts.unlimited import is_unlimited
from blueproof.advisors.postgres.parts.wording import listed, size
from blueproof.core.advice import Alternative, Flip, Recommendation
from blueproof.core.evidence import Citation

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/pgtrgm.html",
    checked=date(2026, 11, 29),
    says="a GIN or GiST index on trigrams serves LIKE, ILIKE and regular expressions that need not "
    "begin with letters; a pattern without a trigram to extract is a scan of the full index",
)
GIN_DOCS = Citation(
    url="https://www.postgresql.org/docs/current/gin.html",
    checked=date(2026, 11, 29),
    says="one row makes many entries; with fastupdate new ones wait in a list that searches read "
    "through and that some write has to merge",
)
COLUMNS_DOCS = Citation(
    url="https://www.postgresql.org/docs/current/indexes-multicolumn.html",
    checked=date(2026, 11, 29),
    says="a GIN index over several columns serves conditions on any of them alike",
)
# pg_relation_size of such an index over octet_length of its texts, on PostgreSQL 18.4: 200,000,
# 100,000, 20,000 and 4,000 rows of words drawn by frequency from 20,000.
_BUILT = "2.7 times texts of 10 letters, 2.1 times 55, 1.5 times 590, half of 4,500"
EVIDENCE = (DOCS, GIN_DOCS, COLUMNS_DOCS)


@dataclass(frozen=True, kw_only=True)
class Searched:
    """Columns and expressions of a table that queries search together, so that one index will do.

    `perhaps` is whether no pattern is known to begin with a wildcard.
    """

    table: str
    keys: tuple[str, ...]
    queries: tuple[Planned, ...]
    perhaps: bool


def reading(database: Database, searched: Searched, query: Planned) -> str:
    """How a query searches, as the beginning of a sentence."""
    what = " or ".join(searched.keys)
    whether = ", which may begin with %" if searched.perhaps else ""
    few = ", where fewer match than its LIMIT takes" if is_unlimited(query) else ""
    return (
        f"{query.name} reads all {database.rows(searched.table):,} rows of {searched.table} to "
        f"hold {what} against a pattern{whether}{few}"
    )


def common(database: Database, searched: Searched, index: NewIndex, rule: str) -> Recommendation:
    """The advice less its reasons and claims, which are still to come."""
    migration = create_index(index, database.schema)
    return Recommendation(
        slot=f"index on {index.short}",
        rule=rule,
        choice=f"Create index {index.name} on {index.short}",
        because=("",),  # given by whoever calls
        instead_of=tuple(_alternatives(searched)),
        trade_offs=tuple(_trade_offs(database, searched)),
        flips=tuple(_flips(searched)),
        evidence=EVIDENCE,
        files=migration.artifacts,
        schema_change=migration.change,
        table=index.table,
    )


def _trade_offs(database: Database, searched: Searched) -> Iterator[str]:
    bytes_ = size_of(database, searched.table, searched.keys)
    texts = max(1.0, text_bytes(database, searched.table, searched.keys))
    columns = listed(searched.keys)
    yield (
        f"about {size(bytes_)} on disk, {bytes_ / texts:.1f} times the text itself (built on "
        f"made-up words, it took {_BUILT})"
    )
    yield (
        "a pattern needs three letters or digits that stand together: with fewer ('%ab%') all of "
        "the index is read, which is no better than the table"
    )
    yield (
        f"every INSERT into {searched.table} and every UPDATE of {columns} writes an entry for "
        "each trigram. With fastupdate, the default, they wait in a list that each search reads "
        "through and that one write now and then has to merge; WITH (fastupdate = off) makes "
        "every write slower, and all alike"
    )


def _alternatives(searched: Searched) -> Iterator[Alternative]:
    column = searched.keys[0]
    yield Alternative(
        choice=f"full text search: a GIN index on to_tsvector('english', {column}), asked with @@",
        why_not="smaller and finds other forms of a word, but whole words only; take it if people "
        "search for words, not for parts of them",
    )
    if searched.perhaps:
        yield Alternative(
            choice=f"a B-tree on {searched.table} ({column} text_pattern_ops)",
            why_not="far smaller and cheaper to write, but of use only to patterns that begin "
            "with letters",
        )
    if len(searched.keys) > 1:
        yield Alternative(
            choice=f"an index each on {listed(searched.keys)}",
            why_not="no faster to search; take it if one of them is written much more often",
        )


def _flips(searched: Searched) -> Iterator[Flip]:
    if searched.perhaps:
        yield Flip(
            fact="pattern",
            at="begins with letters",
            unit="",
            then="if the pattern never begins with % or _, make a B-tree with text_pattern_ops "
            "instead",
        )
