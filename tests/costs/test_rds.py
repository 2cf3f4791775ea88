"""Storage on RDS is quantity times the price in the facts."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from blueproof.core.money import rounded
from blueproof.costs.rds import GB, storage_bill, storage_line
from blueproof.facts.load import fact

PRICE = fact("aws.rds-gp3-gb-month")
SIZES = st.integers(0, 64 << 40)  # the most that one RDS instance stores is 64 TiB
ITEMS = st.lists(st.tuples(st.text(min_size=1, max_size=5), SIZES), max_size=5).map(tuple)


def test_a_gigabyte_costs_the_price() -> None:
    line = storage_line("orders_day_idx", 100 * GB)
    assert line.quantity == 100
    assert line.amount == rounded(100 * PRICE.value)
    assert (line.price, line.fact, line.source) == (PRICE.value, PRICE.id, PRICE.source)
    assert line.unit == "GB-month"


def test_a_small_index_is_not_lost() -> None:
    assert storage_line("small", GB // 1000).quantity == Decimal("0.0010")


def test_nothing_costs_nothing() -> None:
    assert storage_line("nothing", 0).amount == 0
    assert storage_bill("now", ()).total == 0


@given(SIZES, SIZES)
def test_more_never_costs_less(size: int, more: int) -> None:
    assert 0 <= storage_line("a", size).amount <= storage_line("a", size + more).amount


@given(SIZES)
def test_a_line_is_right_to_the_cent(size: int) -> None:
    exact = Decimal(size) / GB * PRICE.value
    assert abs(storage_line("a", size).amount - exact) <= Decimal("0.00501")


@given(ITEMS)
def test_a_bill_is_the_sum_of_its_lines(items: tuple[tuple[str, int], ...]) -> None:
    bill = storage_bill("now", items)
    assert [line.item for line in bill.lines] == [name for name, _ in items]
    assert bill.total == sum(line.amount for line in bill.lines)
    assert (bill.size, bill.as_of) == ("now", PRICE.checked)
