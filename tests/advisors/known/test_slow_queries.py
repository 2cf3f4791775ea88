"""Slow queries told in words: the index that serves each, and silence where none is told."""

from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.known.advise import advise_known
from blueproof.advisors.known.slow.reading import read_story
from blueproof.advisors.known.slow.remedies import remedies
from blueproof.advisors.known.slow.telling import told_of_slowness
from blueproof.advisors.premises.judge import judge
from blueproof.consulting.kinds import kind_of
from blueproof.core.blueprint import Blueprint
from blueproof.intake.words.read import read_request
from blueproof.proof.bench import Bench
from blueproof.proof.prove import prove

CASES: dict[str, list[Any]] = yaml_file.load(
    (Path(__file__).parent / "slow_queries.yaml").read_text(encoding="utf-8")
)


def unproved(request: str) -> Blueprint:
    """The answer where no query can be rebuilt and run, such as without a PostgreSQL here."""
    brief = read_request(request)
    draft, conclusion = advise_known(brief, kind_of(brief), judge(brief))
    with Bench() as bench:
        return prove(draft, lambda _kept, _proofs: conclusion, bench)


def indexes(request: str) -> list[str]:
    story = read_story(read_request(request))
    made = remedies(story) if story else ()
    return [f"{r.table} {r.index}".strip() for r in made if r.index]


@pytest.mark.parametrize("case", CASES["told"], ids=lambda case: case["text"][:50])
def test_the_index_has_the_columns_that_are_told_in_order(case: dict[str, Any]) -> None:
    assert indexes(case["text"]) == case["indexes"]
    blueprint = unproved(case["text"])
    answer = " ".join(blueprint.answer.split())
    assert [piece for piece in case.get("has", ()) if piece not in answer] == [], answer
    assert "not proved" in answer
    assert any("pg_dump --schema-only" in q.command for q in blueprint.open_questions)
    assert any("EXPLAIN (ANALYZE, BUFFERS)" in step.do for step in blueprint.steps)


@pytest.mark.parametrize("request_", CASES["silent"], ids=lambda text: text[:50])
def test_nothing_is_said_where_no_slow_query_is_told(request_: str) -> None:
    assert told_of_slowness(read_request(request_)) is None


@pytest.mark.parametrize("request_", CASES["unnamed"], ids=lambda text: text[:50])
def test_columns_that_are_not_named_are_asked_for(request_: str) -> None:
    blueprint = unproved(request_)
    assert "depends on the columns" in blueprint.answer
    assert not blueprint.recommendations
    assert any("pg_dump --schema-only" in q.command for q in blueprint.open_questions)


@pytest.mark.parametrize("case", CASES["told"], ids=lambda case: case["text"][:50])
def test_every_column_stands_in_the_words(case: dict[str, Any]) -> None:
    """Nothing is invented: what an index names was named."""
    said = case["text"].lower()
    for index in indexes(case["text"]):
        words = index.replace("(", " ").replace(")", " ").replace(",", " ").replace("->>", " ")
        told = [w.strip("'").lower() for w in words.split()]
        ours = {
            "desc",
            "using",
            "gin",
            "gin_trgm_ops",
            "text_pattern_ops",
            "where",
            "is",
            "null",
            "=",
        }
        assert [w for w in told if w not in ours and w not in said] == []
