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
_KEYS = frozenset({"int-to-bigint", "uuid-key"})
_REFERRED = re.compile(
    r"\b(?:references?|referenc\w+|refers? to|points? (?:to|at)|foreign keys?|fks?)\b",
    re.IGNORECASE,
)
_COLUMN_OF = re.compile(rf"\b(?P<child>{_I})\.{_I}_id\b", re.IGNORECASE)
_NO_CHILD = frozenset("that which it and table who key nothing another one column".split())


def children_in(words: str, found: Mapping[str, str], kind: str) -> Iterator[tuple[str, str]]:
    """The table that refers to the changed one, with its column, where one is told."""
    table = found.get("table", "")
    if not table or kind not in _KEYS or "child" in found:
        return
    for pattern in _REFERS:
        for match in re.finditer(
            pattern.replace("{table}", re.escape(table)), words, re.IGNORECASE
        ):
            child = match["child"]
            if child.lower() in _NO_CHILD or child.lower() == table:
                continue
            yield "child", child.lower()
            if match["column"]:
                yield "child_column", match["column"]
            return


def hangs_on_more(words: str, names: Mapping[str, str], kind: str) -> bool:
    """Whether tables refer to a key that is changed of which the steps would not speak.

    A key cannot be exchanged while a foreign key rests on it: steps for one table, or for one of
    several that refer to it, end in an error half-way.
    """
    if kind not in _KEYS or not _REFERRED.search(words):
        return False
    own = names.get("table", "").lower()
    named = {m["child"].lower() for m in _COLUMN_OF.finditer(words)} - {own}
    return len(named) > 1 or not names.get("child")


def parents_of(names: Mapping[str, str]) -> dict[str, str]:
    """The column of the child where only its table is told."""
    if not names.get("child"):
        return {}
    return {"child_column": f"{names['table_one']}_id"}
