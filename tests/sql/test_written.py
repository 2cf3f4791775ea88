"""What a statement writes is read off its text: tables, and the columns that updates set."""

import pytest

from blueproof.sql.written import read_written

SET = {
    "UPDATE t SET a = b, (c, d) = (SELECT e, f FROM g), h = $1 WHERE i = 2": ("t", "a c d h"),
    'UPDATE ONLY public."Ord" AS o SET "createdAt" = now(), n[1] = 2 FROM k': (
        "public.Ord",
        "createdAt n",
    ),
    "UPDATE t SET a = CASE WHEN b THEN c ELSE d END, e = f IS DISTINCT FROM g, h = 1 FROM i": (
        "t",
        "a e h",
    ),
    "INSERT INTO a.b (x) VALUES (1) ON CONFLICT (x) DO UPDATE SET Y = EXCLUDED.y, z = b.z + 1": (
        "a.b",
        "y z",
    ),
    "MERGE INTO m USING s ON m.a = s.a WHEN MATCHED THEN UPDATE SET v = s.v, w = 1 "
    "WHEN NOT MATCHED THEN INSERT VALUES (1)": ("m", "v w"),
    "WITH u AS (UPDATE t SET s = 'where, x' RETURNING id) SELECT * FROM u": ("t", "s"),
    'UPDATE "when" SET "where" = 1, b = 2': ("when", "where b"),
}


@pytest.mark.parametrize("text", SET)
def test_an_update_sets_the_columns_before_its_equal_signs(text: str) -> None:
    (found,) = [w for w in read_written(text) if w.updates]
    assert (found.table, found.columns) == (SET[text][0], frozenset(SET[text][1].split()))


@pytest.mark.parametrize(
    ("text", "inserts"),
    [
        ("INSERT INTO t SELECT * FROM u ON CONFLICT DO NOTHING", ["t"]),
        ("WITH x AS (DELETE FROM t RETURNING *) INSERT INTO old.t SELECT * FROM x", ["old.t"]),
        ("DELETE FROM t WHERE a = 1", []),
        ("SELECT insert, update FROM t FOR NO KEY UPDATE OF t", []),
        ("SELECT 'UPDATE t SET a = 1' FROM u FOR UPDATE", []),
    ],
)
def test_what_only_inserts_reads_or_deletes_updates_nothing(text: str, inserts: list[str]) -> None:
    found = read_written(text)
    assert not any(w.updates for w in found)
    assert [w.table for w in found if w.inserts] == inserts
