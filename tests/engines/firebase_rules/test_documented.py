"""The evaluator against tables that were written from the vendor's documentation, without it.

`documented/` holds decisions, each with the page or the vendor's own test that says so;
`refused*.yaml` rules that must not be read; `list_queries*.yaml` queries that are certain by logic.
"""

from collections import Counter
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.engines.firebase_rules import Decision, RulesError, decide, read_rules
from blueproof.engines.firebase_rules.table import Table, load_table
from blueproof.engines.firebase_rules.yaml_values import read_yaml

HERE = Path(__file__).parent
DOCUMENTED = sorted((HERE / "documented").glob("*.yaml"))
QUERIES = sorted(HERE.glob("list_queries*.yaml"))
REFUSED = [
    each
    for file in sorted(HERE.glob("refused*.yaml"))
    for each in yaml_file.load(file.read_text(encoding="utf-8"))
]
LEAST_CASES, LEAST_REFUSED, MOST_SECONDARY = 900, 60, 30
VENDOR = (
    "https://firebase.google.com/docs/",
    "https://github.com/firebase/",
    "https://github.com/FirebaseExtended/",
)


@cache
def raw(file: Path) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = read_yaml(file.read_text(encoding="utf-8"), file.name)["cases"]
    return cases


@cache
def table(file: Path) -> Table:
    return load_table(file)


def decided(file: Path, place: int) -> Decision:
    read = table(file)
    assert read.rules is not None
    request = read.cases[place].request
    return decide(read.rules, request, read.documents, firestore=read.firestore)


def every(files: list[Path]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """One test a case, named by its file and itself."""
    found = [
        pytest.param(file, place, id=f"{file.stem}: {case['name']}")
        for file in files
        for place, case in enumerate(raw(file))
    ]
    return partial(pytest.mark.parametrize(("file", "place"), found))


@every(DOCUMENTED)
def test_a_documented_decision(file: Path, place: int) -> None:
    case, decision = raw(file)[place], decided(file, place)
    assert decision.allowed is (case["expect"] == "allow"), f"{case['source']}: {decision.why}"


@every(QUERIES)
def test_a_query_that_is_certain_by_logic(file: Path, place: int) -> None:
    case, decision = raw(file)[place], decided(file, place)
    answers = {case["expect"] == "allow"}
    if case.get("about") == "may be undecided":
        answers |= {None}
    assert decision.allowed in answers, decision.why


@pytest.mark.parametrize("each", [pytest.param(each, id=each["construct"]) for each in REFUSED])
def test_rules_are_refused_with_their_line(each: dict[str, Any]) -> None:
    with pytest.raises(RulesError) as refusal:
        read_rules(each["rules"])
    lines = each["line"] if isinstance(each["line"], list) else [each["line"]]
    assert refusal.value.line in lines, f"{refusal.value} ({each['why']})"


def test_the_tables_are_whole_and_mostly_the_vendors() -> None:
    sources = Counter(
        any(case["source"].startswith(page) for page in VENDOR)
        for file in DOCUMENTED
        for case in raw(file)
    )
    assert sources.total() >= LEAST_CASES
    assert sources[False] <= MOST_SECONDARY
    assert len(REFUSED) >= LEAST_REFUSED
    assert all(each["why"] and each["source"].startswith("https://") for each in REFUSED)
