"""What a request with files asks: what its words say, or a judgement of the files."""

import re
from dataclasses import replace

from blueproof.advisors.known.found import Found
from blueproof.advisors.known.ids_left import ids_left
from blueproof.advisors.known.ranking import assured, probable, ranked
from blueproof.advisors.known.reproduction.owning import (
    is_shown_by_query,
    is_slow,
    may_be_rebuilt,
)
from blueproof.core.brief import Brief
from blueproof.facts.entries import Failure
from blueproof.facts.pattern import LatePattern

_LEAST_WORDS = 6  # fewer only point at the file
_JUDGING = frozenset({"review", "is-this-fine"})
_ASKING = frozenset({"how", "why", "how-much"})
# Main problems that no lint of tables and queries answers.
_BEYOND = frozenset({
    "schema-migration", "migration", "connections", "troubleshoot", "deploy-cicd", "monitoring",
    "security-compliance", "realtime", "auth",
})  # fmt: skip
# Words by which the files themselves are to be judged.
_REVIEWED = (
    r"\b(?:review|check|look (?:at|over|through|into)|judge|audit|feedback|opinion|think of"
    r"|improve|wrong with|right)\b[^.?!\n]{0,40}"
    r"\b(?:schema|ddl|tables?|sql|database|polic(?:y|ies)|rls|row[- ]level security)\b"
)
_TO_REVIEW = LatePattern(_REVIEWED, re.IGNORECASE)
_OF_FILES = LatePattern(
    r"\b(?:index(?:es|ing)?|slow\w*|speed|optimi[sz]\w+|tun(?:e|ing)|perform\w*|quer(?:y|ies))\b"
    rf"|{_REVIEWED}",
    re.IGNORECASE,
)
_SAFE = (
    r"safe|secur\w+|insecure|ok(?:ay)?|fine|wrong|right|holes?|leak\w*|review|audit|check\w*|ready"
    r"|problems?|issues?|mistakes?|vulnerab\w+|exploit\w*|attack\w*|look (?:at|over|through)"
    r"|(?:go|going) live|(?:any|every|some)(?:one|body) (?:can|could|else)|abuse\w*"
)
_JUDGE_RULES = LatePattern(rf"\b(?:{_SAFE})\b", re.IGNORECASE)
_RULES_JUDGED = LatePattern(
    rf"\brules?\b[^.?!\n]{{0,80}}\b(?:{_SAFE})\b|\b(?:{_SAFE})\b[^.?!\n]{{0,80}}\brules?\b",
    re.IGNORECASE,
)
_POLICY = re.compile(r"\bcreate\s+policy\b", re.IGNORECASE)
_UNDER = LatePattern(r"\b(?:rls|row[- ]level security|polic(?:y|ies))\b", re.IGNORECASE)
_TAKES = LatePattern(
    r"\bslow\w*\b|\btime[sd]?[ -]?outs?\b|\bstatement timeout\b|\b(?:faster|make it fast)\b"
    r"|\b\d+(?:\.\d+)?\s*s(?:ec(?:onds?)?)?\b(?=[^.?!]*\b(?:app|client|api|supabase-js)\b)",
    re.IGNORECASE,
)
_OF_RULES = frozenset({"review", "is-this-fine", "yes-no", "why", "which"})


def asks_beyond_files(brief: Brief) -> bool:
    """Whether the words of a request with a schema ask something else than to judge it.

    A migration, an incident, locks, who may see what: the schema is evidence there. What is slow,
    and a schema or queries to look over, are judged on the tables themselves.
    """
    bare = replace(brief, documents=())
    if len(bare.request.split()) < _LEAST_WORDS or _kind(bare) == "":
        return False
    if _is_of_slow_policies(brief):
        return False
    found = ranked(bare)
    if _is_incident(found, brief):
        return not _TO_REVIEW.search(bare.request)  # else an error that is told beside is one more
    handed = brief.document("queries") is not None  # what is slow is shown, whatever it is called
    slow = is_slow(bare.request) and (handed or may_be_rebuilt(bare, has_query=True))
    if slow or _kind(bare) in _JUDGING or _OF_FILES.search(bare.request):
        return False
    best = probable(found)
    known = best is not None and not is_shown_by_query(best.entry.id)
    asks = _problem(bare) in _BEYOND and _kind(bare) in _ASKING
    return known or asks or bool(next(ids_left(bare), ""))


def _is_of_slow_policies(brief: Brief) -> bool:
    """Whether a query is said to be slow under row security whose policies are handed over.

    The policies themselves are planned then, whatever is published on policies.
    """
    schema = brief.document("schema")
    guarded = schema is not None and _POLICY.search(schema.text)
    return bool(guarded and _UNDER.search(brief.request) and _TAKES.search(brief.request))


def asks_of_rules(brief: Brief) -> bool:
    """Whether the words of a request with security rules ask what these let through."""
    if isinstance(getattr(probable(ranked(brief)), "entry", None), Failure):
        return False  # something fails: the cause is asked for
    if len(brief.request.split()) < _LEAST_WORDS or _RULES_JUDGED.search(brief.request):
        return True
    return _kind(brief) in _OF_RULES and bool(_JUDGE_RULES.search(brief.request))


def _is_incident(found: tuple[Found, ...], brief: Brief) -> bool:
    """Whether the words quote an error, or surely tell of a failure that no query shows.

    Of queries that are handed over, only an error's own text says that they are not it.
    """
    best = probable(found)
    if best is None or not isinstance(best.entry, Failure) or is_shown_by_query(best.entry.id):
        return False
    return bool(best.printed) or (assured(found) is best and not brief.document("queries"))


def _kind(brief: Brief) -> str:
    return next((str(f.value) for f in brief.facts if f.key == "kind"), "")


def _problem(brief: Brief) -> str:
    return next((str(f.value) for f in brief.facts if f.key == "problem"), "")
