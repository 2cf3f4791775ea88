"""Which matters of security a request brings, and the figures that it tells of them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from blueproof.advisors.architecture.owning import asks_architecture
from blueproof.advisors.bill.advise import owns_bill
from blueproof.advisors.choose.owning import owns
from blueproof.advisors.known.advise import is_answered
from blueproof.advisors.model.owning import asks_model
from blueproof.advisors.review.matching import Shown, shown, stands
from blueproof.advisors.review.owning import asks_judgement, reviewed
from blueproof.core.brief import Brief
from blueproof.costs.formula import names_in, worked_out
from blueproof.facts.matters import Line, Matter, matters
from blueproof.facts.phrase import Word, words_of

_WHOLE_PLAN = 4  # holes, from which a plan is judged as a whole
_LONG, _TOLD, _SHORT = 90, 45, 30  # words of a plan, of one that is to be judged, of a question
_GRAVE = 12  # the order up to which a matter is itself what a judgement would begin with
_HAPPENING = 2  # the order up to which a matter comes before all else: it goes on while one reads
# Tables and policies, rules and code in the words are read by others.
_PASTED = re.compile(
    r"\bcreate\s+(?:or\s+replace\s+)?(?:table|function)\b|\bmatch\s+/|\"\.(?:read|write)\""
    r"|\"Statement\"\s*:|^\s*(?:import\s.+\sfrom\s|export\s+(?:const|default|async)\b)",
    re.IGNORECASE | re.MULTILINE,
)
_NUMBER = re.compile(r"(?P<n>\d[\d.,]*)\s*(?P<k>[km])?\b", re.IGNORECASE)
_TIMES = {"k": 1_000, "m": 1_000_000, "": 1}
_EXACT = 100  # below it a sum keeps one decimal


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A request with the matters that it brings, the first one to be answered first."""

    brief: Brief
    found: tuple[Shown[Matter], ...]

    @property
    def words(self) -> tuple[Word, ...]:
        """The words of the request."""
        return words_of(self.brief.request)

    def lines(self, matter: Matter, lines: tuple[Line, ...]) -> Iterator[Line]:
        """The lines that hold for this request."""
        figures, told = self.figures(matter), set[str]()
        for line in lines:
            if line.group in told or line.figures - {*figures}:
                continue
            if line.on and not any(stands(each, self.words) for each in line.on):
                continue
            if any(stands(each, self.words) for each in line.against):
                continue
            if line.group:
                told.add(line.group)
            yield line

    def text(self, matter: Matter, line: Line) -> str:
        """The line with the person's figures in it."""
        return line.with_figures(self.figures(matter))

    def figures(self, matter: Matter) -> Mapping[str, str]:
        """The figures that are told, as they were written, and the sums of them."""
        told, values = dict[str, str](), dict[str, Decimal]()
        for name, pattern in matter.read.items():
            found = pattern.search(self.brief.request)
            if found:
                told[name] = " ".join(found[1].split())
                number = _NUMBER.search(found[1])
                if number:
                    plain = Decimal(number["n"].strip(".,").replace(",", ""))
                    values[name] = plain * _TIMES[(number["k"] or "").lower()]
        for name, formula in matter.sums.items():
            if not names_in(formula) - {*values}:
                told[name] = _said(worked_out(formula, values))
        return told


def heard(brief: Brief, asked_first: str = "") -> Heard | None:
    """The matters of a request; None where it brings none, or something else leads.

    `asked_first` is the first of several questions, with what is told for all.
    """
    if brief.documents or _PASTED.search(brief.request):
        return None
    found = sorted(shown(brief.request, matters()), key=lambda each: each.entry.order)
    whole = Heard(brief=brief, found=tuple(found))
    told = tuple(f for f in found if next(whole.lines(f.entry, f.entry.says), None))
    if not told or (told[0].entry.order > 1 and owns_bill(brief)):
        return None
    if told[0].entry.order > _HAPPENING and _leads_elsewhere(brief, told, asked_first):
        return None
    return Heard(brief=brief, found=told)


def _leads_elsewhere(brief: Brief, told: tuple[Shown[Matter], ...], asked_first: str) -> bool:
    """Whether a plan, a choice or a design is asked for, or one short question that is known."""
    plan = reviewed(brief)
    words = len(brief.request.split())
    if plan is not None and (len(plan.holes) >= _WHOLE_PLAN or words > _LONG):
        return True
    if words <= _SHORT and (asked_first or is_answered(brief)):
        return True
    background = told[0].entry.order > _GRAVE and asks_judgement(brief.request)
    if background and words > _TOLD:
        return True
    if owns(brief) or asks_model(brief) or asks_architecture(brief):
        return True
    own = {each.entry.id: each.entry for each in told}
    return bool(asked_first) and not shown(asked_first, own)


def _said(value: Decimal) -> str:
    return f"{value:,.0f}" if value >= _EXACT or value == int(value) else f"{value:,.1f}"
