"""What must be met and the pick meets only with something beside it; promises that must hold."""

import re
from collections.abc import Iterator

from blueproof.advisors.choose.case import Choice
from blueproof.decide.scoring import Scored, asked_aspect, short_of
from blueproof.decide.workload import is_moving, workload
from blueproof.facts.load import fact
from blueproof.facts.options import GOOD

_SAID = {
    "hipaa": "Health records",
    "region": "Where data is kept",
    "reporting": "Reports in SQL",
    "self-hosted": "On your own servers",
    "spending-cap": "A limit on spending",
}
_SPARK = "firebase.spark-reads-per-day"
_MILLION = 1_000_000
_OVERBOOKED = re.compile(
    r"\b(?:over-?book\w*|double[- ]book\w*|(?:last|same) (?:seat|spot|slot|place|ticket)|"
    r"oversell\w*|over-?sold)",
    re.IGNORECASE,
)


def sentences(choice: Choice, decisive: str = "", headline: str = "") -> Iterator[str]:
    """A sentence for each: what it takes, or how the promise is kept.

    `decisive` is the aspect that the `headline` has spoken of already.
    """
    if choice.pick.ruled_out:
        return
    aspects = choice.pick.option.aspects
    for dimension in sorted(short_of(choice.needs, choice.pick.option) & {*_SAID}):
        aspect = asked_aspect(choice.needs, dimension)
        if aspect == decisive or (dimension == "region" and "country" in choice.musts()):
            continue
        held = aspects[aspect]
        yield f"{_SAID[dimension]}: {held.says}; it takes {held.remedy}."
        if dimension == "spending-cap" and choice.pick.option.family == "firebase":
            yield f"{fact(_SPARK).says}."
    yield from _agreement(choice, decisive)
    yield from _demanded(choice, headline)
    yield from _machines(choice)
    if _OVERBOOKED.search(choice.brief.request):
        held = aspects["booking"]
        keeps = held.says if held.level >= GOOD else f"{held.says}; {held.remedy}"
        yield f"No overbooking: {keeps}."


def _agreement(choice: Choice, decisive: str) -> Iterator[str]:
    """How the agreement on health data is signed, where the vendor signs it without an add-on."""
    held = choice.pick.option.aspects["hipaa"]
    asked = choice.needs.value("hipaa") == "yes" and choice.needs.value("self-hosted") != "yes"
    if asked and held.level >= GOOD and decisive != "hipaa":
        yield f"{_SAID['hipaa']}: {held.says}."


def _demanded(choice: Choice, headline: str) -> Iterator[str]:
    """What holds each demand, on which plan; of which option that is not known."""
    for each in choice.stands(choice.pick):
        first = f"{each.must[0].upper()}{each.must[1:]}"
        if each.says not in headline:
            yield f"{first}: {each.says}."
    others = [(s, each) for s, each in choice.unsure if s is not choice.pick]
    for must in dict.fromkeys(each.must for _, each in others):
        names = [choice.named(s) for s, each in others if each.must == must]
        yield f"Not known of {' and '.join(names)}: {must}."


def out(choice: Choice, said: str) -> str:
    """The other options that a demand or the law on health data rules out, where not `said` yet."""
    told = [
        f"{choice.named(s)} ({reason})"
        for s in choice.decision.ranked[1:]
        if s.option.family in choice.needs.options
        for reason in _vetoes(choice, s)
        if reason not in said
    ]
    return f"Out: {'; '.join(told)}." if told and not choice.pick.ruled_out else ""


def _vetoes(choice: Choice, option: Scored) -> list[str]:
    """The first reason of that kind, if there is one."""
    vetoes = {each.says for each in choice.stands(option) if each.verdict == "no"}
    if choice.needs.value("hipaa") == "yes":
        vetoes.add(option.option.aspects["hipaa"].says)
    return [reason for reason in option.ruled_out if reason in vetoes][:1]


def _machines(choice: Choice) -> Iterator[str]:
    """What is sent at intervals, as so many records, and what keeps them few."""
    month = choice.needs.writes
    if not month:
        return
    if is_moving(choice.needs):
        watchers = choice.needs.watchers
        shown = (
            f", on {watchers} screens {month * watchers / _MILLION:,.0f} million"
            if watchers
            else ""
        )
        yield (
            f"Positions: {month / _MILLION:,.1f} million a month at your rate{shown}; each "
            "replaces the one before and none is kept, and half as often is half of that line."
        )
        return
    figures = {f.id: f.value for f in workload(choice.needs, choice.decision.users).figures}
    months = choice.needs.kept_months or figures["kept"]
    held = choice.pick.option.aspects["time-series"]
    keep = f": {held.remedy}" if held.remedy else ""
    yield (
        f"Readings: {month / _MILLION:,.1f} million a month, {month * months / _MILLION:,.0f} "
        f"million after {months:.0f} months as they come{keep}."
    )
