"""Which patterns an index on trigrams can find."""

import pytest

from blueproof.sql.searched import read_search
from blueproof.sql.sought import sought


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("(p.name ~~ '%foo%'::text)", "anywhere"),
        ("(p.name ~~ '_foo%'::text)", "anywhere"),
        ("((p.name)::text ~~ '%foo%'::text)", "anywhere"),
        ("(p.name ~~ 'foo%'::text)", ""),
        ("(p.name ~~ 'fo%bar%'::text)", ""),
        ("(p.name ~~ '%fo%o'::text)", ""),
        ("(p.name ~~ $1)", "perhaps"),
        ("(p.name ~~ (InitPlan 1).col1)", "perhaps"),
        ("(p.name ~~ ANY ($1))", "perhaps"),
        ("(p.name ~~ ($1 || '%'::text))", ""),
        ("(p.name ~~ (('%'::text || $1) || '%'::text))", "anywhere"),
        ("(p.name ~~ concat('%', $1, '%'))", "anywhere"),
        ("(lower(p.name) ~~ (('%'::text || lower($1)) || '%'::text))", "anywhere"),
        ("(p.name ~~ ANY ('{%foo%,%bar%}'::text[]))", "anywhere"),
        ("(p.name ~~ ANY ('{foo%,bar%}'::text[]))", ""),
        ("(p.name ~~ ALL ('{%foo%,%bar%}'::text[]))", ""),
        ("(p.name ~~* 'foo%'::text)", "anywhere"),
        ("(p.name ~~* '%f%'::text)", ""),
        ("(p.name ~~* $1)", "anywhere"),
        ("(p.name ~ 'foo.*bar'::text)", "anywhere"),
        ("(p.name ~* '^[a-z]+$'::text)", ""),
        ("(p.name ~* $1)", "anywhere"),
        ("(p.tags @> '{abc}'::text[])", ""),
    ],
)
def test_what_is_sought(condition: str, found: str) -> None:
    search = read_search(condition)
    assert search is not None
    assert sought(search) == found


def test_the_negation_of_a_pattern_is_no_search() -> None:
    assert read_search("(p.name !~~ '%foo%'::text)") is None
