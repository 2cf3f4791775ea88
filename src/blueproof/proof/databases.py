"""The databases that proofs stand on: a private server, and a planner twin for each scene."""

from functools import cached_property

from blueproof.core.scene import DatabaseScene, Excerpt
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin
from blueproof.sql.counts_file import read_counts_text
from blueproof.sql.parameters import numbered
from blueproof.sql.queries import read_queries
from blueproof.sql.scene_statistics import read_scene_statistics
from blueproof.sql.statistics import scaled


class Databases:
    """One private server and one planner twin for each scene."""

    def __init__(self) -> None:
        self._twins: dict[DatabaseScene, Twin] = {}

    @cached_property
    def server(self) -> Server:
        """A PostgreSQL of its own, apart from the one that advice was made with."""
        return Server()

    def close(self) -> None:
        """Drop the twins and end the server, if they were started."""
        for twin in self._twins.values():
            twin.close()
        self._twins.clear()
        if "server" in self.__dict__:
            self.server.close()
            del self.__dict__["server"]

    def twin(self, scene: DatabaseScene) -> Twin:
        """The planner twin of a scene, built from its texts."""
        if scene not in self._twins:
            twin = Twin(self.server, scene.schema.text, path=scene.schema.path)
            self._twins[scene] = twin
            twin.set_statistics(read_scene_statistics(twin.schema, scene.statistics))
        return self._twins[scene]

    def grow(self, scene: DatabaseScene, tables: frozenset[str], factor: float) -> Twin:
        """The scene's twin with this many times the rows in the tables; 1 puts them back.

        Only for a scene whose statistics are assumed from row counts.
        """
        twin = self.twin(scene)
        counts, until = read_counts_text(scene.statistics.text, path=scene.statistics.path)
        twin.restate(scaled(twin.schema, counts, until, tables, factor))
        return twin


def query_text(excerpt: Excerpt) -> str:
    """A query as the planner is asked it: one statement, parameters numbered."""
    queries, _ = read_queries(excerpt.text, path=excerpt.path or "query")
    return queries[0].text if len(queries) == 1 else numbered(excerpt.text).text
