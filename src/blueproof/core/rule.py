"""A rule: one judgement with its documentation, evidence, check and cases in one object."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from blueproof.core.advice import Advices
from blueproof.core.evidence import Citation

Subject = TypeVar("Subject")


@dataclass(frozen=True, kw_only=True)
class Case:
    """An input in the user's language on which a rule must fire, or be quiet.

    `rows` gives row counts by table ("orders=2M").
    """

    name: str
    given: str
    fires: bool = True
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rule(Generic[Subject]):
    """A judgement "when X, do Y, because Z" over a subject such as a database."""

    id: str
    title: str
    guide: str
    evidence: tuple[Citation, ...]
    check: Callable[[Subject], Advices]
    cases: tuple[Case, ...]

    def __post_init__(self) -> None:
        fires = {case.fires for case in self.cases}
        if not self.evidence or fires != {True, False}:
            raise ValueError(f"rule {self.id}: needs evidence, a case that fires and a quiet one")
