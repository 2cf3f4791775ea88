"""Errors and symptoms: causes with what speaks for and against each, never one sold as certain."""

import pytest

from blueproof.consult import consult
from blueproof.facts.entries import failures
from blueproof.intake.words.read import read_request

SLOTS = "FATAL: remaining connection slots are reserved for roles with the SUPERUSER attribute"


def test_what_the_request_says_weighs_the_causes() -> None:
    blueprint = consult(read_request(f"{SLOTS}. We run 30 Lambdas on PostgreSQL."))
    first = blueprint.hypotheses[0]
    assert first.supports
    assert all("you say" in told for told in first.supports)
    assert "since you mention" in blueprint.answer


def test_without_a_sign_no_cause_is_taken_and_the_first_step_looks() -> None:
    blueprint = consult(read_request("sorry, too many clients already"))
    assert not any(h.supports for h in blueprint.hypotheses)
    assert "causes look alike" in blueprint.answer
    assert blueprint.steps[0].do.startswith("See which cause it is")


def test_what_speaks_against_a_cause_moves_it_back() -> None:
    words = "OOM command not allowed when used memory > 'maxmemory' in our Redis"
    plain = consult(read_request(words)).hypotheses
    told = consult(read_request(f"{words}, the policy is allkeys-lru")).hypotheses
    against = next(h for h in told if h.contradicts)
    assert [h.cause for h in told].index(against.cause) > [h.cause for h in plain].index(
        against.cause
    ) or told[-1] == against


@pytest.mark.parametrize("name", sorted(n for n, f in failures().items() if f.texts)[::7])
def test_every_cause_is_shown_with_the_check_that_decides(name: str) -> None:
    failure = failures()[name]
    text = max(failure.texts, key=len)
    product = failure.of[0].replace("-", " ")
    shown = consult(read_request(f"{product}: our log says {text!r} since monday, why?"))
    causes = {h.cause for h in shown.hypotheses}
    beside = " ".join(f.says for f in shown.findings) + shown.answer
    assert causes == {c.cause for c in failure.causes} or failure.means.lower() in beside.lower(), (
        shown.answer
    )
