"""Data models from words: what is read of requests, and what a real PostgreSQL says of it."""

import contextlib
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import yaml_file
from blueproof.advisors.model.answering import OVERLAP, SEVERAL, with_answers
from blueproof.advisors.model.deciding import decide
from blueproof.advisors.model.design import Model
from blueproof.advisors.model.owning import asks_model
from blueproof.advisors.model.reading import read_told
from blueproof.advisors.model.sql import schema_sql
from blueproof.advisors.model.told import Told
from blueproof.advisors.model.trials import scripts
from blueproof.cli.main import commands
from blueproof.consulting.request import advise_request
from blueproof.core.brief import Brief, Fact
from blueproof.core.claim import Upholds
from blueproof.core.scene import File
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.upholding import Upheld, read_trials, uphold
from blueproof.proof.bench import Bench
from blueproof.proof.models import refuses

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = yaml_file.load((HERE / "requests.yaml").read_text("utf-8"))
QUIET: list[str] = yaml_file.load((HERE / "quiet.yaml").read_text("utf-8"))
VETS = CASES[0]["ask"]
PARTLY = (
    "design me the postgres tables please: a company that rents out scaffolding. Customers have "
    "many sites. Items (frames, planks, couplers) are not serialised, we only count pieces per "
    "depot. A rental order reserves quantities for a period, is delivered in several deliveries "
    "and returned in several returns, some pieces come back damaged. Billing is per started week, "
    "prices change every year."
)
NOTHING = "Design the database: chairs, lamps, sofas, shelves, rugs and mirrors."


def told(ask: str) -> Told:
    found = read_told(ask, supabase="supabase" in ask.lower())
    assert found is not None
    return found


def model(ask: str) -> Model:
    return decide(told(ask))


def seen(server: Server, of: Model, schema: str) -> dict[str, Upheld]:
    return {s.path: uphold(server, schema, read_trials(s.text)) for s in scripts(of)}


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["ask"][:40])
def test_the_words_become_the_tables_that_a_reader_expects(case: dict[str, Any]) -> None:
    assert asks_model(Brief(request=case["ask"]))
    made = model(case["ask"])
    assert sorted(made.by_name) == sorted(case["tables"])
    assert made.tenant == case.get("tenant", "")
    links = {f"{t.name}:{p}" for t in made.tables for p in t.parents}
    assert set(case["links"]) <= links
    assert [t.name for t in made.tables if t.kind == "join"] == case.get("joins", [])
    exclusive = [c for t in made.tables for c in t.exclusive]
    assert exclusive == case.get("exclusive", [])
    for table, names in case.get("columns", {}).items():
        assert set(names) <= {c.name for c in made.by_name[table].columns}
    for table, *columns in case.get("unique", []):
        assert tuple(columns) in made.by_name[table].unique


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["ask"][:40])
def test_postgresql_refuses_what_must_not_be_and_only_for_its_protection(
    case: dict[str, Any], server: Server
) -> None:
    made = model(case["ask"])
    found = seen(server, made, schema_sql(made))
    assert {path: each.wrong for path, each in found.items() if each.wrong} == {}
    assert found["checks/rows.sql"].passed == 1
    assert found["checks/references.sql"].noticed >= len(case["links"])
    if case.get("exclusive"):
        assert found["checks/bookings.sql"].noticed == len(case["exclusive"])
    if case.get("tenant"):
        assert found["checks/tenants.sql"].noticed == len(case["tables"])


WEAKENED = {
    "checks/bookings.sql": (r"room_id WITH =", "room_id WITH =, id WITH ="),
    "checks/tenants.sql": (r"(ON pets TO authenticated\n  USING) \(.*\)\n", r"\1 (true)\n"),
    "checks/references.sql": (
        r"(FOREIGN KEY) \(clinic_id, owner_id\)\s+(REFERENCES owners) \(clinic_id, id\)",
        r"\1 (owner_id) \2 (id)",
    ),
    "checks/values.sql": (r"ends_at > starts_at", "ends_at >= starts_at"),
}


@pytest.mark.parametrize("path", WEAKENED)
def test_a_schema_with_a_hole_does_not_pass_its_trials(path: str, server: Server) -> None:
    made = model(VETS)
    whole = schema_sql(made)
    holed = re.sub(*WEAKENED[path], whole)
    assert holed != whole
    assert seen(server, made, holed)[path].wrong


def test_a_trial_that_no_protection_decides_is_no_proof(server: Server) -> None:
    idle = "-- Trial: nothing\n-- Must fail after: SELECT 1;\nBEGIN;\nSELECT 1;\nROLLBACK;\n"
    found = uphold(server, "CREATE TABLE t (id int);", read_trials(idle))
    assert found.passed == 1
    assert found.wrong == ("nothing: passes without protection, too (None)",)


def test_a_schema_that_does_not_load_whole_is_refuted(server: Server) -> None:
    made = model(VETS)
    broken = schema_sql(made).replace("REFERENCES owners", "REFERENCES nobody")
    found = seen(server, made, broken)["checks/rows.sql"]
    assert found.passed == 0
    assert found.wrong


def test_a_claim_in_other_words_than_its_trials_is_refuted() -> None:
    made = model(VETS)
    script = scripts(made)[0]
    files = (
        File(path="schema.sql", text=schema_sql(made)),
        File(path=script.path, text=script.text),
    )
    claim = Upholds(promise="schema-refuses", says="all is well", files=files)
    with Bench() as bench:
        assert refuses(claim, None, bench).verdict == "refuted"


@pytest.mark.parametrize("ask", QUIET)
def test_other_questions_are_left_to_others(ask: str) -> None:
    brief = Brief(request=ask)
    assert not asks_model(brief) or read_told(ask, supabase=False) is None


def test_answers_change_the_tables() -> None:
    before = told(VETS)
    several = Brief(request=VETS, facts=(Fact(key=SEVERAL, value="yes"),))
    assert "pet_owners" in decide(with_answers(before, several)).by_name
    free = told(VETS.partition(" A vet")[0])
    assert free.exclusive == ()
    never = Brief(request=VETS, facts=(Fact(key=OVERLAP, value="no"),))
    assert with_answers(free, never).exclusive == ("vet", "room")


def test_the_answer_is_the_schema_with_every_claim_proved() -> None:
    found = advise_request(Brief(request=VETS))
    assert [p.verdict for p in found.proofs] == ["proved"] * 5
    assert {"schema.sql", "checks/tenants.sql"} <= {a.path for a in found.artifacts}
    assert len(found.open_questions) <= 2
    assert any(a.key == "each appointment is of one" for a in found.assumptions)


def test_without_btree_gist_ranges_stand_in_and_are_as_strict(bare_server: Server) -> None:
    made = model(VETS)
    found = seen(bare_server, made, schema_sql(made))
    assert found["checks/bookings.sql"].stands_in
    assert found["checks/bookings.sql"].noticed == 2
    assert [each.wrong for each in found.values() if each.wrong] == []


def test_an_answer_makes_the_model_anew_though_its_own_schema_lies_in_the_folder(
    tmp_path: Path,
) -> None:
    ask = "Design the schema for a vet: owners, pets, vaccinations (name, date)."

    def run(*arguments: str) -> None:
        CliRunner().invoke(commands, arguments, catch_exceptions=False, standalone_mode=False)

    run(ask, "--out", str(tmp_path))
    assert "pet_owners" not in (tmp_path / "schema.sql").read_text("utf-8")
    run("answer", "2=yes", "--in", str(tmp_path))
    assert "pet_owners" in (tmp_path / "schema.sql").read_text("utf-8")


def test_what_supabase_serves_is_shut_until_a_policy_says_who() -> None:
    ask = (
        "Design the schema for a recipe app on Supabase with users, recipes, ingredients and tags. "
        "A recipe has many ingredients. A recipe can have several tags. Everyone can read recipes."
    )
    made = model(ask)
    sql = schema_sql(made)
    assert [t.name for t in made.tables if f"ALTER TABLE {t.name} ENABLE ROW" not in sql] == []
    assert "CREATE POLICY" not in sql


def test_words_that_hang_nothing_together_make_no_model() -> None:
    ask = "Design the database: chairs, lamps, sofas, shelves, rugs and mirrors."
    assert read_told(ask, supabase=False) is None


def test_the_guest_is_nobody_again_after_the_trials(server: Server) -> None:
    made = model(CASES[0]["ask"])
    assert all(not each.wrong for each in seen(server, made, schema_sql(made)).values())
    with contextlib.closing(server.admin()) as admin:
        assert admin.run("SELECT FROM pg_auth_members WHERE member = 'guest'::regrole") == []


def test_a_rule_that_was_not_understood_is_said_to_be_missing() -> None:
    ask = (
        "Design a Postgres schema for tool hire: customers, tools, rentals, payments. No tool may "
        "be double booked, and a customer with unpaid rentals must not rent again."
    )
    rule = "and a customer with unpaid rentals must not rent again"
    assert told(ask).unheld == (rule,)
    found = advise_request(Brief(request=ask))
    assert f'It does not hold yet what you ask with "{rule}"' in " ".join(found.answer.split())
    assert any(rule in each.statement for each in found.not_proved)


def test_a_model_of_which_a_part_can_be_read_is_built_and_the_rest_is_named() -> None:
    found = advise_request(Brief(request=PARTLY))
    answer = " ".join(found.answer.split())
    assert answer.startswith("Begin with schema.sql")
    assert "These found no place in it: " in answer
    assert "scaffolding" in answer
    assert "return" not in answer.partition("found no place")[2]


def test_words_of_which_nothing_can_be_read_are_refused_with_what_would_help() -> None:
    found = advise_request(Brief(request=NOTHING))
    answer = " ".join(found.answer.split())
    assert answer.startswith("I could not read a data model out of these words")
    assert not found.artifacts
