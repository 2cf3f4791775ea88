"""Truth: && and || as the vendor has them, and the notes that coverage and reasons come from.

An error on one side of && is absorbed by false on the other, one of || by true.
https://firebase.google.com/docs/rules/rules-language#building_conditions
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from blueproof.engines.firebase_rules.errors import ExceededError, FaultError, UndecidedError
from blueproof.engines.firebase_rules.limits import EXPRESSIONS
from blueproof.engines.firebase_rules.printer import expressed
from blueproof.engines.firebase_rules.runs import FALSE, NO_VALUE, TRUE
from blueproof.engines.firebase_rules.syntax import Expression
from blueproof.engines.firebase_rules.values import type_name

Truth = Callable[[list[Any]], bool]


@dataclass(frozen=True)
class Condition:
    """A condition that holds no && and no || outside a call: what coverage counts."""

    node: Expression

    @property
    def line(self) -> int:
        """Where it stands."""
        return self.node.line

    @cached_property
    def text(self) -> str:
        """How it is written, on one line."""
        return expressed(self.node)


def noted(run: Callable[[list[Any]], Any], cost: int, place: int, node: Expression) -> Truth:
    """A closure that counts its cost, marks what came out, and refuses what is no truth."""
    line, column = node.line, node.column

    def truth(frame: list[Any]) -> bool:
        request = frame[0]
        request.spent += cost  # as Run.spend, without the call
        if request.spent > EXPRESSIONS:
            request.spend(0)
        before = request.blame
        try:
            value = run(frame)
        except FaultError as fault:
            request.marks[place] |= NO_VALUE
            raise fault.at(line, column) from None
        if value is True:
            request.marks[place] |= TRUE
            return True
        if value is not False:
            request.marks[place] |= NO_VALUE
            wrong = f"{type_name(value)} stands where true or false must"
            raise FaultError(wrong, line, column)
        request.marks[place] |= FALSE
        if request.blame == before:
            request.blame = place
        return False

    return truth


def both(left: Truth, right: Truth) -> Truth:
    """`left && right`."""

    def conjunction(frame: list[Any]) -> bool:
        try:
            if not left(frame):
                return False
        except ExceededError:
            raise
        except FaultError as fault:
            _absorbed(fault, right, frame, by=False)
            return False
        return right(frame)

    return conjunction


def either(left: Truth, right: Truth) -> Truth:
    """`left || right`."""

    def disjunction(frame: list[Any]) -> bool:
        try:
            if left(frame):
                return True
        except ExceededError:
            raise
        except FaultError as fault:
            _absorbed(fault, right, frame, by=True)
            return True
        return right(frame)

    return disjunction


def _absorbed(fault: FaultError, right: Truth, frame: list[Any], *, by: bool) -> None:
    """Raise the fault again unless the right side decides without it."""
    try:
        value = right(frame)
    except ExceededError:
        raise
    except FaultError as second:
        raise (second if isinstance(second, UndecidedError) else fault) from None
    if value is not by:
        raise fault
