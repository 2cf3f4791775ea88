"""What somebody read or heard of is not in use."""

import pytest

from blueproof.intake.words.read import read_request


@pytest.mark.parametrize(
    ("words", "name", "role"),
    [
        (
            "Torn between Convex, Firebase and Supabase. I read that firestore gets expensive "
            "because of reads per listener, is that true for us?",
            "cloud-firestore", "mentioned",
        ),
        ("Convex or Firebase? I heard that Supabase is slow.", "supabase", "mentioned"),
        ("I've read about Redis, do we need it with Postgres?", "redis", "mentioned"),
        ("We use Firestore. I read that Firestore gets expensive.", "cloud-firestore", "current"),
        ("Our app reads from Redis and it is slow", "redis", "current"),
    ],
)  # fmt: skip
def test_the_role_of_what_was_heard(words: str, name: str, role: str) -> None:
    facts = read_request(words).facts
    assert [f.role for f in facts if f.key == "technology" and f.value == name] == [role]
