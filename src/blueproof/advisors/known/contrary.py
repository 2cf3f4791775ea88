"""What in a request speaks against an entry: another case, or a remedy that is in place already."""

import re
from collections.abc import Iterator
from functools import lru_cache

from blueproof.facts.entries import Choice, Entry, Failure
from blueproof.facts.phrase import Phrase, Word, phrase, words_of

_SETTING = re.compile(r"(?P<name>\b[a-z]\w*_\w+)\s*[=:]\s*(?P<value>[\"']?\w+[\"']?)")
_SQL = re.compile(r"\b[A-Z]{2,}(?: [A-Z]{2,})+\b")
_ASKING = re.compile(r"[^.?!\n]*\?")
_TABLE = re.compile(
    r"(?P<before>\b(?:FROM|JOIN|INTO|UPDATE|TABLE)\s+)(?!pg_|information_)[a-z0-9]+(?:_[a-z0-9]+)+"
)
_FINE = re.compile(
    r"\W+(?:(?:is|was|stays|remains|at|of|are)\W+){0,2}(?:(?:near|about|almost|close to)\W+)?"
    r"(?:0|zero|none|fine|ok|okay|normal|low|negligible|flat|empty|clean|unchanged|stable|idle"
    r"|ruled out|excluded|no major|not it|nothing)\b(?![.,]\d)",
    re.IGNORECASE,
)
_NONE_OF = re.compile(
    r"(?:\b(?:no|not|without|never|zero|nor|ruled out|excluded|(?:is|was|does|do|did)n['\u2019]?t)"
    r"(?: (?:an?|any|the|really|much|major|full|long|large|big|see|have|seen|find|a sign of))*"
    r"|\bnot (?:the|a|our)) $",
    re.IGNORECASE,
)


def speaks_against(entry: Entry, request: str, *, hurts: bool) -> bool:
    """Whether the request says that the entry is not its case, or that its remedy is in place."""
    words = _words(request)
    if any(_found(each, words) for each in entry.against):
        return True
    if entry.needs and not any(_found(each, words) for each in entry.needs):
        return True
    return _in_place(entry, request, hurts=hurts)


def without_table_names(request: str) -> str:
    """The request without the names of tables in its SQL, whose words nobody means.

    >>> without_table_names("DELETE FROM auth_session WHERE id = 1 is slow, see FROM pg_locks")
    'DELETE FROM  WHERE id = 1 is slow, see FROM pg_locks'
    """
    return _TABLE.sub(r"\g<before>", request)


def without_questions(request: str) -> str:
    """What the request states, without what it asks."""
    return _ASKING.sub(" ", request)


def is_denied(request: str, end: int) -> bool:
    """Whether what stands before `end` is said to be fine or zero.

    >>> is_denied("replica lag is near 0", 11), is_denied("replica lag is 40 s", 11)
    (True, False)
    """
    return bool(_FINE.match(request, end))


def is_ruled_out(request: str, start: int, end: int) -> bool:
    """Whether what stands between `start` and `end` is said not to be there, or to be as it should.

    >>> is_ruled_out("lag 4 s, no major GC", 18, 20), is_ruled_out("GC no major", 0, 2)
    (True, True)
    >>> is_ruled_out("the GC runs all the time", 4, 6)
    False
    """
    return is_denied(request, end) or bool(_NONE_OF.search(request[:start]))


def _in_place(entry: Entry, request: str, *, hurts: bool) -> bool:
    """Whether the first step sets what the request says is set, or takes what it has."""
    first = _first_step(entry)
    stated = without_questions(request)
    here = {*_settings(stated)}
    wanted = {*_settings(first)}
    if wanted and wanted <= here:
        return True
    if not (hurts and isinstance(entry, Choice)):
        return False
    return any(found[0] in stated for found in [*_SQL.finditer(first)][:1])


def _first_step(entry: Entry) -> str:
    match entry:
        case Choice():
            return entry.now
        case Failure():
            return entry.causes[0].now
        case _:
            return ""


def _settings(text: str) -> Iterator[tuple[str, str]]:
    for found in _SETTING.finditer(text):
        yield found["name"], found["value"].strip("\"'").lower()


@lru_cache(maxsize=8)
def _words(request: str) -> tuple[Word, ...]:
    return words_of(request)


@lru_cache(maxsize=2_000)
def _phrase(written: str) -> Phrase:
    return phrase(written)


def _found(written: str, words: tuple[Word, ...]) -> bool:
    return next(_phrase(written).found(words), None) is not None
