"""Draft, Proof, Blueprint: advice before and after it met the engines."""

from dataclasses import dataclass, field
from typing import Literal

from blueproof.core.advice import Artifact, Finding, Recommendation, Rejected, Step
from blueproof.core.brief import Assumption, Brief, Fact
from blueproof.core.claim import Claim, Verdict
from blueproof.core.diagram import Diagram
from blueproof.core.evidence import Citation, Measurement
from blueproof.core.money import Bill
from blueproof.core.plot import Plot
from blueproof.core.question import Question
from blueproof.core.scene import Basis, DatabaseScene
from blueproof.core.tuning import Change, TunedQuery

SHAPE_VERSION = 1

QuestionKind = Literal[
    "yes-no", "which", "how-much", "why", "how", "is-this-fine", "review", "build"
]


@dataclass(frozen=True, kw_only=True)
class Premise:
    """A belief in the person's own words, judged."""

    quote: str
    claim: str
    verdict: Literal["right", "wrong", "unknown"]
    because: str
    evidence: tuple[Citation, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Hypothesis:
    """A possible cause, with what speaks for and against it, and the observation that decides."""

    cause: str
    supports: tuple[str, ...]
    contradicts: tuple[str, ...]
    decide_by: str


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One pair of bars of a chart: a label, the value before, the value after."""

    label: str
    before: float
    after: float


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Before and after, side by side, in one unit."""

    id: str
    title: str
    unit: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What an engine said of a claim: verdict, basis, what was measured, how to repeat it.

    `condition` is the assumption the verdict rests on, printed beside it ("worth it from
    52,000 rows in orders on"); `reason` says why a claim was refuted or could not be checked.
    """

    id: str
    claim: Claim
    verdict: Verdict
    basis: Basis
    how: str
    measured: tuple[Measurement, ...] = ()
    rerun: str = ""
    condition: str = ""
    reason: str = ""
    seconds: float = field(default=0.0, metadata={"json": False})

    def __post_init__(self) -> None:
        if self.verdict != "proved" and not self.reason:
            raise ValueError(f"{self.verdict} without a reason: {self.claim}")
        if self.basis == "assumed statistics" and self.verdict == "proved" and not self.condition:
            raise ValueError(f"proved on assumed statistics, and does not say so: {self.claim}")

    def measure(self, name: str) -> float | None:
        """The measured figure of that name, if it is a number."""
        found = next((m.value for m in self.measured if m.name == name), None)
        return None if isinstance(found, str) else found


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the ledger of proofs: a proof, and the seconds that it took."""

    proof: Proof
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Digest:
    """A file of the folder as it was written: its path and the SHA-256 of its text."""

    path: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """All proofs of a blueprint with the scene they stand on: enough to repeat them."""

    shape: int
    scene: DatabaseScene | None
    entries: tuple[Entry, ...]
    files: tuple[Digest, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Unproved:
    """A statement that nothing checked, and why."""

    statement: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Advice before any engine has seen it. No renderer takes it."""

    brief: Brief
    question_kind: QuestionKind = "review"
    premises: tuple[Premise, ...] = ()
    scenes: tuple[DatabaseScene, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    findings: tuple[Finding, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    open_questions: tuple[Question, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    diagrams: tuple[Diagram, ...] = ()
    not_proved: tuple[Unproved, ...] = ()

    def __post_init__(self) -> None:
        slots = [r.slot for r in self.recommendations]
        twice = {slot for slot in slots if slots.count(slot) > 1}
        if twice:
            raise ValueError(f"two recommendations for one slot: {sorted(twice)}")


@dataclass(frozen=True, kw_only=True)
class Conclusion:
    """What is said once the verdicts are known: the answer, the bill, the steps, the pictures.

    `claims` are those that only now can be made, such as the sum of the bill.
    """

    answer: str
    hypotheses: tuple[Hypothesis, ...] = ()
    bill: tuple[Bill, ...] = ()
    steps: tuple[Step, ...] = ()
    findings: tuple[Finding, ...] = ()
    open_questions: tuple[Question, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    diagrams: tuple[Diagram, ...] = ()
    charts: tuple[Chart, ...] = ()
    plots: tuple[Plot, ...] = ()
    not_proved: tuple[Unproved, ...] = ()
    claims: tuple[Claim, ...] = ()
    queries: tuple[TunedQuery, ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Blueprint:
    """The whole answer, every checkable part of it checked. Made by `proof.prove` alone."""

    shape: int
    answer: str
    question_kind: QuestionKind
    request: str
    understood: tuple[Fact, ...] = ()
    premises: tuple[Premise, ...] = ()
    proposal: str = ""
    tried: tuple[str, ...] = ()
    not_understood: tuple[str, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    open_questions: tuple[Question, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    findings: tuple[Finding, ...] = ()
    hypotheses: tuple[Hypothesis, ...] = ()
    bill: tuple[Bill, ...] = ()
    steps: tuple[Step, ...] = ()
    proofs: tuple[Proof, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    not_proved: tuple[Unproved, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    diagrams: tuple[Diagram, ...] = ()
    charts: tuple[Chart, ...] = ()
    plots: tuple[Plot, ...] = ()
    queries: tuple[TunedQuery, ...] = ()
    changes: tuple[Change, ...] = ()
    scenes: tuple[DatabaseScene, ...] = ()

    def __post_init__(self) -> None:
        verdicts = {p.id: p.verdict for p in self.proofs}
        for advice in self.recommendations:
            unsound = [name for name in advice.proofs if verdicts.get(name, "refuted") == "refuted"]
            if unsound or not (advice.proofs or advice.evidence):
                raise ValueError(f"{advice.slot}: refuted or missing proofs {unsound}")

    def proof(self, proof_id: str) -> Proof:
        """The proof with this id; KeyError if there is none."""
        return {p.id: p for p in self.proofs}[proof_id]
