"""What a host read counts only where the request says it, and never against the rules."""

import pytest

from blueproof.core.brief import Brief, Fact
from blueproof.core.errors import UsageError
from blueproof.decide.reading import needs_of
from blueproof.intake.host import HostFact, Refusal, stated, with_host_facts

REQUEST = (
    "Expo app, Convex or Firebase?  We have 5000 users,\n about a dozen\n  orders per minute, no "
    "payments. Data must stay in Europe, launch in 6 weeks, $100/month at most."
)


def quoted(key: str, value: float | str, quote: str, role: str = "") -> Fact:
    start = REQUEST.index(quote)
    span = (start, start + len(quote))
    return Fact(key=key, value=value, role=role, source="inferred", quote=quote, span=span)


BRIEF = Brief(
    request=REQUEST,
    facts=(
        quoted("technology", "convex", "Convex", "option"),
        quoted("feature", "payments", "payments", "negated"),
        quoted("scale.users", 5000.0, "5000 users"),
        quoted("constraint", "eu-data", "Data must stay in Europe"),
    ),
)


def told(key: str, value: str, quote: str) -> HostFact:
    return HostFact(key=key, value=value, quote=quote)


def taken(*facts: HostFact) -> tuple[tuple[Fact, ...], tuple[Refusal, ...]]:
    brief, refusals = with_host_facts(BRIEF, facts)
    assert brief.facts[: len(BRIEF.facts)] == BRIEF.facts  # what the rules read is never lost
    return brief.facts[len(BRIEF.facts) :], refusals


def reason(fact: HostFact) -> str:
    new, refusals = taken(fact)
    assert new == ()
    assert len(refusals) == 1
    assert refusals[0].question is None
    return refusals[0].reason


@pytest.mark.parametrize(
    ("fact", "value", "unit"),
    [
        (told("technology", "Firebase", "Firebase"), "firebase", ""),
        (told("feature", "Push Notifications", "orders per minute"), "push-notifications", ""),
        (told("feature", "chat", "Expo app"), "chat", ""),
        (told("constraint", "hipaa", "Europe"), "hipaa", ""),
        (told("problem", "auth", "Expo app"), "auth", ""),
        (told("offline", "yes", "Expo app"), "yes", ""),
        (told("budget", "100", "$100/month"), "100", ""),
        (told("deadline", "6 weeks", "in 6 weeks"), 42.0, "days"),
        (told("deadline", "42", "6 weeks"), 42.0, "days"),
        (told("scale.orders", "12", "a dozen orders"), 12.0, "orders"),
        (told("scale.rows.orders", "5k", "5000 users"), 5000.0, "rows"),
    ],
)
def test_what_the_rules_missed_is_added_with_its_quote(
    fact: HostFact, value: float | str, unit: str
) -> None:
    new, refusals = taken(fact)
    assert refusals == ()
    assert [(f.key, f.value, f.unit, f.source) for f in new] == [
        (fact.key, value, unit, "inferred")
    ]
    assert new[0].span is not None
    assert REQUEST[slice(*new[0].span)] == new[0].quote
    assert new[0].quote.split() == fact.quote.split()


def test_a_fact_that_was_added_reaches_the_needs() -> None:
    brief, _ = with_host_facts(BRIEF, (told("offline", "yes", "Expo app"),))
    assert needs_of(brief).value("offline") == "yes"


@pytest.mark.parametrize(
    "quote",
    ["in Asia", "data must stay in Europe", "Euro", "urope", "app, Convex or Firebase we", "", " "],
)
def test_a_quote_that_is_not_literally_there_is_refused(quote: str) -> None:
    assert "quote" in reason(told("offline", "yes", quote))


@pytest.mark.parametrize(
    "key", ["pick", "answer", "kind", "premise", "sizes", "scale.", "scale.a b"]
)
def test_a_key_that_is_no_fact_is_refused_with_what_is_allowed(key: str) -> None:
    said = reason(told(key, "convex", "Convex"))
    assert "allowed are technology" in said
    assert "offline" in said


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("region", "mars", "anywhere, eu, us, elsewhere"),
        ("feature", "teleportation", "chat"),
        ("constraint", "cheap", "hipaa"),
        ("problem", "sadness", "auth"),
        ("technology", "Flurbostore", "as written"),
        ("scale.orders", "lots", "50k"),
        ("scale.orders", "-3", "50k"),
        ("scale.orders", "nan", "50k"),
        ("scale.orders", "1e400", "50k"),
        ("deadline", "soon", "6 weeks"),
        ("users", "some", "number"),
    ],
)
def test_a_value_outside_its_list_is_refused_with_what_is_allowed(
    key: str, value: str, allowed: str
) -> None:
    assert allowed in reason(told(key, value, "5000 users"))


@pytest.mark.parametrize(
    ("key", "value", "quote"),
    [
        ("scale.orders", "500", "5000 users"),
        ("budget", "1200", "$100/month"),
        ("deadline", "7 weeks", "6 weeks"),
        ("group-size", "50", "Expo app"),
    ],
)
def test_a_figure_must_be_the_one_that_its_quote_says(key: str, value: str, quote: str) -> None:
    assert "quote" in reason(told(key, value, quote))


@pytest.mark.parametrize(
    "fact",
    [
        told("technology", "Convex", "Convex"),
        told("scale.users", "5k", "5000 users"),
        told("users", "5000", "5000 users"),
        told("scale.monthly-users", "5000", "5000 users"),
        told("region", "eu", "Europe"),
        told("constraint", "eu-data", "Europe"),
    ],
)
def test_what_the_rules_read_too_changes_nothing(fact: HostFact) -> None:
    assert taken(fact) == ((), ())


@pytest.mark.parametrize(
    ("fact", "key", "mine", "theirs"),
    [
        (told("region", "us", "Expo app"), "region", "eu", "us"),
        (told("constraint", "us-data", "Expo app"), "region", "eu", "us"),
        (told("users", "100", "$100/month"), "users", "5000", "100"),
        (told("scale.users", "100", "$100/month"), "users", "5000", "100"),
    ],
)
def test_a_second_reading_becomes_a_question(
    fact: HostFact, key: str, mine: str, theirs: str
) -> None:
    new, refusals = taken(fact)
    assert new == ()
    question = refusals[0].question
    assert question is not None
    assert (question.key, question.options, question.default) == (key, (mine, theirs), mine)
    rules = "Data must stay in Europe" if key == "region" else "5000 users"
    assert all(f'"{quote}"' in question.ask for quote in (rules, fact.quote))
    assert mine in question.ask
    assert theirs in question.ask


def test_two_readings_of_the_host_are_a_question_too() -> None:
    first = told("scale.orders", "12", "a dozen orders")
    new, refusals = taken(first, told("scale.orders", "6", "6 weeks"))
    assert [f.value for f in new] == [12.0]
    question = refusals[0].question
    assert question is not None
    assert (question.key, question.options) == ("scale.orders", ("12", "6"))


def test_what_is_not_wanted_cannot_be_made_wanted() -> None:
    assert "not wanted" in reason(told("feature", "payments", "payments"))


def test_an_answer_on_a_scale_is_read_as_a_figure() -> None:
    assert stated("scale.orders", "1.5M").value == 1_500_000.0
    assert stated("deadline", "2 months").value == 60.0
    with pytest.raises(UsageError, match="50k"):
        stated("scale.orders", "many")
