"""What has the words of a trouble and is none: to be made, to be chosen, short and surely known."""

import pytest

from blueproof.consulting.troubling import troubled
from blueproof.intake.words.read import read_request

OTHERS = (
    "I am designing the data model for a vet clinic scheduling SaaS in Supabase: clinics, vets, "
    "rooms, pets, owners, appointments. A vet must never be double booked and neither must a room.",
    "API Gateway cuts our PDF export with 504 after 29 seconds. Can I raise the timeout?",
    "When do you build your HTTP APIs using API Gateway with Lambdas, and when a Fastify container "
    "on ECS Fargate? Lambda has cold starts of some seconds, Fargate costs at night too.",
    "We have no observability into our Python API server, the PostgreSQL database or the worker "
    "next to it. If something goes wrong (slow request, crash, out of memory) we only know because "
    "a user reports it. What should we monitor first?",
)
THERE = (
    "API Gateway answers 504 after 29 seconds on our PDF export of large tenants since Monday; the "
    "Lambda behind it goes on and finishes in two minutes, and people click again so that three "
    "run at once. We use Node 20 and S3. What do we do first?"
)


@pytest.mark.parametrize("words", OTHERS)
def test_it_is_left_to_others(words: str) -> None:
    assert troubled(read_request(words), lambda _: None) is None


def test_what_is_there_now_is_a_trouble() -> None:
    found = troubled(read_request(THERE), lambda _: None)
    assert found is not None
    assert "Do not raise the time-out" in found.answer
