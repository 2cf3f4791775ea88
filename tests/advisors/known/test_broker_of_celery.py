"""Which broker Celery gets, and that nothing is said of the host that was left."""

from blueproof.advisors.fits.places import named_places
from blueproof.consult import consult
from blueproof.intake.words.read import read_request

ASKED = (
    "Django app on Heroku -> moved to AWS. We use celery for sending emails and generating PDFs, "
    "about 20k tasks a day. Broker: Redis or SQS? We have 2 devs and already run a small "
    "elasticache redis for caching. Some PDFs take 10 minutes."
)


def test_celery_gets_a_broker_and_no_table() -> None:
    found = consult(read_request(ASKED))
    answer = " ".join(found.answer.split())
    assert "SQS, unless you need Flower" in answer
    assert "0.231 tasks a second" in answer
    assert "Heroku" not in answer
    assert "SKIP LOCKED" not in answer
    assert not [step.do for step in found.steps if "pg-boss" in step.do]


def test_a_host_that_was_left_holds_nothing() -> None:
    left = named_places(read_request(ASKED))
    there = named_places(read_request("Our PDFs take 10 minutes on Heroku"))
    assert "heroku" not in {place.technology for place in left}
    assert "heroku" in {place.technology for place in there}
