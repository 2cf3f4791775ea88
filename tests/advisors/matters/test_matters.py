"""What is said of matters of security, and which requests bring none, from tables of both."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.consulting.kinds import kind_of
from blueproof.consulting.matters import matter_of
from blueproof.core.blueprint import Blueprint
from blueproof.facts.holes import Way
from blueproof.facts.matters import Line, Matter, matters
from blueproof.intake.words.read import read_request

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = yaml_file.load((HERE / "requests.yaml").read_text(encoding="utf-8"))
QUIET: list[str] = yaml_file.load((HERE / "quiet.yaml").read_text(encoding="utf-8"))


def answered(request: str) -> Blueprint | None:
    brief = read_request(request)
    return matter_of(brief, kind_of(brief))


@pytest.mark.parametrize("case", CASES, ids=[c["matter"] + c["request"][:12] for c in CASES])
def test_a_matter_is_answered_with_its_figures(case: dict[str, Any]) -> None:
    found = answered(case["request"])
    assert found is not None
    assert found.recommendations[0].slot == f"on {matters()[case['matter']].name}"
    said = " ".join((found.answer, *(step.do for step in found.steps))).lower()
    assert [s for s in case["says"] if s.lower() not in said] == []
    assert [s for s in case["never"] if s.lower() in said] == []


@pytest.mark.parametrize("request_", QUIET, ids=[q[:30] for q in QUIET])
def test_what_is_none_of_them_is_left_to_others(request_: str) -> None:
    assert answered(request_) is None


def test_a_leak_begins_with_the_revocation_whatever_was_leaked() -> None:
    for secret in ("stripe secret key", "postgres password", "openai key", "github token"):
        found = answered(f"we pushed our {secret} to a public repo and deleted it, are we fine?")
        assert found is not None
        assert found.answer.startswith("Revoke the secret first")
        assert "you are not good yet" in found.answer


@pytest.mark.parametrize("matter", matters().values(), ids=list(matters()))
def test_every_matter_is_in_form(matter: Matter) -> None:
    assert matter.sources
    assert all(url.startswith("https://") for url in matter.sources)
    for line in _lines(matter):
        assert len(line.text) <= 420, line.text
        assert line.text == " ".join(line.text.split())
    assert not _many_words(matter), "each place of a phrase holds single words"


def _lines(matter: Matter) -> Iterator[Line]:
    for part in (matter.says, matter.because, matter.now, matter.later):
        yield from part


def _many_words(matter: Matter) -> list[str]:
    """Phrases in which an alternative of several words was meant: "react native|flutter"."""
    ways: list[Way] = [*matter.told.ways, *(w for line in _lines(matter) for w in line.on)]
    written = [p.written for way in ways for p in (*way.near, *way.anywhere)]
    return [w for w in written if "|react native|" in w or "|app store|" in w or "|iam user|" in w]
