"""Plans and limits: what holds an app, and what it runs into."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from blueproof.costs import convex, supabase
from blueproof.costs.limits import LIMITS, passed
from blueproof.costs.quantities import PEAK, SECONDS, per_second
from blueproof.costs.tiers import spoken
from blueproof.costs.usage import Usage
from blueproof.facts.load import fact

USAGE = Usage(monthly_users=Decimal(10), daily_users=Decimal(5), peak_connections=Decimal(1))
A_SECOND = SECONDS / PEAK  # so many a month are one in the busiest second


def changed(change: dict[str, Any]) -> Usage:
    decimals: dict[str, Any] = {name: Decimal(value) for name, value in change.items()}
    return replace(USAGE, **decimals)


@pytest.mark.parametrize("option", LIMITS)
def test_a_small_app_runs_into_nothing(option: str) -> None:
    assert passed(option, USAGE) == ()


@pytest.mark.parametrize(
    ("option", "name", "limit", "unit"),
    [
        ("convex", "peak_connections", "convex.pro.sessions", Decimal(1)),
        ("convex", "developers", "convex.pro.developers", Decimal(1)),
        ("convex", "record_kb", "convex.document-kb", Decimal(1)),
        ("convex", "database_gb", "convex.dataset-gb", Decimal(1)),
        ("firestore", "record_kb", "firestore.document-kb", Decimal(1)),
        ("realtime-database", "peak_connections", "rtdb.connections", Decimal(1)),
        ("realtime-database", "writes", "rtdb.writes-per-second", A_SECOND),
        ("realtime-database", "deliveries", "rtdb.responses-per-second", A_SECOND),
        ("supabase", "peak_connections", "supabase.realtime.connections", Decimal(1)),
        ("supabase", "signals", "supabase.realtime.messages-per-second", A_SECOND),
        ("supabase", "opens", "supabase.realtime.joins-per-second", A_SECOND),
        ("supabase", "record_kb", "supabase.realtime.payload-kb", Decimal(1)),
        ("aws", "record_kb", "aws.dynamodb-item-kb", Decimal(1)),
        ("aws", "record_kb", "aws.appsync-subscription-kb", Decimal(1)),
        ("expo-push", "pushes", "expo.push-per-second", A_SECOND),
    ],
)
def test_a_limit_holds_what_meets_it_and_nothing_more(
    option: str, name: str, limit: str, unit: Decimal
) -> None:
    edge = fact(limit).value * unit
    assert limit not in {each.fact for each in passed(option, changed({name: edge}))}
    assert limit in {each.fact for each in passed(option, changed({name: edge + unit}))}


def test_every_limit_is_tried() -> None:
    assert sum(len(limits) for limits in LIMITS.values()) == 15


def test_the_busiest_second_is_ten_times_the_average() -> None:
    assert per_second(Decimal(2_592_000)) == 10


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({}, ["Free", "Starter", "Professional"]),
        ({"calls": 1_000_001}, ["Starter", "Professional"]),
        ({"peak_connections": 1_001}, ["Professional"]),
        ({"developers": 20}, ["Professional"]),
        ({"peak_connections": 10_001}, []),
        ({"developers": 21}, []),
    ],
)
def test_convex_plans_that_hold(change: dict[str, Any], names: list[str]) -> None:
    usage = changed(change)
    assert [plan.name for plan in convex.plans(usage)] == names


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({}, ["Free", "Pro"]),
        ({"peak_connections": 201}, ["Pro"]),
        ({"database_gb": 1}, ["Pro"]),
        ({"peak_connections": 10_001}, []),
    ],
)
def test_supabase_plans_that_hold(change: dict[str, Any], names: list[str]) -> None:
    usage = changed(change)
    assert [plan.name for plan in supabase.plans(usage)] == names


def test_the_plan_taken_is_the_cheapest() -> None:
    usage = replace(USAGE, calls=Decimal(13_000_000), record_kb=Decimal("0.01"))
    assert {plan.name: plan.total for plan in convex.plans(usage)} == {
        "Starter": Decimal("26.40"),
        "Professional": Decimal("25.00"),
    }
    assert convex.bill(usage, "case").total == 25
    assert convex.used(usage)[0].allowance == 25_000_000


@pytest.mark.parametrize(
    ("database_gb", "writes", "name"),
    [
        (6, 0, "Micro"),  # 9 GB with indexes, of 10
        (7, 0, "Small"),
        (600, 0, "2XL"),  # 900 GB of 1,024
        (0, 64_000_000, "Micro"),  # 494 operations a second, of 500
        (0, 65_000_000, "Small"),
        (0, 10**12, "16XL"),
    ],
)
def test_the_server_is_the_smallest_for_the_load(database_gb: int, writes: int, name: str) -> None:
    usage = replace(USAGE, database_gb=Decimal(database_gb), writes=Decimal(writes))
    assert supabase.server(usage).name == name


def test_quantities_are_said_shortly() -> None:
    said = [spoken(Decimal(number)) for number in ("25000000", "1500000", "50000", "0.50", "1")]
    assert said == ["25 million", "1.5 million", "50,000", "0.5", "1"]
