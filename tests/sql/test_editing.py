"""Queries edited in one place keep every other character."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueproof.sql.editing import (
    add_condition,
    body,
    clauses,
    numbers,
    remove_clause,
    renumbered,
    replace_clause,
    significant,
    split_commas,
)

TABLES = st.sampled_from(["t", "shop.t x", 'public."T" AS x', "a JOIN b ON a.id = b.id -- join"])
LISTS = st.sampled_from([
    "*", "a, b", "t.limit, x AS where", "'FROM x WHERE y'", "$$ LIMIT 1 $$", "(SELECT 1 FROM z)",
    "sum(a) OVER (PARTITION BY b ORDER BY c)", "extract(year FROM a)", "a IS DISTINCT FROM b",
    "percentile_cont(0.5) WITHIN GROUP (ORDER BY x)", "array_agg(a ORDER BY b) FILTER (WHERE c)",
    "set, values", 'a /* ORDER BY */, "from"',
])  # fmt: skip
CONDITIONS = st.sampled_from([
    "a = 1", "a = 1 -- OR b", "a = 'OR'", "a = 1 or b = 2", "(a = 1 OR b = 2)", "a = $1 OR\nb = 2",
    "a IS NOT DISTINCT FROM b OR c", "-- first\na = 1 OR b /* x */ -- last", 'NOT "or"',
    "a BETWEEN 1 AND 2", "a IN (SELECT 1 FROM z WHERE a OR b)",
])  # fmt: skip
TAILS = st.sampled_from([
    "", "ORDER BY a", "order /* up */ by a DESC, f(b, c)", "LIMIT ALL", "ORDER BY a LIMIT $3",
    "ORDER BY a LIMIT 3 OFFSET $5",
    "FETCH FIRST 5 ROWS ONLY", "FOR UPDATE", "GROUP BY a HAVING count(*) > 1 ORDER BY 1",
    "WINDOW w AS (ORDER BY a)",
])  # fmt: skip
HEADS = st.sampled_from(["", "WITH r AS (SELECT 1 FROM q WHERE z OR y LIMIT 1)\n", "/* FROM */ "])
ENDS = st.sampled_from(["", ";", " -- done;", "\n-- the end\n;", " /* ; */ ;\n"])


@st.composite
def queries(draw: st.DrawFn) -> tuple[str, bool]:
    """A query, and whether it has a condition."""
    where = draw(st.one_of(st.none(), CONDITIONS))
    select, source = draw(st.sampled_from(["SELECT", "select"])), draw(TABLES)
    condition = f"\nWHERE {where}" if where else ""
    text = f"{draw(HEADS)}{select} {draw(LISTS)}\nFROM {source}{condition}\n{draw(TAILS)}"
    return text + draw(ENDS), bool(where)


def words(text: str) -> list[str]:
    return [t.text for t in significant(text)]


def without(longer: list[str], shorter: list[str]) -> list[str]:
    """What stands in the longer list and not in the shorter, which must be part of it in order."""
    extra, rest = [], list(shorter)
    for word in longer:
        if rest and rest[0] == word:
            rest.pop(0)
        else:
            extra.append(word)
    assert rest == []
    return extra


@given(queries())
def test_one_more_condition_leaves_every_other_token(query: tuple[str, bool]) -> None:
    text, conditioned = query
    changed = add_condition(text, "k < $9")
    extra = without(words(changed), words(text))
    added = ["k", "<", "$9", "AND"] if conditioned else ["WHERE", "k", "<", "$9"]
    assert [w for w in extra if w not in "()"] == added
    assert body(changed, "WHERE").startswith("k < $9")
    assert [c.word for c in clauses(changed)] == sorted(
        [c.word for c in clauses(text)] + ([] if conditioned else ["WHERE"]),
        key=[c.word for c in clauses(changed)].index,
    )


@given(queries())
def test_one_more_condition_keeps_every_comment(query: tuple[str, bool]) -> None:
    text, _ = query
    assert re.findall(r"--[^\n]*|/\*.*?\*/", add_condition(text, "k < 1")) == re.findall(
        r"--[^\n]*|/\*.*?\*/", text
    )


@given(CONDITIONS)
def test_alternatives_are_put_in_parentheses(condition: str) -> None:
    changed = words(add_condition(f"SELECT a FROM t WHERE {condition}", "k = 1"))
    depth, outside = 0, []
    for word in changed:
        depth += {"(": 1, ")": -1}.get(word, 0)
        outside += [word.upper()] if depth == 0 else []
    assert "OR" not in outside
    assert outside.count("AND") >= 1


def test_the_new_condition_is_put_in_parentheses_too() -> None:
    changed = add_condition("SELECT a FROM t WHERE b", "c OR d")
    assert changed == "SELECT a FROM t WHERE (c OR d)\n  AND b"


PLACES = {
    "SELECT a FROM t -- all of it": "SELECT a FROM t\nWHERE k -- all of it",
    "SELECT a FROM t -- done;": "SELECT a FROM t\nWHERE k -- done;",
    "SELECT a FROM t;": "SELECT a FROM t\nWHERE k;",
    "SELECT a FROM t -- x\nORDER BY a": "SELECT a FROM t\nWHERE k -- x\nORDER BY a",
    "SELECT a FROM t WHERE b -- x\nLIMIT 1": "SELECT a FROM t WHERE k\n  AND b -- x\nLIMIT 1",
    "SELECT a FROM t WHERE b OR c -- x": "SELECT a FROM t WHERE k\n  AND (b OR c) -- x",
    'SELECT a FROM "t"LIMIT 1': 'SELECT a FROM "t"\nWHERE k\nLIMIT 1',
    "SELECT a FROM t WHERE b IS DISTINCT FROM 1 OR c": (
        "SELECT a FROM t WHERE k\n  AND (b IS DISTINCT FROM 1 OR c)"
    ),
    "DELETE FROM t RETURNING a": "DELETE FROM t\nWHERE k RETURNING a",
}  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), PLACES.items())
def test_a_condition_stands_before_comments_and_later_clauses(text: str, wanted: str) -> None:
    assert add_condition(text, "k") == wanted


CLAUSES = {
    "SELECT a FROM t WHERE b GROUP BY c HAVING d ORDER BY e LIMIT ALL OFFSET 5 ROWS FOR UPDATE": (
        "SELECT FROM WHERE GROUP HAVING ORDER LIMIT OFFSET FOR"
    ),
    "SELECT a FROM t FETCH FIRST 5 ROWS ONLY": "SELECT FROM FETCH",
    "WITH r AS (SELECT 1 FROM q) SELECT a FROM r": "SELECT FROM",
    "SELECT 'FROM x', $$WHERE$$ FROM t -- LIMIT 1": "SELECT FROM",
    "SELECT t.limit, a AS order FROM t": "SELECT FROM",
    "SELECT set, values FROM t": "SELECT FROM",
    "UPDATE t SET a = 1 WHERE b RETURNING c": "SET WHERE RETURNING",
    "INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 1 WHERE c": "VALUES SET WHERE",
    "SELECT rank() OVER (ORDER BY a) FROM t": "SELECT FROM",
    "SELECT mode() WITHIN GROUP (ORDER BY a) FROM t": "SELECT FROM",
    "SELECT a IS NOT DISTINCT FROM b FROM t": "SELECT FROM",
    "SELECT 1 UNION ALL SELECT 2": "SELECT UNION SELECT",
    "": "",
}


@pytest.mark.parametrize(("text", "wanted"), CLAUSES.items())
def test_clauses_are_those_of_the_outermost_level(text: str, wanted: str) -> None:
    assert " ".join(c.word for c in clauses(text)) == wanted


def test_the_body_of_a_clause_has_neither_its_word_nor_the_comment_behind_it() -> None:
    text = "SELECT a FROM t ORDER /* x */ BY a, b DESC -- newest\nLIMIT 5; -- end"
    assert body(text, "ORDER") == "a, b DESC"
    assert body(text, "LIMIT") == "5"
    assert body(text, "WHERE") == ""


REMOVED = {
    "SELECT a FROM t LIMIT 1 OFFSET 2": "SELECT a FROM t LIMIT 1",
    "SELECT a FROM t OFFSET 2 LIMIT 1;": "SELECT a FROM t LIMIT 1;",
    "SELECT a FROM t -- x\nOFFSET 2\nLIMIT 1": "SELECT a FROM t -- x\nLIMIT 1",
    "SELECT a FROM t OFFSET 2 -- page\nLIMIT 1": "SELECT a FROM t -- page\nLIMIT 1",
    "SELECT a FROM t OFFSET 2 -- page": "SELECT a FROM t -- page",
    "SELECT a FROM t": "SELECT a FROM t",
}


@pytest.mark.parametrize(("text", "wanted"), REMOVED.items())
def test_a_clause_is_removed_and_swallows_nothing(text: str, wanted: str) -> None:
    assert remove_clause(text, "OFFSET") == wanted


@given(queries(), st.sampled_from(["ORDER", "LIMIT", "OFFSET", "WHERE", "FETCH", "FOR"]))
def test_removing_a_clause_leaves_every_other_token(query: tuple[str, bool], word: str) -> None:
    text, _ = query
    there = next((c for c in clauses(text) if c.word == word), None)
    gone = words(text[there.start : there.end]) if there else []
    left = words(remove_clause(text, word))
    assert len(left) == len(words(text)) - len(gone)
    assert [w for w in words(text) if w not in gone] == [w for w in left if w not in gone]


def test_a_clause_gets_another_body() -> None:
    text = 'SELECT a FROM t ORDER BY "a"LIMIT 1 -- one'
    assert replace_clause(text, "ORDER", "b") == "SELECT a FROM t ORDER BY b\nLIMIT 1 -- one"
    assert replace_clause(text, "LIMIT", "2") == 'SELECT a FROM t ORDER BY "a"LIMIT 2 -- one'


def test_a_list_is_split_at_its_own_commas() -> None:
    assert split_commas("a, f(b, c), ARRAY[d, e], 'x, y', \"p,q\"") == [
        "a", "f(b, c)", "ARRAY[d, e]", "'x, y'", '"p,q"',
    ]  # fmt: skip
    assert split_commas(" ") == []


TEXTS = st.lists(st.sampled_from(["$1", "$2", "$7", "$11", "'$5'", "$$ $3 $$", "a", "-- $6\n"]))


@given(TEXTS)
def test_parameters_are_numbered_in_the_order_they_stand(pieces: list[str]) -> None:
    text = " ".join(pieces)
    again, before = renumbered(text)
    assert numbers(again) == list(range(1, len(before) + 1))
    assert renumbered(again) == (again, tuple(range(1, len(before) + 1)))
    back = {f"${new}": f"${old}" for new, old in enumerate(before, start=1)}
    assert [back.get(w, w) for w in words(again)] == words(text)
    assert ("$5" in again) == ("$5" in text)
