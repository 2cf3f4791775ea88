"""Alternatives in the filter of a call: { OR: [{ iri: x }, { url }], deletedAt: null }."""

import re
from collections.abc import Callable

from blueproof.advisors.known.reproduction.building import Query
from blueproof.advisors.known.reproduction.calls import pairs, parts

_OR = re.compile(r"(?:\$?or|any)", re.IGNORECASE)
_SHORT = re.compile(r"(?<=[{,])\s*([A-Za-z_]\w*)\s*(?=[,}])")  # { url } is { url: url }


def with_either(query: Query, body: str, book: Callable[[Query, str], None]) -> str:
    """The body without its alternatives, which are booked as one condition with OR.

    `book` books the conditions of one alternative; where one of them has none, none is booked.
    """
    for name, value in pairs(body) if _OR.search(body) else ():
        if not (_OR.fullmatch(name) and value.startswith("[")):
            continue
        found = [_conditions(query, each, book) for each in parts(value[1:-1])]
        if len(found) > 1 and all(found):
            query.where.append(f"({' OR '.join(found)})")
        return body.replace(value, "", 1).replace(f"{name}:", "", 1).replace("{ ,", "{", 1)
    return body


def _conditions(query: Query, body: str, book: Callable[[Query, str], None]) -> str:
    own = Query(table=query.table)
    book(own, _SHORT.sub(r" \1: \1", body))
    return " AND ".join(own.where)
