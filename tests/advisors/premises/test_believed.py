"""Every belief is found by each of its own phrases, cites its source, and is never turned round."""

import re
from datetime import date
from typing import get_args

import pytest

from blueproof.core.evidence import Confidence
from blueproof.facts.believed import Belief, beliefs, find
from blueproof.facts.load import fact
from blueproof.facts.phrase import Phrase, phrase, words_of
from blueproof.facts.quoted import quoted_limits, quoted_meters
from blueproof.facts.statements import statements
from blueproof.intake.words.technologies import index

BELIEFS = beliefs()


def spoken(each: Phrase) -> str:
    """The shortest words that the phrase fits."""
    parts = [part for part in each.written.replace("-", " ").split() if part != "~"]
    return " ".join(part.split("|")[0].rstrip("*") for part in parts)


def found(text: str, belief: Belief) -> bool:
    about = dict.fromkeys(belief.about, "")
    return belief.id in {match.belief.id for match in find(text, about)}


def said(belief: Belief, each: Phrase) -> str:
    return f"{min(belief.about).replace('-', ' ')} {spoken(each)}"


@pytest.mark.parametrize("belief", BELIEFS.values(), ids=BELIEFS)
def test_each_phrase_of_a_belief_states_it(belief: Belief) -> None:
    for each in belief.words:
        assert found(f"We plan an app. {said(belief, each)}.", belief), each.written


@pytest.mark.parametrize("belief", BELIEFS.values(), ids=BELIEFS)
def test_no_phrase_of_a_belief_states_it_in_a_question_a_doubt_or_a_denial(belief: Belief) -> None:
    for each in belief.words:
        claim = said(belief, each)
        for text in (
            f"Is it so that {claim}?",
            f"does {claim}",
            f"I am not sure that {claim}.",
            f"It is not true that {claim}.",
            f"If {claim}, then all is well.",
            f"`{claim}`",
        ):
            assert not found(text, belief), text


@pytest.mark.parametrize("belief", BELIEFS.values(), ids=BELIEFS)
def test_a_word_before_a_phrase_that_turns_it_round_hides_it(belief: Belief) -> None:
    name = min(belief.about).replace("-", " ")
    for each in belief.words:
        assert not found(f"{name} hardly {spoken(each)}.", belief), each.written


@pytest.mark.parametrize("belief", BELIEFS.values(), ids=BELIEFS)
def test_a_belief_is_whole(belief: Belief) -> None:
    assert belief.about
    assert belief.about <= set(index().by_id)
    assert re.fullmatch(r"https://[\w.-]+/\S*", belief.source)
    assert date(2026, 1, 1) <= belief.checked <= date(2026, 12, 31)
    assert belief.confidence in get_args(Confidence)
    assert belief.because == " ".join(belief.because.split())
    assert not belief.because.endswith(".")
    assert 5 <= len(belief.because.split()) <= 45
    assert belief.citation.says == belief.because


def test_many_beliefs_are_known_and_all_verdicts_among_them() -> None:
    verdicts = [belief.verdict for belief in BELIEFS.values()]
    assert len(verdicts) >= 80
    assert min(verdicts.count(each) for each in ("right", "wrong", "unknown")) >= 10


def test_opposite_beliefs_are_not_stated_by_the_same_words() -> None:
    clashes = [
        (belief.id, match.belief.id, each.written)
        for belief in BELIEFS.values()
        for each in belief.words
        for match in find(f"{said(belief, each)}.", dict.fromkeys(belief.about, ""))
        if {belief.verdict, match.belief.verdict} == {"right", "wrong"}
    ]
    assert clashes == []


def test_a_belief_belongs_to_what_its_clause_names() -> None:
    about = {"convex": "", "cloud-firestore": ""}
    names = {match.belief.id for match in find("Firestore is fine. Convex has no offline.", about)}
    assert names == {"convex-no-offline"}


def test_of_several_names_in_a_clause_the_last_before_the_words_counts() -> None:
    about = {"convex": "", "cloud-firestore": ""}
    (match,) = find("Convex costs more than Firestore which has no offline.", about)
    assert match.belief.id == "firestore-offline-none"


def test_names_said_together_share_what_is_said() -> None:
    about = {"convex": "", "cloud-firestore": ""}
    found_of = {m.belief.id for m in find("Convex and Firestore have no offline.", about)}
    assert found_of == {"convex-no-offline", "firestore-offline-none"}


def test_without_a_name_in_the_sentence_the_one_before_counts() -> None:
    (match,) = find("We look at Fargate. It has no spot.", {"aws-fargate": "", "convex": ""})
    assert match.belief.id == "fargate-no-spot"


def test_a_match_says_where_it_stands() -> None:
    text = "We think that Fargate has no spot, sadly."
    (match,) = find(text, {"aws-fargate": ""})
    assert text[match.start : match.end] == "no spot"
    assert text[match.clause.start : match.clause.end] == "We think that Fargate has no spot"


def test_a_name_is_found_as_the_request_writes_it() -> None:
    (match,) = find("The thing has no spot.", {"aws-fargate": "thing"})
    assert match.belief.id == "fargate-no-spot"


@pytest.mark.parametrize("written", ["", "~", "no ~"])
def test_what_is_no_phrase_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="is no phrase"):
        phrase(written)


@pytest.mark.parametrize(
    ("written", "text", "fits"),
    [
        ("no spot", "it has no spot", True),
        ("no spot", "it has no cheap spot", False),
        ("no ~ spot", "it has no cheap little old spot", True),
        ("no ~ spot", "it has no cheap little old big spot", False),
        ("notif*", "many notifications", True),
        ("doesn't ~ spot", "it does not have spot", True),
        ("not ~ spot", "it can\u2019t do spot", True),
        ("self-host", "we self host", True),
        ("a|b c", "b c", True),
        ("a|b c", "c b", False),
        ("no ~ x y", "no x and x y", True),
    ],
)
def test_a_phrase_fits_words_in_order(written: str, text: str, *, fits: bool) -> None:
    assert bool(list(phrase(written).found(words_of(text)))) is fits


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("X has no Y, so Z.", ["X has no Y", "Z"]),
        ("X has no Y, right?", ["X has no Y"]),
        ("Does X have Y, or is it Z?", []),
        ("Why Z, since X has no Y?", ["X has no Y"]),
        ("count(*) uses an index.", ["count(*) uses an index"]),
        ("1,000 reads at $0.06 in Node.js.", ["1,000 reads at $0.06 in Node.js"]),
        ("It is wrong that X has Y.", []),
        ("Z when X has Y.", ["Z"]),
    ],
)
def test_only_clauses_that_state_something_are_kept(text: str, clauses: list[str]) -> None:
    assert [text[c.start : c.end] for c in statements(text)] == clauses


def test_the_facts_and_technologies_of_the_tables_exist() -> None:
    about = [each.about for each in quoted_limits()] + [each.about for each in quoted_meters()]
    assert frozenset().union(*about) <= set(index().by_id)
    names = [name for limit in quoted_limits() for name in limit.facts]
    names += [price.fact for meter in quoted_meters() for price in meter.prices]
    names += [price.free for meter in quoted_meters() for price in meter.prices if price.free]
    assert all(fact(name).value > 0 for name in names)
    assert len({name for limit in quoted_limits() for name in limit.facts}) >= 60
