"""Slow writes, plans, shares and calls, as people tell of them: what the answer has to hold."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest

import yaml_file
from blueproof.consult import consult
from blueproof.core.blueprint import Blueprint
from blueproof.core.brief import Brief, Document
from blueproof.intake.told_rows import with_told_rows
from blueproof.intake.words.read import read_request

CASES: list[dict[str, Any]] = yaml_file.load(
    (Path(__file__).parent / "slow_writes.yaml").read_text(encoding="utf-8")
)
ROLES: dict[str, Literal["schema", "queries"]] = {"schema.sql": "schema", "query.sql": "queries"}


def brief_of(case: dict[str, Any]) -> Brief:
    documents = tuple(
        Document(role=ROLES[name], text=text, parts=((name, 1),))
        for name, text in case.get("files", {}).items()
    )
    brief = read_request(case["request"])
    return with_told_rows(replace(brief, documents=(*brief.documents, *documents)))


def said(found: Blueprint) -> str:
    parts = [found.answer, *(str(each) for each in found.understood)]
    parts += [f"{each.key} {each.value}" for each in found.assumptions]
    for each in found.recommendations:
        parts += [each.slot, each.choice, *each.because, *each.trade_offs]
    parts += [step.do for step in found.steps]
    parts += [finding.says for finding in found.findings]
    parts += [f"{f.value:,}" for f in found.understood if isinstance(f.value, int)]
    return " ".join(" ".join(parts).split())


def marked(case: dict[str, Any]) -> Any:
    marks = (pytest.mark.nightly if case.get("nightly") else pytest.mark.slow,)
    return pytest.param(case, id=case["name"], marks=marks)


@pytest.mark.parametrize("case", [marked(case) for case in CASES])
def test_the_answer_holds_what_an_expert_would_say(case: dict[str, Any]) -> None:
    found = consult(brief_of(case))
    first, page = " ".join(found.answer.split()), said(found)
    assert [e for e in case.get("first", ()) if not re.search(e, first, re.IGNORECASE)] == []
    assert [e for e in case.get("shows", ()) if not re.search(e, page, re.IGNORECASE)] == []
    assert [e for e in case.get("never", ()) if re.search(e, page, re.IGNORECASE)] == []
