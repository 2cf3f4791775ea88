"""What a server's sessions are told to run, for tests that count it."""

from collections.abc import Sequence
from typing import Any

import pytest

from blueproof.engines.postgres.session import Row, Session


def noted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that all sessions run from now on, as they come."""
    told: list[str] = []
    run, run_one = Session.run, Session.run_one

    def run_noted(session: Session, sql: str) -> list[Row]:
        told.append(sql)
        return run(session, sql)

    def run_one_noted(session: Session, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        told.append(sql)
        return run_one(session, sql, values)

    monkeypatch.setattr(Session, "run", run_noted)
    monkeypatch.setattr(Session, "run_one", run_one_noted)
    return told
