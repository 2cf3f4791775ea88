"""Files get the size, and B-trees the height, that the server then believes in."""

from pathlib import Path

import pytest

from blueproof.engines.postgres import pages
from blueproof.engines.postgres.limits import Limits, full, used
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.session import Session
from blueproof.engines.postgres.twin import Twin


def _sizes(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_size for file in folder.iterdir()}


def test_a_relation_is_split_into_files_of_one_gibibyte(tmp_path: Path) -> None:
    file = tmp_path / "1"
    file.touch()
    pages.resize(file, pages.SEGMENT_PAGES + 3)
    assert _sizes(tmp_path) == {"1": 1 << 30, "1.1": 3 * pages.PAGE}


def test_shrinking_empties_the_files_that_are_no_longer_needed(tmp_path: Path) -> None:
    file = tmp_path / "1"
    file.touch()
    pages.resize(file, 2 * pages.SEGMENT_PAGES + 1)
    pages.resize(file, 2)
    assert _sizes(tmp_path) == {"1": 2 * pages.PAGE, "1.1": 0, "1.2": 0}


def test_pages_that_nobody_wrote_take_no_room(tmp_path: Path) -> None:
    file = tmp_path / "1"
    file.touch()
    pages.resize(file, 100_000)
    assert used(tmp_path) < 1 << 20
    assert not full(tmp_path, Limits(disk_bytes=1 << 20))


def test_bytes_that_were_written_do_in_folders_too(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "1").write_bytes(b"x" * (2 << 20))
    assert used(tmp_path) >= 2 << 20
    assert full(tmp_path, Limits(disk_bytes=1 << 20)) == "it filled more than 1 MB of disk"


@pytest.mark.parametrize("height", [1, 2, 3, 5])
def test_each_level_of_a_tree_costs_what_the_planner_charges_for_a_descent(
    server: Server, height: int
) -> None:
    with Twin(server, "CREATE TABLE t (a int); CREATE INDEX i ON t (a)") as twin:
        session = twin._guest  # noqa: SLF001 (the file is made by hand, below the twin)
        flat, high = _startup(server, session, 0), _startup(server, session, height)
    assert high - flat == pytest.approx(height * 50 * 0.0025, abs=0.011)  # rounded to cents


def _startup(server: Server, session: Session, height: int) -> float:
    """The cost of coming to the first row, in an index of this height."""
    with session.rolled_back():
        session.run("REINDEX INDEX i")
        path = session.run("SELECT pg_relation_filepath('i')")[0][0]
        pages.raise_btree(server.data / path, height, 500)
        session.run("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        plan = session.run("EXPLAIN (FORMAT JSON) SELECT a FROM t WHERE a = 1")[0][0][0]["Plan"]
        assert session.run("SELECT count(*) FROM t WHERE a = 1") == [(0,)], "the tree is sound"
    return float(plan["Startup Cost"])
