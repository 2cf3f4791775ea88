"""A search under a LIMIT, workers at a queue, and which query an answer leads with."""

from dataclasses import replace

import pytest

from blueproof.consult import consult
from blueproof.core.blueprint import Blueprint
from blueproof.core.brief import Document
from blueproof.core.claim import CostFalls
from blueproof.intake.told_rows import with_told_rows
from blueproof.intake.words.read import read_request

SCHEMA = """
CREATE TABLE people (id bigint PRIMARY KEY, email text NOT NULL, made timestamptz NOT NULL);
CREATE TABLE jobs (id bigint PRIMARY KEY, state text NOT NULL, due timestamptz NOT NULL);
CREATE INDEX jobs_due_idx ON jobs (due);
"""
QUERIES = """
-- A1 search box
SELECT id FROM people WHERE email ILIKE '%' || $1 || '%' LIMIT 20;
-- A2 workers
SELECT * FROM jobs WHERE state = 'due' ORDER BY due LIMIT 10 FOR UPDATE;
-- A3 newest
SELECT id FROM people WHERE made > $1 ORDER BY made LIMIT 5;
"""


def _answer(words: str) -> Blueprint:
    documents = (Document(role="schema", text=SCHEMA), Document(role="queries", text=QUERIES))
    return consult(with_told_rows(replace(read_request(words), documents=documents)))


@pytest.fixture(scope="module")
def found() -> Blueprint:
    return _answer("A1 takes 6 s, A2 blocks. people 2M, jobs 5M.")


def test_neither_is_right_as_it_is(found: Blueprint) -> None:
    assert "Right as" not in found.answer, found.answer
    assert not any(f.where.startswith(("A1", "A2")) for f in found.findings)


def test_the_search_is_weighed_as_if_it_found_nothing(found: Blueprint) -> None:
    (weighed,) = (f for f in found.artifacts if f.path == "searches/a1_search_box.sql")
    assert "LIMIT" not in weighed.text
    index = next(r for r in found.recommendations if r.rule == "pg-pattern-search")
    assert "fewer match than its LIMIT" in index.because[0]
    claimed = (p.claim for p in found.proofs if isinstance(p.claim, CostFalls))
    assert any(claim.query.path == weighed.path for claim in claimed)


def test_workers_pass_over_what_is_taken(found: Blueprint) -> None:
    (taken,) = (f for f in found.artifacts if f.path == "queries/a2_workers.sql")
    assert "LIMIT 10 FOR UPDATE SKIP LOCKED" in " ".join(taken.text.split())


def test_the_query_that_the_words_name_leads() -> None:
    one, other = (_answer(f"{name} is slow. people 2M, jobs 5M.") for name in ("A1", "A3"))
    assert "A1 search box gets" in one.answer
    assert "A3 newest gets" in other.answer
