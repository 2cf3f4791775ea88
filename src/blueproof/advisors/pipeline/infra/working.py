"""How the code itself is carried out: its state, its lock, what does not parse."""

import re
from collections.abc import Iterator

from blueproof.advisors.pipeline.fault import Fault
from blueproof.advisors.pipeline.infra import sources
from blueproof.advisors.pipeline.infra.made import Infra, Made, blocks

_LINE = re.compile(r"\bline (\d+)")


def faults(infra: Infra) -> Iterator[Fault]:
    """Files that do not parse, a state on one laptop, a state without a lock."""
    for path, why in infra.unread:
        line = _LINE.search(why)
        yield Fault(
            rule="does-not-parse", path=path, line=int(line[1]) if line else 1, rank="breaks",
            says=f"{path} does not parse, and nothing in it was judged: {why}"[:300],
        )  # fmt: skip
    roots = [m for m in infra.settings if m.kind == "terraform"]
    # A module has no provider block and no state of its own.
    is_root = any(m.kind == "provider" for m in infra.settings)
    if not is_root:
        return
    backends = [b for m in roots for b in _backends(m)]
    if not backends and not any(blocks(m.told, "cloud") or "cloud {" in m.whole for m in roots):
        first = next(m for m in infra.settings if m.kind in {"terraform", "provider"})
        at = roots[0] if roots else first
        yield Fault(
            rule="local-state", path=at.path, line=at.line, rank="breaks",
            says="there is no backend, so the state, with every password in it, lies on the laptop "
            "that applies: a colleague or the pipeline starts from nothing and makes all of it "
            "a second time",
            right='backend "s3" { bucket, key, region, encrypt = true, use_lockfile = true }',
            evidence=(sources.STATE, sources.SECRETS),
        )  # fmt: skip
    for made, name, inner in backends:
        locked = inner.get("use_lockfile") or inner.get("dynamodb_table")
        if name == "s3" and not locked:
            yield Fault(
                rule="no-state-lock", path=made.path, line=made.line_with('"s3"'), rank="breaks",
                says="the state in S3 has no lock: two applies at once overwrite each other's "
                "state",
                right="use_lockfile = true (Terraform 1.11 and later)", evidence=(sources.STATE,),
            )  # fmt: skip


def _backends(made: Made) -> Iterator[tuple[Made, str, dict[str, object]]]:
    for block in blocks(made.told, "backend"):
        for name, inner in block.items():
            if isinstance(inner, dict):
                yield made, name, inner
