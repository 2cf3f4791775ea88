"""An index of a set that no plan reads beside the others has no gain, and breaks nothing."""

from types import SimpleNamespace
from typing import cast

import pytest

from blueproof.advisors.postgres.candidates import Candidate
from blueproof.advisors.postgres.database import Database
from blueproof.advisors.postgres.search.explore import Explorer
from blueproof.advisors.postgres.search.measured import choices_of

_KEYS = ("owner", "state", "at")


def _explorer(read: int) -> SimpleNamespace:
    found = {f"i{n}": Candidate(table="jobs", keys=(key,)) for n, key in enumerate(_KEYS)}
    pool = SimpleNamespace(
        found=found, sizes=dict.fromkeys(found, 8), costs=SimpleNamespace(queries=(object(),))
    )
    return SimpleNamespace(
        pool=pool,
        names=list(found),
        sizes=[8, 8, 8],
        shelves=[SimpleNamespace(plans=[(read, 9.0), (0, 900.0)])],
        ask=lambda _query, chosen: (read, 9.0) if read & ~chosen == 0 else (0, 900.0),
    )


@pytest.mark.parametrize(("chosen", "gains"), [(0b001, [1]), (0b101, [1, 0]), (0b110, [0, 0])])
def test_what_no_plan_reads_has_no_gain(chosen: int, gains: list[int]) -> None:
    database = cast("Database", SimpleNamespace(index_names=frozenset()))
    explorer = cast("Explorer", _explorer(read=0b001))
    taken = choices_of(database, explorer, chosen)
    assert [len(choice.gains) for choice in taken.values()] == gains
