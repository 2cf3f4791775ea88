"""Ask a jsonb document for a value with @>, which one index serves for every key.

WHERE data ->> 'status' = 'open' needs an index on that very expression. data @> '{"status":
"open"}' says the same where the text can be no number, and a GIN index that is there on data
serves it, whatever the key is. Without one, an index on the expression is smaller and is advised.
"""

import json
import re
from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.advisors.postgres.parts.turned import Turned, turn_conditions
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.filters import compared, kind, quoted, string
from blueproof.sql.scopes import Scopes
from blueproof.sql.trees import brief

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/datatype-json.html",
    checked=date(2026, 11, 29),
    says="a GIN index on the document serves containment (@>) for all its keys; ->> needs an index "
    "on that expression",
)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_PATH = re.compile(r"\{[^\"{}\\,\s]+(?:,[^\"{}\\,\s]+)*\}")
_PLACE = re.compile(r"[-+]?\d+")  # of an array's element, or a key: which, the document decides


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each value of a jsonb column's key that is held equal to a text, said as containment."""
    if ">>" in asked.text or "json" in asked.text.lower():
        yield from turn_conditions(
            asked, _as_contained, title="Ask what the document contains", instead=False
        )


def _as_contained(node: exp.Expr, scopes: Scopes) -> Turned | None:
    for left, sign, right in compared(node):
        text, found = string(right), _column_and_keys(left)
        if sign != "=" or text is None or found is None:
            continue
        column, keys = found
        values = _values(text)
        sure = values and not any(map(_PLACE.fullmatch, keys))
        if sure and kind(scopes, column) == "jsonb" and _is_indexed(scopes, column, keys[-1]):
            name = brief(column)
            documents = [quoted(json.dumps(_nested(keys, v), ensure_ascii=False)) for v in values]
            return Turned(
                text=" OR ".join(f"{name} @> {document}" for document in documents),
                why=f"only an index on that one expression serves it, and none on {name} does",
            )
    return None


def _is_indexed(scopes: Scopes, column: exp.Column, key: str) -> bool:
    """Whether a GIN index holds the whole document, and no index this value alone."""
    found = scopes.column(column)
    if found is None or found[0].table is None:
        return False
    indexes = tuple(scopes.schema.indexes_of(found[0].table.name))
    whole = any(i.method == "gin" and found[1].name in i.keys and not i.predicate for i in indexes)
    alone = any(quoted(key) in part or f"{key}}}'" in part for i in indexes for part in i.keys)
    return whole and not alone


def _values(text: str) -> list[object]:
    """What a document can hold whose text is this; nothing where numbers can be written so."""
    if _NUMBER.fullmatch(text) or text[:1] in {"{", "["}:
        return []  # 5 and 5.0 are one number to @> and two texts
    return [text, text == "true"] if text in {"true", "false"} else [text]


def _nested(keys: list[str], value: object) -> object:
    for key in reversed(keys):
        value = {key: value}
    return value


def _column_and_keys(node: exp.Expr) -> tuple[exp.Column, list[str]] | None:
    """The column and the keys of data ->> 'k', data -> 'a' ->> 'b', data #>> '{a,b}'."""
    if isinstance(node, exp.JSONBExtractScalar):
        path = string(node.expression) or ""
        keys = path[1:-1].split(",") if _PATH.fullmatch(path) else []
        plain = isinstance(node.this, exp.Column) and keys and "null" not in path.lower()
        return (node.this, keys) if plain else None
    if not isinstance(node, exp.JSONExtractScalar):
        return None
    keys = []
    at: exp.Expr = node
    while isinstance(at, exp.JSONExtract | exp.JSONExtractScalar):
        key = _key(at)
        if key is None:
            return None
        keys.insert(0, key)
        at = at.this.unnest()
    return (at, keys) if isinstance(at, exp.Column) else None


def _key(node: exp.Expr) -> str | None:
    """The one key that -> or ->> looks up, where it is a constant."""
    path = node.expression
    if not isinstance(path, exp.JSONPath):
        return string(path)
    parts = [p for p in path.expressions if not isinstance(p, exp.JSONPathRoot)]
    if len(parts) != 1 or not isinstance(parts[0], exp.JSONPathKey):
        return None
    return parts[0].this if isinstance(parts[0].this, str) else None


_TABLES = """
CREATE TABLE events (
  id bigint PRIMARY KEY, kind text NOT NULL, data jsonb, raw json
);
"""
_INDEXED = _TABLES + "CREATE INDEX ON events USING gin (data jsonb_path_ops);\n"

REWRITING = Rewriting(
    id="pg-json-contains",
    title="Ask what a jsonb document contains with @>",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    beyond=True,
    cases=(
        Case(name="the document is indexed", given=_INDEXED,
             queries="SELECT id FROM events WHERE data ->> 'status' = 'open';"),
        Case(name="a key within another", given=_INDEXED,
             queries="SELECT e.id FROM events e WHERE e.kind <> $1 "
             "AND e.data -> 'user' ->> 'status' = 'it''s me';"),
        Case(name="a path", given=_INDEXED,
             queries="SELECT id FROM events WHERE data #>> '{user,plan}' = 'pro';"),
        Case(name="the expression has its index", fires=False,
             given=_INDEXED + "CREATE INDEX ON events ((data ->> 'status'));",
             queries="SELECT id FROM events WHERE data ->> 'status' = 'open';"),
        Case(name="the document is not indexed", given=_TABLES, fires=False,
             queries="SELECT id FROM events WHERE data ->> 'status' = 'open';"),
        Case(name="a number may be written in several ways", given=_INDEXED, fires=False,
             queries="SELECT id FROM events WHERE data ->> 'size' = '5';"),
        Case(name="a key that may be an array's place", given=_INDEXED, fires=False,
             queries="SELECT id FROM events WHERE data #>> '{items,0}' = 'x';"),
        Case(name="a parameter may hold a number", given=_INDEXED, fires=False,
             queries="SELECT id FROM events WHERE data ->> 'status' = $1;"),
        Case(name="json knows no containment", given=_INDEXED, fires=False,
             queries="SELECT id FROM events WHERE raw ->> 'status' = 'open';"),
        Case(name="everything but that", given=_INDEXED, fires=False,
             queries="SELECT id FROM events WHERE NOT (data ->> 'status' = 'open');"),
    ),
)  # fmt: skip
