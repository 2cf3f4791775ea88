"""An architecture as a draft: one decision a part, the bill, the picture, what to watch."""

from collections.abc import Iterator
from dataclasses import replace

from blueproof.advisors.architecture import load as loads
from blueproof.advisors.architecture import sizing, wording
from blueproof.advisors.architecture.design import Design
from blueproof.advisors.architecture.drawing import drawn
from blueproof.advisors.architecture.failing import findings, limits
from blueproof.advisors.architecture.part import Part
from blueproof.advisors.architecture.pieces import Piece
from blueproof.advisors.architecture.pricing import cost
from blueproof.advisors.architecture.proposals import bill_as_proposed, pieces, premises
from blueproof.advisors.architecture.steps import steps
from blueproof.core.advice import Alternative, Artifact, Flip, Recommendation
from blueproof.core.blueprint import Conclusion, Draft, QuestionKind, Unproved
from blueproof.core.brief import Assumption, Brief
from blueproof.core.claim import SumsTo
from blueproof.core.money import Bill
from blueproof.core.question import Question
from blueproof.core.scene import Excerpt
from blueproof.costs.bill_file import write_bills
from blueproof.facts.load import fact

BILL, WATCH = "bill.yaml", "WATCH.md"
_OURS = "as designed"
# What people ask for that has no part here.
_LEFT_OUT = {
    "calls": "calls with sound or picture",
    "live-streaming": "live video",
    "location-tracking": "live positions of people",
    "vector-search": "search by meaning",
    "ocr": "reading text in pictures",
    "collaborative-editing": "editing together",
    "offline-sync": "work without a network",
}


def assumptions(design: Design) -> tuple[Assumption, ...]:
    """What load and sizes rest on and nobody told."""
    return (
        *loads.assumed(design.load, design.brief),
        *sizing.assumed(design.needs),
        *_place(design),
    )


def _place(design: Design) -> Iterator[Assumption]:
    if not design.needs.region_told:
        yield Assumption(
            key="region", value=design.needs.region, why="not told; it sets the prices"
        )


def advise(design: Design, brief: Brief, kind: QuestionKind) -> Draft:
    """The draft: a recommendation for each part, each by its number."""
    found = pieces(design)
    return Draft(
        brief=brief,
        question_kind=kind,
        premises=premises(found),
        recommendations=tuple(_recommended(design, part, found) for part in design.parts),
        artifacts=(
            Artifact(path=BILL, purpose="the bills, to be added up again", text=_bill_text(design)),
            Artifact(path=WATCH, purpose="what to watch, and when to act", text=_watch(design)),
        ),
        diagrams=(drawn(design),),
    )


def _recommended(design: Design, part: Part, found: tuple[Piece, ...]) -> Recommendation:
    price = cost(part, design.needs.region)
    first = part is design.parts[0]
    sums = SumsTo(bill=Excerpt(text=_bill_text(design), path=BILL))
    return Recommendation(
        slot=part.slot,
        choice=part.choice,
        because=(*part.because, f"{wording.dollars(price)} a month") if price else part.because,
        instead_of=tuple(
            Alternative(choice=p.quote, why_not=p.says)
            for p in found
            if p.slot == part.slot and p.verdict != "fits"
        ),
        flips=(Flip(fact=part.slot, at="", unit="", then=part.flip),),
        trade_offs=(part.gives_up,) if part.gives_up else (),
        cost=price,
        evidence=tuple(fact(name).citation for name in part.facts),
        claims=(sums,) if first else (),
    )


def bills(design: Design) -> tuple[Bill, ...]:
    """The bills at all sizes; beside them those of what is proposed, where it is another."""
    proposed = bill_as_proposed(design, pieces(design))
    ours = tuple(replace(bill, option=_OURS) for bill in design.bills)
    if proposed is None:
        return ours
    larger = Design(design.brief, 10.0) if design.is_told else None
    there = bill_as_proposed(larger, pieces(larger)) if larger else None
    also = (replace(there, option=proposed.option),) if there else ()
    return (*ours, proposed, *also)


def _bill_text(design: Design) -> str:
    return write_bills(bills(design))


def _watch(design: Design) -> str:
    """What to watch as a table, and what breaks first below it."""
    rows = [
        f"| {part.slot} | {each.metric} | {each.threshold} | {each.then} |"
        for part in design.parts
        for each in part.watches
    ]
    first = [
        f"- {part.slot}: {limit.what}, at about {limit.at:,.0f} {limit.unit} ({limit.room:,.1f} "
        f"times the load here): {limit.then}; {limit.act}"
        for part, limit in limits(design)
    ]
    return "\n".join(
        (
            "# What to watch",
            "",
            "| Part | Metric | Act when | What then |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
            "## What breaks first",
            "",
            *first,
            "",
        )
    )


def conclude(design: Design, _kept: Draft) -> Conclusion:
    """What is said once the bill was added up."""
    found = pieces(design)
    return Conclusion(
        answer=wording.answer(design, found, bill_as_proposed(design, found)),
        bill=bills(design),
        steps=steps(design),
        findings=tuple(findings(design)),
        open_questions=tuple(_questions(design)),
        not_proved=tuple(_not_proved(design)),
    )


def _questions(design: Design) -> Iterator[Question]:
    """At most three, the one that moves bill and parts most at the head."""
    number = 0
    if not design.load.told & {"rate"}:
        number += 1
        yield Question(
            id=str(number),
            key="requests",
            ask="How many requests come in a month?",
            why="it sets the tasks, the class of the database and most of the bill.",
            options=("1M", "30M", "300M"),
            default=f"{design.load.monthly:,.0f}",
            changes=("the parts", "the bill"),
        )
    if design.budget is None:
        number += 1
        yield Question(
            id=str(number),
            key="budget",
            ask="What may it cost in a month, in US dollars?",
            why="it decides what is there twice.",
            options=("100", "500", "2000"),
            default="any",
            changes=("the copies", "the network"),
        )
    if not any(part.choice.startswith("Lambda") for part in design.parts):
        number += 1
        yield Question(
            id=str(number),
            key="evidence",
            ask="How many requests a second does one task carry at 60 % CPU?",
            why="half of it doubles the tasks.",
            command="oha -z 2m -q 100 https://staging.example/path",
            changes=("the tasks", "the bill"),
        )


def _not_proved(design: Design) -> Iterator[Unproved]:
    yield Unproved(
        statement="that one task, one class of database carries what is assumed",
        why="only a load test of your own code tells; the counts rest on it",
    )
    yield Unproved(
        statement="the infrastructure as files",
        why="none are written for an architecture as a whole; ask `deploy my Node.js API to "
        "AWS` or hand over the service's folder, and they are written and checked",
    )
    wanted = {
        str(f.value) for f in design.brief.facts if f.key == "feature" and f.role != "negated"
    }
    for feature in sorted(wanted & _LEFT_OUT.keys()):
        yield Unproved(
            statement=f"{_LEFT_OUT[feature]}: no part here does it",
            why="it is a product of its own; ask for it apart",
        )
