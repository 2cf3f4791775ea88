"""What stands in another region, and what one region cannot do for the world."""

import re
from collections.abc import Iterator

from blueproof.advisors.architecture.database import is_keyed, reaches, stored
from blueproof.advisors.architecture.load import Load
from blueproof.advisors.architecture.needs import Needs
from blueproof.advisors.architecture.part import HOURS, Part, Watch, exact
from blueproof.advisors.architecture.sizing import Tasks, class_of, tasks_of
from blueproof.costs.tiers import Charge

_WORLD = re.compile(
    r"\b(?:world ?wide|global(?:ly)?|all over the world|every continent)\b", re.IGNORECASE
)
_HALF_ROUND_KM, _FIBRE_KM_A_MS = 20_000.0, 200.0  # light in glass does two thirds of its speed


def second_region(load: Load, needs: Needs) -> Part | None:
    """What stands in another region, where the loss of one is to be survived."""
    if not needs.survives_region:
        return None
    name, price = class_of(reaches(load, needs))
    size, _ = stored(load, needs)
    tasks = tasks_of(needs, load)
    keyed = is_keyed(load, needs)
    copies = (
        ()
        if keyed
        else (
            Charge(name=f"Second region: {name}", quantity=exact(HOURS), unit="hours", price=price),
            Charge(
                name="Second region: storage",
                quantity=exact(size),
                unit="GB-months",
                price="aws.rds-gp3-gb-month",
            ),
        )
    )
    return Part(
        slot="second region",
        choice="a second region that stands by: "
        + ("the table as a global table" if keyed else f"a read replica {name}")
        + f", {tasks.usual} tasks, a load balancer, DNS that fails over",
        short="a second region that stands by",
        kind="service",
        because=(
            "a region is to be lost without the service: the copy is seconds behind, so that much "
            "may be lost; promoting it and starting tasks takes some minutes",
        ),
        flip="without it a lost region means hours: backups copied to another region are the least",
        charges=(*copies, *_standing(tasks)),
        facts=(price, "aws.alb-hour"),
        watches=(
            Watch(
                metric="replica lag between regions",
                threshold="over 60 s",
                then="large writes, or a replica that is too small",
            ),
        ),
    )


def _standing(tasks: Tasks) -> tuple[Charge, ...]:
    """Tasks and their balancer that stand by."""
    hours = tasks.usual * HOURS
    return (
        Charge(
            name="Second region: vCPUs",
            quantity=exact(hours * tasks.vcpu),
            unit="vCPU-hours",
            price="aws.fargate-vcpu-hour-arm",
        ),
        Charge(
            name="Second region: memory",
            quantity=exact(hours * tasks.memory_gb),
            unit="GB-hours",
            price="aws.fargate-gb-hour-arm",
        ),
        Charge(
            name="Second region: load balancer",
            quantity=exact(HOURS),
            unit="hours",
            price="aws.alb-hour",
        ),
    )


def too_far(text: str, needs: Needs) -> Iterator[str]:
    """That light is too slow, where the whole world is to be answered within a bound."""
    there_and_back = 2 * _HALF_ROUND_KM / _FIBRE_KM_A_MS
    if _WORLD.search(text) and 0 < needs.latency_ms < there_and_back:
        yield (
            "one region cannot answer the other side of the world within "
            f"{needs.latency_ms:,.0f} ms: light in fibre needs {there_and_back:,.0f} ms there and "
            "back. Answer reads from CloudFront near the people, bring only writes to the region"
        )
