"""All that is wrong in infrastructure code, whichever tool it is written for."""

from collections.abc import Mapping

from blueproof.advisors.pipeline.fault import Fault
from blueproof.advisors.pipeline.infra import access, running, stores, working
from blueproof.advisors.pipeline.infra.made import Infra
from blueproof.advisors.pipeline.infra.reading import read_infra
from blueproof.advisors.pipeline.infra.template import is_template

CHECKS = "data kept, doors, rights, secrets, sizes, releases, state"


def is_infra(path: str, text: str) -> bool:
    """Whether a file is infrastructure code that is judged here."""
    return path.endswith(".tf") or is_template(path, text)


def review(texts: Mapping[str, str]) -> tuple[Infra, tuple[Fault, ...]]:
    """What the files make, and the faults of it."""
    infra = read_infra(texts)
    found = (*working.faults(infra), *stores.faults(infra), *running.faults(infra),
             *access.faults(infra))  # fmt: skip
    return infra, found
