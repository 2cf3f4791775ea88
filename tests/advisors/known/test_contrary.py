"""What a request says against an entry: its remedy in place, another engine, another case."""

import pytest

from blueproof.advisors.known.contrary import is_denied, without_table_names
from blueproof.advisors.known.entries import everything
from blueproof.advisors.known.found import Found
from blueproof.advisors.known.ranking import assured, ranked
from blueproof.advisors.known.signals import certainty
from blueproof.consult import consult
from blueproof.facts.entries import choices, failures
from blueproof.facts.kin import is_of_rivals
from blueproof.facts.phrase import phrase
from blueproof.intake.words.read import read_request


def found(words: str, name: str) -> Found:
    return next(each for each in ranked(read_request(words)) if each.entry.id == name)


def answered(words: str) -> str | None:
    best = assured(ranked(read_request(words)))
    return best.entry.id if best else None


def test_a_setting_that_is_in_place_is_not_advised() -> None:
    advised = "Our Fly machine stops when idle, first request is slow."
    assert not found(advised, "fly-autostop").contrary
    assert found(f"{advised} We have min_machines_running = 1.", "fly-autostop").contrary
    assert not found(f"{advised} We have min_machines_running = 0.", "fly-autostop").contrary


def test_what_a_failing_statement_uses_already_is_not_advised() -> None:
    asked = "ON CONFLICT DO UPDATE or insert and catch the error in Postgres?"
    used = (
        "Postgres is slow, all our workers run INSERT ... ON CONFLICT (id) DO UPDATE. "
        "How do we stop the errors?"
    )
    assert answered(asked) == "upsert-or-catch"
    assert found(used, "upsert-or-catch").contrary


def test_what_is_known_of_one_engine_does_not_answer_for_another() -> None:
    lag = "replica lag grows for minutes during an import on RDS"
    assert answered(f"{lag} PostgreSQL") == "postgres-replication-lag"
    assert answered(f"{lag} MySQL") != "postgres-replication-lag"


def test_an_engine_that_is_asked_for_beside_is_no_rival() -> None:
    assert not is_of_rivals(["mysql", "postgresql"], ["postgresql"])
    assert not is_of_rivals(["npgsql"], ["postgresql"])
    assert is_of_rivals(["clickhouse"], ["postgresql", "nodejs"])


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        (" is near 0, but", True),
        (" stays at 0 all day", True),
        (" is fine", True),
        (" is 0.5 s", False),
        (" is 40 seconds", False),
        (" grows", False),
    ],
)
def test_a_symptom_that_is_said_to_be_absent_is_none(text: str, *, denied: bool) -> None:
    assert is_denied(f"replica lag{text}", len("replica lag")) is denied


def test_words_of_table_names_are_nobodys_words() -> None:
    told = "DELETE FROM user_auth_session takes hours in Postgres, the user is slow to log out"
    assert "auth" not in without_table_names(told)
    assert "pg_stat_activity" in without_table_names("SELECT 1 FROM pg_stat_activity")
    assert answered(told) != "supabase-rls-slow"


def test_an_entry_with_a_defining_word_is_silent_without_it() -> None:
    silent = found("query slow as user, fast as admin in Supabase", "supabase-rls-slow")
    speaks = found("query slow as user, fast as admin, RLS policy in Supabase", "supabase-rls-slow")
    assert silent.contrary
    assert not speaks.contrary


def test_what_is_contrary_never_answers() -> None:
    words = "My 256MB lambda: first request takes seconds, and 600ms for each one after that"
    cold = found(words, "lambda-cold-start")
    assert cold.contrary
    assert not cold.may_answer
    assert answered("lambda cold starts: first request takes seconds") == "lambda-cold-start"


def test_a_setting_whose_name_has_words_of_a_case_does_not_name_the_case() -> None:
    blueprint = consult(read_request("Should our Fly app set auto_stop_machines? It goes idle"))
    assert "you name what changes it" not in blueprint.answer


def test_a_case_is_named_by_more_than_the_words_of_its_question() -> None:
    told = consult(
        read_request(
            "Vault secrets are unencrypted in the tfstate, does terraform read and keep them?"
        )
    )
    assert "you name what changes it" not in told.answer


def test_a_product_that_an_entry_does_not_know_makes_it_less_sure() -> None:
    plain = found("sticky sessions needed behind nginx?", "sticky-sessions")
    other = found("sticky sessions needed behind nginx with Hasura?", "sticky-sessions")
    assert other.signals["unknown"] > plain.signals["unknown"]
    assert certainty(other.signals, 1.0) < certainty(plain.signals, 1.0)


def test_phrases_for_and_against_can_be_read() -> None:
    written = [
        each
        for entry in (*choices().values(), *failures().values())
        for each in (*entry.against, *entry.needs)
    ]
    assert len(written) > 20
    assert all(phrase(each).places for each in written)


@pytest.mark.nightly
def test_no_entry_is_spoken_against_by_its_own_ways_to_ask() -> None:
    wrong = [
        (name, ask)
        for name, entry in everything().items()
        if entry.against or entry.needs
        for ask in entry.asks
        if any(
            each.entry.id == name and each.contrary
            for each in ranked(read_request(f"{entry.of[0]}: {ask}"))
        )
    ]
    assert wrong == []


def test_a_text_that_is_said_to_be_absent_is_not_quoted() -> None:
    name = "postgres-replication-lag"
    assert found("RDS PostgreSQL: replica lag is 40 s since monday", name).printed
    assert not found("RDS PostgreSQL: replica lag is near 0, the CPU is at 90 %", name).printed


def test_a_neighbour_that_is_none_is_not_shown() -> None:
    """What has a few words in common and no way to ask is no answer, not even a near one."""
    words = "How do I turn on slow start for Envoy clusters behind RDS Proxy on MySQL?"
    first = ranked(read_request(words))[0]
    assert first.far
    assert consult(read_request(words)).answer.startswith("I have no checked fact")
