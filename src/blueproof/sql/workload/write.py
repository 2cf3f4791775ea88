"""Queries written as a file of SQL from which the same queries are read again."""

from collections.abc import Iterable

from blueproof.sql.headings import Heading, write_heading
from blueproof.sql.queries import Query


def write_queries(queries: Iterable[Query], *, notes: tuple[str, ...] = ()) -> str:
    """The queries as SQL, one statement each, its name, calls, days and milliseconds above it.

    `notes` stand at the top as comments, a line each. `read_queries` gives the same queries back:
    names, texts, weights and order; lines and path are those of the new file.
    """
    head = "".join(f"-- {' '.join(note.split())}\n" for note in notes)
    pieces = (
        as_statement(
            Heading(name=q.name, weight=q.weight, milliseconds=q.milliseconds, days=q.days),
            q.written,
        )
        for q in queries
    )
    return "\n".join([head, *pieces] if head else pieces)


def as_statement(heading: Heading, text: str) -> str:
    """One query as it stands in the file; its text ends in no comment, which would hide the ;."""
    return f"{write_heading(heading)}{text};\n"
