"""The files of tables and indexes: which they are, and giving each the size of a full one.

A file's name changes whenever a relation is rewritten, so names are asked for anew around every
change and never kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from blueproof.engines.postgres import pages
from blueproof.engines.postgres.session import Session

_RELATIONS = """
SELECT c.oid::int8, r.relation, n.nspname::text, c.relname::text,
  pg_catalog.pg_relation_filepath(c.oid), m.amname::text
FROM (SELECT t AS relation, t AS oid FROM pg_catalog.unnest($1::oid[]) t
      UNION ALL SELECT i.indrelid, i.indexrelid FROM pg_catalog.pg_index i
      WHERE i.indrelid = ANY ($1::oid[])) r
JOIN pg_catalog.pg_class c ON c.oid = r.oid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_am m ON m.oid = c.relam
ORDER BY c.oid
"""


@dataclass(frozen=True, kw_only=True)
class Relation:
    """A table or index, its file, and the table that it is or belongs to; partitioned have none."""

    oid: int
    table: int
    schema: str
    name: str
    file: Path | None
    method: str | None

    @property
    def is_index(self) -> bool:
        """Whether it is an index of its table."""
        return self.oid != self.table


def relations(session: Session, tables: Iterable[int], data: Path) -> dict[int, Relation]:
    """These tables and all their indexes, with the files they have now."""
    rows = session.run_one(_RELATIONS, (sorted(tables),))
    return {
        oid: Relation(
            oid=oid,
            table=int(table),
            schema=schema,
            name=name,
            file=data / path if path else None,
            method=method,
        )
        for oid, table, schema, name, path, method in rows
    }


def resize_tables(found: Iterable[Relation], sizes: dict[int, int]) -> None:
    """Give each table among the relations as many pages as `sizes` says, where it says."""
    for relation in found:
        if relation.file and not relation.is_index and relation.oid in sizes:
            pages.resize(relation.file, sizes[relation.oid])


def resize_index(file: Path, method: str | None, size: int, height: int) -> None:
    """Give a new empty index the size, and a B-tree the height, of a full one."""
    if method == "btree":
        pages.raise_btree(file, height, size)
    else:
        pages.resize(file, max(size, -(-file.stat().st_size // pages.PAGE)))
