"""What answers a request with a plan: its query rebuilt where that cures it, else the plan."""

from dataclasses import replace

import pytest

from blueproof.consulting import request
from blueproof.consulting.plan import advise_plan
from blueproof.core.advice import Artifact
from blueproof.core.brief import Document
from blueproof.intake.words.read import read_request

PLAN = """Seq Scan on lamps  (cost=0.00..9.50 rows=1 width=4) (actual time=0.1..91.2 rows=1 loops=1)
  Filter: (room = 4)
  Rows Removed by Filter: 250000
Execution Time: 91.5 ms
"""


@pytest.mark.parametrize(
    ("path", "answer"),
    [("migrations/lamps_room_idx.sql", "rebuilt"), ("reproduction/rows.sql", "read")],
)
def test_an_index_that_won_on_the_rows_is_not_lost(
    path: str, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    brief = read_request("SELECT id FROM lamps WHERE room = 4 takes long on Postgres.")
    brief = replace(brief, documents=(Document(role="plan", text=PLAN),))
    read = advise_plan(brief)
    made = replace(
        read,
        answer="rebuilt",
        recommendations=(),
        artifacts=(Artifact(path=path, purpose="x", text="SELECT 1;\n"),),
    )
    monkeypatch.setattr(request, "rebuilt_query", lambda *_: made)
    found = request.advise_beside_plan(brief).answer
    assert found == (made.answer if answer == "rebuilt" else read.answer)
