"""Runs of tests that passed are kept for the very same files, and nothing else is."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from blueproof.engines.typescript import testing
from blueproof.engines.typescript.passed import remembered

FILES = {"a.test.ts": "one"}
PASSED = testing.Tested(passed=3, failed=(), skipped=1, seconds=1.5)


class Run:
    """Tests that give what they are told to, and count how often they run."""

    __module__ = "tests"

    def __init__(self, gives: testing.Tested) -> None:
        self.gives, self.times = gives, 0

    def __call__(self, _files: Mapping[str, str], _tree: Path) -> testing.Tested:
        self.times += 1
        return self.gives


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "blueproof" / "npm" / "passed"


def test_a_run_that_passed_is_not_repeated() -> None:
    run = Run(PASSED)
    assert remembered(FILES, Path("tree-1"), run) == PASSED
    assert remembered(dict(FILES), Path("tree-1"), run) == PASSED
    assert run.times == 1


@pytest.mark.parametrize(
    ("files", "tree"),
    [
        ({"a.test.ts": "two"}, "tree-1"),
        ({"b.test.ts": "one"}, "tree-1"),
        ({**FILES, "b.ts": ""}, "tree-1"),
        (FILES, "tree-2"),
    ],
)
def test_other_files_or_packages_are_another_run(files: dict[str, str], tree: str) -> None:
    run = Run(PASSED)
    remembered(FILES, Path("tree-1"), run)
    remembered(files, Path(tree), run)
    assert run.times == 2


@pytest.mark.parametrize(
    "seen",
    [
        testing.Tested(passed=2, failed=("a: no",), skipped=0, seconds=1.0),
        testing.Tested(passed=0, failed=(), skipped=0, seconds=1.0),
    ],
)
def test_a_run_that_did_not_pass_whole_is_repeated(seen: testing.Tested) -> None:
    run = Run(seen)
    assert remembered(FILES, Path("tree-1"), run) == seen
    assert remembered(FILES, Path("tree-1"), run) == seen
    assert run.times == 2


@pytest.mark.parametrize("text", ["", "[]", '{"passed": 1}', "nonsense"])
def test_a_damaged_record_is_no_record(cache: Path, text: str) -> None:
    run = Run(PASSED)
    remembered(FILES, Path("tree-1"), run)
    (kept,) = cache.iterdir()
    kept.write_text(text, encoding="utf-8")
    assert remembered(FILES, Path("tree-1"), run) == PASSED
    assert run.times == 2
