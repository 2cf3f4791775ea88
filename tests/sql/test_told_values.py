"""What comments list as a column's values is counted, and no other remark is."""

import pytest

from blueproof.sql.told_values import listed_values

_TABLE = "CREATE TABLE t (\n  s text NOT NULL DEFAULT 'a', -- {}\n  n int -- up to 9\n);"


@pytest.mark.parametrize(
    ("says", "values"),
    [
        ("pending|paid|shipped|cancelled", 4),
        ("status: pending|paid|shipped|cancelled", 4),
        ("open/pending/solved/closed", 4),
        ("booked | arrived | done | missed", 4),
        ("'draft', 'sent', 'paid'", 3),
        ("one of draft, sent, paid", 3),
        ("pending|paid|shipped; 2 % are pending", 3),
        ("yes/no", 2),
        ("see docs/orders/status", 0),
        ("free text, or empty", 0),
        ("set by the app", 0),
        ("sent, paid", 0),
        ("the state, the city, the zip", 0),
        ("https://example.org/a/b", 0),
        ("", 0),
    ],
)
def test_a_list_of_values_is_counted(says: str, values: int) -> None:
    assert listed_values(_TABLE.format(says)).get(("t", "s"), 0) == values


def test_a_comment_above_the_table_names_its_column() -> None:
    ddl = "-- t.s: new | old\n-- u.k = a/b/c\nCREATE TABLE t (\n s text\n);\n"
    ddl += "CREATE TABLE u (k text);"
    assert listed_values(ddl) == {("t", "s"): 2, ("u", "k"): 3}
