"""The databases that proofs stand on: a private server, and a planner twin for each scene."""

import contextlib
from contextlib import ExitStack
from datetime import date
from functools import cached_property

from blueproof.core.scene import DatabaseScene, Excerpt
from blueproof.engines.postgres.keeping import is_large
from blueproof.engines.postgres.policies import Grounds
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.trial import Trial
from blueproof.engines.postgres.twin import Twin
from blueproof.sql.counts_file import read_counts_text
from blueproof.sql.parameters import numbered
from blueproof.sql.plan import Plan, Refused
from blueproof.sql.queries import read_queries
from blueproof.sql.rowcounts import RowCount
from blueproof.sql.scene_statistics import read_scene_statistics
from blueproof.sql.statistics import scaled

_MOST_TWINS = 8  # each keeps one of the server's few connections; the oldest goes
_MANY = 4  # changes at once from which making them anew for each claim takes too long
Counts = tuple[tuple[RowCount, ...], date]
Set = tuple[DatabaseScene, frozenset[str]]


class Databases:
    """One private server, one planner twin for each scene, one more for a set of indexes."""

    def __init__(self) -> None:
        self._twins: dict[DatabaseScene, Twin] = {}
        self._counts: dict[Excerpt, Counts] = {}
        self._set: Set | None = None
        self._room: tuple[Trial, dict[str, str]] | None = None
        self._opened = ExitStack()
        self._first = Excerpt(text="")  # the schema that the server is started for

    @cached_property
    def server(self) -> Server:
        """A PostgreSQL of its own, apart from the one that advice was made with."""
        return Server(schema=self._first.text, path=self._first.path)

    @cached_property
    def grounds(self) -> Grounds:
        """Where row security is attacked."""
        return Grounds(self.server)

    def close(self) -> None:
        """Drop the twins and end the server, if they were started."""
        self._opened.close()
        if "grounds" in self.__dict__:
            self.grounds.close()
            del self.__dict__["grounds"]
        for twin in self._twins.values():
            twin.close()
        self._twins.clear()
        if "server" in self.__dict__:
            self.server.close()
            del self.__dict__["server"]

    def twin(self, scene: DatabaseScene) -> Twin:
        """The planner twin of a scene, built from its texts."""
        if scene not in self._twins:
            if len(self._twins) >= _MOST_TWINS:
                self._twins.pop(next(iter(self._twins))).close()
            self._twins[scene] = self._build(scene)
        return self._twins[scene]

    def _build(self, scene: DatabaseScene, server: Server | None = None) -> Twin:
        self._first = self._first if self._first.text else scene.schema
        twin = Twin(server or self.server, scene.schema.text, path=scene.schema.path)
        twin.set_statistics(read_scene_statistics(twin.schema, scene.statistics))
        return twin

    def plan(self, scene: DatabaseScene, query: str, changes: tuple[str, ...]) -> Plan:
        """The plan of a query once the changes are made; nothing stays changed.

        Refused with the planner's words. Where they are many they are made once and shown or
        hidden: the claims about a set of indexes leave out one after the other.
        """
        if self._room and self._set and self._set[0] == scene and self._set[1].issuperset(changes):
            room, names = self._room
            return room.plan(query, frozenset(names[change] for change in changes))
        return self.twin(scene).plan(query, changes)

    def prepare(self, scene: DatabaseScene, changes: tuple[str, ...]) -> None:
        """Make a large set of indexes once, on a twin of its own, for the claims to come."""
        wanted = (scene, frozenset(changes))
        several = len(changes) >= _MANY and all("CREATE INDEX" in c for c in changes)
        if not several or self._set == wanted:
            return
        self._opened.close()
        self._set, self._room = wanted, None
        text, path = scene.schema.text, scene.schema.path
        # To start another server with a large schema is faster than to load that once more.
        own = self._opened.enter_context(Server(schema=text, path=path)) if is_large(text) else None
        twin = self._opened.enter_context(contextlib.closing(self._build(scene, own)))
        room = self._opened.enter_context(twin.trial())
        with contextlib.suppress(Refused):  # which of them is refused is said by its own claim
            self._room = (room, {change: room.add_script(change) for change in changes})

    def counts(self, scene: DatabaseScene) -> Counts:
        """The row counts of a scene whose statistics are assumed from them, and the last day.

        Raises InputError where its text holds none.
        """
        text = scene.statistics
        if text not in self._counts:
            self._counts[text] = read_counts_text(text.text, path=text.path)
        return self._counts[text]

    def grow(self, scene: DatabaseScene, tables: frozenset[str], factor: float) -> Twin:
        """The scene's twin with this many times the rows in the tables; 1 puts them back.

        Only for a scene whose statistics are assumed from row counts.
        """
        twin = self.twin(scene)
        counts, until = self.counts(scene)
        twin.restate(scaled(twin.schema, counts, until, tables, factor))
        return twin


def query_text(excerpt: Excerpt) -> str:
    """A query as the planner is asked it: one statement, parameters numbered."""
    queries, _ = read_queries(excerpt.text, path=excerpt.path or "query")
    return queries[0].text if len(queries) == 1 else numbered(excerpt.text).text
