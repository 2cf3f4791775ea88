"""Tables of which the words tell rows and pages that do not fit: nearly all of them is empty."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from blueproof.core.advice import Step
from blueproof.sql.names import quote_table

_PAGES = re.compile(
    r"\brelpages\b\W{0,3}(?:is|are|=|says|shows|of|at|:|has|it has|\s)*(?P<a>\d[\d,]*)"
    r"|(?<![\w.])(?P<b>\d[\d,]*)\s+(?:pages|blocks|8 ?kB pages)\b",
    re.IGNORECASE,
)
_LEAST = 1_000  # pages, 8 MB
_PAGE_KB, _MB = 8, 1024


@dataclass(frozen=True, kw_only=True)
class Bloated:
    """A table with fewer rows than pages."""

    table: str
    rows: int
    pages: int

    @property
    def statement(self) -> str:
        """What writes it anew."""
        return f"VACUUM (FULL, ANALYZE) {quote_table(self.table)}"

    @property
    def says(self) -> str:
        """The sum that shows it and its cure, as one sentence without its end."""
        return (
            f"the table {self.table} has {self.rows:,} rows in {self.pages:,} pages "
            f"({self.pages * _PAGE_KB / _MB:,.0f} MB), {self.pages / self.rows:,.0f} pages to a "
            f"row: they are nearly all empty, and a scan reads each of them. {self.statement} "
            "writes the table anew without them; a plain VACUUM only makes the space usable again, "
            "and an index spares no scan of all rows"
        )


def read_bloated(text: str, rows: Mapping[str, int], main: str) -> tuple[Bloated, ...]:
    """The main table, if pages are told of it that are more than its rows."""
    pages = max(
        (int((m["a"] or m["b"]).replace(",", "")) for m in _PAGES.finditer(text)), default=0
    )
    count = rows.get(main, 0)
    if not count or pages < max(_LEAST, count):
        return ()
    return (Bloated(table=main, rows=count, pages=pages),)


def bloated_steps(bloated: tuple[Bloated, ...]) -> Iterator[Step]:
    """What to run, once; and what keeps it from coming back."""
    for each in bloated:
        table = quote_table(each.table)
        yield Step(
            do=f"psql \"$DATABASE_URL\" -c '{each.statement}' (nobody reads or writes the table "
            "meanwhile, which for so few rows takes seconds; pg_repack does the same beside them)",
            horizon="now",
            check=f"SELECT relpages FROM pg_class WHERE oid = '{table}'::regclass "
            "gives fewer pages than rows",
            undo="nothing to take back: the rows are the same",
        )
        yield Step(
            do="Where all rows are updated many times over, VACUUM between the passes, or write "
            "what comes out into a new table and put it in the old one's place",
            horizon="next",
            check="relpages stays about as it is after the VACUUM FULL",
            undo="as before",
        )
