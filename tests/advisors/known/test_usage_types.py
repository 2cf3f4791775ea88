"""A usage type that a bill prints finds its charge, whatever else is named."""

import pytest

from blueproof.advisors.known.diagnosis import told_of_failure
from blueproof.advisors.known.entries import everything
from blueproof.advisors.known.found import Found
from blueproof.advisors.known.ranking import probable, ranked
from blueproof.advisors.metered.may import may_tell
from blueproof.advisors.premises.judge import judge
from blueproof.facts.entries import Failure
from blueproof.intake.words.read import read_request


@pytest.mark.parametrize(
    ("words", "charge"),
    [
        ('what is "EUW1-PublicIPv4:InUseAddress", 40 dollars?', "aws-public-ipv4-in-use"),
        ("USE1-DataTransfer-Regional-Bytes is $310, huh", "aws-cross-zone"),
        ("why do we pay for NatGateway-Bytes", "aws-nat-gateway"),
    ],
)
def test_a_usage_type_finds_its_charge(words: str, charge: str) -> None:
    found = probable(ranked(read_request(words)))
    assert found is not None
    assert found.entry.id.startswith(charge)


def test_the_same_words_apart_are_no_usage_type() -> None:
    first = ranked(read_request("our bytes go through a nat gateway, is that fine?"))[0]
    assert not first.printed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Our Lambda timeout is set to 5 min and it is killed.", False),
        ("The lambda timeout is configured as 90 seconds.", False),
        ("Lambda functions stop after 5 minutes at most.", True),
    ],
)
def test_a_setting_of_ones_own_is_no_claim_about_a_limit(words: str, *, said: bool) -> None:
    wrong = [p for p in judge(read_request(words)) if p.verdict == "wrong"]
    assert bool(wrong) is said


def test_words_that_tell_more_lead_to_their_cause() -> None:
    failure = everything()["errors-on-every-deploy"]
    assert isinstance(failure, Failure)
    words = "502s on each deploy; the image runs CMD npm start in production"
    told = told_of_failure(failure, Found(entry=failure, score=5.0), read_request(words))
    assert told.hypotheses[0].cause.startswith("The signal never reaches the program")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Lambda cost us $300 yesterday in an endless loop, how do we stop that?", False),
        ("Lambda costs us $300 a month, how do we lower it?", True),
    ],
)
def test_an_accident_is_no_bill_of_a_month(words: str, *, told: bool) -> None:
    assert may_tell(read_request(words)) is told
