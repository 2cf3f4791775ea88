"""Writes read as queries for the rows they change, and put back."""

import pytest

from blueproof.sql.changed_rows import ChangedRows, changed_rows, deleted_from
from blueproof.sql.schema import Column, ForeignKey, Schema, Table


def table(name: str, *columns: str, key: tuple[str, ...] = ("id",)) -> Table:
    found = tuple(Column(name=c, type="bigint", not_null=c in key) for c in columns)
    return Table(name=name, columns=found, primary_key=key)


def refers(child: str, parent: str, on_delete: str) -> ForeignKey:
    return ForeignKey(
        name=f"{child}_fkey", table=child, columns=("of",), references=parent, referenced=("id",),
        on_delete=on_delete,
    )  # fmt: skip


SCHEMA = Schema(
    tables=(
        table("a", "id", "x"),
        table("b", "id", "of", "y"),
        table("c", "id", "of"),
        table("d", "id", "of"),
        table("log", "line", key=()),
        table("seats", "held", "hall", "seat", key=("hall", "seat")),
    ),
    foreign_keys=(
        refers("b", "a", "CASCADE"),
        refers("c", "b", "CASCADE"),
        refers("d", "b", "NO ACTION"),
    ),
)


def read(text: str) -> ChangedRows:
    found = changed_rows(text, SCHEMA)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("write", "query"),
    [
        ("DELETE FROM a WHERE x = $1", "SELECT a.id FROM a WHERE x = $1"),
        ("DELETE FROM a AS t WHERE t.x = 1", "SELECT t.id FROM a AS t WHERE t.x = 1"),
        ("DELETE FROM log WHERE line > 9", "SELECT log.line FROM log WHERE line > 9"),
        (
            "DELETE FROM a USING b WHERE b.of = a.id AND b.y = 2",
            "SELECT a.id FROM a, b WHERE b.of = a.id AND b.y = 2",
        ),
        (
            "UPDATE a SET x = b.y, id = a.id + 1 FROM b LEFT JOIN c ON c.of = b.id "
            "WHERE b.of = a.id",
            "SELECT a.id, b.y AS new_value_1 FROM a, b LEFT JOIN c ON c.of = b.id "
            "WHERE b.of = a.id",
        ),
        (
            "UPDATE a SET x = (SELECT max(y) FROM b WHERE b.of = a.id)",
            "SELECT a.id, (SELECT max(y) FROM b WHERE b.of = a.id) AS new_value_1 FROM a",
        ),
        (
            "DELETE FROM seats WHERE held = 0",
            "SELECT seats.hall, seats.seat FROM seats WHERE held = 0",
        ),
        ("UPDATE a SET x = DEFAULT WHERE x = $2", "SELECT a.id FROM a WHERE x = $2"),
    ],
)
def test_a_write_is_read_as_the_query_for_its_rows_and_put_back(write: str, query: str) -> None:
    found = read(write)
    assert " ".join(found.query.split()) == query
    assert " ".join((found.put_back(found.query) or "").split()) == write


@pytest.mark.parametrize(
    ("write", "found", "told"),
    [
        (
            "DELETE FROM a WHERE id IN (SELECT of FROM b)",
            "SELECT a.id FROM a JOIN (SELECT DISTINCT of FROM b) AS s ON s.of = a.id",
            "DELETE FROM a USING (SELECT DISTINCT of FROM b) AS s WHERE s.of = a.id",
        ),
        (
            "UPDATE a SET x = (SELECT max(y) FROM b WHERE b.of = a.id)",
            "SELECT a.id, m.y AS new_value_1 FROM a LEFT JOIN (SELECT of, max(y) AS y FROM b "
            "GROUP BY of) AS m ON m.of = a.id",
            "UPDATE a SET x = changed.new_value_1 FROM ( SELECT a.id, m.y AS new_value_1 FROM a "
            "LEFT JOIN (SELECT of, max(y) AS y FROM b GROUP BY of) AS m ON m.of = a.id ) AS "
            "changed(id, new_value_1) WHERE changed.id = a.id",
        ),
        (
            "DELETE FROM a WHERE x = 1 OR id = 2",
            "SELECT a.id FROM a WHERE x = 1 UNION SELECT a.id FROM a WHERE id = 2",
            "DELETE FROM a USING ( SELECT a.id FROM a WHERE x = 1 UNION SELECT a.id FROM a WHERE "
            "id = 2 ) AS changed(id) WHERE changed.id = a.id",
        ),
    ],
)
def test_rows_found_in_other_words_are_those_of_the_write(
    write: str, found: str, told: str
) -> None:
    back = read(write).put_back(found)
    assert back is not None
    assert " ".join(back.split()) == told


def test_a_table_read_for_its_rows_first_is_read_twice() -> None:
    write = read("DELETE FROM a WHERE x = 1 OR id = 2")
    assert not write.reads_twice("DELETE FROM a WHERE id = 2")
    union = "SELECT a.id FROM a WHERE x = 1 UNION SELECT a.id FROM a WHERE id = 2"
    assert write.reads_twice(write.put_back(union) or "")


def test_rows_without_a_key_or_that_are_given_back_are_not_joined_to_the_write() -> None:
    union = "SELECT log.line FROM log WHERE line = 1 UNION SELECT log.line FROM log WHERE line = 2"
    assert read("DELETE FROM log WHERE line = 1 OR line = 2").put_back(union) is None
    union = "SELECT a.id FROM a WHERE x = 1 UNION SELECT a.id FROM a WHERE x = 2"
    assert read("DELETE FROM a WHERE x = 1 OR x = 2 RETURNING x").put_back(union) is None


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1 FROM a",
        "INSERT INTO a VALUES (1, 2)",
        "DELETE FROM a",
        "DELETE FROM elsewhere WHERE x = 1",
        "UPDATE ONLY a SET x = 1 WHERE x = 2",
        "UPDATE a SET (x, id) = (SELECT y, of FROM b WHERE b.of = a.id)",
        "WITH gone AS (DELETE FROM b RETURNING of) DELETE FROM a USING gone WHERE gone.of = a.id",
        "no statement (",
    ],
)
def test_what_is_no_plain_write_is_left_alone(text: str) -> None:
    assert changed_rows(text, SCHEMA) is None


@pytest.mark.parametrize(
    ("text", "tables"),
    [
        ("DELETE FROM public.a WHERE id = $1", {"a", "b", "c"}),
        ("DELETE FROM b AS t USING a WHERE t.of = a.id", {"b", "c"}),
        ("WITH gone AS (DELETE FROM c RETURNING of) SELECT of FROM gone", {"c"}),
        ("UPDATE a SET x = 1", set()),
        ("DELETE FROM (", set()),
    ],
)
def test_what_is_deleted_takes_along_what_cascades(text: str, tables: set[str]) -> None:
    assert deleted_from(text, SCHEMA) == tables
