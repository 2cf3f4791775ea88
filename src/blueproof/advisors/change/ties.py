"""Tables that hang on the one that is changed, or are changed with it."""

import re
from collections.abc import Iterator, Mapping

_I = r"[A-Za-z_][A-Za-z0-9_]*"
_REFERS = (
    rf"`?(?P<child>{_I})`?(?:\.(?P<column>{_I}))?`? (?:references|refers to|points? (?:to|at)|has "
    r"(?:a )?(?:fk|foreign key) to) (?:the )?`?(?:{table}|it)\b",
    rf"(?:fk|foreign key|reference)s? (?:from|in|on) `?(?P<child>{_I})`?(?:\.(?P<column>{_I}))?",
    rf"(?:referenced by|child table) `?(?P<child>{_I})`?(?:[.(](?P<column>{_I}))?",
)
_LIST = rf"`?{_I}`?(?:, ?(?:and )?| and )`?{_I}`?(?:(?:, ?(?:and )?| and )`?{_I}`?)*"
# Several tables at once: "order_items and payments both reference orders(id)".
_SEVERAL = re.compile(
    rf"(?P<list>{_LIST}),? (?:both |all |each )?(?:reference|refer to|point (?:to|at)|have "
    r"(?:an? )?(?:fk|foreign key)s? to)\b"
    rf"|\b(?:referenced by|references from|foreign keys (?:from|in|on)|fks (?:from|in|on)|child "
    rf"tables:?) (?:the )?(?P<of>{_LIST})",
    re.IGNORECASE,
)
EVERY = frozenset({"int-to-bigint"})  # kinds whose steps are made for each table that refers
_KEYS = frozenset({"int-to-bigint", "uuid-key"})
_REFERRED = re.compile(
    r"\b(?:references?|referenc\w+|refers? to|points? (?:to|at)|foreign keys?|fks?)\b",
    re.IGNORECASE,
)
_COLUMN_OF = re.compile(rf"\b(?P<child>{_I})\.(?P<column>{_I}_id)\b", re.IGNORECASE)
_NO_CHILD = frozenset(
    "that which it and table tables who key nothing another one column both all the".split()
)


def children_in(words: str, found: Mapping[str, str], kind: str) -> Iterator[tuple[str, str]]:
    """The tables that refer to the changed one, with their columns, as far as they are told."""
    table = found.get("table", "")
    if not table or kind not in _KEYS or "child" in found:
        return
    told = dict(_children(words, table))
    if not told:
        return
    if kind not in EVERY:
        told = dict(list(told.items())[:1])
        yield from (("child_column", column) for column in told.values() if column)
    yield "child", ", ".join(told)
    yield from ((f"{child}.column", column) for child, column in told.items() if column)


def _children(words: str, table: str) -> Iterator[tuple[str, str]]:
    """Each table that refers to this one, as it is told first, with its column or ""."""
    found: dict[str, str] = {}
    if _REFERRED.search(words):
        for each in _COLUMN_OF.finditer(words):
            found.setdefault(each["child"].lower(), each["column"])
    several = _SEVERAL.search(words)
    if several and not found:
        listed = re.findall(_I, several["list"] or several["of"])
        found |= {name.lower(): "" for name in listed}
    patterns = () if found else _REFERS
    for pattern in patterns:
        for each in re.finditer(pattern.replace("{table}", re.escape(table)), words, re.IGNORECASE):
            if not found:
                found[each["child"].lower()] = each["column"] or ""
    yield from ((c, col) for c, col in found.items() if c not in {*_NO_CHILD, table.lower()})


def hangs_on_more(words: str, names: Mapping[str, str], kind: str) -> bool:
    """Whether tables refer to a key that is changed of which the steps would not speak.

    A key cannot be exchanged while a foreign key rests on it: steps for one table, or for one of
    several that refer to it, end in an error half-way.
    """
    if kind not in _KEYS or not _REFERRED.search(words):
        return False
    own = names.get("table", "").lower()
    named = {m["child"].lower() for m in _COLUMN_OF.finditer(words)} - {own}
    return (len(named) > 1 and kind not in EVERY) or not names.get("child")


def parents_of(names: Mapping[str, str]) -> dict[str, str]:
    """The column of the child where only its table is told."""
    if not names.get("child"):
        return {}
    return {"child_column": f"{names['table_one']}_id"}
