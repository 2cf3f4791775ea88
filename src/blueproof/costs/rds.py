"""What storage on Amazon RDS for PostgreSQL costs."""

from decimal import Decimal

from blueproof.core.money import Bill, Line, rounded
from blueproof.facts.load import fact

GB = 1 << 30
_PRICE = "aws.rds-gp3-gb-month"


def storage_line(item: str, size: int) -> Line:
    """The monthly cost of this many bytes as a line of a bill, gp3, single AZ, us-east-1."""
    price = fact(_PRICE)
    return Line(
        item=item,
        quantity=(Decimal(size) / GB).quantize(Decimal("0.0001")),
        unit="GB-month",
        price=price.value,
        fact=price.id,
        source=price.source,
    )


def storage_bill(size: str, items: tuple[tuple[str, int], ...]) -> Bill:
    """A bill for named parts of the storage, each (name, bytes)."""
    lines = tuple(storage_line(name, count) for name, count in items)
    return Bill(
        size=size,
        lines=lines,
        total=rounded(sum((line.amount for line in lines), Decimal(0))),
        as_of=fact(_PRICE).checked,
        note="storage alone, RDS for PostgreSQL, gp3, single AZ, us-east-1",
    )
