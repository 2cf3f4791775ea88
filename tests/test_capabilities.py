"""What the options can do: one form, the same aspects, a source for every statement."""

import re
from datetime import date
from importlib import resources
from pathlib import Path
from typing import get_args

import pytest

from blueproof.core.evidence import Confidence
from blueproof.decide.needs import FAMILIES
from blueproof.facts.options import GOOD, LEVELS, Aspect, Option, options

OPTIONS = options()
EVERY = [(option, name) for option, known in OPTIONS.items() for name in known.aspects]
FIRST_DAY = date(2024, 1, 1)
LAST_DAY = date(2026, 12, 31)  # no clock in tests: move it on when the sources are read again
REGIONAL = {"eu-data", "us-data", "other-regions"}
WHOLE = """\
name: Some
family: aws
made_of: [one, two]
aspects:
  chat:
    level: 0.3
    says: "it can be done"
    remedy: "another one beside it"
    source: https://some.org/
    checked: 2026-01-01
    confidence: low
"""


def aspect(option: str, name: str) -> Aspect:
    return OPTIONS[option].aspects[name]


def read(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Option]:
    (folder / "capabilities").mkdir()
    (folder / "capabilities" / "some.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(resources, "files", lambda _: folder)
    return options.__wrapped__()


def test_the_options_are_five_of_four_families() -> None:
    assert list(OPTIONS) == ["aws", "convex", "firestore", "realtime-database", "supabase"]
    assert {option.family for option in OPTIONS.values()} == set(FAMILIES)
    assert all(option.id == known and option.name for known, option in OPTIONS.items())
    assert all(re.fullmatch(r"[a-z0-9-]+", it) for one in OPTIONS.values() for it in one.made_of)


def test_every_option_speaks_of_the_same_aspects_in_the_same_order() -> None:
    orders = {tuple(option.aspects) for option in OPTIONS.values()}
    assert len(orders) == 1
    assert len(orders.pop()) >= 50


@pytest.mark.parametrize(("option", "name"), EVERY)
def test_an_aspect_is_whole(option: str, name: str) -> None:
    said = aspect(option, name)
    assert said.level in LEVELS
    assert re.fullmatch(r"https://[\w.-]+/\S*", said.source)
    assert FIRST_DAY <= said.checked <= LAST_DAY
    assert said.confidence in get_args(Confidence)
    assert said.level >= GOOD or len(said.remedy.split()) >= 2
    assert said.citation.url == said.source
    assert said.citation.says == said.says


@pytest.mark.parametrize(("option", "name"), EVERY)
def test_a_statement_is_one_sentence_that_can_stand_after_a_colon(option: str, name: str) -> None:
    said = aspect(option, name)
    assert 8 <= len(said.says.split()) <= 30
    assert said.says[0].islower()
    assert not re.search(r"[.!?]\s", said.says)
    for text in (said.says, said.remedy):
        assert text == " ".join(text.split())
        assert not text.endswith(".")


def test_an_aspect_that_does_not_tell_the_options_apart_is_left_out() -> None:
    alike = {
        name
        for name in OPTIONS["aws"].aspects
        if len({option.aspects[name].says for option in OPTIONS.values()}) == 1
    }
    assert alike == set()


def test_what_is_of_one_family_and_differs_is_said_in_other_words() -> None:
    one, other = OPTIONS["firestore"].aspects, OPTIONS["realtime-database"].aspects
    mixed = [n for n in one if one[n].level != other[n].level and one[n].says == other[n].says]
    assert mixed == []


@pytest.mark.parametrize(
    ("name", "best", "worst"),
    [
        ("sql-reporting", "supabase", "convex"),
        ("presence", "realtime-database", "firestore"),
        ("expo-go", "convex", "aws"),
        ("self-hosted", "supabase", "firestore"),
        ("spending-cap", "convex", "aws"),
        ("offline-sync", "firestore", "convex"),
        ("hipaa", "aws", "realtime-database"),
        ("other-regions", "aws", "convex"),
    ],
)
def test_what_is_known_to_decide_is_told_apart(name: str, best: str, worst: str) -> None:
    assert aspect(best, name).level > GOOD > aspect(worst, name).level


def test_every_regional_statement_is_there() -> None:
    assert all(set(option.aspects) >= REGIONAL for option in OPTIONS.values())


def test_a_file_in_form_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    some = read(WHOLE, tmp_path, monkeypatch)["some"]
    assert (some.id, some.name, some.made_of) == ("some", "Some", ("one", "two"))
    assert some.aspects["chat"].checked == date(2026, 1, 1)
    with pytest.raises(TypeError):
        some.aspects["chat"] = some.aspects["chat"]  # type: ignore[index] # read-only on purpose


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("level: 0.3", "level: 0.5", r"^option some, aspect chat: level 0\.5 is none of"),
        (
            '    remedy: "another one beside it"\n',
            "",
            r"^option some, aspect chat: a level of 0\.3",
        ),
        ("confidence: low", "trust: low", r"^option some, aspect chat: "),
        ("family: aws\n", "", r"^option some: "),
        ("made_of: [one, two]\n", "", r"^option some: "),
        ("aspects:\n", "points:\n", r"^option some: "),
    ],
)
def test_a_file_out_of_form_is_refused(
    right: str, wrong: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert right in WHOLE
    with pytest.raises(ValueError, match=message):
        read(WHOLE.replace(right, wrong), tmp_path, monkeypatch)
