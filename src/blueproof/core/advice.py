"""What we hand over: findings, recommendations, files and steps."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from blueproof.core.claim import Claim
from blueproof.core.evidence import Citation, Measurement
from blueproof.core.scene import Excerpt


@dataclass(frozen=True, kw_only=True)
class Flip:
    """The value of a fact from which on the advice becomes another."""

    fact: str
    at: float | str
    unit: str
    then: str


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """Another choice for the same slot, and why it was not taken."""

    choice: str
    why_not: str


@dataclass(frozen=True, kw_only=True)
class Artifact:
    """A file for the person. Its text lives in the folder, not in the JSON."""

    path: str
    purpose: str
    text: str = field(default="", metadata={"json": False})
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class QueryChange:
    """A query and the text that should take its place."""

    original: Excerpt
    rewritten: Excerpt


@dataclass(frozen=True, kw_only=True)
class Recommendation:
    """One decision: the slot it fills, the choice, its reasons, and what an engine can check.

    Only claims decide: if one is refuted, the recommendation leaves the answer together with the
    artifacts and steps that need its slot. `schema_change` and `query_change` say what carrying
    it out does, so that a test can do so and see the rule fall silent; `table` is whose schema it
    changes. `regardless` advice is about right answers, whatever the figures are; `helps` are
    queries that it makes faster, as timed or beside their plan.
    """

    slot: str
    choice: str
    because: tuple[str, ...]
    rule: str = ""
    helps: tuple[str, ...] = ()
    instead_of: tuple[Alternative, ...] = ()
    flips: tuple[Flip, ...] = ()
    trade_offs: tuple[str, ...] = ()
    cost: Decimal | None = None
    evidence: tuple[Citation, ...] = ()
    proofs: tuple[str, ...] = ()
    artifacts: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = field(default=(), metadata={"json": False})
    files: tuple[Artifact, ...] = field(default=(), metadata={"json": False})
    schema_change: Excerpt | None = field(default=None, metadata={"json": False})
    table: str = field(default="", metadata={"json": False})
    regardless: bool = field(default=False, metadata={"json": False})
    query_change: QueryChange | None = field(default=None, metadata={"json": False})

    def __post_init__(self) -> None:
        if not self.because or not (self.evidence or self.claims or self.proofs):
            raise ValueError(f"{self.slot}: advice needs a reason, and evidence or a claim")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something seen in the person's own files: where, what it means, and how bad it is."""

    rule: str
    where: str
    says: str
    severity: Literal["harm", "risk", "note"] = "note"
    evidence: tuple[Citation, ...] = ()
    proofs: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = field(default=(), metadata={"json": False})


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """Advice that was considered and refuted, with what was measured.

    `lost` is the refuted slot that it needed, where nothing was found against itself.
    """

    slot: str
    choice: str
    why: str
    lost: str = ""
    measured: tuple[Measurement, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing to do: when, how to see that it worked, and how to take it back."""

    do: str
    horizon: Literal["now", "next", "later"]
    check: str
    undo: str
    needs: tuple[str, ...] = ()


Advice = Recommendation | Finding | Rejected
Advices = Iterator[Advice]
