"""Documents are made with keys that can be cast as queries cast them."""

import pytest

from blueproof.sql.guessing.documents import made_document
from blueproof.sql.guessing.seen import read_seen


@pytest.mark.parametrize(
    ("expression", "key", "cast"),
    [
        ("(d->>'total')::numeric > 100", "total", "decimal"),
        ("(d->'a'->>'n')::int = 4", "a.n", "int"),
        ("(d->>'at')::timestamptz > now()", "at", "timestamptz"),
        ("(d->>'on')::boolean", "on", "boolean"),
        ("d->>'name' = 'x'", "name", ""),
        ("d->'a'->>'b' = 'x'", "a.b", ""),
    ],
)
def test_what_a_key_is_cast_to_is_booked(expression: str, key: str, cast: str) -> None:
    seen = read_seen((f"SELECT id FROM hooks WHERE {expression}",), {})["hooks"]["d"]
    assert key in seen.keys
    assert seen.casts == ({key: cast} if cast else {})


@pytest.mark.parametrize(
    ("cast", "beginning"),
    [
        ("decimal", "floor("), ("bigint", "floor("), ("date", "(now() -"),
        ("timestamptz", "(now() -"), ("boolean", "(random() <"), ("uuid", "md5(n::text)::uuid"),
        ("text", "'total_'"), ("", "'total_'"),
    ],
)  # fmt: skip
def test_a_key_holds_what_its_cast_takes(cast: str, beginning: str) -> None:
    assert made_document({"total": []}, [], {"total": cast}).startswith(
        f"jsonb_build_object('total', {beginning}"
    )


def test_a_value_that_is_asked_for_occurs() -> None:
    made = made_document({"total": ["100"]}, ['{"kind": "a"}'], {"total": "decimal"})
    assert "THEN '100' ELSE floor(" in made
    assert "'kind', CASE" in made
