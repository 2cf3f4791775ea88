"""Bills as JSON: of `aws ce get-cost-and-usage`, of infracost, of Google's billing export."""

import json
from collections.abc import Iterator
from typing import Any

from blueproof.core.errors import InputError
from blueproof.intake.bill.lines import BillLine, amount_of, currency_of
from blueproof.intake.bill.tables import read_records_as_table


def read_records(text: str, path: str) -> tuple[BillLine, ...]:
    """The lines of a JSON file; InputError where it is none of them."""
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{path}:{error.lineno}: no JSON: {error.msg}") from None
    if isinstance(raw, dict) and isinstance(raw.get("ResultsByTime"), list):
        return tuple(_cost_explorer(raw["ResultsByTime"], path))
    if isinstance(raw, dict) and isinstance(raw.get("projects"), list):
        return tuple(_infracost(raw, path))
    if isinstance(raw, list):
        table = read_records_as_table([_flat(each) for each in raw if isinstance(each, dict)], path)
        if table:
            return table
    raise InputError(
        f"{path}: no bill in it: what `aws ce get-cost-and-usage` or `infracost breakdown --format "
        "json` prints can be read"
    )


def _flat(record: dict[str, Any], above: str = "") -> dict[str, str]:
    """A record of an export of Google's billing with "service.description" in place of nesting."""
    found: dict[str, str] = {}
    for name, value in record.items():
        inner = f"{above}{name}".lower()
        if isinstance(value, dict):
            found |= _flat(value, f"{inner}.")
        elif not isinstance(value, list) and value is not None:
            found[inner] = str(value)
    return found


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
            quantity = amount_of(str(part.get("monthlyQuantity") or ""))
            unit = str(part.get("unit") or "") if quantity is not None else ""
            yield BillLine(item=item, amount=value, currency=currency, where=path,
                           quantity=quantity, unit=unit)  # fmt: skip
    for inner in resource.get("subresources") or ():
        yield from _resource(inner, name, currency, path)
