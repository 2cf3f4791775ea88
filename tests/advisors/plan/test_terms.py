"""A plan's condition as the key of an index: what can be looked up, in the order that serves."""

import pytest

from blueproof.advisors.plan.terms import index_for, key, own, predicate, terms
from blueproof.sql.plans.node import Node

ORDERS = Node(kind="Seq Scan", relation="orders", alias="o")


@pytest.mark.parametrize(
    ("condition", "columns"),
    [
        ("((total > '90'::numeric) AND (status = 'open'::text))", ("status", "total")),
        ("((a = 1) AND (b > 2) AND (c < 5) AND (d = ANY ('{1,2}'::integer[])))", ("a", "d", "b")),
        ("((o.tenant_id = 42) AND (o.deleted_at IS NULL))", ("tenant_id", "deleted_at")),
        ("(customer_id = c.id)", ("customer_id",)),
        ("(id = $1)", ("id",)),
        ("(\"createdAt\" > (now() - '30 days'::interval))", ('"createdAt"',)),
        ("(lower((email)::text) = 'x'::text)", ("lower(email)",)),
        ("((i + 0) = 500000)", ("(i + 0)",)),
        ("((data ->> 'x'::text) = 'y'::text)", ("(data ->> 'x'::text)",)),
        ("(NOT active)", ("active",)),
        ("((commit_date < receipt_date) AND (mode = 'AIR'::text))", ("mode",)),
        ("(o.shipped_at > o.paid_at)", ()),
        ("((a = 1) OR (b = 2))", ()),
        ("(hashed SubPlan 1)", ()),
        ("(status <> 'done'::text)", ()),
        ("((name = 'it''s AND (so'::text) AND (x = 1))", ("name", "x")),
    ],
)
def test_the_key_holds_what_is_equal_then_one_interval(
    condition: str, columns: tuple[str, ...]
) -> None:
    assert key(own(ORDERS, condition)) == columns


@pytest.mark.parametrize(
    ("condition", "where"),
    [
        ("(NOT voided)", "NOT voided"),
        ("(active AND (deleted_at IS NULL))", "active AND deleted_at IS NULL"),
        ("((status = 'open'::text) AND (total > '90'::numeric))", ""),
        ("(a OR b)", ""),
    ],
)
def test_flags_are_the_condition_of_an_index(condition: str, where: str) -> None:
    assert predicate(own(ORDERS, condition)) == where


def test_a_search_inside_a_text_wants_trigrams() -> None:
    assert "gin_trgm_ops" in index_for(ORDERS, "((name)::text ~~* '%foo%'::text)")


def test_names_are_quoted_as_sql_wants_them() -> None:
    node = Node(kind="Seq Scan", schema="Shop", relation="Order", alias="Order")
    assert index_for(node, '("userId" = 5)') == (
        'CREATE INDEX CONCURRENTLY ON "Shop"."Order" ("userId");'
    )


def test_both_sides_of_a_join_are_terms() -> None:
    found = terms("((a.x = b.y) AND (a.z = b.w))")
    assert [(t.table, t.column, t.value) for t in found] == [("a", "x", "b.y"), ("a", "z", "b.w")]
