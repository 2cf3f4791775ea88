"""Which tables a change may be about: those whose names, or whose indexes' names, stand in it."""

import re
from collections.abc import Iterator
from functools import lru_cache

from blueproof.engines.postgres.catalog import Catalog
from blueproof.sql.schema import Schema

_WORD = re.compile(r"\w+")


@lru_cache(maxsize=4096)  # the same changes are asked about for each query
def words_of(text: str) -> frozenset[str]:
    """The words of a text in small letters."""
    return frozenset(_WORD.findall(text.lower()))


def mentions(known: Catalog) -> dict[str, set[int]]:
    """By each word in the name of a table or index: the table, and its partitions."""
    parts: dict[str, set[int]] = {}
    for table in known.schema.tables:
        oids = {known.tables[name] for name in _with_partitions(known.schema, table.name)}
        for word in words_of(table.name.rpartition(".")[2]):
            parts.setdefault(word, set()).update(oids)
    for index in known.schema.indexes:
        for word in words_of(index.name.rpartition(".")[2]):
            parts.setdefault(word, set()).add(known.tables[index.table])
    return parts


def _with_partitions(schema: Schema, table: str) -> Iterator[str]:
    yield table
    if schema.by_name[table].partitioned:
        for below in schema.tables:
            if below.partition_of == table:
                yield from _with_partitions(schema, below.name)
