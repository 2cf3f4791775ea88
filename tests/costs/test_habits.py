"""What a starter does around a message: as its own table says, and dearer than lean."""

from decimal import Decimal
from importlib.resources import files

import pytest

from blueproof.costs import convex, firebase
from blueproof.costs.habits import CONVEX_STARTER, FIREBASE_STARTER, LEAN, readings
from blueproof.costs.usage import Usage

TABLE = "firebase/chat/docs/firestore.md"
PUSHED = 1  # that a push was sent is noted in one more document


def _rows() -> dict[str, tuple[int, int]]:
    """By step: how many documents are written, and how many read, as the starter's table has it."""
    text = files("blueproof.starters").joinpath(TABLE).read_text(encoding="utf-8")
    found = {}
    for line in text.split("| step | writes | reads |")[1].splitlines()[2:]:
        if not line.startswith("|"):
            break
        step, writes, reads = (cell.strip() for cell in line.strip("|").split("|"))
        found[step] = (_count(writes), _count(reads.removeprefix("by the rules:")))
    return found


def _count(cell: str) -> int:
    return len([each for each in cell.replace(" and ", ", ").split(",") if each.strip()])


def test_what_is_billed_of_the_starter_is_what_its_table_says() -> None:
    rows = _rows()
    sent, counted = rows["sending, by the device"], rows["`onMessage`"]
    marked, stated = rows["marking as read, by the device"], rows["`onState`"]
    assert FIREBASE_STARTER.written_a_write == sent[0] + counted[0] + PUSHED
    assert FIREBASE_STARTER.looked_up_a_write == sent[1] + counted[1]
    assert FIREBASE_STARTER.written_a_reading == marked[0] + stated[0]
    assert FIREBASE_STARTER.looked_up_a_reading == marked[1] + stated[1]


def _month(heard: str = "2.2") -> Usage:
    million = Decimal(1_000_000)
    return Usage(
        monthly_users=Decimal(10_000),
        daily_users=Decimal(2_000),
        peak_connections=Decimal(200),
        writes=million,
        deliveries=million * Decimal(heard),
        opens=Decimal(500_000),
    )


@pytest.mark.parametrize("heard", ["1", "2.2", "5"])
def test_a_starter_that_does_more_costs_more(heard: str) -> None:
    month = _month(heard)
    lean, full = (firebase.firestore_bill(month, "m", habits=h) for h in (LEAN, FIREBASE_STARTER))
    assert full.total > lean.total
    assert convex.bill(month, "m", CONVEX_STARTER).total > convex.bill(month, "m").total


def test_the_months_documents_are_what_the_hand_reckons() -> None:
    # A million messages, 1.2 readers each: 6 + 1.2 x 2 million writes, less 600,000 free; reads
    # 500,000 x 30 + 2.2 x 2 + 500,000 + 7 + 1.2 x 3 million, less 1.5 million free.
    bill = firebase.firestore_bill(_month(), "m", habits=FIREBASE_STARTER)
    quantities = {line.item: line.quantity for line in bill.lines}
    writes = next(q for item, q in quantities.items() if "document writes" in item)
    reads = next(q for item, q in quantities.items() if "document reads" in item)
    assert writes == Decimal(78)
    assert reads == Decimal(290)


def test_nobody_reads_what_only_its_writer_has_open() -> None:
    assert readings(_month("1")) == 0
    assert readings(_month("2.2")) == Decimal(1_200_000)
