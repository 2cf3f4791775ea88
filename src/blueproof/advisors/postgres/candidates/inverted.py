"""GIN and GiST: containment, overlap, full text."""

from collections.abc import Iterator

from blueproof.advisors.postgres.candidates.candidate import Candidate
from blueproof.sql.names import quote
from blueproof.sql.ranges import CONSTRUCTORS
from blueproof.sql.schema import Table
from blueproof.sql.searched import WITHIN, Search
from blueproof.sql.uses import Use

_JSON_ONLY = frozenset({"@>", "@?", "@@"})  # what jsonb_path_ops serves, smaller than jsonb_ops
_NETWORKS = frozenset({"inet", "cidr"})
_SHAPES = frozenset({"point", "box", "polygon", "circle", "ltree"})  # GIN knows nothing of them


def inverted(use: Use, table: Table) -> Iterator[Candidate]:
    """An index for each condition that a B-tree cannot serve; patterns need pg_trgm, not here."""
    for search in use.searched:
        key = quote(search.column) if search.column else f"({search.expression})"
        for method, part in _ways(search, key, table):
            yield Candidate(table=table.name, keys=(part,), method=method)


def _ways(search: Search, key: str, table: Table) -> Iterator[tuple[str, str]]:
    if search.pattern:
        return
    column = table.by_name.get(search.column)
    kind = column.type if column else ""
    if kind in _NETWORKS:
        yield "gist", f"{key} inet_ops"
        return
    if search.operator in WITHIN and not kind.endswith("range"):
        return
    if (
        kind in _SHAPES
        or kind.endswith("range")
        or search.expression.partition("(")[0] in CONSTRUCTORS
    ):
        yield "gist", key
        return
    yield "gin", key
    if kind == "jsonb" and search.operator in _JSON_ONLY:
        yield "gin", f"{key} jsonb_path_ops"
