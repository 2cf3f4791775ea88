"""DDL as people have it is loaded; what cannot be is left out and named."""

import contextlib

import pytest

from blueproof.core.errors import SqlError
from blueproof.engines.postgres.loading import LeftOut, without_concurrently, without_rows
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin

DUMP = r"""
-- PostgreSQL database dump
\connect shop
SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
CREATE SCHEMA extensions;
ALTER SCHEMA extensions OWNER TO postgres;
CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA extensions;
CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA extensions;
CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA extensions;
COMMENT ON EXTENSION vector IS 'vectors';
CREATE TABLE public.items (
    id uuid DEFAULT extensions.uuid_generate_v4() NOT NULL,
    token bytea DEFAULT extensions.gen_random_bytes(16),
    made uuid DEFAULT extensions.gen_random_uuid(),
    embedding extensions.vector(3)
);
ALTER TABLE public.items OWNER TO app;
COPY public.items (id) FROM stdin;
00000000-0000-0000-0000-000000000000
\.
SELECT pg_catalog.setval('public.x', 1, false);
ALTER TABLE ONLY public.items ADD CONSTRAINT items_pkey PRIMARY KEY (id);
CREATE INDEX near ON public.items USING hnsw (embedding extensions.vector_l2_ops);
GRANT SELECT ON TABLE public.items TO reader;
"""


ROWS = {
    "a command of psql",
    "rows are not loaded",
    "rows are not loaded; row counts come from --rows",
}


def _reasons(server: Server) -> set[str]:
    with Twin(server, DUMP, path="dump.sql") as twin:
        columns = twin.schema.by_name["items"].columns
        assert [c.name for c in columns] == ["id", "token", "made", "embedding"]
        assert columns[0].default == "extensions.uuid_generate_v4()"
        assert {i.name for i in twin.schema.indexes} == {"items_pkey", "near"}
        return {left.why for left in twin.left_out}


@pytest.mark.usefixtures("with_extensions")
def test_a_dump_with_extensions_in_a_schema_of_their_own_is_loaded(server: Server) -> None:
    assert _reasons(server) == ROWS


def test_stand_ins_are_made_in_the_schema_of_an_extension_that_is_not_here(
    bare_server: Server,
) -> None:
    how = "(blueproof doctor --install extensions brings it)"
    assert _reasons(bare_server) == ROWS | {
        f"extension uuid-ossp is not here {how}: its functions give other UUIDs",
        f"extension pgcrypto is not here {how}: its functions give other values,"
        " and only the common ones are there",
    }


SUPABASE = """
create extension if not exists "uuid-ossp" schema extensions;
create table profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  code uuid default extensions.uuid_generate_v4()
);
alter table profiles enable row level security;
create policy own on profiles for select to authenticated using (auth.uid() = id);
create policy "all" on profiles to service_role using (true);
"""


def test_supabase_schemas_find_their_users_and_roles(server: Server) -> None:
    with Twin(server, SUPABASE) as twin:
        assert [p.roles for p in twin.schema.policies] == [("authenticated",), ("service_role",)]
        assert [str(k) for k in twin.schema.foreign_keys] == ["profiles (id)"]
        assert twin.left_out[0].what == "schema auth"


def test_a_schema_of_the_persons_own_called_auth_is_theirs(server: Server) -> None:
    ddl = "CREATE SCHEMA auth; CREATE TABLE auth.users (id int PRIMARY KEY, name text);"
    with Twin(server, ddl) as twin:
        assert [c.name for c in twin.schema.by_name["auth.users"].columns] == ["id", "name"]
        assert twin.left_out == ()


def test_an_extension_asked_for_late_is_there_from_the_beginning(server: Server) -> None:
    ddl = "CREATE TABLE t (v vector(2)); CREATE EXTENSION vector; CREATE EXTENSION vector;"
    with Twin(server, ddl) as twin:
        assert twin.schema.by_name["t"].columns[0].type == "vector(2)"
        assert twin.left_out == ()


def test_objects_of_the_persons_cannot_wait_for_an_extension_in_its_schema(server: Server) -> None:
    ddl = (
        "CREATE FUNCTION public.vector_in(cstring, oid, integer) RETURNS int LANGUAGE sql"
        " AS 'SELECT 1'; CREATE EXTENSION vector;"
    )
    with Twin(server, ddl) as twin:
        (left,) = twin.left_out
        assert "already exists with same argument types" in left.why


@pytest.mark.parametrize("name", ["pg_monitor_of_mine", "public", "none", "a-b", "Größe", "x" * 70])
def test_roles_that_are_missing_are_made_or_the_statement_is_left_out(
    server: Server, name: str
) -> None:
    ddl = f'CREATE TABLE t (a int); CREATE POLICY p ON t TO "{name}" USING (true);'
    with Twin(server, ddl) as twin:
        assert "t" in twin.schema.by_name
        assert len(twin.schema.policies) + len(twin.left_out) == 1


def test_text_that_is_no_sql_stops_with_its_place(server: Server) -> None:
    with pytest.raises(SqlError, match=r"schema\.sql:2:14: syntax error at or near"):
        Twin(server, "CREATE TABLE t (a int);\nCREATE TABLE ( x y z );")


def test_a_syntax_error_within_code_is_left_out_like_any_other(server: Server) -> None:
    with Twin(server, "DO $$ BEGIN EXECUTE 'nonsense'; END $$; CREATE TABLE t (a int)") as twin:
        assert [left.why for left in twin.left_out] == ['syntax error at or near "nonsense"']
        assert "t" in twin.schema.by_name


def test_tables_and_views_made_from_queries_are_there_without_their_rows(server: Server) -> None:
    ddl = """
    CREATE TABLE a AS SELECT generate_series(1, 10) AS n WITH DATA;
    CREATE TABLE b (m) AS TABLE a; -- a copy
    CREATE MATERIALIZED VIEW c AS SELECT n FROM a -- its numbers
    ;
    CREATE UNIQUE INDEX ON c (n);
    REFRESH MATERIALIZED VIEW c;
    """
    with Twin(server, ddl) as twin:
        assert set(twin.schema.by_name) == {"a", "b", "c"}
        assert twin.plan("SELECT * FROM c WHERE n = 1").relation == "c"
        assert twin.left_out == ()


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY)",
        "CREATE VIEW v AS SELECT 1",
        "CREATE VIEW materialized AS SELECT 1",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE TYPE t AS ENUM ('a')",
        "CREATE DOMAIN d AS text",
        "CREATE RULE r AS ON INSERT TO t DO NOTHING",
        "ALTER TABLE t ADD a int",
    ],
)
def test_statements_that_make_no_rows_stay_as_they_are(sql: str) -> None:
    assert without_rows(sql) == sql


def test_with_no_data_is_said_once() -> None:
    sql = "CREATE TABLE t AS SELECT 1 AS a WITH NO DATA"
    assert " ".join(without_rows(sql).split()) == sql


def test_concurrently_is_dropped_from_indexes_only() -> None:
    assert (
        without_concurrently("CREATE INDEX CONCURRENTLY i ON t (a)") == "CREATE INDEX  i ON t (a)"
    )
    assert without_concurrently("COMMENT ON TABLE t IS 'CONCURRENTLY'").endswith("'CONCURRENTLY'")


def test_settings_outlive_a_connection_that_is_lost(server: Server) -> None:
    ddl = """
    CREATE SCHEMA app; SET search_path = app;
    DO $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); END $$;
    CREATE TABLE t (a int);
    """
    with Twin(server, ddl) as twin:
        assert set(twin.schema.by_name) == {"app.t"}
        assert len(twin.left_out) == 1


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE child DISABLE TRIGGER ALL",
        "ALTER TABLE IF EXISTS ONLY public.child ENABLE TRIGGER USER",
        'ALTER TABLE "child" ENABLE ALWAYS TRIGGER "a b", DISABLE TRIGGER c',
        "ALTER TABLE child OWNER TO nobody_here",
        "ALTER FUNCTION f(int, text) OWNER TO nobody_here",
        "CREATE ROLE clerk_a LOGIN PASSWORD 'x'",
        "CREATE USER clerk_b",
        "CREATE PUBLICATION p FOR ALL TABLES",
        "ALTER PUBLICATION p ADD TABLE child",
        "CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p",
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO clerk_a",
        "COMMENT ON EXTENSION vector IS 'vectors'",
    ],
)
def test_what_has_no_part_in_planning_is_passed_over_in_silence(server: Server, sql: str) -> None:
    ddl = f"CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES child); {sql};"
    with Twin(server, ddl) as twin:
        assert twin.left_out == ()
        assert "child" in twin.schema.by_name


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION f()", "needs an administrator"),
        ("CREATE USER MAPPING FOR public SERVER s", "needs an administrator"),
        ("ALTER ROLE clerk_c CREATEROLE", "needs an administrator"),
        ("COMMENT ON TABLE gone IS 'it'", 'relation "gone" does not exist'),
    ],
)
def test_what_may_be_missed_is_named(server: Server, sql: str, why: str) -> None:
    with Twin(server, sql) as twin:
        (left,) = twin.left_out
    assert left.why.startswith(why)


def test_words_about_owners_and_triggers_silence_nothing_else(server: Server) -> None:
    ddl = """
    CREATE TABLE t (a text CHECK (a <> 'OWNER TO me'));
    CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
      EXECUTE 'ALTER TABLE t OWNER TO me'; END $$;
    DO $$ BEGIN CREATE TABLE made (a int); IF false THEN ALTER TABLE t OWNER TO me; END IF; END $$;
    CREATE VIEW v AS SELECT f()::text AS f;
    ALTER TABLE t DISABLE TRIGGER USER, ADD COLUMN b int;
    """
    with Twin(server, ddl) as twin:
        assert twin.left_out == ()
        assert set(twin.schema.by_name) >= {"t", "made"}
        assert [c.name for c in twin.schema.by_name["t"].columns] == ["a", "b"]


def test_policies_find_the_roles_that_the_script_creates(server: Server) -> None:
    ddl = """
    CREATE ROLE "Shop Clerk" LOGIN; CREATE USER shop_owner SUPERUSER; CREATE TABLE t (a int);
    CREATE POLICY p ON t TO "Shop Clerk", shop_owner USING (a > 0);
    """
    with Twin(server, ddl) as twin:
        assert twin.left_out == ()
        assert set(twin.schema.policies[0].roles) == {"Shop Clerk", "shop_owner"}
        powers = "SELECT rolsuper OR rolcanlogin FROM pg_roles WHERE rolname = $1"
        with contextlib.closing(server.admin()) as admin:
            assert admin.run_one(powers, ("shop_owner",)) == [(False,)]


FILLING = """
CREATE TABLE users (id int PRIMARY KEY, url text);
CREATE TABLE posts (id int, author int REFERENCES users);
DO $$ BEGIN
  INSERT INTO users (id) VALUES (1); INSERT INTO posts VALUES (2, 1), (2, 1);
END $$;
"""


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE users ALTER url SET NOT NULL",
        "ALTER TABLE users ALTER url TYPE int USING ('x' || id)::int",
        "ALTER TABLE users ADD CHECK (id > 1)",
        "CREATE UNIQUE INDEX ON posts (id)",
        "ALTER TABLE posts ADD FOREIGN KEY (id) REFERENCES users",
        "DO $$ BEGIN ALTER TABLE users ADD CHECK (id > 1); END $$",
    ],
)
def test_rows_of_a_do_block_stand_in_the_way_of_nothing(server: Server, sql: str) -> None:
    after = "do $$ BEGIN IF EXISTS (SELECT FROM posts) THEN RAISE 'rows'; END IF; END $$"
    with Twin(server, f"{FILLING} {sql}; {after}") as twin:
        assert twin.left_out == ()


def test_what_fails_on_rows_of_its_own_is_left_out_with_its_reason(server: Server) -> None:
    again = "DO $$ BEGIN INSERT INTO users (id) VALUES (7), (7); END $$"
    with Twin(server, f"{FILLING} {again}") as twin:
        (left,) = twin.left_out
    assert left.why.startswith("duplicate key value violates unique constraint")


def test_rows_that_cannot_be_cleared_away_are_named(server: Server) -> None:
    ddl = """
    CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'kept'; END $$;
    CREATE TRIGGER k BEFORE TRUNCATE ON users EXECUTE FUNCTION stop();
    ALTER TABLE users ALTER url SET NOT NULL;
    """
    with Twin(server, FILLING + ddl) as twin:
        (left,) = twin.left_out
    assert left.why == 'column "url" of relation "users" contains null values'


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("CREATE INDEX ON t (gone)", ("t",)),
        ('CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "on" ON ONLY T (gone)', ("t",)),
        ('CREATE INDEX i ON public."Big "" One" (gone)', ('Big " One',)),
        ("CREATE INDEX i ON app.t (gone)", ("app.t",)),
        ("CREATE TABLE t (a int)", ("t",)),
        ("CREATE UNLOGGED TABLE IF NOT EXISTS new (a nothing)", ("new",)),
        ("ALTER TABLE /* the only */ ONLY t -- one\n ADD b nothing", ("t",)),
        ("ALTER TABLE IF EXISTS public.t ADD CHECK (gone)", ("t",)),
        ("CREATE POLICY p ON t USING (gone)", ("t",)),
        ("DROP POLICY p ON t", ("t",)),
        ("SET search_path = app; CREATE INDEX ON other (gone)", ("app.other",)),
        ("SET search_path = nowhere, app; ALTER TABLE new ADD b int", ("app.new",)),
        ("SET search_path = app, public; CREATE INDEX ON s (gone)", ("s",)),
        ("SET search_path = ''; CREATE INDEX ON t (gone)", ("t",)),
        ("CREATE TRIGGER r BEFORE INSERT ON t EXECUTE FUNCTION gone()", ()),
        ("COMMENT ON TABLE gone IS 'CREATE TABLE t'", ()),
        ("CREATE UNLOGGED SEQUENCE t", ()),
        ("INSERT INTO t VALUES (1)", ()),
        ("DO $$ BEGIN ALTER TABLE t ADD b nothing; END $$", ()),
    ],
)
def test_what_is_left_out_names_its_table_as_the_schema_does(
    server: Server, sql: str, tables: tuple[str, ...]
) -> None:
    ddl = (
        "CREATE SCHEMA app; CREATE TABLE t (a int); CREATE TABLE s (a int); CREATE TABLE app.t ();"
    )
    with Twin(server, f"{ddl} {sql};") as twin:
        (left,) = twin.left_out
    assert left.tables == tables


def test_a_table_is_named_though_only_the_settings_of_the_script_can_end_its_strings(
    server: Server,
) -> None:
    ddl = r"SET standard_conforming_strings = off; ALTER TABLE t ADD a text DEFAULT 'it\'s';"
    with Twin(server, ddl) as twin:
        (left,) = twin.left_out
    assert left.tables == ("t",)


def test_entries_that_are_summed_up_keep_all_their_tables(server: Server) -> None:
    ddl = "".join(f"CREATE TABLE t{n} (a int); CREATE INDEX ON t{n} (b);" for n in (1, 2, 3))
    with Twin(server, ddl + "CREATE INDEX ON t1 (b)") as twin:
        (left,) = twin.left_out
    assert (left.what, left.tables) == ("4 statements", ("t1", "t2", "t3"))


def test_the_line_about_what_is_left_out_is_the_same_with_tables() -> None:
    left = LeftOut(where="a.sql:1", what="CREATE INDEX ON t (b)", why="no b", tables=("t",))
    assert str(left) == "a.sql:1: CREATE INDEX ON t (b): no b"
