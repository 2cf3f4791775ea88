"""An index on the trigrams of texts: what it holds, how large it gets, what is said of it."""

import re
from dataclasses import dataclass

from blueproof.advisors.postgres.database import Database
from blueproof.core.advice import Recommendation
from blueproof.sql.names import bare, quote
from blueproof.sql.plan import ExtensionMissing
from blueproof.sql.schema import Slot
from blueproof.sql.sizes import btree, documents, expressions, gin
from blueproof.sql.statements import Statement, read_script

EXTENSION, CLASS = "pg_trgm", "gin_trgm_ops"
_MAKES = re.compile(
    r'EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?"?pg_trgm"?(?:\s+WITH)?(?:\s+SCHEMA\s+"?(?P<schema>\w+))?',
    re.IGNORECASE,
)
_ON = re.compile(
    r"\bON\s+(?:ONLY\s+)?(?P<table>\S+)\s+USING\s+\w+\s*\((?P<held>.*)\)", re.IGNORECASE | re.DOTALL
)
_CLASSES = re.compile(r"\s+(?:\w+\.)?(?:gin|gist)_trgm_ops(?:\s*,\s*|\s*\(|\s*$)")


@dataclass(frozen=True, kw_only=True)
class Class:
    """The operator class as an index must name it, and the extension if it is yet to be made."""

    name: str
    extension: str


def operator_class(database: Database) -> Class:
    """How an index of this schema names the operator class."""
    for statement in read_script(database.ddl, path="schema").statements:
        found = _MAKES.search(statement.text)
        if statement.words[:2] == ("CREATE", "EXTENSION") and found:
            schema = (found["schema"] or "public").lower()
            name = CLASS if schema == "public" else f"{quote(schema)}.{CLASS}"
            return Class(name=name, extension="")
    return Class(name=CLASS, extension=EXTENSION)


def has_index(database: Database, table: str, key: str) -> bool:
    """Whether the schema's text, or advice before, makes an index on the key's trigrams.

    The text is looked at because the index may not be on the twin.
    """
    names = {table, table.rpartition(".")[2]}  # a bare name, where the search path says whose
    held = re.compile(rf"(?<!\w){re.escape(key)}(?!\w)")
    return any(
        bare(found["table"]) in names and held.search(found["held"])
        for statement in _statements(database)
        if statement.words[:1] == ("CREATE",) and "_trgm_ops" in statement.text
        for found in _ON.finditer(statement.text)
    )


def _statements(database: Database) -> tuple[Statement, ...]:
    texts = (database.ddl, *(change.file.text for change in database.untried))
    return tuple(s for text in texts for s in read_script(text, path="schema").statements)


def index_bytes(database: Database, advice: Recommendation) -> int:
    """Estimated bytes of the indexes that advice makes, also of one that cannot be made here."""
    assert advice.schema_change is not None, "the caller looked"
    text = advice.schema_change.text
    try:
        return database.planner.index_bytes(text)
    except ExtensionMissing:
        found = _ON.search(text)
        keys = tuple(filter(None, _CLASSES.split(found["held"]))) if found else ()
        return size_of(database, advice.table, keys)


def size_of(database: Database, table: str, keys: tuple[str, ...]) -> int:
    """Estimated bytes of a GIN index on the trigrams of these columns and expressions."""
    known = database.statistics.by_name.get(table)
    if known is None:
        return 0
    text = Slot(type="text")
    held = [
        each
        for key in keys
        for each in documents.keys(
            expressions.statistics_of(key.strip('"'), text, known), known.rows, kind=CLASS, width=0
        )
    ]
    return gin.pages(held, known.rows, known.pages) * btree.PAGE


def text_bytes(database: Database, table: str, keys: tuple[str, ...]) -> float:
    """Bytes of the texts themselves."""
    known = database.statistics.by_name.get(table)
    if known is None:
        return 0.0
    text = Slot(type="text")
    found = [expressions.statistics_of(key.strip('"'), text, known) for key in keys]
    return sum(known.rows * (1 - f.null_fraction) * f.width for f in found)
