"""What a statement in the words calls for by itself, where no rows are made for it."""

import pytest

from blueproof.advisors.known.slow.statements import of_statements
from blueproof.consult import consult
from blueproof.intake.words.read import read_request

_POINT = "ST_SetSRID(ST_MakePoint(13.4, 52.5), 4326)"
_SAME = "most of the prices are the same as yesterday"
_UPSERT = (
    "INSERT INTO prices (sku, price, seen_at) SELECT sku, price, now() FROM lines "
    "ON CONFLICT (sku) DO UPDATE SET {}"
)


@pytest.mark.parametrize(
    ("query", "says", "index"),
    [
        (f"SELECT id FROM shops s WHERE ST_Distance(s.geom, {_POINT}) < 500",
         "st_dwithin(s.geom", "USING gist (geom)"),
        (f"SELECT id FROM shops WHERE 500 >= ST_Distance({_POINT}, geom)",
         "st_dwithin(st_setsrid", "USING gist (geom)"),
        (f"SELECT id FROM shops WHERE ST_Distance(geom::geography, {_POINT}::geography) <= $1",
         "st_dwithin(geom::geography", "USING gist ((geom::geography))"),
        (f"SELECT s.id, ST_Distance(s.geom, {_POINT}) AS d FROM shops s ORDER BY d LIMIT 10",
         "ORDER BY s.geom <-> ", "USING gist (geom)"),
        (f"SELECT id FROM shops ORDER BY geom <-> {_POINT}, id LIMIT 1",
         "without id behind it", ""),
        (f"SELECT id FROM shops WHERE ST_DWithin(geom::geography, {_POINT}::geography, 500)",
         "on the expression", "USING gist ((geom::geography))"),
        # What is right as it is, or no distance at all.
        (f"SELECT id FROM shops WHERE ST_DWithin(geom, {_POINT}, 500)", "", ""),
        (f"SELECT id FROM shops ORDER BY geom <-> {_POINT} LIMIT 5", "", ""),
        (f"SELECT id FROM shops WHERE ST_Distance(geom, {_POINT}) > 500", "", ""),
        ("SELECT id FROM shops WHERE distance(a, b) < 500", "", ""),
        (f"SELECT ST_Distance(geom, {_POINT}) FROM shops ORDER BY 1 DESC LIMIT 5", "", ""),
        ("SELECT id FROM shops WHERE ST_Distance() < 5", "", ""),
    ],
)  # fmt: skip
def test_distances_are_asked_for_so_that_an_index_serves_them(
    query: str, says: str, index: str
) -> None:
    found = of_statements((query,), "slow")
    assert bool(found) == bool(says)
    if says:
        assert says in found[0].is_
        assert any(each.index == index for each in found)
        assert all("was not run" in found[0].because for each in found)


@pytest.mark.parametrize(
    ("changes", "words", "where"),
    [
        ("price = EXCLUDED.price", _SAME, "prices.price IS DISTINCT FROM EXCLUDED.price"),
        ("price = EXCLUDED.price, seen_at = now()", "it bloats, and the WAL is huge",
         "prices.price IS DISTINCT FROM EXCLUDED.price"),
        ("price = EXCLUDED.price, seen_at = EXCLUDED.seen_at", _SAME,
         "(prices.price, prices.seen_at) IS DISTINCT FROM (EXCLUDED.price, EXCLUDED.seen_at)"),
        ("price = EXCLUDED.price", "3 million lines, 20 minutes", ""),  # all may be new
        ("seen_at = now()", _SAME, ""),  # which is another one each time
        ("price = EXCLUDED.price WHERE prices.price <> EXCLUDED.price", _SAME, ""),
        ("price = prices.price + EXCLUDED.price", _SAME, ""),
    ],
)  # fmt: skip
def test_an_upsert_of_what_is_the_same_is_to_write_what_changes(
    changes: str, words: str, where: str
) -> None:
    found = of_statements((_UPSERT.format(changes),), words)
    assert [each.is_.partition(" WHERE ")[2] for each in found] == [where] * bool(where)


def test_what_is_said_of_a_statement_comes_first() -> None:
    told = (
        "The nightly import takes 25 minutes in Postgres and the replicas lag behind, although "
        f"{_SAME}:\n{_UPSERT.format('price = EXCLUDED.price')};\nHow do people do it?"
    )
    blueprint = consult(read_request(told))
    assert blueprint.answer.startswith("The upsert with a condition that something changes")
    assert "not proved" in blueprint.answer
