"""Questions are ranked by what their answers are worth; what stands in the words is not asked."""

import time
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueproof.decide import decision as deciding
from blueproof.decide import interview as asking
from blueproof.decide import scoring
from blueproof.decide.decision import decide, picked
from blueproof.decide.dimensions import BY_ID, DIMENSIONS
from blueproof.decide.interview import MOST_SCENARIOS, interview, scenarios
from blueproof.decide.needs import FAMILIES, Needs
from blueproof.decide.needs_file import read_needs, write_needs

CHAT = Needs(
    features=("authentication", "chat", "realtime-sync"),
    clients=("expo", "react-native"),
    options=("convex", "firebase"),
)
VALUES = st.fixed_dictionaries(
    {}, optional={d.id: st.sampled_from(d.values) for d in DIMENSIONS}
)  # fmt: skip


def test_the_odds_of_the_scenarios_sum_to_one() -> None:
    found = scenarios(CHAT)
    assert len(found) == MOST_SCENARIOS
    assert sum(s.odds for s in found) == pytest.approx(1)


def test_what_is_known_is_not_asked() -> None:
    known = CHAT.holding(offline="no", users="50000")
    assert {w.dimension.id for w in interview(known)} & {"offline", "users"} == set()


def test_a_question_that_would_change_nothing_is_not_asked() -> None:
    only = Needs(features=("chat",), ruled_out=FAMILIES[1:], known=(("users", "1000"),))
    assert [w for w in interview(only) if w.decides and w.gain] == []


def test_offline_is_asked_first_where_it_decides() -> None:
    first = interview(CHAT)[0]
    assert (first.dimension.id, first.decides) == ("offline", True)
    assert dict(first.picks) == {"no": "convex", "yes": "firebase"}


@pytest.mark.slow
def test_four_hundred_scenarios_take_no_long_time() -> None:
    decide(CHAT)  # the facts are read once
    took = []
    for _ in range(3):
        for cached in (scoring.scored, deciding.picked):
            cached.cache_clear()
        begin = time.process_time()
        decide(CHAT)
        asking.interview(CHAT)
        took.append(time.process_time() - begin)
    assert min(took) < 0.6


@given(values=VALUES)
def test_every_flip_changes_the_pick_and_no_nearer_value_does(values: dict[str, str]) -> None:
    needs = CHAT.holding(**values)
    for flip in decide(needs).flips:
        there = needs.holding(**{flip.dimension.id: flip.at})
        assert picked(there) == flip.then != picked(needs)


@given(values=VALUES, features=st.sets(st.sampled_from(sorted(("chat", "feed", "search")))))
def test_needs_are_read_back_as_they_were_written(
    values: dict[str, str], features: set[str]
) -> None:
    needs = Needs(features=tuple(sorted(features)), options=FAMILIES[:2]).holding(**values)
    assert read_needs(write_needs(needs), path="needs.yaml") == needs


def test_every_pair_of_families_has_a_decision() -> None:
    for pair in combinations(FAMILIES, 2):
        found = decide(Needs(features=("chat",), options=pair))
        assert {s.option.family for s in found.ranked} == set(pair)


@pytest.mark.parametrize("name", list(BY_ID))
def test_every_value_of_a_dimension_can_be_said_as_a_condition(name: str) -> None:
    assert all(BY_ID[name].condition(value) for value in BY_ID[name].values)


def test_who_keeps_the_data_in_the_eu_is_not_asked_for_us_health_records() -> None:
    told = {"offline": "yes", "reporting": "yes", "users": "1800", "budget": "150"}
    needs = Needs(features=("offline-sync",), options=("firebase", "supabase")).holding(**told)
    asked = [w.dimension.id for w in asking.interview(needs)]
    there = [w.dimension.id for w in asking.interview(needs.holding(region="eu"))]
    assert "hipaa" in asked
    assert "hipaa" not in there
