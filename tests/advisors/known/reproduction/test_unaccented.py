"""Searches without accents are asked by a function that an index may hold."""

import pytest
import sqlglot

from blueproof.advisors.known.reproduction.unaccented import unaccented
from blueproof.consult import consult
from blueproof.intake.words.read import read_request

_FILMS = "SELECT id FROM films WHERE {}"


@pytest.mark.parametrize(
    ("condition", "key"),
    [
        ("unaccent(title) ILIKE '%cafe%'", "IMMUTABLE_UNACCENT(title)"),
        ("unaccent(f.title) ILIKE unaccent('%café%')", "IMMUTABLE_UNACCENT(title)"),
        ("UPPER(unaccent(title)::text) LIKE UPPER(unaccent('%x%'))",
         "UPPER(CAST(IMMUTABLE_UNACCENT(title) AS TEXT))"),
        ("lower(unaccent(title)) LIKE '%x%' AND year > 1990", "LOWER(IMMUTABLE_UNACCENT(title))"),
        ("title ILIKE unaccent('%café%')", ""),  # the column is as it is
        ("unaccent('unaccent', title) ILIKE '%x%'", ""),  # it names its dictionary already
        ("title ILIKE '%cafe%'", ""),
        ("unaccent(title) ILIKE 'cafe%'", ""),  # a beginning, which a B-tree looks up
        ("unaccent(title) IS NULL", ""),
    ],
)  # fmt: skip
def test_the_searched_side_alone_is_asked_by_the_function(condition: str, key: str) -> None:
    query = _FILMS.replace("films", "films f").format(condition)
    found = unaccented(sqlglot.parse_one(query, read="postgres"))
    assert bool(found) == bool(key)
    if found:
        assert f"({key}) gin_trgm_ops" in found.index
        assert found.read.lower().count("immutable_unaccent(") == 1
        assert ("unaccent('" in found.read) == ("unaccent('" in condition)
        assert "IMMUTABLE" in found.made


@pytest.mark.usefixtures("with_extensions")
def test_on_made_rows_it_gives_the_same_and_is_faster() -> None:
    query = _FILMS.format("unaccent(title) ILIKE '%cafe%'")
    told = f"PostgreSQL, 400k films: {query} takes 3 s"
    answer = consult(read_request(told)).answer
    assert answer.startswith("Ask by immutable_unaccent()")
    assert "it gave the same rows" in answer
