"""How many bytes a column's values take where nothing but the schema is known of them."""

from blueproof.sql.schema import Column

_VARIABLE = {
    "uuid": 16, "numeric": 8, "jsonb": 200, "json": 200, "bytea": 500, "inet": 10, "xml": 500,
    "tsvector": 200, "hstore": 100,
}  # fmt: skip
_LONG_TEXT = ("body", "content", "description", "text", "message", "notes", "comment", "bio")
# Types whose values have no end that anybody plans for.
_ENDLESS = frozenset(
    {"json", "jsonb", "bytea", "xml", "tsvector", "hstore", "geometry", "geography"}
)
_TEXT = 24
_LONG = 250
_ARRAY = 60


def assumed(column: Column) -> int:
    """Mean stored width in bytes of a column's values, headers included."""
    if column.length > 0:
        return column.length
    if column.type.endswith("[]"):
        return _ARRAY
    base = column.type.split("(")[0]
    if base in _VARIABLE:
        return _VARIABLE[base]
    if column.modifier:
        return min(column.modifier, max(4, column.modifier // 2), _TEXT * 4) + 1
    return _LONG if column.name.endswith(_LONG_TEXT) else _TEXT


def may_be_long(column: Column, mean: int = 0) -> bool:
    """Whether a value may be longer than the 2,704 bytes that an entry of a B-tree holds.

    A table keeps such a value aside, an index cannot: the row is refused. `mean` is the measured
    width in bytes, 0 where nothing was measured. Source: PostgreSQL, "B-Tree Indexes", limitations.
    """
    base = column.type.split("(")[0]
    if base in _ENDLESS or column.type.endswith("[]"):
        return True
    endless = base in {"text", "character varying", "citext"} and not column.modifier
    return endless and (mean >= _LONG or column.name.endswith(_LONG_TEXT))
