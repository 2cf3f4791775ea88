"""What runs with its owner's rights, past all row security: views, and functions that define it."""

import re

from blueproof.sql.access.lookups import asks_who
from blueproof.sql.schema import Function, Schema, View

_ASKS = re.compile(r"\bsession_user\b|\bauth\.role\(", re.IGNORECASE)


def guarded(schema: Schema, names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the tables that have row security."""
    return tuple(n for n in names if n in schema.by_name and schema.by_name[n].row_security)


def views_behind(schema: Schema, view: View) -> tuple[View, ...]:
    """The views that a view reads, itself or through others."""
    known = {v.name: v for v in schema.views}
    found: dict[str, View] = {}
    waiting = list(view.reads)
    while waiting:
        name = waiting.pop()
        if name in known and name not in found and name != view.name:
            found[name] = known[name]
            waiting += known[name].reads
    return tuple(found.values())


def tables_behind(schema: Schema, view: View) -> tuple[str, ...]:
    """The tables that a view reads, itself or through other views."""
    all_ = (view, *views_behind(schema, view))
    views = {v.name for v in schema.views}
    return tuple(dict.fromkeys(n for v in all_ for n in v.reads if n not in views))


def tables_in(schema: Schema, function: Function) -> tuple[str, ...]:
    """The tables that a function's body names."""
    text = function.body.lower()
    named = (t.name for t in schema.tables if not t.materialized)
    return tuple(n for n in named if re.search(rf"\b{re.escape(n.rpartition('.')[2])}\b", text))


def asks_caller(schema: Schema, function: Function) -> bool:
    """Whether a function, or one that it calls, asks who is signed in."""
    seen, waiting = {function.name}, [function]
    while waiting:
        at = waiting.pop()
        if asks_who(at.body) or _ASKS.search(at.body):
            return True
        for other in schema.functions:
            name = re.escape(other.name.rpartition(".")[2])
            if other.name not in seen and re.search(rf"\b{name}\s*\(", at.body):
                seen.add(other.name)
                waiting.append(other)
    return False
