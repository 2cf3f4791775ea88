"""How entities hang together: as the words say, else as such things usually do."""

import re
from collections.abc import Iterator
from itertools import takewhile

from blueproof.advisors.model import kinds
from blueproof.advisors.model.nouns import noun_of, singular
from blueproof.advisors.model.told import Relation

_OWNS = (
    r"(?:has|have|owns?|contains?|includes?|holds?|places?|receives?|issues?|gets?|consists? of|"
    r"is made of|are made of|offers?|runs?|employs?|publishes|publish|writes?|sells?|lists?)"
)
_SHARES = (
    r"(?:joins?|attends?|takes?|enrols? in|enrolls? in|(?:is|are) enrolled in|teaches|teach|"
    r"works? on|works? at|uses?|belongs? to|(?:is|are) assigned to|(?:is|are) tagged with|"
    r"appears? in|plays? in|speaks? at|registers? for|signs? up for|subscribes? to|"
    r"have|has|(?:is|are|be) (?:in|part of)|be enrolled in|stores?)"
)
_MODAL = r"(?:can|may|must|should|will|could)?\s*(?:also\s+|only\s+)?"
_SEVERAL = (
    r"(?:many|several|multiple|one or more|more than one|a list of|any number of|\d+|up to \d+)"
)
_ONE = r"(?:a|an|one|each|every|the|any|single)"
_NOUN = r"[a-z]+(?: [a-z]+){0,1}?"
_HAS_MANY = re.compile(
    rf"\b{_ONE} (?P<one>{_NOUN}) {_MODAL}{_OWNS} {_SEVERAL} (?P<many>[a-z]+(?: [a-z]+)?)",
    re.IGNORECASE,
)
_SHARES_MANY = re.compile(
    rf"(?:\b{_ONE} )?\b(?P<one>{_NOUN}) {_MODAL}{_SHARES} {_SEVERAL} (?P<many>[a-z]+(?: [a-z]+)?)",
    re.IGNORECASE,
)
_BELONGS = re.compile(
    rf"(?:\b{_ONE} )?\b(?P<many>{_NOUN}) (?:belongs?|is linked|are linked|is tied) to "
    rf"(?:exactly |just |only )?{_ONE} (?P<one>[a-z]+(?: [a-z]+)?)",
    re.IGNORECASE,
)
_HAS_ONE = re.compile(
    rf"\b(?:each|every|a|an) (?P<many>{_NOUN}) (?:has|is for|is of|is taught by|is led by|is in|"
    rf"is held in|is at|is made by|is placed by|is written by|uses) (?:exactly |only )?"
    rf"(?:a|an|one) (?P<one>[a-z]+(?: [a-z]+)?)",
    re.IGNORECASE,
)
# In a list, "customers with several bikes" and "repair orders per bike" tell what hangs on what.
_WITH = re.compile(
    rf"\b(?P<one>[a-z]+(?: [a-z]+)?s|people|children|staff) with (?:{_SEVERAL} |their |its )?"
    r"(?P<many>[a-z]+(?: [a-z]+)?)",
    re.IGNORECASE,
)
_PER = re.compile(
    r"\b(?P<many>[a-z]+(?: [a-z]+)?s) (?:per|(?:for|of|on) (?:each|every)) (?P<one>[a-z]+)",
    re.IGNORECASE,
)
# "matches have 3-5 sets", "referees get assigned to matches"
_COUNT = re.compile(
    r"\b(?P<one>[a-z]+s) have (?:up to )?\d+(?:\s?(?:-|to|\u2013)\s?\d+)? (?P<many>[a-z]+s)\b",
    re.IGNORECASE,
)
_ASSIGNED = re.compile(
    r"\b(?P<one>[a-z]+s) (?:get|are|is|be|must be) assigned to (?:an? |the )?(?P<many>[a-z]+s)\b",
    re.IGNORECASE,
)
# Where a noun ends that a pattern took too many words for.
_STOPS = frozenset(
    "and or at in on with for per of to but that each who which is are so by from over can must "
    "may has than as if we they it i you there this not".split()
)
Spoken = tuple[str, str, bool]
_KINDS = frozenset("type category kind group class".split())


def spoken(text: str) -> Iterator[Spoken]:
    """What sentences say: child, parent, and whether each may have several of the other."""
    owned = dict.fromkeys(_nouns(m) for m in _HAS_MANY.finditer(text))
    shared = dict.fromkeys(p for m in _SHARES_MANY.finditer(text) if (p := _nouns(m)) not in owned)
    for one, many in owned:
        if one and many:
            both = (many, one) in {*owned, *shared} or kinds.is_a(many, kinds.SHARED)
            yield many, one, both
    for one, many in shared:
        if one and many:
            yield one, many, True
    for pattern in (_BELONGS, _HAS_ONE, _PER):
        for found in pattern.finditer(text):
            one, many = _nouns(found)
            if one and many:
                yield many, one, False
    yield from _beside(text)


def _beside(text: str) -> Iterator[Spoken]:
    """What stands in a list as "customers with several bikes"; both are said in the plural."""
    yield from ((many, one, False) for one, many in map(_nouns, _COUNT.finditer(text)))
    yield from ((one, many, True) for one, many in map(_nouns, _ASSIGNED.finditer(text)))
    for found in _WITH.finditer(text):
        one, many = _nouns(found)
        if one and many and _is_plural(found["one"]) and _is_plural(found["many"]):
            booked = kinds.is_booking(one)  # "appointments with rooms" are of a room each
            yield (one, many, False) if booked else (many, one, kinds.is_a(many, kinds.SHARED))


def _is_plural(phrase: str) -> bool:
    last = [*takewhile(lambda word: word not in _STOPS, phrase.lower().split())][-1:]
    return any(singular(word) != word for word in last)


def _nouns(found: re.Match[str]) -> tuple[str, str]:
    return _first_noun(found["one"]), _first_noun(found["many"])


def _first_noun(phrase: str) -> str:
    """The noun of what may be longer than one: "pets and" is about pets."""
    kept = takewhile(lambda word: word not in _STOPS, phrase.lower().split())
    return noun_of(" ".join(kept))


def relations(
    text: str, nouns: tuple[str, ...], tenant: str, heard: tuple[Relation, ...] = ()
) -> tuple[tuple[Relation, ...], tuple[str, ...]]:
    """The relations among the nouns, and the nouns that nothing links.

    `heard` are those that the sentences were understood to say; the text is asked without them.
    """
    found = {(r.child, r.parent): r for r in heard if not r.role}
    roles = tuple(r for r in heard if r.role)
    for child, parent, many in () if heard else spoken(text):
        pair = (_match(child, nouns), _match(parent, nouns))
        back = (pair[1], pair[0])
        if not all(pair) or pair[0] == pair[1]:
            continue
        if many and tenant in pair:
            continue  # whoever goes to several tenants has a row at each
        if not many and _hangs(pair[1], pair[0]):
            pair, back = back, pair  # "each member has one membership"
        if back in found:
            found[back] = Relation(child=back[0], parent=back[1], many=True)
        elif pair not in found:
            found[pair] = Relation(child=pair[0], parent=pair[1], many=many)
    found = {pair: r for pair, r in found.items() if tenant not in pair}
    for relation in _usual(nouns, tenant, found):
        if _is_reached(relation, found):
            continue  # a ticket of a device is the ticket of the device's customer
        found.setdefault((relation.child, relation.parent), relation)
    linked = {noun for pair in found for noun in pair} | {tenant}
    linked |= {noun for r in roles for noun in (r.child, r.parent)}
    return (*found.values(), *roles), tuple(n for n in nouns if n not in linked)


def _is_reached(guess: Relation, known: dict[tuple[str, str], Relation]) -> bool:
    """Whether a guessed parent is that of a parent that was told."""
    told = [p for (c, p), r in known.items() if c == guess.child and not (r.many or r.why)]
    return any((p, guess.parent) in known and not known[p, guess.parent].many for p in told)


def _hangs(child: str, parent: str) -> bool:
    """Whether the one usually hangs on the other."""
    groups = kinds.USUAL.get(kinds.head(child), ())
    return any(kinds.head(parent) in group.split("|") for group in groups)


def _match(noun: str, nouns: tuple[str, ...]) -> str:
    """The entity that a noun means: itself, or the one of which it is the last word."""
    if noun in nouns:
        return noun
    near = [n for n in nouns if kinds.head(n) == kinds.head(noun)]
    return near[0] if len(near) == 1 and " " not in noun else ""


def _usual(
    nouns: tuple[str, ...], tenant: str, known: dict[tuple[str, str], Relation]
) -> Iterator[Relation]:
    """What such things usually hang on, where the words do not say it."""
    own = tuple(n for n in nouns if n != tenant)
    yield from _sides(own, known)
    usual = [r for noun in own for r in _of_kind(noun, own) if not _said(r, known)]
    yield from usual
    said = {pair for pair, r in known.items() if not r.why}
    parents = {*known, *((r.child, r.parent) for r in usual)}
    for noun in own:
        if kinds.is_a(noun, kinds.BOOKINGS):
            for parent in _booked(noun, own, parents, said):
                if not any({noun, parent} == set(pair) for pair in known):
                    yield Relation(
                        child=noun, parent=parent, why=f"{noun}s are usually of one {parent}"
                    )


def _sides(nouns: tuple[str, ...], known: dict[tuple[str, str], Relation]) -> Iterator[Relation]:
    """What two of the other come together for, where the words do not link them."""
    for noun in nouns:
        for head in kinds.SIDES.get(kinds.head(noun), "").split("|"):
            side = next((n for n in nouns if kinds.head(n) == head), "")
            if side:
                relation = Relation(
                    child=noun, parent=side, many=True, why=f"a {noun} is of two {side}s"
                )
                if not _said(relation, known):
                    yield relation
                break


def _said(relation: Relation, known: dict[tuple[str, str], Relation]) -> bool:
    return any({relation.child, relation.parent} == set(pair) for pair in known)


def _of_kind(noun: str, nouns: tuple[str, ...]) -> Iterator[Relation]:
    owner = noun.rpartition(" ")[0]
    named = next((n for n in nouns if n != noun and owner and singular(owner) == n), "")
    if named:
        of_kind = kinds.head(noun) in _KINDS  # a type has items, not an item types
        pair = (named, noun) if of_kind else (noun, named)
        yield Relation(child=pair[0], parent=pair[1], why=f"its name says so: {noun}")
    for group in kinds.USUAL.get(noun, kinds.USUAL.get(kinds.head(noun), ())):
        wanted = group.split("|")
        near = [n for w in wanted for n in nouns if kinds.head(n) == w and n != noun]
        if near and named not in near:
            why = f"a {noun} is usually of one {near[0]}"
            yield Relation(child=noun, parent=near[0], why=why)


def _booked(
    noun: str,
    nouns: tuple[str, ...],
    pairs: set[tuple[str, str]],
    known: set[tuple[str, str]],
) -> Iterator[str]:
    """What a booking is of: the staff and resources, and for whom, nearest to the thing."""
    own = {kinds.head(n): n for n in nouns if n != noun}
    of_models = {c for c, p in pairs if {(noun, p), (p, noun)} & pairs}  # the unit comes later
    wanted = kinds.STAFF | kinds.RESOURCES
    if any(c == noun and kinds.is_a(p, kinds.RESOURCES) for c, p in known):
        wanted = kinds.STAFF - {
            "staff",
            "employee",
        }  # "members book a desk": what is booked is said
    yield from (n for h, n in own.items() if h in wanted and n not in of_models)
    if not kinds.is_series(noun):
        yield from (n for n in nouns if kinds.is_series(n) and kinds.head(n) == kinds.head(noun))
    if kinds.head(noun) in kinds.USUAL:
        return  # whom it is for stands there
    subjects = [
        n for h, n in own.items() if h in kinds.PEOPLE | kinds.SUBJECTS and h not in kinds.STAFF
    ]
    over = {parent for child, parent in pairs if child in subjects}
    signed = {p for c, p in known if (c, noun) in known}  # who signs up for a shift
    yield from (n for n in subjects if n not in over | signed)
