"""Bills as JSON: what `aws ce get-cost-and-usage` prints, and infracost's estimate."""

import json
from collections.abc import Iterator
from typing import Any

from blueproof.core.errors import InputError
from blueproof.intake.bill.lines import BillLine, amount_of, currency_of


def read_records(text: str, path: str) -> tuple[BillLine, ...]:
    """The lines of a JSON file; InputError where it is neither of the two."""
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{path}:{error.lineno}: no JSON: {error.msg}") from None
    if isinstance(raw, dict) and isinstance(raw.get("ResultsByTime"), list):
        return tuple(_cost_explorer(raw["ResultsByTime"], path))
    if isinstance(raw, dict) and isinstance(raw.get("projects"), list):
        return tuple(_infracost(raw, path))
    raise InputError(
        f"{path}: no bill in it: what `aws ce get-cost-and-usage` or `infracost breakdown --format "
        "json` prints can be read"
    )


def _cost_explorer(periods: list[Any], path: str) -> Iterator[BillLine]:
    """The last period's groups; where nothing is grouped, its total."""
    whole = [p for p in periods if isinstance(p, dict)]
    if not whole:
        return
    last = whole[-1]
    for group in last.get("Groups") or ():
        yield from _metrics(": ".join(map(str, group.get("Keys", ()))), group.get("Metrics"), path)
    if not last.get("Groups"):
        yield from _metrics("everything", last.get("Total"), path)


def _metrics(item: str, metrics: Any, path: str) -> Iterator[BillLine]:
    for metric in (metrics or {}).values():
        value = amount_of(str(metric.get("Amount", "")))
        if value is not None:
            currency = currency_of(str(metric.get("Unit", "USD")))
            yield BillLine(item=item, amount=value, currency=currency, where=path)
            return


def _infracost(raw: dict[str, Any], path: str) -> Iterator[BillLine]:
    currency = str(raw.get("currency", "USD"))
    for project in raw["projects"]:
        for resource in (project.get("breakdown") or {}).get("resources") or ():
            yield from _resource(resource, "", currency, path)


def _resource(resource: dict[str, Any], above: str, currency: str, path: str) -> Iterator[BillLine]:
    name = ": ".join(part for part in (above, str(resource.get("name", ""))) if part)
    for part in resource.get("costComponents") or ():
        value = amount_of(str(part.get("monthlyCost") or ""))
        if value is not None:
            item = f"{name}: {part.get('name', '')}"
            yield BillLine(item=item, amount=value, currency=currency, where=path)
    for inner in resource.get("subresources") or ():
        yield from _resource(inner, name, currency, path)
