"""The rules that the words ask for: whose rows are kept apart, and what is not booked twice."""

import re
from collections.abc import Iterator

from blueproof.advisors.model import kinds
from blueproof.advisors.model.nouns import noun_of, singular
from blueproof.advisors.model.told import Isolation, Relation

_OWN = re.compile(
    r"\b(?:each|every|a|one|no|different) (?P<who>[a-z]+(?: [a-z]+)?) "
    r"(?:(?:can|may|must|should|will|shall) )?(?:never |not |only )*(?:be able to )?(?:ever )?"
    r"(?:sees?|access(?:es)?|reads?|views?|has|have|manages?|keeps?) (?:only )?"
    r"(?:(?:to )?(?:its|their|his|her) own\b|(?:the )?(?:data|rows|records|\w+) of (?:an)?other"
    r"|(?:an)?other\b|each other)",
    re.IGNORECASE,
)
_OWN_TO = re.compile(
    r"\b(?P<who>[a-z]+) (?:must|should|can|may|shall) (?:only |never |not )*(?:be able to )?"
    r"(?:only )?(?:see|access|read) (?:only )?(?:its|their|each other|other)\b",
    re.IGNORECASE,
)
_SEES = re.compile(r"\b(?:see|sees|access\w*|reads?|views?)\b", re.IGNORECASE)
_NONE_SEES = re.compile(
    r"\b(?P<who>[a-z]+s),? [^.;!?\n]{0,60}?\b(?:must|may|should|can|shall)(?:n't| ?not| never) "
    r"(?:be able to )?(?:see|access|read) (?:each |one an)other",
    re.IGNORECASE,
)
_OF_ANOTHER = re.compile(
    r"\bof (?:one|an?) (?P<who>[a-z]+)\b[^.;!?\n]{0,40}\b(?:never|not|only|can't"
    r"|cannot)\b[^.;!?\n]{0,12}"
    r"\b(?:see|access|read)\b[^.;!?\n]{0,40}\b(?:an)?other (?P=who)\b",
    re.IGNORECASE,
)
_SEE_OTHER = re.compile(r"\b(?:see|access|read)\b.*\b(?:an)?other\b", re.IGNORECASE)
_IN_ANOTHER = re.compile(
    r"\b(?:impossible|never|not|cannot|can't|mustn't|nobody|no one)\b[^.;!?\n]{0,60}\b(?:an?|any"
    r"|the) "
    r"[a-z]+ (?:of|from|in) (?:another|a different) (?P<who>[a-z]+)\b",
    re.IGNORECASE,
)
_APART = re.compile(
    r"\b(?:multi[- ]?tenan\w+|row[- ]level security|rls|saas|tenant isolation|"
    r"per[- ]tenant)\b",
    re.IGNORECASE,
)
TWICE = re.compile(
    r"\bdouble[- ]?book\w*|(?<!can )(?<!may )(?<!might )\boverlap\w*|\b(?:booked|rented"
    r"|reserved|hired|used|scheduled) twice\b|"
    r"\btwo (?:bookings|appointments|reservations|rentals|lessons|classes) at (?:once|the same)|"
    r"\b(?:same time|at once|conflict\w*|clash\w*)\b",
    re.IGNORECASE,
)
# Rows that all may read are not kept apart by whose they are.
_SHARED = re.compile(
    r"\b(?:everyone|everybody|anyone|anybody|all users|the public|visitors|guests) (?:can|may"
    r"|should|must|is able to|sees?|reads?)\b|\b(?:publicly|public) (?:readable|visible|listed)\b",
    re.IGNORECASE,
)
_NOT_MANY = 2
_DEMANDS = re.compile(
    r"\b(?:must(?:n't| not)?|never|cannot|can(?:'t| not)|may not|should not|shouldn't|at most"
    r"|no more than|not allowed|only (?:one|once|if|when|after|the)|no two|without gaps"
    r"|at least|expires? after|less than \d+ ?\w+ before|counts? as (?:used|late|absent|paid))\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"(?:[^.,!?;:()\n]|[.,](?=\d))+")
_FEWEST_WORDS = 3


def tenancy(text: str, nouns: tuple[str, ...], *, supabase: bool) -> tuple[str, str, Isolation]:
    """The tenant, why it was taken where it was not said, and how its rows are kept apart."""
    if _SHARED.search(text):
        return "", "", ""
    how: Isolation = "supabase" if supabase else "setting"
    for found in (
        *_OWN.finditer(text),
        *_OWN_TO.finditer(text),
        *_NONE_SEES.finditer(text),
        *_OF_ANOTHER.finditer(text),
        *_of_tenants(text),
    ):
        who = _last_known(found["who"], nouns)
        if " own" in found[0].lower() and not _SEES.search(found[0]) and who not in kinds.TENANTS:
            continue  # "every unit has its own serial number"
        if who:
            return who, "", how
    if not _APART.search(text):
        return "", "", ""
    likely = [n for n in nouns if kinds.is_a(n, kinds.TENANTS - kinds.PEOPLE)]
    if likely:
        return likely[0], "several of them share the tables, by your words", how
    return "organisation", "your words speak of tenants and name no kind of them", how


def _of_tenants(text: str) -> Iterator[re.Match[str]]:
    """Where nothing of one may go to another: "a user of another company"."""
    for found in _IN_ANOTHER.finditer(text):
        if singular(found["who"].lower()) in kinds.TENANTS - kinds.PEOPLE:
            yield found


def _last_known(who: str, nouns: tuple[str, ...]) -> str:
    """The entity that a phrase ends with, or one that people call a tenant."""
    last = singular(who.lower().split()[-1])
    whole = noun_of(who)
    known = next((n for n in nouns if n in {whole, last}), "")
    return known or (last if last in kinds.TENANTS else "")


def booked(
    text: str, nouns: tuple[str, ...], relations: tuple[Relation, ...]
) -> tuple[str, tuple[str, ...]]:
    """What is booked by time, and of which of its parents no two may overlap; "" for none."""
    bookings = [n for n in nouns if kinds.is_booking(n)]
    parents = {n: [r.parent for r in relations if r.child == n and not r.many] for n in bookings}
    best = max(bookings, key=lambda n: len(parents[n]), default="")
    if not best or not TWICE.search(text):
        return best, ()
    able = [p for p in parents[best] if kinds.is_a(p, kinds.STAFF | kinds.RESOURCES)]
    same = [p for p in parents[best] if re.search(rf"\bsame {re.escape(p)}\b", text, re.IGNORECASE)]
    named = [p for p in parents[best] if _near(text, p)]
    return best, tuple(same or named or able)


def unheld(text: str, *, exclusive: bool, tenant: bool) -> tuple[str, ...]:
    """The clauses that ask for a rule which neither bookings nor tenants uphold."""
    held = (
        *((TWICE,) if exclusive else ()),
        *((_OWN, _OWN_TO, _APART, _OF_ANOTHER, _IN_ANOTHER, _SEE_OTHER) if tenant else ()),
    )
    said = (" ".join(found[0].split()) for found in _CLAUSE.finditer(text))
    asked = (s for s in said if _DEMANDS.search(s) and len(s.split()) >= _FEWEST_WORDS)
    return tuple(s for s in asked if not any(h.search(s) for h in held))


def _near(text: str, noun: str) -> bool:
    """Whether the sentence about overlaps names it."""
    for sentence in re.split(r"[.;!?\n]", text.lower()):
        said = {singular(w) for w in re.findall(r"[a-z]+", sentence)}
        if (
            TWICE.search(sentence)
            and (set(noun.split()) <= said or kinds.head(noun) in said)
            and sentence.count(",") <= _NOT_MANY
        ):
            return True
    return False
