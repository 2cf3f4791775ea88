"""Bills written to a file are read back whole, and a changed figure in it is seen."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import yaml_file
from blueproof.core.claim import SumsTo
from blueproof.core.errors import InputError
from blueproof.core.money import Bill
from blueproof.core.scene import DatabaseScene, Excerpt
from blueproof.costs.bill_file import read_bills, write_bills
from blueproof.costs.rds import GB, storage_bill
from blueproof.proof.bench import Bench
from blueproof.proof.files import sums_to
from blueproof.proof.outcome import Outcome

# Without line separators: PyYAML does not read back the odd ones among them.
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")), max_size=12)
ITEMS = st.lists(st.tuples(TEXTS, st.integers(0, 64 << 40)), max_size=4).map(tuple)
BILLS = st.lists(st.builds(storage_bill, TEXTS, ITEMS), min_size=1, max_size=3).map(tuple)
SCENE = DatabaseScene(schema=Excerpt(text=""), statistics=Excerpt(text=""))
TEXT = write_bills((
    storage_bill("now", (("orders_day_idx", 30 * GB), ("orders_note_idx", 7 * GB))),
    storage_bill("ten times", (("orders_day_idx", 300 * GB),)),
))  # fmt: skip


def judged(text: str) -> Outcome:
    with Bench() as bench:
        return sums_to(SumsTo(bill=Excerpt(text=text, path="bill.yaml")), SCENE, bench)


@given(BILLS)
def test_bills_are_read_back_as_written(bills: tuple[Bill, ...]) -> None:
    read = read_bills(write_bills(bills), path="bill.yaml")
    assert tuple(bill for bill, _ in read) == bills
    assert [amounts for _, amounts in read] == [
        tuple(line.amount for line in bill.lines) for bill in bills
    ]


@given(BILLS)
def test_a_bill_that_we_wrote_sums_up(bills: tuple[Bill, ...]) -> None:
    assert judged(write_bills(bills)).verdict == "proved"


def edited(change: Callable[[Any], object]) -> str:
    raw = yaml_file.load(TEXT)
    change(raw)
    return yaml.safe_dump(raw)


FORGED: dict[str, tuple[Callable[[Any], object], str]] = {
    "a price": (lambda b: b[0]["lines"][1].update(price=0.1), "price of orders_note_idx is 0.1"),
    "an amount": (lambda b: b[0]["lines"][0].update(amount=3.44), "comes to 3.45, not 3.44"),
    "a quantity": (lambda b: b[0]["lines"][0].update(quantity=29), "orders_day_idx comes to 3.34"),
    "a total": (lambda b: b[1].update(total=34.49), "ten times: the lines sum to 34.50, not 34.49"),
    "a missing line": (lambda b: b[0]["lines"].pop(), "now: the lines sum to 3.45"),
    "a line twice": (lambda b: b[1]["lines"].append(b[1]["lines"][0]), "the lines sum to 69.00"),
    "a price from nowhere": (lambda b: b[0]["lines"][0].update(fact="x"), "not in no fact"),
}


@pytest.mark.parametrize("what", FORGED)
def test_a_changed_figure_is_seen(what: str) -> None:
    change, said = FORGED[what]
    outcome = judged(edited(change))
    assert (outcome.verdict, said in outcome.reason) == ("refuted", True), outcome.reason


BROKEN: dict[str, Callable[[Any], object]] = {
    "no bill": lambda b: b.clear(),
    "no size": lambda b: b[0].pop("size"),
    "no lines": lambda b: b[0].pop("lines"),
    "no day": lambda b: b[0].update(as_of="soon"),
    "words for a price": lambda b: b[0]["lines"][0].update(price="cheap"),
    "truth for a price": lambda b: b[0]["lines"][0].update(price=True),
    "an endless quantity": lambda b: b[0]["lines"][0].update(quantity=float("inf")),
    "no number": lambda b: b[0].update(total=float("nan")),
    "an absurd quantity": lambda b: b[0]["lines"][0].update(quantity=1e40),
    "a list for a line": lambda b: b[0]["lines"].append([1]),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_no_bill_is_refused(what: str) -> None:
    text = edited(BROKEN[what])
    with pytest.raises(
        InputError, match=r"^my/bill\.yaml: not a file of bills .*: run the command"
    ):
        read_bills(text, path="my/bill.yaml")
    assert judged(text).verdict == "refuted"


@pytest.mark.parametrize("text", ["", "a", "5", "a: [", "- 5", "a: 1", "- as_of: 2026-13-01"])
def test_what_is_no_list_of_bills_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"not a file of bills"):
        read_bills(text, path="b")


def test_a_bill_reads_like_one() -> None:
    assert TEXT.startswith("# US dollars a month")
    first = yaml_file.load(TEXT)[0]
    assert list(first) == ["size", "as_of", "note", "lines", "total"]
    assert isinstance(first["as_of"], date)
    assert first["total"] == 4.26
