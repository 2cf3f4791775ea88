"""Claims about deployment files: the tools that read such files accept them."""

import importlib
from collections.abc import Callable, Mapping

from blueproof.cloud.promises import promises
from blueproof.core.claim import Upholds, Validates
from blueproof.core.errors import EngineError
from blueproof.core.evidence import Measurement
from blueproof.core.scene import DatabaseScene, File
from blueproof.proof.bench import Bench
from blueproof.proof.outcome import Outcome, unchecked

_MOST_SAID = 3
_LINTERS = "blueproof doctor --install deploy"
_TERRAFORM = "install terraform, and a mirror of its AWS provider"
# Who checks for each tool, how that is said, and how to get it.
_TOOLS = {
    "terraform fmt": ("terraform.formatted", "terraform fmt -check", _TERRAFORM),
    "terraform validate": ("terraform.valid", "terraform validate", _TERRAFORM),
    "zizmor": ("linters.zizmor", "zizmor, complaints of medium severity and more", _LINTERS),
    "workflow schema": ("linters.workflow_schema", "GitHub's workflow schema", _LINTERS),
    "shellcheck": ("linters.shellcheck", "shellcheck, on the workflows' scripts", _LINTERS),
    "hadolint": ("linters.hadolint", "hadolint", _LINTERS),
}


def validates(claim: Validates, _scene: DatabaseScene | None, _bench: Bench) -> Outcome:
    """The tool has no complaint about the files."""
    check, how, get = _TOOLS[claim.tool]
    module, name = check.split(".")
    judge: Callable[[Mapping[str, str]], tuple[str, ...] | None] = getattr(
        importlib.import_module(f"blueproof.engines.{module}"), name
    )
    try:
        found = judge(_texts(claim.files))
    except EngineError as error:
        return unchecked(str(error), how)
    if found is None:
        return unchecked(f"{claim.tool} is not there: {get}", how)
    return Outcome(
        verdict="refuted" if found else "proved",
        basis="real data",
        how=how,
        measured=(Measurement(name="complaints", value=len(found), unit="complaints"),),
        reason=_listed(found),
    )


def upholds(claim: Upholds, _scene: DatabaseScene | None, _bench: Bench) -> Outcome:
    """The files keep the promise in every place that it is about, and there is such a place."""
    from blueproof.engines.deployment.rules import judge

    how = "read from the files: what they mean, comments aside"
    known = promises().get(claim.promise)
    if known is None or known.says != claim.says:
        return Outcome(
            verdict="refuted",
            basis="none",
            how=how,
            reason=f"{claim.promise} promises no such thing",
        )
    found = judge(claim.promise, _texts(claim.files))
    wrong = tuple(dict.fromkeys(each.wrong for each in found if each.wrong))
    return Outcome(
        verdict="refuted" if wrong or not found else "proved",
        basis="real data",
        how=how,
        measured=(
            Measurement(name="looked at", value=len(found), unit="places"),
            Measurement(name="complaints", value=len(wrong), unit="complaints"),
        ),
        reason=_listed(wrong) if found else "nothing in these files is what it is about",
    )


def _listed(found: tuple[str, ...]) -> str:
    more = f" and {len(found) - _MOST_SAID} more" if len(found) > _MOST_SAID else ""
    return "; ".join(found[:_MOST_SAID]) + more


def _texts(files: tuple[File, ...]) -> dict[str, str]:
    return {file.path: file.text for file in files}
