"""How many requests a second the evaluator of Firebase Security Rules decides.

The rules, documents and cases are those of tests/engines/firebase_rules/tables/chat.yaml; each case
is decided again and again for a while, the best of several rounds counts.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from blueproof.engines.firebase_rules import decide, read_rules
from blueproof.engines.firebase_rules.table import Case, Table, load_table

TABLE = Path(__file__).parent.parent / "tests/engines/firebase_rules/tables/chat.yaml"
ROUNDS, SECONDS = 5, 1.0


def rate(work: Callable[[], int]) -> float:
    """Pieces of work a second, the best of the rounds."""
    best = 0.0
    for _ in range(ROUNDS):
        done, start = 0, time.perf_counter()
        while time.perf_counter() - start < SECONDS:
            done += work()
        best = max(best, done / (time.perf_counter() - start))
    return best


def deciding(table: Table, cases: list[Case]) -> Callable[[], int]:
    """One pass over some cases of a table."""
    rules = table.rules
    assert rules

    def once() -> int:
        for case in cases:
            decide(rules, case.request, table.documents)
        return len(cases)

    return once


def main() -> None:
    """Print the figures."""
    table = load_table(TABLE)
    assert table.rules
    text = table.rules.text
    single = [case for case in table.cases if case.request.method != "list"]
    lists = [case for case in table.cases if case.request.method == "list"]
    figures = {
        f"decisions a second, {len(single)} cases on one document": rate(deciding(table, single)),
        f"decisions a second, {len(lists)} queries": rate(deciding(table, lists)),
        f"files read a second, {len(text.splitlines())} lines": rate(
            lambda: bool(read_rules(text)) + 0
        ),
    }
    for name, value in figures.items():
        sys.stdout.write(f"{value:10,.0f} {name}\n")


if __name__ == "__main__":
    main()
