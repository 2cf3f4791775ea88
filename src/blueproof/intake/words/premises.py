"""Beliefs in a text: clauses that state something general which a fact could contradict.

A clause is weighed by what it shows (a price, a limit, "cannot", hearsay, a technology as its
subject; the person's own system, the past, an if, a question) and by its words, with weights fitted
to labelled requests (`weighing.py`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.intake.words.numbers import Number
from blueproof.intake.words.signals import stem
from blueproof.intake.words.technologies import Mention
from blueproof.intake.words.text import Sentence, Text
from blueproof.intake.words.weighing import likely

# A clause ends here; what stands between two of these is weighed by itself.
_CLAUSE = re.compile(
    r",? \b(?:but|so|because|since|although|though|however|whereas|while|which)\b ?"
    r"|[;:]\s| - | \u2013 "
    r"| and (?=(?:\w+ ){0,3}(?:can|cannot|is|are|has|have|costs?|does|takes?|runs?)\b)"
    r"|, (?=(?:and|or|i|we|it|they|you|the|this)\b)|(?<=\w)\. ",
    re.IGNORECASE,
)
_LEAST_WORDS = 3
_SURE = 0.27  # share of likelihood from which a clause is taken for a belief
_LONG = 30  # words

_MONEY = r"(?:[$€£]\s?\.?\d[\d.,]*|\b\d*\.?\d+\s?(?:c|cents?|usd|dollars?|bucks|eur)\b)"
# What a clause shows, and by which words; each counts once.
_SHOWN = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("hearsay", r"\b(?:i (?:read|heard|know|believe|suspect|assume\w*|understand)"
         r"|as far as i (?:know|understand)"
              r"|afaik|(?:the )?(?:docs?|documentation) (?:says?|states?|mentions?)"
               r"|says the docs?\w*|allegedly|apparently"
              r"|supposedly|i was told|people say|all say|my understanding|told (?:us"
               r"|me)|i (?:thought|think)"
              r"|from what i)\b"),
        ("price", _MONEY + r"\s?(?:/|per\b|a\b|each\b|for\b|\()"
         r"|(?:costs?|price|pricing|charges?|are|is"
         r"|vs\.?|at|clock in at)\b.{0,30}"
              + _MONEY),
        ("sum", r"\d\s*[x*]\s*\d[\d\s*x]*=\s*\d"),
        ("cannot", r"\b(?:can ?not|can'?t|can only|won'?t|will not|isn'?t possible"
         r"|not possible|not supported"
              r"|does(?:n'?t| not) (?:support|allow|have|offer|scale|work)|do(?:n'?t"
               r"| not) (?:support|allow|have)"
              r"|has no|have no|there(?:'s| is| are) no|not fit|no longer|never)\b"),
        ("limit", r"\b(?:max(?:imum)?|limit(?:ed|s)?|cap(?:ped)?|quota|hard(?:coded)?|at most"
         r"|up to|fewer than|restriction)\b.{0,40}\d"
              r"|\d.{0,30}\b(?:limit|max(?:imum)?|quota|restriction|cap)\b"),
        ("always", r"\b(?:every|each|all|always|only|any|by default|the default|automatically"
         r"|free|unlimited"
              r"|guarantee\w*|hardcoded)\b"),
        ("compared", r"\b(?:cheaper|faster|slower|better|worse|harder|easier|safer|more|less|fewer"
         r"|expensive|bad|quite"
              r"|good (?:for|at)|next to free|deprecated|stopped|shut ?downs?)\b"),
        ("states", r"\b(?:is|are|has|have|does|supports?|offers?|charges?|costs?|allows?"
         r"|requires?|limits?|counts?"
              r"|causes?|means|needs?|stores?|handles?|scales?|locks?|blocks?"
               r"|creates?|gets|takes|runs)\b"),
        ("of-it", r"^(?:\W*(?:and|that|as|also|then) )*(?:you|one|it|they|this|that)\b"),
        ("first-person", r"^\W*(?:(?:and|so|but|also|now|then|currently|in our case"
         r"|today) )*(?:i(?!f\b)|i'm|i've|we|we're|we've|my|our|us|me)\b"
               r"(?! (?:read|heard|know|believe|suspect|assume\w*|understand|thought"
                r"|think|was told))"),
        ("of-us", r"\b(?:my|our|we|us|me|i'm|we're)\b"),
        ("past", r"\b(?:was|were|did|got|had|went|started|tried|changed|failed|yesterday"
         r"|last (?:week|month|night)|today|just|currently"
               r"|right now|keeps?|set up|configured)\b"),
        ("asks", r"^\W*(?:(?:so|and|but|or) )?(?:if|when|is|are|does|do|can|could|should|would"
         r"|will|what|which|how|why|where"
               r"|who|whether|please|would like|ideally|for example|e\.?g)\b"),
        ("wish", r"\b(?:would|should|could|might|may|maybe|perhaps|need to|want|like to|trying"
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
_WANTS = re.compile(
    r"\W*(?:need|want|wanted|looking for|searching for|build|make|help)\b", re.IGNORECASE
)
_WORDS = re.compile(r"[a-z']+")
_JOINING = re.compile(r"[A-Za-z]+|[;:,()-]")


@dataclass(frozen=True, kw_only=True)
class Belief:
    """A clause that states something checkable, and the technologies it is about."""

    quote: str
    start: int
    end: int
    about: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Clause:
    """A clause with its place, the technologies it names, and its signals with their strengths."""

    quote: str
    start: int
    end: int
    about: tuple[str, ...]
    signals: dict[str, float]


def read_beliefs(
    text: Text, mentions: tuple[Mention, ...], numbers: tuple[Number, ...]
) -> tuple[Belief, ...]:
    """The beliefs in text order."""
    return tuple(
        Belief(quote=clause.quote, start=clause.start, end=clause.end, about=clause.about)
        for clause in read_clauses(text, mentions, numbers)
        if not _WANTS.match(clause.quote)
        and dict(likely("premise", clause.signals))["stated"] >= _SURE
    )


def read_clauses(
    text: Text, mentions: tuple[Mention, ...], numbers: tuple[Number, ...]
) -> Iterator[Clause]:
    """The clauses of the prose that are long enough to state something, in text order."""
    prose = [(n, s) for n, s in enumerate(text.sentences) if not text.is_code(s.start)]
    for number, sentence in prose:
        place = {"first": number == prose[0][0], "last": number == prose[-1][0]}
        here = [m for m in mentions if m.sentence == number]
        yield from _in_sentence(sentence, here, numbers, [n for n in place if place[n]])


def _in_sentence(
    sentence: Sentence, mentions: list[Mention], numbers: tuple[Number, ...], place: list[str]
) -> Iterator[Clause]:
    spans = list(_clauses(sentence.text))
    for order, (a, b) in enumerate(spans):
        quote, start, end = sentence.text[a:b], sentence.start + a, sentence.start + b
        if len(quote.split()) < _LEAST_WORDS:
            continue
        here = [m for m in mentions if start <= m.start < end]
        signals = dict(_of_names(quote, start, here)) | dict(_of_words(quote))
        signals |= {f"n:{n.role}": 1.0 for n in numbers if start <= n.span[0] < end}
        signals |= dict.fromkeys(place, 1.0)
        signals |= dict.fromkeys(_joined(sentence.text, a), 1.0)
        if order:
            signals["later"] = 1.0
        if sentence.asks:
            signals["asked" if order == len(spans) - 1 else "in-question"] = 1.0
        about = tuple(dict.fromkeys(m.technology.id for m in here))
        yield Clause(quote=quote, start=start, end=end, about=about, signals=signals)


def _of_names(quote: str, start: int, here: list[Mention]) -> Iterator[tuple[str, float]]:
    """What the technologies that the clause names say of it."""
    if here:
        yield "named", 1.0
    if any(_SUBJECT.search(quote[m.end - start :]) for m in here):
        yield "subject", 1.0
    yield from ((f"kind:{m.technology.kind}", 0.5) for m in here)


def _of_words(quote: str) -> Iterator[tuple[str, float]]:
    """What the words of a clause say of it."""
    yield from ((f"shows:{name}", 1.0) for name, shown in _SHOWN if shown.search(quote))
    words = _WORDS.findall(quote.lower())
    yield from ((f"word:{stem(word)}", 0.5) for word in words)
    yield "opens:" + " ".join(words[:1]), 1.0
    yield "opens:" + " ".join(words[:2]), 1.0
    yield "length", min(_LONG, len(words)) / _LONG


def _joined(sentence: str, begin: int) -> list[str]:
    """The word or sign that the clause is joined by: because, but, a colon."""
    return [
        f"after:{w.lower()}" for w in _JOINING.findall(sentence[max(0, begin - 14) : begin])[-1:]
    ]


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
