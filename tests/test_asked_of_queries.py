"""Whether queries must change is answered from what became of each."""

from dataclasses import replace
from typing import cast

import pytest

from blueproof.consulting.asked_of_queries import of_queries
from blueproof.core.advice import Finding
from blueproof.core.blueprint import Blueprint
from blueproof.core.tuning import TunedQuery

ONE = TunedQuery(id="Q1", sql="SELECT 1", weight=1, verdict="improved", why="")
REWRITTEN = replace(ONE, id="Q2", rewritten="SELECT 2")
GOOD = replace(ONE, id="Q3", verdict="already-good")


class _Found:
    def __init__(self, *queries: TunedQuery, beyond: str = "") -> None:
        self.queries = queries
        seen = Finding(rule="pg-beyond-page", where=beyond, says="it goes through all")
        self.findings = (seen,) if beyond else ()


def answer(asked: str, found: _Found) -> str:
    return of_queries(asked, cast("Blueprint", found))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (_Found(ONE), "no: Q1 needs its index alone"),
        (_Found(REWRITTEN, ONE, GOOD), "yes, Q2: the new words are below; Q1 needs its index"),
        (_Found(ONE, GOOD, beyond="Q3"), "yes, Q3, if it is for the rows"),
    ],
)
def test_it_says_which_change_and_which_stay(found: _Found, said: str) -> None:
    assert answer("should I change the queries?", found).startswith(said)


def test_other_questions_and_no_queries_are_left_to_others() -> None:
    assert answer("should I partition orders?", _Found(ONE)) == ""
    assert answer("should I change the queries?", _Found()) == ""
