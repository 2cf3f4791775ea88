"""Estimated sizes of indexes, held against indexes that the server has built."""

import contextlib
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueproof.engines.postgres import catalog, estimating
from blueproof.engines.postgres.server import Server, scratch
from blueproof.engines.postgres.session import Session
from blueproof.engines.postgres.sharing import Shares
from blueproof.sql.schema import Index
from blueproof.sql.sizes import documents, gin
from blueproof.sql.sizes.documents import Elements
from blueproof.sql.statistics import ColumnStatistics, TableStatistics

ROWS = 50_000  # more than ANALYZE reads: numbers of different values are its estimates
TABLE = f"""
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
SELECT setseed(0.42);
CREATE UNLOGGED TABLE t AS SELECT
  n AS id, n::bigint AS big, md5(n::text)::uuid AS uuid, n % 600 AS even, (n % 8)::smallint AS few,
  (random() * 12000)::int AS customer, n / 2 AS pair,
  floor(pow(random(), 4) * 5000)::int AS skewed, floor(pow(random(), 3) * 20000)::bigint AS tailed,
  'user' || n || '@' || (ARRAY['example.com', 'gmail.com', 'mail.example.org', 'x.io'])
    [1 + floor(random() * 4)::int] AS email,
  left(repeat(md5(n::text), 4), 3 + floor(random() * 60)::int) AS mixed,
  left(repeat(md5(n::text), 8), 100 + floor(random() * 120)::int) AS wide,
  'city ' || floor(pow(random(), 2) * 3000)::int AS city,
  CASE WHEN random() < 0.7 THEN 'delivered' WHEN random() < 0.6 THEN 'open'
    ELSE 'payment pending' END AS status,
  timestamptz '2024-01-01' + n * interval '97 seconds' AS created,
  timestamp '2024-01-01' + random() * interval '700 days' AS ts,
  date '2024-01-01' + floor(random() * 700)::int AS day,
  round((random() * 1000)::numeric, 2) AS price, (random() * 1e6)::numeric(20, 6) AS fine,
  random() AS float, interval '1 second' * (n % 5000) AS lapse,
  time '00:00' + n % 86400 * interval '1 second' AS clock,
  CASE WHEN random() < 0.3 THEN NULL ELSE random() < 0.1 END AS flag,
  (ARRAY['sad', 'ok', 'happy'])[1 + floor(random() * 3)::int]::mood AS mood,
  CASE WHEN random() < 0.1 THEN (random() * 1e6)::int END AS rare,
  CASE WHEN random() < 0.5 THEN md5(random()::text) END AS half,
  CASE WHEN random() < 0.05 THEN timestamptz '2024-01-01' + random() * interval '700 days' END
    AS deleted,
  ('10.' || floor(random() * 3) || '.' || floor(random() * 250) || '.' || floor(random() * 250))
    ::inet AS address,
  decode(md5(n::text), 'hex') AS digest, ('x' || n % 50)::varchar(10) AS code,
  (ARRAY['DE', 'FR', 'US', 'IN', 'CN'])[1 + floor(pow(random(), 2) * 5)::int]::char(2) AS country,
  ARRAY(SELECT floor(random() * 500)::int + n * 0 FROM generate_series(1, 1 + n % 5)) AS tags,
  ARRAY['tag' || n % 7, md5((n % 3000)::text)] AS labels,
  jsonb_build_object('kind', (ARRAY['a', 'b', 'c'])[1 + n % 3], 'n', n % 100,
    'name', md5((n % 5000)::text)) AS doc,
  to_tsvector('simple', 'order ' || md5((n % 2000)::text) || ' shipped') AS words,
  tstzrange(timestamptz '2024-01-01' + n * interval '97 seconds',
    timestamptz '2024-01-02' + n * interval '97 seconds') AS period
FROM generate_series(1, {ROWS}) n;
"""
BTREES = (
    *("(id)", "(big)", "(uuid)", "(even)", "(few)", "(customer)", "(pair)", "(skewed)", "(tailed)"),
    *(
        "(email)",
        "(mixed)",
        "(wide)",
        "(city)",
        "(status)",
        "(created)",
        "(ts)",
        "(day)",
        "(price)",
    ),
    *(
        "(fine)",
        "(float)",
        "(lapse)",
        "(clock)",
        "(flag)",
        "(mood)",
        "(rare)",
        "(half)",
        "(deleted)",
    ),
    *("(address)", "(digest)", "(code)", "(country)", "(tags)", "(doc)", "(period)"),
    *("(customer, created)", "(status, created)", "(customer, status)", "(few, mood)"),
    *(
        "(city, status)",
        "(skewed, few)",
        "(country, city, day)",
        "(status, mood, flag)",
        "(few, big)",
    ),
    *(
        "(mixed, few, wide)",
        "(half, rare)",
        "(even, pair)",
        "(rare, deleted, id)",
        "(skewed, city)",
    ),
    "(customer DESC, ts DESC NULLS LAST)",
    "(email text_pattern_ops)",
    *("(customer) INCLUDE (status)", "(id) INCLUDE (email, price)", "(status) INCLUDE (id)"),
    *("(customer) WITH (fillfactor = 70)", "(id) WITH (fillfactor = 100)"),
    "(customer) WITH (deduplicate_items = off)",
    *("UNIQUE (id)", "UNIQUE (rare, id)"),
    *("(customer) WHERE status = 'open'", "(email) WHERE deleted IS NOT NULL"),
    *("(deleted) WHERE deleted IS NOT NULL", "(created) WHERE status <> 'delivered'"),
    *(
        "(customer, created) WHERE deleted IS NULL",
        "(id) WHERE price > 900",
        "(customer) WHERE flag",
    ),
    *("(status) WHERE status = 'open'", "(pair) WHERE mood = 'ok'"),
    "(skewed) WHERE few < 2 AND day > '2025-01-01'",
    *("(lower(email))", "(lower(city))", "(date_trunc('day', ts))", "((ts::date))", "(md5(city))"),
    *("(coalesce(half, ''))", "((city || status))", "(length(mixed))", "((doc ->> 'kind'))"),
    *("(left(email, 5))", "(extract(month FROM ts))", "((customer % 10))", "(upper(status), day)"),
)
OTHERS = {
    "USING hash (id)": 0.02,
    "USING hash (customer)": 0.05,
    "USING hash (status)": 0.05,
    "USING hash (deleted) WHERE deleted IS NOT NULL": 0.05,
    "USING brin (id)": 0.05,
    "USING brin (created) WITH (pages_per_range = 1)": 0.05,
    "USING brin (email, id) WITH (pages_per_range = 1)": 0.1,
    "USING gist (period)": 0.1,
    "USING gist (address inet_ops)": 0.3,
    "USING gin (tags)": 0.45,  # 500 elements are told from a sample of 300
    # One of its values is of 5,000, of which a sample of a hundred may show none twice.
    "USING gin (doc)": 1.0,
    "USING gin (doc jsonb_path_ops)": 1.0,
    "USING spgist (period)": 0.4,
    "USING gin (words)": 1.0,  # ANALYZE keeps no values of tsvector
}
COUNTED = {f"USING gin ({column})": column for column in ("tags", "labels", "words")}
ALL = tuple(dict.fromkeys((*BTREES, *OTHERS, *COUNTED)))


@dataclass(frozen=True, kw_only=True)
class Built:
    """An index as the server has built it."""

    index: Index
    share: float | None
    pages: int
    height: int


@dataclass(frozen=True, kw_only=True)
class World:
    """A table's statistics, and its indexes by the words that made them."""

    table: TableStatistics
    built: dict[str, Built]
    elements: dict[str, Elements]


@pytest.fixture(scope="module")
def world(server: Server) -> Iterator[World]:
    with scratch(server) as name, contextlib.closing(server.admin(name)) as session:
        session.run("SET temp_file_limit = -1")
        session.run(TABLE)
        session.run("VACUUM ANALYZE t")
        for number, made in enumerate(ALL):
            unique, rest = made.startswith("UNIQUE"), made.removeprefix("UNIQUE")
            session.run(f"CREATE {'UNIQUE' * unique} INDEX i{number} ON t {rest}")
        session.run("CHECKPOINT")
        table = read_statistics(session)
        built = {i.name: _built(i, session, server) for i in catalog.read_schema(session).indexes}
        yield World(
            table=table,
            built={made: built[f"i{n}"] for n, made in enumerate(ALL)},
            elements=_elements(session),
        )


def read_statistics(session: Session) -> TableStatistics:
    """What ANALYZE has found out about the table t."""
    ((rows, pages),) = session.run("SELECT reltuples::int8, relpages FROM pg_class"
                                   " WHERE relname = 't'")  # fmt: skip
    found = session.run(
        "SELECT attname::text, null_frac, avg_width, n_distinct, most_common_vals::text::text[],"
        " most_common_freqs, histogram_bounds::text::text[] FROM pg_stats WHERE tablename = 't'"
    )
    columns = tuple(
        ColumnStatistics(
            column=name,
            null_fraction=nulls,
            width=width,
            distinct=distinct,
            common=tuple(common or ()),
            frequencies=tuple(frequencies or ()),
            histogram=tuple(histogram or ()),
        )
        for name, nulls, width, distinct, common, frequencies, histogram in found
    )
    return TableStatistics(table="t", rows=rows, pages=pages, basis="given", columns=columns)


def _elements(session: Session) -> dict[str, Elements]:
    found = session.run(
        "SELECT attname::text, most_common_elems::text::text[], most_common_elem_freqs,"
        " elem_count_histogram FROM pg_stats"
        " WHERE most_common_elems IS NOT NULL AND tablename = 't'"
    )
    return {
        name: Elements(
            common=tuple(common),
            frequencies=tuple(frequencies[: len(common)]),
            each=counts[-1] if counts else None,
        )
        for name, common, frequencies, counts in found
    }


def _built(index: Index, session: Session, server: Server) -> Built:
    ((size, path),) = session.run(
        f"SELECT pg_relation_size('{index.name}'), pg_relation_filepath('{index.name}')"
    )
    with (server.data / path).open("rb") as file:
        file.seek(24 + 12)  # page header, then btm_magic, btm_version, btm_root and btm_level
        (level,) = struct.unpack("<I", file.read(4))
    return Built(
        index=index,
        share=Shares().of(session, index) if index.predicate else None,
        pages=size // 8192,
        height=level,
    )


@pytest.mark.parametrize("made", BTREES)
def test_a_btree_takes_the_pages_estimated_and_is_as_high(world: World, made: str) -> None:
    one = world.built[made]
    estimate = estimating.index_pages(one.index, world.table, one.share)
    assert estimate == pytest.approx(one.pages, rel=0.1, abs=2)
    assert estimating.height(one.index, world.table, one.share) == one.height


def test_most_btrees_are_estimated_within_two_percent(world: World) -> None:
    errors = sorted(
        abs(estimating.index_pages(b.index, world.table, b.share) / b.pages - 1)
        for b in map(world.built.__getitem__, BTREES)
    )
    assert errors[len(errors) * 3 // 4] < 0.02


@pytest.mark.parametrize("made", OTHERS)
def test_other_indexes_take_about_the_pages_estimated(world: World, made: str) -> None:
    one = world.built[made]
    estimate = estimating.index_pages(one.index, world.table, one.share)
    assert estimate == pytest.approx(one.pages, rel=OTHERS[made], abs=2)


@pytest.mark.parametrize("made", COUNTED)
def test_with_elements_counted_a_gin_index_takes_the_pages_estimated(
    world: World, made: str
) -> None:
    one, column = world.built[made], COUNTED[made]
    keys = documents.keys(
        world.table.by_name[column],
        world.table.rows,
        kind="",
        width=4 if column == "tags" else 0,
        elements=world.elements[column],
    )
    estimate = gin.pages(keys, world.table.rows, world.table.pages)
    assert estimate == pytest.approx(one.pages, rel=0.3)


def test_the_catalog_says_which_keys_may_share_entries(world: World) -> None:
    alike = {made for made in BTREES if world.built[made].index.deduplicates}
    apart = {"(price)", "(float)", "(lapse)", "(tags)", "(doc)", "(period)", "UNIQUE (id)"}
    assert not alike & {*apart, "(status) INCLUDE (id)"}
    assert {"(id)", "(city)", "(mood)", "(address)", "(code)", "(email text_pattern_ops)"} <= alike


def test_how_parts_are_stored_is_read_from_the_index(world: World) -> None:
    slots = world.built["(upper(status), day)"].index.slots
    assert [(s.type, s.length, s.align) for s in slots] == [("text", -1, 4), ("date", 4, 4)]


METHODS = (
    "btree (a)",
    "btree (a) INCLUDE (b)",
    "hash (b)",
    "gin (a)",
    "gin (b gin_trgm_ops)",
    "gist (a)",
    "spgist (b)",
    "brin (a, b)",
)


@given(
    st.sampled_from(METHODS),
    st.integers(0, 10**10),
    st.floats(0, 1),
    st.floats(-1, 10**9),
    st.floats(0, 1),
)
def test_no_statistics_are_too_odd_to_be_estimated(
    made: str, rows: int, nulls: float, distinct: float, share: float
) -> None:
    method, parts = made.split(" ", 1)
    keys = tuple(k for k in ("a", "b") if re.search(rf"\b{k}\b", parts.split("INCLUDE")[0]))
    include = ("b",) if "INCLUDE" in parts else ()
    index = Index(name="i", table="t", keys=keys, include=include, method=method,
                  definition=f"CREATE INDEX i ON t USING {made}")  # fmt: skip
    columns = tuple(
        ColumnStatistics(column=c, null_fraction=nulls, width=12, distinct=distinct) for c in "ab"
    )
    table = TableStatistics(table="t", rows=rows, pages=rows // 90, basis="given", columns=columns)
    assert 1 <= estimating.index_pages(index, table, share) < 200 + rows
    assert 0 <= estimating.height(index, table, share) < 10
