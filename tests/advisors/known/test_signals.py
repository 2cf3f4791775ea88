"""What is seen of an entry beside a request, and what it comes to."""

from pathlib import Path

import yaml_file
from blueproof.advisors.known.entries import everything
from blueproof.advisors.known.ranking import CERTAIN, Asked, assured, probable, ranked
from blueproof.advisors.known.signals import certainty, in_words, of_kind, standing
from blueproof.consult import consult
from blueproof.intake.words.read import read_request

# Several entries touch it, and none is of slots that are shown late.
NEAR = (
    "Clinic scheduling app in React Native, 12 clinics, 400 doctors, Postgres on RDS. "
    "Receptionists see stale slots for up to a minute and sometimes double book. "
    "Poll faster or websockets?"
)
TOO_MANY = "Postgres says sorry, too many clients already. Why?"


def test_the_models_know_exactly_the_signals_that_are_made() -> None:
    first = ranked(read_request(TOO_MANY))[0]
    unweighed = dict.fromkeys(first.signals, 0.0)
    assert standing(unweighed) == 0
    assert standing({**unweighed, "covered": 1.0}) > 0


def test_words_in_common_count_and_what_is_missing_shows() -> None:
    entry = everything()["postgres-slots-reserved"]
    near, far = (
        in_words(entry, asked.stems, asked.sentences)
        for asked in (
            Asked(read_request(TOO_MANY)),
            Asked(read_request("Postgres says sorry, my giraffe is purple. Why?")),
        )
    )
    assert near["covered"] > far["covered"]
    assert near["asks"] > far["asks"]
    assert near["pairs"] > far["pairs"]
    assert far["missed"] > near["missed"]
    assert near["nearest"] >= near["second"] >= near["third"]


def test_a_lead_makes_more_certain_and_no_words_make_nothing_certain() -> None:
    found = ranked(read_request(TOO_MANY))
    first = found[0].signals
    assert certainty(first, 1.0) > certainty(first, 0.0)
    nothing = {**dict.fromkeys(first, 0.0), **of_kind(found[0].entry)}
    assert certainty(nothing, 0.0) < CERTAIN


def test_the_first_answers_only_where_it_is_certain() -> None:
    assert assured(ranked(read_request(TOO_MANY))) is not None
    near = ranked(read_request(NEAR))
    assert near[0].may_answer
    assert assured(near) is None
    assert probable(near) is None
    assert consult(read_request(NEAR)).answer.startswith("I am not sure")


def test_what_is_only_likely_says_so() -> None:
    """Between the two likelihoods the entry is told whole, and that it may be another case."""
    asked = "My Expo app has no backend yet needs some API SECRET KEYS. Are they safe in dotenv?"
    found = ranked(read_request(asked))
    assert probable(found) is not None
    blueprint = consult(read_request(asked))
    said = blueprint.answer.startswith("Likely, not surely, your case: ")
    assert said == (assured(found) is None)
    assert blueprint.steps


def test_the_readers_grades_name_questions_and_entries_that_exist() -> None:
    folder = Path(__file__).parents[2] / "asked"
    grades = yaml_file.load((folder / "graded.yaml").read_text("utf-8"))
    for name, answers in grades.items():
        cases = yaml_file.load((folder / f"{name}.yaml").read_text("utf-8"))
        assert {case["id"] for case in cases} == {*answers}
        assert {entry for found in answers.values() for entry in found} <= {*everything()}
