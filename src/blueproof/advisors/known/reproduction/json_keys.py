"""Keys of JSON that a statement takes as parameters, put in as the words tell them.

A driver sends meta -> $1 ->> $2, and the words say which: meta->'data'->>'lot_id'. No column
holds such a value, so nothing else tells it.
"""

import re
from collections.abc import Iterator

_KEY = r"\s*->>?\s*'(?P<key>[^'\n]+)'"
_TOLD = re.compile(
    rf"(?<![\w.])(?:\w+\.)?(?P<column>\w+)(?P<path>(?:{_KEY.replace('?P<key>', '?:')})+)"
)
_ASKED = re.compile(
    r"(?<![\w.])(?:\w+\.)?(?P<column>\w+)"
    r"(?P<path>(?:\s*\)?\s*->>?\s*\$\d+(?:::(?:text|varchar))?)+)",
    re.IGNORECASE,
)
_HELD = re.compile(r"\$\d+(?:::(?:text|varchar))?", re.IGNORECASE)


def with_json_keys(query: str, text: str) -> str:
    """The query with its keys of JSON as the words tell them for a column; else one of a kind.

    >>> with_json_keys("SELECT * FROM t WHERE (t.a -> $1) ->> $2 = $3", "it is a->'x'->>'y'")
    "SELECT * FROM t WHERE (t.a -> 'x') ->> 'y' = $1"
    """
    told = dict(_told(text))

    def put_in(asked: re.Match[str]) -> str:
        holes = len(_HELD.findall(asked["path"]))
        known = told.get((asked["column"].lower(), holes), ())
        keys = iter(known or tuple(f"key_{n}" for n in range(1, holes + 1)))
        path = _HELD.sub(lambda _: f"'{next(keys)}'", asked["path"])
        return asked[0].removesuffix(asked["path"]) + path

    filled = _ASKED.sub(put_in, query)
    return _renumbered(filled) if filled != query else query


def _renumbered(query: str) -> str:
    """The query with its parameters counted from 1 again, in the order of their numbers."""
    left = sorted({int(n) for n in re.findall(r"\$(\d+)", query)})
    return re.sub(r"\$(\d+)", lambda m: f"${left.index(int(m[1])) + 1}", query)


def _told(text: str) -> Iterator[tuple[tuple[str, int], tuple[str, ...]]]:
    """The keys of each path in the words, by its column and their number."""
    for found in _TOLD.finditer(text):
        keys = tuple(each["key"] for each in re.finditer(_KEY, found["path"]))
        yield (found["column"].lower(), len(keys)), keys
