"""Faults put in on purpose, one at a time: each must be caught by what is there to catch it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from mypy import api

from blueproof.advisors.postgres.advise import all_rules
from blueproof.advisors.postgres.parts import index_advice
from blueproof.advisors.postgres.rewrites import day_range
from blueproof.advisors.postgres.rules import foreign_key_index
from blueproof.casebook import run_case
from blueproof.consult import consult
from blueproof.core.advice import Finding, Recommendation
from blueproof.core.blueprint import Blueprint, Proof
from blueproof.core.brief import Brief, Document, Fact
from blueproof.core.claim import Parses
from blueproof.core.money import Bill
from blueproof.core.scene import Excerpt
from blueproof.costs import rds
from blueproof.engines.postgres.server import Server
from blueproof.engines.programs import tool
from blueproof.proof import prove as proving
from blueproof.proof.bench import Bench

SCHEMA = """
CREATE TABLE orders (
  id bigint PRIMARY KEY, customer_id bigint NOT NULL, status text, created_at timestamptz NOT NULL
);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON orders USING (customer_id = current_setting('app.customer_id', true)::bigint);
"""
QUERIES = """
-- name: of_customer
SELECT * FROM orders WHERE customer_id = $1;
-- name: of_day
SELECT count(*) FROM orders WHERE date(created_at) = $1;
"""

Fault = Callable[[pytest.MonkeyPatch], None]
Caught = Callable[[Blueprint], bool]


def brief(schema: str = SCHEMA) -> Brief:
    documents = (Document(role="schema", text=schema), Document(role="queries", text=QUERIES))
    return Brief(request="is this fine?", documents=documents)


def wrapped(
    patch: pytest.MonkeyPatch, module: Any, name: str, change: Callable[[Any], Any]
) -> None:
    """Let a function give something else than it does."""
    original = getattr(module, name)
    patch.setattr(module, name, lambda *a, **k: change(original(*a, **k)))


def change_text(patch: pytest.MonkeyPatch, old: str, new: str) -> None:
    """Let the migration's file say something else than what was judged."""
    wrapped(
        patch, index_advice, "create_index",
        lambda made: replace(
            made, change=replace(made.change, text=made.change.text.replace(old, new))
        ),
    )  # fmt: skip


def wrong_column(patch: pytest.MonkeyPatch) -> None:
    change_text(patch, "(customer_id)", "(status)")


def bold_factor(patch: pytest.MonkeyPatch) -> None:
    wrapped(patch, index_advice, "stated", lambda factor: factor * 10)


def undo_that_undoes_nothing(patch: pytest.MonkeyPatch) -> None:
    wrapped(
        patch, index_advice, "create_index",
        lambda made: replace(made, undo=replace(made.undo, text="SELECT 1;")),
    )  # fmt: skip


def day_too_long(patch: pytest.MonkeyPatch) -> None:
    wrapped(patch, day_range, "_edges", lambda day: day and (day[0], f"{day[1]} + 1"))


def a_cent_too_much(patch: pytest.MonkeyPatch) -> None:
    def dearer(bill: Bill) -> Bill:
        return replace(bill, total=bill.total + Decimal("0.01"))

    original = rds.storage_bill
    patch.setattr(
        "blueproof.advisors.postgres.conclude.storage_bill", lambda *a: dearer(original(*a))
    )


def name_too_long(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        "blueproof.advisors.postgres.search.pool.index_name", lambda *_a: "orders_" + "x" * 60
    )


def blocking_migration(patch: pytest.MonkeyPatch) -> None:
    change_text(patch, "CONCURRENTLY ", "")


def broken_rule(patch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> Iterator[Recommendation]:
        raise KeyError("customer_id")

    rules = tuple(replace(r, check=breaks) if "foreign" in r.id else r for r in all_rules())
    patch.setattr("blueproof.advisors.postgres.advise.all_rules", lambda: rules)


def rejects(words: str) -> Caught:
    return lambda blueprint: any(words in r.why for r in blueprint.rejected)


def unproved(words: str) -> Caught:
    return lambda blueprint: any(words in u.statement for u in blueprint.not_proved)


@pytest.mark.parametrize(
    ("fault", "caught"),
    [
        (wrong_column, rejects("CostFalls was refuted")),
        (bold_factor, rejects("CostFalls was refuted")),
        (undo_that_undoes_nothing, rejects("Applies was refuted")),
        (day_too_long, rejects("SameRows was refuted")),
        (a_cent_too_much, rejects("the lines sum to")),
        (name_too_long, rejects("PlanUses was refuted")),
        (blocking_migration, rejects("Lints was refuted")),
        (broken_rule, unproved("what rule pg-foreign-key-index would say")),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_fault_in_advice_is_refuted_and_leaves_the_answer(
    fault: Fault, caught: Caught, monkeypatch: pytest.MonkeyPatch
) -> None:
    if fault is blocking_migration and tool("squawk") is None:
        pytest.skip("squawk is not installed: blueproof doctor --install lint")
    fault(monkeypatch)
    blueprint = consult(brief())
    assert caught(blueprint), (blueprint.rejected, blueprint.not_proved)


def test_without_a_fault_nothing_is_rejected() -> None:
    blueprint = consult(brief())
    assert blueprint.rejected == ()
    assert {r.slot for r in blueprint.recommendations} >= {
        "rewrite of of_day",
        "index on orders (customer_id)",
    }


def test_refuted_advice_that_is_kept_stops_the_blueprint(monkeypatch: pytest.MonkeyPatch) -> None:
    bold_factor(monkeypatch)
    monkeypatch.setattr(proving, "_rejected", lambda *_: {})
    with pytest.raises(ValueError, match="refuted or missing proofs"):
        consult(brief())


def test_a_bare_proved_on_an_assumption_stops_the_proof() -> None:
    claim = Parses(sql=Excerpt(text="SELECT 1"))
    with pytest.raises(ValueError, match="does not say so"):
        Proof(id="p1", claim=claim, verdict="proved", basis="assumed statistics", how="")
    with pytest.raises(ValueError, match="without a reason"):
        Proof(id="p1", claim=claim, verdict="unchecked", basis="none", how="")


def test_a_rule_that_never_falls_silent_is_caught(server: Server, bench: Bench) -> None:
    rule = next(r for r in all_rules() if r.id == "pg-foreign-key-index")

    def deaf(database: Any) -> Iterator[Recommendation | Finding]:
        for key in database.schema.foreign_keys:
            yield from foreign_key_index._advise(database, key)  # noqa: SLF001 -- the fault

    result = run_case(replace(rule, check=deaf), rule.cases[0], server, bench)
    assert not result.cured
    assert not result.as_said


def test_a_draft_cannot_be_rendered(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from blueproof.core.blueprint import Draft\n"
        "from blueproof.core.brief import Brief\n"
        "from blueproof.render.files import render_files\n"
        "render_files(Draft(brief=Brief(request='?')))\n"
    )
    said, _, code = api.run([str(script), "--follow-imports=silent", f"--cache-dir={tmp_path}"])
    assert code == 1
    assert 'has incompatible type "Draft"; expected "Blueprint"' in said


def test_an_inferred_fact_quotes_words_that_are_there() -> None:
    with pytest.raises(ValueError, match="must quote"):
        Fact(key="budget", value=50, source="inferred")
    fact = Fact(key="budget", value=50, source="inferred", quote="50 a month", span=(0, 10))
    with pytest.raises(ValueError, match="is not in the request"):
        Brief(request="no more than 50 a month", facts=(fact,))


def test_an_open_policy_is_the_first_thing_said() -> None:
    opened = SCHEMA.replace(
        "USING (customer_id = current_setting('app.customer_id', true)::bigint)",
        "USING (customer_id = current_setting('app.customer_id', true)::bigint OR status = 'open' "
        "OR status IS NULL OR status <> 'open')",
    )
    blueprint = consult(brief(opened))
    assert blueprint.answer.startswith("Open: a session could insert a row of orders")
    assert any(f.severity == "harm" and f.where == "orders" for f in blueprint.findings)
