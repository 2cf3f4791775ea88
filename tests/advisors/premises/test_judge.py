"""What a person believes is judged by facts, and what they only ask, doubt or deny is not."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.premises.judge import judge
from blueproof.core.blueprint import Premise
from blueproof.core.brief import Brief, Fact

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = yaml_file.load((HERE / "cases.yaml").read_text(encoding="utf-8"))


def stated(text: str, quote: str, **rest: Any) -> Fact:
    start = text.index(quote)
    return Fact(source="inferred", quote=quote, span=(start, start + len(quote)), **rest)


def brief_of(case: Mapping[str, Any]) -> Brief:
    text = case["text"]
    uses = [stated(text, name, key="technology", value=uid) for uid, name in case["uses"].items()]
    figures = [
        stated(text, quote, key="scale.x", value=value, unit=unit)
        for value, unit, quote in case.get("figures", ())
    ]
    quote = case.get("premise")
    premise = [stated(text, quote, key="premise", value=quote)] if quote else []
    return Brief(request=text, facts=(*uses, *figures, *premise))


def judged(case: Mapping[str, Any]) -> tuple[Premise, ...]:
    return judge(brief_of(case))


@pytest.mark.parametrize("case", CASES, ids=[case["text"][:60] for case in CASES])
def test_a_belief_gets_the_verdict_that_the_facts_give(case: Mapping[str, Any]) -> None:
    premises = judged(case)
    if case["verdict"] == "none":
        assert premises == ()
        return
    assert [premise.verdict for premise in premises] == [case["verdict"]]
    assert case.get("says", "") in premises[0].because
    assert premises[0].quote in case["text"]


def test_there_are_cases_of_every_verdict() -> None:
    verdicts = [case["verdict"] for case in CASES]
    least = {"right": 20, "wrong": 20, "unknown": 5, "none": 12}
    assert {each: verdicts.count(each) >= n for each, n in least.items()} == dict.fromkeys(
        least, True
    )


def test_a_verdict_on_a_fact_cites_it() -> None:
    case = {
        "text": "Lambda stops after 5 minutes.",
        "uses": {"aws-lambda": "Lambda"},
        "figures": [[5, "minute", "5 minutes"]],
    }
    (premise,) = judged(case)
    assert [citation.url for citation in premise.evidence] == [
        "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"
    ]


def test_the_premises_come_in_the_order_of_the_text() -> None:
    text = (
        "Convex cannot be self-hosted. Lambda stops after 5 minutes. S3 is eventually consistent."
    )
    uses = {"convex": "Convex", "aws-lambda": "Lambda", "amazon-s3": "S3"}
    case = {
        "text": text,
        "uses": uses,
        "figures": [[5, "minute", "5 minutes"]],
        "premise": "Lambda stops after 5 minutes",
    }
    premises = judged(case)
    assert [premise.verdict for premise in premises] == ["wrong", "wrong", "wrong"]
    places = [text.index(premise.quote) for premise in premises]
    assert places == sorted(places)


def test_a_quote_is_not_cut_short_and_keeps_its_claim() -> None:
    case = {
        "text": "I think Fargate has no spot, hence EC2.",
        "uses": {"aws-fargate": "Fargate"},
        "premise": "I think Fargate has no spot",
    }
    (premise,) = judged(case)
    assert (premise.quote, premise.claim) == (case["premise"], case["premise"])


def test_each_clause_of_a_belief_gets_its_own_verdict() -> None:
    text = "Convex has no offline, and Convex cannot be self-hosted, sadly"
    case = {"text": text, "uses": {"convex": "Convex"}, "premise": text}
    assert [(premise.quote, premise.verdict) for premise in judged(case)] == [
        ("Convex has no offline", "right"),
        ("and Convex cannot be self-hosted", "wrong"),
    ]


def test_nothing_is_judged_of_technologies_that_the_request_does_not_name() -> None:
    case = {"text": "It has no spot.", "uses": {}}
    assert judged(case) == ()
