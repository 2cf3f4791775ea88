"""Array literals as PostgreSQL prints them: {a,"b c"} in text, values out, and back."""

import re

# A value in quotes with backslashes before quotes and backslashes, or a bare one.
_VALUE = re.compile(r'"((?:[^"\\]|\\.)*)"|([^",{}\\\s](?:[^",{}\\]*[^",{}\\\s])?)', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def read_array(text: str) -> tuple[str, ...]:
    r"""The values of a one-dimensional array without NULLs; ValueError where it is none.

    >>> read_array('{a,"b, \\"c\\"",""}')
    ('a', 'b, "c"', '')
    """
    if not (text.startswith("{") and text.endswith("}")):
        raise ValueError("no array: it should begin with { and end with }")
    inner = text[1:-1]
    if not inner:
        return ()
    if '"' not in inner and "\\" not in inner and "{" not in inner and "}" not in inner:
        return _bare(inner)
    values, at = [], 0
    while True:
        found = _VALUE.match(inner, at)
        if found is None:
            raise ValueError("no array: a value is missing or not in quotes")
        quoted, bare = found.groups()
        values.append(_plain(quoted, bare))
        at = found.end()
        if at == len(inner):
            return tuple(values)
        if inner[at] != ",":
            raise ValueError("no array: a comma is missing between values")
        at += 1


def _bare(inner: str) -> tuple[str, ...]:
    values = tuple(inner.split(","))
    if any(not v or v.upper() == "NULL" for v in values):
        raise ValueError("no array of statistics: a value is empty or NULL")
    return values


def _plain(quoted: str | None, bare: str) -> str:
    if quoted is None:
        if bare.upper() == "NULL":
            raise ValueError("no array of statistics: a value is NULL")
        return bare
    return _ESCAPED.sub(r"\1", quoted) if "\\" in quoted else quoted


def write_array(values: tuple[str, ...]) -> str:
    r"""The array literal of these values, of which there must be one, every one in quotes.

    >>> write_array(("a", 'b "c"'))
    '{"a","b \\"c\\""}'
    """
    joined = '","'.join(values)
    if "\\" in joined or joined.count('"') != 2 * (len(values) - 1):
        joined = '","'.join(map(_escaped, values))
    return '{"' + joined + '"}'


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
