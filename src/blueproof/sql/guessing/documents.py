"""Keys that queries take out of a document, and documents that have them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from blueproof.sql.guessing.shares import share_of

JSON = (exp.JSONExtract, exp.JSONExtractScalar, exp.JSONBExtract, exp.JSONBExtractScalar)
_MANY = 1_000  # different values of a key
_MOST_SHARE = 0.02  # of the rows have a value that is asked for
_DAYS = 730  # over which times in documents lie


@dataclass(frozen=True, kw_only=True)
class Path:
    """A chain of -> and ->>: its keys, the outermost of it and what that stands in.

    `cast` is the type that the text which it gives is cast to.
    """

    keys: tuple[str, ...]
    outer: exp.Expr
    parent: exp.Expr | None
    cast: str = ""


def read_path(node: exp.Expr) -> Path:
    """The chain that begins with this extraction.

    >>> import sqlglot
    >>> read = sqlglot.parse_one("SELECT (d->'a'->>'b')::int > 1", read="postgres")
    >>> path = read_path(next(n for n in read.find_all(*JSON) if isinstance(n.this, exp.Column)))
    >>> path.keys, path.cast
    (('a', 'b'), 'int')
    """
    keys: list[str] = []
    current, cast = node, ""
    while True:
        path = current.args.get("expression")
        keys += [str(k.this) for k in path.find_all(exp.JSONPathKey)] if path else []
        outer, parent = out_of_brackets(current)
        cast = ""
        if isinstance(parent, exp.Cast):
            cast = parent.to.sql("postgres").lower()
            outer, parent = out_of_brackets(parent)
        if not (isinstance(parent, JSON) and parent.this is outer):
            return Path(keys=tuple(keys), outer=outer, parent=parent, cast=cast)
        current = parent


def out_of_brackets(node: exp.Expr) -> tuple[exp.Expr, exp.Expr | None]:
    """What a node is once its brackets are taken off, and what that stands in."""
    parent = node.parent
    while isinstance(parent, exp.Paren):
        node, parent = parent, parent.parent
    return node, parent


def made_document(
    keys: Mapping[str, list[str]], literals: list[str], casts: Mapping[str, str]
) -> str:
    """SQL of a document with these keys, their values as they are asked for and cast to.

    `literals` are documents that it is to contain.
    """
    named = {k: list(v) for k, v in keys.items()}
    for literal in literals:
        named |= {k: [*named.get(k, []), v] for k, v in _flat(literal)}
    pairs = [(p.split("."), _value(p, values, casts.get(p, ""))) for p, values in named.items()]
    return _object([*pairs, (["more"], "md5(n::text)")])


def _flat(text: str) -> list[tuple[str, str]]:
    try:
        found: Any = json.loads(text)
    except ValueError:
        return []
    pairs = found.items() if isinstance(found, dict) else ()
    return [(str(k), str(v)) for k, v in pairs if isinstance(v, str | int | float)]


def _value(path: str, named: list[str], cast: str) -> str:
    made = _of_type(path.rpartition(".")[2].replace("'", "''"), cast)
    for value in dict.fromkeys(named):
        share = min(share_of(value), _MOST_SHARE)
        literal = "'" + value.replace("'", "''") + "'"
        made = f"CASE WHEN random() < {share:g} THEN {literal} ELSE {made} END"
    return made


def _of_type(name: str, cast: str) -> str:
    """SQL of a text that can be cast to the type; of any text where it is cast to none."""
    if cast.startswith(("int", "bigint", "smallint", "decimal", "numeric", "real", "double")):
        return f"floor({_MANY} * power(random(), 2))::int::text"
    if cast.startswith(("timestamp", "date")):
        to = "date" if cast.startswith("date") else "timestamp(0)"
        return f"(now() - random() * interval '{_DAYS} days')::{to}::text"
    if cast.startswith("bool"):
        return "(random() < 0.5)::text"
    if cast == "uuid":
        return "md5(n::text)::uuid::text"
    return f"'{name}_' || floor({_MANY} * power(random(), 2))::int"


def _object(pairs: list[tuple[list[str], str]]) -> str:
    """jsonb_build_object of paths and their values, nested as the paths are."""
    groups: dict[str, list[tuple[list[str], str]]] = {}
    for path, value in pairs:
        groups.setdefault(path[0], []).append((path[1:], value))
    parts = []
    for key, inside in groups.items():
        deeper = [(path, value) for path, value in inside if path]
        literal = "'" + key.replace("'", "''") + "'"
        parts.append(f"{literal}, {_object(deeper) if deeper else inside[0][1]}")
    return f"jsonb_build_object({', '.join(parts)})"
