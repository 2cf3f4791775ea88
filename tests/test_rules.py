"""Every rule, every case, on the real engines."""

from collections.abc import Iterator

import pytest

from blueproof.advisors.postgres.advise import all_rules
from blueproof.advisors.postgres.database import Database
from blueproof.casebook import run_case
from blueproof.core.rule import Case, Rule
from blueproof.engines.postgres import extensions
from blueproof.engines.postgres.server import Server
from blueproof.engines.programs import tool
from blueproof.proof.bench import Bench


def cases() -> Iterator[tuple[Rule[Database], Case]]:
    for rule in all_rules():
        for case in rule.cases:
            yield rule, case


@pytest.mark.parametrize(
    ("rule", "case"), [pytest.param(r, c, id=f"{r.id}: {c.name}") for r, c in cases()]
)
def test_a_case_comes_out_as_it_says(
    rule: Rule[Database], case: Case, server: Server, bench: Bench
) -> None:
    result = run_case(rule, case, server, bench)
    assert bool(result.slots) == case.fires
    assert result.refuted == ()
    assert result.cured
    if tool("squawk") and (rule.id != "pg-pattern-search" or extensions.installed()):
        assert result.unchecked == ()


PATTERNS = next(rule for rule in all_rules() if rule.id == "pg-pattern-search")


@pytest.mark.parametrize("case", PATTERNS.cases, ids=lambda case: case.name)
@pytest.mark.usefixtures("with_extensions")
def test_an_index_that_cannot_be_tried_is_advised_alike_and_not_refuted(
    case: Case, bare_server: Server, bare_bench: Bench
) -> None:
    result = run_case(PATTERNS, case, bare_server, bare_bench)
    assert bool(result.slots) == case.fires
    assert result.refuted == ()
    assert result.cured
    assert all(extensions.GET in why for why in result.unchecked if "squawk" not in why)
    assert bool(result.unchecked) == case.fires


def test_there_are_the_rules_that_we_think_there_are() -> None:
    assert [rule.id for rule in all_rules()] == [
        "pg-array-contains",
        "pg-below-full-join",
        "pg-case-conditions",
        "pg-cast-value",
        "pg-coalesce-column",
        "pg-computed-once",
        "pg-count-to-exists",
        "pg-counted-apart",
        "pg-date-parts",
        "pg-day-range",
        "pg-distinct-join",
        "pg-distinct-jumps",
        "pg-fenced-query",
        "pg-filtered-figures",
        "pg-first-of-each-side",
        "pg-first-of-joined",
        "pg-found-among",
        "pg-function-on-column",
        "pg-function-once",
        "pg-gathered-for-page",
        "pg-group-jumps",
        "pg-groups-from-parent",
        "pg-join-on-nulls",
        "pg-json-contains",
        "pg-key-below-group",
        "pg-late-lookup",
        "pg-limit-each-arm",
        "pg-nearest-value",
        "pg-needless-distinct",
        "pg-needless-join",
        "pg-needless-union",
        "pg-no-partner",
        "pg-none-newer",
        "pg-not-distinct",
        "pg-not-in",
        "pg-number-arithmetic",
        "pg-offset-paging",
        "pg-once-per-value",
        "pg-one-row-join",
        "pg-open-policies",
        "pg-optional-filter",
        "pg-or-join",
        "pg-or-subquery",
        "pg-or-to-union",
        "pg-other-values",
        "pg-overlaps",
        "pg-policy-each-row",
        "pg-policy-function",
        "pg-prefix-like",
        "pg-queue-lock",
        "pg-random-order",
        "pg-repeated-lookup",
        "pg-repeated-subquery",
        "pg-row-comparison",
        "pg-row-of-function",
        "pg-rows-only-counted",
        "pg-scalar-to-join",
        "pg-sorted-outer-join",
        "pg-time-arithmetic",
        "pg-told-loop",
        "pg-top-of-joined",
        "pg-top-per-group",
        "pg-two-bounds",
        "pg-unpacked-apart",
        "pg-missing-index",
        "pg-pattern-search",
        "pg-foreign-key-index",
        "pg-large-write",
        "pg-redundant-index",
        "pg-settings",
        "pg-unused-index",
    ]


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_a_rule_has_a_guide_that_begins_with_its_title_in_words(rule: Rule[Database]) -> None:
    first, *rest = [part for part in rule.guide.split("\n\n") if part.strip()]
    assert first.strip().endswith(".")
    assert rest, "a second paragraph says why"
    assert len({case.name for case in rule.cases}) == len(rule.cases) >= 4
