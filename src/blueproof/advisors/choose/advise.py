"""A choice of back end as a draft, and what is said of it once its claims are checked."""

from collections.abc import Iterator

from blueproof.advisors.choose import (
    abroad,
    entering,
    filing,
    keeping,
    outside,
    shipped,
    syncing,
    wording,
)
from blueproof.advisors.choose.case import BILL, NEEDS, Choice
from blueproof.advisors.choose.drawing import flow
from blueproof.advisors.choose.matters import leading
from blueproof.advisors.choose.stages import Stages
from blueproof.advisors.choose.steps import steps
from blueproof.advisors.choose.weighing import WEIGHING, write_weighing
from blueproof.core.advice import Alternative, Artifact, Flip, Recommendation
from blueproof.core.blueprint import Conclusion, Draft, QuestionKind, Unproved
from blueproof.core.brief import Assumption, Brief
from blueproof.core.claim import Claim, Decides, LoadFits, SumsTo
from blueproof.core.evidence import Citation
from blueproof.core.money import Bill
from blueproof.core.question import Question
from blueproof.core.scene import Excerpt
from blueproof.costs.bill_file import write_bills
from blueproof.costs.limits import LIMITS
from blueproof.decide.decision import FlipPoint
from blueproof.decide.interview import Worth
from blueproof.decide.limits import outgrown
from blueproof.decide.priced import size_name
from blueproof.decide.workload import workload
from blueproof.starters.feature import SLOTS

SLOT = "back end"
_MOST_FLIPS = 6
_MOST_BILLED = 4  # options whose bills are shown


def advise(choice: Choice, brief: Brief, kind: QuestionKind) -> Draft:
    """The draft of a choice: one recommendation, none where nothing meets the requirements."""
    fits = not choice.pick.ruled_out
    return Draft(
        brief=brief,
        question_kind=kind,
        recommendations=(_recommendation(choice),) if fits else (),
        artifacts=(
            Artifact(
                path=NEEDS, purpose="what the choice was made from", text=choice.needs_text.text
            ),
            Artifact(
                path=WEIGHING,
                purpose="every criterion, its weight, and what each option reached",
                text=write_weighing(choice),
            ),
        ),
    )


def _recommendation(choice: Choice) -> Recommendation:
    others = choice.decision.ranked[1:]
    return Recommendation(
        slot=SLOT,
        choice=choice.pick.option.name,
        because=wording.because(choice),
        instead_of=tuple(
            Alternative(choice=s.option.name, why_not=wording.why_not(choice, s)) for s in others
        ),
        flips=tuple(_flip(f) for f in _likeliest(choice)),
        trade_offs=tuple(_trade_offs(choice)),
        cost=choice.pick.bill.total,
        evidence=tuple(dict.fromkeys(_evidence(choice))),
        claims=tuple(_claims(choice)),
    )


def _likeliest(choice: Choice) -> list[FlipPoint]:
    told = [f for f in choice.flips if f.then or f.dimension.id == "users"]
    return sorted(told, key=lambda f: -f.odds)[:_MOST_FLIPS]


def _flip(flip: FlipPoint) -> Flip:
    number = flip.dimension.is_number and flip.at != "any"
    return Flip(
        fact=flip.dimension.id,
        at=float(flip.at) if number else flip.at,
        unit=flip.dimension.unit,
        then=wording.flip_sentence(flip),
    )


def _trade_offs(choice: Choice) -> Iterator[str]:
    """Where the pick is weak in what this case needs, and what one adds."""
    aspects = choice.pick.option.aspects
    for contribution in choice.pick.contributions:
        held = aspects.get(contribution.aspect)
        if held and held.remedy and contribution.weight > 1:
            speaks = f"{contribution.aspect.replace('-', ' ')}: {held.says}"
            yield choice.for_clients(f"{speaks}; remedy: {held.remedy}")


def _evidence(choice: Choice) -> Iterator[Citation]:
    """The sources of the reasons, of the pick's and the runner-up's side."""
    second = choice.rival
    pairs = leading(choice, wording.differences(choice.pick, second)) if second else []
    for mine, theirs in pairs[:3]:
        for side, contribution in ((choice.pick, mine), (second, theirs)):
            held = side.option.aspects.get(contribution.aspect) if side else None
            if held:
                yield held.citation
    yield from syncing.evidence(choice)
    for reason in wording.reasons(choice):
        held = choice.pick.option.aspects.get(reason.aspect)
        if held:
            yield held.citation


def _claims(choice: Choice) -> Iterator[Claim]:
    """The pick, each value at which it changes, and the limits that the load stays within."""
    yield Decides(needs=choice.needs_text, given=(), pick=choice.pick.option.family)
    for flip in _likeliest(choice):
        yield from _flip_claim(choice, flip)
    yield from _limit_claims(choice)


def _limit_claims(choice: Choice) -> Iterator[Claim]:
    """Each limit that more users come nearer to, at the largest size that stays within all."""
    option = choice.pick.option.id
    if choice.needs.value("self-hosted") == "yes":
        return  # the published limits are those of the vendor's own service
    held = [u for u in choice.shown_sizes if not outgrown(option, choice.needs, u)]
    if not held:
        return
    most, few = (workload(choice.needs, u).usage for u in (max(held), 1.0))
    for limit in LIMITS[option]:
        if limit.quantity(most) > limit.quantity(few):
            yield LoadFits(needs=choice.needs_text, users=max(held), limit=limit.fact)


def _flip_claim(choice: Choice, flip: FlipPoint) -> Iterator[Claim]:
    """That the other is chosen at the value; a pick that everything rules out is not claimed."""
    there = choice.needs.holding(**{flip.dimension.id: flip.at})
    first = choice.at(there)
    if flip.then and not first.ruled_out:
        given = (f"{flip.dimension.id}={flip.at}",)
        yield Decides(needs=choice.needs_text, given=given, pick=flip.then)


def conclude(choice: Choice, draft: Draft) -> Conclusion:
    """What is said of a choice once its claims held."""
    bills = () if choice.needs.value("self-hosted") == "yes" else _bills(choice)
    text = write_bills(bills)
    bill = (Artifact(path=BILL, purpose="the bills, to be added up again", text=text),)
    claims: tuple[Claim, ...] = (SumsTo(bill=Excerpt(text=text, path=BILL)),)
    starter = _starter(choice, draft) if draft.recommendations else ""
    files = _files(starter, draft)
    said = (
        wording.answer(choice),
        shipped.sentence(choice, starter),
        abroad.sentence(choice, starter, files),
        keeping.on_rights(choice, starter),
    )
    return Conclusion(
        answer=" ".join(part for part in said if part),
        not_proved=tuple(_uncompared(choice)),
        bill=bills,
        steps=steps(choice, starter, files) if draft.recommendations else (),
        open_questions=tuple(
            _question(choice, str(number), worth)
            for number, worth in enumerate(choice.asked, start=1)
        ),
        artifacts=bill if bills else (),
        diagrams=(flow(choice),) if draft.recommendations else (),
        claims=claims if bills else (),
    )


def _starter(choice: Choice, draft: Draft) -> str:
    """The folder of the starter on the pick; "" if there is none."""
    slot = {str(stack): slot for stack, slot in SLOTS.items()}.get(choice.pick.option.family)
    paths = (file.path for file in draft.artifacts if slot in file.needs)
    return next((path.partition("/")[0] for path in paths), "")


def _files(starter: str, draft: Draft) -> dict[str, str]:
    """The text of the starter's files by their path."""
    folder = f"{starter}/"
    own = (file for file in draft.artifacts if starter and file.path.startswith(folder))
    return {file.path.removeprefix(folder): file.text for file in own}


def _uncompared(choice: Choice) -> Iterator[Unproved]:
    """What the words ask for and no fact of ours compares the options in."""
    missing = choice.uncompared
    if missing:
        yield Unproved(
            statement=f"the options in {', '.join(f.replace('-', ' ') for f in missing)}",
            why="no fact of ours compares them there: ask the vendors",
        )
    for option, each in choice.unsure:
        yield Unproved(
            statement=f"{each.must}, of {choice.named(option)}",
            why="no page read here says it: ask the vendor before you sign",
        )
    if not choice.needs.files_gb and not choice.needs.uploads:
        for told in _sizes_of_files(choice.brief):
            yield Unproved(
                statement=f'what your files cost ("{told}")',
                why="no file is in the bill: how many are kept a month was not told",
            )
    strange = outside.strangers(choice)
    if strange:
        yield Unproved(
            statement=f"{', '.join(strange)}, which you named",
            why="no checked facts on it here, so it was left out of the comparison",
        )


def _sizes_of_files(brief: Brief) -> Iterator[str]:
    """How large or how many files are, as the words say it first."""
    of_files = (
        f.quote
        for f in brief.facts
        if f.key == "scale.uploads" or (f.key == "scale.storage" and f.unit in {"KB", "MB"})
    )
    yield from list(dict.fromkeys(of_files))[:1]


def _bills(choice: Choice) -> tuple[Bill, ...]:
    """The bill of each option at each size, sizes in order, the pick first."""
    shown = Stages(choice)
    return tuple(
        Bill(
            size=stage.size,
            lines=scored.bill.lines,
            total=scored.bill.total,
            as_of=scored.bill.as_of,
            option=scored.option.name,
        )
        for stage in shown.all
        for scored in shown.ranked(stage)[:_MOST_BILLED]
        if scored.bill.lines or scored.bill.total == 0
    )


def _question(choice: Choice, number: str, worth: Worth) -> Question:
    dimension = worth.dimension
    changes = tuple(f"{value}: {wording.name(pick)}" for value, pick in worth.picks)
    return Question(
        id=number,
        ask=dimension.ask,
        why=_why(choice, worth),
        key=dimension.id,
        options=dimension.values,
        default=dimension.default,
        changes=changes if worth.decides else ("the bill",),
    )


def _why(choice: Choice, worth: Worth) -> str:
    """Why the question matters here: what its answers would change."""
    flips = [f for f in choice.flips if f.dimension.id == worth.dimension.id]
    if flips:
        likely = max(flips, key=lambda f: f.odds)
        return f"{wording.flip_sentence(likely)}."
    if worth.dimension.id == "users":
        low, high = (
            choice.ranked(s)[0].bill for s in (choice.shown_sizes[0], choice.shown_sizes[-1])
        )
        return (
            f"it sets the bill: ${low.total:,.0f} a month with {low.size}, "
            f"${high.total:,.0f} with {high.size}"
        )
    return worth.dimension.why


def assumptions(choice: Choice) -> Iterator[Assumption]:
    """Everything that nobody told and that the answer was reckoned with."""
    for dimension in choice.needs.open():
        value: float | str = dimension.default
        if dimension.is_number and dimension.default != "any":
            value = float(dimension.default)
        told = "not said; the bills show three sizes" if dimension.id == "users" else "not said"
        yield Assumption(key=dimension.id, value=value, why=f"{told}: {dimension.why}")
    for figure in workload(choice.needs, choice.decision.users).figures:
        if not figure.told and figure.id not in {"messages", "group-size"}:
            yield Assumption(key=f"{figure.id} ({figure.unit})", value=figure.value, why=figure.why)
    yield from filing.assumptions(choice)
    yield from entering.assumptions(choice)


def sizes_in_words(choice: Choice) -> str:
    """The sizes that bills are shown for."""
    return ", ".join(size_name(users) for users in choice.shown_sizes)
