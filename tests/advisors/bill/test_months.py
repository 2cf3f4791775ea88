"""Two months side by side are compared, and bills without signs of money are read by their sum."""

from decimal import Decimal

import pytest

from blueproof.advisors.bill.months import months_of
from blueproof.consult import consult
from blueproof.intake.bill.pasted import read_pasted
from blueproof.intake.words.read import read_request

TWO_MONTHS = """Invoice, what happened?
| Service | August | September |
|---|---|---|
| ElastiCache | €1.310,00 | €1.310,00 |
| VPC | €210,40 | €980,40 |
| SQS | €12,00 | €15,00 |
| Total | €1.532,40 | €2.305,40 |"""
CLOSE = """aws costs of september, where do i start?
EC2-Other 3,100.00
RDS 820.50
S3 79.50
Total 4,000.00"""


def _answer(words: str) -> str:
    return " ".join(consult(read_request(words)).answer.split())


def test_the_line_that_grew_comes_first_with_its_part_of_the_rise() -> None:
    answer = _answer(TWO_MONTHS)
    assert answer.startswith("VPC grew: from €210 to €980 (€770 more, 4.7 times)")
    assert "from €1,532 to €2,305, and that is 100% of the €773 more" in answer
    assert "stands in none" not in answer
    assert "Change nothing" not in answer
    assert "You also ask" not in answer


@pytest.mark.parametrize(
    ("text", "most", "by"),
    [
        ("EC2  $420 -> $900\nRDS  $300 -> $310\nS3  $5 -> $5", "EC2", 480),
        ("what\tmay\tjune\nEC2\t$420\t$400\nRDS\t$300\t$340\nS3\t$5\t$5", "RDS", 40),
        (
            "| x | before | after |\n| EC2 | $10 | $15 |\n| SQS | $3 | $4 |\n| S3 | $2 | $2 |",
            "EC2",
            5,
        ),
    ],
)
def test_months_are_read_however_they_stand(text: str, most: str, by: int) -> None:
    found = months_of(read_request(f"our bill:\n{text}"))
    assert found is not None
    assert (found.most.item, found.most.by) == (most, Decimal(by))


@pytest.mark.parametrize(
    "text",
    [
        "| what | qty | price |\n| EC2 | 3 | $10 |\n| RDS | 1 | $20 |",
        "| what | october |\n| EC2 | $10 |\n| RDS | $20 |",
        "We moved from $300 -> $420 in may.",
        "NAT $12 in may, RDS $30 in june",
    ],
)
def test_one_month_is_not_compared(text: str) -> None:
    assert months_of(read_request(text)) is None


def test_lines_without_a_sign_of_money_are_a_bill_where_their_total_proves_it() -> None:
    answer = _answer(CLOSE)
    assert answer.startswith("Look into EC2-Other first: $3,100 of $4,000 (78%).")
    assert "usage type" in answer


@pytest.mark.parametrize(
    "text",
    [
        CLOSE.replace("4,000.00", "9,000.00"),
        "we run\nweb 12\nworkers 4\ncron 1\nTotal instances 20 in 3 zones",
    ],
)
def test_figures_that_do_not_add_up_are_no_bill(text: str) -> None:
    assert read_pasted(text).lines == ()
