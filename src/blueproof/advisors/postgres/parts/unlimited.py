"""A search under a LIMIT as it is when it finds fewer rows than that: all of the table is read."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from blueproof.advisors.postgres.database import Database, Planned
from blueproof.core.advice import Artifact
from blueproof.core.scene import Excerpt
from blueproof.sql.editing import remove_clause
from blueproof.sql.paging import takes_some
from blueproof.sql.plan import Refused

_FOLDER = "searches/"
_PARAMETER = re.compile(r"~~?\*?[^$]{0,40}\$\d")  # of a pattern, as EXPLAIN prints its operator
_PLAIN = re.compile(r"[^a-z0-9]+")
_LONGEST = 40  # characters of a file's name


def unlimited(database: Database, query: Planned) -> Planned | None:
    """The query without its LIMIT, planned; None where it has none or seeks no unknown pattern."""
    if query.plan is None or not takes_some(query.query.text):
        return None
    if not any(_PARAMETER.search(node.filter) for node in query.plan.walk()):
        return None
    text, written = (_without(t) for t in (query.query.text, query.query.written))
    try:
        plan = database.planner.plan(text)
    except Refused:
        return None
    path = f"{_FOLDER}{_PLAIN.sub('_', query.name.lower()).strip('_')[:_LONGEST]}.sql"
    return replace(
        query,
        query=replace(query.query, text=text, written=written),
        excerpt=Excerpt(text=written, path=path, statement=1, name=query.name),
        plan=plan,
    )


def is_unlimited(query: Planned) -> bool:
    """Whether it is such a query, and not one of the person's."""
    return query.excerpt.path.startswith(_FOLDER)


def unlimited_files(queries: Iterable[Planned]) -> Iterator[Artifact]:
    """The queries as they were weighed, a file each."""
    for query in filter(is_unlimited, queries):
        yield Artifact(
            path=query.excerpt.path,
            purpose=f"{query.name} as it was weighed: it finds fewer rows than its LIMIT",
            text=f"{query.excerpt.text.rstrip().rstrip(';')};\n",
        )


def _without(text: str) -> str:
    for word in ("LIMIT", "OFFSET", "FETCH"):
        text = remove_clause(text, word)
    return text.rstrip()
