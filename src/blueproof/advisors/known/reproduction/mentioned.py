"""Columns that words name in passing: "messages has recipient_id and read_at", "(testCaseId)"."""

import re
from dataclasses import dataclass

from blueproof.facts.pattern import LatePattern
from blueproof.sql.guessing.kinds import guess_column, snake, stem_of
from blueproof.sql.guessing.seen import Seen

_NAME = LatePattern(
    r"(?<![\w.$/@'\"%-])[`\"]?(?P<name>[a-z]+(?:_[a-z0-9]+)+|[a-z]+[A-Z]\w*)[`\"]?(?![\w(/@-])"
)
_SENTENCE = LatePattern(r"(?:[^.;?!\n]|\.(?=\w))+[.;?!]*|\n")
_INDEX = LatePattern(r"\bindex\w*|\bb-?trees?\b|\bgin\b", re.IGNORECASE)
_OF_INDEX = LatePattern(r"^(?:idx|ix|index|uq|pk|fk)_|_(?:idx|index|ix|key|pkey|fkey)$")
_SETTING = LatePattern(
    r"(?:_mem|_cost|_buffers|_timeout|_size|_connections|_limit|_workers|_delay|_factor|_mode"
    r"|_version|_scale|_segments|_target|_cache|_class|_feedback|_statements|_hashjoin|_seqscan"
    r"|_nestloop|_tables|_ops|_tup|_tuples)$"
)
_SERVER = LatePattern(r"^(?:pg|auto|jit|enable|max|shared|effective|random|seq|idx|n)_")
_GROUPED = LatePattern(
    r"\b(?:group(?:ed|ing|s)?\s+by|per|each|every|distinct on)\W+(?:\w+\s+)?(?:the\s+)?[`\"(]*$",
    re.IGNORECASE,
)
_LISTED = LatePattern(r"[a-z]\w*\s?\((?:\s*\w+\s*,)*\s*$")  # messages (id, sender_id, ...
_AFTER = LatePattern(
    r"\s*(?:table|rows?|records|entries|(?:has|have|holds?|contains?|keeps?|grows|grew|is at"
    r"|with)\s+"
    r"(?:about |around |roughly |nearly |over |some |~ ?)?\d|\(?\d[\d.]*\s*[kKmMbB]\b)",
)
_DECLARED = LatePattern(
    r"(?:\b[a-z]\w*\s+(?:has|have)\s+(?:the\s+)?(?:columns?\s+)?|\b(?:table|called)\s+\w+\s*[:(]\s*"
    r"|[a-z]\w+\s?\(\s*)(?P<list>[a-z]\w*(?:\s*,\s*[a-z]\w*)*(?:\s*,?\s*(?:and\s+)?[a-z]\w*))(?=\s*[.;)])"
)
_LEAST = 2


@dataclass(frozen=True, kw_only=True)
class Mentioned:
    """A column by its name; whether rows are grouped by it.

    `indexed` is whether it stands only where an index is told, or all columns of a table are.
    """

    name: str
    indexed: bool = False
    grouped: bool = False


def looks_like_column(name: str) -> bool:
    """Whether a name is that of a column by its ending: a reference, a time, a state, a figure.

    >>> looks_like_column("tenant_id"), looks_like_column("chat_session")
    (True, False)
    """
    return bool(stem_of(name)) or guess_column(Seen(name=name)).why == "its name"


def read_declared(text: str) -> tuple[str, ...]:
    """The columns that a table is said to have: "points: vehicle, recorded_at", "it has a, b"."""
    found: dict[str, None] = {}
    for each in _DECLARED.finditer(text):
        names = re.findall(r"[A-Za-z_]\w*", re.sub(r"\band\b", " ", each["list"]))
        if sum(map(looks_like_column, names)) > 1:
            found.update(dict.fromkeys(names))
    return tuple(found)


def read_mentioned(text: str, tables: tuple[str, ...]) -> tuple[Mentioned, ...]:
    """The columns that stand in the words by name, in their order; none that is a table's name."""
    own = {part for table in tables for part in (snake(table), snake(table.rpartition(".")[2]))}
    found: dict[str, Mentioned] = {}
    for sentence in _SENTENCE.finditer(text):
        for each in _NAME.finditer(sentence[0]):
            name = each["name"]
            if not _may_be(name, own, sentence[0][each.end() :]):
                continue
            before = sentence[0][: each.start()]
            told = Mentioned(
                name=name,
                indexed=bool(_INDEX.search(sentence[0]) or _LISTED.search(before)),
                grouped=bool(_GROUPED.search(before)),
            )
            known = found.setdefault(name, told)
            if known.indexed and not told.indexed:
                found[name] = told
    for name in read_declared(text):
        if snake(name) not in own:
            found.setdefault(name, Mentioned(name=name, indexed=True))
    return tuple(found.values())


def _may_be(name: str, tables: set[str], after: str) -> bool:
    plain = snake(name)
    if plain in tables or _OF_INDEX.search(plain) or _SETTING.search(plain):
        return False
    if _SERVER.match(plain) or _AFTER.match(after) or len(plain) <= _LEAST:
        return False
    return looks_like_column(name)
