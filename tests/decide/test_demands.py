"""What is demanded is read, held against each option with its source, and rules out what must."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.choose.advise import advise, conclude
from blueproof.advisors.choose.case import Choice
from blueproof.advisors.choose.wording import answer
from blueproof.core.errors import InputError
from blueproof.decide.demands import demands_of, stands
from blueproof.decide.needs_file import read_needs, write_needs
from blueproof.decide.priced import bill_of
from blueproof.decide.reading import needs_of
from blueproof.facts.demands import Held, demands
from blueproof.facts.load import fact
from blueproof.facts.options import options
from blueproof.intake.words.read import read_request

CASES: dict[str, list[dict[str, Any]]] = yaml_file.load(
    (Path(__file__).parent / "demands.yaml").read_text(encoding="utf-8")
)
EVERY = [(name, option) for name, demand in demands().items() for option in demand.held]


def _words(case: dict[str, Any]) -> str:
    return str(case["words"])


@pytest.mark.parametrize("case", CASES["read"], ids=_words)
def test_what_is_demanded_is_read_and_nothing_else(case: dict[str, Any]) -> None:
    assert dict(demands_of(case["words"])) == case["told"]


@pytest.mark.parametrize("case", CASES["decided"], ids=_words)
def test_a_demand_decides_and_is_said_with_its_figure(case: dict[str, Any]) -> None:
    choice = Choice(read_request(case["words"]))
    pick = choice.pick
    assert ("" if pick.ruled_out else pick.option.family) == case["pick"]
    said = answer(choice)
    for part in case["says"]:
        assert part in said


def test_every_option_has_a_sourced_sentence_on_every_demand() -> None:
    assert {option for _, option in EVERY} == set(options())
    assert len(EVERY) == len(demands()) * len(options())


@pytest.mark.parametrize(("name", "option"), EVERY)
def test_a_statement_of_a_demand_is_whole(name: str, option: str) -> None:
    held = demands()[name].held[option]
    assert held.source.startswith("https://")
    assert held.says[-1] != "."
    assert " ".join(held.says.split()) == held.says
    assert held.citation.says == held.says
    assert held.verdict != "unknown" or held.confidence == "low"
    for price in (*(p for _, p in held.plans), *([held.plan] if held.plan else [])):
        assert fact(price).value > 0
    for _item, price, many in held.adds:
        assert fact(price).value * Decimal(str(many)) > 0
    assert [most for most, _ in held.plans] == sorted(most for most, _ in held.plans)


def test_an_unknown_verdict_is_refused() -> None:
    known = demands()["soc2-report"].held["aws"]
    with pytest.raises(ValueError, match="is none of"):
        Held(
            says="it is so", source=known.source, checked=known.checked, confidence="low",
            verdict="maybe",  # type: ignore[arg-type] # wrong on purpose
        )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "price"), [("7", "100"), ("8", "200"), ("14", "200"), ("28", "400")]
)
def test_the_bill_holds_the_add_on_of_the_days_demanded(days: str, price: str) -> None:
    needs = needs_of(read_request("Supabase or Firebase for an Expo app, 2,000 users?"))
    text = f"Supabase or Firebase for an Expo app, 2,000 users? Point-in-time restore, {days} days."
    demanded = needs_of(read_request(text))
    plain, dearer = (bill_of("supabase", n, 2_000.0) for n in (needs, demanded))
    server = fact("supabase.compute-small-hour").value * 730 - 10
    assert abs(dearer.total - plain.total - Decimal(price) - server) < Decimal("0.01")


def test_the_plan_that_a_demand_takes_replaces_the_smaller_one() -> None:
    text = "Supabase or Firebase, 2,000 users, Expo app? We need the vendor's SOC 2 report."
    lines = bill_of("supabase", needs_of(read_request(text)), 2_000.0).lines
    billed = {line.fact for line in lines}
    assert "supabase.team-month" in billed
    assert "supabase.pro.month" not in billed


def test_needs_with_demands_are_written_and_read_again() -> None:
    text = "Nobody knows AWS. Supabase or AWS, Expo app? PITR of 14 days, data stays in Canada."
    needs = needs_of(read_request(text))
    assert dict(needs.demands) == {"point-in-time-restore": "14", "country": "Canada"}
    assert needs.unfamiliar == ("aws",)
    written = write_needs(needs)
    assert read_needs(written, path="needs.yaml") == needs
    for wrong in ("point-in-time-restoring", "somewhere"):
        broken = written.replace("point-in-time-restore", wrong)
        with pytest.raises(InputError, match="is none of"):
            read_needs(broken, path="needs.yaml")
    with pytest.raises(InputError, match="needs"):
        read_needs(written.replace("'14'", "'soon'"), path="needs.yaml")


def test_a_demand_is_moot_on_ones_own_servers() -> None:
    text = "It must run on our own servers. Convex or Supabase, Expo? Data must stay in India."
    assert Choice(read_request(text)).stands(Choice(read_request(text)).pick) == ()


def test_what_is_unknown_is_told_as_not_checked() -> None:
    text = "Fintech Expo app, 20k users. The encryption keys must be ours. Supabase or Firebase?"
    choice = Choice(read_request(text))
    told = conclude(choice, advise(choice, choice.brief, "which")).not_proved
    assert any("of Supabase" in each.statement and "ask the vendor" in each.why for each in told)


def test_an_amount_beyond_the_most_is_not_held() -> None:
    (held,) = stands("firestore", (("point-in-time-restore", "7"),))
    (over,) = stands("firestore", (("point-in-time-restore", "8"),))
    assert (held.verdict, over.verdict) == ("yes", "no")


SKILLS = [
    ("Nobody in the team knows AWS. Supabase or AWS Amplify, Expo chat, 2,000 users?", "aws"),
    ("We have never used Firebase. Firebase or Supabase for our Expo app?", "firebase"),
    ("No experience with Supabase here. Convex or Supabase, Expo?", "supabase"),
    ("Everybody in the team knows AWS. Supabase or AWS Amplify, Expo chat?", ""),
    ("Nobody uses our old app. Supabase or AWS Amplify, Expo chat?", ""),
]


@pytest.mark.parametrize(("words", "family"), SKILLS)
def test_what_nobody_knows_is_neither_in_use_nor_free(words: str, family: str) -> None:
    needs = needs_of(read_request(words))
    assert needs.unfamiliar == ((family,) if family else ())
    assert family not in needs.current
    assert not family or family in needs.options


REGRETS = [
    ("We tried Firebase and its bill killed us. What should our Expo chat app use?", "firebase"),
    ("We used Supabase and hated it. What back end for our Expo chat app?", "supabase"),
    ("Burned by Convex last year. Which back end for an Expo app with chat, 3k users?", "convex"),
    ("We use Firebase and the bill kills us. Stay, or Supabase? Expo chat.", ""),
    ("We tried Firebase and like it. Firebase or Supabase for the Expo chat?", ""),
]  # fmt: skip


@pytest.mark.parametrize(("words", "family"), REGRETS)
def test_what_was_tried_and_regretted_is_not_recommended(words: str, family: str) -> None:
    choice = Choice(read_request(words))
    assert choice.needs.ruled_out == ((family,) if family else ())
    if family:
        assert choice.pick.option.family != family


def test_users_of_a_chat_app_are_no_conversation() -> None:
    known = dict(
        needs_of(read_request("Which back end for a chat app with 12k users, Expo?")).known
    )
    assert known["users"] == "12000"
    assert "group-size" not in known
    group = needs_of(read_request("Expo, Convex or Firebase: chat rooms with 40 users, 3k users"))
    assert dict(group.known)["group-size"] == "40"
    both = needs_of(read_request("Expo app with 3,000 users and chat. Convex or Firebase?"))
    assert "group-size" not in dict(both.known)


IDLE = ("Our office is on the third floor.", "Thanks a lot!", "My colleague likes coffee.")


@pytest.mark.parametrize("idle", IDLE)
@pytest.mark.parametrize("case", CASES["decided"], ids=_words)
def test_a_sentence_beside_the_matter_changes_nothing(case: dict[str, Any], idle: str) -> None:
    plain, longer = (
        Choice(read_request(text)) for text in (case["words"], f"{case['words']} {idle}")
    )
    assert answer(longer) == answer(plain)
    assert longer.needs == plain.needs


@pytest.mark.parametrize(
    ("words", "billed"),
    [("stay in Canada", True), ("stay in Australia", True), ("stay in the EU", True), ("", False)],
)
def test_a_region_outside_the_us_is_on_the_bill_of_convex(words: str, *, billed: bool) -> None:
    must = f"The data must {words}." if words else ""
    needs = needs_of(read_request(f"Convex or Firebase, Expo chat, 30,000 users? {must}"))
    lines = bill_of("convex", needs, 30_000.0).lines
    assert any(line.fact == "convex.eu-surcharge" for line in lines) is billed


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("Nobody in the team knows AWS. Supabase or AWS Amplify for an Expo chat?", "mentioned"),
        ("No one has touched AWS. Supabase or AWS Amplify for an Expo chat?", "mentioned"),
        ("Everybody here knows AWS, we run on AWS. Supabase or Amplify?", "current"),
        ("We tried Firebase and the bill killed us. Which back end for a chat?", "rejected"),
    ],
)
def test_what_is_named_without_being_in_use_is_told_apart(words: str, role: str) -> None:
    facts = read_request(words).facts
    roles = {str(f.value): f.role for f in facts if f.key == "technology"}
    assert roles["aws" if "AWS" in words else "firebase"] == role
