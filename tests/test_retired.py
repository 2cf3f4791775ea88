"""What has ended is known by its day, and never by another thing's name."""

import re
from dataclasses import replace
from datetime import date
from importlib import resources
from pathlib import Path

import pytest
import yaml

from blueproof.facts import retired
from blueproof.facts.load import load
from blueproof.facts.retired import Retirement, ended, newest_alive, retirements

KNOWN = retirements()
FILE = Path(retired.__file__).parent / "retirements" / "retirements.yaml"
LAST_DAY = date(2026, 12, 31)  # no clock in tests: move it on when the sources are read again
WHOLE = {
    "what": "tool",
    "name": "hammer",
    "version": "1.10",
    "ends": date(2026, 4, 30),
    "instead": "a screwdriver",
    "source": "https://x.org/",
    "checked": date(2026, 1, 1),
    "confidence": "low",
}


def read(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Retirement, ...]:
    (folder / "retirements").mkdir()
    (folder / "retirements" / "retirements.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(resources, "files", lambda _: folder)
    return retirements.__wrapped__()


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.id)
def test_a_retirement_is_whole(known: Retirement) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", known.id)
    assert known.name == known.name.strip().lower() != ""
    assert re.fullmatch(r"(\d+(\.\d+)?)?", known.version)
    assert re.fullmatch(r"https://[\w.-]+/\S*", known.source)
    assert len(known.instead.split()) >= 3
    assert known.instead == " ".join(known.instead.split())
    assert date(2024, 1, 1) <= known.checked <= LAST_DAY
    assert known.citation.url == known.source
    assert str(known.ends) in known.citation.says


def test_nothing_is_stated_twice() -> None:
    things = [(known.what, known.name, known.version) for known in KNOWN]
    assert len(set(things)) == len(things)
    names = re.findall(r"^([a-z].*):$", FILE.read_text(encoding="utf-8"), re.MULTILINE)
    assert names == [known.id for known in KNOWN]  # a name read twice would be lost


def test_a_thing_that_ended_in_every_version_has_no_version_of_its_own() -> None:
    every = {(known.what, known.name) for known in KNOWN if not known.version}
    assert every & {(known.what, known.name) for known in KNOWN if known.version} == set()


@pytest.mark.parametrize("name", ["node", "postgresql", "rds-postgresql"])
def test_a_later_line_ends_later(name: str) -> None:
    lines = sorted(
        (int(known.version), known.ends)
        for known in KNOWN
        if known.name == name and known.what in {"node", "postgresql"}
    )
    assert len(lines) >= 6
    assert [ends for _, ends in lines] == sorted(ends for _, ends in lines)


def test_rds_supports_each_version_longer_than_the_community_does() -> None:
    ends = {(known.name, known.version): known.ends for known in KNOWN}
    lines = [version for name, version in ends if name == "rds-postgresql"]
    assert all(ends["rds-postgresql", v] > ends["postgresql", v] for v in lines)


def test_retirements_are_no_numbers_among_the_facts() -> None:
    assert {known.id for known in KNOWN} & set(load()) == set()


@pytest.mark.parametrize(
    ("on", "gone"),
    [(date(2026, 4, 29), False), (date(2026, 4, 30), True), (date(2026, 5, 1), True)],
)
def test_a_version_has_ended_from_its_last_day_on(on: date, *, gone: bool) -> None:
    found = ended("node", "node", "20", on)
    assert (found is not None) is gone
    assert found is None or found.id == "node-20"


@pytest.mark.parametrize(
    ("what", "name", "version", "found"),
    [
        ("node", "node", "18", "node-18"),
        ("node", "node", "18.20.8", "node-18"),
        ("node", "node", "v18", "node-18"),
        ("node", "node", "180", None),
        ("node", "node", "1", None),
        ("node", "node", "", None),
        ("node", "node", "24", None),
        ("postgresql", "postgresql", "14.24", "postgresql-14"),
        ("postgresql", "rds-postgresql", "14.24", None),
        ("postgresql", "rds-postgresql", "13", "rds-postgresql-13"),
        ("postgresql", "node", "18", None),
        ("service", "postgresql", "12", None),
        ("lambda-runtime", "nodejs20.x", "", "lambda-nodejs20"),
        ("lambda-runtime", "nodejs22.x", "", None),
        ("service", "apprunner", "", "aws-app-runner"),
        ("service", "AppRunner", "", "aws-app-runner"),
        ("service", "codecommit", "", None),
        ("service", "elasticbeanstalk", "", None),
        ("tool", "copilot", "1.34.1", "aws-copilot"),
        ("tool", "serverless", "3.39.0", "serverless-framework-3"),
        ("tool", "serverless", "4.1.0", None),
        ("package", "aws-sdk", "2.1692.0", "aws-sdk-js-2"),
        ("terraform-version", "terraform", "1.11.4", "terraform-1-11"),
        ("terraform-version", "terraform", "1.1", None),
        ("terraform-version", "terraform", "1.14.9", None),
        ("setting", "dynamodb_table", "", "s3-backend-dynamodb-locking"),
        ("command", "set-output", "", "actions-set-output"),
        ("action", "actions/upload-artifact", "v3.1.2", "actions-upload-artifact-3"),
        ("action", "actions/upload-artifact", "v4", None),
        ("action", "actions/create-release", "v1", "actions-create-release"),
    ],
)
def test_exactly_the_thing_asked_for_is_found(
    what: str, name: str, version: str, found: str | None
) -> None:
    known = ended(what, name, version, date(2026, 11, 25))
    assert (known.id if known else None) == found


@pytest.mark.parametrize(
    ("what", "name", "on", "version"),
    [
        ("node", "node", date(2026, 4, 29), "24"),
        ("node", "node", date(2024, 4, 30), "24"),
        ("node", "node", date(2027, 4, 29), "24"),
        ("postgresql", "postgresql", date(2026, 11, 25), "18"),
        ("postgresql", "rds-postgresql", date(2026, 11, 25), "18"),
        ("postgresql", "postgresql", date(2028, 2, 29), "18"),
    ],
)
def test_the_newest_line_that_lives_another_year_is_taken(
    what: str, name: str, on: date, version: str
) -> None:
    assert newest_alive(what, name, on) == version


@pytest.mark.parametrize("on", [date(2027, 4, 30), date(2028, 1, 1), date(2028, 2, 29)])
def test_where_no_line_lives_another_year_none_is_taken(on: date) -> None:
    with pytest.raises(LookupError, match=r"^no version of node on record lives a year from 20"):
        newest_alive("node", "node", on)


def test_a_line_of_node_that_never_becomes_lts_is_not_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    odd, even = (replace(KNOWN[0], version=line, ends=date(2026, 4, 30)) for line in ("25", "22"))
    monkeypatch.setattr(retired, "retirements", lambda: (odd, even))
    assert newest_alive("node", "node", date(2025, 4, 29)) == "22"


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("what", "thing"),
        ("confidence", "some"),
        ("ends", "soon"),
        ("checked", 2026),
        ("version", 1.1),
        ("source", None),
        ("more", "x"),
    ],
)
def test_a_retirement_out_of_form_is_refused(
    name: str, wrong: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = {**WHOLE, name: wrong}
    if wrong is None:
        del raw[name]
    with pytest.raises(ValueError, match=r"^retirement hammer-1: "):
        read(yaml.safe_dump({"hammer-1": raw}), tmp_path, monkeypatch)


def test_a_retirement_in_form_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (known,) = read(yaml.safe_dump({"hammer-1": WHOLE}), tmp_path, monkeypatch)
    assert known.citation.says == "hammer 1.10 ends on 2026-04-30"


def test_a_version_without_quotes_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = yaml.safe_dump({"hammer-1": WHOLE}).replace("'1.10'", "1.10")
    with pytest.raises(ValueError, match=r"is no number$"):
        read(text, tmp_path, monkeypatch)
