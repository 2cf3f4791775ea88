"""A request's own figures are held against what they measure, and against nothing else."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.fits.judge import fits
from blueproof.advisors.fits.telling import Headline, headline
from blueproof.advisors.premises.judge import judge
from blueproof.consult import consult
from blueproof.facts.entries import limits
from blueproof.facts.measured import held_limits, places
from blueproof.intake.words.read import read_request
from blueproof.intake.words.technologies import index

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = yaml_file.load((HERE / "cases.yaml").read_text(encoding="utf-8"))
NAMES = [case["text"][:60] for case in CASES]


def told(case: Mapping[str, Any]) -> Headline | None:
    brief = read_request(case["text"])
    return headline(brief, judge(brief))


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_a_figure_is_held_against_the_limit_of_what_it_measures(case: Mapping[str, Any]) -> None:
    first = told(case)
    if not ("over" in case or "fits" in case):
        assert first is None
        return
    assert first is not None
    wanted = case.get("over", [case.get("fits")])
    cited = [finding.says for finding in first.findings]
    assert cited[: len(wanted)] == [limits()[name].says for name in wanted]
    assert first.decides == ("over" in case)
    said = " ".join(first.sentences)
    assert all(each in said for each in case.get("says", ()))
    assert not any(each in said for each in case.get("not", ()))
    assert (f"That leaves {case.get('left')} for it." in said) == ("left" in case)


def test_a_third_of_the_cases_stays_quiet() -> None:
    quiet = [case for case in CASES if "over" not in case]
    assert len(CASES) >= 30
    assert len(quiet) * 3 >= len(CASES)


def test_what_does_not_fit_stands_first_in_the_answer_with_its_source() -> None:
    found = consult(read_request(CASES[0]["text"]))
    assert found.answer.startswith('"transcodes which take 20 to 40 minutes" does not fit Lambda')
    assert "I am not sure" not in found.answer
    sources = {c.url for finding in found.findings for c in finding.evidence}
    assert limits()["aws.lambda-timeout-seconds"].source in sources


def test_a_limit_that_is_told_first_is_not_told_again_beside() -> None:
    text = "Users upload photos of 12 MB through our Next.js API route on Vercel. OK?"
    found = consult(read_request(text))
    says = limits()["vercel.body-mb"].says
    assert len([f for f in found.findings if says in f.says]) == 1


def test_a_limit_that_the_person_quotes_is_not_told_again() -> None:
    brief = read_request("Lambda stops after 15 minutes but our import job takes 25 minutes.")
    assert headline(brief, judge(brief)) is None


def test_the_largest_figure_of_a_measure_speaks() -> None:
    text = "On Lambda an import job takes 20 minutes and an export job takes 50 minutes."
    (fit,) = fits(read_request(text))
    assert fit.figure.told.quote == "50 minutes"


def test_the_facts_and_technologies_of_the_table_exist() -> None:
    known = set(index().by_id)
    for held in held_limits():
        assert held.of <= known
        assert places(held.measure.id) <= known
        assert set(held.facts) <= set(limits())
        most = [limits()[name].value for name in held.facts]
        units = {limits()[name].unit for name in held.facts}
        assert len(units) > 1 or most == sorted(most), "the smallest stands first"


def test_no_step_is_taken_for_the_side_that_is_ruled_out() -> None:
    text = (
        "Our exports run 25 minutes each and we generate 400 a day. Lambda or a Fargate task from "
        "SQS? We already run ECS."
    )
    found = consult(read_request(text))
    assert "That leaves" in found.answer
    assert found.steps == ()
    kept = consult(read_request("API Gateway cuts my upload at 10 MB, what now?"))
    assert kept.steps
