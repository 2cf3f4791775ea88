"""What checking a claim gave, before it is written down as a proof."""

from dataclasses import dataclass

from blueproof.core.claim import Verdict
from blueproof.core.evidence import Measurement
from blueproof.core.scene import Basis, File

MOST_SAID = 3


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


def listed(found: tuple[str, ...]) -> str:
    """The first complaints as one reason, with the number of those left out."""
    more = f" and {len(found) - MOST_SAID} more" if len(found) > MOST_SAID else ""
    return "; ".join(found[:MOST_SAID]) + more


def texts(files: tuple[File, ...]) -> dict[str, str]:
    """The texts of files by path."""
    return {file.path: file.text for file in files}
