"""No verdict is invented on real requests that state no belief."""

from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.premises.judge import judge
from blueproof.intake.words.read import read_request

FOLDER = Path(__file__).parents[2] / "requests"
REQUESTS: list[dict[str, Any]] = [
    request
    for name in ("tuned-apps", "tuned-cloud")
    for request in yaml_file.load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
]
PLAIN = [request for request in REQUESTS if not request["premises"]]


@pytest.mark.parametrize("request_", PLAIN, ids=[request["id"] for request in PLAIN])
def test_a_request_without_beliefs_gets_no_verdict(request_: dict[str, Any]) -> None:
    premises = judge(read_request(request_["text"]))
    assert [p.quote for p in premises if p.verdict != "unknown"] == []


def test_beliefs_of_real_requests_are_judged() -> None:
    verdicts = {
        premise.quote: premise.verdict
        for request in REQUESTS
        for premise in judge(read_request(request["text"]))
    }
    judged = [verdict for verdict in verdicts.values() if verdict != "unknown"]
    assert len(judged) >= 6
