"""Beliefs in a text: clauses that state something general which a fact could contradict.

A clause is weighed by what speaks for a belief (a price, a limit, "cannot", hearsay, a technology
as its subject) and against (it tells of the person's own system, of the past or an if, or asks).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.intake.words.technologies import Mention
from blueproof.intake.words.text import Sentence, Text

# A clause ends here; what stands between two of these is weighed by itself.
_CLAUSE = re.compile(
    r",? \b(?:but|so|because|since|although|though|however|whereas|while|which)\b ?"
    r"|[;:]\s| - | \u2013 "
    r"| and (?=(?:\w+ ){0,3}(?:can|cannot|is|are|has|have|costs?|does|takes?|runs?)\b)"
    r"|, (?=(?:and|or|i|we|it|they|you|the|this)\b)|(?<=\w)\. ",
    re.IGNORECASE,
)
_LEAST_WORDS, _BELIEF = 3, 3.0

_MONEY = r"(?:[$€£]\s?\.?\d[\d.,]*|\b\d*\.?\d+\s?(?:c|cents?|usd|dollars?|bucks|eur)\b)"
# (points, what shows it); each counts once.
_SIGNALS = tuple(
    (points, re.compile(pattern, re.IGNORECASE))
    for points, pattern in (
        (2.0, r"\b(?:i (?:read|heard|know|believe|suspect|assume\w*|understand)"
         r"|as far as i (?:know|understand)"
              r"|afaik|(?:the )?(?:docs?|documentation) (?:says?|states?|mentions?)"
               r"|says the docs?\w*|allegedly|apparently"
              r"|supposedly|i was told|people say|all say|my understanding|told (?:us"
               r"|me)|i (?:thought|think)"
              r"|from what i)\b"),
        (2.0, _MONEY + r"\s?(?:/|per\b|a\b|each\b|for\b|\()|(?:costs?|price|pricing|charges?|are|is"
         r"|vs\.?|at|clock in at)\b.{0,30}"
              + _MONEY),
        (2.5, r"\d\s*[x*]\s*\d[\d\s*x]*=\s*\d"),
        (1.5, r"\b(?:can ?not|can'?t|can only|won'?t|will not|isn'?t possible"
         r"|not possible|not supported"
              r"|does(?:n'?t| not) (?:support|allow|have|offer|scale|work)|do(?:n'?t"
               r"| not) (?:support|allow|have)"
              r"|has no|have no|there(?:'s| is| are) no|not fit|no longer|never)\b"),
        (1.5, r"\b(?:max(?:imum)?|limit(?:ed|s)?|cap(?:ped)?|quota|hard(?:coded)?|at most"
         r"|up to|fewer than|restriction)\b.{0,40}\d"
              r"|\d.{0,30}\b(?:limit|max(?:imum)?|quota|restriction|cap)\b"),
        (1.0, r"\b(?:every|each|all|always|only|any|by default|the default|automatically"
         r"|free|unlimited"
              r"|guarantee\w*|hardcoded)\b"),
        (1.0, r"\b(?:cheaper|faster|slower|better|worse|harder|easier|safer|more|less|fewer"
         r"|expensive|bad|quite"
              r"|good (?:for|at)|next to free|deprecated|stopped|shut ?downs?)\b"),
        (1.0, r"\b(?:is|are|has|have|does|supports?|offers?|charges?|costs?|allows?"
         r"|requires?|limits?|counts?"
              r"|causes?|means|needs?|stores?|handles?|scales?|locks?|blocks?"
               r"|creates?|gets|takes|runs)\b"),
        (1.0, r"^(?:\W*(?:and|that|as|also|then) )*(?:you|one|it|they|this|that)\b"),
        (-4.0, r"^\W*(?:(?:and|so|but|also|now|then|currently|in our case"
         r"|today) )*(?:i(?!f\b)|i'm|i've|we|we're|we've|my|our|us|me)\b"
               r"(?! (?:read|heard|know|believe|suspect|assume\w*|understand|thought"
                r"|think|was told))"),
        (-1.5, r"\b(?:my|our|we|us|me|i'm|we're)\b"),
        (-1.5, r"\b(?:was|were|did|got|had|went|started|tried|changed|failed|yesterday"
         r"|last (?:week|month|night)|today|just|currently"
               r"|right now|keeps?|set up|configured)\b"),
        (-3.0, r"^\W*(?:(?:so|and|but|or) )?(?:if|when|is|are|does|do|can|could|should|would"
         r"|will|what|which|how|why|where"
               r"|who|whether|please|would like|ideally|for example|e\.?g)\b"),
        (-2.0, r"\b(?:would|should|could|might|may|maybe|perhaps|need to|want|like to|trying"
         r"|going to|has to|hope)\b"),
    )
)  # fmt: skip
_SUBJECT = re.compile(
    r"^[\s\w'()/+-]{0,24}?\b(?:is|are|isn'?t|aren'?t|has|have|does|doesn'?t|do|don'?t"
    r"|can|can'?t|cannot|won'?t|will|supports?"
    r"|only|never|always|limits?|caps?|charges?|costs?|allows?|requires?|needs?"
    r"|scales?|bills?|locks?|blocks?|lacks?"
    r"|guarantees?|handles?|times? out|defaults?|includes?|gives?|offers?|provides?"
    r"|stores?|stopped|would clock)\b",
    re.IGNORECASE,
)  # what follows a technology that is the subject of its clause
_ABOUT, _MENTIONED = 1.5, 0.5


@dataclass(frozen=True, kw_only=True)
class Belief:
    """A clause that states something checkable, and the technologies it is about."""

    quote: str
    start: int
    end: int
    about: tuple[str, ...]


def read_beliefs(text: Text, mentions: tuple[Mention, ...]) -> tuple[Belief, ...]:
    """The beliefs in text order."""
    found: list[Belief] = []
    for number, sentence in enumerate(text.sentences):
        if not text.is_code(sentence.start):
            here = [m for m in mentions if m.sentence == number]
            found += _in_sentence(sentence, here)
    return tuple(found)


def _in_sentence(sentence: Sentence, mentions: list[Mention]) -> Iterator[Belief]:
    clauses = list(_clauses(sentence.text))
    for place, (start, end) in enumerate(clauses):
        asked = sentence.asks and place == len(clauses) - 1
        here = [m for m in mentions if start <= m.start - sentence.start < end]
        clause = sentence.text[start:end]
        if not asked and _weight(clause, start + sentence.start, here) >= _BELIEF:
            yield Belief(
                quote=clause,
                start=sentence.start + start,
                end=sentence.start + end,
                about=tuple(dict.fromkeys(m.technology.id for m in here)),
            )


def _weight(clause: str, start: int, here: list[Mention]) -> float:
    """How much speaks for the clause being a belief."""
    if len(clause.split()) < _LEAST_WORDS:
        return 0.0
    points = sum(points for points, signal in _SIGNALS if signal.search(clause))
    subject = any(_SUBJECT.search(clause[m.end - start :]) for m in here)
    return points + (_ABOUT if subject else _MENTIONED if here else 0.0)


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    begin = 0
    for match in _CLAUSE.finditer(text):
        yield from _trimmed(text, begin, match.start())
        begin = match.end()
    yield from _trimmed(text, begin, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    kept = piece.strip(" \t\n\"'*-.,?!")
    if kept:
        at = start + piece.index(kept)
        yield at, at + len(kept)
