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
_NO_CHILD = frozenset("that which it and table who key nothing another one column".split())


def children_in(words: str, found: Mapping[str, str], kind: str) -> Iterator[tuple[str, str]]:
    """The table that refers to the changed one, with its column, where one is told."""
    table = found.get("table", "")
    if not table or kind not in {"int-to-bigint", "uuid-key"} or "child" in found:
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


def parents_of(names: Mapping[str, str]) -> dict[str, str]:
    """The column of the child where only its table is told."""
    if not names.get("child"):
        return {}
    return {"child_column": f"{names['table_one']}_id"}
