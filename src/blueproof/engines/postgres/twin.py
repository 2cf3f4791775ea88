"""The planner twin: an empty database that plans as the full one would.

Built from DDL and statistics; see README.md beside this file for the method and its limits.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from blueproof.engines.postgres import catalog, loading, pages, restoring
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.session import ServerRefusal, Session
from blueproof.sql import widths
from blueproof.sql.plan import Plan, read_plan
from blueproof.sql.schema import Index, Schema
from blueproof.sql.statements import read_script
from blueproof.sql.statistics import Statistics, TableStatistics

_EXPLAIN = "EXPLAIN (FORMAT JSON, COSTS, GENERIC_PLAN) "
_PLANNABLE = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "VALUES", "TABLE"})
_PAGES_PER_BYTE = 1 / pages.PAGE


@dataclass(frozen=True, kw_only=True)
class Refused(Exception):  # noqa: N818 (an answer, not an error of ours)
    """The planner's answer to a query it cannot plan."""

    reason: str

    def __str__(self) -> str:
        return self.reason


class Twin:
    """An empty database on a private server, with another database's statistics.

    Make it with the schema's DDL, call `set_statistics`, then ask `plan`. `left_out` names what
    of the DDL is not in it.
    """

    def __init__(self, server: Server, ddl: str, *, path: str = "schema.sql") -> None:
        self._server = server
        self._name = server.create_database()
        self._admin = server.admin(self._name)
        self._guest = server.guest(self._name)
        self._known: set[str] = set()
        self._statistics: Statistics | None = None
        self.left_out = loading.load(ddl, path=path, guest=self._guest, admin=self._admin)
        self._guest.run("RESET ALL")
        self.schema = catalog.read_schema(self._admin)

    def __enter__(self) -> "Twin":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Drop the database and the connections to it."""
        self._guest.close()
        self._admin.close()
        self._server.drop_database(self._name)

    def set_statistics(self, statistics: Statistics) -> None:
        """Have the planner see these rows, pages and columns; may be called again."""
        self._shorten(tuple(self.schema.by_name))
        for table in statistics.tables:
            restoring.restore_table(self._admin, table)
        if self._statistics is not None:
            self._admin.run("REINDEX DATABASE")
        self._statistics = statistics
        for index in self.schema.indexes:
            self._raise_index(index, self._admin)
        for table in statistics.tables:
            self._lengthen(table)

    def plan(self, query: str, changes: tuple[str, ...] = ()) -> Plan:
        """The plan of a query once the changes (DDL scripts) are made; nothing stays changed.

        Parameters ($1) are planned as a generic plan does. Raises Refused with the server's words.
        """
        self._check_single(query)
        with self._guest.rolled_back():
            for change in changes:
                self._make(change)
            return self._explain(query)

    def cost(self, query: str, changes: tuple[str, ...] = ()) -> float | None:
        """Total planner cost of a query once the changes are made; None if it cannot be planned."""
        try:
            return self.plan(query, changes).cost
        except Refused:
            return None

    def index_bytes(self, change: str) -> int:
        """Estimated bytes on disk of the indexes that this DDL creates."""
        with self._guest.rolled_back():
            made = self._make(change)
            return sum(self._index_pages(index) for index in made) * pages.PAGE

    def schema_after(self, *changes: str) -> Schema:
        """The schema as it would be after the changes; nothing stays changed."""
        with self._guest.rolled_back():
            for change in changes:
                self._make(change)
            return catalog.read_schema(self._guest)

    def _check_single(self, query: str) -> None:
        if query in self._known:
            return
        statements = read_script(query, path="query").statements
        if len(statements) != 1 or statements[0].words[:1] not in {(w,) for w in _PLANNABLE}:
            raise Refused(reason="only a single SELECT, INSERT, UPDATE, DELETE or MERGE is planned")
        try:
            self._guest.parse_one(query)
        except ServerRefusal as refusal:
            raise Refused(reason=str(refusal)) from None
        self._known.add(query)

    def _explain(self, query: str) -> Plan:
        try:
            return read_plan(self._guest.run(_EXPLAIN + query)[0][0])
        except ServerRefusal as refusal:
            raise Refused(reason=str(refusal)) from None

    def _make(self, change: str) -> tuple[Index, ...]:
        """Run DDL inside the open transaction and give new indexes their size; returns them."""
        before = {i.name for i in catalog.read_schema(self._guest).indexes}
        touched = tuple(self.schema.by_name)
        self._shorten(touched)
        try:
            for sql in plain_ddl(change):
                self._guest.run_one(sql)
        except ServerRefusal as refusal:
            raise Refused(reason=str(refusal)) from None
        finally:
            self._restore_lengths(touched)
        after = catalog.read_schema(self._guest).indexes
        made = tuple(i for i in after if i.name not in before)
        for index in made:
            self._raise_index(index, self._guest)
        return made

    def _shorten(self, tables: tuple[str, ...]) -> None:
        """Empty the tables' files, so that building an index does not read sparse blocks."""
        for table in tables:
            if not self.schema.by_name[table].partitioned:
                pages.resize(self._file(table, self._admin), 0)

    def _restore_lengths(self, tables: tuple[str, ...]) -> None:
        for table in tables:
            if self._statistics and table in self._statistics.by_name:
                self._lengthen(self._statistics.by_name[table])

    def _lengthen(self, table: TableStatistics) -> None:
        if not self.schema.by_name[table.table].partitioned:
            pages.resize(self._file(table.table, self._admin), table.pages)

    def _raise_index(self, index: Index, session: Session) -> None:
        if self._statistics is None or index.table not in self._statistics.by_name:
            return
        if self.schema.by_name[index.table].partitioned:
            return
        file, size = self._file(index.name, session), self._index_pages(index)
        if index.method == "btree":
            width = self._key_width(index)
            pages.raise_btree(file, widths.btree_height(size, width), size)
        else:
            pages.resize(file, max(size, -(-file.stat().st_size // pages.PAGE)))
        restoring.restore_index(session, index, self._statistics.by_name[index.table], size)

    def _key_width(self, index: Index) -> float:
        assert self._statistics is not None
        return restoring.key_width(index, self._statistics.by_name[index.table])

    def _index_pages(self, index: Index) -> int:
        assert self._statistics is not None
        table = self._statistics.by_name[index.table]
        rows = table.rows * restoring.share(index, table)
        distinct = restoring.distinct_keys(index, table) * (rows / table.rows if table.rows else 0)
        leaves = widths.btree_leaf_pages(rows, self._key_width(index), distinct)
        return leaves + leaves // 150 + 1

    def _file(self, relation: str, session: Session) -> Path:
        path = session.run_one(
            "SELECT pg_relation_filepath($1::text::regclass)", (quoted(relation),)
        )
        return self._server.data / str(path[0][0])


def quoted(name: str) -> str:
    """A catalog name ("orders", "billing.Order", or as regclass prints it) as SQL would have it."""
    if '"' in name:
        return name
    return ".".join(f'"{part}"' for part in name.split("."))


def plain_ddl(script: str) -> Iterator[str]:
    """The statements of a migration that a scratch database should run: no SET, no CONCURRENTLY."""
    for statement in read_script(script, path="change").statements:
        if statement.words[:1] not in {("SET",), ("BEGIN",), ("COMMIT",)}:
            yield loading.without_concurrently(statement.text)


@contextlib.contextmanager
def built(server: Server, ddl: str, statistics: Statistics | None = None) -> Iterator[Twin]:
    """A twin from DDL and statistics, gone at the end."""
    with Twin(server, ddl) as twin:
        if statistics is not None:
            twin.set_statistics(statistics)
        yield twin
