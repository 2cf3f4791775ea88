"""Claims about deployment files: the tools that read such files accept them."""

import importlib
from collections.abc import Callable, Mapping

from blueproof.cloud.code import is_ours
from blueproof.cloud.promises import promises
from blueproof.core.claim import Deploys, Drains, Upholds, Validates
from blueproof.core.errors import EngineError
from blueproof.core.evidence import Measurement
from blueproof.core.scene import DatabaseScene
from blueproof.proof.bench import Bench
from blueproof.proof.outcome import MOST_SAID, Outcome, listed, texts, unchecked

_LINTERS = "blueproof doctor --install deploy"
_TERRAFORM = "install terraform, and a mirror of its AWS provider"
# Who checks for each tool, how that is said, and how to get it.
_TOOLS = {
    "terraform fmt": ("terraform.formatted", "terraform fmt -check", _TERRAFORM),
    "terraform validate": ("terraform.valid", "terraform validate", _TERRAFORM),
    "terraform test": ("terraform.tested", "terraform test, with a mocked AWS", _TERRAFORM),
    "zizmor": ("linters.zizmor", "zizmor, complaints of medium severity and more", _LINTERS),
    "workflow schema": ("linters.workflow_schema", "GitHub's workflow schema", _LINTERS),
    "gitlab schema": ("linters.gitlab_schema", "the schema of GitLab's pipelines", _LINTERS),
    "gitlab shellcheck": (
        "linters.gitlab_scripts",
        "shellcheck, on the jobs' scripts",
        _LINTERS,
    ),
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
        found = judge(texts(claim.files))
    except EngineError as error:
        return unchecked(str(error), how)
    if found is None:
        return unchecked(f"{claim.tool} is not there: {get}", how)
    return Outcome(
        verdict="refuted" if found else "proved",
        basis="real data",
        how=how,
        measured=(Measurement(name="complaints", value=len(found), unit="complaints"),),
        reason=listed(found),
    )


def upholds(claim: Upholds, scene: DatabaseScene | None, bench: Bench) -> Outcome:
    """The files keep the promise in every place that it is about, and there is such a place."""
    if claim.promise == "schema-refuses":
        from blueproof.proof.models import refuses  # a server is started

        return refuses(claim, scene, bench)
    if claim.promise.startswith("change-"):
        from blueproof.proof.changing import holds  # a server is started

        return holds(claim, scene, bench)
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
    found = judge(claim.promise, texts(claim.files))
    wrong = tuple(dict.fromkeys(each.wrong for each in found if each.wrong))
    return Outcome(
        verdict="refuted" if wrong or not found else "proved",
        basis="real data",
        how=how,
        measured=(
            Measurement(name="places looked at", value=len(found), unit="places"),
            Measurement(name="complaints", value=len(wrong), unit="complaints"),
        ),
        reason=listed(wrong) if found else "nothing in these files is what it is about",
    )


def drains(claim: Drains, _scene: DatabaseScene | None, _bench: Bench) -> Outcome:
    """The lifecycle file stops without losing a request, and tells a database that is away."""
    from blueproof.engines.node.rehearsal import missing, rehearse

    how = "started with Node, and stopped in mid-request; its database taken away, and silent"
    changed = [f.path for f in claim.files if not is_ours(f.path.rpartition("/")[2], f.text)]
    if changed:
        # Whoever repeats a proof on somebody's folder must not run somebody's code by it.
        return unchecked(f"{changed[0]} was changed, and only our own code is run", how)
    try:
        seen = rehearse(texts(claim.files))
    except EngineError as error:
        return unchecked(str(error), how)
    if seen is None:
        lacks = missing(texts(claim.files))
        return (
            unchecked(f"it takes {lacks}", how)
            if claim.files
            else Outcome(verdict="refuted", basis="none", how=how, reason=f"there is no {lacks}")
        )
    return Outcome(
        verdict="refuted" if seen.refused else "proved",
        basis="real data",
        how=how,
        measured=(
            Measurement(name="answered", value=seen.answered, unit=f"of {seen.sent} in flight"),
            Measurement(name="exit code", value=seen.exit_code or 0, unit=""),
            Measurement(name="ready while it is down", value=seen.ready_while_down, unit="HTTP"),
            Measurement(name="live while it is down", value=seen.live_while_down, unit="HTTP"),
        ),
        reason=" ".join(seen.refused[:MOST_SAID]),
    )


def deploys(claim: Deploys, _scene: DatabaseScene | None, _bench: Bench) -> Outcome:
    """Both stacks are made on a simulated AWS, and every role may what it must and no more."""
    from blueproof.engines.simulated_aws.applying import apply_files, missing

    how = "the guide carried out on a simulated AWS, then every role taken on and tried"
    try:
        applied = apply_files(texts(claim.files), {})
    except EngineError as error:
        return unchecked(str(error), how)
    if applied is None:
        return unchecked(missing(), how)
    return Outcome(
        verdict="refuted" if applied.failures else "proved",
        basis="simulated",
        how=how,
        measured=(
            Measurement(name="made", value=applied.made, unit=f"of {applied.expected} resources"),
            Measurement(name="guide", value=applied.replayed, unit="commands carried out"),
            Measurement(name="roles tried", value=len(applied.probes), unit="calls"),
        ),
        reason=listed(applied.failures),
    )
