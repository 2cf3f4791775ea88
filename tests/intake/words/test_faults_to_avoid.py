"""What must not happen is wanted prevented; what is not needed is not wanted."""

import pytest

from blueproof.intake.words.text import Text
from blueproof.intake.words.topics import read_features


@pytest.mark.parametrize(
    ("request_text", "stance"),
    [
        ("A ticket sale on AWS. We must not oversell.", "needed"),
        ("Stock is counted by hand and we never want to oversell again.", "needed"),
        ("A feed for the club. We don't need a shopping cart.", "negated"),
        ("It is a blog without online store.", "negated"),
    ],
)
def test_a_fault_is_no_refusal(request_text: str, stance: str) -> None:
    topics = read_features(Text(request_text))
    found = ["negated" if t.negated else "needed" for t in topics if t.id == "e-commerce"]
    assert found == [stance]
