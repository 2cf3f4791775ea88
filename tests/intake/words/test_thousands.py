"""Thousands that are set apart by spaces or apostrophes are one number; two numbers stay two."""

import pytest

from blueproof.consult import consult
from blueproof.intake.words.read import read_request
from blueproof.intake.words.thousands import with_commas


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("210 000 messages", "210,000 messages"),
        ("1 200 000 rows", "1,200,000 rows"),
        ("12\u202f000 users", "12,000 users"),
        ("we pay $4 100 a month", "we pay $4,100 a month"),
        ("\u20ac 1 340 for RDS", "\u20ac 1,340 for RDS"),
        ("1 340 EUR for RDS", "1,340 EUR for RDS"),
        ("2 105\u20ac", "2,105\u20ac"),
        ("CHF 3'250 and 18'400 users", "CHF 3,250 and 18,400 users"),
        # Two numbers, versions, ports, phones, sizes.
        ("Postgres 16 500 connections", "Postgres 16 500 connections"),
        ("v1.2 300 users", "v1.2 300 users"),
        ("db:5 432", "db:5 432"),
        ("call 020 7946 000", "call 020 7946 000"),
        ("rows: 12 400", "rows: 12 400"),
        ("it's 5 of 100", "it's 5 of 100"),
    ],
)
def test_thousands(text: str, read: str) -> None:
    assert with_commas(text) == read


def test_a_bill_reads_the_same() -> None:
    told = (
        "40 hosts with Datadog infra and APM, 600 GB logs and 200 million indexed events a month, "
        "we pay ${} a month. Does that add up?"
    )
    by_space, by_comma = (consult(read_request(told.format(n))).answer for n in ("4 100", "4,100"))
    assert by_space == by_comma
    assert "$4,100" in by_space
