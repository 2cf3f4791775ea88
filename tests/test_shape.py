"""The shape of the code, as a test instead of a review comment."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median, quantiles

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "blueproof"
FILES = sorted(SOURCE.rglob("*.py"))
MOST_SUPPRESSIONS = 33  # may only fall


@cache
def trees() -> dict[Path, ast.Module]:
    """Read by the first test that asks, not by every process that collects the tests."""
    return {file: ast.parse(file.read_text(encoding="utf-8")) for file in FILES}


def functions() -> Iterator[tuple[int, str]]:
    for file, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                yield length, f"{file.relative_to(ROOT)}:{node.lineno} {node.name}"


def test_functions_are_short() -> None:
    lengths = [length for length, _ in functions()]
    assert median(lengths) <= 10
    assert quantiles(lengths, n=10)[-1] <= 30
    assert [name for length, name in functions() if length > 60] == []


def test_files_are_short_and_the_vocabulary_is_small() -> None:
    lines = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in FILES}
    assert {str(f) for f, count in lines.items() if count > 400} == set()
    # The codec knows no word of the vocabulary; it is there to write any of it down.
    core = {f: n for f, n in lines.items() if f.parent.name == "core" and f.stem != "codec"}
    assert sum(core.values()) <= 1000
    assert lines[SOURCE / "consult.py"] <= 150


def test_only_proof_makes_a_blueprint() -> None:
    makers = {
        file.relative_to(SOURCE).parts[0]
        for file, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Blueprint"
    }
    assert makers == {"proof"}
    replaced = [
        f for f, tree in trees().items()
        if "proof" not in f.parts and re.search(r"replace\(\s*blueprint\b", f.read_text())
    ]  # fmt: skip
    assert replaced == []


def test_there_is_no_drawer_for_odds_and_ends() -> None:
    odd = {"utils", "util", "helpers", "common", "misc", "manager", "context"}
    assert [f for f in FILES if f.stem in odd or f.parent.name in odd] == []


def test_one_blanket_handler_where_a_rule_is_run() -> None:
    blanket = [
        file.name
        for file, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in {"Exception", "BaseException"})
        and not isinstance(node.body[-1], ast.Raise)  # cleaning up, then on with it
    ]
    assert blanket == ["advise.py"]


def test_every_suppression_says_why_and_their_number_does_not_grow() -> None:
    found = [
        line.strip()
        for file in FILES
        for line in file.read_text(encoding="utf-8").splitlines()
        if re.search(r"#\s*(noqa|type: ignore|pragma)", line)
    ]
    reasoned = re.compile(r"(noqa: [A-Z0-9, ]+|ignore\[[\w, -]+\]|pragma: [\w ]+?)\W+\w.{4}")
    assert [line for line in found if not reasoned.search(line)] == []
    assert len(found) <= MOST_SUPPRESSIONS


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("not a checkout: the list of files comes from git")
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_nothing_names_a_machine_or_a_registry() -> None:
    words = re.compile(
        r"registry\.npm"
        r"js|files\.pythonho"
        r"sted|pypi\.o"
        r"rg|deb\.debian\.o"
        r"rg"
        r"|/wo"
        r"rk/|/ro"
        r"ot/|/fa"
        r"rm/"
    )
    found = []
    for file in tracked():
        text = file.read_bytes()
        if b"\0" not in text and words.search(text.decode(errors="replace")):
            found.append(str(file.relative_to(ROOT)))
    assert found == []


def test_prose_is_made_in_render_not_printed_elsewhere() -> None:
    printing = [
        str(file.relative_to(SOURCE))
        for file, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert printing == []


def test_no_group_of_a_pattern_is_repeated_possessively() -> None:
    """Python before 3.11.5 goes wrong on those: a password in an address stayed readable."""
    possessive = re.compile(r"(?<!\\)\)(?:[*+?]|\{[\d,]*\})\+|\(\?>")
    found = [f"{file.name}: {hit[0]}" for file in FILES
             for hit in possessive.finditer(file.read_text(encoding="utf-8"))]  # fmt: skip
    assert found == []
