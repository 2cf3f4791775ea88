"""A rule: one judgement with its documentation, evidence, check and cases in one object."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from blueproof.core.advice import Advices
from blueproof.core.evidence import Citation

Subject = TypeVar("Subject")
# What a rule looks at, in the order in which rules run: a query's own text, then what all queries
# need together, then the schema by itself, then what has become unnecessary.
Stage = Literal["query", "workload", "schema", "cleanup"]
STAGES: tuple[Stage, ...] = ("query", "workload", "schema", "cleanup")


@dataclass(frozen=True, kw_only=True)
class Case:
    """An input in the user's language on which a rule must fire, or be quiet.

    `given`, `queries` and `statistics` are texts as a person would hand them over; `rows` gives row
    counts by table ("orders=2M"). `filled` is SQL that makes rows: then queries can be timed.
    """

    name: str
    given: str
    queries: str = ""
    fires: bool = True
    rows: tuple[str, ...] = ()
    statistics: str = ""
    filled: str = ""


@dataclass(frozen=True, kw_only=True)
class Rule(Generic[Subject]):
    """A judgement "when X, do Y, because Z" over a subject such as a database."""

    id: str
    stage: Stage
    title: str
    guide: str
    evidence: tuple[Citation, ...]
    check: Callable[[Subject], Advices]
    cases: tuple[Case, ...]

    def __post_init__(self) -> None:
        fires = {case.fires for case in self.cases}
        if not self.evidence or fires != {True, False}:
            raise ValueError(f"rule {self.id}: needs evidence, a case that fires and a quiet one")


@dataclass(frozen=True, kw_only=True)
class CaseResult:
    """What came of running one case: the advice it got, the claims refuted, and the cure.

    `cured` is whether the advice, applied, silences the rule; True where nothing fired.
    """

    case: Case
    slots: tuple[str, ...]
    refuted: tuple[str, ...]
    unchecked: tuple[str, ...]
    cured: bool

    @property
    def as_said(self) -> bool:
        """Whether the rule fired or was quiet as the case says, with every claim proved."""
        return bool(self.slots) == self.case.fires and not self.refuted and self.cured
