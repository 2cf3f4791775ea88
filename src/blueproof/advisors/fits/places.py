"""Which technologies of a request a figure of it is put to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.advisors.fits.figures import Measured, sentence_at
from blueproof.core.brief import Brief, Fact
from blueproof.facts.measured import HeldLimit, holds, places

_ASKED = frozenset({"option", "target", "proposal"})
_OUT = frozenset({"rejected", "negated"})
_SAME = re.compile(
    r"\b(?:it|them|they|these|those|this|that|such|ones?|everything|all of)\b", re.IGNORECASE
)
_OR = re.compile(r"\bor\b|\bvs\b|\bversus\b", re.IGNORECASE)
# Options put as questions of their own: "Timescale? Kinesis + S3? ClickHouse?"
_ASKED_APART = re.compile(r"\?\s+(?:or |maybe |just |plain )?")
_IS_ALONE = re.compile(r"[\w.]+(?: ?[+&/] ?[\w.]+| [\w.]+){0,4}\s?\?")
_JOINED = 2  # words at most between technologies that are named together: "BullMQ on Redis"
_PART = re.compile(r"[,;:()]| - |\b(?:but|and|while|whereas|then)\b", re.IGNORECASE)

# Where a sentence turns to another question: "..., and how should the upload go?"
_ALSO = re.compile(
    r",? and (?=how|what|which|where|when|who|should|is|are|can|do|does)\b|;", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A technology that the request names: how it writes it, where, and in which part."""

    technology: str
    name: str
    start: int
    roles: frozenset[str]


_FROM = re.compile(
    r"\b(?:moved|migrated|switched|came|got)\s+(?:\w+\s+){0,3}?(?:from|off|away from)\s+$",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"\s*(?:->|=>|\u2192|,?\s*(?:but |and )?(?:have |has )?(?:since |then |now |just )?"
    r"(?:moved|migrated|switched) (?:it |everything |all )?(?:over )?to\b)",
    re.IGNORECASE,
)


def named_places(brief: Brief) -> tuple[Place, ...]:
    """The technologies of the request in text order, without those that are ruled out."""
    found: dict[str, list[Fact]] = {}
    for fact in brief.facts:
        if fact.key == "technology" and fact.span:
            found.setdefault(str(fact.value), []).append(fact)
    named = (
        Place(
            technology=each,
            name=facts[0].quote,
            start=min(f.span[0] for f in facts if f.span),
            roles=frozenset(f.role for f in facts),
        )
        for each, facts in found.items()
    )
    there = (p for p in named if not p.roles & _OUT and not _is_left(brief.request, p))
    return tuple(sorted(there, key=lambda p: p.start))


def _is_left(text: str, place: Place) -> bool:
    """Whether they have moved away from it: "moved off Heroku", "on Heroku -> moved to AWS"."""
    before, after = text[: place.start], text[place.start + len(place.name) :]
    return bool(_FROM.search(before) or _AWAY.match(after))


def held_by(brief: Brief, figure: Measured, limit: HeldLimit) -> Place | None:
    """The technology of the limit that the figure is put to; None where it is put to another.

    It stands in the figure's sentence, nearest of those that could hold what is measured, or is
    asked about for the same things, or is the only one that could.
    """
    named = named_places(brief)
    able = [p for p in named if p.technology in places(figure.measure.id) | limit.of]
    for place in (p for p in able if p.technology in limit.of):
        if holds(limit.apart, place.name):
            continue
        if _is_put_to(brief, figure, place, able):
            return place
    return None


def _is_put_to(brief: Brief, figure: Measured, place: Place, able: list[Place]) -> bool:
    begin, end = figure.told.sentence
    here = [p for p in able if _stands(brief, p, begin, end)]
    if here:
        if any(p.technology == place.technology for p in here):
            return place in _nearest(brief, figure, here)
        return bool(place.roles & _ASKED) and _is_asked_for_it(brief, figure, place)
    if place.roles & _ASKED:
        return True
    rest = {p.technology for p in able} - {place.technology}
    return not rest or _is_before(brief, figure, place, able)


def _stands(brief: Brief, place: Place, begin: int, end: int) -> bool:
    """Whether the stretch names the technology, there or again."""
    if begin <= place.start < end:
        return True
    text = brief.request[begin:end].lower()
    return bool(re.search(rf"(?<!\w){re.escape(place.name.lower())}(?!\w)", text))


def _nearest(brief: Brief, figure: Measured, here: list[Place]) -> list[Place]:
    """Those in the figure's own part of the sentence, or all of its sentence."""
    begin, end = figure.told.sentence
    parts = list(_parts(brief.request, begin, end))
    own = [p for a, b in parts if a <= figure.start < b for p in here if _stands(brief, p, a, b)]
    beside = [p for either in alternatives(brief) for p in _flat(either) if p in here]
    return [*own, *beside] if any(p in beside for p in own) else own or here


def _flat(either: tuple[tuple[Place, ...], ...]) -> tuple[Place, ...]:
    return tuple(place for side in either for place in side)


def _parts(request: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    at = begin
    for turn in _PART.finditer(request, begin, end):
        yield at, turn.start()
        at = turn.end()
    yield at, end


def _is_asked_for_it(brief: Brief, figure: Measured, place: Place) -> bool:
    """Whether the part that asks about it is about the same things or refers to them."""
    begin, end = sentence_at(brief.request, place.start)
    at = next((m.start() for m in _ALSO.finditer(brief.request, place.start, end)), end)
    text = brief.request[begin:at]
    return holds(figure.measure.things, text) or bool(_SAME.search(text))


def _is_before(brief: Brief, figure: Measured, place: Place, able: list[Place]) -> bool:
    """Whether the sentence right before the figure's names it and no other."""
    begin = figure.told.sentence[0]
    if not begin:
        return False
    before = sentence_at(brief.request, begin - 1)
    here = {p.technology for p in able if _stands(brief, p, *before)}
    return here == {place.technology}


def alternatives(brief: Brief) -> Iterator[tuple[tuple[Place, ...], ...]]:
    """The sides of each "or" that stands between technologies, in text order."""
    sides: list[list[Place]] = []
    either = False
    for place in named_places(brief):
        before = sides[-1][-1] if sides else None
        gap = brief.request[before.start + len(before.name) : place.start] if before else "."
        if before and _ASKED_APART.fullmatch(gap) and _IS_ALONE.match(brief.request, place.start):
            either = True
            sides.append([place])
        elif re.search(r"[.?!;:(]", gap):
            if either:
                yield tuple(map(tuple, sides))
            sides, either = [[place]], False
        elif _OR.search(gap) or gap.strip() == ",":
            either = either or bool(_OR.search(gap))
            sides.append([place])
        elif len(gap.split()) <= _JOINED and "," not in gap:
            sides[-1].append(place)
        elif not either:
            sides = [[place]]
    if either:
        yield tuple(map(tuple, sides))
