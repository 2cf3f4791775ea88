"""Minutes of video and voice calls, as the words tell them: no back end carries them."""

import re
from dataclasses import dataclass

from blueproof.decide.deeds import amount, deeds_of
from blueproof.decide.people import People

_CALL = re.compile(
    r"\b(?:video|voice|phone|audio)[- ]?(?:visits?|calls?|consult\w*|appointments?|sessions?|"
    r"chats?|meetings?|interviews?|lessons?|tutoring|rooms?)\b|\btele(?:health|medicine|consult\w*)\b|"
    r"\bcalls? (?:between|with)\b",
    re.IGNORECASE,
)
_MINUTES = re.compile(
    r"\b(?P<many>\d{1,3})(?:\s*(?:-|\u2013|to)\s*(?P<upto>\d{1,3}))?[- ]?min(?:ute)?s?\b",
    re.IGNORECASE,
)
_HELD = frozenset(
    "visit appointment session consultation lesson tour report job request round".split()
)
_TWO = 2  # people in a call, where no more are told


@dataclass(frozen=True, kw_only=True)
class Calls:
    """So many calls a month of `minutes` each; both sides are billed by their minutes."""

    month: float
    minutes: float
    what: str

    @property
    def total(self) -> float:
        """The minutes of all people in them."""
        return self.month * self.minutes * _TWO


def calls_of(text: str, people: People) -> Calls | None:
    """The calls told with how many and how long; None where either is missing."""
    if not _CALL.search(text):
        return None
    deed = next((d for d in deeds_of(text, people) if d.what in _HELD), None)
    length = _MINUTES.search(text)
    if deed is None or length is None:
        return None
    low = amount(length["many"])
    high = amount(length["upto"]) if length["upto"] else low
    return Calls(month=deed.month, minutes=(low + high) / 2, what=deed.what)
