"""What must not happen is wanted prevented; what is not needed is not wanted."""

import pytest

from blueproof.intake.words.text import Text
from blueproof.intake.words.topics import read_features


@pytest.mark.parametrize(
    ("request_text", "negated"),
    [
        ("A ticket sale on AWS. We must not oversell.", False),
        ("Stock is counted by hand and we never want to oversell again.", False),
        ("A feed for the club. We don't need a shopping cart.", True),
        ("It is a blog without online store.", True),
    ],
)
def test_a_fault_is_no_refusal(request_text: str, negated: bool) -> None:
    topics = read_features(Text(request_text))
    assert [t.negated for t in topics if t.id == "e-commerce"] == [negated]
