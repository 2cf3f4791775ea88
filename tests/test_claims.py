"""Every kind of claim, in a true world and in a false one."""

import os
from pathlib import Path
from typing import NamedTuple

import pytest

from blueproof.cloud.code import handed
from blueproof.cloud.promises import promises
from blueproof.core.claim import (
    AccessRefused,
    Applies,
    Claim,
    CostFalls,
    CostHolds,
    CostStays,
    Decides,
    Deploys,
    Drains,
    Lints,
    LoadFits,
    Parses,
    PassesTests,
    PlanUses,
    RulesHold,
    Runs,
    SameRows,
    SumsTo,
    TypeChecks,
    Upholds,
    Validates,
    Verdict,
    WithinLimit,
)
from blueproof.core.scene import DatabaseScene, Excerpt, File
from blueproof.costs.bill_file import write_bills
from blueproof.costs.rds import storage_bill
from blueproof.decide.needs import Needs
from blueproof.decide.needs_file import write_needs
from blueproof.engines.programs import tool
from blueproof.engines.typescript import convex, testing
from blueproof.proof.bench import Bench
from blueproof.proof.prove import check
from blueproof.proof.table import TABLE
from typescript_samples import altered, read

SCHEMA = """
CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL);
CREATE TABLE orders (
  id bigint PRIMARY KEY,
  customer_id bigint NOT NULL,
  status text CHECK (status IN ('open', 'paid')),
  note text,
  created_at timestamptz NOT NULL
);
CREATE INDEX orders_status_idx ON orders (status);
CREATE INDEX orders_status_note_idx ON orders (status, note);
CREATE TABLE notes (id bigint PRIMARY KEY, owner_id bigint NOT NULL, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes USING (owner_id = current_setting('app.user_id', true)::bigint);
CREATE TABLE open_notes (id bigint PRIMARY KEY, owner_id bigint NOT NULL, body text);
ALTER TABLE open_notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY anybody ON open_notes USING (true);
CREATE TABLE read_only_notes (id bigint PRIMARY KEY, owner_id bigint NOT NULL);
ALTER TABLE read_only_notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON read_only_notes FOR SELECT
  USING (owner_id = nullif(current_setting('app.user_id', true), '')::bigint);
CREATE TABLE loose_notes (id bigint PRIMARY KEY, owner_id bigint NOT NULL);
ALTER TABLE loose_notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON loose_notes FOR SELECT
  USING (owner_id = nullif(current_setting('app.user_id', true), '')::bigint);
CREATE POLICY any_delete ON loose_notes FOR DELETE USING (true);
CREATE TABLE taken_notes (id bigint PRIMARY KEY, owner_id bigint NOT NULL);
ALTER TABLE taken_notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON taken_notes FOR SELECT
  USING (owner_id = nullif(current_setting('app.user_id', true), '')::bigint);
CREATE POLICY any_update ON taken_notes FOR UPDATE USING (true)
  WITH CHECK (owner_id = nullif(current_setting('app.user_id', true), '')::bigint);
CREATE TABLE unset_notes (id bigint PRIMARY KEY, owner_id bigint NOT NULL);
ALTER TABLE unset_notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON unset_notes USING (current_setting('app.user_id', true) IS NULL
  OR owner_id::text = current_setting('app.user_id', true));
CREATE TABLE shown_notes (id bigint PRIMARY KEY, owner_id bigint NOT NULL, visibility text);
ALTER TABLE shown_notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shown_notes USING (visibility = 'everyone'
  OR owner_id::text = current_setting('app.user_id', true));
CREATE ROLE app;
CREATE ROLE auditor;
CREATE TABLE role_notes (id bigint PRIMARY KEY, owner_id bigint NOT NULL);
ALTER TABLE role_notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY any_row ON role_notes TO app USING (true);
CREATE POLICY own ON role_notes AS RESTRICTIVE TO auditor
  USING (owner_id::text = current_setting('app.user_id', true));
CREATE TABLE logged_notes (id bigint PRIMARY KEY, owner_id bigint NOT NULL);
CREATE SCHEMA audit;
CREATE TABLE audit.log (id bigserial PRIMARY KEY, what text);
CREATE FUNCTION note_down() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN INSERT INTO audit.log (what) VALUES (''x''); RETURN NEW; END';
CREATE TRIGGER note_down BEFORE INSERT ON logged_notes FOR EACH ROW EXECUTE FUNCTION note_down();
ALTER TABLE logged_notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON logged_notes FOR SELECT
  USING (owner_id::text = current_setting('app.user_id', true));
CREATE POLICY any_insert ON logged_notes FOR INSERT WITH CHECK (true);
CREATE POLICY any_row ON read_only_notes FOR INSERT WITH CHECK (true);
"""
COUNTS = """
until: 2026-01-01
tables:
  customers: {rows: 100000, basis: given}
  orders: {rows: 1000000, basis: given}
  notes: {rows: 1000, basis: assumed}
  unset_notes: {rows: 1000, basis: assumed}
  shown_notes: {rows: 1000, basis: assumed}
  role_notes: {rows: 1000, basis: assumed}
  logged_notes: {rows: 1000, basis: assumed}
  audit.log: {rows: 1000, basis: assumed}
  loose_notes: {rows: 1000, basis: assumed}
  taken_notes: {rows: 1000, basis: assumed}
  open_notes: {rows: 1000, basis: assumed}
  read_only_notes: {rows: 1000, basis: assumed}
"""
SCENE = DatabaseScene(
    schema=Excerpt(text=SCHEMA, path="schema.sql"),
    statistics=Excerpt(text=COUNTS, path="statistics.yaml"),
)


def sql(text: str) -> Excerpt:
    return Excerpt(text=text)


BY_CUSTOMER = sql("SELECT * FROM orders WHERE customer_id = $1")
INDEX = sql("CREATE INDEX CONCURRENTLY by_customer ON orders (customer_id);")
BILL = write_bills((storage_bill("now", (("an index", 50 << 30),)),))


NEEDS = Excerpt(
    text=write_needs(Needs(features=("chat",), options=("convex", "firebase"))), path="needs.yaml"
)
ONLY_CONVEX = Excerpt(
    text=write_needs(
        Needs(features=("chat",), ruled_out=("firebase", "supabase", "aws"),
              known=(("offline", "yes"),))
    ),
    path="needs.yaml",
)  # fmt: skip
RULES = File(
    path="a.rules",
    text="""rules_version = '2';
service cloud.firestore {
  match /databases/{database}/documents {
    match /notes/{note} { allow get: if request.auth != null; }
  }
}
""",
)
STRANGER = "\n  - {name: nobody, as: null, do: get, path: notes/a, expect: deny}"
REQUESTS = File(
    path="t.yaml",
    text=f"""documents: {{notes/a: {{}}}}
cases:
  - {{name: somebody, as: {{uid: a}}, do: get, path: notes/a, expect: allow}}{STRANGER}
""",
)


class World(NamedTuple):
    name: str
    claim: Claim
    verdict: Verdict


WORKFLOW = """\
name: a
on: {pull_request: null}
permissions: {}
concurrency: {group: a, cancel-in-progress: true}
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - shell: bash
        env: {TITLE: a}
        run: echo "$TITLE"
"""
TOPIC = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

resource "aws_sns_topic" "a" {
  name = "a"
}
"""
LOGS = 'resource "aws_cloudwatch_log_group" "a" {\n  retention_in_days = 30\n}\n'
CHAT, UNREAD = read("chat"), read("unread")
APP = Excerpt(text='{"name": "chat", "title": "Chat", "identifier": "a.chat", "features": []}')


def starter(files: dict[str, str], folder: str = "") -> tuple[File, ...]:
    return tuple(File(path=f"{folder}{path}", text=text) for path, text in files.items())


def client(first: str) -> dict[str, str]:
    """A client with one function and a test of it, which says that the first is 1."""
    return {
        "package.json": "{}",
        "lib/first.ts": f"export const first = (): number => {first};\n",
        "lib/first.test.ts": 'import { expect, test } from "vitest";\n'
        'import { first } from "./first";\n'
        'test("the first", () => expect(first()).toBe(1));\n',
    }


HCL = """\
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
"""

WORLDS = (
    World("a statement that names what is there", Parses(sql=BY_CUSTOMER), "proved"),
    World("a column that is not there", Parses(sql=sql("SELECT nothing FROM orders")), "refuted"),
    World("a syntax error", Parses(sql=sql("SELECT FROM WHERE")), "refuted"),
    World("a query that ends", Runs(sql=sql("SELECT count(*) FROM orders")), "proved"),
    World("a division by zero", Runs(sql=sql("SELECT 1 / (count(*) - count(*)) FROM orders")),
          "refuted"),
    World("an index on the column compared",
          PlanUses(query=BY_CUSTOMER, change=INDEX, index="by_customer"), "proved"),
    World("an index on another column",
          PlanUses(query=BY_CUSTOMER, change=sql("CREATE INDEX other ON orders (note);"),
                   index="other"), "refuted"),
    World("a cost that falls", CostFalls(query=BY_CUSTOMER, change=INDEX, factor=20), "proved"),
    World("a factor too bold", CostFalls(query=BY_CUSTOMER, change=INDEX, factor=1e9), "refuted"),
    World("a wrong column changes nothing",
          CostFalls(query=BY_CUSTOMER, change=sql("CREATE INDEX o ON orders (note);"), factor=2),
          "refuted"),
    World("dropping the beginning of another index",
          CostHolds(queries=(sql("SELECT * FROM orders WHERE status = $1 AND note = $2"),),
                    change=sql("DROP INDEX orders_status_idx;"), tolerance=0.1), "proved"),
    World("dropping the index that serves",
          CostHolds(queries=(sql("SELECT * FROM orders WHERE status = $1 AND note = $2"),),
                    change=sql("DROP INDEX orders_status_note_idx;"), tolerance=0.1), "refuted"),
    World("an index for what keeps half the rows",
          CostStays(query=sql("SELECT * FROM orders WHERE status = 'open'"), factor=2.0,
                    change=sql("CREATE INDEX by_status ON orders (status, note);"),
                    table="orders", column="status"), "proved"),
    World("an index that would help is left out",
          CostStays(query=sql("SELECT * FROM orders WHERE customer_id = $1"), factor=2.0,
                    change=INDEX, table="orders", column="customer_id"), "refuted"),
    World("the same rows, said otherwise",
          SameRows(original=sql("SELECT id FROM orders WHERE status = 'open' OR status = 'paid'"),
                   rewritten=sql("SELECT id FROM orders WHERE status IN ('open', 'paid')")),
          "proved"),
    World("NULL is not equal to anything",
          SameRows(original=sql("SELECT id FROM orders WHERE note = 'a' OR note <> 'a'"),
                   rewritten=sql("SELECT id FROM orders")), "refuted"),
    World("two queries without rows show nothing",
          SameRows(original=sql("SELECT id FROM orders WHERE false"),
                   rewritten=sql("SELECT id FROM orders WHERE id IS NULL")), "unchecked"),
    World("a migration that deletes rows besides",
          Applies(change=sql(INDEX.text + "\nDELETE FROM orders;"),
                  undo=sql("DROP INDEX CONCURRENTLY by_customer;")), "refuted"),
    World("parameters that change places",
          SameRows(original=sql("SELECT id FROM orders WHERE status = $1 AND note = $2"),
                   rewritten=sql("SELECT id FROM orders WHERE note = $1 AND status = $2"),
                   parameters=("$2", "$1")), "proved"),
    World("a migration and its undo",
          Applies(change=INDEX, undo=sql("DROP INDEX CONCURRENTLY by_customer;")), "proved"),
    World("an undo that undoes something else",
          Applies(change=INDEX, undo=sql("DROP INDEX orders_status_idx;")), "refuted"),
    World("a migration that changes nothing",
          Applies(change=sql("ANALYZE orders;"), undo=sql("ANALYZE orders;")), "refuted"),
    World("another session", AccessRefused(table="notes", attack="other-identity",
          setting="app.user_id", column="owner_id"), "proved"),
    World("no identity", AccessRefused(table="notes", attack="no-identity",
          setting="app.user_id", column="owner_id"), "proved"),
    World("a forged row", AccessRefused(table="notes", attack="forged-row",
          setting="app.user_id", column="owner_id"), "proved"),
    World("another's rows", AccessRefused(table="notes", attack="others-rows",
          setting="app.user_id", column="owner_id"), "proved"),
    World("a policy that lets anybody delete", AccessRefused(table="loose_notes",
          attack="others-rows", setting="app.user_id", column="owner_id"), "refuted"),
    World("reading is closed where deleting is open", AccessRefused(table="loose_notes",
          attack="other-identity", setting="app.user_id", column="owner_id"), "proved"),
    World("a policy that lets anybody take rows over", AccessRefused(table="taken_notes",
          attack="others-rows", setting="app.user_id", column="owner_id"), "refuted"),
    World("a setting that was never made lets in", AccessRefused(table="unset_notes",
          attack="no-identity", setting="app.user_id", column="owner_id"), "refuted"),
    World("rows of a kind that everyone reads", AccessRefused(table="shown_notes",
          attack="other-identity", setting="app.user_id", column="owner_id"), "refuted"),
    World("a role that the restriction does not bind", AccessRefused(table="role_notes",
          attack="other-identity", setting="app.user_id", column="owner_id"), "refuted"),
    World("a forged row that sets off a trigger", AccessRefused(table="logged_notes",
          attack="forged-row", setting="app.user_id", column="owner_id"), "refuted"),
    World("a column that is not there is no verdict", AccessRefused(table="notes",
          attack="other-identity", setting="app.user_id", column="nobody"), "unchecked"),
    World("a policy that lets anybody read", AccessRefused(table="open_notes",
          attack="other-identity", setting="app.user_id", column="owner_id"), "refuted"),
    World("a policy that lets anybody read without a name", AccessRefused(table="open_notes",
          attack="no-identity", setting="app.user_id", column="owner_id"), "refuted"),
    World("a policy that lets anybody write", AccessRefused(table="read_only_notes",
          attack="forged-row", setting="app.user_id", column="owner_id"), "refuted"),
    World("a migration that blocks nobody",
          Lints(file=sql("SET lock_timeout = '1s';\nSET statement_timeout = 0;\n"
                         "CREATE INDEX CONCURRENTLY IF NOT EXISTS a ON orders (note);\n")),
          "proved"),
    World("a migration that blocks writes",
          Lints(file=sql("CREATE INDEX a ON orders (note);\n")), "refuted"),
    World("a bill that adds up", SumsTo(bill=Excerpt(text=BILL, path="bill.yaml")), "proved"),
    World("another price", SumsTo(bill=Excerpt(text=BILL.replace("0.115", "0.125"))), "refuted"),
    World("another total", SumsTo(bill=Excerpt(text=BILL.replace("total: 5.75", "total: 5.74"))),
          "refuted"),
    World("another amount", SumsTo(bill=Excerpt(text=BILL.replace("amount: 5.75", "amount: 5.8"))),
          "refuted"),
    World("a short name", WithinLimit(text=sql("a" * 63), measure="identifier-bytes",
          limit="pg.identifier-bytes"), "proved"),
    World("a name of 64 bytes", WithinLimit(text=sql("ä" * 32), measure="identifier-bytes",
          limit="pg.identifier-bytes"), "refuted"),
    World("32 columns", WithinLimit(
          text=sql(f"CREATE INDEX ON t ({', '.join('c' * 32)})"), measure="index-columns",
          limit="pg.index-columns"), "proved"),
    World("33 columns", WithinLimit(
          text=sql(f"CREATE INDEX ON t ({', '.join('c' * 33)})"), measure="index-columns",
          limit="pg.index-columns"), "refuted"),
    World("the pick", Decides(needs=NEEDS, given=("offline=yes",), pick="firebase"), "proved"),
    World("not the pick", Decides(needs=NEEDS, given=("offline=yes",), pick="convex"), "refuted"),
    World("a pick that is ruled out", Decides(needs=ONLY_CONVEX, given=(), pick="convex"),
          "refuted"),
    World("needs that are none", Decides(needs=sql("known: 7"), given=(), pick="convex"),
          "refuted"),
    World("a load that fits", LoadFits(needs=NEEDS, users=1_000, limit="convex.pro.sessions"),
          "proved"),
    World("a load that does not", LoadFits(needs=NEEDS, users=10_000_000,
          limit="convex.pro.sessions"), "refuted"),
    World("no such limit", LoadFits(needs=NEEDS, users=1_000, limit="convex.pro.calls"),
          "refuted"),
    World("a workflow that holds to its schema", Validates(tool="workflow schema",
          files=(File(text=WORKFLOW, path=".github/workflows/a.yml"),)), "proved"),
    World("a workflow whose job runs nowhere", Validates(tool="workflow schema",
          files=(File(text=WORKFLOW.replace("runs-on", "runs-at"), path="a.yml"),)), "refuted"),
    World("a pinned action", Validates(tool="zizmor",
          files=(File(text=WORKFLOW, path=".github/workflows/a.yml"),)), "proved"),
    World("a title in a script", Validates(tool="zizmor", files=(File(
          text=WORKFLOW.replace("$TITLE", "${{ github.event.pull_request.title }}"),
          path=".github/workflows/a.yml"),)), "refuted"),
    World("a sound script", Validates(tool="shellcheck",
          files=(File(text=WORKFLOW, path="a.yml"),)), "proved"),
    World("a variable that nobody sets", Validates(tool="shellcheck", files=(File(
          text=WORKFLOW.replace("$TITLE", "$title"), path="a.yml"),)), "refuted"),
    World("a plain image", Validates(tool="hadolint",
          files=(File(text="FROM node:24.19.0-bookworm-slim\nUSER 1000\n",
                         path="Dockerfile"),)), "proved"),
    World("an image without a version", Validates(tool="hadolint",
          files=(File(text="FROM node\nUSER 1000\n", path="Dockerfile"),)), "refuted"),
    World("formatted", Validates(tool="terraform fmt",
          files=(File(text=HCL, path="infra/main.tf"),)), "proved"),
    World("not formatted", Validates(tool="terraform fmt",
          files=(File(text=HCL.replace("cidr_block =", "cidr_block="), path="infra/main.tf"),)),
          "refuted"),
    World("valid", Validates(tool="terraform validate",
          files=(File(text=HCL, path="infra/main.tf"),)), "proved"),
    World("logs that end", Upholds(promise="logs-end",
          says=promises()["logs-end"].says, files=(File(text=LOGS, path="infra/logs.tf"),)),
          "proved"),
    World("logs that are kept for ever", Upholds(promise="logs-end",
          says=promises()["logs-end"].says,
          files=(File(text=LOGS.replace("= 30", "= 0"), path="infra/logs.tf"),)), "refuted"),
    World("files that the promise is not about", Upholds(promise="logs-end",
          says=promises()["logs-end"].says, files=(File(text=HCL, path="infra/main.tf"),)),
          "refuted"),
    World("a promise in other words", Upholds(promise="logs-end", says="all is well",
          files=(File(text=LOGS, path="infra/logs.tf"),)), "refuted"),
    World("files that are no HCL", Upholds(promise="logs-end", says=promises()["logs-end"].says,
          files=(File(text="resource {", path="infra/logs.tf"),)), "refuted"),
    World("rules that refuse strangers", RulesHold(rules=RULES, tables=(REQUESTS,)), "proved"),
    World("rules that let anybody read",
          RulesHold(rules=File(path="a.rules", text=RULES.text.replace("request.auth != null",
                    "true")), tables=(REQUESTS,)), "refuted"),
    World("tables in which nobody is refused", RulesHold(rules=RULES, tables=(File(
          path="t.yaml", text=REQUESTS.text.replace(STRANGER, "")),)), "refuted"),
    World("our lifecycle file", Drains(files=(File(text=handed("lifecycle.mjs"),
          path="app/lifecycle.mjs"),)), "proved"),
    World("no lifecycle file", Drains(files=()), "refuted"),
    World("a topic that is made", Deploys(files=(File(text=TOPIC, path="infra/a/main.tf"),)),
          "proved"),
    World("a guide that reads what it never set", Deploys(files=(
          File(text=TOPIC, path="infra/a/main.tf"),
          File(text="## 1. Go\n\n```sh\nterraform -chdir=infra/a apply -var name=$NAME\n```\n",
               path="GUIDE.md"))), "refuted"),
    World("a back end whose types hold", TypeChecks(files=starter(CHAT),
          project="convex/tsconfig.json"), "proved"),
    World("functions whose types hold, in a folder", TypeChecks(files=starter(UNREAD, "app/"),
          project="app/functions/tsconfig.json"), "proved"),
    World("an index without the field", TypeChecks(files=starter(altered(
          CHAT, "convex/messages.ts", 'q.eq("author", author)', 'q.eq("writer", author)')),
          project="convex/tsconfig.json"), "refuted"),
    World("a file that the settings leave out", TypeChecks(files=starter(altered(
          CHAT, "convex/tsconfig.json", '"./**/*"', '"./schema.ts"')),
          project="convex/tsconfig.json"), "refuted"),
    World("settings that are not there", TypeChecks(files=starter(CHAT),
          project="convex/settings.json"), "refuted"),
    World("tests that pass", PassesTests(files=starter(CHAT, "app/"), runner="convex", app=APP),
          "proved"),
    World("handlers whose tests pass", PassesTests(files=starter(UNREAD), runner="functions",
          app=APP), "proved"),
    World("a client's own tests that pass", PassesTests(files=starter(client("1"), "app/"),
          runner="lib", app=APP), "proved"),
    World("a client's own test that fails", PassesTests(files=starter(client("2"), "app/"),
          runner="lib", app=APP), "refuted"),
    World("no test", PassesTests(files=starter({p: text for p, text in CHAT.items()
          if ".test." not in p}), runner="convex", app=APP), "refuted"),
    World("an argument that there is not", Validates(tool="terraform validate",
          files=(File(text=HCL.replace("cidr_block", "cidr_bloc"), path="infra/main.tf"),)),
          "refuted"),
)  # fmt: skip


@pytest.mark.parametrize(
    "world", WORLDS, ids=lambda world: f"{world.claim.__class__.__name__}: {world.name}"
)
def test_a_claim_gets_the_verdict_of_its_world(
    world: World, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    if isinstance(world.claim, PassesTests):
        monkeypatch.setattr(
            "blueproof.proof.starters.handed",
            lambda *_: ({**CHAT, **UNREAD}, client("1"), client("2")),
        )
    if isinstance(world.claim, Lints) and tool("squawk") is None:
        pytest.skip("squawk is not installed: blueproof doctor --install lint")
    outcome = check(world.claim, SCENE, bench)
    if isinstance(world.claim, Validates | Drains | Deploys) and outcome.verdict == "unchecked":
        pytest.skip(outcome.reason)
    if isinstance(world.claim, TypeChecks | PassesTests) and outcome.verdict == "unchecked":
        assert not os.environ.get("CI"), outcome.reason
        pytest.skip(outcome.reason)
    assert outcome.verdict == world.verdict, outcome.reason
    assert outcome.reason or outcome.verdict == "proved"


def test_every_kind_has_a_true_world_and_a_false_one() -> None:
    for kind in TABLE:
        found = {w.verdict for w in WORLDS if type(w.claim) is kind.claim}
        assert found >= {"proved", "refuted"}, kind.name


def test_code_that_is_not_ours_is_not_run(bench: Bench, tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    text = f"import {{ writeFileSync }} from 'node:fs';\nwriteFileSync('{trace}', 'ran');\n"
    strange = File(path="app/lifecycle.mjs", text=text + handed("lifecycle.mjs"))
    outcome = check(Drains(files=(strange,)), SCENE, bench)
    assert outcome.verdict == "unchecked"
    assert not trace.exists()


@pytest.mark.parametrize(
    ("find", "put", "verdict"),
    [("if (found === null) throw", "if (false) throw", "refuted"), ("hello", "hi", "refuted")],
)
def test_a_starter_of_ours_whose_tests_fail_is_refuted(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, find: str, put: str, verdict: Verdict
) -> None:
    path = "convex/messages.ts" if find in CHAT["convex/messages.ts"] else "convex/messages.test.ts"
    worse = {**CHAT, path: CHAT[path].replace(find, put, 1)}
    monkeypatch.setattr("blueproof.proof.starters.handed", lambda *_: (worse,))
    outcome = check(PassesTests(files=starter(worse), runner="convex", app=APP), SCENE, bench)
    if outcome.verdict == "unchecked" and not os.environ.get("CI"):
        pytest.skip(outcome.reason)
    assert outcome.verdict == verdict
    assert outcome.reason.startswith("convex/messages.test.ts: a ")


@pytest.mark.parametrize(("passed", "verdict"), [(2, "proved"), (0, "refuted")])
def test_tests_that_are_not_meant_for_an_app_are_counted_apart(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, passed: int, verdict: Verdict
) -> None:
    monkeypatch.setattr("blueproof.proof.starters.handed", lambda *_: (CHAT,))
    monkeypatch.setattr("blueproof.proof.starters.trees.tree", lambda _name: Path("tree"))
    seen = testing.Tested(passed=passed, failed=(), skipped=1, seconds=0.0)
    monkeypatch.setattr(convex, "tested", lambda *_: seen)
    outcome = check(PassesTests(files=starter(CHAT), runner="convex", app=APP), SCENE, bench)
    assert outcome.verdict == verdict
    told = [(m.name, m.value, m.unit) for m in outcome.measured]
    assert told == [("passed", passed, f"of {passed} tests"),
                    ("not meant for this app", 1, "tests")]  # fmt: skip


def test_repeating_a_proof_runs_the_tests_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blueproof.proof.starters.handed", lambda *_: (CHAT,))
    monkeypatch.setattr("blueproof.proof.starters.trees.tree", lambda _name: Path("tree"))
    runs: list[Path] = []
    seen = testing.Tested(passed=1, failed=(), skipped=0, seconds=0.0)

    def run(_files: object, tree: Path) -> testing.Tested:
        runs.append(tree)
        return seen

    monkeypatch.setattr(convex, "tested", run)
    monkeypatch.setattr("blueproof.proof.starters.remembered", lambda *_: seen)
    claim = PassesTests(files=starter(CHAT), runner="convex", app=APP)
    with Bench() as asked, Bench(anew=True) as repeated:
        first, second = check(claim, SCENE, asked), check(claim, SCENE, repeated)
    assert first == second
    assert "until blueproof prove runs them again" in first.how
    assert runs == [Path("tree")]


@pytest.mark.parametrize("path", ["convex/messages.test.ts", "vitest.config.mts"])
def test_a_starter_that_was_changed_is_not_run(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, path: str
) -> None:
    monkeypatch.setattr("blueproof.proof.starters.handed", lambda *_: (CHAT,))
    trace = tmp_path / "ran"
    code = f"import {{ writeFileSync }} from 'node:fs';\nwriteFileSync('{trace}', 'ran');\n"
    strange = starter({**CHAT, path: code + CHAT[path]})
    outcome = check(PassesTests(files=strange, runner="convex", app=APP), SCENE, bench)
    assert outcome.verdict == "unchecked"
    assert f"{path} was changed" in outcome.reason
    assert not trace.exists()


@pytest.mark.parametrize(
    "app",
    ["", "[]", '{"name": "a"}', APP.text.replace("Chat", "`${x}`"), APP.text.replace("[]", "[1]")],
)
def test_an_app_that_we_would_not_write_is_not_run(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, app: str
) -> None:
    monkeypatch.setattr("blueproof.proof.starters.handed", lambda *_: (CHAT,))
    claim = PassesTests(files=starter(CHAT), runner="convex", app=Excerpt(text=app))
    outcome = check(claim, SCENE, bench)
    assert outcome.verdict == "unchecked"
    assert outcome.reason.startswith("the app is none that we make: ")


@pytest.mark.parametrize(
    "claim",
    [
        TypeChecks(files=starter(CHAT), project="convex/tsconfig.json"),
        PassesTests(files=starter(CHAT), runner="convex", app=APP),
    ],
)
def test_packages_that_are_missing_leave_a_starter_unchecked(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, claim: Claim
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("blueproof.proof.starters.handed", lambda *_: (CHAT,))
    outcome = check(claim, SCENE, bench)
    assert outcome.verdict == "unchecked"
    assert "blueproof doctor --install starters" in outcome.reason
    monkeypatch.setattr("blueproof.engines.typescript.running.nodes", lambda: ())
    assert "blueproof doctor --install node" in check(claim, SCENE, bench).reason


def test_a_missing_tool_leaves_a_claim_unchecked(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blueproof.proof.files.tool", lambda _name: None)
    outcome = check(Lints(file=sql("SELECT 1;")), SCENE, bench)
    assert outcome.verdict == "unchecked"
    assert "doctor --install lint" in outcome.reason


def test_the_basis_is_that_of_the_tables_read(bench: Bench) -> None:
    by_key = sql("SELECT * FROM orders WHERE id = $1")
    orders = check(PlanUses(query=by_key, change=sql(""), index="orders_pkey"), SCENE, bench)
    assert orders.basis == "given statistics"
    notes = sql("SELECT * FROM notes WHERE id = $1")
    guessed = check(PlanUses(query=notes, change=sql(""), index="notes_pkey"), SCENE, bench)
    assert guessed.basis == "assumed statistics"


def test_a_fall_that_rests_on_a_guess_says_so(bench: Bench) -> None:
    outcome = check(CostFalls(query=BY_CUSTOMER, change=INDEX, factor=2), SCENE, bench)
    assert outcome.basis == "assumed statistics"
    assert "different values of orders.customer_id on" in outcome.condition
    values = next(m.value for m in outcome.measured if m.name == "values of customer_id")
    assert isinstance(values, int)
    assert 2 < values < 1000


def test_a_fall_in_cost_says_from_how_many_rows_it_is_worth_making(bench: Bench) -> None:
    outcome = check(CostFalls(query=BY_CUSTOMER, change=INDEX, factor=20), SCENE, bench)
    least = next(m for m in outcome.measured if m.name == "worth it from")
    assert least.unit == "rows in orders"
    assert isinstance(least.value, int)
    assert 1_000 <= least.value < 100_000
    small = COUNTS.replace("rows: 1000000", f"rows: {least.value // 4}")
    scene = DatabaseScene(schema=SCENE.schema, statistics=Excerpt(text=small, path="s.yaml"))
    below = check(CostFalls(query=BY_CUSTOMER, change=INDEX, factor=2), scene, bench)
    assert below.verdict == "refuted"
