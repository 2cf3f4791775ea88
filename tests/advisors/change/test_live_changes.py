"""Changes of a live schema: what is read of requests, and that every kind passes its rehearsal."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.change.advise import advise_change
from blueproof.advisors.change.hearing import may_change
from blueproof.advisors.change.kinds import kinds, tools
from blueproof.advisors.change.owning import reads_change
from blueproof.advisors.change.reading import Open
from blueproof.advisors.change.steps import made
from blueproof.advisors.change.told import Told
from blueproof.consult import consult
from blueproof.core.blueprint import Blueprint
from blueproof.core.brief import Document
from blueproof.core.claim import Upholds
from blueproof.core.evidence import Measurement
from blueproof.core.scene import File
from blueproof.intake.words.read import read_request
from blueproof.proof.bench import Bench
from blueproof.proof.changing import holds
from blueproof.proof.prove import check

CASES: list[dict[str, Any]] = yaml_file.load(
    (Path(__file__).parent / "requests.yaml").read_text("utf-8")
)
OWN = [c for c in CASES if c.get("kind") not in {None, "open"}]
QUIET = [c for c in CASES if c.get("kind") is None]
FIRST = CASES[0]["says"]


def told(says: str) -> Told:
    found = reads_change(read_request(says))
    assert isinstance(found, Told)
    return found


def claims(says: str) -> tuple[Upholds, ...]:
    draft = advise_change(read_request(says), told(says), "how")
    return tuple(c for r in draft.recommendations for c in r.claims if isinstance(c, Upholds))


@pytest.mark.parametrize("case", OWN, ids=lambda c: c["id"])
def test_the_change_is_read_with_its_names(case: dict[str, Any]) -> None:
    found = told(case["says"])
    assert found.kind.id == case["kind"]
    said = found.fill(found.kind.says) + f" {found.rows:,} " + found.fill(found.kind.watched)
    assert [n for n in case["names"] if n not in said] == []


@pytest.mark.parametrize("case", QUIET, ids=lambda c: c["id"])
def test_what_is_no_such_change_is_left_to_others(case: dict[str, Any]) -> None:
    assert reads_change(read_request(case["says"])) is None


def test_every_kind_has_a_request_and_every_hole_is_filled() -> None:
    without = {k.id for k in kinds()} - {c["kind"] for c in OWN}
    assert without == set()
    for case in OWN:
        change = told(case["says"])
        texts = [t for s in made(change) for t in (s.sql, s.undo, s.check, s.does)]
        draft = advise_change(read_request(case["says"]), change, "how")
        texts += [f.text for f in draft.artifacts if not f.path.endswith(".sh")]
        texts += [t for r in draft.recommendations for t in (r.choice, *r.because, *r.trade_offs)]
        left = [t for t in texts if any(f"{{{n}}}" in t for n in (*change.names, "parent"))]
        assert left == []


def test_the_figures_are_read() -> None:
    found = told(FIRST)
    assert (found.rows, found.writes, found.version) == (48_000_000, 350.0, "16")
    assert (found.tool, found.instances, found.locked) == ("prisma", 3, "11 minutes")
    assert found.actions


def test_one_question_is_put_where_the_table_is_not_told() -> None:
    case = next(c for c in CASES if c.get("kind") == "open")
    found = reads_change(read_request(case["says"]))
    assert isinstance(found, Open)
    assert set(found.missing) == {"table", "column", "type"}
    answer = consult(read_request(case["says"]))
    assert "which is it?" in answer.answer
    assert not any(f.path.startswith("migrations/") for f in answer.artifacts)


def test_another_database_is_not_answered_for_postgresql() -> None:
    assert may_change(read_request(FIRST))
    assert not may_change(read_request(FIRST.replace("PG 16", "MySQL 8")))


@pytest.mark.parametrize("name", sorted(tools()))
def test_each_tool_is_told_in_the_runbook(name: str) -> None:
    tool = tools()[name]
    says = FIRST.replace("Prisma migrate", f"{'plain SQL' if name == 'psql' else tool['name']}")
    draft = advise_change(read_request(says), told(says), "how")
    book = next(f.text for f in draft.artifacts if f.path == "runbook.md")
    assert tool["alone"] in book
    assert "{sql}" not in book


def test_a_statement_that_no_transaction_may_hold_is_alone_in_its_file() -> None:
    for case in OWN:
        for step in made(told(case["says"])):
            if "CONCURRENTLY" in step.sql and step.path.startswith("migrations/"):
                assert step.sql.startswith("-- Not in a transaction.")
                assert sum(line.endswith(";") for line in step.sql.splitlines()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("case", OWN, ids=lambda c: c["id"])
def test_every_kind_passes_its_rehearsal(case: dict[str, Any]) -> None:
    with Bench() as bench:
        found = {c.promise: holds(c, None, bench) for c in claims(case["says"])}
    assert {p: o.reason for p, o in found.items() if o.verdict != "proved"} == {}


BREAKS = [
    ("NOT VALID", "", "change-steps"),  # the foreign key is checked under its lock
    ("CREATE INDEX CONCURRENTLY", "CREATE INDEX", "change-steps"),
    ("CREATE TRIGGER orders_customer_id_sync BEFORE INSERT OR UPDATE",
     "CREATE TRIGGER orders_customer_id_sync BEFORE INSERT", "change-steps"),
    ("SET customer_id = (SELECT", "SET customer_id = NULL; --", "change-steps"),
    ("DROP FUNCTION orders_customer_id_sync();\nALTER TABLE orders DROP COLUMN customer_id;",
     "DROP FUNCTION orders_customer_id_sync();", "change-undo"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "other", "promise"), BREAKS, ids=lambda t: t[:24])
def test_a_step_that_is_broken_is_refuted(text: str, other: str, promise: str) -> None:
    claim = next(c for c in claims(FIRST) if c.promise == promise)
    assert any(text in f.text for f in claim.files)
    files = tuple(File(path=f.path, text=f.text.replace(text, other)) for f in claim.files)
    with Bench() as bench:
        seen = holds(Upholds(promise=promise, says=claim.says, files=files), None, bench)
    assert seen.verdict == "refuted"


def test_a_claim_without_its_script_proves_nothing() -> None:
    claim = claims(FIRST)[0]
    with Bench() as bench:
        seen = holds(
            Upholds(promise=claim.promise, says="anything", files=claim.files), None, bench
        )
    assert seen.verdict == "refuted"


def test_the_answer_says_steps_time_and_what_the_single_statement_does() -> None:
    found = consult(read_request(FIRST))
    assert found.answer.startswith("In 12 steps, orders.customer_email becomes customer_id")
    assert "2.7 h of backfill at 5,000 rows a batch (48,000,000 rows)" in found.answer
    assert "all 48,000,000 rows of orders under ACCESS EXCLUSIVE" in found.answer
    assert [p.verdict for p in found.proofs] == ["proved"] * 3
    seen = {m.name: m for p in found.proofs for m in p.measured}
    assert seen["went wrong"] == Measurement(name="went wrong", value=0, unit="times")


def of_schema(says: str) -> Blueprint:
    schema = (Path(__file__).parent / "shop.sql").read_text("utf-8")
    document = Document(role="schema", text=schema, parts=(("shop.sql", 1),))
    return consult(replace(read_request(says), documents=(document,)))


def test_a_schema_that_was_handed_over_says_key_and_types() -> None:
    found = of_schema(
        "Rename audit_entries.seq to sequence_no in production, 640M rows, no downtime. Steps?"
    )
    files = {f.path: f.text for f in found.artifacts}
    assert "ADD COLUMN sequence_no integer" in files["migrations/01_expand.sql"]
    assert "audit_entries.entry_id%TYPE" in files["backfill/02_backfill.sql"]
    assert [p.verdict for p in found.proofs] == ["proved"] * 3


def test_a_schema_says_by_which_column_a_table_can_be_partitioned() -> None:
    found = of_schema(
        "audit_entries is 640M rows on PG 16. We want to partition it by month with no downtime. "
        "What are the steps? schema in the file"
    )
    assert "partitioned by happened_at" in found.answer
    assert not found.rejected


def test_a_promise_that_is_none_of_a_change_proves_nothing() -> None:
    claim = claims(FIRST)[0]
    other = Upholds(promise="change-nothing", says=claim.says, files=claim.files)
    with Bench() as bench:
        assert check(other, None, bench).verdict == "refuted"
