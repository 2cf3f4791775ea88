"""What single sign-on costs with each option, and whom the sum takes for granted."""

from collections.abc import Iterator

from blueproof.advisors.choose.case import FAMILY_NAMES, Choice
from blueproof.advisors.choose.stages import dollars
from blueproof.core.brief import Assumption
from blueproof.core.money import Bill
from blueproof.costs.single_sign_on import NAME
from blueproof.decide.chains import plural
from blueproof.decide.needs import SSO
from blueproof.decide.workload import workload
from blueproof.facts.load import fact

_PER_PERSON = ("firebase.identity-sso-user", "firebase.identity-free-sso-users")
_MUCH = 50.0  # US dollars a month from which it is worth to ask who comes by it
_TAKES = {
    "firebase": "Identity Platform, 50 free, then $0.015 each",
    "supabase": "from Pro on, 50 included, then $0.015 each",
    "aws": "Cognito, 50 free, then $0.015 each",
}


def sentences(choice: Choice) -> Iterator[str]:
    """The cost of it with each option, at the size decided for."""
    if SSO not in choice.needs.features or choice.needs.value("self-hosted") == "yes":
        return
    usage = workload(choice.needs, choice.decision.users).usage
    who = f"{usage.federated:,.0f} of {choice.so_many}" if _are_some(choice) else choice.so_many
    each = [
        f"{FAMILY_NAMES[s.option.family]} {dollars(_of(s.bill))} "
        f"({_takes(choice, s.option.family)})"
        for s in choice.decision.ranked
    ]
    yield f"Single sign-on for {who}, a month: {', '.join(each)}.{_only(choice)}"


def _only(choice: Choice) -> str:
    """What it is if only the smaller group told comes by it, where all of them cost much."""
    price, free = (fact(name).value for name in _PER_PERSON)
    if _are_some(choice) or choice.decision.users * float(price) < _MUCH:
        return ""
    groups = [
        (float(f.value), f.unit.partition(" ")[0]) for f in choice.brief.facts
        if f.key in {"scale.users", "scale.people"} and not isinstance(f.value, str)
        and float(free) < f.value < choice.decision.users / 2
    ]  # fmt: skip
    if not groups:
        return ""
    many, noun = min(groups)
    each = float(price) * (many - float(free))
    return (
        f" If only the {many:,.0f} {plural(noun)} come so, and the others by a code or a link, it "
        f"is {dollars(each)} where people are billed: decide that first."
    )


def _are_some(choice: Choice) -> bool:
    return 0 < choice.needs.sso_users < choice.needs.people


def _takes(choice: Choice, family: str) -> str:
    """What bills it, and by what measure."""
    firms = choice.needs.sso_firms or 1
    many = f"{firms} firms' connections" if firms > 1 else "one firm's connection"
    return _TAKES.get(family) or f"WorkOS beside it, {many}, not by the person"


def _of(bill: Bill) -> float:
    return float(sum(line.amount for line in bill.lines if NAME in line.item))


def assumptions(choice: Choice) -> Iterator[Assumption]:
    """Who comes by it, and from how many firms, where that was not told."""
    if SSO not in choice.needs.features:
        return
    if not choice.needs.sso_users:
        yield Assumption(key=SSO, value="all people sign in so", why="not said who does")
    if not choice.needs.sso_firms:
        yield Assumption(key="firms with single sign-on", value=1.0, why="not said how many")
