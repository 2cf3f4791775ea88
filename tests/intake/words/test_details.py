"""Regions and versions are read where they are meant, and not where people live."""

import pytest

from blueproof.intake.words.read import read_request

CASES = {
    "We want to leave Heroku for AWS in Frankfurt, Postgres 16": {
        "host-region": "eu-central-1", "version.postgresql": "16",
    },
    "Deploy our Express API to AWS eu-west-3 with PostgreSQL 15.4": {
        "host-region": "eu-west-3", "version.postgresql": "15",
    },
    "Deploy to AWS, Sydney region, Node.js 22.3": {
        "host-region": "ap-southeast-2", "version.node": "22",
    },
    "It is hosted in London on AWS": {"host-region": "eu-west-2"},
    "Most of our users live in London and Paris; we run on AWS": {},
    "We have postgres 12k rows and node 3 instances": {},
    "postgres 2024 was fine": {},
}  # fmt: skip


@pytest.mark.parametrize("words", CASES)
def test_regions_and_versions(words: str) -> None:
    facts = read_request(words).facts
    found = {
        f.key: f.value for f in facts if f.key == "host-region" or f.key.startswith("version.")
    }
    assert found == CASES[words]
