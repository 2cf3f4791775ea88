"""A page whose index is missing, where made rows are too few to show it: what holds at any size."""

from collections.abc import Iterator

from blueproof.advisors.known.reproduction.pages import Page, pages
from blueproof.advisors.known.reproduction.reproduction import Sketch
from blueproof.core.advice import Step
from blueproof.sql.names import quote_table
from blueproof.sql.paging import skipped


def page_step(text: str) -> Iterator[Step]:
    """The index of `page_told` as the first thing to do."""
    statement = text.partition(": ")[0]
    if statement.startswith("CREATE INDEX"):
        yield Step(
            do=statement,
            horizon="now",
            check="EXPLAIN (ANALYZE, BUFFERS) shows an Index Scan on it and no Sort",
            undo="DROP INDEX CONCURRENTLY, with the name that PostgreSQL gave it",
        )


def page_told(sketch: Sketch) -> str:
    """That the page wants an index of its filter and order, with what it reads; "" where it has."""
    for query in sketch.queries:
        page = next(pages((query,), later=True), None)
        if page is None or any(_plain(page.columns) in _plain(ddl) for ddl in sketch.there):
            continue
        behind = skipped(query)
        equal = " and ".join(column for column, _ in page.equal)
        over = f"the {behind:,} that OFFSET passes over and " if behind else ""
        reads = f"a page then reads {over}its {page.rows:,} entries"
        return (
            f"CREATE INDEX CONCURRENTLY ON {quote_table(page.table)} ({page.columns}): it has the "
            f"rows of one {equal} in the order of the page, and {reads}, however many rows others "
            f"have. Without it either all rows of that {equal} are fetched and sorted, or "
            f"{page.order[0][0]} is walked past the rows of all others{_keyset(page, behind)}"
        )
    return ""


def _keyset(page: Page, behind: int) -> str:
    """That pages far behind are to be asked for by the last row seen."""
    if not behind:
        return ""
    keys = ", ".join(c for c, _ in page.order)
    return (
        ". Far pages grow with OFFSET all the same: ask for the rows behind the last "
        f"({keys}, key) that was seen, and each page reads as many entries as the first"
    )


def _plain(text: str) -> str:
    return text.replace('"', "").replace(" DESC", "").replace(" ", "").lower()
