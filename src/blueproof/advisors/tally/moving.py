"""A move for its price alone, held against what it takes: work once, and care each month."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from blueproof.advisors.premises.figures import per_period
from blueproof.core.advice import Step
from blueproof.core.blueprint import Conclusion, Draft, Premise, QuestionKind, Unproved
from blueproof.core.brief import Assumption, Brief, Fact
from blueproof.core.question import Question
from blueproof.facts.load import fact as known

_MOVES = re.compile(
    r"\b(?:mov(?:e|ing)|migrat(?:e|ing)|switch(?:ing)?) (?:\w+ ){0,3}?(?:to|over to|onto)\s+"
    r"(?:a |an |our own )?"
    r"(?P<to>hetzner|digital ?ocean|ovh|linode|vultr|contabo|scaleway|fly(?:\.io)?|railway"
    r"|render|coolify"
    r"|dokku|vps|bare metal|netcup|self[- ]host\w*)\b",
    re.IGNORECASE,
)
_THERE = re.compile(
    r"\b(?:would (?:be|cost)|it'?d (?:be|cost)|will (?:be|cost)|for only|for just|costs? only"
    r"|costs? just"
    r"|could be|there (?:is|it'?s)|only)\W{0,3}(?:about |around |like |just |only )?[\"']?[$€£]?$",
    re.IGNORECASE,
)
_PAYS = re.compile(
    r"\b(?:pay(?:ing)?|spend(?:ing)?|bill\w*|costs? us|costing us|currently)\b", re.IGNORECASE
)
_SIGNS = frozenset({"USD", "EUR", "GBP"})
_DAYS, _HOURLY, _CARE = Decimal(3), Decimal(60), Decimal(4)  # as for servers of one's own elsewhere
_HOURS_A_DAY = 8
_REACH = 40
_PATIENCE = 12  # months in which a move has to come back


@dataclass(frozen=True, kw_only=True)
class Move:
    """What is paid here and what it would be there, US dollars a month."""

    here: Decimal
    there: Decimal
    target: str

    @property
    def gain(self) -> Decimal:
        """What is saved a month, before any care."""
        return self.here - self.there

    @property
    def work(self) -> Decimal:
        """What the move costs once."""
        return _DAYS * _HOURS_A_DAY * _HOURLY

    @property
    def care(self) -> Decimal:
        """What a server of one's own takes each month."""
        return _CARE * _HOURLY

    @property
    def pays(self) -> bool:
        """Whether it comes back within a year, care counted."""
        return (self.gain - self.care) * _PATIENCE > self.work


def move_in(brief: Brief) -> Move | None:
    """The two sums and the target of a move; None where the words tell no such three."""
    found = _MOVES.search(brief.request)
    if found is None or any(f.key == "bill" for f in brief.facts):
        return None
    sums = [f for f in brief.facts if _is_sum(f)]
    there = next((f for f in sums if _THERE.search(_before(brief, f))), None)
    here = next((f for f in sums if f is not there and _PAYS.search(_before(brief, f))), None)
    if there is None or here is None:
        return None
    made = Move(here=_month(here), there=_month(there), target=found["to"])
    return made if made.gain > 0 else None


def _is_sum(fact: Fact) -> bool:
    money = fact.key in {"scale.money", "budget"} and fact.unit.split()[:1]
    return bool(money) and fact.unit.split()[0] in _SIGNS and bool(fact.span)


def _before(brief: Brief, fact: Fact) -> str:
    assert fact.span is not None
    return brief.request[max(0, fact.span[0] - _REACH) : fact.span[0]]


def _month(fact: Fact) -> Decimal:
    currency, _, per = fact.unit.partition(" per ")
    rate = Decimal(1) if currency == "USD" else known(f"exchange.{currency.lower()}").value
    value = Decimal(str(fact.value)) * rate
    return per_period(value, per, "month") if per else value


def advise_move(
    found: Move, brief: Brief, kind: QuestionKind, premises: tuple[Premise, ...]
) -> tuple[Draft, Conclusion]:
    """The draft and the conclusion: stay, or the move and what it takes."""
    assumed = (
        Assumption(
            key="work",
            value=f"{_DAYS} days of work once, {_CARE} hours a month of care, {_HOURLY} USD each",
            why="your words do not tell it, and the answer rests on it",
        ),
    )
    draft = Draft(
        brief=replace(brief, assumptions=(*brief.assumptions, *assumed)),
        question_kind=kind,
        premises=premises,
        not_proved=(
            Unproved(statement="what the move takes", why="assumed: days and hours are not told"),
        ),
    )
    why = "it is the part of a move that can lose something"
    return draft, Conclusion(
        answer=" ".join(_sentences(found)),
        steps=tuple(_steps(found)),
        open_questions=(
            Question(
                id="1",
                ask="How is the database backed up and restored there, and who is called at night?",
                why=why,
                key="evidence",
                changes=(why,),
            ),
        ),
    )


def _sentences(found: Move) -> Iterator[str]:
    here, there, gain = (f"${x:,.0f}" for x in (found.here, found.there, found.gain))
    to, care = found.target, f"${found.care:,.0f}"
    if found.pays:
        months = found.work / (found.gain - found.care)
        yield (
            f"Yes, by the sum: {here} - {there} = {gain} a month; less {care} of care it pays the "
            f"${found.work:,.0f} of work back in {max(months, Decimal(1)):,.0f} months."
        )
        yield (
            "First try a restore of the database there, since backups, patches and failover are "
            "yours then."
        )
        return
    months = found.work / found.gain
    yield (
        f"No, stay: {here} - {there} = {gain} a month is all that {to} could save, and "
        f"{_DAYS} days of work for the move (${found.work:,.0f}) take {months:,.0f} months to "
        "come back, "
        f"before any hour of care."
    )
    yield (
        f"A server of your own takes some {_CARE} hours a month ({care}) for patches, backups "
        "and alarms that "
        "are in the price today."
    )
    least = found.care + found.work / _PATIENCE
    yield (
        f"It turns where the difference is above some ${least:,.0f} a month, or where you run "
        "servers anyway."
    )


def _steps(found: Move) -> Iterator[Step]:
    if found.pays:
        yield Step(
            do=f"Restore last night's backup on {found.target} and run the app against it",
            horizon="now",
            check="times of answers, and a restore within the hour",
            undo="keep the old one until a month has passed",
        )
