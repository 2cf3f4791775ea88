"""What a rule says: of each place that it looked at, whether something is wrong there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from blueproof.engines.deployment.project import Project


@dataclass(frozen=True)
class Judged:
    """One place that a rule looked at, and what is wrong there; "" if nothing is."""

    where: str
    wrong: str = ""


Check = Callable[["Project"], Iterator[Judged]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How a promise is judged; what it says stands in `cloud/promises.py`."""

    id: str
    check: Check
