"""What a starter costs as it is handed over, beside the lean app that options are billed for."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from blueproof.advisors.choose.case import FAMILY_NAMES, Choice
from blueproof.advisors.choose.stages import dollars
from blueproof.core.money import Bill
from blueproof.costs import convex, firebase
from blueproof.costs.habits import CONVEX_STARTER, FIREBASE_STARTER, Habits
from blueproof.costs.usage import Usage
from blueproof.decide.scoring import Scored
from blueproof.decide.workload import workload

_TALK = frozenset({"chat", "group-chat"})
_WORTH, _SHARE = 5, 0.25  # dollars and share of the bill from which more is worth a sentence
_CALLS_A_MESSAGE = Decimal(2)  # the mutation, and the run that finds whom to ring


class _Shipped(NamedTuple):
    """One starter: its habits, and what makes its bill."""

    habits: Habits
    bill: Callable[[Usage, str], Bill]


_STARTERS = {
    "convex": _Shipped(CONVEX_STARTER, partial(convex.bill, habits=CONVEX_STARTER)),
    "firestore": _Shipped(
        FIREBASE_STARTER, partial(firebase.firestore_bill, habits=FIREBASE_STARTER)
    ),
}


def _talks(choice: Choice) -> bool:
    return bool(_TALK & {*choice.needs.features})


def sentence(choice: Choice, starter: str) -> str:
    """What the bill is with all that the starter does around a message; "" where it says nothing.

    `starter` is its folder, "" if there is none.
    """
    own = choice.needs.value("self-hosted") == "yes"
    if not (starter and _talks(choice)) or own or choice.pick.option.id not in _STARTERS:
        return ""
    lean, mine = float(choice.pick.bill.total), _as_shipped(choice, choice.pick)
    if mine - lean < max(_WORTH, _SHARE * lean):
        return ""
    other = choice.rival
    beside = ""
    if other is not None and other.option.id in _STARTERS and not other.ruled_out:
        beside = f", {_name(other)}'s {dollars(_as_shipped(choice, other))}"
    return (
        f"That is a lean chat; {starter} as it stands, with exact unread counts and read marks, is "
        f"about {dollars(mine)}{beside} (reckoned from its code)."
    )


def _name(scored: Scored) -> str:
    return FAMILY_NAMES[scored.option.family]


def _as_shipped(choice: Choice, scored: Scored) -> float:
    """Dollars a month of the starter on this option, at the users of the decision."""
    usage = workload(choice.needs, choice.decision.users).usage
    return float(_STARTERS[scored.option.id].bill(usage, "as shipped").total)


def metered(choice: Choice, starter: str, writes: Decimal, screens: Decimal) -> Decimal | None:
    """What the vendor's meter counts for so many messages before so many open screens.

    Document reads of Firestore, function calls of Convex; None where no starter of ours is used,
    or none for talk.
    """
    option = choice.pick.option.id
    if not (starter and _talks(choice)) or option not in _STARTERS:
        return None
    habits, read = _STARTERS[option].habits, writes * (screens - 1)
    told = writes * screens * habits.changes_a_delivery
    if option == "convex":
        return writes * _CALLS_A_MESSAGE + told + read * habits.functions_a_reading
    return writes * habits.looked_up_a_write + told + read * habits.looked_up_a_reading
