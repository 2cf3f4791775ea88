"""Indexes that running words tell of without saying "an index on": "tenant_id is indexed"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.facts.pattern import LatePattern

_NAME = r"[`\"]?(?P<c>[A-Za-z_]\w*)[`\"]?"
_LIST = (
    r"\((?P<list>[A-Za-z_]\w*(?:\s+(?:desc|asc))?(?:\s*,\s*[A-Za-z_]\w*(?:\s+(?:desc|asc))?)*)\)"
)
_PLAIN = r"(?:(?:an?|the|its own|ordinary|plain|normal|simple|regular|own|single|b-?tree)\s+)*"
_IS_INDEXED = LatePattern(
    rf"\b{_NAME}(?:\s+and\s+(?P<d>[A-Za-z_]\w*))?\s+(?:is|are|was|were)\s+(?:both\s+|each\s+"
    rf"|already\s+)?indexed\b"
    rf"|\b{_NAME.replace('<c>', '<e>')}\s+(?:already\s+)?(?:has|have|got)\s+{_PLAIN}(?:b-?tree"
    rf"|index)(?:\s+(?:one|index))?\b"
    r"(?!\s+(?:on|for|over)\b)",
    re.IGNORECASE,
)
_ONE_ON = LatePattern(
    rf"\b(?:b-?trees?|(?:the\s+)?(?:only\s+|unique\s+"
    rf"|other\s+)?one)\s+(?:index\s+)?on\s+(?:the\s+)?"
    rf"(?:{_LIST}|{_NAME})",
    re.IGNORECASE,
)
_LISTS = LatePattern(
    rf"(?:\b(?:b-?trees?|indexe?s?)\s+|(?:\band\s+|,\s*)(?=\()){_LIST}"
    rf"|\b(?:have|are|is|got|with|and"
    rf"|on)\s+[`\"]?(?P<t>[a-z]\w*)[`\"]?\s+{_LIST.replace('<list>', '<of>')}",
    re.IGNORECASE,
)
_OF_INDEXES = LatePattern(
    r"\bindex\w*|\bb-?trees?\b|\bunique one\b|\bused?\b|\bone on\b", re.IGNORECASE
)
_DIRECTION = LatePattern(r"\bdesc\b|_id\b|_at\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Indexed:
    """The columns of an index, as they are written, and its table where one is named."""

    columns: tuple[str, ...]
    table: str = ""


def read_indexed(sentence: str) -> Iterator[Indexed]:
    """Each index that a sentence tells of in another way than "an index on"."""
    for found in _IS_INDEXED.finditer(sentence):
        for name in (found["c"], found["d"], found["e"]):
            if name:
                yield Indexed(columns=(name,))
    if not _OF_INDEXES.search(sentence):
        return
    for found in _ONE_ON.finditer(sentence):
        yield Indexed(columns=_columns(found["list"]) if found["list"] else (found["c"],))
    for found in _LISTS.finditer(sentence):
        listed = found["list"] or found["of"]
        if found["list"] or _DIRECTION.search(listed):
            yield Indexed(columns=_columns(listed), table=found["t"] or "")


def _columns(listed: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in listed.split(","))
