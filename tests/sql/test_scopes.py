"""Whose column is whose in a query's tree."""

import pytest
from sqlglot import exp

from blueproof.sql.schema import Column, Schema, Table
from blueproof.sql.scopes import (
    Scopes,
    aliases,
    columns,
    conjuncts,
    disjuncts,
    fresh,
    is_bare,
    spell_out,
)
from blueproof.sql.trees import brief, read_tree

USERS = Table(
    name="users",
    columns=(Column(name="id", type="bigint", not_null=True), Column(name="name", type="text")),
    primary_key=("id",),
)
POSTS = Table(
    name="blog.posts",
    columns=(
        Column(name="id", type="bigint"),
        Column(name="user_id", type="bigint", not_null=True),
    ),
    primary_key=("id",),
)
SCOPES = Scopes(Schema(tables=(USERS, POSTS)))


def owners(text: str) -> dict[str, str]:
    tree = read_tree(text)
    assert tree is not None
    found = {brief(c): SCOPES.owner(c) for c in columns(tree)}
    return {name: source.alias if source else "" for name, source in found.items()}


def test_a_bare_name_belongs_to_the_only_table_that_has_it() -> None:
    assert owners("SELECT name, user_id FROM users u, blog.posts p") == {
        "name": "u", "user_id": "p",
    }  # fmt: skip


def test_a_name_that_two_tables_have_is_nobodys() -> None:
    assert owners("SELECT id FROM users u, blog.posts p") == {"id": ""}


def test_an_inner_table_hides_an_outer_one() -> None:
    found = owners("SELECT 1 FROM users u WHERE EXISTS (SELECT 1 FROM blog.posts u WHERE u.id = 1)")
    assert found == {"u.id": "u"}
    found = owners("SELECT 1 FROM users u WHERE EXISTS (SELECT 1 FROM blog.posts WHERE name = 'a')")
    assert found == {"name": "u"}


def test_beside_a_subquery_a_bare_name_is_that_of_the_table_where_the_subquery_has_none() -> None:
    assert owners("SELECT name FROM users u, (SELECT 1 AS x) s") == {"name": "u"}
    assert owners("SELECT name FROM users u, (SELECT 'a' AS name) s") == {"name": ""}


def test_a_cte_hides_the_table_of_its_name() -> None:
    tree = read_tree("WITH users AS (SELECT 1 AS id) SELECT u.id FROM users u")
    assert tree is not None
    assert [SCOPES.column(c) for c in columns(tree)] == [None]


@pytest.mark.parametrize(
    ("join", "sure"), [("JOIN", True), ("LEFT JOIN", True), ("RIGHT JOIN", False)]
)
def test_an_outer_join_may_fill_a_column_with_null(join: str, *, sure: bool) -> None:
    tree = read_tree(f"SELECT u.id FROM users u {join} blog.posts p ON p.user_id = u.id")
    assert tree is not None
    first = next(c for c in columns(tree) if c.table == "u")
    assert SCOPES.never_null(first) is sure


def test_conditions_come_apart_and_names_stay_new() -> None:
    tree = read_tree("SELECT 1 FROM users u WHERE ((a AND (b OR c)) AND d)")
    assert tree is not None
    parts = list(conjuncts(tree.args["where"].this))
    assert [brief(p) for p in parts] == ["a", "b OR c", "d"]
    assert [brief(p) for p in disjuncts(parts[1])] == ["b", "c"]
    assert aliases(tree) == {"users", "u"}
    assert fresh(tree, "u") == "u_2"


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("SELECT a FROM t WHERE b > (SELECT max(c) FROM u)", True),
        ("SELECT max(a) FROM t", False),
        ("SELECT DISTINCT a FROM t", False),
        ("SELECT row_number() OVER () FROM t", False),
        ("SELECT a FROM t LIMIT 3", False),
    ],
)
def test_a_bare_select_gives_a_row_for_each_that_it_reads(text: str, *, bare: bool) -> None:
    tree = read_tree(text)
    assert isinstance(tree, exp.Select)
    assert is_bare(tree) is bare


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "SELECT id, name FROM users u LEFT JOIN blog.posts p USING (id) WHERE id = 1",
            "SELECT u.id, name FROM users AS u LEFT JOIN blog.posts AS p ON u.id = p.id "
            "WHERE u.id = 1",
        ),
        ("SELECT * FROM users u JOIN blog.posts p USING (id)", ""),
        ("SELECT id FROM users u RIGHT JOIN blog.posts p USING (id)", ""),
        (
            "SELECT id FROM users u JOIN blog.posts p USING (id) "
            "WHERE EXISTS (SELECT 1 FROM blog.posts q WHERE id = 2)",
            "",
        ),
    ],
)
def test_a_merged_column_is_written_out_where_it_is_one_sides(text: str, told: str) -> None:
    tree, before = read_tree(text), read_tree(text)
    assert tree is not None
    assert before is not None
    spell_out(tree, SCOPES)
    assert brief(tree) == (told or brief(before))
