"""Whole consultations: what comes out is what was read and found good, byte for byte."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import jsonschema
import pytest
from rich.console import Console

from blueproof.consult import consult
from blueproof.core.blueprint import Blueprint, Ledger
from blueproof.core.brief import Brief
from blueproof.core.codec import decode, encode, json_schema
from blueproof.intake.database import Handed, read_database
from blueproof.intake.words.read import read_request
from blueproof.render.files import render_files
from blueproof.render.terminal import MOST_LINES, print_summary

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
GOLDEN = ROOT / "tests" / "golden"
VARIES = {"proofs.json", ".blueproof.json"}  # how long each proof took stands there


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "dev" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", params=["chat", "pg"])
def demo(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp(request.param)
    printed: str = script("print_example").run_demo(folder, request.param)
    return (folder / "blueproof-out").rename(folder / request.param), printed


def texts(folder: Path) -> dict[str, str]:
    return {
        str(f.relative_to(folder)): f.read_text(encoding="utf-8")
        for f in sorted(folder.rglob("*"))
        if f.is_file()
        and f.name not in VARIES
        and not f.relative_to(folder).parts[0].startswith(script("print_example").APPS)
    }


def test_the_example_is_what_the_demo_writes(demo: tuple[Path, str]) -> None:
    written, kept = texts(demo[0]), texts(EXAMPLES / demo[0].name)
    assert sorted(written) == sorted(kept), "run dev/print_example.py and read the difference"
    differing = [name for name in kept if written[name] != kept[name]]
    assert differing == [], "run dev/print_example.py and read the difference"


def test_the_readme_shows_what_the_demo_prints(demo: tuple[Path, str]) -> None:
    printer = script("print_example")
    shown = printer.shown_in_readme((ROOT / "README.md").read_text("utf-8"))
    assert (shown == demo[1]) == (demo[0].name == printer.SHOWN)


def test_the_summary_fits_forty_lines_and_the_answer_comes_first(demo: tuple[Path, str]) -> None:
    lines = demo[1].splitlines()
    assert len(lines) <= MOST_LINES
    assert lines[0].startswith("Answer")


def test_the_saved_json_is_of_the_documented_shape(demo: tuple[Path, str]) -> None:
    for name, cls in (("blueprint", Blueprint), ("proofs", Ledger)):
        value = json.loads((demo[0] / f"{name}.json").read_text(encoding="utf-8"))
        jsonschema.validate(value, json_schema(cls))
        assert encode(decode(cls, value)) == value


CASES = sorted(f.name for f in GOLDEN.iterdir()) if GOLDEN.exists() else []


def given(folder: Path) -> Brief:
    """The brief of a golden case: a request in words, or a schema with what lies beside it."""
    request = folder / "request.txt"
    if request.exists():
        return read_request(request.read_text(encoding="utf-8").strip())
    queries, rows = folder / "queries.sql", folder / "rows.txt"
    return read_database(
        Handed(
            schema=folder / "schema.sql",
            queries=queries if queries.exists() else None,
            rows=tuple(rows.read_text().split()) if rows.exists() else (),
        )
    )


@pytest.mark.parametrize("name", CASES)
def test_a_golden_report_stays_as_it_was_read(name: str, request: pytest.FixtureRequest) -> None:
    folder = GOLDEN / name
    if (folder / "extensions.txt").exists():  # what it says differs where they are not here
        request.getfixturevalue((folder / "extensions.txt").read_text("utf-8").strip())
    blueprint = consult(given(folder))
    report = render_files(blueprint)["report.md"]
    console = Console(width=80, record=True, file=None, quiet=True)
    print_summary(blueprint, "blueproof-out", console)
    kept = folder / "report.md"
    if not kept.exists():
        kept.write_text(report, encoding="utf-8")
        pytest.fail(f"{kept} was not there: it is now, read it")
    assert report == kept.read_text(encoding="utf-8"), f"remove {kept}, run again, and read it"


def test_there_are_golden_reports() -> None:
    assert len(CASES) >= 3
