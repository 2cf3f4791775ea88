import random
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from blueproof.engines.postgres import catalog, loading, values
from blueproof.engines.postgres.comparing import compare, run
from blueproof.engines.postgres.domains import Shape, Wishes
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.rows import Filled, Generator, fill
from blueproof.engines.postgres.server import Server, scratch
from blueproof.engines.postgres.session import Session
from blueproof.sql.schema import Schema

SHOP = """
CREATE TYPE mood AS ENUM ('sad', 'ok', 'Very Happy');
CREATE DOMAIN percent AS int CHECK (VALUE BETWEEN 0 AND 100);
CREATE DOMAIN email AS text NOT NULL CHECK (VALUE ~ '^[^@]+@[^@]+$');
CREATE TABLE teams (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE,
  lead_id bigint);
CREATE TABLE people (id serial PRIMARY KEY, team_id bigint NOT NULL REFERENCES teams,
  boss_id int REFERENCES people, mail email UNIQUE, share percent, mood mood, moods mood[],
  status text NOT NULL CHECK (status IN ('open', 'it''s', 'paid')), born date,
  name varchar(3), code char(2), tags text[], data jsonb, raw bytea, host inet, key uuid,
  price numeric(5,2), price_with_tax numeric GENERATED ALWAYS AS (price * 1.2) STORED,
  span tstzrange, took interval, words tsvector, CHECK (price > 0 OR price IS NULL));
CREATE TABLE bookings (busy daterange, EXCLUDE USING gist (busy WITH &&));
ALTER TABLE teams ADD FOREIGN KEY (lead_id) REFERENCES people;
CREATE TABLE memberships (person_id int REFERENCES people, team_id bigint REFERENCES teams,
  since timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (person_id, team_id));
CREATE TABLE profiles (person_id int PRIMARY KEY REFERENCES people, note text);
CREATE TABLE events (id bigint, at timestamptz NOT NULL, region text NOT NULL,
  PRIMARY KEY (id, at, region)) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2023-01-01') TO ('2023-02-01')
  PARTITION BY LIST (region);
CREATE TABLE events_1_eu PARTITION OF events_1 FOR VALUES IN ('eu', 'uk');
CREATE TABLE logs (line text, level int);
CREATE MATERIALIZED VIEW counts AS SELECT count(*) AS n FROM people;
"""


@contextmanager
def loaded(server: Server, ddl: str) -> Iterator[tuple[Session, Schema]]:
    with (
        scratch(server) as name,
        closing(server.admin(name)) as admin,
        closing(server.guest(name)) as guest,
    ):
        assert loading.load(ddl, path="schema.sql", guest=guest, admin=admin) == ()
        guest.run("RESET ALL")
        yield guest, catalog.read_schema(guest)


@pytest.fixture(scope="module")
def shop(server: Server) -> Iterator[tuple[Session, Schema]]:
    with loaded(server, SHOP) as both:
        yield both


def filled(shop: tuple[Session, Schema], seed: int = 7, count: int = 40) -> Filled:
    return fill(shop[0], shop[1], seed=seed, rows_per_table=count)


def ask(guest: Session, sql: str) -> Any:
    return guest.run(sql)[0][0]


def test_every_kind_of_table_gets_rows(shop: tuple[Session, Schema]) -> None:
    guest, _ = shop
    with guest.rolled_back():
        result = filled(shop)
        counts = dict(result.rows)
        assert result.empty == ()
        names = "teams people memberships profiles events logs bookings"
        assert set(counts) == set(names.split())
        assert counts["teams"] == counts["logs"] == 40
        assert ask(guest, "SELECT n FROM counts") == counts["people"]
        assert min(counts.values()) >= 5


def test_the_same_seed_gives_the_same_rows_and_another_seed_others(
    shop: tuple[Session, Schema],
) -> None:
    guest, _ = shop

    def rows(seed: int) -> object:
        with guest.rolled_back():
            filled(shop, seed=seed)
            return guest.run("SELECT p::text FROM people p ORDER BY 1")

    assert rows(1) == rows(1)
    assert rows(1) != rows(2)


def test_columns_hold_nulls_and_values_that_repeat(shop: tuple[Session, Schema]) -> None:
    guest, schema = shop
    with guest.rolled_back():
        filled(shop, count=60)
        table = schema.by_name["people"]
        nullable = [c.name for c in table.columns if not c.not_null and c.name != "mail"]
        for column in nullable:
            empty, full = guest.run(
                f"SELECT count(*) - count({column}), count({column}) FROM people"
            )[0]
            assert empty > 0, column
            assert full > 0, column
        assert ask(guest, "SELECT count(DISTINCT status) FROM people") in {2, 3}
        assert ask(guest, "SELECT count(*) - count(DISTINCT l) FROM logs l") > 0


def test_joins_over_foreign_keys_find_partners_and_leave_some_alone(
    shop: tuple[Session, Schema],
) -> None:
    guest, _ = shop
    with guest.rolled_back():
        filled(shop)
        assert ask(guest, "SELECT count(*) FROM people p JOIN people b ON b.id = p.boss_id")
        assert ask(guest, "SELECT count(*) FROM teams t JOIN people l ON l.id = t.lead_id")
        peopled = "EXISTS (SELECT FROM people WHERE team_id = t.id)"
        assert ask(guest, f"SELECT count(*) FROM teams t WHERE NOT {peopled}")


def test_walking_up_a_table_that_refers_to_itself_comes_to_an_end(
    shop: tuple[Session, Schema],
) -> None:
    guest, _ = shop
    with guest.rolled_back():
        filled(shop)
        walk = (
            "WITH RECURSIVE up AS (SELECT id, boss_id, 1 AS n FROM people UNION ALL "
            "SELECT p.id, p.boss_id, n + 1 FROM up JOIN people p ON p.id = up.boss_id) "
            "SELECT max(n) FROM up"
        )
        assert 1 < ask(guest, walk) < 60


def test_literals_and_wanted_values_are_found_in_the_rows(shop: tuple[Session, Schema]) -> None:
    guest, schema = shop
    with guest.rolled_back():
        fill(guest, schema, seed=1, literals=("2031-05-05",), wanted={"logs.line": ("it's 50%",)})
        assert ask(guest, "SELECT count(*) FROM logs WHERE line = 'it''s 50%'") > 5
        assert ask(guest, "SELECT count(*) FROM people WHERE born = '2031-05-05'")


def test_columns_named_never_null_hold_none(shop: tuple[Session, Schema]) -> None:
    guest, schema = shop
    names = frozenset({"logs.line", "people.boss_id", "people.born"})
    with guest.rolled_back():
        fill(guest, schema, seed=1, never_null=names)
        assert ask(guest, "SELECT count(*) FROM logs WHERE line IS NULL") == 0
        assert ask(guest, "SELECT count(*) FROM people WHERE born IS NULL OR boss_id IS NULL") == 0
        assert ask(guest, "SELECT count(*) FROM people")


def test_outside_a_transaction_the_rows_stay(server: Server) -> None:
    with loaded(server, "CREATE TABLE t (a int)") as (guest, schema):
        assert fill(guest, schema, seed=1, rows_per_table=3).rows == (("t", 3),)
        assert ask(guest, "SELECT count(*) FROM t") == 3


def test_no_rows_at_all_can_be_asked_for(shop: tuple[Session, Schema]) -> None:
    guest, _ = shop
    with guest.rolled_back():
        assert sum(n for _, n in filled(shop, count=0).rows) == 0


def test_a_key_that_must_refer_to_its_own_table_is_dropped(server: Server) -> None:
    ddl = "CREATE TABLE nodes (id int PRIMARY KEY, up int NOT NULL REFERENCES nodes)"
    with loaded(server, ddl) as (guest, schema), guest.rolled_back():
        assert fill(guest, schema, seed=1).empty == ()
        assert ask(guest, "SELECT count(*) FROM nodes a JOIN nodes b ON b.id = a.up")


def test_triggers_rest_while_rows_are_made_and_work_again_afterwards(server: Server) -> None:
    ddl = """
        CREATE TABLE t (a int);
        CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'no'; END$$;
        CREATE TRIGGER no BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION no();
    """
    with loaded(server, ddl) as (guest, schema):
        assert fill(guest, schema, seed=1, rows_per_table=3).rows == (("t", 3),)
        assert ask(guest, "SELECT tgenabled::text FROM pg_trigger WHERE tgname = 'no'") == "O"


def test_rows_are_there_in_spite_of_forced_row_security_which_is_forced_again(
    server: Server,
) -> None:
    ddl = """
        CREATE TABLE t (a int); ALTER TABLE t ENABLE ROW LEVEL SECURITY;
        ALTER TABLE t FORCE ROW LEVEL SECURITY;
    """
    with loaded(server, ddl) as (guest, schema):
        fill(guest, schema, seed=1, rows_per_table=3)
        assert ask(guest, "SELECT count(*) FROM t") == 0
        guest.run("ALTER TABLE t NO FORCE ROW LEVEL SECURITY")
        assert ask(guest, "SELECT count(*) FROM t") == 3


def test_a_condition_that_refuses_some_rows_leaves_the_others(server: Server) -> None:
    ddl = """
        CREATE FUNCTION fine(x int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
          BEGIN IF x > 3 THEN RAISE 'too many'; END IF; RETURN true; END$$;
        CREATE TABLE t (a int CHECK (fine(a)), starts date, ends date, CHECK (ends > starts),
          CHECK (num_nonnulls(starts, ends) = 2));
        CREATE TABLE later (a int UNIQUE DEFERRABLE INITIALLY DEFERRED, b text);
    """
    with loaded(server, ddl) as (guest, schema), guest.rolled_back():
        result = fill(guest, schema, seed=1)
        assert result.empty == ()
        assert dict(result.rows)["t"] >= 3


def test_a_condition_that_reaches_for_a_program_gets_no_power(server: Server) -> None:
    ddl = """
        CREATE FUNCTION sly(x int) RETURNS boolean LANGUAGE plpgsql AS $$
          BEGIN COPY (SELECT 1) TO PROGRAM 'true'; RETURN true; END$$;
        CREATE DOMAIN sly AS int CHECK (sly(VALUE));
        CREATE TABLE victim (a int NOT NULL CHECK (sly(a)));
        CREATE TABLE other (a sly NOT NULL);
        CREATE TABLE third (a int NOT NULL);
    """
    with loaded(server, ddl) as (guest, schema), guest.rolled_back():
        assert fill(guest, schema, seed=1).empty == ("victim", "other")


def test_a_condition_that_never_ends_costs_one_time_limit(server: Server) -> None:
    ddl = """
        CREATE FUNCTION slow(x int) RETURNS boolean LANGUAGE sql AS 'SELECT pg_sleep(60) IS NULL';
        CREATE TABLE t (a int NOT NULL CHECK (slow(a)));
        CREATE TABLE u (a int NOT NULL);
    """
    with loaded(server, ddl) as (guest, schema), guest.rolled_back():
        guest.run("SET LOCAL statement_timeout = '200ms'")
        result = fill(guest, schema, seed=1, rows_per_table=3)
    assert result == Filled(rows=(("t", 0), ("u", 3)), empty=("t",))


def test_arrays_and_literals_are_written_as_the_server_reads_them() -> None:
    assert values.listed(("a", 'say "b"', "back\\slash")) == '{"a","say \\"b\\"","back\\\\slash"}'
    assert values.literals_in("a = 'it''s' AND b > 5 AND c = E'x\\n'") == ("it's", "5")
    assert values.around("2024-02-28")[1:3] == ("2024-02-27 00:00:00", "2024-02-29 00:00:00")
    assert '{"status": "open"}' in values.pool("jsonb", ("status", "open"))


def chance(seed: int) -> random.Random:
    return random.Random(f"rows {seed}")  # noqa: S311 (test data)


STRICT = """
CREATE DOMAIN code AS text CHECK (VALUE ~ '^[a-z]');
CREATE TABLE t (id int PRIMARY KEY, code code, ratio float8, big bigint, day date, at timestamptz,
  span tstzrange, tags text[], doc jsonb, active boolean, slot int4range, x int, y int,
  CHECK (x < y OR x IS NULL), UNIQUE NULLS NOT DISTINCT (x, y), EXCLUDE USING gist (slot WITH &&));
CREATE UNIQUE INDEX ON t (big) WHERE active;
"""


def test_rows_keep_to_every_constraint_and_yet_hold_what_is_odd(server: Server) -> None:
    shapes = (Shape(rows=30), Shape(rows=30, extreme=True), Shape(rows=30, uneven=True))
    odd = {
        "NaN": "ratio = 'NaN'", "the largest": "big = 9223372036854775807",
        "a long text": "length(code) > 200", "an unbounded range": "upper_inf(span)",
        "an empty range": "isempty(slot)", "NULL in an array": "array_position(tags, NULL) > 0",
        "an empty array": "tags = '{}'", "null in a document": "doc @> '{\"a\": null}'",
        "no key in a document": "doc = '{}'", "a nested document": "doc->'a' ? 'b'",
        "a space behind": "code LIKE 'a %'", "a wildcard": "code LIKE 'a\\%'",
    }  # fmt: skip
    seen: set[str] = set()
    with loaded(server, STRICT) as (guest, schema), guest.rolled_back():
        generator = Generator(guest, schema, Wishes(), 30)
        for number in range(36):
            guest.run("SAVEPOINT empty")
            generator.fill(chance(number), shapes[number % 3])
            found = guest.run(
                "SELECT " + ", ".join(f"coalesce(bool_or({c}), false)" for c in odd.values())
                + ", coalesce(bool_or(NOT isfinite(day) OR NOT isfinite(at)), false) FROM t"
            )[0]  # fmt: skip
            seen |= {name for name, there in zip(odd, found, strict=False) if there}
            assert not found[-1], "infinite moments are there only where asked for"
            guest.run("ROLLBACK TO empty")
        generator.fill(chance(1), Shape(rows=30, infinite=True))
        assert ask(guest, "SELECT bool_or(NOT isfinite(day)) AND bool_or(NOT isfinite(at)) FROM t")
    assert set(odd) - seen == set()


def test_uneven_databases_have_empty_tables_beside_full_ones(shop: tuple[Session, Schema]) -> None:
    guest, schema = shop
    kinds: set[tuple[bool, ...]] = set()
    with guest.rolled_back():
        generator = Generator(guest, schema, Wishes(), 20)
        for number in range(12):
            guest.run("SAVEPOINT empty")
            generator.fill(chance(number), Shape(rows=20, uneven=True))
            teams, logs = guest.run(
                "SELECT (SELECT count(*) FROM teams), (SELECT count(*) FROM logs)"
            )[0]
            kinds.add((teams > 0, logs > 0))
            guest.run("ROLLBACK TO empty")
    assert {(True, False), (False, True), (True, True)} <= kinds


def test_given_rows_are_put_in_all_or_none(server: Server) -> None:
    ddl = "CREATE TABLE t (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, up int REFERENCES t)"
    types = {"t": {"id": "integer", "up": "integer"}}
    with loaded(server, ddl) as (guest, schema), guest.rolled_back():
        generator = Generator(guest, schema, Wishes(), 5)
        row: dict[str, str | None] = {"id": "7", "up": None}
        assert not generator.put({"t": [row, row]}, types)
        assert ask(guest, "SELECT count(*) FROM t") == 0
        assert generator.put({"t": [row]}, types)
        assert ask(guest, "SELECT id FROM t") == 7


def test_a_condition_that_ends_its_own_connection_is_told(server: Server) -> None:
    ddl = """
        CREATE FUNCTION quit(x int) RETURNS boolean LANGUAGE sql
          AS 'SELECT pg_terminate_backend(pg_backend_pid())';
        CREATE TABLE t (a int NOT NULL CHECK (quit(a)));
    """
    with loaded(server, ddl) as (guest, schema):
        with pytest.raises(ServerRefusal):
            fill(guest, schema, seed=1)
        assert ask(guest, "SELECT count(*) FROM t") == 0
    assert run(server, ddl, "SELECT 1").refused
    assert compare(server, ddl, "SELECT 1", "SELECT 1").refused
