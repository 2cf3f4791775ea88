"""What is told to have found no place in a model: things, and each once."""

from blueproof.consulting.request import advise_request
from blueproof.core.brief import Brief

SALONS = (
    "We're building a booking app for hair salons (40 salons at first), Postgres. Customers book a "
    "stylist for a service. Must never double book, customers can reschedule up to 24hs before. "
    "Whats the best schema?"
)


def test_a_contraction_and_a_unit_are_no_things_and_a_thing_is_told_once() -> None:
    answer = advise_request(Brief(request=SALONS)).answer
    assert answer.startswith("Begin with schema.sql, 4 tables: customers, services, stylists")
    assert answer.endswith("These found no place in it: hair salons.")
