"""The agent's file is shown, written once, and never over a person's own."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import yaml_file
from blueproof.cli.install import AGENT, agent_text, command
from blueproof.core.errors import OutputError, UsageError

REQUESTS = (
    "I'm building a React Native app with Expo and need to choose between Convex and Firebase for "
    "my backend. The app will have real-time chat and user authentication.",
    "My PostgreSQL queries are running slowly and I need help optimizing them. Here are my current "
    "queries and schema...",
    "I need to deploy my Node.js API to AWS with proper CI/CD. What's the best approach?",
)


def run(folder: Path, *options: str, typed: str = "") -> Result:
    arguments = ["claude", "--folder", str(folder), *options]
    return CliRunner().invoke(command, arguments, input=typed, standalone_mode=False)


def file_in(folder: Path) -> Path:
    return folder / ".claude" / "agents" / AGENT


def names(folder: Path) -> set[str]:
    return {p.name for p in file_in(folder).parent.iterdir()}


def test_the_file_is_shown_and_written_after_a_yes(tmp_path: Path) -> None:
    done = run(tmp_path, typed="y\n")
    assert agent_text() in done.output
    assert file_in(tmp_path).read_text(encoding="utf-8") == agent_text()
    assert "claude mcp add blueproof -- blueproof mcp" in done.output
    assert names(tmp_path) == {AGENT}


def test_nothing_is_written_after_a_no(tmp_path: Path) -> None:
    done = run(tmp_path, typed="n\n")
    assert "Nothing was written" in done.output
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_where_nobody_answers(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert isinstance(done.exception, UsageError)
    assert "--yes" in str(done.exception)
    assert list(tmp_path.iterdir()) == []


def test_a_second_time_changes_nothing(tmp_path: Path) -> None:
    run(tmp_path, "--yes")
    done = run(tmp_path, "--yes")
    assert "there already" in done.output
    assert names(tmp_path) == {AGENT}


def test_a_file_that_differs_is_kept_and_ours_lies_beside_it(tmp_path: Path) -> None:
    file = file_in(tmp_path)
    file.parent.mkdir(parents=True)
    file.write_text("mine\n")
    done = run(tmp_path, "--yes")
    assert "Kept your" in done.output
    assert file.read_text() == "mine\n"
    assert file.with_name(f"{AGENT}.new").read_text(encoding="utf-8") == agent_text()


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    file, elsewhere = file_in(tmp_path), tmp_path / "elsewhere.md"
    file.parent.mkdir(parents=True)
    file.symlink_to(elsewhere)
    run(tmp_path, "--yes")
    assert file.is_symlink()
    assert not elsewhere.exists()
    assert file.with_name(f"{AGENT}.new").exists()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / ".claude").write_text("a file")
    done = run(tmp_path, "--yes")
    assert isinstance(done.exception, OutputError)
    missing = run(tmp_path / "nowhere", "--yes")
    assert isinstance(missing.exception, UsageError)


def front_matter() -> dict[str, str]:
    _, front, _ = agent_text().split("---\n", 2)
    read: dict[str, str] = yaml_file.load(front)
    return read


def test_the_front_matter_is_what_claude_code_reads() -> None:
    front = front_matter()
    assert set(front) == {"name", "description", "model", "color"}
    assert (front["name"], front["model"], front["color"]) == (
        "backend-fullstack-architect", "sonnet", "blue",
    )  # fmt: skip
    assert file_in(Path()).stem == front["name"]


@pytest.mark.parametrize("place", range(3))
def test_the_reference_requests_are_its_examples(place: int) -> None:
    examples = front_matter()["description"].split("<example>")[1:]
    assert len(examples) == 3
    example = examples[place]
    assert f'user: "{REQUESTS[place]}"' in example
    assert example.strip().startswith("Context: ")
    for part in ('assistant: "', "<commentary>", "</commentary>", "</example>"):
        assert example.count(part) == 1
