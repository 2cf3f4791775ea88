"""Every number has its unit, source and date, and is used somewhere."""

import re
from datetime import date
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import get_args

import pytest

import yaml_file
from blueproof.core.claim import Measure
from blueproof.core.evidence import Confidence
from blueproof.facts import load as loading
from blueproof.facts import meters, services
from blueproof.facts.demands import demands
from blueproof.facts.entries import limits
from blueproof.facts.load import Fact, fact, load, own
from blueproof.facts.quoted import quoted_limits, quoted_meters
from blueproof.facts.tallies import tallies

SOURCE = Path(__file__).parent.parent / "src" / "blueproof"
FACTS = load()
LIMITS = limits()  # they are there to be asked for
PRICED = [name for name, _ in (*services.raw_prices(), *meters.raw_prices())]
VENDORS = (
    "aws|convex|exchange|expo|firebase|firestore|github|kafka|pg|powersync|redis|rtdb|"
    "supabase|workos"
)
NAMED = re.compile(rf'"((?:{VENDORS})(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+)"')
# Files of Firebase, the service that rules name, and what a workflow of GitHub knows.
FILE = re.compile(r"\.(?:json|rules|storage)$|^github\.sha$")
FIRST_DAY = date(2024, 1, 1)
LAST_DAY = date(2026, 12, 31)  # no clock in tests: move it on when facts are read again


def named_in_code() -> set[str]:
    texts = (f.read_text(encoding="utf-8") for f in SOURCE.rglob("*.py"))
    return {name for text in texts for name in NAMED.findall(text) if not FILE.search(name)}


@pytest.mark.parametrize("known", FACTS.values(), ids=FACTS)
def test_a_fact_is_whole(known: Fact) -> None:
    assert isinstance(known.value, Decimal)
    assert known.value.is_finite()
    assert known.unit.strip()
    assert re.fullmatch(r"https://[\w.-]+/\S*", known.source)
    assert len(known.says.split()) >= 5
    assert known.says == " ".join(known.says.split())
    assert known.confidence in get_args(Confidence)
    assert known.citation.says == known.says


@pytest.mark.parametrize("known", FACTS.values(), ids=FACTS)
def test_a_fact_was_checked_on_a_day_that_has_been(known: Fact) -> None:
    assert type(known.checked) is date
    assert FIRST_DAY <= known.checked <= LAST_DAY


def test_every_fact_named_in_the_code_exists() -> None:
    assert named_in_code() - set(FACTS) == set()


def test_every_fact_is_used() -> None:
    limits = {f"pg.{measure}" for measure in get_args(Measure)}  # what a claim is held against
    spoken = {name for limit in quoted_limits() for name in limit.facts}
    spoken |= {n for m in quoted_meters() for p in m.prices for n in (p.fact, p.free)}
    held = [each for demand in demands().values() for each in demand.held.values()]
    demanded = {name for each in held for _, name in each.plans} | {each.plan for each in held}
    demanded |= {name for each in held for _, name, _ in each.adds}
    added = {n for t in tallies() for x in t.lines for n in (x.price, x.free)}
    told = named_in_code() | demanded | added
    regional = {f"{name}.eu-west-1" for name in told}  # taken where the case is in that region
    priced = {*PRICED}  # of services and meters: their own tests ask the same
    assert set(FACTS) - set(LIMITS) - told - regional - limits - spoken - priced == set()


def test_no_name_is_used_twice() -> None:
    names = [
        line.partition(":")[0]
        for file in (SOURCE / "facts").glob("*.yaml")
        for line in file.read_text(encoding="utf-8").splitlines()
        if re.match(r"[a-z]", line)
    ]
    assert sorted((*names, *LIMITS, *PRICED)) == sorted(FACTS)


def test_a_name_stated_in_two_files_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = "pg.x: {value: 5, unit: bytes, source: 'https://x.org/', checked: 2026-01-01, says: so}"
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(one, encoding="utf-8")
    monkeypatch.setattr(resources, "files", lambda _: tmp_path)
    with pytest.raises(ValueError, match=r"^fact pg\.x: stated twice, again in b\.yaml"):
        own.__wrapped__()


def test_a_fact_is_found_by_its_name() -> None:
    assert fact("pg.identifier-bytes").id == "pg.identifier-bytes"
    with pytest.raises(KeyError):
        fact("pg.nothing")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("value", "many"), ("value", None), ("source", None), ("unit", None), ("more", "x")],
)
def test_a_fact_out_of_form_is_refused(name: str, wrong: str | None) -> None:
    text = "value: 5\nunit: bytes\nsource: https://x.org/\nchecked: 2026-01-01\nsays: so it is"
    raw = yaml_file.load(text)
    raw[name] = wrong
    if wrong is None:
        del raw[name]
    with pytest.raises(ValueError, match=r"^fact pg\.x: "):
        loading._fact("pg.x", raw)  # noqa: SLF001 (the one place that reads a fact's form)
