"""The words about a figure that tell its role: max 100, takes 5 s, every 8 s."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from blueproof.intake.words.number_tokens import Tokens, at, lower_at

Role = Literal["load", "size", "limit", "measured", "price", "duration"]

REACH = 7  # tokens looked at on either side
_REACH_OF_SUBJECT = 12
_REACH_AFTER = 3
_NEAR = 4
_COMMA = 3  # how much further off a comma makes a word
_SENTENCE = 40  # tokens in which a sentence's other words are looked for

# Cues before a figure and after it: the nearest one that suits the unit decides.
_BEFORE: dict[Role, str] = {
    "limit": """
        first max maximum limit limits limited cap caps capped quota ceiling throttle throttled
        throttling up_to at_most no_more under below < <= less_than fewer_than not_exceed exceed
        exceeds allow allows allowed timeout timeouts sla slo target must should
        guarantee threshold restrict restricts restricted hard restriction cannot_exceed
        times_out timed_out goal aim min minimum at_least reserved provisioned
        gives_us gives_you
    """,
    "measured": """
        takes took taking take taken average avg averages averaging p50 p90 p95 p99 p999 median
        mean out_after currently_at is_at usage utilization utilisation uses using used consumes
        consuming spikes spike spiked spiking peaks peaked jumps jumped reaches reached reaching
        hits hitting drops dropped latency latencies lag lags delay delayed slow response
        measured observed wait waits waiting hangs hang hung start starts cold slowed slowed_to
        over observe lasted ran finishes finished completes completed elapsed respond responds
        responding returns returned scans scanned scanning fetches fetched reads shows showing
        sits sitting hovers hovering rises rose climbs climbed grew spends spent load_time
        execution query_time stuck stays reports loads loading cpu hit error success
        failure rate actual seeing went going processing process dropping loses lost
    """,
    "duration": """
        every each within in after for retention retain retained keep keeps kept last past older
        deadline ago interval per until during expires expire ttl next since lasting once
        schedule scheduled period window between
    """,
}
_BEHIND: dict[Role, str] = {
    "limit": """
        limit limits max maximum timeout timeouts cap quota threshold ceiling allowed sla slo
        target or_less tops at_most restriction pool are_exceeded is_exceeded uptime
        availability free for_free included
    """,
    "measured": """
        latency latencies lag delay response usage utilization utilisation used average avg slow
        cpu p95 p99 p50 on_average to_load to_respond to_complete to_finish to_run to_return
        to_execute hit faster slower of_the quota_reached
    """,
    "duration": """
        ago old retention interval intervals ttl window deadline history
    """,
}
_WEAK = frozenset({"for", "in", "over"})  # a word further off that says more goes first
SUBJECTS = frozenset("limit limits maximum quota cap ceiling".split())
LINKS = frozenset({"is", "are", "of", "to", "at", ":", "="})
_BLIND = frozenset({"¤"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """The words about a figure, nearest first, with those of its sentence before it."""

    before: tuple[str, ...]
    further: tuple[str, ...]
    behind: tuple[str, ...]
    sentence: frozenset[str]

    @property
    def near(self) -> frozenset[str]:
        """The nearest words on both sides, as far as the last comma."""
        comma = self.before.index(",") if "," in self.before else REACH
        return frozenset((*self.before[: min(comma, _NEAR)], *self.behind))


@cache
def _cues(*, before: bool) -> dict[str, Role]:
    table = _BEFORE if before else _BEHIND
    return {word: role for role, words in table.items() for word in words.split()}


def surroundings(tokens: Tokens, first: int, after: int, *, floor: int) -> Surroundings:
    """The words about a figure; those before end where the figure before it does."""
    before: list[str] = []
    index = first - 1
    while len(before) < _REACH_OF_SUBJECT and index >= floor and not bounds(tokens, index):
        before.append(lower_at(tokens, index))
        index -= 1
    behind: list[str] = []
    index = after
    while len(behind) < _REACH_AFTER and _goes_on(tokens, index):
        behind.append(lower_at(tokens, index))
        index += 1
    return Surroundings(
        before=tuple(before[:REACH]),
        further=tuple(before),
        behind=tuple(behind),
        sentence=_sentence(tokens, first),
    )


def _goes_on(tokens: Tokens, index: int) -> bool:
    token = at(tokens, index)
    return token.kind in {"word", "sign"} and token.text not in {",", ";", "¤"}


def bounds(tokens: Tokens, index: int) -> bool:
    """Whether no sentence goes on across this token."""
    token = at(tokens, index)
    if token.kind == "line":
        return lower_at(tokens, index - 1) != ":"
    return token.kind == "stop" or token.text in _BLIND


def _sentence(tokens: Tokens, first: int) -> frozenset[str]:
    found: set[str] = set()
    for step in (-1, 1):
        index = first + step
        while abs(index - first) < _SENTENCE and at(tokens, index).kind not in {"stop", "line"}:
            found.add(lower_at(tokens, index))
            index += step
    return frozenset(found)


def ranked(words: tuple[str, ...], *, before: bool) -> list[tuple[int, str, Role]]:
    """The cues among the words with how far off they are."""
    cues, found, further = _cues(before=before), [], 0
    for place, word in enumerate(words):
        further += _COMMA if word in {",", "(", ")", "and", "but"} else 0
        other = words[place + 1] if place + 1 < len(words) else ""
        pair = f"{other}_{word}" if before else f"{word}_{other}"
        for cue in (pair, word, *(_identifier(word) if before or not place else ())):
            if cue in cues and place + further < REACH:
                weak = _COMMA if cue in _WEAK else 0
                found.append((place + further + weak, cue, cues[cue]))
                break
    return found


def _identifier(word: str) -> list[str]:
    """The parts of a name such as max_connections."""
    return [part.lower() for part in word.split("_")] if "_" in word else []
