"""A saved answer is gone on with as what it was."""

import json
from pathlib import Path

from click.testing import CliRunner

from blueproof.cli.main import commands

STORY = (
    "SELECT id, name FROM lamps WHERE room_id = 4 takes 3 seconds on PostgreSQL, lamps has 2 "
    "million rows and 40,000 rooms. What should I do?"
)


def run(*arguments: str) -> None:
    done = CliRunner().invoke(commands, arguments, catch_exceptions=False, standalone_mode=False)
    assert done.exit_code == 0, done.output


def answer(folder: Path) -> str:
    found: dict[str, str] = json.loads((folder / "blueprint.json").read_text(encoding="utf-8"))
    return found["answer"]


def test_tables_made_from_words_are_not_taken_for_the_persons(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(STORY, "--out", str(out))
    assert "made from your words" in answer(out)
    run("answer", "users=5k", "--in", str(out))
    assert "made from your words" in answer(out)
