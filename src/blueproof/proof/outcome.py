"""What checking a claim gave, before it is written down as a proof."""

from dataclasses import dataclass

from blueproof.core.claim import Verdict
from blueproof.core.evidence import Measurement
from blueproof.core.scene import Basis


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A verdict with what was measured, on what basis, and the reason where it is not proved.

    `lacking` is whether it has no verdict because something that could be installed is not here.
    """

    verdict: Verdict
    basis: Basis
    how: str
    measured: tuple[Measurement, ...] = ()
    reason: str = ""
    condition: str = ""
    lacking: bool = False


def unchecked(reason: str, how: str = "not checked") -> Outcome:
    """No verdict, and why."""
    return Outcome(verdict="unchecked", basis="none", how=how, reason=reason)
