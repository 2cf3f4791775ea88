"""A bill as facts of the brief, pasted or in a file."""

from collections.abc import Iterator
from pathlib import Path

from blueproof.core.brief import Fact
from blueproof.core.errors import InputError
from blueproof.intake.bill.lines import merged
from blueproof.intake.bill.months import compared_in
from blueproof.intake.bill.pasted import read_pasted
from blueproof.intake.bill.records import read_records
from blueproof.intake.bill.tables import read_table

_BEFORE, _NOW = "bill-before", "bill-now"  # sums of two months; without a role, of their total
USAGE = "bill-usage"  # of a line by the same name: what was used
SUFFIXES = frozenset({".csv", ".tsv", ".json"})
_MOST_BYTES = 50 << 20
_MOST_LINES = 200  # the dearest; a longer bill's rest is cents


def bill_in(request: str) -> Iterator[Fact]:
    """The lines of a bill that stands in a request."""
    lines = read_pasted(request).lines
    for line in lines:
        yield Fact(
            key="bill",
            value=float(line.amount),
            unit=line.currency,
            role=line.item,
            source="inferred",
            quote=line.where,
        )
        if line.quantity is not None:
            yield Fact(
                key=USAGE,
                value=float(line.quantity),
                unit=line.unit,
                role=line.item,
                source="inferred",
                quote=line.where,
            )

    for each in compared_in(request) if lines else ():
        for key, value in ((_BEFORE, each.before), (_NOW, each.now)):
            yield Fact(
                key=key, value=float(value), unit=lines[0].currency, role=each.item,
                source="inferred", quote=each.quote,
            )  # fmt: skip


def bill_of(path: Path) -> Iterator[Fact]:
    """The lines of a bill in a file, the dearest first; InputError where it is none."""
    if path.stat().st_size > _MOST_BYTES:
        raise InputError(f"{path}: more than {_MOST_BYTES >> 20} MiB: export one month by service")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path}: no UTF-8 text: export the bill as CSV or JSON") from None
    read = read_records if path.suffix.lower() == ".json" else read_table
    found = merged(read(text, path.name))
    if not found:
        raise InputError(f"{path}: a bill without a line that costs anything")
    for line in found[:_MOST_LINES]:
        yield Fact(
            key="bill",
            value=float(line.amount),
            unit=line.currency,
            role=line.item,
            source="file",
            where=line.where,
        )
        if line.quantity is not None:
            yield Fact(
                key=USAGE,
                value=float(line.quantity),
                unit=line.unit,
                role=line.item,
                source="file",
                where=line.where,
            )
