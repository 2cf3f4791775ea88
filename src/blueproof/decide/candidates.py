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


def family_of(technology: str) -> str:
    """The family of options that a technology stands for, or "" if none."""
    return _FAMILY.get(technology, "")


def candidates(brief: Brief) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The families to choose among, and those in use."""
    named = [f for f in brief.facts if f.key == "technology" and family_of(str(f.value))]
    current = [f for f in named if f.role == "current"]
    moved = [f for f in current if _is_advised(f, brief.request)] or _listed(current, brief.request)
    options = [f for f in named if f.role in _AMONG or f in moved]
    used = _families([f for f in current if f not in moved])
    if not _on_amplify(brief):
        used = tuple(family for family in used if family != "aws")
    chosen = _families(options)
    if len(chosen) > 1 and used and _STAY.search(brief.request):
        chosen = (*chosen, *(family for family in used if family not in chosen))
    return chosen, used


def rejected(brief: Brief) -> tuple[str, ...]:
    """The families that the words turn down."""
    return _families([f for f in brief.facts if f.key == "technology" and f.role == "rejected"])


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
