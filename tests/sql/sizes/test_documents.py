"""Keys that GIN finds in values."""

import json

import pytest

from blueproof.sql.sizes.documents import Elements, is_single, keys, mean_trigrams
from blueproof.sql.statistics import ColumnStatistics

ROWS = 100_000


def column(values: list[str], width: int = 50, distinct: float = -1.0) -> ColumnStatistics:
    return ColumnStatistics(column="a", width=width, distinct=distinct, histogram=tuple(values))


def test_names_are_in_all_documents_and_values_in_some() -> None:
    documents = [json.dumps({"kind": "ab"[i % 2], "id": i}) for i in range(100)]
    found = keys(column(documents), ROWS, kind="", width=0)
    assert sorted(round(k.rows) for k in found if k.number == 1) == [50_000, 50_000, ROWS, ROWS]
    (rare,) = (k for k in found if k.number > 1)
    assert 5_000 < rare.number <= ROWS  # of a hundred numbers none is there twice
    assert rare.number * rare.rows == pytest.approx(ROWS, rel=1)


def test_of_paths_there_is_one_for_each_value() -> None:
    documents = [json.dumps({"kind": "ab"[i % 2], "tags": ["x", "y"]}) for i in range(100)]
    found = keys(column(documents, distinct=2), ROWS, kind="jsonb_path_ops", width=4)
    assert sorted(round(k.rows) for k in found) == [50_000, 50_000, ROWS, ROWS]
    assert {k.width for k in found} == {4}


def test_elements_of_arrays_are_read_with_their_quotes() -> None:
    arrays = ['{a,"b c"}', '{a,"d,\\"e"}'] * 50
    found = keys(column(arrays, distinct=2), ROWS, kind="", width=0)
    assert sorted(round(k.rows) for k in found) == [50_000, 50_000, ROWS]


def test_counted_elements_go_before_a_sample() -> None:
    counted = Elements(common=("x", "y"), frequencies=(0.9, 0.1), each=1.5)
    found = keys(column(["{z}"]), ROWS, kind="", width=0, elements=counted)
    assert [round(k.rows) for k in found] == [90_000, 10_000, 5_000]
    assert found[-1].number == pytest.approx(10)


@pytest.mark.parametrize("kind", ["tsvector_ops", "gin_trgm_ops", "jsonb_ops"])
def test_without_any_value_keys_are_still_guessed(kind: str) -> None:
    found = keys(ColumnStatistics(column="a", width=300), ROWS, kind=kind, width=0)
    assert sum(k.number for k in found) > 1_000
    assert all(k.number > 0 and k.rows >= 1 for k in found)


def test_words_of_a_text_become_keys() -> None:
    texts = [f"order {i % 4} shipped" for i in range(100)]
    words = ColumnStatistics(
        column="to_tsvector('simple', a)", width=20, distinct=4, histogram=tuple(texts)
    )
    found = keys(words, ROWS, kind="", width=0)
    assert sorted(round(k.rows) for k in found) == [25_000] * 4 + [ROWS] * 2


def test_a_plain_value_is_a_key_by_itself() -> None:
    assert is_single(column(["1", "2"]), "")
    assert not is_single(column(["{1}", "{2}"]), "")
    assert not is_single(column(['["a"]', "1"]), "")
    assert not is_single(column(["abc"]), "gin_trgm_ops")
    assert not is_single(column([]), "")


def test_a_repeated_trigram_is_one_key() -> None:
    assert mean_trigrams(column(["aaaaaaaa"])) == 4  # two blanks, one, none, and one behind
