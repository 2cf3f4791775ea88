"""Claims about a choice among technologies: made anew from the needs and the facts."""

from blueproof.core.claim import Decides, LoadFits
from blueproof.core.evidence import Measurement
from blueproof.core.scene import DatabaseScene
from blueproof.decide.limits import limit_of
from blueproof.decide.needs_file import read_needs
from blueproof.decide.scoring import scored
from blueproof.decide.workload import workload
from blueproof.facts.load import fact
from blueproof.proof.bench import Bench
from blueproof.proof.outcome import Outcome


def decides(claim: Decides, _scene: DatabaseScene | None, _bench: Bench) -> Outcome:
    """With the answers set, the family ranks first, and nothing rules it out."""
    needs = read_needs(claim.needs.text, path=claim.needs.path)
    given = dict(pair.split("=", 1) for pair in claim.given)
    there = needs.holding(**given)
    ranked = scored(there, there.number("users"))
    first = ranked[0]
    found = first.option.family
    fits = found == claim.pick and not first.ruled_out
    out = f", which is ruled out: {first.ruled_out[0]}" if first.ruled_out else ""
    return Outcome(
        verdict="proved" if fits else "refuted",
        basis="simulated",
        how="weighed anew from the needs, the facts and the stated weights",
        measured=tuple(
            Measurement(
                name=s.option.family,
                value=round(s.points, 1),
                unit="points of 100, but ruled out" if s.ruled_out else "points of 100",
            )
            for s in ranked
        ),
        reason="" if fits else f"{found} ranks first{out}",
    )


def load_fits(claim: LoadFits, _scene: DatabaseScene | None, _bench: Bench) -> Outcome:
    """The quantity of the workload is at most the published limit."""
    needs = read_needs(claim.needs.text, path=claim.needs.path)
    limit = limit_of(claim.limit)
    if limit is None:
        return Outcome(verdict="refuted", basis="none", how="the workload model",
                       reason=f"{claim.limit} is no limit that a load is held against")  # fmt: skip
    known = fact(claim.limit)
    load = float(limit.quantity(workload(needs, claim.users).usage))
    fits = load <= float(known.value)
    return Outcome(
        verdict="proved" if fits else "refuted",
        basis="simulated",
        how=f"the workload model, against {known.source}",
        measured=(
            Measurement(name="load", value=round(load, 1), unit=known.unit),
            Measurement(name="limit", value=float(known.value), unit=known.unit),
        ),
        reason="" if fits else f"{load:,.0f} {limit.what}, and the limit is {known.value:,.0f}",
    )
