"""The sentences of a choice: the answer, the reasons, what would change it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice

from blueproof.advisors.choose import (
    affording,
    entering,
    filing,
    keeping,
    lasting,
    leaving,
    locking,
    must,
    outside,
    syncing,
)
from blueproof.advisors.choose.backwards import counted_back
from blueproof.advisors.choose.case import FAMILY_NAMES, FAR, Choice
from blueproof.advisors.choose.matters import alike, is_asked, leading, matter
from blueproof.advisors.choose.none_fitting import none_fits
from blueproof.advisors.choose.stages import Stages, dollars, exchanged, when_of
from blueproof.decide.decision import FlipPoint
from blueproof.decide.priced import over_free
from blueproof.decide.scoring import Contribution, Scored, scored
from blueproof.facts.load import fact

_TWO = 2
_MOST_REASONS = 3
_TELLING = 0.15  # difference in level from which a criterion tells the two apart
_FAR = 3.0  # times the model from which a bill needs another cause
_GOOD = 0.7
_CLOSE = 4.0  # points of 100 within which two options are called close


def name(family: str) -> str:
    """The family as people write it."""
    return FAMILY_NAMES.get(family, "none of these")


def answer(choice: Choice) -> str:
    """The answer in one to three sentences: the pick, its condition, the number that decides."""
    if choice.priced:
        priced = (_price(choice, choice.priced), _alternative(choice, choice.priced))
        return " ".join(
            part for part in (*priced, filing.sentence(choice), _unseen(choice)) if part
        )
    headline = _headline(choice)
    parts = (
        _cheaper(choice), headline, must.out(choice, headline), *syncing.sentences(choice),
        *must.sentences(choice, _decisive_aspect(choice), headline), *keeping.sentences(choice),
        *locking.sentences(choice), _money(choice), filing.sentence(choice),
        *lasting.sentences(choice), *entering.sentences(choice), exchanged(choice),
        *leaving.sentences(choice), _told(choice), _close(choice), _beyond(choice), _unseen(choice),
    )  # fmt: skip
    return " ".join(part for part in parts if part)


_CHEAPER = re.compile(
    r"\b(?:cheap(?:er|est)|less expensive|lowest (?:cost|price))\b", re.IGNORECASE
)


def _cheaper(choice: Choice) -> str:
    """Which one costs least, where that is the question."""
    fit = [s for s in choice.decision.ranked if not s.ruled_out]
    if not _CHEAPER.search(choice.brief.request) or len(fit) < _TWO:
        return ""
    if choice.needs.value("self-hosted") == "yes":
        return ""
    first, second = sorted(fit, key=lambda s: s.bill.total)[:_TWO]
    aside = "" if first.option.family == choice.pick.option.family else " Price aside:"
    return (
        f"The cheaper at {choice.so_many} is {first.option.name}, "
        f"{dollars(float(first.bill.total))} a month against "
        f"{dollars(float(second.bill.total))} for {name(second.option.family)}.{aside}"
    )


def _price(choice: Choice, asked: Scored) -> str:
    """What the option asked for costs, and what the largest part of it is."""
    total = float(asked.bill.total)
    lines = sorted(asked.bill.lines, key=lambda line: -line.amount)
    largest = f", most of it {lines[0].item} ({dollars(float(lines[0].amount))})" if lines else ""
    users = f"{choice.decision.users:,.0f} monthly users"
    counted = [
        f"{choice.needs.number(d.id):,.0f} {d.unit}"
        for d in choice.needs.open()
        if d.id in {"messages", "group-size"}
    ]
    taken = f" It takes {' and '.join(counted)} for granted." if counted else ""
    return f"About {dollars(total)} a month on {asked.option.name} at {users}{largest}.{taken}"


def _alternative(choice: Choice, asked: Scored) -> str:
    """The cheapest of the others, if it is cheaper."""
    others = [s for s in scored(replace(choice.needs, options=()), choice.decision.users)
              if s.option.family != asked.option.family and not s.ruled_out]  # fmt: skip
    best = min(others, key=lambda s: s.bill.total, default=None)
    if best is None or best.bill.total >= asked.bill.total:
        return "None of the others that would do costs less."
    return f"{name(best.option.family)} would cost {dollars(float(best.bill.total))}."


def _told(choice: Choice) -> str:
    """What a bill that was told says, where it is far from what the model gives."""
    told = leaving.told_bill(choice)
    model = float(choice.pick.bill.total)
    if not told or not choice.needs.current or told < _FAR * model:
        return ""
    times = f"{told / model:,.0f} times " if model >= 1 else "far more than "
    served = filing.served(choice, told)
    if served:
        return f"Of your bill of {dollars(told)}: {served}"
    counted = counted_back(choice.brief, choice.pick.bill, told, choice.decision.users)
    return (
        f"Your bill of {dollars(told)} is {times}what so many people cost in this model: "
        "either the app reads or sends far more than the figures assumed below, or they are too "
        f"low. {counted or 'Count the largest line first.'}"
    )


def _unseen(choice: Choice) -> str:
    """What the answer leaves out, where the words ask for it."""
    parts = [*outside.sentences(choice)]
    left = [f for f in choice.uncompared if f not in {"calls", "video-calls"}]
    if left:
        missing = ", ".join(f.replace("-", " ") for f in left[:3])
        parts.append(f"Neither compared nor billed: {missing}.")
    if choice.has_servers and not choice.needs.current and not choice.is_built_by_hand:
        parts.append("Staying on the back end that you have was not compared.")
    return " ".join(parts)


def _close(choice: Choice) -> str:
    """That it is close, where it is."""
    second = choice.rival
    if second is None or second.ruled_out or choice.pick.ruled_out:
        return ""
    ahead = choice.pick.points - second.points
    if ahead >= _CLOSE:
        return ""
    other = name(second.option.family)
    return f"It is close: {choice.pick.points:.0f} points of 100, {other} {second.points:.0f}."


def _headline(choice: Choice) -> str:
    pick = choice.pick
    if pick.ruled_out:
        return none_fits(choice)
    what = _chosen(choice)
    unknown = [each.must for each in choice.stands(pick) if each.verdict == "unknown"]
    if unknown:
        return f"{what}, if it confirms in writing: {'; '.join(unknown)}."
    if affording.is_conditional(choice):
        return affording.headline(choice, what)
    hinge = choice.hinge
    if hinge and not _is_vetoed(choice):
        return f"{what}, unless {_condition(hinge)}: then {name(hinge.then)}."
    return f"{what}: {_decisive(choice)}."


def _is_vetoed(choice: Choice) -> bool:
    """Whether a demand rules the rival out, which then decides before any open question."""
    second = choice.rival
    return second is not None and any(s.verdict == "no" for s in choice.stands(second))


def _chosen(choice: Choice) -> str:
    """The pick by its family's name, with the variant where the family has two."""
    option = choice.pick.option
    family = name(option.family)
    if option.id == "supabase" and syncing.is_offline(choice):
        return f"{family} with PowerSync"
    return option.name if option.family == "firebase" else family


def _condition(flip: FlipPoint) -> str:
    """When a flip happens, as a clause after "unless" or "if"."""
    dimension = flip.dimension
    if dimension.is_number and dimension.id != "budget":
        side = "or more" if flip.above else "or fewer"
        return f"it has {float(flip.at):,.0f} {side} {dimension.unit}"
    return dimension.condition(flip.at)


def _decisive(choice: Choice) -> str:
    """What decided between the first two, in the words of the strongest difference."""
    second = choice.rival
    if second is None:
        return "nothing else was left to choose from"
    theirs = {each.demand for each in choice.stands(second) if each.verdict == "yes"}
    held = [
        each.says for each in choice.stands(choice.pick)
        if each.verdict != "unknown" and each.demand not in theirs
    ]  # fmt: skip
    if held:
        return "; ".join(held)
    if second.ruled_out:
        return f"{name(second.option.family)} is out ({second.ruled_out[0]})"
    found = differences(choice.pick, second)
    if not found:
        return "it is the better by small margins only"
    told = found[0][0]
    if told.criterion in {"in use", "your leaning"}:
        return f"it is {told.says}, and no other is better by enough to leave it"
    return f"the difference is {matter(told)} ({choice.for_clients(_at_best(choice, told))})"


def _decisive_aspect(choice: Choice) -> str:
    """The aspect that the headline names as the difference, if it names one."""
    second = choice.rival
    if second is None or second.ruled_out or choice.hinge or choice.stands(choice.pick):
        return ""
    return next((mine.aspect for mine, _ in differences(choice.pick, second)), "")


def _money(choice: Choice) -> str:
    """What the pick costs against the runner-up, at the size known or assumed."""
    pick, second = choice.pick, choice.rival
    if second is None or pick.ruled_out:
        return ""
    if choice.needs.value("self-hosted") == "yes":
        return "On your own servers there is no vendor's bill; the servers are not priced here."
    mine, theirs = float(pick.bill.total), float(second.bill.total)
    if max(mine, theirs) < 1:
        return f"At {choice.so_many} neither costs anything to speak of{_on_free(choice)}."
    other = name(second.option.family)
    cost = (
        f"At {choice.so_many}{when_of(Stages(choice))} it costs about {dollars(mine)} a month"
        f"{_plan(choice)}, "
        f"{other}{_lacking(choice)} {dollars(theirs)}{_rival_plan(choice, second)}"
    )
    told = Stages(choice).growth or affording.is_conditional(choice)
    return f"{cost}." if told else f"{cost}; {_price_flip(choice)}."


def _lacking(choice: Choice) -> str:
    """That the runner-up's bill is one without what is demanded."""
    return ", which does not hold it," if _is_vetoed(choice) else ""


def _on_free(choice: Choice) -> str:
    """What the free plan of the pick lacks."""
    if choice.pick.option.id != "supabase":
        return ""
    days = fact("supabase.free-pause-days").value
    return f" (its Free plan is paused after {days} days of low activity and has no backups)"


def _rival_plan(choice: Choice, second: Scored) -> str:
    """Why the runner-up needs a paid plan, where a free one would have done."""
    over = over_free(choice.needs, choice.decision.users) if choice.needs.may_pause else None
    if second.option.id != "supabase" or over is None:
        return ""
    return f" ({over.quantity:,.0f} {over.unit}; its Free plan holds {over.free:,.0f})"


def _plan(choice: Choice) -> str:
    """On which plan, where the free one of the vendor is paused when nobody comes."""
    if choice.pick.option.id != "supabase" or choice.needs.value("hipaa") == "yes":
        return ""
    if any(line.fact == "supabase.team-month" for line in choice.pick.bill.lines):
        return " on Team"
    days = fact("supabase.free-pause-days").value
    over = over_free(choice.needs, choice.decision.users)
    if over and choice.needs.may_pause:
        return f" on Pro ({over.quantity:,.0f} {over.unit}; Free holds {over.free:,.0f})"
    if any(line.fact == "supabase.pro.month" for line in choice.pick.bill.lines):
        return f" on Pro (Free is paused after {days} days of low activity and has no backups)"
    return f" on Free, which is paused after {days} days of low activity and has no backups"


def _price_flip(choice: Choice) -> str:
    """The number of users at which the pick changes, or that there is none."""
    # Over the budget is over it, even where what is chosen then does less of what was told.
    flips = [f for f in choice.decision.flips if f.dimension.id == "users" and f.above]
    most = FAR * choice.decision.users if choice.needs.is_known("users") else float("inf")
    above = next((f for f in flips if float(f.at) <= most), None)
    if above:
        there = scored(choice.needs.holding(users=above.at), float(above.at))
        out = next((s.ruled_out for s in there if s.option.id == choice.pick.option.id), ())
        ahead = "comes out ahead" if above.then else "fits any more"
        if out and above not in choice.flips:
            ahead = "is what still fits"
        at = f"from about {float(above.at):,.0f} users on {name(above.then)} {ahead}"
        return f"{at} ({name(choice.pick.option.family)}: {out[0]})" if out else at
    if choice.needs.is_known("users"):
        return f"nor do {FAR} times as many change the choice"
    return "at no number of users up to 3 million does that change the choice"


def _beyond(choice: Choice) -> str:
    """A family that was not named and that serves much better, if there is one."""
    best = choice.outsider
    if best is None or (choice.pick.ruled_out and choice.needs.demands):
        return ""
    if choice.pick.ruled_out:
        return f"{name(best.option.family)}, which you did not name, meets all of it."
    return (
        f"You did not name {name(best.option.family)}, which meets more of what you need: "
        f"{best.points:.0f} points of 100, {name(choice.pick.option.family)} "
        f"{choice.pick.points:.0f}."
    )


def reasons(choice: Choice) -> Iterator[Contribution]:
    """The contributions that speak for the pick against the runner-up, strongest first."""
    second = choice.rival
    if second is None:
        yield from sorted(choice.pick.contributions, key=lambda c: -c.points)[:_MOST_REASONS]
        return
    found = [mine for mine, _ in differences(choice.pick, second)]
    yield from found[:_MOST_REASONS]


def because(choice: Choice) -> tuple[str, ...]:
    """The reasons as sentences, each with how the runner-up stands in the same matter."""
    second = choice.rival
    found = leading(choice, differences(choice.pick, second)) if second else []
    pairs = [pair for pair in found if pair[0].criterion != "your leaning"]
    # A need and a requirement may be met by the same thing: it is said once.
    pairs = list({matter(pair[0]): pair for pair in reversed(pairs)}.values())[::-1]
    if not pairs or second is None:
        return tuple(c.says for c in reasons(choice))
    other = name(second.option.family)
    even = alike(choice, second, other, {mine.criterion for mine, _ in pairs})
    asked: list[str] = []
    general: list[str] = []
    for mine, theirs in pairs:
        said = (
            f"{matter(mine)}: {choice.for_clients(_at_best(choice, mine))}; "
            f"{other}: {choice.for_clients(theirs.says)}"
        )
        (general if general or not is_asked(choice, mine.criterion) else asked).append(said)
    return tuple(islice(chain(asked, even, general), _MOST_REASONS))


def _at_best(choice: Choice, mine: Contribution) -> str:
    """What the pick does here; with its remedy, where that alone makes it the better."""
    held = choice.pick.option.aspects.get(mine.aspect)
    return f"with {held.remedy}" if held and held.remedy and mine.level < _GOOD else mine.says


def differences(first: Scored, second: Scored) -> list[tuple[Contribution, Contribution]]:
    """The criteria in which the first is ahead, most points first."""
    theirs = {c.criterion: c for c in second.contributions}
    ahead = [
        (mine, theirs[mine.criterion])
        for mine in first.contributions
        if mine.criterion in theirs and mine.level - theirs[mine.criterion].level >= _TELLING
    ]
    return sorted(ahead, key=lambda pair: -(pair[0].points - pair[1].points))


def why_not(choice: Choice, other: Scored) -> str:
    """Why another option was not taken, and what it does better."""
    if other.ruled_out:
        return "; ".join(other.ruled_out)
    behind = differences(choice.pick, other)
    better = differences(other, choice.pick)
    lost = f"behind in {matter(behind[0][1])}: {behind[0][1].says}" if behind else "no better"
    if behind and behind[0][1].criterion in {"in use", "your leaning"}:
        lost = behind[0][1].says
    won = f"; better in {matter(better[0][0])}: {better[0][0].says}" if better else ""
    points = f"{other.points:.0f} points of 100 against {choice.pick.points:.0f}"
    return f"{points}; {choice.for_clients(lost + won)}"


def flip_sentence(flip: FlipPoint) -> str:
    """One value of one fact, and what is chosen then."""
    then = name(flip.then) if flip.then else "none of these fits"
    return f"{then}, if {_condition(flip)}"
