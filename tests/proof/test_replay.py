"""A saved folder proves itself again, and any valid edit of it breaks the right proof by name."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from blueproof.consult import consult
from blueproof.core.claim import (
    AccessRefused,
    Applies,
    CostFalls,
    Lints,
    PlanUses,
    SameRows,
    SumsTo,
)
from blueproof.core.errors import InputError, UsageError
from blueproof.intake.database import Handed, read_database
from blueproof.proof.bench import Bench
from blueproof.proof.outcome import Outcome
from blueproof.proof.replay import Replayed, altered, read_saved, replay
from blueproof.render.files import render_files
from blueproof.render.folder import write_folder

DEMO = Path(__file__).parent.parent.parent / "src" / "blueproof" / "demo" / "pg"


@pytest.fixture(scope="module")
def saved_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo") / "out"
    brief = read_database(
        Handed(schema=DEMO / "schema.sql", queries=DEMO / "queries.sql", rows=("orders=8M",))
    )
    write_folder(render_files(consult(brief)), out)
    return out


@pytest.fixture
def saved(saved_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(saved_once, tmp_path / "out"))


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with Bench() as opened:
        yield opened


def broken(folder: Path, bench: Bench) -> list[Replayed]:
    return [r for r in replay(read_saved(folder), bench) if r.state == "broken"]


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {file.name}:\n{text}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_every_proof_holds_on_an_untouched_folder(saved: Path, bench: Bench) -> None:
    results = list(replay(read_saved(saved), bench))
    assert [r for r in results if r.state == "broken"] == []
    assert sum(r.state == "holds" for r in results) >= 25


def migration(saved: Path, column: str) -> Path:
    return next(f for f in (saved / "migrations").glob("*.sql") if f"({column}" in f.read_text())


def another_index_column(saved: Path) -> None:
    edit(migration(saved, "customer_id"), "(customer_id", "(total_cents")


def another_row_count(saved: Path) -> None:
    edit(saved / "statistics.yaml", "orders: {rows: 8000000", "orders: {rows: 9000000")


def an_open_policy(saved: Path) -> None:
    edit(saved / "schema.sql",
         "USING (customer_id = current_setting('app.customer_id', true)::bigint)",
         "USING (true)")  # fmt: skip


def another_price(saved: Path) -> None:
    edit(saved / "bill.yaml", "price: 0.115", "price: 0.1")


def another_query(saved: Path) -> None:
    edit(saved / "queries.sql", "WHERE customer_id = $1 ORDER BY", "WHERE event_id = $1 ORDER BY")


def another_rewrite(saved: Path) -> None:
    edit(saved / "queries" / "orders_of_day.sql", "date + 1", "date + 2")


def an_undo_of_something_else(saved: Path) -> None:
    file = saved / "migrations" / "undo" / migration(saved, "customer_id").name
    edit(file, f"{file.stem};", "no_such_idx;")


def rows_deleted_besides(saved: Path) -> None:
    file = migration(saved, "customer_id")
    file.write_text(file.read_text(encoding="utf-8") + "DELETE FROM bans;\n", encoding="utf-8")


def another_column_paged(saved: Path) -> None:
    edit(
        saved / "queries.sql",
        "SELECT id, customer_id, total_cents",
        "SELECT id, event_id, total_cents",
    )


@pytest.mark.parametrize(
    ("change", "kind", "about"),
    [
        (another_index_column, CostFalls, "cost"),
        (another_index_column, PlanUses, "the planner reads"),
        (another_row_count, CostFalls, "cost before was"),
        (an_open_policy, AccessRefused, "rows of orders that are not its own"),
        (another_price, SumsTo, "price of"),
        (another_query, CostFalls, ""),
        (another_rewrite, SameRows, ""),
        (an_undo_of_something_else, Applies, "undo"),
        (rows_deleted_besides, Applies, "does more than change the schema: DELETE FROM bans"),
        (another_column_paged, SameRows, ""),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_valid_edit_breaks_the_proof_that_rests_on_it(
    saved: Path, bench: Bench, change: Callable[[Path], None], kind: type, about: str
) -> None:
    change(saved)
    results = broken(saved, bench)
    named = [r for r in results if type(r.proof.claim) is kind]
    assert named, [(r.proof.id, type(r.proof.claim).__name__, r.why) for r in results]
    assert any(about in r.why for r in named), [r.why for r in named]


def test_an_untouched_folder_is_not_altered(saved: Path) -> None:
    assert list(altered(read_saved(saved))) == []


def a_better_figure(saved: Path) -> None:
    edit(saved / "report.md", "times less", "times less than nothing")


def a_better_answer(saved: Path) -> None:
    edit(saved / "blueprint.json", '"answer": "Make', '"answer": "Do make')


def proofs_left_out(saved: Path) -> None:
    ledger = json.loads((saved / "proofs.json").read_text(encoding="utf-8"))
    ledger["entries"] = ledger["entries"][:3]
    (saved / "proofs.json").write_text(json.dumps(ledger), encoding="utf-8")


def another_basis(saved: Path) -> None:
    text = (saved / "proofs.json").read_text(encoding="utf-8")
    (saved / "proofs.json").write_text(
        text.replace('"basis": "simulated"', '"basis": "real data"'), encoding="utf-8"
    )


def a_migration_of_their_own(saved: Path) -> None:
    (saved / "migrations" / "000_first.sql").write_text("DROP TABLE orders;\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "about"),
    [
        (a_better_figure, "report.md is not as it was written"),
        (a_better_answer, "blueprint.json is not as it was written"),
        (proofs_left_out, "do not hold the same proofs: p"),
        (another_basis, "do not hold the same proofs"),
        (a_migration_of_their_own, "migrations/000_first.sql is no part of this answer"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_only_reports_must_be_as_it_was_written(
    saved: Path, change: Callable[[Path], None], about: str
) -> None:
    change(saved)
    assert any(about in said for said in altered(read_saved(saved)))


def test_what_an_edit_does_not_touch_still_holds(saved: Path, bench: Bench) -> None:
    another_price(saved)
    assert [type(r.proof.claim) for r in broken(saved, bench)] == [SumsTo]


def test_a_file_that_is_gone_breaks_its_proofs(saved: Path, bench: Bench) -> None:
    (saved / "queries.sql").unlink()
    results = broken(saved, bench)
    assert results
    assert all("queries.sql cannot be read" in r.why for r in results)


def test_a_damaged_ledger_is_said_in_one_line(saved: Path) -> None:
    (saved / "proofs.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match=r"proofs\.json: damaged"):
        read_saved(saved)
    record = json.loads((saved / "blueprint.json").read_text(encoding="utf-8"))
    assert record["shape"] == 1


def test_a_folder_without_a_ledger_is_not_ours(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not there"):
        read_saved(tmp_path)


def test_only_one_proof_can_be_asked_for(saved: Path, bench: Bench) -> None:
    (one,) = replay(read_saved(saved), bench, ("p1",))
    assert one.proof.id == "p1"
    with pytest.raises(UsageError, match="no proof 'p999'"):
        list(replay(read_saved(saved), bench, ("p999",)))


def test_what_could_not_be_checked_then_and_is_proved_now_is_no_fault(
    saved: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = next(
        e.proof.id for e in read_saved(saved).ledger.entries if type(e.proof.claim) is Lints
    )
    text = (saved / "proofs.json").read_text(encoding="utf-8")
    ledger = json.loads(text)
    for entry in ledger["entries"]:
        if entry["proof"]["id"] == name:
            entry["proof"] |= {"verdict": "unchecked", "reason": "a tool was missing"}
    (saved / "proofs.json").write_text(json.dumps(ledger), encoding="utf-8")
    monkeypatch.setattr(
        "blueproof.proof.replay.check",
        lambda *_: Outcome(verdict="proved", basis="real data", how="now"),
    )
    (one,) = replay(read_saved(saved), bench, (name,))
    assert (one.state, one.why) == ("holds", "it was not checked before, and now is")
