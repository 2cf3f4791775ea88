"""Whether a request asks for the watching of a system as a whole."""

import re

from blueproof.advisors.observe.signals import Aim, signals
from blueproof.core.brief import Brief

_WATCHING = re.compile(
    r"\b(?:monitor(?:ing|ed|s)?|observability|alert(?:s|ing)?|alarms?|on[- ]?call|slos?"
    r"|pag(?:ed|ing|es|er)|page (?:me|us|someone|somebody)|wakes? (?:me|us|someone"
    r"|somebody)(?: up)?"
    r"|woken(?: up)?|dashboards?|thresholds?)\b",
    re.IGNORECASE,
)
_WISHED = re.compile(
    r"\b(?:set ?up|want|need|would you|should (?:we|i)|how (?:do|should|would|can) (?:we|i|you)"
    r"|what (?:do|should|would)|which (?:\w+ ){0,3}(?:should|would|do|must|need)|recommend\w*"
    r"|help|sane|from scratch|best practice|build)\b",
    re.IGNORECASE,
)
# One product against another, or one thing that fails: others answer those.
_ONE_THING = re.compile(
    r"\b(?:datadog|new relic|grafana|prometheus|sentry|cloudwatch|honeycomb|better ?stack)\b"
    r"[^.?!]{0,40}\b(?:or|vs\.?|versus)\b|\b(?:why|error|exception|doesn'?t fire|not firing"
    r"|is slow|crash\w*|cheaper|cost of|too expensive)\b",
    re.IGNORECASE,
)
# What is asked of nights and alarms is no design, whatever else is told.
_WAKES = re.compile(
    r"\b(?:what|which)\b[^.?!]{0,50}\b(?:wakes?|page|pages|alarms?|alerts?|monitors)\b",
    re.IGNORECASE,
)
SLOT = "monitoring"  # of what is recommended
_LEAST = 4  # signals of a system: with fewer its parts are not told


def observes(brief: Brief) -> bool:
    """Whether monitoring, alarms or on-call are wished for, of parts that are named."""
    text = brief.request
    if not _WATCHING.search(text) or not _WISHED.search(text) or _ONE_THING.search(text):
        return False
    wished = (
        _main_problem(brief) == "monitoring"
        or len({w.lower() for w in _WATCHING.findall(text)}) > 1
    )
    return wished and len(signals(technologies(brief), Aim(rate=1))) >= _LEAST


def is_about_watching(brief: Brief) -> bool:
    """Whether that is the main thing asked, and no part of a design."""
    asked = _main_problem(brief) == "monitoring" or bool(_WAKES.search(brief.request))
    return asked and observes(brief)


def _main_problem(brief: Brief) -> str:
    return next((str(f.value) for f in brief.facts if f.key == "problem"), "")


def technologies(brief: Brief) -> frozenset[str]:
    """What is in use or to be used."""
    return frozenset(
        str(f.value)
        for f in brief.facts
        if f.key == "technology" and f.role not in {"negated", "rejected"}
    )
