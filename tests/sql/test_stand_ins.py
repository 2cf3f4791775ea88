"""What people write for a value in a pasted query is a parameter, and nothing else is."""

import pytest

from blueproof.sql.parameters import numbered
from blueproof.sql.stand_ins import with_placeholders

SCHEMA = "CREATE TABLE t (id bigint, project_id bigint, name text, tags text[], x2 int, doc jsonb);"


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("project_id = X", ("x",)),
        ("project_id = XXX", ("xxx",)),
        ("project_id = PROJECT_ID", ("project_id",)),
        ("project_id = projectId", ("projectid",)),
        ("project_id = :id", ("id",)),
        ("project_id = ?", ("$1",)),
        ("project_id = {id}", ("id",)),
        ("project_id = {{id}}", ("id",)),
        ("project_id = <tenant>", ("tenant",)),
        ("project_id = <tenant id>", ("tenant_id",)),
        ("name = '<tenant>'", ("tenant",)),
        ("name = '...'", ("value_1",)),
        ("name = '\u2026'", ("value_1",)),
        ("name = 'XXX'", ("value_1",)),
        ("project_id = $userId", ("userid",)),
        ("name = '$userId'", ("userid",)),
        ("project_id = [id]", ("id",)),
        ("project_id = ...", ("value_1",)),
        ("project_id IN (<ids>)", ("ids",)),
        ("project_id BETWEEN {low} AND {high}", ("low", "high")),
        ("project_id = your_id", ("your_id",)),
        ("project_id = X AND id = X LIMIT N", ("x", "n")),
    ],
)
def test_a_stand_in_is_a_parameter(written: str, named: tuple[str, ...]) -> None:
    text = f"SELECT 1 FROM t WHERE {written}"
    assert numbered(with_placeholders(text, SCHEMA)).names == named


@pytest.mark.parametrize(
    "written",
    [
        "id = project_id",
        "id = x2",
        "name = 'x'",
        "name = 'open'",
        "name = 'LIKE <this>'",
        "tags[1] = 'a'",
        "tags = '{a,b}'",
        "tags && ARRAY['a']",
        "id = ANY (ARRAY[1, 2])",
        "doc ? 'a'",
        "doc @> '{\"a\": 1}'",
        "id = NULL",
        "id > CURRENT_DATE",
        "name = lower('X')",
        "id < 3 AND 2 > 1",
        "id <> 3",
        "id = (SELECT max(id) FROM t AS Q WHERE Q.id = t.id)",
        "id = DATE '2026-01-01'",
        "id = $1",
        "id = Q.id",
    ],
)
def test_what_is_no_stand_in_stays(written: str) -> None:
    text = f"SELECT 1 FROM t WHERE {written}"
    assert with_placeholders(text, SCHEMA) == text


def test_a_name_of_the_schema_is_no_stand_in() -> None:
    text = "SELECT 1 FROM points WHERE x = Y"
    assert with_placeholders(text, "CREATE TABLE points (x int, y int);") == text
    assert with_placeholders(text, "CREATE TABLE points (x int);") != text
