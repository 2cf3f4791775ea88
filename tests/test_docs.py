"""Documentation is printed from the code, or checked against it."""

import doctest
import importlib
import json
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import blueproof
from blueproof.advisors.postgres.advise import all_rules
from blueproof.cli.main import _COMMANDS, commands

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MODULES = [m.name for m in pkgutil.walk_packages(blueproof.__path__, "blueproof.")]


def test_the_printed_pages_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "dev" / "print_docs.py"), "--check"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_run(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__
    assert doctest.testmod(module).failed == 0


def test_the_readme_names_every_command_and_none_that_is_not_there() -> None:
    named = set(re.findall(r"^blueproof (\w+)", README, re.MULTILINE))
    assert named == set(_COMMANDS)


@pytest.mark.parametrize("name", list(_COMMANDS))
def test_every_command_and_every_option_has_help(name: str) -> None:
    command = commands.get_command(None, name)  # type: ignore[arg-type]
    assert command is not None
    assert command.help
    for parameter in command.params:
        if parameter.param_type_name == "option":
            assert getattr(parameter, "help", ""), parameter.name


def test_the_readme_fits_one_screen() -> None:
    assert len(README.splitlines()) <= 90


def test_the_example_report_shows_rules_that_exist() -> None:
    example = json.loads((ROOT / "examples" / "pg" / "blueprint.json").read_text(encoding="utf-8"))
    known = {rule.id for rule in all_rules()}
    assert {r["rule"] for r in example["recommendations"]} <= known
