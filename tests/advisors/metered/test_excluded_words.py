"""What is named only to exclude it picks no price."""

import pytest

from blueproof.advisors.metered.reckoning import affirmed, price_in
from blueproof.facts.meters import meters

READS = next(m for m in meters("firebase.yaml") if m.counts == "document reads")


@pytest.mark.parametrize(
    ("words", "many"),
    [
        ("firestore, us-central1", "reads"),
        ("firestore, us-central1 (not multi region)", "reads"),
        ("firestore in us-central1, not nam5", "reads"),
        ("firestore, no multi-region", "reads"),
        ("firestore in nam5", "multi"),
        ("firestore, multi-region, not cheap", "multi"),
    ],
)
def test_a_region_is_billed_as_what_it_is(words: str, many: str) -> None:
    price = price_in(READS.price, words)
    assert price is not None
    assert price.fact.startswith(f"firestore.{many}-")


@pytest.mark.parametrize(
    "words", ["in nam5", "multi region, not cheap", "no idea why: multi region"]
)
def test_what_is_meant_stays(words: str) -> None:
    assert "nam5" in affirmed(words) or "multi region" in affirmed(words)
