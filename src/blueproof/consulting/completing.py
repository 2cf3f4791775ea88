"""A schema that lacks tables of its queries, completed: what they read is guessed, and said so."""

import re
from collections.abc import Iterable
from dataclasses import replace

from blueproof.core.brief import Assumption, Brief, Document
from blueproof.sql.guessing.tables import guess_tables
from blueproof.sql.schema import Schema

_ABSENT = re.compile(r'relation "(?P<name>[^"]+)" does not exist')
_FROM = "guessed from your queries"
_HEAD = "-- Guessed from your queries, which read these tables: the schema lacks them.\n"


def absent_tables(refusals: Iterable[str]) -> frozenset[str]:
    """The tables that the planner did not find, by its own words."""
    found = (_ABSENT.search(text) for text in refusals)
    return frozenset(m["name"].removeprefix("public.") for m in found if m)


def with_tables(
    brief: Brief, schema: Schema, queries: tuple[str, ...], absent: frozenset[str]
) -> Brief | None:
    """The brief with DDL for tables that its schema lacks; None where nothing can be guessed."""
    document = brief.document("schema")
    known = {t.name: frozenset(c.name for c in t.columns) for t in schema.tables}
    guess = guess_tables(queries, known)
    made = {table: columns for table, columns in guess.tables.items() if table in absent}
    if document is None or not made:
        return None
    only = replace(
        guess,
        tables=made,
        links=tuple(k for k in guess.links if {k.table, k.parent} <= made.keys()),
    )
    line = document.text.count("\n") + 1
    longer = Document(
        role="schema",
        text=f"{document.text}{_HEAD}{only.made}{only.keys}",
        parts=(*document.parts, (_FROM, line)),
    )
    others = tuple(d for d in brief.documents if d is not document)
    assumed = tuple(
        Assumption(
            key=f"{table} ({', '.join(f'{c.name} {c.type}' for c in columns)})",
            value="",
            why="your schema lacks this table; types from names, constants and operators",
        )
        for table, columns in made.items()
    )
    return replace(brief, documents=(longer, *others), assumptions=(*brief.assumptions, *assumed))
