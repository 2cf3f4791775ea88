"""A saved choice is weighed anew from its files: a changed need, price or weight breaks it."""

from pathlib import Path

import pytest

from blueproof.consult import consult
from blueproof.decide import scoring
from blueproof.intake.words.read import read_request
from blueproof.proof.bench import Bench
from blueproof.proof.replay import read_saved, replay
from blueproof.render.files import render_files
from blueproof.render.folder import write_folder

REQUEST = "Convex or Firebase for a chat app?"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    written = tmp_path / "out"
    write_folder(render_files(consult(read_request(REQUEST))), written, force=False)
    return written


def broken(folder: Path) -> set[str]:
    with Bench() as bench:
        found = list(replay(read_saved(folder), bench))
    assert found
    return {type(r.proof.claim).__name__ for r in found if r.state == "broken"}


def edit(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_an_untouched_choice_holds(folder: Path) -> None:
    assert broken(folder) == set()


def test_another_need_breaks_the_decision(folder: Path) -> None:
    edit(folder, "needs.yaml", "known: {}", "known: {offline: 'yes'}")
    assert "Decides" in broken(folder)


def test_another_load_breaks_the_limit(folder: Path) -> None:
    edit(folder, "needs.yaml", "writes: 0", "writes: 9000000000000")
    assert "LoadFits" in broken(folder)


def test_another_price_breaks_the_bill(folder: Path) -> None:
    edit(folder, "bill.yaml", "price: 25.0", "price: 24.0")
    assert broken(folder) == {"SumsTo"}


def test_needs_that_cannot_be_read_break_every_decision(folder: Path) -> None:
    (folder / "needs.yaml").write_text("- nothing\n", encoding="utf-8")
    assert {"Decides", "LoadFits"} <= broken(folder)


def test_another_weight_breaks_the_decision(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "_ALWAYS", (("offline-sync", 90.0),))
    scoring.scored.cache_clear()
    try:
        assert "Decides" in broken(folder)
    finally:
        scoring.scored.cache_clear()
