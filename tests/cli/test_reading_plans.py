"""blueproof plan, and a plan in a request, as a person meets them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from blueproof.cli.main import commands
from blueproof.core.errors import SqlError
from blueproof.intake.plans import ASKED, divided
from blueproof.intake.words.read import read_request

PLAN = """\
 Limit  (cost=0.43..1234.00 rows=20 width=205) (actual time=2041.905..2042.012 rows=20 loops=1)
   Buffers: shared hit=100 read=5
   ->  Index Scan Backward using orders_created_at_idx on orders  (cost=0.43..98000.00 rows=1600 width=205) (actual time=0.9..2041.950 rows=20 loops=1)
         Filter: ((tenant_id = 42) AND (password = 'Kanarienvogel9'::text))
         Rows Removed by Filter: 1804551
         Buffers: shared hit=100 read=5
 Planning Time: 0.500 ms
 Execution Time: 2042.200 ms
"""  # noqa: E501 (as EXPLAIN prints it)
WORDS = "Our list of orders is slow since last week, why? We run PostgreSQL 16 with 3M orders."
SCHEMA = """
CREATE TABLE tenants (id bigint PRIMARY KEY, name text);
CREATE TABLE orders (id bigint PRIMARY KEY, tenant_id bigint NOT NULL REFERENCES tenants,
                     created_at timestamptz NOT NULL, status text);
CREATE INDEX orders_created_at_idx ON orders (created_at);
"""
QUERY = "SELECT * FROM orders WHERE tenant_id = 42 ORDER BY created_at DESC LIMIT 20;\n"
SCAN = """\
Seq Scan on orders  (cost=0..9 rows=20 width=9) (actual time=1..1400 rows=20 loops=1)
  Filter: (status = 'open'::text)
  Rows Removed by Filter: 2345678
"""


def run(*arguments: str, stdin: str = "") -> str:
    done = CliRunner().invoke(
        commands, arguments, input=stdin, catch_exceptions=False, standalone_mode=False
    )
    assert done.exit_code == 0, done.output
    return done.output


def answer(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "blueprint.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    file = tmp_path / "plan.txt"
    file.write_text(PLAN, encoding="utf-8")
    return file


def test_the_answer_is_what_to_do_and_the_number_that_decides(tmp_path: Path, plan: Path) -> None:
    shown = " ".join(run("plan", str(plan), "--out", str(tmp_path / "out")).split())
    assert shown.startswith(
        "Answer CREATE INDEX CONCURRENTLY ON orders (tenant_id, password, created_at);"
    )
    assert "2.0 s of 2.0 s (100%)" in shown
    assert "throws 1,804,551 away" in shown
    assert "Ask me 1 Can you hand over the schema and the query?" in shown


def test_the_picture_shows_the_hot_way_times_and_rows(tmp_path: Path, plan: Path) -> None:
    run("plan", str(plan), "--out", str(tmp_path / "out"))
    drawn = (tmp_path / "out" / "diagrams" / "plan.svg").read_text(encoding="utf-8")
    assert drawn.count("bp-node bp-step bp-hot") + drawn.count("bp-node bp-table bp-hot") == 2
    assert "2.0 s itself (100%)" in drawn
    assert "rows 20, foretold 1,600" in drawn
    assert "1,804,551 rows filtered out" in drawn


@pytest.mark.parametrize("way", ["file", "words", "stdin", "beside"])
def test_secrets_in_a_plan_are_masked_everywhere(tmp_path: Path, plan: Path, way: str) -> None:
    out = tmp_path / "out"
    told = f"{WORDS}\n\n{PLAN}\nOh, and our password is Hunderasse12"
    match way:
        case "file":
            shown = run("plan", str(plan), "--out", str(out))
        case "words":
            shown = run(told, "--out", str(out))
        case "stdin":
            shown = run("plan", "-", "--out", str(out), stdin=told)
        case _:
            shown = run(WORDS, str(plan), "--out", str(out))
    written = "".join(f.read_text(encoding="utf-8") for f in out.rglob("*") if f.is_file())
    for secret in ("Kanarienvogel9", "Hunderasse12"):
        assert secret not in shown + written
    assert "tenant_id" in written


def test_a_plan_in_a_request_leaves_its_words() -> None:
    for request in (f"{WORDS}\n\n{PLAN}", f"{WORDS}\n```\n{PLAN}```\n", f"{PLAN}\n{WORDS}"):
        brief = read_request(request)
        assert brief.request == WORDS
        document = brief.document("plan")
        assert document is not None
        assert "orders_created_at_idx" in document.text
        assert {f.value for f in brief.facts if f.key == "technology"} == {"postgresql"}
    assert divided(PLAN)[0] == ASKED
    assert divided(WORDS) == (WORDS, "")


def test_words_about_plans_are_no_plan() -> None:
    for words in (
        "Why does my query use a Seq Scan on orders instead of the Index Scan?",
        "explain analyze shows rows=1 but actual rows=90000, what now?",
        "Our plan: Limit scope, then Sort out the backlog (cost=200 EUR)",
    ):
        assert read_request(words).document("plan") is None


def test_a_plan_that_was_not_run_is_asked_to_be(tmp_path: Path) -> None:
    text = "Seq Scan on orders  (cost=0.00..20834.00 rows=10 width=97)\n  Filter: (a = 1)\n"
    shown = " ".join(run("plan", "-", "--out", str(tmp_path / "out"), stdin=text).split())
    assert "This plan was not run" in shown
    assert "EXPLAIN (ANALYZE, BUFFERS) SELECT" in shown


def test_a_good_plan_is_called_one(tmp_path: Path) -> None:
    text = "Seq Scan on a  (cost=0..9 rows=9000 width=9) (actual time=0..90 rows=9000 loops=1)\n"
    shown = " ".join(run("plan", "-", "--out", str(tmp_path / "out"), stdin=text).split())
    assert "Answer Nothing is wrong with this plan: 9,000 rows are used of 9,000" in shown
    assert answer(tmp_path / "out")["steps"] == []


def test_no_plan_is_one_line_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "bad.txt"
    file.write_text("hello\n  Filter: (a = 1)\n", encoding="utf-8")
    with pytest.raises(SqlError) as told:
        CliRunner().invoke(
            commands, ["plan", str(file)], catch_exceptions=False, standalone_mode=False
        )
    assert str(told.value).startswith(f"{file}:2:1: this looks like part of a plan")


def test_an_answer_to_a_plan_can_be_continued(tmp_path: Path, plan: Path) -> None:
    out = tmp_path / "out"
    run(WORDS, str(plan), "--out", str(out))
    before = answer(out)
    run("answer", "users=5k", "--in", str(out))
    assert answer(out)["answer"] == before["answer"]
    assert answer(out)["request"] == WORDS


@pytest.mark.slow
def test_with_schema_and_query_a_plans_index_is_proved(tmp_path: Path, plan: Path) -> None:
    out, schema, query = tmp_path / "out", tmp_path / "schema.sql", tmp_path / "query.sql"
    schema.write_text(SCHEMA, encoding="utf-8")
    query.write_text(QUERY, encoding="utf-8")
    plan.write_text(PLAN.replace(" AND (password = 'Kanarienvogel9'::text)", ""), encoding="utf-8")
    run("why is this slow", str(schema), str(query), str(plan), "--out", str(out))
    blueprint = json.loads((out / "blueprint.json").read_text(encoding="utf-8"))
    told = next(f for f in blueprint["findings"] if f["rule"] == "plan-limit-guess")
    assert "index on orders (tenant_id, created_at DESC) above serves it" in told["says"]
    assert {p["verdict"] for p in blueprint["proofs"]} == {"proved"}
    assert (out / "diagrams" / "plan.svg").exists()


@pytest.mark.slow
def test_an_index_that_the_planner_would_not_use_is_not_advised(tmp_path: Path, plan: Path) -> None:
    """The plan asks for an index on another query's column: for this query no cost falls."""
    out, schema, query = tmp_path / "out", tmp_path / "schema.sql", tmp_path / "query.sql"
    schema.write_text(SCHEMA, encoding="utf-8")
    query.write_text(QUERY, encoding="utf-8")
    plan.write_text(SCAN, encoding="utf-8")
    run("why is this slow", str(schema), str(query), str(plan), "--out", str(out))
    blueprint = json.loads((out / "blueprint.json").read_text(encoding="utf-8"))
    assert "plan-filter-scan" not in {f["rule"] for f in blueprint["findings"]}
    assert any("(status)" in u["statement"] for u in blueprint["not_proved"])
    rows = {f["key"]: f["value"] for f in blueprint["understood"]}
    assert rows["scale.rows.orders"] == 2345698
