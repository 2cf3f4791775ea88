"""When a rewrite is worth more than an index for the query as it is."""

import pytest

from blueproof.advisors.postgres.parts.migration import NewIndex
from blueproof.advisors.postgres.parts.rewrite_measure import Outcome, Standing, gains

INDEX = NewIndex(name="i", table="t", keys=("a",), purpose="")


def outcome(after: float, new: float | None = None, indexes: int = 1) -> Outcome:
    old = None if new is None else 5_000.0
    return Outcome(
        before=90_000.0, after=after, indexes=(INDEX,) * indexes, migration=None, old=old, new=new
    )


@pytest.mark.parametrize(
    ("indexed", "rewritten", "gained"),
    [(8.4, 12.6, True), (8.4, 18.0, True), (8.4, 40.0, False), (1000.0, 1290.0, True),
     (1000.0, 1310.0, False), (1000.0, 1720.0, False)],
)  # fmt: skip
def test_a_difference_of_a_few_pages_keeps_no_expression_index(
    indexed: float, rewritten: float, *, gained: bool
) -> None:
    as_it_is = Standing(cost=indexed, indexes=(INDEX,))
    assert gains(outcome(rewritten), as_it_is, instead=True) == gained
    free = gained or rewritten < 1.7 * indexed  # nothing is to be made for it
    assert gains(outcome(rewritten, indexes=0), as_it_is, instead=False) == free
    assert not gains(outcome(rewritten), as_it_is, instead=False)


@pytest.mark.parametrize(
    ("indexed", "rewritten", "gained"), [(0.05, 0.2, True), (0.05, 0.9, False), (50.0, 64.0, True)]
)
def test_where_there_is_a_clock_the_difference_is_one_of_milliseconds(
    indexed: float, rewritten: float, *, gained: bool
) -> None:
    as_it_is = Standing(cost=1.0, indexes=(INDEX,), milliseconds=indexed)
    assert gains(outcome(90.0, new=rewritten), as_it_is, instead=True) == gained


def test_what_is_not_twice_as_good_as_the_original_is_no_gain_however_small() -> None:
    assert not gains(outcome(80_000.0), Standing(cost=90_000.0), instead=True)
