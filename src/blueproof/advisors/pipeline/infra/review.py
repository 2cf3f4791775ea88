"""All that is wrong in infrastructure code, whichever tool it is written for."""

import re
from collections.abc import Mapping
from dataclasses import replace

from blueproof.advisors.pipeline.fault import Fault
from blueproof.advisors.pipeline.infra import access, running, stores, working
from blueproof.advisors.pipeline.infra.made import Infra
from blueproof.advisors.pipeline.infra.reading import read_infra
from blueproof.advisors.pipeline.infra.template import is_template

_SETS = re.compile(r"\b([a-z]+(?:_[a-z]+)+) = ")
CHECKS = "data kept, doors, rights, secrets, sizes, releases, state"


def is_infra(path: str, text: str) -> bool:
    """Whether a file is infrastructure code that is judged here."""
    return path.endswith(".tf") or is_template(path, text)


def review(texts: Mapping[str, str]) -> tuple[Infra, tuple[Fault, ...]]:
    """What the files make, and the faults of it."""
    infra = read_infra(texts)
    found = (*working.faults(infra), *stores.faults(infra), *running.faults(infra),
             *access.faults(infra))  # fmt: skip
    return infra, tuple(
        fault if fault.path.endswith(".tf") else _in_camel(fault) for fault in found
    )


def _in_camel(fault: Fault) -> Fault:
    """A fault of a template with its properties as CloudFormation spells them."""
    right = _SETS.sub(lambda m: "".join(w.capitalize() for w in m[1].split("_")) + ": ",
                      fault.right)  # fmt: skip
    return replace(fault, right=right)
