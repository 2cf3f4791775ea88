"""Beliefs in a text: clauses that say something of a technology that a fact could contradict."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.intake.words.technologies import Mention
from blueproof.intake.words.text import Sentence, Text

# A clause ends here; what stands between two of these is judged by itself.
_CLAUSE = re.compile(
    r",? (?:but|so|because|since|as|and|which|while|whereas|although|though|however)\b ?|[;:,()]| - | – |\.(?=\s|$)",
    re.IGNORECASE,
)
_SUBJECT_GAP = 32  # characters between a technology and the verb that says something of it
_VERB = re.compile(
    r"^(?:'s|[\w\s/+-]{0,32}?\b(?:is|are|isn'?t|aren'?t|has|have|hasn'?t|does|doesn'?t|do|don'?t|can|can'?t|cannot|could|"
    r"won'?t|will|supports?|only|never|always|limits?|caps?|charges?|costs?|allows?|requires?|needs?"
    r"|scales?|bills?|reads?|writes?|locks?|blocks?|comes?|lacks?|guarantees?|handles?|times? out"
    r"|defaults?|includes?|gives?|offers?|provides?|uses?|keeps?|stores?|maxes|drops?|uses|must)\b)",
    re.IGNORECASE,
)
_CLAIMING = re.compile(
    r"\b(?:no|not|never|always|only|can'?t|cannot|doesn'?t|don'?t|won'?t|isn'?t|aren'?t|max(?:imum)?|limit\w*"
    r"|up to|at most|supports?|allows?|requires?|free|cheap\w*|expensive|faster|slower|better|worse"
    r"|unlimited|every|each|all|per|must|scales?|guarantee\w*|automatically|by default|costs?|charges?"
    r"|blocks?|locks?|same|more|less|than|without|any|lacks?|impossible|hard|default)\b|\d",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\b(?:i|we|my|our|i'm|we're|i've|we've|us|me|mine|ours)\b|\b(?:currently|right now|yesterday|today"
    r"|last (?:week|month|night)|keeps?|started|is (?:running|set|configured|using|at|in|on)|was|were)\b",
    re.IGNORECASE,
)  # what a person has or sees is no belief
_BELIEVED = re.compile(
    r"\b(?:i (?:read|heard|know|believe|think|thought|understand|assume\w*|saw)|as far as i know|afaik"
    r"|from what i (?:read|understand|know|can tell)|(?:the )?docs? (?:say|state|mention)|apparently|supposedly"
    r"|it seems|seems like|i was told|people say|i'm told|my understanding is|according to|told us|says?) ?(?:that |, )?",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"^\W*(?:(?:so|and|but|or) )?(?:is|are|does|do|can|could|should|would|will|what|which|how|why|when|where|who|if|whether)\b",
    re.IGNORECASE,
)
_MONEY = re.compile(r"[$€£]\s?\d|\b\d[\d,.]*\s?(?:usd|dollars|bucks|eur|cents)\b", re.IGNORECASE)
_EQUALS = re.compile(
    r"\b(?:costs?|would be|comes? (?:out )?to|equals?|is|are|means|charge[sd]?)\b|=", re.I
)
_LEAST = 12  # characters a belief has at least


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
    told = _BELIEVED.search(sentence.text)
    for start, end in _clauses(sentence.text):
        clause = sentence.text[start:end]
        here = [
            m for m in mentions if start <= m.start - sentence.start < end
        ]  # fmt: skip
        if len(clause) >= _LEAST and _believes(clause, here, start, sentence, told=bool(told)):
            yield Belief(
                quote=clause,
                start=sentence.start + start,
                end=sentence.start + end,
                about=tuple(dict.fromkeys(m.technology.id for m in here)),
            )


def _believes(
    clause: str, here: list[Mention], start: int, sentence: Sentence, *, told: bool
) -> bool:
    """Whether the clause states something general of a technology, a price or a limit."""
    if _ASKS.search(clause) or (sentence.asks and start + len(clause) > len(sentence.text) - 3):
        return False
    stripped = _BELIEVED.sub("", clause)
    if _OWN.search(stripped) and not told:
        return False
    if _MONEY.search(clause) and _EQUALS.search(clause) and re.search(r"\d.*\d", clause):
        return True
    return any(_VERB.search(sentence.text[m.end - sentence.start :]) for m in here) and bool(
        _CLAIMING.search(stripped)
    )


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    begin = 0
    for match in _CLAUSE.finditer(text):
        yield from _trimmed(text, begin, match.start())
        begin = match.end()
    yield from _trimmed(text, begin, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    kept = piece.strip(" \t\n\"'*-.,")
    if kept:
        at = start + piece.index(kept)
        yield at, at + len(kept)
