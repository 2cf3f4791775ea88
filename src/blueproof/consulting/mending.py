"""The consultation on a delivery whose files were handed over: what is wrong, and them mended."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from blueproof.advisors.pipeline.advise import advise, conclude
from blueproof.advisors.pipeline.files import Files
from blueproof.advisors.premises.judge import judge
from blueproof.core.advice import Finding
from blueproof.core.blueprint import Blueprint, Conclusion, Draft, Proof, QuestionKind
from blueproof.core.brief import Brief
from blueproof.engines import linters
from blueproof.proof.bench import Bench
from blueproof.proof.prove import prove

_MOST = 6  # complaints of a linter that are told


def mended(
    brief: Brief, files: Files, kind: QuestionKind, progress: Callable[[str], None]
) -> Blueprint:
    """The blueprint: the faults in order, the mended files, and what linters still say of them."""
    progress("reading the pipeline")
    draft = replace(advise(files, brief, kind), premises=judge(brief))
    draft = replace(draft, findings=(*draft.findings, *_left(files.mended())))

    def said(kept: Draft, _proofs: tuple[Proof, ...]) -> Conclusion:
        return conclude(files, kept)

    with Bench() as bench:
        return prove(draft, said, bench, progress)


def _left(made: dict[str, str]) -> Iterator[Finding]:
    """What the linters, where they are installed, hold against the mended files."""
    workflows = {p: t for p, t in made.items() if ".github/workflows/" in p}
    images = {p: t for p, t in made.items() if "ockerfile" in p.rpartition("/")[2]}
    for name, found in (
        ("zizmor", linters.zizmor(workflows) if workflows else ()),
        ("hadolint", linters.hadolint(images) if images else ()),
    ):
        for complaint in (found or ())[:_MOST]:
            where, _, says = complaint.partition(": ")
            yield Finding(
                rule=f"still-{name}", where=f"{where} as mended", says=f"{name} still says: {says}"
            )
