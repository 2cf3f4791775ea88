"""How often right rewrites of a query are refuted, and how soon wrong ones are.

    python bench/equality.py [--draws 10000] [--seeds 20] [--only WORDS] [--right | --wrong]
        [--json FILE]

The pairs are those of tests/engines/postgres/rewrites.yaml; `measure` takes any others. A draw is
one choice of parameters on one generated database with which both queries answered; a query
without parameters has one draw a database. Right pairs get so many draws each, wrong ones as many
databases as a comparison has by itself, from each seed. Exit code 1 if a right pair is refuted or
a wrong one is not.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "engines" / "postgres"))

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

_MOST_SECONDS = 1_800.0  # for one pair


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One pair: draws and databases, and with wrong ones, how many of them until each seed's end.

    `seconds` are those of all seeds. `wrongly` tells of a right pair that was refuted, or of the
    seeds by which a wrong one was not; `undecided` counts databases.
    """

    name: str
    right: bool
    draws: int
    databases: int
    with_rows: int
    undecided: int
    seconds: float
    until: tuple[int, ...] = ()
    wrongly: str = ""
    but_infinite: str = ""


def measure(
    server: Server, pairs: Iterable[Rewrite], *, draws: int, seeds: int
) -> Iterable[Measured]:
    """Try each pair, on one database for each schema; sorted by schema they wait for none."""
    with ExitStack() as stack:
        places: dict[str, Scratch] = {}
        for pair in pairs:
            if pair.ddl not in places:
                places[pair.ddl] = stack.enter_context(scratch(server, pair.ddl))
            place = places[pair.ddl]
            yield _right(place, pair, draws) if pair.right else _wrong(place, pair, seeds)


def _compared(place: Scratch, pair: Rewrite, bounds: Bounds) -> Comparison:
    queries = paired(pair.original, pair.rewritten, pair.seek)
    return compare_on(place, queries, pair.never_null, bounds)


def _right(place: Scratch, pair: Rewrite, draws: int) -> Measured:
    begun = time.perf_counter()
    bounds = Bounds(trials=draws * 8, draws=draws, seconds=_MOST_SECONDS)
    found = _compared(place, pair, bounds)
    return Measured(
        name=pair.name,
        right=True,
        draws=found.draws,
        databases=found.trials,
        with_rows=found.trials_with_rows,
        undecided=found.undecided,
        seconds=time.perf_counter() - begun,
        wrongly=found.difference or found.refused,
        but_infinite=found.but_infinite,
    )


def _wrong(place: Scratch, pair: Rewrite, seeds: int) -> Measured:
    begun = time.perf_counter()
    all_ = [_compared(place, pair, Bounds(seed=seed, shrink=False)) for seed in range(1, seeds + 1)]
    missed = [str(n) for n, found in enumerate(all_, start=1) if not found.difference]
    return Measured(
        name=pair.name,
        right=False,
        draws=sum(found.draws for found in all_),
        databases=sum(found.trials for found in all_),
        with_rows=sum(found.trials_with_rows for found in all_),
        undecided=sum(found.undecided for found in all_),
        seconds=time.perf_counter() - begun,
        until=tuple(found.trials for found in all_),
        wrongly=f"not refuted from seed {', '.join(missed)}" if missed else "",
    )


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _tell(one: Measured) -> None:
    until = f", until {median(one.until):g} (worst {max(one.until)})" if one.until else ""
    _say(
        f"{one.name}: {one.draws:,} draws on {one.databases:,} databases "
        f"({one.with_rows:,} with rows, {one.undecided} undecided){until}, {one.seconds:.1f} s"
        f"{f'  WRONG: {one.wrongly}' if one.wrongly else ''}"
        f"{'  (differs where a moment is infinite)' if one.but_infinite else ''}"
    )


def _sum_up(done: list[Measured], seeds: int) -> None:
    right, wrong = [m for m in done if m.right], [m for m in done if not m.right]
    if right:
        draws, seconds = sum(m.draws for m in right), sum(m.seconds for m in right)
        _say(
            f"\nright: {len(right)} pairs, {draws:,} draws on "
            f"{sum(m.databases for m in right):,} databases in {seconds:,.0f} s, "
            f"{sum(bool(m.wrongly) for m in right)} refuted, "
            f"{sum(m.undecided for m in right)} databases undecided, "
            f"{1000 * seconds / draws:.1f} ms a draw"
        )
    if wrong:
        until = sorted(n for m in wrong for n in m.until)
        late = sorted(wrong, key=lambda m: -median(m.until))[:5]
        _say(
            f"\nwrong: {len(wrong)} pairs from {seeds} seeds, "
            f"{sum(bool(m.wrongly) for m in wrong)} pairs missed by some seed; databases until "
            f"refuted: median {median(until):g}, 99 % {until[int(len(until) * 0.99)]}, worst "
            f"{until[-1]} of {TRIALS}; latest (median, worst): "
            + "; ".join(f"{m.name} {median(m.until):g}, {max(m.until)}" for m in late)
        )


def main() -> None:
    """Measure what is asked for, and say it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--only", default="")
    parser.add_argument("--right", action="store_true")
    parser.add_argument("--wrong", action="store_true")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    both = given.right == given.wrong
    pairs = [
        p for p in rewrites()
        if given.only in p.name and (both or p.right == given.right)
    ]  # fmt: skip
    done: list[Measured] = []
    with Server() as server:
        for one in measure(server, pairs, draws=given.draws, seeds=given.seeds):
            done.append(one)
            _tell(one)
    _sum_up(done, given.seeds)
    if given.json:
        given.json.write_text(json.dumps([asdict(m) for m in done], indent=1) + "\n", "utf-8")
    sys.exit(any(m.wrongly for m in done))


if __name__ == "__main__":
    main()
