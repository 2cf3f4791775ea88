"""Right rewrites are never refuted, wrong ones always are: the cases of rewrites.yaml."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from rewrites import Rewrite, rewrites

from blueproof.engines.postgres.comparing import (
    TRIALS,
    Bounds,
    Comparison,
    Scratch,
    compare_on,
    paired,
    scratch,
)
from blueproof.engines.postgres.server import Server

PAIRS = tuple(rewrites())
RIGHT = tuple(p for p in PAIRS if p.right)
WRONG = tuple(p for p in PAIRS if not p.right)
SEEDS = range(1, 5)  # bench/equality.py takes as many as one likes
BRISK = 26  # databases for each right rewrite, with four choices of parameters where it has any


@pytest.fixture(scope="module")
def places(server: Server) -> Iterator[dict[str, Scratch]]:
    """A database for each schema of the cases."""
    with ExitStack() as stack:
        yield {ddl: stack.enter_context(scratch(server, ddl)) for ddl in {p.ddl for p in PAIRS}}


def held(
    places: dict[str, Scratch], pair: Rewrite, trials: int = TRIALS, seed: int = 1
) -> Comparison:
    queries = paired(pair.original, pair.rewritten, pair.seek)
    bounds = Bounds(trials=trials, seed=seed, shrink=False)
    found = compare_on(places[pair.ddl], queries, pair.never_null, bounds)
    assert found.refused == ""
    return found


def test_the_cases_are_many_and_each_is_there_once() -> None:
    assert len(RIGHT) >= 30
    assert len(WRONG) >= 30
    assert len({p.name for p in PAIRS}) == len(PAIRS)
    assert len({(p.original, p.rewritten, p.never_null) for p in PAIRS}) == len(PAIRS)


@pytest.mark.parametrize("pair", [p for p in RIGHT if p.first], ids=lambda p: p.name)
def test_a_right_rewrite_is_not_refuted(places: dict[str, Scratch], pair: Rewrite) -> None:
    found = held(places, pair, trials=BRISK)
    assert found.difference == ""
    assert found.trials_with_rows > 0
    assert found.undecided < found.trials / 2


@pytest.mark.parametrize("pair", [p for p in WRONG if p.first], ids=lambda p: p.name)
def test_a_wrong_rewrite_is_refuted(places: dict[str, Scratch], pair: Rewrite) -> None:
    assert held(places, pair).difference


@pytest.mark.nightly
@pytest.mark.parametrize("seed", SEEDS)
def test_no_right_rewrite_is_refuted_from_any_seed(server: Server, seed: int) -> None:
    with ExitStack() as stack:
        there = {d: stack.enter_context(scratch(server, d)) for d in {p.ddl for p in PAIRS}}
        refuted = {p.name: held(there, p, seed=seed).difference for p in RIGHT}
    assert {name: words for name, words in refuted.items() if words} == {}


@pytest.mark.nightly
@pytest.mark.parametrize("seed", SEEDS)
def test_every_wrong_rewrite_is_refuted_from_every_seed(server: Server, seed: int) -> None:
    with ExitStack() as stack:
        there = {d: stack.enter_context(scratch(server, d)) for d in {p.ddl for p in PAIRS}}
        missed = [p.name for p in WRONG if not held(there, p, seed=seed).difference]
    assert missed == []
