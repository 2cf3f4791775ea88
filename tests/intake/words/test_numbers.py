"""Figures in words: what they come to, what they count, what they tell of, what they join to."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import yaml_file
from blueproof.intake.words.numbers import Number, read_numbers
from blueproof.intake.words.rates import read_rates
from clock import least_seconds

CASES: dict[str, list[Any]] = yaml_file.load(
    Path(__file__).with_name("numbers.yaml").read_text(encoding="utf-8")
)


def only(text: str) -> Number:
    found = read_numbers(text)
    assert len(found) == 1, found
    return found[0]


def test_there_are_many_cases() -> None:
    assert sum(map(len, CASES.values())) >= 250


@pytest.mark.parametrize(("written", "value"), CASES["values"])
def test_a_figure_comes_to_its_value(written: str, value: float) -> None:
    number = only(f"{written} users")
    assert {number.value, number.low, number.high} == {Decimal(str(value))}
    assert (number.unit, number.approximate) == ("user", False)
    assert number.quote == f"{written} users"


@pytest.mark.parametrize(("written", "value"), CASES["approximate"])
def test_a_figure_may_be_approximate(written: str, value: float) -> None:
    number = only(f"We have {written} users")
    assert (number.unit, number.approximate) == ("user", True)
    assert number.value == Decimal(str(value))


@pytest.mark.parametrize(("text", "low", "high"), CASES["ranges"])
def test_a_range_has_both_ends_and_the_upper_is_its_value(
    text: str, low: float, high: float
) -> None:
    number = only(text)
    assert [number.low, number.high, number.value] == [Decimal(str(n)) for n in (low, high, high)]


@pytest.mark.parametrize(("text", "unit", "per"), CASES["units"])
def test_a_figure_counts_something(text: str, unit: str, per: str) -> None:
    number = only(text)
    assert (number.unit, number.per) == (unit, per)


@pytest.mark.parametrize(("text", "role", "metric"), CASES["roles"])
def test_a_figure_has_a_role(text: str, role: str, metric: str) -> None:
    number = only(text)
    assert (number.role, number.metric) == (role, metric)


@pytest.mark.parametrize("text", CASES["none"])
def test_what_only_looks_like_a_figure_is_none(text: str) -> None:
    assert read_numbers(text) == ()


@pytest.mark.parametrize(("text", "expected"), CASES["several"])
def test_several_figures_are_read_in_order(text: str, expected: list[str]) -> None:
    assert [f"{number.value} {number.role}" for number in read_numbers(text)] == expected


@pytest.mark.parametrize(("text", "value", "unit", "per", "working"), CASES["joined"])
def test_a_sentence_joins_a_rate(
    text: str, value: float, unit: str, per: str, working: str
) -> None:
    rates = read_rates(read_numbers(text), text)
    assert len(rates) == 1, rates
    rate = rates[0]
    assert (rate.value, rate.unit, rate.per) == (Decimal(str(value)), unit, per)
    assert rate.working == working
    assert rate.quote == text


def test_an_upload_is_joined_as_files_and_as_volume() -> None:
    text = "500 users each upload 3 photos of 4MB a week"
    rates = read_rates(read_numbers(text), text)
    assert [f"{r.value} {r.unit} per {r.per}" for r in rates] == [
        "1500 photo per week",
        "6000 MB per week",
    ]
    assert rates[1].working == "500 x 3 x 4 MB = 6,000 MB per week"


def test_a_rate_for_one_of_them_says_whom_it_is_for() -> None:
    text = "each user uploads 3 photos of 4MB a week"
    assert [rate.each for rate in read_rates(read_numbers(text), text)] == ["user"]


@pytest.mark.parametrize("text", CASES["quiet"])
def test_nothing_is_joined_where_it_is_not_sure(text: str) -> None:
    assert read_rates(read_numbers(text), text) == ()


PIECES = """10 k 1,200 5m $ every 8 s each a day per - to / ( ) . , ; 3x twice between and one two
hundred million half few of 1e9 1.2.3 ' ` ``` { } : = max limit ms .5 50-100k 1.200,50 100s or #
x ~ % GB with in towns lambdas connections scooters send post 1_000 12:30 users
\u0663 \u00b2 max=5""".split()
ANY_TEXT = st.one_of(
    st.text(),
    st.lists(st.sampled_from(PIECES)).map(" ".join),
    st.lists(st.sampled_from([*PIECES, "\n", "\u00a0"])).map("".join),
)


@given(ANY_TEXT)
def test_spans_are_in_order_and_quotes_are_what_stands_there(text: str) -> None:
    end = 0
    for number in read_numbers(text):
        assert end <= number.span[0] < number.span[1] <= len(text)
        assert text[slice(*number.span)] == number.quote
        assert number.low <= number.high == number.value
        end = number.span[1]


@given(ANY_TEXT)
def test_rates_are_made_of_figures_that_were_read(text: str) -> None:
    numbers = read_numbers(text)
    spans = {number.span for number in numbers}
    for rate in read_rates(numbers, text):
        assert set(rate.parts) <= spans
        assert text[slice(*rate.span)] == rate.quote


WAYS = (
    "{:d}", "{:,d}", "{:_d}", "~{:d}", "about {:,d}", "{:d}+", "max {:d}",
    "exactly {:,d} concurrent", "({:d}", "we have {:,d} active", "between 0 and {:d}",
)  # fmt: skip


@given(st.integers(min_value=1, max_value=10**15), st.sampled_from(WAYS))
def test_a_number_reads_back_however_it_is_written(value: int, way: str) -> None:
    assert only(way.format(value) + " users").value == value


@given(st.integers(min_value=1, max_value=999), st.sampled_from(["k", "M", " million", "bn"]))
def test_a_scale_reads_back(value: int, scale: str) -> None:
    factor = {"k": 10**3, "M": 10**6, " million": 10**6, "bn": 10**9}[scale]
    assert only(f"{value}{scale} users").value == value * factor


@given(st.integers(min_value=1, max_value=10**6), st.sampled_from(["ms", "s", "GB", "MB"]))
def test_a_glued_unit_reads_as_one_apart(value: int, unit: str) -> None:
    glued, apart = only(f"takes {value}{unit}"), only(f"takes {value} {unit}")
    assert (glued.value, glued.unit, glued.role) == (apart.value, apart.unit, apart.role)


@given(st.integers(min_value=1, max_value=10**4), st.integers(min_value=1, max_value=500))
def test_a_product_is_the_product(count: int, own: int) -> None:
    text = f"{count} pods with {own} connections each"
    assert [rate.value for rate in read_rates(read_numbers(text), text)] == [count * own]


def timed(text: str) -> float:
    return least_seconds(lambda: read_rates(read_numbers(text), text))


PROSE = """We run 30 lambdas against a database of 85 million rows and it takes 5 s at peak. The
team is small and wants to know whether moving to another engine would help, or only cost more. """


def test_ten_thousand_words_are_read_at_once() -> None:
    text = PROSE * (10_000 // len(PROSE.split()) + 1)
    assert timed(text) < 0.6


@pytest.mark.parametrize(
    "piece",
    [
        "10 ",
        "1,",
        "{",
        "`",
        "half a ",
        "one hundred ",
        "10, ",
        "- ",
        "every 8 s ",
        "a.",
        "`max=5` ",
    ],
)
def test_no_text_takes_more_than_its_length(piece: str) -> None:
    short, long = (timed(piece * n) for n in (1_000, 4_000))
    assert long < 12 * short + 0.05  # four times as long; a square would be sixteen times
