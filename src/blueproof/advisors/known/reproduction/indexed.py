"""Indexes that running words tell of without saying "an index on": "tenant_id is indexed"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NAME = r"[`\"]?(?P<c>[A-Za-z_]\w*)[`\"]?"
_LIST = (
    r"\((?P<list>[A-Za-z_]\w*(?:\s+(?:desc|asc))?(?:\s*,\s*[A-Za-z_]\w*(?:\s+(?:desc|asc))?)*)\)"
)
_PLAIN = r"(?:(?:an?|the|its own|ordinary|plain|normal|simple|regular|own|single|b-?tree)\s+)*"
_IS_INDEXED = re.compile(
    rf"\b{_NAME}(?:\s+and\s+(?P<d>[A-Za-z_]\w*))?\s+(?:is|are|was|were)\s+(?:both\s+|each\s+"
    rf"|already\s+)?indexed\b"
    rf"|\b{_NAME.replace('<c>', '<e>')}\s+(?:is\s+an?\s+[\w ]{{1,30}}\s+and\s+)?(?:already\s+)?"
    rf"(?:has|have|got)\s+{_PLAIN}(?:b-?tree"
    rf"|index)(?:\s+(?:one|index))?\b"
    r"(?!\s+(?:on|for|over)\b)",
    re.IGNORECASE,
)
_ONE_ON = re.compile(
    rf"\b(?:b-?trees?|(?:the\s+)?(?:only\s+|unique\s+"
    rf"|other\s+)?one)\s+(?:index\s+)?on\s+(?:the\s+)?"
    rf"(?:{_LIST}|{_NAME})",
    re.IGNORECASE,
)
_LISTS = re.compile(
    rf"(?:\b(?:b-?trees?|indexe?s?)\s+|(?:\band\s+|,\s*)(?=\()){_LIST}"
    rf"|\b(?:have|are|is|got|with|and"
    rf"|on)\s+[`\"]?(?P<t>[a-z]\w*)[`\"]?\s+{_LIST.replace('<list>', '<of>')}",
    re.IGNORECASE,
)
# "(tenant_id, state), which has an index": there, whatever the rest of the sentence wishes.
_HAVING = re.compile(
    rf"{_LIST},?\s+(?:which|that)\s+(?:already\s+)?(?:(?:has|have)\s+(?:an?|its own|the)\s+index"
    r"|(?:is|are)\s+(?:already\s+)?indexed)\b",
    re.IGNORECASE,
)
# "an index for it, idx_jobs, which has tenant_id, state and due_at"
_HOLDS = re.compile(
    r"\bindex\b[^.?!;]{0,80}?,?\s+(?:which|that|it)\s+(?:has|holds|contains|covers|consists of)\s+"
    r"(?:the columns?\s+)?(?P<named>[A-Za-z_]\w*(?:\s*,\s*(?:and\s+)?[A-Za-z_]\w*)+"
    r"(?:,?\s+and\s+[A-Za-z_]\w*)?|[A-Za-z_]\w*\s+and\s+[A-Za-z_]\w*)",
    re.IGNORECASE,
)
# A constraint makes an index, however the sentence goes on: "iri is unique, so it should be quick".
_UNIQUE = re.compile(
    rf"(?<![\w.]){_NAME}\s+(?:is|are)\s+unique\b"
    r"(?!\s+(?:\w+\s+)?(?:ids?|identifiers?|values?|per|within|by|for|to|among)\b)",
    re.IGNORECASE,
)
_OF_INDEXES = re.compile(
    r"\bindex\w*|\bb-?trees?\b|\bunique one\b|\bused?\b|\bone on\b", re.IGNORECASE
)
_DIRECTION = re.compile(r"\bdesc\b|_id\b|_at\b", re.IGNORECASE)


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
    yield from (Indexed(columns=columns) for columns in read_having(sentence))
    if not _OF_INDEXES.search(sentence):
        return
    for found in _HOLDS.finditer(sentence):
        yield Indexed(columns=tuple(re.split(r"\s*,\s*and\s+|\s*,\s*|\s+and\s+", found["named"])))
    for found in _ONE_ON.finditer(sentence):
        yield Indexed(columns=_columns(found["list"]) if found["list"] else (found["c"],))
    for found in _LISTS.finditer(sentence):
        listed = found["list"] or found["of"]
        if found["list"] or _DIRECTION.search(listed):
            yield Indexed(columns=_columns(listed), table=found["t"] or "")


def read_having(sentence: str) -> Iterator[tuple[str, ...]]:
    """The columns in brackets of which it is said in passing that they have an index."""
    for found in _HAVING.finditer(sentence):
        yield _columns(found["list"])
    for found in _UNIQUE.finditer(sentence):
        yield (found["c"],)


def _columns(listed: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in listed.split(","))
