"""Sums that figures in words ask for."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import yaml_file
from blueproof.advisors.known.advise import advise_known
from blueproof.advisors.known.sums import sums
from blueproof.intake.words.read import read_request

CASES: list[dict[str, Any]] = yaml_file.load(
    (Path(__file__).parent / "sums.yaml").read_text(encoding="utf-8")
)


def test_there_are_sixty() -> None:
    assert len(CASES) >= 60
    assert all(case["says"] for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:50])
def test_the_answer_has_the_sum(case: dict[str, Any]) -> None:
    _, conclusion = advise_known(read_request(case["text"]), "how-much", ())
    answer = conclusion.answer.lower()
    for said in case["says"]:
        # Of a rate the working: the answer writes 33,333 where the fact has 33333.3.
        working = said.partition("(")[2].rstrip(")") or said
        assert working.lower() in answer


@given(st.integers(1, 500), st.integers(1, 100), st.integers(1, 5000))
def test_connections_are_the_product_and_are_held_against_the_limit(
    instances: int, pool: int, most: int
) -> None:
    text = f"{instances} pods with a pool of {pool} each against max_connections {most}"
    total = instances * pool
    told = list(sums(read_request(text)))
    if told:  # where the limit is the product itself, the person has reckoned it
        assert f"= {total:,} connections" in told[0] or f"= {total:,.4g} connections" in told[0]
        assert ("within the" in told[0]) == (total <= most)
    else:
        assert total == most


@pytest.mark.parametrize(
    "text",
    [
        "4 services x 5 instances x 10 connections = 200 connections",  # reckoned already
        "We have 30 Lambdas and 100 GB of data",
        "retry later",
        "our members pay $5",
        "pool of workers, 90 req/s, p95 340ms",  # the slowest tell nothing of the mean
        "pool of workers, 90 req/s, 12 idle in transaction, longest 38s",
        "",
    ],
)
def test_nothing_is_made_up(text: str) -> None:
    assert list(sums(read_request(text))) == []
