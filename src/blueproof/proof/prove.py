"""From Draft to Blueprint: every claim is checked on fresh engines, and what fails is taken out."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from blueproof.core.advice import Artifact, Finding, Flip, Recommendation, Rejected, Step
from blueproof.core.blueprint import SHAPE_VERSION, Blueprint, Conclusion, Draft, Proof, Unproved
from blueproof.core.brief import Brief
from blueproof.core.claim import (
    Claim,
    Deploys,
    Drains,
    Lints,
    PassesTests,
    TypeChecks,
    Validates,
)
from blueproof.core.errors import InputError
from blueproof.core.scene import DatabaseScene
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.proof.bench import Bench
from blueproof.proof.outcome import Outcome, unchecked
from blueproof.proof.table import kind_of
from blueproof.sql.plan import ExtensionMissing, Refused

Conclude = Callable[[Draft, tuple[Proof, ...]], Conclusion]
Progress = Callable[[str], None]
_CONNECTION_LOST = "08"  # the class of SQLSTATE
_AT_ASSUMED = "at the assumed row counts"
# What a program checks that may be missing here: advice stands without it, and says so.
_BY_PROGRAM = (Lints, Validates, Drains, Deploys, TypeChecks, PassesTests)
# What other programs check, for the most part waiting: begun first, beside our own work.
_ALONGSIDE = (Validates, Drains, Deploys, TypeChecks, PassesTests)
_AT_ONCE = 3


def check(claim: Claim, scene: DatabaseScene | None, bench: Bench) -> Outcome:
    """The outcome of one claim; what the engine refuses to do is a refutation in its words."""
    kind = kind_of(claim)
    try:
        return kind.outcome(claim, scene, bench)
    except ServerRefusal as refusal:
        if refusal.code.startswith(_CONNECTION_LOST):
            return unchecked(f"the server's process ended: {refusal}", kind.engine)
        return Outcome(verdict="refuted", basis="none", how=kind.engine, reason=str(refusal))
    except ExtensionMissing as missing:
        return replace(unchecked(missing.reason, kind.engine), lacking=True)
    except (Refused, InputError) as refusal:
        return Outcome(verdict="refuted", basis="none", how=kind.engine, reason=str(refusal))


@dataclass
class _Prover:
    """The proofs so far; the same claim is checked once."""

    scene: DatabaseScene | None
    bench: Bench
    progress: Progress
    proofs: list[Proof] = field(default_factory=list)
    known: dict[Claim, Proof] = field(default_factory=dict)
    lacking: set[Claim] = field(default_factory=set)
    begun: dict[Claim, Future[tuple[Outcome, float]]] = field(default_factory=dict)

    def begin(self, claims: Iterable[Claim], pool: ThreadPoolExecutor) -> None:
        """Begin, beside our own work, what other programs check."""
        for claim in claims:
            if isinstance(claim, _ALONGSIDE) and claim not in self.begun:
                self.begun[claim] = pool.submit(self._timed, claim)

    def _timed(self, claim: Claim) -> tuple[Outcome, float]:
        begun = time.perf_counter()
        outcome = check(claim, self.scene, self.bench)
        return outcome, time.perf_counter() - begun

    def prove(self, claims: tuple[Claim, ...]) -> tuple[Proof, ...]:
        return tuple(self._prove_one(claim) for claim in claims)

    def _prove_one(self, claim: Claim) -> Proof:
        if claim not in self.known:
            self.progress(f"proof {len(self.known) + 1}: {kind_of(claim).name}")
            begun = self.begun.get(claim)
            outcome, seconds = begun.result() if begun else self._timed(claim)
            self.known[claim] = as_proof(claim, outcome, "", seconds)
            if outcome.lacking or isinstance(claim, _BY_PROGRAM):
                self.lacking.add(claim)
        return self.known[claim]

    def keep(self, proofs: tuple[Proof, ...]) -> tuple[str, ...]:
        """Write proofs into the ledger under the next ids; returns their ids."""
        ids: list[str] = []
        for proof in proofs:
            kept = self.known[proof.claim]
            if not kept.id:
                name = f"p{len(self.proofs) + 1}"
                kept = replace(kept, id=name, rerun=f"blueproof prove . --only {name}")
                self.known[proof.claim] = kept
                self.proofs.append(kept)
            ids.append(kept.id)
        return tuple(ids)


def as_proof(claim: Claim, outcome: Outcome, name: str, seconds: float) -> Proof:
    """The proof of a claim from its outcome; an assumed basis never stands without a condition."""
    assumed = outcome.basis == "assumed statistics" and outcome.verdict == "proved"
    return Proof(
        id=name,
        claim=claim,
        verdict=outcome.verdict,
        basis=outcome.basis,
        how=outcome.how,
        measured=outcome.measured,
        condition=outcome.condition or (_AT_ASSUMED if assumed else ""),
        reason=outcome.reason,
        seconds=seconds,
    )


def prove(
    draft: Draft, conclude: Conclude, bench: Bench, progress: Progress = lambda _: None
) -> Blueprint:
    """The blueprint of a draft: refuted advice is out, with all that needs it."""
    prover = _Prover(draft.scenes[0] if draft.scenes else None, bench, progress)
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        prover.begin((c for r in draft.recommendations for c in r.claims), pool)
        verdicts = {r.slot: prover.prove(r.claims) for r in draft.recommendations}
    rejected = _rejected(draft.recommendations, verdicts, prover.lacking)
    kept = _kept(draft, rejected, verdicts, prover)
    conclusion = conclude(kept, tuple(prover.proofs))
    return _blueprint(kept, conclusion, (*draft.rejected, *rejected.values()), prover)


def _rejected(
    advice: tuple[Recommendation, ...],
    verdicts: dict[str, tuple[Proof, ...]],
    lacking: set[Claim],
) -> dict[str, Rejected]:
    """What was refuted, and what needs a refuted slot, by slot."""
    rejected = {r.slot: out for r in advice if (out := _refutation(r, verdicts[r.slot], lacking))}
    while True:
        more = {
            r.slot: Rejected(
                slot=r.slot,
                choice=r.choice,
                why=f"it needs {lost}, which was rejected",
                lost=lost,
            )
            for r in advice
            if r.slot not in rejected
            for lost in [next((n for n in r.needs if n in rejected), None)]
            if lost
        }
        if not more:
            return rejected
        rejected |= more


def _refutation(
    advice: Recommendation, proofs: tuple[Proof, ...], lacking: set[Claim]
) -> Rejected | None:
    """What speaks against the advice: a refuted claim, or one that must be checked and was not.

    It stands without those whose program or extension is not here, and says so.
    """
    wrong = next((p for p in proofs if p.verdict == "refuted"), None) or next(
        (p for p in proofs if p.verdict == "unchecked" and p.claim not in lacking), None
    )
    if wrong is None:
        return None
    verdict = "was refuted" if wrong.verdict == "refuted" else "could not be checked"
    why = f"{type(wrong.claim).__name__} {verdict}: {wrong.reason}"
    return Rejected(slot=advice.slot, choice=advice.choice, why=why, measured=wrong.measured)


def _kept(
    draft: Draft,
    rejected: dict[str, Rejected],
    verdicts: dict[str, tuple[Proof, ...]],
    prover: _Prover,
) -> Draft:
    """The draft less what was rejected, each piece with the ids of its proofs."""
    advice = tuple(
        _with_proofs(r, verdicts[r.slot], prover)
        for r in draft.recommendations
        if r.slot not in rejected
    )
    slots = {r.slot for r in advice}
    findings = tuple(replace(f, proofs=prover.keep(prover.prove(f.claims))) for f in draft.findings)
    artifacts = tuple(a for a in draft.artifacts if set(a.needs) <= slots)
    return replace(draft, recommendations=advice, findings=findings, artifacts=artifacts)


def _with_proofs(
    advice: Recommendation, proofs: tuple[Proof, ...], prover: _Prover
) -> Recommendation:
    return replace(
        advice,
        proofs=prover.keep(proofs),
        artifacts=tuple(file.path for file in advice.files),
        flips=advice.flips if advice.regardless else (*advice.flips, *_flips(proofs)),
    )


def _flips(proofs: tuple[Proof, ...]) -> tuple[Flip, ...]:
    """The fewest rows from which the advice pays for any of its queries, as measured."""
    least: dict[str, float] = {}
    for proof in proofs:
        for measured in proof.measured:
            if measured.name == "worth it from" and not isinstance(measured.value, str):
                table = measured.unit.removeprefix("rows in ")
                least[table] = min(measured.value, least.get(table, measured.value))
    return tuple(
        Flip(fact=f"scale.rows.{table}", at=rows, unit="rows", then="leave it as it is below")
        for table, rows in least.items()
    )


def _blueprint(
    kept: Draft, conclusion: Conclusion, rejected: tuple[Rejected, ...], prover: _Prover
) -> Blueprint:
    final = prover.prove(conclusion.claims)
    prover.keep(final)
    wrong = tuple(
        Rejected(slot=type(p.claim).__name__, choice="", why=p.reason)
        for p in final
        if p.verdict == "refuted"
    )
    findings, doubted = _concluded(conclusion.findings, prover)
    slots = {r.slot for r in kept.recommendations}
    return Blueprint(
        shape=SHAPE_VERSION,
        answer=conclusion.answer,
        question_kind=kept.question_kind,
        request=kept.brief.request,
        understood=kept.brief.facts,
        premises=kept.premises,
        proposal=_said(kept.brief, "proposal")[0] if _said(kept.brief, "proposal") else "",
        tried=_said(kept.brief, "tried"),
        not_understood=kept.brief.not_understood,
        assumptions=kept.brief.assumptions,
        open_questions=(*kept.open_questions, *conclusion.open_questions),
        recommendations=kept.recommendations,
        findings=findings,
        hypotheses=conclusion.hypotheses,
        bill=() if wrong else conclusion.bill,
        steps=_steps(conclusion.steps, slots),
        proofs=tuple(prover.proofs),
        rejected=(*rejected, *wrong),
        not_proved=(
            *_unchecked(prover.proofs),
            *doubted,
            *conclusion.not_proved,
            *kept.not_proved,
        ),
        artifacts=_artifacts((*kept.artifacts, *conclusion.artifacts), slots),
        diagrams=(*kept.brief.diagrams, *kept.diagrams, *conclusion.diagrams),
        charts=conclusion.charts,
        plots=conclusion.plots,
        queries=conclusion.queries,
        changes=conclusion.changes,
        scenes=kept.scenes,
    )


def _said(brief: Brief, key: str) -> tuple[str, ...]:
    """What the person said of this sort, in their words."""
    return tuple(str(f.value) for f in brief.facts if f.key == key)


def _concluded(
    findings: tuple[Finding, ...], prover: _Prover
) -> tuple[tuple[Finding, ...], tuple[Unproved, ...]]:
    """The findings whose claims hold, with their proofs, and those whose claims do not."""
    held: list[Finding] = []
    doubted: list[Unproved] = []
    for finding in findings:
        proofs = () if finding.proofs else prover.prove(finding.claims)
        wrong = next((p for p in proofs if p.verdict == "refuted"), None)
        if wrong:
            doubted.append(Unproved(statement=f"{finding.where}: {finding.says}", why=wrong.reason))
        else:
            held.append(replace(finding, proofs=finding.proofs or prover.keep(proofs)))
    return tuple(held), tuple(doubted)


def _steps(steps: tuple[Step, ...], slots: set[str]) -> tuple[Step, ...]:
    return tuple(step for step in steps if set(step.needs) <= slots)


def _artifacts(artifacts: tuple[Artifact, ...], slots: set[str]) -> tuple[Artifact, ...]:
    return tuple(file for file in artifacts if set(file.needs) <= slots)


def _unchecked(proofs: list[Proof]) -> tuple[Unproved, ...]:
    """Claims without a verdict, one entry for each reason."""
    by_reason: dict[str, list[str]] = {}
    for proof in proofs:
        if proof.verdict == "unchecked":
            by_reason.setdefault(proof.reason, []).append(proof.id)
    return tuple(
        Unproved(statement=f"{', '.join(ids)}", why=reason) for reason, ids in by_reason.items()
    )
