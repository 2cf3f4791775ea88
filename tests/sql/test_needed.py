"""Which columns a plan reads: of a table that is read alone, output names them bare."""

from blueproof.sql.needed import needed_columns
from blueproof.sql.plan import Plan

SCAN = Plan(
    node="Seq Scan", cost=1.0, rows=1.0, relation="costs", alias="costs",
    filter="(costs.code = 'a'::text)", output=("id", "code", "price", "place", "note"),
)  # fmt: skip


def above(*output: str) -> Plan:
    return Plan(
        node="Aggregate", cost=1.0, rows=1.0, output=output, group=("costs.place",),
        children=(SCAN,),
    )  # fmt: skip


def test_what_is_made_of_a_column_reads_it_though_the_table_is_not_named() -> None:
    found = needed_columns(above("place", 'sum((price * "Rate"))'), frozenset({"costs"}))
    assert {"place", "price", "Rate", "code"} <= set(found["costs"])
    assert not {"id", "note", "sum"} & set(found["costs"])


def test_a_scan_at_the_top_hands_up_what_is_asked_for() -> None:
    found = needed_columns(SCAN, frozenset({"costs"}))
    assert set(SCAN.output) <= set(found["costs"])


def test_with_two_tables_a_bare_name_is_nobody_s() -> None:
    found = needed_columns(above("place", "sum(others.price)"), frozenset({"costs", "others"}))
    assert found == {"costs": ("place", "code"), "others": ("price",)}
