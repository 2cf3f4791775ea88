"""Whether the bill knows of everything that is made."""

from collections.abc import Iterator

from blueproof.costs.aws_stack import FREE, PRICED
from blueproof.costs.bill_file import read_bills
from blueproof.engines.deployment.judged import Judged, Rule
from blueproof.engines.deployment.project import Project, place

_FILE = "bill.yaml"
_FREE_ENDPOINTS = ("s3", "dynamodb")  # reached through a gateway that costs nothing


def _whole(project: Project) -> Iterator[Judged]:
    """Each resource is in the bill of the files' own shape, or is known to cost nothing."""
    text = project.texts.get(_FILE)
    if text is None:
        yield Judged(_FILE, "there is no bill")
        return
    first, _ = read_bills(text, path=_FILE)[0]
    billed = {line.item.partition(": ")[0] for line in first.lines}
    for stack in project.stacks:
        for resource in stack.made:
            if resource.kind in FREE or _is_free(resource.body.text("service_name")):
                continue
            known = resource.kind in PRICED
            lacks = f"{resource.address} is not in the bill" if known else (
                f"nobody knows what {resource.address} costs")  # fmt: skip
            fine = known and resource.address in billed
            yield Judged(place(stack, resource), "" if fine else lacks)


def _is_free(service: str) -> bool:
    return service.rpartition(".")[2] in _FREE_ENDPOINTS


RULES = (Rule(id="bill-is-whole", check=_whole),)
