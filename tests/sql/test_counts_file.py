"""Row counts written to a file, corrected by hand, and read back."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import yaml_file
from blueproof.core.errors import InputError
from blueproof.sql.counts_file import read_counts_text, write_counts
from blueproof.sql.rowcounts import MOST, RowCount

NAMES = st.one_of(
    st.sampled_from(["null", "yes", "on", "Off", "true", "1e5", "0x1", "~", "_", ".", "2026", "no",
                     'say "hi"', "a\\b", "a: b", "#x", "a\nb", "größe", "billing.Order", "😀"]),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=127),
)  # fmt: skip
COUNTS = st.lists(
    st.builds(
        RowCount,
        table=NAMES,
        rows=st.integers(0, MOST),
        basis=st.sampled_from(["given", "assumed"]),
    ),
    max_size=5,
    unique_by=lambda count: count.table,
).map(tuple)
UNTIL = date(2026, 1, 1)


@given(COUNTS, st.dates(date(1970, 1, 1), date(2100, 12, 31)))
def test_what_is_written_is_read_back(counts: tuple[RowCount, ...], until: date) -> None:
    assert read_counts_text(write_counts(counts, until), path="c") == (counts, until)


def test_usual_names_stand_without_quotes() -> None:
    text = write_counts((RowCount(table="orders", rows=5, basis="given"),), UNTIL)
    assert text.splitlines()[-3:] == [
        "until: 2026-01-01", "tables:", "  orders: {rows: 5, basis: given}",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "rows", "a: [", "until: 2026-01-01", "tables: {}",
        "until: 2026-01-01\ntables: []",
        "until: soon\ntables: {}", "until: 2026-13-01\ntables: {}",
        "until: 0001-01-01\ntables: {}", "until: 2026-01-01 10:00:00\ntables: {}",
        *(f"until: 2026-01-01\ntables: {{t: {entry}}}" for entry in (
            "5", "{rows: 5}", "{basis: given}", "{rows: -1, basis: given}",
            "{rows: true, basis: given}", "{rows: 1.5, basis: given}", "{rows: 5, basis: guessed}",
            "{rows: 2_000_000_001, basis: given}", "{rows: 5, basis: [given]}",
            "{rows: 12M, basis: given}",
        )),
    ],
)  # fmt: skip
def test_a_file_edited_into_something_else_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"^my/counts\.yaml: not a file of row counts .* write "):
        read_counts_text(text, path="my/counts.yaml")


def test_a_count_may_be_written_as_people_write_it() -> None:
    text = write_counts((RowCount(table="orders", rows=5, basis="given"),), UNTIL)
    edited = text.replace("rows: 5", "rows: 12_000_000")
    assert yaml_file.load(edited)["tables"]["orders"]["rows"] == 12_000_000
    ((count,), _) = read_counts_text(edited, path="c")
    assert count.rows == 12_000_000
