"""Answers in the person's spelling, and one clear line for those that make no sense."""

import pytest

from blueproof.core.brief import Brief
from blueproof.core.errors import UsageError
from blueproof.intake.answers import with_answers


def value_of(answer: str) -> float | str:
    fact = with_answers(Brief(request="?"), (answer,)).facts[-1]
    return fact.value


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("offline=yes", "yes"), ("offline=Y", "yes"), ("offline=off", "no"), ("users=50k", "50000"),
        ("users=1.5M", "1500000"), ("users=50,000", "50000"), ("budget=$25", "25"),
        ("budget=any", "any"), ("budget=0", "0"), ("region=EU", "eu"), ("orders=12M", 12_000_000),
        ("scale.rows.orders=3k", 3_000), ("sizes=10k,1k", "1000,10000"),
        ("skills=TypeScript", "typescript"), ("users=50k people", "50000"),
    ],
)  # fmt: skip
def test_an_answer_is_read(answer: str, value: float | str) -> None:
    assert value_of(answer) == value


@pytest.mark.parametrize(
    "answer",
    ["offline", "offline=", "=yes", "offline=perhaps", "users=many", "users=0", "users=-5",
     "region=mars", "orders=a lot", "budget=-1", "users=1e400"],
)  # fmt: skip
def test_nonsense_is_refused_in_one_line(answer: str) -> None:
    with pytest.raises(UsageError) as caught:
        value_of(answer)
    assert "\n" not in str(caught.value)


def test_an_answer_takes_the_place_of_the_one_before() -> None:
    brief = with_answers(with_answers(Brief(request="?"), ("users=1k",)), ("users=2k",))
    assert [f.value for f in brief.facts if f.key == "users"] == ["2000"]
