"""The designs: meant by the right requests, with their figures, and as strict as said."""

import re
from pathlib import Path

import pytest
import yaml

from blueproof.advisors.designs.advise import advise_design, conclude, covers
from blueproof.advisors.designs.entries import Design, cues, design
from blueproof.advisors.designs.figures import _HOLE as HOLE
from blueproof.advisors.designs.hearing import meant
from blueproof.advisors.designs.stores import store_of
from blueproof.consult import consult
from blueproof.consulting.building import is_built_by_design
from blueproof.core.brief import Brief
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.upholding import read_trials, uphold
from blueproof.intake.words.read import read_request

REQUESTS = yaml.safe_load((Path(__file__).parent / "requests.yaml").read_text(encoding="utf-8"))
NAMES = [each.id for each in cues()]
TRIED = [name for name in NAMES if design(name).schema]


def answer(name: str, brief: Brief) -> str:
    return conclude(name, advise_design(name, brief, "how", ()), ()).answer


@pytest.mark.parametrize("case", REQUESTS["meant"], ids=lambda c: c["text"][:40])
def test_a_request_gets_its_design_with_its_figures(case: dict[str, object]) -> None:
    brief = read_request(str(case["text"]))
    called = meant(brief)
    assert called is not None
    assert called.id == case["design"]
    assert is_built_by_design(brief)
    said = answer(called.id, brief)
    says, never = case["says"], case.get("never", [])
    assert isinstance(says, list)
    assert isinstance(never, list)
    assert [each for each in says if each not in said] == []
    assert [each for each in never if each in said] == []
    assert "{" not in said.replace('\'{"7": "gold"}\'', "")


@pytest.mark.parametrize("text", REQUESTS["silent"], ids=lambda t: t[:40])
def test_another_matter_is_left_to_others(text: str) -> None:
    assert not is_built_by_design(read_request(text))


@pytest.mark.parametrize("name", TRIED)
def test_a_schema_refuses_what_its_trials_say(name: str, bare_server: Server) -> None:
    made = design(name)
    trials = read_trials(made.checks)
    seen = uphold(bare_server, made.schema, trials)
    assert seen.wrong == ()
    assert seen.passed == len(trials)
    assert seen.noticed == sum(bool(t.without) for t in trials) >= 1


@pytest.mark.parametrize("name", NAMES)
def test_a_sentence_names_only_figures_that_can_be_known(name: str) -> None:
    made = design(name)
    known = {*made.figures, *made.formulas}
    known |= {f"{figure}_{form}" for figure in made.figures for form in ("noun", "one")}
    assert {hole for text in texts(made) for hole in HOLE.findall(text)} <= known
    assert made.head
    assert made.do
    assert made.why
    assert made.sources


def texts(made: Design) -> list[str]:
    lines = (made.head, made.sums, made.asks, made.avoid, made.other, made.do, made.why)
    return [line.says for group in lines for line in group]


def test_no_schema_of_postgresql_is_handed_to_another_store() -> None:
    text = "How should I model stock in 3 warehouses with reservations? We use MySQL."
    assert advise_design("stock", read_request(text), "how", ()).artifacts == ()
    assert advise_design("stock", read_request(text.replace("MySQL", "Neon")), "how", ()).artifacts


OTHER_STORES = ("MySQL", "MariaDB", "SQLite", "Firestore", "MongoDB", "DynamoDB")
POSTGRES_ONLY = re.compile(
    r"exclusion constraint|GiST|\bGIN\b|jsonb|tsvector|trigram|PostGIS|PostgreSQL|Postgres\b|23P01"
)
MOVES = {("nearby", "Firestore"), ("nearby", "DynamoDB")}  # what is searched goes to PostGIS


@pytest.mark.parametrize("store", OTHER_STORES)
@pytest.mark.parametrize("name", NAMES)
def test_another_store_is_answered_by_its_own_means(name: str, store: str) -> None:
    brief = read_request(
        f"How should I build this? 6 rooms, 4 doctors, 300 recipes. We use {store}."
    )
    advice = advise_design(name, brief, "how", ()).recommendations[0]
    first = answer(name, brief).split("\n")[0]
    steps = conclude(name, advise_design(name, brief, "how", ()), ()).steps
    said = [advice.choice, *advice.because, first, *(step.do for step in steps)]
    found = [text for text in said if POSTGRES_ONLY.search(text)]
    assert found == [] or (name, store) in MOVES


@pytest.mark.parametrize("name", ["room-bookings", "two-resources", "units-out", "class-seats"])
def test_what_was_read_is_about_the_store_that_is_named(name: str) -> None:
    def read(store: str) -> list[str]:
        brief = read_request(f"How should I build this? We use {store}.")
        return [c.url for c in advise_design(name, brief, "how", ()).recommendations[0].evidence]

    assert not any("postgresql.org" in url for url in (*read("MySQL"), *read("Firestore")))
    assert any("mysql" in url for url in read("MySQL"))
    assert any("postgresql.org" in url for url in read("Supabase"))
    assert not any("mysql" in url for url in read("Supabase"))


@pytest.mark.parametrize(
    ("text", "store"),
    [
        ("on MySQL at RDS", "sql"),
        ("SQLite on the server", "sql"),
        ("DynamoDB", "documents"),
        ("Firestore, and Supabase for the rest", "postgres"),
        ("just an app", "postgres"),
    ],
)
def test_the_store_is_the_one_that_is_named(text: str, store: str) -> None:
    assert store_of(text) == store


def test_a_question_that_the_design_speaks_to_is_not_asked_again() -> None:
    assert covers("design-api-change", "Is /v2 the right thing?")
    assert not covers("design-api-change", "Which colour should the logo have?")


@pytest.mark.parametrize("store", ["Convex", "Firestore", "MongoDB"])
def test_documents_get_no_statements_of_sql(store: str) -> None:
    request = (
        f"How do I model a team chat in {store}? channels, members, messages, unread counts per "
        "user per channel. up to 500 members per channel. Do I store unread count or compute it?"
    )
    found = consult(read_request(request))
    told = " ".join((found.answer, *(step.do for step in found.steps)))
    assert "where each member has read to" in told
    assert re.findall(r"\b(?:UPDATE \w+ SET|RETURNING|SELECT|INSERT INTO)\b", told) == []
