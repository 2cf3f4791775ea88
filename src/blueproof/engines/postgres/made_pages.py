"""Pages of made rows: an OFFSET that fits as few as were made, and pages that hold none.

Of 38 million rows told, 200,000 are made: OFFSET 20000 would lie beyond all that match, and the
time of an empty page says nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from blueproof.sql.paging import passing_over, skipped, taken, takes_some
from blueproof.sql.ran import Run

NO_PAGE = "it gives no row of the made ones, where it asks for a page of them"


@dataclass(kw_only=True)
class Pages:
    """The part of all rows that was made, and by query the number that stands for its OFFSET."""

    part: float
    standing: dict[str, int] = field(default_factory=dict)

    def nearer(self, query: str, there: Callable[[str, int], int]) -> str:
        """The query with an OFFSET as far among the made rows as told, or before their last page.

        `there` counts the rows that a query has to page through, up to a number.
        """
        told = skipped(query)
        if not told:
            return query
        wanted, page = round(told * self.part), taken(query)
        self.standing[query] = max(min(wanted, there(query, wanted + page) - page), 0)
        return passing_over(query, self.standing[query])

    def with_rows(self, runs: dict[str, Run], refused: dict[str, str]) -> dict[str, Run]:
        """The runs but those to the end that gave no row of the page asked for: they are refused.

        Those of a nearer page than asked for are marked.
        """
        empty = {q for q, r in runs.items() if not (r.cut or r.plan.found) and takes_some(q)}
        refused.update(dict.fromkeys(empty, NO_PAGE))
        return {
            query: replace(run, nearer=self.standing.get(query, 0) < skipped(query))
            for query, run in runs.items()
            if query not in empty
        }
