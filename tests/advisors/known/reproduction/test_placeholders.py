"""Signs in the place of values are parameters, and a list of columns is the whole table."""

import pytest

from blueproof.advisors.known.reproduction.placeholders import with_parameters
from blueproof.consult import consult
from blueproof.intake.words.read import read_request


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a = X AND b = Y", "a = $1 AND b = $2"),
        ("a = X OR b = X", "a = $1 OR b = $1"),
        ("a IN (X, Y, Z)", "a IN ($1, $2, $3)"),
        ("a BETWEEN <from> AND <to> LIMIT N", "a BETWEEN $1 AND $2 LIMIT $3"),
        ("a = ${userId} AND b = {{ b }}", "a = $1 AND b = $2"),
        ("a = $1 AND b = xxx", "a = $1 AND b = $2"),
        ("a = ... AND b = ??", "a = $1 AND b = $2"),
        ("a = @tenant", "a = $1"),
        ("a = x.id AND b = y", "a = x.id AND b = y"),
        ("a = 'X' AND \"X\" = 1", "a = 'X' AND \"X\" = 1"),
        ("a = X.id", "a = X.id"),
    ],
)
def test_a_sign_is_a_parameter(written: str, read: str) -> None:
    assert with_parameters(f"SELECT 1 FROM t WHERE {written}") == f"SELECT 1 FROM t WHERE {read}"


@pytest.mark.parametrize("sign", ["X", "123", "<me>", "${user.id}", "?"])
def test_whatever_stands_for_the_value_the_index_is_the_same(sign: str) -> None:
    found = consult(read_request(
        "Postgres 14: notifications has 90 million rows, select * from notifications where "
        f"user_id = {sign} and read_at is null order by created_at desc limit 30 takes 4 seconds."
    ))  # fmt: skip
    assert "(user_id, created_at" in found.answer.replace(" DESC", ""), found.answer


def test_no_column_is_made_up_beside_those_that_are_listed() -> None:
    found = consult(read_request(
        "answers(user_id, quiz_id, question_id, choice, ms, created_at), 12M rows in Postgres. The "
        "leaderboard, sum of points per user per quiz, takes 8 s. How do I make it fast?"
    ))  # fmt: skip
    assert "point" not in "".join(f.text for f in found.artifacts if f.path.endswith(".sql"))
