"""What the alarms that are there are worth: how many of the nights' calls were nothing."""

from blueproof.core.brief import Brief
from blueproof.facts.pattern import LatePattern

_NUMBER = r"(?P<{0}>\d{{1,4}})"
_PAGED = LatePattern(
    rf"(?i)\b(?:pag(?:ed|er|es|ing)|went off|woke\w*|alarms?|alerts?|fired|notif\w+"
    rf"|called)\b[^.?!\n]{{0,40}}?"
    rf"{_NUMBER.format('all')}\s?(?:x|times|pages|alerts"
    rf"|alarms)?[^.?!\n]{{0,24}}?{_NUMBER.format('bad')} "
    r"(?:of (?:them|those|which) )?(?:were|was|had been) (?:nothing|noise|false|not real"
    r"|useless|self)"
)
_CPU = LatePattern(
    r"(?i)\bcpu\b[^.;,)\n]{0,16}?(?P<of>\d{2,3})\s?%(?:[^.;,)\n]{0,12}?(?P<time>\d+\s?(?:min\w*|m|s\w*)))?"
)
_UNWANTED = LatePattern(
    r"(?i)\b(?:don'?t|do not|not|no|never|without|instead of"
    r"|rather than)\b[^.;?!\n]{0,24}\d+ (?:alarms?|alerts?)"
)


def noise(brief: Brief) -> str:
    """What the told pages were worth, and what to do with one on CPU; "" where none are told."""
    text = brief.request
    paged, cpu = _PAGED.search(text), _CPU.search(text)
    said = []
    if paged and 0 < int(paged["bad"]) <= int(paged["all"]):
        real = int(paged["all"]) - int(paged["bad"])
        said.append(
            f"Of {paged['all']} pages {real} {'was' if real == 1 else 'were'} real "
            f"({real / int(paged['all']):.0%}): an alarm on which nobody had to act is deleted or "
            "made a ticket the next morning."
        )
    if cpu and paged:
        lasted = f" for {cpu['time']}" if cpu["time"] else ""
        said.append(
            f"CPU above {cpu['of']} %{lasted} wakes nobody: a busy processor that answers in time "
            "is no fault, and one that does not shows in the failed or slow answers."
        )
    return " ".join(said)


def unwanted(brief: Brief) -> str:
    """The words that say how many alarms are not wanted; "" where none do."""
    return " ".join(found[0] for found in _UNWANTED.finditer(brief.request))
