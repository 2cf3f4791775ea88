"""A trouble that comes by the clock, and the job that the words say runs at the same times."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.core.advice import Step
from blueproof.facts.pattern import LatePattern

_EVERY = LatePattern(
    r"\bevery (?P<count>\d+)?\s?(?P<unit>s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:ours?|rs?)?"
    r"|days?|night|morning)\b|\b(?P<plain>hourly|nightly|daily)\b",
    re.IGNORECASE,
)
_JOB = LatePattern(
    r"@?cron\w*|\bjobs?\b|\bexports?\b|\bimports?\b|\bschedul\w+|\bbatch\w*|\bsync\w*|\breports?\b"
    r"|\bbackups?\b|\brefresh\w*|\bpoll\w*|\btimers?\b|\bsetinterval\b|\btasks?\b",
    re.IGNORECASE,
)
_HURTS = LatePattern(
    r"\b(?:p9\d\w*|spik\w+|jumps?|slow\w*|latency|lag\w*|hangs?|time ?outs?|errors?|5\d\d\w*|drops?"
    r"|freez\w+|stuck|goes from|climbs?)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[^.;\n]+(?:\.(?=\S)[^.;\n]*)*")
_PLAIN = {"hourly": "1h", "nightly": "1d", "daily": "1d"}
_LABEL = re.compile(r"^[^:(]{0,24}: ")
_LONGEST = 70
SWITCH_OFF = "Switch off"  # what the first step begins with


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """How often the trouble comes, as it is told, and the words on the job that comes as often."""

    period: str
    job: str

    @property
    def sentence(self) -> str:
        """The match, as what speaks for the job."""
        return (
            f"The trouble comes {self.period}, like what you tell of: \u201c{self.job}\u201d."
            " Switch that off for two rounds: if the trouble stays away, it is the cause."
        )

    @property
    def steps(self) -> tuple[Step, ...]:
        """What to do at once, and what keeps it away."""
        return (
            Step(do=f"{SWITCH_OFF} \u201c{self.job}\u201d for two rounds", horizon="now",
                 check=f"nothing {self.period} any more", undo="switch it on again"),
            Step(do="If that was it: run it in a process of its own that serves no requests, in "
                 "pieces instead of as a whole", horizon="later", check="", undo=""),
        )  # fmt: skip


def rhythm_of(request: str) -> Rhythm | None:
    """The job that runs as often as the trouble comes; None where no two periods agree."""
    told = tuple(_told(request))
    for period, written, clause in told:
        if not _HURTS.search(clause) or _JOB.search(clause):
            continue
        for other, _, said in told:
            if other == period and said != clause and _JOB.search(said):
                return Rhythm(period=written, job=_short(said))
    return None


def _told(request: str) -> Iterator[tuple[str, str, str]]:
    """Each period, as it is written, with the clause that it stands in."""
    for clause in _CLAUSE.finditer(request):
        for found in _EVERY.finditer(clause[0]):
            yield _period(found), found[0].lower(), " ".join(clause[0].split())


def _period(found: re.Match[str]) -> str:
    if found["plain"]:
        return _PLAIN[found["plain"].lower()]
    unit = found["unit"][0].lower()
    return f"{found['count'] or 1}{'d' if unit == 'n' else unit}"


def _short(clause: str) -> str:
    """The clause about the job less its label, cut where it is long."""
    clause = _LABEL.sub("", clause)
    if len(clause) <= _LONGEST:
        return clause
    found = _JOB.search(clause)
    begin = max(0, clause.rfind(" ", 0, max(0, found.start() - 20)) if found else 0)
    return f"{clause[begin:][:_LONGEST].strip().rsplit(' ', 1)[0]} ..."
