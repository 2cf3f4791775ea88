"""A schema and queries handed over with a person's comments are read as that person means them."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from blueproof.consult import consult
from blueproof.core.blueprint import Blueprint
from blueproof.core.brief import Brief
from blueproof.core.scene import DatabaseScene
from blueproof.intake.paths import with_paths
from blueproof.intake.words.read import read_request

PAIRS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "handed_pairs.yaml").read_text(encoding="utf-8")
)


def handed(pair: dict[str, Any], folder: Path) -> Brief:
    names = {"schema": "schema.sql", "queries": "queries.sql", "plan": "explain.txt"}
    paths = []
    for key, name in names.items():
        if key in pair:
            (folder / name).write_text(pair[key], encoding="utf-8")
            paths.append(folder / name)
    return with_paths(read_request(pair["words"]), tuple(paths))


def said(found: Blueprint) -> str:
    """All that a person reads of an answer, without the proofs."""
    advice = [
        (r.slot, r.choice, *r.because, *r.trade_offs, *(a.choice for a in r.instead_of))
        for r in found.recommendations
    ]
    findings = [f"{f.severity}: {f.where}: {f.says}" for f in found.findings]
    rest = [f"{u.statement}: {u.why}" for u in found.not_proved]
    asked = [f"{q.ask} {q.why} {q.command}" for q in found.open_questions]
    written = [a.text for a in found.artifacts if a.path.startswith(("migrations/", "queries/"))]
    lines = [found.answer, *(line for each in advice for line in each), *findings, *rest, *asked]
    return "\n".join((*lines, *(s.do for s in found.steps), *written))


def ids(pairs: list[dict[str, Any]]) -> list[str]:
    return [pair["name"] for pair in pairs]


@pytest.mark.parametrize("pair", PAIRS, ids=ids(PAIRS))
def test_row_counts_are_those_that_are_told_of_tables(pair: dict[str, Any], tmp_path: Path) -> None:
    facts = {f.key: f.value for f in handed(pair, tmp_path).facts}
    read = {table: facts.get(f"scale.rows.{table}") for table in pair["rows"]}
    assert read == pair["rows"]


@pytest.mark.parametrize("pair", PAIRS, ids=ids(PAIRS))
def test_an_answer_says_what_the_pair_calls_for_and_no_more(
    pair: dict[str, Any], tmp_path: Path
) -> None:
    found = consult(handed(pair, tmp_path))
    text = said(found)
    assert [each for each in pair["shown"] if not re.search(each, text)] == []
    assert [each for each in pair["hidden"] if re.search(each, text)] == []
    scene = next((s.statistics.text for s in found.scenes if isinstance(s, DatabaseScene)), "")
    for place, number in pair.get("values", {}).items():
        table, _, column = place.partition(".")
        told = re.search(rf"^  {table}: .*\b{column}: (\d+)", scene, re.MULTILINE)
        assert told is None or int(told[1]) == number  # of a type, the catalog lists them
