"""Comments on extended statistics are read by name; broken ones are refused with their line."""

import json
from typing import Any

import pytest

from blueproof.core.errors import SqlError
from blueproof.sql.given_remarks import read_remarks
from blueproof.sql.restore_calls import read_calls
from blueproof.sql.scene_statistics import masked_statistics
from blueproof.sql.statistics import Combinations, ExtendedStatistics

CALL = (
    "SELECT pg_restore_relation_stats('schemaname', 'public', 'relname', 't', "
    "'relpages', '1', 'reltuples', '1');\n"
)
PLAIN: dict[str, Any] = {
    "schema": "public", "name": "s", "of": ["public", "t"], "inherited": False,
    "columns": {"10": "b", "4": "a"}, "n_distinct": '{"4, 10": 7, "4, -1": 9}',
    "dependencies": '{"4 => 10": 0.500000}',
}  # fmt: skip
COMBINATIONS = {
    "values": [["1", None, "x"], ["2", "", 'y"']],
    "frequencies": [0.5, 0.25],
    "base_frequencies": [0.1, 0.05],
}
FIGURES = [
    {"at": 2, "null_frac": 0.1, "avg_width": 8, "n_distinct": -0.5, "correlation": None,
     "most_common_vals": '{a,"b\\"c"}', "most_common_freqs": "{0.5,0.1}"},
]  # fmt: skip


def line(**more: Any) -> str:
    return f"-- extended: {json.dumps({**PLAIN, **more})}\n"


def read(**more: Any) -> ExtendedStatistics:
    (found,) = read_remarks(read_calls(line(**more) + CALL, path="stats.sql")).extended
    return found


def test_columns_go_by_name_in_the_order_of_their_numbers() -> None:
    found = read(combinations=COMBINATIONS, figures=FIGURES, common=True, expressions=True)
    assert (found.name, found.table, found.inherited) == ("s", "t", False)
    assert found.distinct == ((("a", "b"), 7.0), (("a", "-1"), 9.0))
    assert found.dependencies == ((("a", "b"), 0.5),)
    assert found.common == Combinations(
        columns=("a", "b", "-1"), values=(("1", None, "x"), ("2", "", 'y"')),
        frequencies=(0.5, 0.25), apart=(0.1, 0.05),
    )  # fmt: skip
    (figures,) = found.expressions
    assert (figures.column, figures.common, figures.distinct) == ("-2", ("a", 'b"c'), -0.5)
    assert figures.ordered is False
    assert found.unread == ()


def test_a_text_of_an_older_version_says_what_it_does_not_hold() -> None:
    found = read(common=True, expressions=True)
    assert (found.common, found.expressions) == (None, ())
    assert found.unread == ("common", "expressions")
    assert read(common=False, expressions=False).unread == ()
    assert read().unread == ()


def test_what_the_server_has_not_counted_is_not_missed() -> None:
    found = read(common=False, combinations=None, expressions=True, figures=None)
    assert (found.common, found.expressions, found.unread) == (None, (), ())


BROKEN: dict[str, dict[str, Any]] = {
    "no combinations": {"combinations": {**COMBINATIONS, "values": []}},
    "too few frequencies": {"combinations": {**COMBINATIONS, "frequencies": [0.5]}},
    "a frequency above 1": {"combinations": {**COMBINATIONS, "frequencies": [0.5, 1.5]}},
    "no frequency": {"combinations": {**COMBINATIONS, "frequencies": [0.5, "many"]}},
    "a value too few": {"combinations": {**COMBINATIONS, "values": [["1", "2", "3"], ["1"]]}},
    "no base": {"combinations": {"values": [], "frequencies": []}},
    "no place": {"figures": [{"null_frac": 0}]},
    "no share": {"figures": [{"at": 1, "null_frac": 7}]},
    "no array": {"figures": [{"at": 1, "most_common_vals": "1,2"}]},
}


@pytest.mark.parametrize("case", BROKEN.values(), ids=BROKEN)
def test_what_can_be_no_statistics_is_refused_with_its_line(case: dict[str, Any]) -> None:
    with pytest.raises(SqlError) as caught:
        read_remarks(read_calls("\n" + line(**case) + CALL, path="stats.sql"))
    assert str(caught.value).startswith("stats.sql:2:")


def test_more_combinations_than_a_server_keeps_are_refused() -> None:
    many = {
        "values": [[str(n), "", ""] for n in range(10_001)],
        "frequencies": [0] * 10_001,
        "base_frequencies": [0] * 10_001,
    }
    with pytest.raises(SqlError, match="10,000 at most"):
        read(combinations=many)


def test_secrets_among_the_values_are_struck_out_and_the_rest_stays() -> None:
    key = "sk_live_" + "a1B2" * 6
    rows = [["it's", None, "x"], [key, "", "y"]]
    figures = [{"at": 1, "most_common_vals": f'{{"{key}",b}}', "most_common_freqs": "{0.5,0.1}"}]
    text = line(combinations={**COMBINATIONS, "values": rows}, figures=figures)
    hidden = masked_statistics(text)
    assert key not in hidden
    found = read_remarks(read_calls(hidden + CALL, path="stats.sql")).extended[0]
    assert found.common is not None
    assert found.common.values == (("it's", None, "x"), ("sk_live_***", "", "y"))
    assert found.expressions[0].common == ("sk_live_***", "b")
    plain = line(combinations=COMBINATIONS, figures=FIGURES)
    assert masked_statistics(plain + "-- key token\n") == plain + "-- key token\n"


def test_secrets_in_a_broken_comment_are_struck_out_too() -> None:
    key = "sk_live_" + "a1B2" * 6
    assert key not in masked_statistics(f"-- extended: {{ {key}\n")


def expression(**more: Any) -> str:
    told = {"of": ["public", "t"], "key": "lower(a)", "n_distinct": 3, "null_frac": 0.1, **more}
    return f"-- expression: {json.dumps(told)}\n"


def test_figures_of_an_expression_go_to_its_table() -> None:
    common = {"most_common_vals": '{"it\'s",b}', "most_common_freqs": "{0.5,0.25}"}
    found = read_remarks(read_calls(expression(**common) + CALL, path="stats.sql")).expressions
    ((table, figures),) = found
    assert (table, figures.column, figures.distinct) == ("t", "lower(a)", 3)
    assert (figures.common, figures.frequencies) == (("it's", "b"), (0.5, 0.25))


def test_a_broken_one_is_refused_and_secrets_are_struck_out() -> None:
    with pytest.raises(SqlError, match="most_common_vals"):
        read_remarks(read_calls(expression(most_common_vals="{a}") + CALL, path="stats.sql"))
    with pytest.raises(SqlError, match="not a comment of statistics"):
        read_remarks(read_calls("-- expression: {}\n" + CALL, path="stats.sql"))
    key = "sk_live_" + "a1B2" * 6
    text = expression(most_common_vals=f"{{{key}}}", most_common_freqs="{1}")
    assert key not in masked_statistics(text)
