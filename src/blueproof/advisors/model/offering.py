"""What people lend or sell one another: what is booked is the thing on offer, not the two people.

A tale of a market names the thing where somebody lists it ("owners list boats with a price a day")
and the act where somebody else takes it ("a renter books a date range"); that the act is of the
thing, nobody says.
"""

import re
from dataclasses import replace

from blueproof.advisors.model import kinds
from blueproof.advisors.model.nouns import singular
from blueproof.advisors.model.rules import TWICE
from blueproof.advisors.model.told import Entity, Need, Relation, Told

# Time by which something is taken: its two ends are columns.
_SPANS = frozenset(
    {"date range", "time range", "time span", "date", "period", "range", "time window", "day"}
)
_OFFERS = re.compile(
    r"\b(?:lists?|lends?|rents? out|hires? out|offers?|shares?|puts? up|posts?|publishes)\s+"
    r"(?:up )?(?:their |his |her |its |own |an? |the |out |some |new ){0,2}"
    r"(?P<what>[a-z]+(?: [a-z]+)?)",
    re.IGNORECASE,
)
_PRICED = re.compile(r"price|rate|fee|deposit|cost", re.IGNORECASE)
_BOTH = re.compile(
    r"\b(?:both (?:sides|parties|of them)|each (?:side|party)|each other|one another|mutual\w*)\b"
    r"[^.;!?\n]{0,40}\b(?:reviews?|ratings?|rates?|feedback)\b"
    r"|\b(?:reviews?|ratings?|rates?|feedback)\b[^.;!?\n]{0,30}"
    r"\b(?:each other|one another|both ways|both sides|mutual\w*)\b",
    re.IGNORECASE,
)
_DEPOSIT = re.compile(r"\b(?:security )?deposits?\b", re.IGNORECASE)
# A share that the market keeps: "we take 12%".
_SHARE = re.compile(
    r"\b(?:take|keep|charge|retain|cut|commission|fee)\w*\b[^.;!?\n]{0,24}?\d+(?:[.,]\d+)? ?%"
    r"|\d+(?:[.,]\d+)? ?% (?:commission|fee|cut|of each|of every|per (?:booking|rental|sale))",
    re.IGNORECASE,
)
_NO_TWICE = re.compile(
    r"(?:,|;)?\s*\b(?:and |but |with )?(?:no|never|avoid|prevent) (?:any )?double[- ]?book\w*",
    re.IGNORECASE,
)
_PARTS = ("payment", "review", "rating")  # what hangs on an act and is seldom said to
# Somebody books: then a book is no thing, unless there are authors or shelves, too.
_BOOKS = re.compile(
    r"\b(?:who|to|can|may|press(?:es)?|renters?|guests?|customers?|clients?|users?|people|members?|"
    r"tenants?|travell?ers?|patients?) books?\b",
    re.IGNORECASE,
)
_READ = re.compile(
    r"\b(?:authors?|isbn|librar\w+|shel(?:f|ves)|publishers?|novels?)\b", re.IGNORECASE
)
_SIDE = "author_side"


def without_rule(text: str) -> str:
    """The words without "no double bookings", which is a rule and no thing."""
    return _NO_TWICE.sub("", text)


def offered(told: Told) -> Told:
    """The model as told, with the thing that is booked, its payments and its reviews in place."""
    bare = _without_spans(told)
    act = _act(bare)
    if act == "":
        return bare
    return _with_parts(_of_taker(_of_thing(bare, act), act), act)


def _without_spans(told: Told) -> Told:
    """Without entities that are only a time or a verb: "a renter books a date range"."""
    verb = _BOOKS.search(told.request) and not _READ.search(told.request)
    gone = {n for n in told.nouns if n in _SPANS or (n == "book" and verb)}
    if not gone or len(told.entities) - len(gone) < len(("two", "things")):
        return told
    return replace(
        told,
        entities=tuple(e for e in told.entities if e.noun not in gone),
        relations=tuple(r for r in told.relations if not {r.child, r.parent} & gone),
        needs=tuple(n for n in told.needs if n.noun not in gone and not {*n.of} & gone),
        reads=tuple(r for r in told.reads if r.noun not in gone and r.of not in gone),
        exclusive=tuple(e for e in told.exclusive if e not in gone),
        loose=tuple(n for n in told.loose if n not in gone),
    )


def _act(told: Told) -> str:
    """The act by which something is taken for a time; "" where none is told."""
    return told.booking or next((n for n in told.nouns if kinds.is_booking(n)), "")


def _of_thing(told: Told, act: str) -> Told:
    """The act as one of the thing on offer, where it is of people alone so far."""
    own = [r for r in told.relations if r.child == act and not r.many]
    things = [r.parent for r in own if not kinds.is_a(r.parent, kinds.PEOPLE | kinds.TENANTS)]
    if things:
        kept_apart = tuple(t for t in things if kinds.is_a(t, kinds.STAFF | kinds.RESOURCES))
        refused = told.exclusive or not TWICE.search(told.request)
        return told if refused else replace(told, booking=act, exclusive=kept_apart)
    thing = _thing(told, act)
    if not thing:
        return told
    owners = {r.parent for r in told.relations if r.child == thing and not r.many}
    kept = tuple(r for r in told.relations if not (r.child == act and r.why and r.parent in owners))
    of = Relation(child=act, parent=thing, why="it is what is on offer")
    twice = (thing,) if TWICE.search(told.request) else ()
    return replace(
        told,
        relations=(*kept, of),
        booking=act,
        exclusive=twice or tuple(e for e in told.exclusive if e not in owners),
    )


def _of_taker(told: Told, act: str) -> Told:
    """The act as one of the people who take it: "a client books a session"."""
    there = {r.parent for r in told.relations if r.child == act}
    if any(kinds.is_a(p, kinds.PEOPLE) for p in there):
        return told
    people = [n for n in told.nouns if kinds.is_a(n, kinds.PEOPLE) and n not in there]
    takes = r"s? (?:can |may |then )?(?:books?|reserves?|rents?|hires?|requests?|schedules?)\b"
    for person in people:
        if re.search(rf"\b{re.escape(person)}{takes}", told.request, re.IGNORECASE):
            of = Relation(child=act, parent=person, why="they book it")
            return replace(told, relations=(*told.relations, of))
    return told


def _thing(told: Told, act: str) -> str:
    """What is on offer: what somebody lists or lends, else the only thing with a price."""
    things = [
        e for e in told.entities
        if e.noun != act and not kinds.is_a(e.noun, kinds.PEOPLE | kinds.TENANTS | kinds.DOCUMENTS)
    ]  # fmt: skip
    nouns = {e.noun for e in things}
    for found in _OFFERS.finditer(told.request):
        words = [singular(w) for w in found["what"].lower().split()]
        named = next((n for n in (" ".join(words), words[0], words[-1]) if n in nouns), "")
        if named:
            return named
    priced = [e.noun for e in things if any(_PRICED.search(a) for a in e.attributes)]
    return priced[0] if len(priced) == 1 else ""


def _with_parts(told: Told, act: str) -> Told:
    """Payments and reviews that the words name, as rows of the act."""
    parts = [n for n in _PARTS if n in told.unplaced and n not in told.nouns]
    entities, relations, needs = list(told.entities), list(told.relations), list(told.needs)
    sides = _sides(told, act)
    for noun in parts:
        mutual = noun != "payment" and len(sides) > 1
        attributes = _payment(told.request) if noun == "payment" else _review(noun, mutual=mutual)
        values = ((_SIDE, sides),) if mutual else ()
        entities.append(Entity(noun=noun, attributes=attributes, values=values))
        relations.append(Relation(child=noun, parent=act, why=f"a {noun} is of what is booked"))
        if noun != "payment":
            columns = (_SIDE,) if mutual else ()
            needs.append(Need(kind="unique", noun=noun, of=(act,), columns=columns, words=noun))
    return replace(
        told,
        entities=tuple(map(_with_deposit, entities, [told.request] * len(entities))),
        relations=tuple(relations),
        needs=tuple(needs),
        unplaced=tuple(n for n in told.unplaced if n not in parts),
    )


def _sides(told: Told, act: str) -> tuple[str, ...]:
    """Who reviews whom, where both do: whose the thing is, and who takes it."""
    if not _BOTH.search(told.request):
        return ()
    takers = [r.parent for r in told.relations if r.child == act and not r.many]
    things = [p for p in takers if not kinds.is_a(p, kinds.PEOPLE)]
    owners = [r.parent for r in told.relations if r.child in things and not r.many]
    people = [p for p in (*owners, *takers) if kinds.is_a(p, kinds.PEOPLE | kinds.STAFF)]
    return tuple(dict.fromkeys(people))[: len(("one", "other"))]


def _payment(text: str) -> tuple[str, ...]:
    return ("amount", "fee") if _SHARE.search(text) else ("amount",)


def _review(noun: str, *, mutual: bool) -> tuple[str, ...]:
    own = ("score",) if noun == "rating" else ("rating", "body")
    return (_SIDE, *own) if mutual else own


def _with_deposit(entity: Entity, text: str) -> Entity:
    """A thing with a price, with the deposit that the words ask for it."""
    priced = any("price" in a or "rate" in a for a in entity.attributes)
    there = any("deposit" in a for a in entity.attributes)
    if not priced or there or not _DEPOSIT.search(text):
        return entity
    return replace(entity, attributes=(*entity.attributes, "deposit"))
