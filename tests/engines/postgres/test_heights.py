"""B-trees that were built, and ones that grew row by row, are as high as their pages tell."""

import contextlib
import struct

import pytest
from test_estimating import read_statistics

from blueproof.engines.postgres import catalog, estimating
from blueproof.engines.postgres.server import Server, scratch
from blueproof.engines.postgres.session import Session

# Where built trees of most of these keys are a level higher than ones that grew; then others.
ROWS, OTHERS = 55_000, (11_000, 24_000, 40_000, 90_000, 150_000)
RIGHT = 0.98  # of the others: where separators are large or small, how full a root is is a guess
TABLE = """
SELECT setseed(0.42);
CREATE UNLOGGED TABLE source AS SELECT n AS id, md5(n::text)::uuid AS uuid,
  (n * 7919::bigint % 4000)::int AS device, timestamptz '2024-01-01' + n * interval '1 h' AS at,
  (n * 7907::bigint % 97)::int AS few, (ARRAY['delivered', 'open', 'paid'])[1 + n % 3] AS status,
  (random() * 1e6)::numeric(12, 2) AS price, repeat(md5(n::text), 6) AS wide
FROM generate_series(1, {rows}) n;
CREATE TABLE t (LIKE source)
"""
KEYS = (
    *("(id)", "(at)", "(uuid)", "(price)", "(device)", "(status)", "(wide)", "(status, at)"),
    *("(device, at, status)", "(few, device, id)", "(status, few, wide)"),
)
INDEXES = ";".join(f"CREATE INDEX i{n} ON t {keys}" for n, keys in enumerate(KEYS))
WAYS = {
    "built": ("INSERT INTO t SELECT * FROM source", INDEXES),
    "in order": (INDEXES, "INSERT INTO t SELECT * FROM source ORDER BY id"),
    "in any order": (INDEXES, "INSERT INTO t SELECT * FROM source ORDER BY random()"),
    "built, then grown": (
        "INSERT INTO t SELECT * FROM source WHERE id <= {part}", INDEXES,
        "INSERT INTO t SELECT * FROM source WHERE id > {part}",
    ),
}  # fmt: skip


@pytest.fixture(scope="module", params=WAYS)
def heights(server: Server, request: pytest.FixtureRequest) -> dict[str, tuple[int, int]]:
    return read_heights(server, request.param, ROWS, target=200)


def read_heights(
    server: Server, way: str, rows: int, target: int = 100
) -> dict[str, tuple[int, int]]:
    """The height of each index, as it is and as it is told by its pages.

    ANALYZE reads 300 rows for each of `target`: all of them if that is enough, which makes
    what it finds the same each time.
    """
    with scratch(server) as name, contextlib.closing(server.admin(name)) as session:
        session.run("SET temp_file_limit = -1")
        for sql in (TABLE, *WAYS[way]):
            session.run(sql.format(rows=rows, part=rows * 7 // 10))
        session.run(f"SET default_statistics_target = {target}")
        session.run("VACUUM ANALYZE t")
        session.run("CHECKPOINT")
        table = read_statistics(session)
        found = {}
        for index in catalog.read_schema(session).indexes:
            pages, height = measured(session, server, index.name)
            told = estimating.height_at(index, table, 1.0, pages)
            found[KEYS[int(index.name[1:])]] = (height, told)
        return found


def measured(session: Session, server: Server, index: str) -> tuple[int, int]:
    """Pages, and the level of the root as the metapage has it (btm_fastlevel)."""
    ((path,),) = session.run(f"SELECT pg_relation_filepath('{index}')")
    content = (server.data / path).read_bytes()
    return len(content) // 8192, struct.unpack_from("<I", content, 24 + 5 * 4)[0]


@pytest.mark.parametrize("keys", KEYS)
def test_an_index_is_as_high_as_its_pages_tell(
    heights: dict[str, tuple[int, int]], keys: str
) -> None:
    height, told = heights[keys]
    assert told == height


@pytest.mark.nightly
def test_nearly_all_of_other_sizes_are_as_high_as_their_pages_tell(server: Server) -> None:
    found = {
        (rows, way, keys): heights
        for rows in OTHERS
        for way in WAYS
        for keys, heights in read_heights(server, way, rows).items()
    }
    wrong = {case: heights for case, heights in found.items() if heights[0] != heights[1]}
    assert len(found) == len(OTHERS) * len(WAYS) * len(KEYS)
    assert len(wrong) <= (1 - RIGHT) * len(found), wrong
