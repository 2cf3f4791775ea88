"""Reading entities and relations from the words of a request."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from blueproof.advisors.model import kinds
from blueproof.advisors.model.asked import without_questions
from blueproof.advisors.model.demands import ONE_AT_A_TIME, is_demand
from blueproof.advisors.model.further import is_further
from blueproof.advisors.model.needs import needs_of
from blueproof.advisors.model.nouns import noun_of, singular
from blueproof.advisors.model.offering import offered, without_rule
from blueproof.advisors.model.prose.hearing import hear
from blueproof.advisors.model.prose.naming import is_someone
from blueproof.advisors.model.prose.plain import heard_text, without_asides
from blueproof.advisors.model.prose.said import Heard
from blueproof.advisors.model.prose.settling import (
    entities_of,
    entities_with_columns,
    left_out,
    placed,
    relations_of,
)
from blueproof.advisors.model.prose.things import ATTRIBUTE_HEADS
from blueproof.advisors.model.relations import relations
from blueproof.advisors.model.rules import booked, tenancy, unheld
from blueproof.advisors.model.told import Entity, Need, Reads, Relation, Told

_BRACKETS = re.compile(r"\(([^()]*)\)")
_LEAST, _MOST = 3, 24
_COVERED = 0.5  # of the things told; below, what was read is not what was meant
_SHORTEST = 4  # letters of a plural
_MOST_PARTS = 3  # words in the name of an attribute
# What no table is made of, though it stands in a list: ways of working, figures, our own words.
_NO_ENTITY = frozenset(
    "table schema model database app application system saas platform software tool website site "
    "rule row column key index constraint relation relationship policy security rls multi tenancy "
    "tenancy auth authentication sql postgre postgres postgresql supabase row level security erd "
    "diagram entity data thing way day week month year hour minute time date example detail case "
    "launch name price number amount total quantity status title description email phone type "
    "color colour size duration currency everything something anything foreign primary check "
    "unique next js react node reporting report dashboard api design startup mvp it them me".split()
)
_OURS = frozenset(
    "table schema model database saas security tenancy postgres postgresql supabase sql erd "
    "relationship constraint column index query pattern migration thing".split()
)
_LISTED = re.compile(
    r"(?:[:;]|\b(?:with|for|of|has|have|are|tracks?|manages?|stores?|contains?|includ(?:es?|ing)|"
    r"like|such as|covering|cover|namely|tables|entities|need|keeps?|handles?|plus|between|model|"
    r"about))\s*[:\-]?\s+(?P<list>[^.:;?!\n]*,[^.:;?!\n]*)",
    re.IGNORECASE,
)
# A list of how many there are: "~40 clubs, 180 teams, 3 seasons so far".
_COUNTED = re.compile(
    r"(?P<list>~?\d[\d,.]*k? [a-z ]+(?:,? (?:and )?~?\d[\d,.]*k? [a-z ]+){2,})", re.IGNORECASE
)
_BULLET = re.compile(r"^\s*(?:[-*\u2022]|\d+[.)])\s+(?P<item>[^\n]+)$", re.MULTILINE)
_BETWEEN = re.compile(r"\s*,\s*(?:and\s+|or\s+|plus\s+)?|\s+(?:and|as well as|plus)\s+|\s*&\s*")
_ENDS = re.compile(
    r"\s+(?:(?:on|in|using|at|from|where|which|that|who|so|because|while|when|but|with|each|via|"
    r"to|for|are|is|must|should|can|may|per|of)\b|-\s).*$",
    re.IGNORECASE | re.DOTALL,
)
_INTRODUCED = re.compile(
    r"^.*\b(?:with|for|of|tables|entities|has|have|like|such as)\s+", re.IGNORECASE | re.DOTALL
)
# "A company has users, projects and tasks" tells what hangs on what, and lists nothing.
_SUBJECT = re.compile(
    r"(?:^|[.;:!?,]\s*|\band\s+)(?:an?|each|every|one|the) [a-z]+(?: [a-z]+)?\s*$", re.IGNORECASE
)
_HUNG = re.compile(r"\s+(?:with|per|(?:for|of|on) (?:each|every))\s+", re.IGNORECASE)
_ARTICLES = frozenset("a an the each every per one".split())
_OF_ORDERS = frozenset("work repair service purchase sales".split())
_UNCOUNTED = frozenset("stock inventory staff equipment".split())
# In a tale these are mostly verbs, or said of anything.
_ALSO_VERBS = frozenset(
    "book record review rate charge bill stay hire visit meeting like log unit entry".split()
)
_MONEY = re.compile(
    r"\b(?:pric|cost|pay|paid|sell|sold|buy|shop|invoic|charg|fee|rent|bill|revenue|customer"
    r"|money|purchas|checkout|cart|e-?commerce|market|restaurant|vat|tax|subscri)",
    re.IGNORECASE,
)
_KEPT = "\x00"
_TOLD = 3  # weight of a thing of which a sentence tells, though not what it hangs on
_FEWEST = 2  # things that make a model
_SENTENCE = re.compile(
    r"^(?:each|every|one)\b|\b(?:has|have|is|are|can|must|may|which|that|who|we|they)\b",
    re.IGNORECASE,
)


def read_told(request: str, *, supabase: bool) -> Told | None:
    """What the words tell; None where no two things that hang together can be read of them."""
    plain = heard_text(without_questions(without_rule(request)))
    text, brackets = _folded(without_asides(plain))
    heard = hear(text, brackets)
    told = _of_list(plain, heard, supabase=supabase)
    if told is None:
        for noun in _of_tale(text):
            heard.thing(noun, 2 if noun in _UNCOUNTED else 1)
        told = _of_prose(plain, heard, supabase=supabase)
    if told is None:
        return None
    states = {s for need in told.needs for pair in need.pairs for s in pair}
    left = tuple(n for n in told.unplaced if n not in states)
    return offered(replace(told, request=request, unplaced=left))


def _of_list(request: str, heard: Heard, *, supabase: bool) -> Told | None:
    """What a list tells, where the things are told as one."""
    text, brackets = _folded(request)
    if not _is_list(text, brackets):
        return None
    named = _entities(text, brackets)
    if len(named) < _LEAST or _uncovered(request, named):
        return None
    entities = tuple(Entity(noun=n, attributes=a) for n, a in named.items())
    told = _told(request, entities, (), supabase=supabase)
    return told and replace(told, unplaced=left_out(told.nouns, heard))


def _of_prose(request: str, heard: Heard, *, supabase: bool) -> Told | None:
    """What sentences tell; what hangs on nothing and is no known kind of thing finds no place."""
    nouns = entities_of(heard)[:_MOST]
    linked = {n for r in relations_of(nouns, heard) for n in (r.child, r.parent)}
    nouns = tuple(n for n in nouns if n in linked or _is_told(n, heard))
    told = _of_nouns(request, nouns, heard, supabase=supabase)
    if told is None:
        return None
    weak = {n for n in told.loose if heard.weights.get(n, 0) < _TOLD}
    if weak:  # known by their names alone, and nothing hangs on them
        nouns = tuple(n for n in nouns if n not in weak)
        told = _of_nouns(request, nouns, heard, supabase=supabase)
    return told and replace(told, unplaced=left_out(told.nouns, heard))


def _is_told(noun: str, heard: Heard) -> bool:
    """Whether a thing that hangs on nothing is told of, or of a kind that we know."""
    known = kinds.head(noun) in kinds.KNOWN | _UNCOUNTED or is_someone(noun)
    return known or heard.weights.get(noun, 0) >= _TOLD


def _of_nouns(request: str, nouns: tuple[str, ...], heard: Heard, *, supabase: bool) -> Told | None:
    if len(nouns) < _FEWEST:
        return None
    entities = tuple(entities_with_columns(nouns, heard))
    linked = relations_of(nouns, heard)
    return _told(request, entities, linked, supabase=supabase, marked=heard)


def _is_list(text: str, brackets: list[str]) -> bool:
    """Whether the things are told as a list, not in sentences."""
    for pattern in (_LISTED, _COUNTED):
        for match in pattern.finditer(text):
            if _SUBJECT.search(text[: match.start()]):
                continue
            whole = _INTRODUCED.sub("", match["list"].partition(",")[0])
            parts = [whole, *match["list"].split(",")[1:]]
            parts = [p.strip() for part in parts for p in _BETWEEN.split(part) if p.strip()]
            plain = [p for p in parts if not _SENTENCE.search(p)]
            if len(plain) >= _LEAST and len(plain) == len(parts):
                return sum(_item(p, brackets) is not None for p in plain) >= _LEAST
    return len(_BULLET.findall(text)) >= _LEAST


def _told(
    request: str,
    entities: tuple[Entity, ...],
    heard: tuple[Relation, ...],
    *,
    supabase: bool,
    marked: Heard | None = None,
) -> Told | None:
    nouns = tuple(e.noun for e in entities)
    plain = re.sub(rf"{_KEPT}\d+{_KEPT}", "", _folded(request)[0])
    tenant, why, isolation = tenancy(plain, nouns, supabase=supabase)
    if why and any(r.many and tenant in {r.child, r.parent} for r in heard):
        tenant, why, isolation = "", "", ""  # who is in several of them is kept apart by none
    if tenant and tenant not in nouns:
        entities = (Entity(noun=tenant), *entities)
        nouns = (tenant, *nouns)
    linked, loose = relations(plain, nouns, tenant, heard)
    if len(loose) * 2 > len(nouns):
        return None  # so little was understood of how they hang together that it is no model
    booking, exclusive = booked(plain, nouns, linked)
    listed = {e.noun: e for e in entities}

    def place(noun: str) -> str:
        if noun in listed:
            return noun
        if marked is not None:
            return placed(noun, nouns, marked)
        near = [n for n in nouns if kinds.head(n) == noun]
        return near[0] if len(near) == 1 else ""

    needs = (*_either(marked, place), *needs_of(plain, entities, linked, place))
    lacks = unheld(request, exclusive=bool(exclusive), tenant=bool(tenant))
    return Told(
        entities=entities,
        relations=linked,
        tenant=tenant,
        tenant_why=why,
        isolation=isolation,
        booking=booking,
        exclusive=exclusive,
        loose=loose,
        closed=supabase and not isolation,
        unheld=tuple(w for w in lacks if not _is_held(w, needs)),
        needs=needs,
        sells=bool(_MONEY.search(request)),
        reads=_reads(marked, place),
    )


def _is_held(clause: str, needs: tuple[Need, ...]) -> bool:
    """Whether a clause asks for a rule that a need of its sentence is about."""
    handed = any(need.kind == "handed" for need in needs)
    if handed and ONE_AT_A_TIME.search(clause):
        return True
    either = any(need.kind == "either" for need in needs)
    if either and re.search(r"\b(?:never|not) both\b", clause, re.IGNORECASE):
        return True
    return (is_demand(clause) or is_further(clause)) and any(clause in need.words for need in needs)


def _either(heard: Heard | None, place: Callable[[str], str]) -> Iterator[Need]:
    """What hangs on one of several things: a photo of a claim or of a policy."""
    for noun, others in heard.either if heard else ():
        of = tuple(dict.fromkeys(p for o in others if (p := place(o))))
        if place(noun) and len(of) > 1:
            yield Need(kind="either", noun=place(noun), of=of)


def _reads(heard: Heard | None, place: Callable[[str], str]) -> tuple[Reads, ...]:
    """What is read often, of things that have a table."""
    looks = heard.looks if heard else ()
    return tuple(
        Reads(noun=place(e.thing), of=place(e.of), column=e.column, newest=e.newest, words=e.words)
        for e in looks
        if place(e.thing)
    )


def left_unread(request: str) -> tuple[str, ...]:
    """The things of a request of which no model could be made; () where there are hardly any."""
    text, brackets = _folded(heard_text(request))
    things = left_out((), hear(text, brackets))
    return things if len(things) >= _LEAST else ()


def _uncovered(request: str, named: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """What the words speak of in the plural and is no table or column, where that is the most."""
    spoken = {w for noun in named for w in noun.split()}
    spoken |= {singular(w) for each in named.values() for a in each for w in a.split("_")}
    words = [w for w in re.findall(r"[a-z]+", request.lower()) if len(w) >= _SHORTEST]
    plurals = dict.fromkeys(w for w in words if w.endswith("s") and singular(w) != w)
    things = [w for w in plurals if singular(w) not in _NO_ENTITY]
    missing = tuple(w for w in things if singular(w) not in spoken)
    return missing if len(missing) > len(things) * (1 - _COVERED) else ()


def _folded(request: str) -> tuple[str, list[str]]:
    """The text with what stands in brackets replaced by its number, and those texts."""
    found: list[str] = []

    def fold(match: re.Match[str]) -> str:
        found.append(match[1])
        return f"{_KEPT}{len(found) - 1}{_KEPT}"

    return _BRACKETS.sub(fold, request), found


def _entities(text: str, brackets: list[str]) -> dict[str, tuple[str, ...]]:
    """The entities with their attributes, in the order in which they are named."""
    found: dict[str, tuple[str, ...]] = {}
    for noun, attributes in (*_of_lists(text, brackets), *_of_sentences(text)):
        if noun not in found or (attributes and not found[noun]):
            found[noun] = attributes
    if len(found) < _LEAST:  # it is told as a tale, without a list
        found |= {noun: () for noun in _of_tale(text) if noun not in found}
    return found


def _of_tale(text: str) -> Iterator[str]:
    """The things that we know wherever a tale names them: "customers bring bikes"."""
    words = ["", *re.findall(r"[a-z]+", text.lower())]
    for before, word, after in zip(words, words[1:], [*words[2:], ""], strict=False):
        if after in ATTRIBUTE_HEADS and singular(word) == word:
            continue  # "an inventory number"
        noun = singular(word)
        known = noun in kinds.KNOWN - _NO_ENTITY and noun not in _ALSO_VERBS
        said = word != noun or word in _UNCOUNTED or before in _ARTICLES | _OF_ORDERS
        if known and said:
            whole = before in _OF_ORDERS and noun not in kinds.TENANTS
            yield f"{before} {noun}" if whole else noun


def _of_lists(text: str, brackets: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    lists = [m["list"] for p in (_LISTED, _COUNTED) for m in p.finditer(text)]
    bullets = [m["item"] for m in _BULLET.finditer(text)]
    for each in lists:
        parts = [part for part in _BETWEEN.split(each) if part.strip()]
        pieces = [piece for place, part in enumerate(parts) for piece in _pieces(part, place)]
        items = [_item(piece, brackets) for piece in pieces]
        # A list of tables is one of plurals; "fast, cheap and simple" is none.
        good = [i for i in items if i]
        if len(good) >= _LEAST - 1:
            yield from good
    for each in bullets:
        first = re.split(r"\s+[-\u2013]\s+|:\s", each, maxsplit=1)
        item = _item(first[0], brackets)
        if item:
            yield item


def _pieces(part: str, place: int) -> Iterator[str]:
    """The things of one part of a list: "orders per bike with line items" are three."""
    things = [each for each in _HUNG.split(part) if each.strip()]
    first = re.sub(rf"\s*{_KEPT}\d+{_KEPT}.*$", "", things[0], flags=re.DOTALL).split()
    if len(things) > 1 and first and singular(first[-1].lower()) != first[-1].lower():
        yield from things
    else:
        yield part if place else _INTRODUCED.sub("", part)


def _item(part: str, brackets: list[str]) -> tuple[str, tuple[str, ...]] | None:
    """One item of a list as an entity, where it is one: a plural, or what is known as a thing."""
    kept = re.search(rf"{_KEPT}(\d+){_KEPT}", part)
    phrase = re.sub(rf"\s*{_KEPT}\d+{_KEPT}.*$", "", part, flags=re.DOTALL)
    phrase = _ENDS.sub("", phrase).strip()
    noun = noun_of(phrase)
    if not noun or not is_entity(noun, phrase):
        return None
    return noun, _attributes(brackets[int(kept[1])]) if kept else ()


def is_entity(noun: str, phrase: str) -> bool:
    """Whether a noun may have a table: it is said in the plural, or of a kind that we know."""
    last = phrase.lower().split()[-1]
    if noun in _NO_ENTITY or any(word in _OURS for word in noun.split()):
        return False
    return singular(last) != last or kinds.head(noun) in kinds.KNOWN


def _attributes(text: str) -> tuple[str, ...]:
    parts = (p.strip().lower() for p in re.split(r",|;|\band\b", text))
    plain = (
        re.sub(r"[^a-z0-9]+", "_", re.sub(r"^(?:a|an|the)\s+", "", p)).strip("_") for p in parts
    )
    return tuple(
        dict.fromkeys(p for p in plain if p and p.count("_") < _MOST_PARTS and p[0].isalpha())
    )


def _of_sentences(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Entities that sentences tell of: "each owner has several pets"."""
    from blueproof.advisors.model.relations import spoken

    plain = re.sub(rf"{_KEPT}\d+{_KEPT}", "", text)
    for one, other, _ in spoken(plain):
        for noun in (one, other):
            if noun not in _NO_ENTITY and not _OURS.intersection(noun.split()):
                yield noun, ()
