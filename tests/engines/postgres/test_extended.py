"""What columns have in common, and figures of expressions, are on the twin as they were found."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from test_given_twin import address

from blueproof.engines.postgres import scratch_table
from blueproof.engines.postgres.live import Live, read_live
from blueproof.engines.postgres.scratch_table import Filled, Scratch
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin
from blueproof.sql.given import read_given
from blueproof.sql.statistics import Combinations, Statistics

TYPES = """
CREATE SCHEMA shop;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN shop.percent AS int CHECK (value BETWEEN 0 AND 100);
CREATE FUNCTION shop.initial(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$SELECT left($1, 1)$$;
"""
TABLE = """
CREATE TABLE shop."Visits" (
  id int, city text, country char(2), mood mood, score shop.percent, price numeric(8, 2),
  at timestamptz, day date, seen boolean, tags text[], "Odd ""name" int, raw bytea
);
"""
OBJECTS = """
CREATE STATISTICS place (ndistinct, dependencies, mcv) ON city, country FROM shop."Visits";
CREATE STATISTICS shop.all_kinds (mcv) ON mood, score, price, at, seen, tags, "Odd ""name", raw
  FROM shop."Visits";
CREATE STATISTICS mixed (mcv) ON city, (lower(country)), (score % 10), (shop.initial(city))
  FROM shop."Visits";
CREATE STATISTICS per_month ON (date_trunc('month', at AT TIME ZONE 'UTC')) FROM shop."Visits";
CREATE STATISTICS of_tags ON (tags || ARRAY['x']) FROM shop."Visits";
"""
ROWS = r"""
INSERT INTO shop."Visits" SELECT n, (ARRAY['Ulm', E'a\n"b''c\\', NULL, 'Köln', ''])[1 + n % 5],
  (ARRAY['DE', 'FR', NULL, 'DE', 'US'])[1 + n % 5], (ARRAY['sad', 'ok', NULL])[1 + n % 3]::mood,
  n % 5 * 7, n % 10 / 4.0, timestamptz '2024-01-01' + n % 15 * interval '31 days',
  date '2024-01-01' + n % 15, n % 2 = 0, ARRAY['t' || n % 3, NULL, '{,}'], n % 6,
  decode(md5((n % 5)::text), 'hex')
FROM generate_series(1, 20000) n;
ANALYZE shop."Visits";
"""
QUERIES = (
    "city = 'Ulm' AND country = 'DE'",
    "city = 'Ulm' AND country = 'FR'",
    "city IS NULL AND country IS NULL",
    "city = 'Köln' AND lower(country) = 'de'",
    "mood = 'sad' AND score > 20 AND seen",
    'mood IS NULL AND price = 1.25 AND "Odd ""name" IN (1, 3)',
    "at < '2024-06-01' AND raw > '\\x80' AND seen",
    "shop.initial(city) = 'U' AND score % 10 = 4",
    "date_trunc('month', at AT TIME ZONE 'UTC') = '2024-02-01'",
)
GROUPED = (
    "SELECT date_trunc('month', at AT TIME ZONE 'UTC'), count(*) FROM shop.\"Visits\" GROUP BY 1",
    'SELECT lower(country), count(*) FROM shop."Visits" GROUP BY 1',
    'SELECT city, country, count(*) FROM shop."Visits" GROUP BY 1, 2',
)
LISTS = """
SELECT statistics_name::text, attnames::text[], exprs, most_common_vals, most_common_val_nulls,
  most_common_freqs, most_common_base_freqs FROM pg_stats_ext ORDER BY 1
"""
FIGURES = """
SELECT statistics_name::text, expr, null_frac, avg_width, n_distinct, most_common_vals::text,
  most_common_freqs, histogram_bounds::text, correlation, most_common_elems::text,
  most_common_elem_freqs, elem_count_histogram FROM pg_stats_ext_exprs ORDER BY 1, 2
"""


@dataclass(frozen=True, kw_only=True)
class World:
    """A database with rows, what was read of it, and the statistics of that text."""

    full: Twin
    live: Live
    statistics: Statistics


@pytest.fixture(scope="module")
def world(server: Server) -> Iterator[World]:
    with Twin(server, TYPES + TABLE + OBJECTS) as full:
        full._guest.run(ROWS)  # noqa: SLF001 (rows are no business of a twin: the test makes them)
        live = read_live(address(server, full))
        given = read_given(full.schema, live.statistics, path="stats.sql")
        assert given.left_out == ()
        yield World(full=full, live=live, statistics=given.statistics)


@pytest.fixture(scope="module")
def twin(server: Server, world: World) -> Iterator[Twin]:
    with Twin(server, world.live.schema) as twin:
        twin.set_statistics(world.statistics)
        yield twin


def shown(twin: Twin, query: str) -> list[tuple[object, ...]]:
    return twin._guest.run(query)  # noqa: SLF001 (what the server says that it has)


def query_of(condition: str) -> str:
    return f'SELECT * FROM shop."Visits" WHERE {condition}'


def test_everything_is_taken(twin: Twin) -> None:
    assert twin.refused == ()
    assert twin.left_out == ()


def test_combinations_are_those_that_were_found(twin: Twin, world: World) -> None:
    wanted = shown(world.full, LISTS)
    assert [row[0] for row in wanted if row[3]] == ["all_kinds", "mixed", "place"]
    assert shown(twin, LISTS) == wanted


def test_figures_of_expressions_are_those_that_were_found(twin: Twin, world: World) -> None:
    wanted = shown(world.full, FIGURES)
    assert len([row for row in wanted if row[3]]) == 5
    assert shown(twin, FIGURES) == wanted


@pytest.mark.parametrize("query", [*map(query_of, QUERIES), *GROUPED])
def test_the_planner_reckons_with_them(twin: Twin, world: World, query: str) -> None:
    full, plan = world.full.plan(query), twin.plan(query)
    assert plan.rows == full.rows
    assert plan.cost == pytest.approx(full.cost, rel=1e-6)


def test_they_make_a_difference(server: Server, twin: Twin, world: World) -> None:
    """Without them the planner takes columns for independent, and guesses at expressions."""
    with Twin(server, TYPES + TABLE) as bare:
        bare.set_statistics(replace(world.statistics, extended=()))
        for query in map(query_of, (QUERIES[0], QUERIES[2], QUERIES[8])):
            assert bare.plan(query).rows != pytest.approx(twin.plan(query).rows, rel=0.2)


def test_columns_go_by_name_where_the_twin_has_them_in_another_order(
    server: Server, twin: Twin, world: World
) -> None:
    turned = TABLE.replace("city text, country char(2),", "").replace(
        "id int,", "id int, gone int, country char(2), city text,"
    )
    dropped = 'ALTER TABLE shop."Visits" DROP gone;'
    with Twin(server, TYPES + turned + dropped + OBJECTS) as other:
        other.set_statistics(world.statistics)
        assert other.refused == ()
        for condition in QUERIES[:4]:
            plans = [t.plan(query_of(condition)) for t in (other, twin)]
            assert plans[0].rows == plans[1].rows


def test_statistics_set_anew_take_the_place_of_the_old(server: Server, world: World) -> None:
    """And nothing of the scratch table is left."""
    with Twin(server, world.live.schema) as other:
        other.set_statistics(world.statistics)
        other.set_statistics(replace(world.statistics, extended=()))
        assert not [row for row in shown(other, LISTS) if row[3]]
        assert not [row for row in shown(other, FIGURES) if row[3]]
        assert not shown(other, "SELECT FROM pg_class WHERE relname ~ 'blueproof'")
        assert not shown(other, "SELECT FROM pg_statistic_ext WHERE stxname ~ 'blueproof'")


REFUSED = {
    "a value": ("'sad', 'ok', 'happy'", "'sad', 'happy'", "all_kinds", 'enum mood: "ok"'),
    "a check": ("BETWEEN 0 AND 100", "< 5", "all_kinds", "violates check constraint"),
    "a name": ("ON city, country FROM", "ON city, day FROM", "place", "do not take all of its co"),
    "an expression": (
        "(date_trunc('month', at AT TIME ZONE 'UTC'))",
        "(at IS NULL)",
        "per_month",
        "do not take all of their figures",
    ),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_what_does_not_fit_the_twin_is_named_and_the_rest_is_taken(
    server: Server, world: World, case: tuple[str, str, str, str]
) -> None:
    old, new, name, why = case
    ddl = (TYPES + TABLE + OBJECTS).replace(old, new)
    with Twin(server, ddl) as other:
        other.set_statistics(world.statistics)
        said = [item for item in other.refused if "extended statistics" in item.what]
        assert any(f"{name} of" in item.what and why in item.why for item in said)
        taken = {row[0] for row in shown(other, FIGURES) if row[3]}
        assert "of_tags" in taken
        assert other.plan(query_of(QUERIES[0])).cost > 0


COMMON = Combinations(
    columns=("a", "b"), values=(("1", None), ("2", "x")), frequencies=(0.5, 0.25), apart=(0.1, 0.2)
)
HEAD = struct.pack("=IIIh2I", 0xE1A651C2, 1, 2, 2, 23, 25)
SIZES = struct.pack("=4ii4ii", 2, 8, 0, 4, 1, 1, 5, 0, -1, 0)
LIST = HEAD + SIZES + b"values" + bytes(2 * struct.calcsize("=2?dd2H"))


def found(types: tuple[int, ...], *ranks: tuple[int, ...]) -> Filled:
    scratch = Scratch(columns=("a", "b"), types=types)
    return Filled(scratch=scratch, table=1, object=2, ranks=ranks, refused=())


def test_frequencies_are_put_where_the_server_has_its_own() -> None:
    made = scratch_table.with_frequencies(LIST, found((23, 25), (0, -1), (1, 0)), COMMON)
    assert made is not None
    assert made[: -2 * 22] == HEAD + SIZES + b"values"
    assert struct.unpack("=2?dd2H", made[-44:-22]) == (False, True, 0.5, 0.1, 0, 0)
    assert struct.unpack("=2?dd2H", made[-22:]) == (False, False, 0.25, 0.2, 1, 0)


@pytest.mark.parametrize(
    ("types", "ranks"),
    [
        ((23, 1043), ((0, -1), (1, 0))),
        ((23, 25), ((0, -1), (2, 0))),
        ((23, 25), ((0, -1), (0, 0))),
        ((23, 25), ((0, -1), (-2, 0))),
    ],
)
def test_a_list_of_other_types_or_of_values_that_are_not_there_is_not_taken(
    types: tuple[int, ...], ranks: tuple[tuple[int, ...], ...]
) -> None:
    """The planner would read past the values, or take a number for an address."""
    assert scratch_table.with_frequencies(LIST, found(types, *ranks), COMMON) is None


def test_a_list_of_fewer_combinations_is_not_taken() -> None:
    fewer = LIST.replace(struct.pack("=Ih", 2, 2), struct.pack("=Ih", 1, 2))
    assert scratch_table.with_frequencies(fewer, found((23, 25), (0, -1), (1, 0)), COMMON) is None
