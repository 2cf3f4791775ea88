"""All rules, by name, and the judgement of one over some files."""

from collections.abc import Mapping
from functools import cache

from blueproof.engines.deployment import (
    bill,
    image,
    keeping,
    network,
    order,
    pipeline,
    powers,
    secrets,
    trust,
    wiring,
)
from blueproof.engines.deployment.judged import Judged, Rule
from blueproof.engines.deployment.project import project_of


@cache
def rules() -> Mapping[str, Rule]:
    """The rules by id, in the order in which a deployment is read."""
    parts = (trust, powers, network, secrets, keeping, wiring, pipeline, image, order, bill)
    return {rule.id: rule for part in parts for rule in part.RULES}


def judge(rule: str, files: Mapping[str, str]) -> tuple[Judged, ...]:
    """What a rule says of each place in the files that it is about; KeyError for no rule.

    InputError where a file does not parse. A rule that finds no place is about something else, or
    about something that is missing: its judgement is then empty.
    """
    return tuple(rules()[rule].check(project_of(tuple(sorted(files.items())))))
