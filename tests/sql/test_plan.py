"""Plans as EXPLAIN gives them, as a tree."""

from blueproof.sql.plan import Refused, outline, read_plan

SCAN = {
    "Node Type": "Index Scan", "Parallel Aware": True, "Total Cost": 8.5, "Plan Rows": 3,
    "Schema": "public", "Relation Name": "orders", "Alias": "o", "Index Name": "orders_pkey",
    "Index Cond": "(o.id = c.id)", "Filter": "(o.total > '5'::numeric)",
}  # fmt: skip
OTHER = {
    "Node Type": "Seq Scan", "Total Cost": 1000, "Plan Rows": 50_000, "Schema": "billing",
    "Relation Name": "invoices", "Alias": "i",
}  # fmt: skip
EXPLAINED = [{"Plan": {
    "Node Type": "Hash Join", "Total Cost": 1234.5, "Plan Rows": 1200, "Hash Cond": "(o.id = i.id)",
    "Join Filter": "(o.a <> i.a)", "Plans": [SCAN, OTHER],
}}]  # fmt: skip


def test_a_plan_is_read_with_its_children() -> None:
    plan = read_plan(EXPLAINED)
    assert [n.node for n in plan.walk()] == ["Hash Join", "Parallel Index Scan", "Seq Scan"]
    assert plan.conditions == ("(o.id = i.id)", "(o.a <> i.a)")
    assert plan.children[0].conditions == ("(o.id = c.id)",)
    assert plan.children[0].filter == "(o.total > '5'::numeric)"
    assert (plan.cost, plan.rows) == (1234.5, 1200)


def test_the_one_item_of_the_list_is_read_alike() -> None:
    assert read_plan(EXPLAINED[0]) == read_plan(EXPLAINED)


def test_only_tables_outside_public_carry_their_schema() -> None:
    plan = read_plan(EXPLAINED)
    assert [c.relation for c in plan.children] == ["orders", "billing.invoices"]


def test_the_headline_says_how_each_table_is_read() -> None:
    plan = read_plan(EXPLAINED)
    assert plan.headline == "Index Scan on orders using orders_pkey; Seq Scan on billing.invoices"
    assert plan.indexes == ("orders_pkey",)
    alone = read_plan([{"Plan": {"Node Type": "Result", "Total Cost": 0, "Plan Rows": 1}}])
    assert alone.headline == "Result"


def test_the_outline_is_indented_and_has_the_figures() -> None:
    assert outline(read_plan(EXPLAINED)).splitlines() == [
        "Hash Join  (cost 1,234.50, rows 1,200)",
        "  Parallel Index Scan on orders using orders_pkey  (cost 8.50, rows 3)",
        "  Seq Scan on billing.invoices  (cost 1,000.00, rows 50,000)",
    ]


def test_a_refusal_says_why() -> None:
    assert str(Refused(reason="no such table")) == Refused(reason="no such table").reason
