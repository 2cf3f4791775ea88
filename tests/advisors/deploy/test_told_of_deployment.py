"""What words and files say of a deployment: cases as data, near misses among them."""

from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.choose.owning import owns
from blueproof.advisors.deploy.case import Deployment
from blueproof.advisors.deploy.kept import kept_of
from blueproof.advisors.deploy.load import load_of
from blueproof.advisors.deploy.owning import deploys
from blueproof.advisors.deploy.present import present_of
from blueproof.advisors.deploy.skills import told_of_gaps
from blueproof.advisors.known.advise import asks_one_thing
from blueproof.decide.reading import needs_of
from blueproof.intake.folder.ddl import read_changes
from blueproof.intake.folder.found import Found, Text
from blueproof.intake.folder.listening import read_listening
from blueproof.intake.words.read import read_request

CASES = yaml_file.load(Path(__file__).with_name("cases.yaml").read_text("utf-8"))
ASKED = "Deploy my Express API to AWS with CI/CD. "
WISHES = (
    "Set up CI/CD for this API please. GitHub Actions -> AWS ECS Fargate, eu-west-1, staging then "
    "production with an approval, prisma migrations, zero downtime",
    "I need to deploy my Node.js API to AWS with proper CI/CD. What's the best approach",
    "How do I deploy my Express API with Postgres to AWS",
    "Need a github actions pipeline for our NestJS backend, deploy to ECS",
)
Case = dict[str, Any]


def told(finding: object) -> tuple[str, str]:
    assert isinstance(finding, Found)
    return finding.key.removeprefix("service."), str(finding.value)


@pytest.mark.parametrize("case", CASES["present"], ids=lambda c: c["words"][:40])
def test_where_it_runs_today(case: Case) -> None:
    assert present_of(case["words"]) == case["is"]


@pytest.mark.parametrize("case", CASES["kept"], ids=lambda c: c["words"][:40])
def test_what_is_there_already(case: Case) -> None:
    assert sorted(kept_of(read_request(ASKED + case["words"]))) == case["is"]


@pytest.mark.parametrize("case", CASES["gaps"], ids=lambda c: c["words"][:40])
def test_what_nobody_has_done_is_no_wish(case: Case) -> None:
    brief = read_request(case["words"])
    assert deploys(brief)
    assert (Deployment(brief).wish or "") == case["wish"]
    said = told_of_gaps(brief)
    assert said.startswith(f"Nobody needs to have done {case['told']} before") == bool(case["told"])
    assert bool(said) == bool(case["told"])


@pytest.mark.parametrize("case", CASES["load"], ids=lambda c: c["words"][:40])
def test_a_rate_of_minutes_is_no_rate_of_the_month(case: Case) -> None:
    load = load_of(read_request(ASKED + case["words"]))
    assert (round(load.monthly / 1e6, 3), round(load.peak), load.told) == (
        case["monthly"], case["peak"], case["told"],
    )  # fmt: skip


@pytest.mark.parametrize("case", CASES["listening"], ids=lambda c: c["code"][-40:])
def test_an_address_that_nobody_reaches(case: Case) -> None:
    found = [told(f) for f in read_listening(Text(path="src/a.ts", text=case["code"]))]
    keys = [key for key, _ in found if key != "port"]
    assert keys == ([case["is"]] if case["is"] else [])


@pytest.mark.parametrize("case", CASES["changes"], ids=lambda c: str(c["is"]))
def test_what_a_migration_does_to_code_that_runs(case: Case) -> None:
    path, text = ("m.sql", case["sql"]) if "sql" in case else ("m.ts", case["code"])
    assert [told(f)[1] for f in read_changes(Text(path=path, text=text))] == case["is"]


def test_a_change_is_told_with_its_line() -> None:
    text = "-- AlterTable\nALTER TABLE u\n  DROP COLUMN a,\n  DROP COLUMN b;\n"
    assert [f.line for f in read_changes(Text(path="m.sql", text=text))] == [3, 4]


@pytest.mark.parametrize("wish", WISHES, ids=lambda w: w[:30])
@pytest.mark.parametrize("beside", CASES["beside"])
def test_the_kit_comes_whatever_is_said_beside(wish: str, beside: str) -> None:
    brief = read_request(f"{wish}. {beside}")
    assert deploys(brief)
    assert not asks_one_thing(brief)
    assert not owns(brief) or len(needs_of(brief).options) <= 1
