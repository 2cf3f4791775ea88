"""Which families of back ends are to choose from, and which are in use, as the words put it."""

import re
from itertools import pairwise

from blueproof.core.brief import Brief, Fact

# The technologies that stand for a whole back end when they are options, and their families; parts
# such as a sign-in service or a queue are chosen apart from it.
_FAMILY = {
    "convex": "convex",
    "firebase": "firebase",
    "cloud-firestore": "firebase",
    "firebase-realtime-database": "firebase",
    "supabase": "supabase",
    "supabase-realtime": "supabase",
    "supabase-auth": "supabase",
    "aws": "aws",
    "aws-amplify": "aws",
    "aws-appsync": "aws",
    "amazon-dynamodb": "aws",
}
# Of AWS these make the back end that is compared; a database or servers there are another's.
_OF_AMPLIFY = frozenset({"aws-amplify", "aws-amplify-datastore", "aws-appsync", "amazon-cognito"})
_OWN = frozenset(
    """postgresql mysql hasura amazon-rds amazon-aurora amazon-ec2 amazon-ecs aws-fargate express
    nestjs django ruby-on-rails laravel fastapi spring-boot kubernetes docker""".split()
)
_AMONG = frozenset({"option", "target", "mentioned"})
_ADVISED = re.compile(
    r"\b(?:says?|said|recommends?|recommended|suggests?|suggested|swears by|told (?:me|us)|"
    r"votes? for|wants?|prefers?|leans? (?:to|towards)|leaning (?:to|towards)|likes?|tend to|"
    r"thinking (?:of|about)|consider\w*)\s+(?:to\s+)?"
    r"(?:use\s+|go with\s+|take\s+)?(?:something like\s+)?$",
    re.IGNORECASE,
)
_SEPARATED = re.compile(r"\s*(?:/|,|\bor\b|\bvs\.?|\bversus\b|\||,\s*or)\s*", re.IGNORECASE)
_STAY = re.compile(
    r"\b(?:or stay|stay (?:on|with|where)|stay\?|or not\?|worth (?:it|the move))", re.IGNORECASE
)


# A family that was tried and is spoken of as a mistake.
_TRIED = re.compile(
    r"\b(?:tried|used|had|were on|was on|started (?:on|with)|came from|come from|burn(?:ed|t) by|"
    r"(?:left|dropped|ditched|abandoned))\s+(?:out\s+)?(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
_REGRETTED = re.compile(
    r"^[^.?!\n]{0,70}\b(?:kill(?:ed|ing)|hat(?:e|ed)|burn(?:ed|t)|nightmare|disaster|horr\w+|"
    r"never again|regret\w*|left it|gave up|abandon\w*|fail(?:ed|ing)|broke|ate us|sucked|"
    r"too (?:expensive|costly|dear|slow|limited|complex|complicated|much)|ruin\w+|painful|hell)\b",
    re.IGNORECASE,
)
_PARTED = re.compile(r"\b(?:left|dropped|ditched|abandoned|burn(?:ed|t) by)\s+(?:\w+\s+){0,2}$",
                     re.IGNORECASE)  # fmt: skip
# A family of which nobody knows anything.
_STRANGE = re.compile(
    r"\b(?:nobody|no one|none of us|noone)\b[^.;?!\n]{0,40}\b(?:knows?|used|touched|understands?|"
    r"worked with|has (?:any )?experience (?:with|in|of))\s+(?:about\s+|any\s+)?$|"
    r"\b(?:never|not)\s+(?:\w+\s+){0,2}?"
    r"(?:used|touched|worked with|worked on|learn(?:ed|t)|seen)\s+$|"
    r"\b(?:don'?t|do not|doesn'?t)\s+(?:really\s+)?(?:know|understand)\s+(?:any\s+)?$|"
    r"\b(?:no|zero|little|without)\s+(?:\w+\s+)?(?:knowledge|experience|skills?|idea)\s+"
    r"(?:of|with|in|on|about)\s+$",
    re.IGNORECASE,
)


def family_of(technology: str) -> str:
    """The family of options that a technology stands for, or "" if none."""
    return _FAMILY.get(technology, "")


def candidates(brief: Brief) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The families to choose among, and those in use."""
    named = [f for f in brief.facts if f.key == "technology" and family_of(str(f.value))]
    named = [f for f in named if not _is_regretted(f, brief)]
    strange = [f for f in named if _is_strange(f, brief)]
    current = [f for f in named if f.role == "current" and f not in strange]
    moved = [f for f in current if _is_advised(f, brief.request)] or _listed(current, brief.request)
    options = [
        f
        for f in named
        if (_is_spoken_of(f, brief) if f in strange else f.role in _AMONG) or f in moved
    ]
    used = _families([f for f in current if f not in moved])
    if not _on_amplify(brief):
        used = tuple(family for family in used if family != "aws")
    chosen = _families(options)
    if len(chosen) > 1 and used and _STAY.search(brief.request):
        chosen = (*chosen, *(family for family in used if family not in chosen))
    return chosen, used


def rejected(brief: Brief) -> tuple[str, ...]:
    """The families that the words turn down."""
    told = [f for f in brief.facts if f.key == "technology"]
    out = [f for f in told if f.role == "rejected" and not _is_strange(f, brief)]
    return _families([*out, *(f for f in told if _is_regretted(f, brief))])


def unfamiliar(brief: Brief) -> tuple[str, ...]:
    """The families of which the words say that nobody who builds it knows them."""
    told = [f for f in brief.facts if f.key == "technology"]
    return _families([f for f in told if _is_strange(f, brief)])


def _is_strange(fact: Fact, brief: Brief) -> bool:
    return any(_STRANGE.search(brief.request[:start]) for start, _ in _places(fact, brief))


def _is_spoken_of(fact: Fact, brief: Brief) -> bool:
    """Whether it is named elsewhere than where nobody knows it."""
    return not all(_STRANGE.search(brief.request[:at]) for at, _ in _places(fact, brief))


def _places(fact: Fact, brief: Brief) -> list[tuple[int, int]]:
    """Where the words name it: a fact stands for the most telling place only."""
    if not (fact.span and fact.quote):
        return []
    written = rf"(?<!\w){re.escape(fact.quote)}(?!\w)"
    return [found.span() for found in re.finditer(written, brief.request, re.IGNORECASE)]


def _is_regretted(fact: Fact, brief: Brief) -> bool:
    """Whether it was tried and given up: "we tried Firebase and the bill killed us"."""
    text = brief.request
    return bool(family_of(str(fact.value))) and any(
        (_TRIED.search(text[:start]) and _REGRETTED.search(text[end:]))
        or _PARTED.search(text[:start])
        for start, end in _places(fact, brief)
    )


def _families(facts: list[Fact]) -> tuple[str, ...]:
    found = (family_of(str(f.value)) for f in facts)
    return tuple(dict.fromkeys(family for family in found if family))


def _is_advised(fact: Fact, text: str) -> bool:
    """Whether somebody only speaks for it: "my cousin says firebase"."""
    return bool(fact.span and _ADVISED.search(text[: fact.span[0]]))


def _listed(current: list[Fact], text: str) -> list[Fact]:
    """The technologies that stand in a list of nothing but names: "firebase / supabase"."""
    placed = sorted((f for f in current if f.span), key=lambda f: f.span or (0, 0))
    found: list[Fact] = []
    for first, second in pairwise(placed):
        between = text[(first.span or (0, 0))[1] : (second.span or (0, 0))[0]]
        two = family_of(str(first.value)) != family_of(str(second.value))
        if two and _SEPARATED.fullmatch(between):
            found += [f for f in (first, second) if f not in found]
    return found


def _on_amplify(brief: Brief) -> bool:
    """Whether AWS in use is the back end compared here, not servers or a database of one's own."""
    used = {str(f.value) for f in brief.facts if f.key == "technology" and f.role == "current"}
    return bool(used & _OF_AMPLIFY) or not used & _OWN
