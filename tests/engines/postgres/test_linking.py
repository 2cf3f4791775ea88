"""Whom a generated row refers to: references that share a column agree in it."""

import random
from dataclasses import dataclass

from blueproof.engines.postgres.linking import Key, links_of
from blueproof.sql.schema import Column, ForeignKey, Schema, Table

DRAWS = 300


@dataclass(frozen=True)
class Wanting:
    nullable: bool = False
    wanted: tuple[str, ...] = ()


def table(name: str, *columns: str, unique: tuple[str, ...] = ()) -> Table:
    named = tuple(Column(name=c, type="bigint", not_null=True) for c in columns)
    return Table(name=name, columns=named, unique=(unique,) if unique else ())


def key(column: str, parent: str) -> ForeignKey:
    columns, referenced = ("tenant", column), ("tenant", "id")
    name = f"to_{parent}"
    return ForeignKey(
        name=name, table="child", columns=columns, references=parent, referenced=referenced
    )


KEYS = (key("a", "first"), key("b", "second"))
THERE: dict[str, list[Key]] = {
    "first": [(tenant, f"a{n}") for tenant in "12345" for n in range(3)],
    "second": [(tenant, f"b{n}") for tenant in "34567" for n in range(3)],
}


def drawn(
    child: Table, keys: tuple[ForeignKey, ...], wanted: tuple[str, ...] = ()
) -> list[dict[str, str | None] | None]:
    tables = (child, table("first", "tenant", "id"), table("second", "tenant", "id"))
    schema = Schema(tables=tables, foreign_keys=keys)
    links = links_of(schema, child, keys, lambda of: THERE[of.references])
    domains = {c.name: Wanting(wanted=wanted if c.name == "a" else ()) for c in child.columns}
    rng = random.Random(7)  # noqa: S311 (test data)
    return [links.draw(rng, domains, 1.0) for _ in range(DRAWS)]


def test_two_references_that_share_a_column_agree_in_it() -> None:
    rows = [row for row in drawn(table("child", "tenant", "a", "b"), KEYS) if row]
    assert len(rows) > DRAWS / 3
    for row in rows:
        assert (row["tenant"], row["a"]) in THERE["first"]
        assert (row["tenant"], row["b"]) in THERE["second"]
    assert {row["tenant"] for row in rows} == set("345")


def test_a_row_that_fits_no_second_parent_is_none() -> None:
    assert None in drawn(table("child", "tenant", "a", "b"), KEYS)


def test_a_parent_that_may_have_one_child_has_one() -> None:
    child = table("child", "tenant", "a", unique=("tenant", "a"))
    pairs = [(row["tenant"], row["a"]) for row in drawn(child, KEYS[:1]) if row]
    assert pairs
    assert len(pairs) == len(set(pairs))


def test_what_queries_look_for_is_referred_to() -> None:
    looked_for = drawn(table("child", "tenant", "a"), KEYS[:1], wanted=("a1",))
    assert {row["a"] for row in looked_for if row} == {"a1"}
    assert len({row["a"] for row in drawn(table("child", "tenant", "a"), KEYS[:1]) if row}) > 1
