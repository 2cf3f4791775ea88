"""A rewrite with other rows is found before anything is built upon it, and is compared once."""

from collections import Counter
from typing import Any

import pytest

from blueproof.consult import consult
from blueproof.consulting import database as consulting
from blueproof.core.claim import SameRows
from blueproof.proof import prove as proving
from test_faults import brief, day_too_long

REWRITE = "rewrite of of_day"


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often a round of advice began, and how often rows were compared."""
    counted: Counter[str] = Counter()
    advise, check = consulting.advise, proving.check

    def advising(*args: Any) -> Any:
        counted["rounds"] += 1
        return advise(*args)

    def checking(claim: Any, *args: Any) -> Any:
        counted["compared"] += isinstance(claim, SameRows)
        return check(claim, *args)

    monkeypatch.setattr(consulting, "advise", advising)
    monkeypatch.setattr(proving, "check", checking)
    return counted


def test_a_rewrite_that_stands_is_compared_once(calls: Counter[str]) -> None:
    blueprint = consult(brief())
    assert REWRITE in {r.slot for r in blueprint.recommendations}
    assert any(isinstance(proof.claim, SameRows) for proof in blueprint.proofs)
    assert calls == Counter(rounds=1, compared=1)


def test_one_with_other_rows_costs_no_round(
    calls: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    day_too_long(monkeypatch)
    blueprint = consult(brief())
    assert REWRITE not in {r.slot for r in blueprint.recommendations}
    (rejected,) = (r for r in blueprint.rejected if r.slot == REWRITE)
    assert "SameRows was refuted" in rejected.why
    assert calls == Counter(rounds=1, compared=1)
