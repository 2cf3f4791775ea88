"""A query put to the rewritings; of an UPDATE or DELETE, the query for the rows it changes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from blueproof.advisors.postgres.database import Database, Planned, plan_query
from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.sql.changed_rows import ChangedRows, changed_rows

_TWICE = (
    "the rows are looked up first and then changed by their key: a row that another transaction "
    "changes in between is changed as it was found"
)


@dataclass(frozen=True, kw_only=True)
class Put:
    """What the rewritings are asked, and the write behind it, if it is one."""

    asked: Asked
    write: ChangedRows | None = None

    def turned(self, rewriting: Rewriting) -> Iterator[Rewrite]:
        """What a rewriting makes of the query, as texts of the person's own kind."""
        for rewrite in rewriting.texts(self.asked):
            if self.write is None:
                yield rewrite
            elif rewrite.simple:
                yield from self._written(self.write, rewrite)

    def _written(self, write: ChangedRows, rewrite: Rewrite) -> Iterator[Rewrite]:
        text = write.put_back(rewrite.text)
        if text is None:
            return
        because = tuple(b.replace("return no row", "change no row") for b in rewrite.because)
        trade_offs = rewrite.trade_offs
        if write.reads_twice(text):
            trade_offs = (*trade_offs, _TWICE)
        yield replace(rewrite, text=text, because=because, trade_offs=trade_offs)


def put(database: Database, query: Planned) -> Put:
    """The query, or what stands for it, as the rewritings are to see it."""
    write = changed_rows(query.query.text, database.schema)
    if write is None:
        return Put(asked=Asked(database=database, query=query))
    rows = replace(query, query=replace(query.query, text=write.query), plan=None, refused="")
    planned = plan_query(database.planner, rows, database.made)
    return Put(asked=Asked(database=database, query=planned), write=write)
