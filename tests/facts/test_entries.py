"""What is known is in form, sourced and dated, and there is enough of it."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from blueproof.facts.entries import (
    Entry,
    charges,
    choices,
    entry,
    failures,
    limits,
    patterns,
)

ROOT = Path(__file__).parents[2]
EVERY: list[Entry] = [
    *limits().values(), *failures().values(), *choices().values(), *charges().values(),
    *patterns().values(),
]  # fmt: skip
LAST_DAY = date(2026, 12, 31)  # no clock in tests: move it on when entries are read again


def test_there_is_enough() -> None:
    assert len(limits()) >= 800
    assert len(failures()) >= 300
    assert len(choices()) >= 300
    assert len(charges()) >= 200
    assert len(patterns()) >= 32


@pytest.mark.parametrize("kind", ["limits", "errors", "choices", "charges"])
def test_the_files_of_a_kind_are_in_form(kind: str) -> None:
    files = sorted((ROOT / "src" / "blueproof" / "facts" / kind).glob("*.yaml"))
    done = subprocess.run(
        [sys.executable, ROOT / "dev" / "check_knowledge.py", *files],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert files


def test_every_entry_was_read_on_a_day_that_has_been_and_can_be_cited() -> None:
    odd = [e.id for e in EVERY if not date(2024, 1, 1) <= e.checked <= LAST_DAY]
    assert odd == []
    assert [e.id for e in EVERY if e.citation.says != e.says] == []


def test_no_two_entries_of_any_kind_have_one_id() -> None:
    assert len({known.id for known in EVERY}) == len(EVERY)


@pytest.mark.parametrize(
    ("field", "value"), [("value", "6 MB"), ("unit", None), ("checked", "today"), ("more", 1)]
)
def test_a_limit_out_of_form_is_refused(field: str, value: object) -> None:
    raw = {
        "of": ["aws-lambda"], "what": "w", "value": 6, "unit": "MB", "says": "s", "hard": True,
        "at": "a", "instead": "i", "asks": ["x"], "source": "https://x.org/",
        "checked": "2026-11-29", "confidence": "high",
    }  # fmt: skip
    raw[field] = value
    if value is None:
        del raw[field]
    with pytest.raises(ValueError, match=r"^limits one: "):
        entry("limits", "one", raw)
