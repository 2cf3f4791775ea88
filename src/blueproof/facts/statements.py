"""The clauses of a text that state something: no questions, conditions, doubts or denials."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from blueproof.facts.phrase import Word, words_of

_HIDDEN = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`|https?://\S+", re.DOTALL)
_SENTENCE = re.compile(r"(?:[^.!?\n]|[.!?](?=[^\s)\"'*]))+[.!?]*")
_BOUND = re.compile(
    r"[;:\u2013\u2014]|\((?![*)])|(?<![*(])\)|,(?!\d)| - |\b(?:given that|even though|but|so that"
    r"|so|because|since|although|though|while|whereas|however|unless|whether|if|when)\b",
    re.IGNORECASE,
)
_REASON = frozenset({"because", "since", "although", "though", "even though", "given that"})
_CONDITION = frozenset({"if", "unless", "whether", "when"})
_ASKING = frozenset(
    "is are am was were does do did can could should would will shall may what which how why where"
    " who whom whose has have".split()
)
_ASKS_WITHIN = re.compile(
    r"(?:\band|\bbut|\bso|,)\s+(?:how|what|why|where|which) (?:do|does|can|should|is|are|to)\b",
    re.IGNORECASE,
)
_OWN = frozenset("i we my our us me mine ours i'm we're i've we've".split())
_BELIEVING = frozenset(
    "know think thought believe read heard understand guess assume assumed told saw see found"
    " afaik understanding say says said".split()
)
_OPENING = frozenset("and or but so then well hi hello also ok".split())
_DENIED = re.compile(
    r"\b(?:(?:is|are|was|were)(?: not|n'?t) (?:\w+ )?(?:true|right|correct|the case)|not true"
    r"|untrue|myths?|misconception|wrong(?:ly)?|false|incorrect|disagree\w*|debunk\w*|outdated"
    r"|no longer|not any ?more|used to|turns? out|until recently|in the past)\b",
    re.IGNORECASE,
)
_DOUBTED = re.compile(
    r"\b(?:not (?:\w+ )?(?:sure|certain|clear|convinced)|unsure|unclear|wonder\w*|curious|no idea"
    r"|doubt\w*|(?:do not|don'?t|did not|didn'?t) (?:know|think|believe|understand)|suppose"
    r"|assuming|imagine|what if|find out|figure out|tell me|want(?:s|ed)? to know"
    r"|ask(?:ed|ing)? (?:if|for))\b",
    re.IGNORECASE,
)


def tells_of_oneself(words: Iterable[str]) -> bool:
    """Whether the words tell of the person's own system, not of what they hold true."""
    said = frozenset(words)
    return bool(_OWN & said) and not _BELIEVING & said


@dataclass(frozen=True, kw_only=True)
class Clause:
    """A clause that states something: its place, its words, and the sentence it stands in."""

    start: int
    end: int
    words: tuple[Word, ...]
    sentence: tuple[int, int]

    def overlaps(self, start: int, end: int) -> bool:
        """Whether the clause shares text with this stretch."""
        return self.start < end and start < self.end


@dataclass(frozen=True, kw_only=True)
class _Part:
    lead: str
    start: int
    end: int


@lru_cache(maxsize=8)  # one request is asked for its statements once a belief in it
def statements(text: str) -> tuple[Clause, ...]:
    """The clauses that state something, in order; code and addresses state nothing."""
    seen = _HIDDEN.sub(lambda hidden: " " * len(hidden[0]), text)
    return tuple(
        clause
        for sentence in _SENTENCE.finditer(seen)
        for clause in _stated(seen, sentence.start(), sentence.end())
    )


def _stated(text: str, start: int, end: int) -> Iterator[Clause]:
    sentence = text[start:end]
    if _DENIED.search(sentence):
        return
    parts = tuple(_parts(text, start, end))
    asks = (
        sentence.rstrip(" )\"'*").endswith("?")
        or _begins_asking(sentence)
        or bool(_ASKS_WITHIN.search(sentence))
    )
    for number, part in enumerate(parts):
        if part.lead in _CONDITION or _DOUBTED.search(text[part.start : part.end]):
            continue
        if not asks or part.lead in _REASON or _before_question(text, parts, number):
            yield Clause(
                start=part.start,
                end=part.end,
                words=words_of(text[part.start : part.end], part.start),
                sentence=(start, end),
            )


def _before_question(text: str, parts: tuple[_Part, ...], number: int) -> bool:
    """Whether the clause only leads up to the question: "X has no Y, right?"."""
    if number == len(parts) - 1:
        return False
    return not any(_begins_asking(text[p.start : p.end]) for p in parts[: number + 1])


def _parts(text: str, start: int, end: int) -> Iterator[_Part]:
    begin, lead = start, ""
    for bound in _BOUND.finditer(text, start, end):
        yield from _part(text, lead, begin, bound.start())
        begin, lead = bound.end(), bound[0].strip().lower()
    yield from _part(text, lead, begin, end)


def _part(text: str, lead: str, start: int, end: int) -> Iterator[_Part]:
    kept = text[start:end].strip(" \t\"'*-.,?!")
    if kept:
        at = text.index(kept, start)
        yield _Part(lead=lead, start=at, end=at + len(kept))


def _begins_asking(text: str) -> bool:
    words = [word.lower for word in words_of(text)]
    while words and words[0] in _OPENING:
        words = words[1:]
    return bool(words) and words[0] in _ASKING
