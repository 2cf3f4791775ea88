"""Attempts to leave the transaction, to use up the machine, to mislead our own queries."""

from escapes import Escape, does

TRANSACTIONS = (
    Escape(name="two statements", queries=("SELECT 1; DROP TABLE kept",), says="only a single"),
    Escape(
        name="a second statement after a comment",
        queries=("SELECT 1 /* ; */ -- ;\n; DROP TABLE kept",),
        says="only a single",
    ),
    Escape(
        name="a second statement after a dollar quote",
        queries=("SELECT $a$ ; $a$; DROP TABLE kept; SELECT $a$ $a$",),
        says="only a single",
    ),
    Escape(
        name="a second statement after a psql command",
        queries=("SELECT 1 \\g\n; DROP TABLE kept",),
    ),
    Escape(
        name="a second statement that appears once backslashes are escapes",
        ddl="SET standard_conforming_strings = off;",
        changes=(
            "DO $$ BEGIN PERFORM set_config('standard_conforming_strings', 'off', false); END $$",
        ),
        queries=("SELECT '\\''; COMMIT; DROP TABLE kept; --'",),
        says="cannot insert multiple commands",
    ),
    *(
        Escape(name=query, queries=(query,), says="only a single")
        for query in (
            "COMMIT", "ROLLBACK", "BEGIN", "ANALYZE SELECT pg_sleep(30)",
            "(ANALYZE) SELECT pg_sleep(30)", "/* x */ ANALYZE DELETE FROM kept",
            "PREPARE TRANSACTION 'x'", "EXECUTE x", "LISTEN x", "NOTIFY x", "LOCK kept",
            "DO $$ BEGIN END $$", "CALL x()", "DECLARE c CURSOR FOR SELECT 1", "DROP TABLE kept",
            "REFRESH MATERIALIZED VIEW x", "CREATE TABLE x AS SELECT 1", "", ";", "-- x",
        )
    ),
    Escape(
        name="ANALYZE in parentheses after SELECT's own",
        queries=('("analyze") SELECT pg_sleep(30)',),
        says="syntax error",
    ),
    Escape(
        name="COMMIT in DO",
        ddl="DO $$ BEGIN COMMIT; END $$",
        says="invalid transaction termination",
    ),
    Escape(
        name="COMMIT in a change",
        changes=("DROP TABLE kept; COMMIT", "ROLLBACK; DROP TABLE kept"),
        queries=("SELECT 1",),
    ),
    Escape(
        name="a prepared transaction",
        ddl="PREPARE TRANSACTION 'x'",
        says="not a statement that builds a schema",
    ),
    Escape(
        name="a query that deletes", queries=("WITH d AS (DELETE FROM kept RETURNING 1) TABLE d",)
    ),
    Escape(
        name="a function with effects in a query",
        ddl=does("DROP TABLE kept", "boolean", "g()"),
        queries=("SELECT g()", "SELECT * FROM kept WHERE g()"),
    ),
    Escape(
        name="a function with effects that claims to have none",
        ddl=does("DROP TABLE kept", "boolean", "g()").replace("LANGUAGE", "IMMUTABLE LANGUAGE"),
        queries=("SELECT * FROM kept WHERE g()",),
        says="DROP TABLE is not allowed in a non-volatile function",
    ),
    Escape(name="an advisory lock", ddl="DO $$ BEGIN PERFORM pg_advisory_lock(1); END $$"),
    Escape(name="LISTEN in DO", ddl="DO $$ BEGIN LISTEN x; NOTIFY x; END $$"),
    Escape(name="a large object", ddl="DO $$ BEGIN PERFORM lo_from_bytea(0, 'x'); END $$"),
)  # fmt: skip

_FOREVER = "LOOP END LOOP"
_STUBBORN = "LOOP BEGIN LOOP END LOOP; EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP"
_IMMUTABLE = "CREATE FUNCTION bomb() RETURNS text LANGUAGE plpgsql IMMUTABLE AS $f$"

BOMBS = (
    Escape(name="an endless loop", ddl=f"DO $$ BEGIN {_FOREVER}; END $$", says="did not end"),
    Escape(
        name="an endless loop that catches the end of its time",
        ddl=f"DO $$ BEGIN {_STUBBORN}; END $$",
        says="did not end",
    ),
    Escape(
        name="an endless loop that catches everything and keeps talking",
        ddl="DO $$ BEGIN LOOP BEGIN LOOP RAISE NOTICE 'still here'; END LOOP;"
        " EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$",
        says="it ",
    ),
    Escape(
        name="an endless loop after its time limit is lifted",
        ddl="DO $$ BEGIN PERFORM set_config('statement_timeout', '0', false); END $$;"
        f"DO $$ BEGIN {_FOREVER}; END $$",
        says="did not end",
    ),
    Escape(
        name="an endless loop in a function that is folded while planning",
        ddl=f"{_IMMUTABLE} BEGIN {_FOREVER}; END $f$",
        queries=("SELECT bomb()",),
        says="did not end",
    ),
    Escape(
        name="a stubborn loop in a function that is folded while planning",
        ddl=f"{_IMMUTABLE} BEGIN {_STUBBORN}; END $f$",
        queries=("SELECT bomb()",),
        says="did not end",
    ),
    Escape(
        name="an endless loop in a trigger that waits for the commit",
        ddl=does(_FOREVER)
        + "CREATE TABLE t (a text); CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t DEFERRABLE"
        + " INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f();"
        + "DO $$ BEGIN INSERT INTO t VALUES ('x'); END $$",
        says="did not end",
    ),
    Escape(
        name="many statements that each take their whole time",
        ddl="DO $$ BEGIN PERFORM pg_sleep(30); END $$;" * 9,
        says="the script takes more than 4 s",
    ),
    Escape(name="pg_sleep in a query", queries=("SELECT pg_sleep(30)",)),
    Escape(
        name="an endless recursive query",
        ddl="CREATE TABLE t AS WITH RECURSIVE r AS (SELECT 1 AS a UNION ALL SELECT a FROM r)"
        " SELECT * FROM r",
        queries=("SELECT * FROM t",),
    ),
    Escape(
        name="a table of more rows than the disk holds",
        ddl="CREATE TABLE t AS SELECT generate_series(1, 1000000000000) AS a",
        queries=("SELECT * FROM t",),
    ),
    Escape(
        name="a materialized view of more rows than the disk holds",
        ddl="CREATE MATERIALIZED VIEW v AS SELECT generate_series(1, 1000000000000) AS a",
        queries=("SELECT * FROM v WHERE a = 1",),
    ),
    Escape(
        name="more rows than the disk holds, by EXECUTE",
        ddl="DO $$ BEGIN EXECUTE 'CREATE UNLOGGED TABLE t AS SELECT repeat(''x'', 8000) AS a, g"
        " FROM generate_series(1, 100000000) g'; EXECUTE 'ALTER TABLE t ALTER a SET STORAGE PLAIN';"
        " END $$",
        says="it ",
    ),
    Escape(
        name="more rows than the disk holds, a little at a time",
        ddl="CREATE TABLE t (a text STORAGE PLAIN);"
        + "DO $$ BEGIN INSERT INTO t SELECT repeat('x', 8000) FROM generate_series(1, 3000);"
        " END $$;" * 60,
        says="MB of disk",
    ),
    Escape(
        name="large objects that fill the disk",
        ddl="DO $$ BEGIN FOR i IN 1..1000000 LOOP PERFORM lo_from_bytea(0, decode(md5(i::text)"
        " || repeat(md5(random()::text), 30000), 'hex')); END LOOP; END $$",
        says="it ",
    ),
    Escape(
        name="temporary files that fill the disk",
        ddl="DO $$ BEGIN SET work_mem = '64kB'; PERFORM count(*) FROM (SELECT repeat('x', 4000), g"
        " FROM generate_series(1, 10000000) g ORDER BY 1, 2) s; END $$",
    ),
    Escape(
        name="a memory bomb",
        ddl="DO $$ DECLARE a text[]; BEGIN FOR i IN 1..40 LOOP a[i] := repeat('x', 200000000);"
        " END LOOP; END $$",
    ),
    Escape(
        name="an array that fills the memory",
        ddl="DO $$ BEGIN PERFORM array_fill('x'::text, ARRAY[100000000]); END $$",
    ),
    Escape(
        name="an aggregate that fills the memory",
        ddl="DO $$ BEGIN PERFORM string_agg(repeat('x', 1000000), '')"
        " FROM generate_series(1, 1000000); END $$",
    ),
    Escape(
        name="a memory bomb in a function that is folded while planning",
        ddl=f"{_IMMUTABLE} BEGIN RETURN repeat('x', 900000000); END $f$",
        queries=("SELECT bomb() || bomb()",),
    ),
    Escape(
        name="an error message larger than our own memory should take",
        ddl="DO $$ BEGIN RAISE EXCEPTION '%', repeat('x', 400000000); END $$",
    ),
    Escape(
        name="a query whose plan is larger than our own memory should take",
        ddl=f"{_IMMUTABLE} BEGIN RETURN repeat('x', 300000000); END $f$",
        queries=("SELECT 1 WHERE bomb() = $1",),
        says="it ",
    ),
    Escape(
        name="parentheses that exhaust the stack",
        queries=("SELECT " + "(" * 20_000 + "1" + ")" * 20_000,),
        says="memory exhausted",
    ),
    Escape(
        name="a function that calls itself without end",
        ddl=f"{_IMMUTABLE} BEGIN RETURN bomb(); END $f$",
        queries=("SELECT bomb()",),
        says="stack depth limit exceeded",
    ),
    Escape(
        name="a regular expression that takes for ever",
        queries=("SELECT repeat('a', 40) ~ '((a|aa)+)+(((a+)+)+)+\\1\\2b'",),
    ),
    Escape(
        name="many objects",
        ddl="DO $$ BEGIN FOR i IN 1..1000000 LOOP EXECUTE format('CREATE TABLE t%s ()', i);"
        " END LOOP; END $$",
    ),
    Escape(
        name="ending our own connection",
        ddl="SET search_path = kept_schema; CREATE TABLE first (a int);"
        "DO $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); END $$;"
        "CREATE TABLE second (a int)",
        queries=("SELECT * FROM kept_schema.first, kept_schema.second",),
        says="the connection to the private PostgreSQL was lost",
    ),
    Escape(
        name="ending our own connection while planning",
        ddl=f"{_IMMUTABLE} BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); END $f$",
        queries=("SELECT bomb()",),
        says="the connection to the private PostgreSQL was lost",
    ),
)

_CANARY = "CREATE ROLE canary SUPERUSER"
HIJACKS = (
    Escape(
        name="tables named like the catalog's",
        ddl="CREATE TABLE public.pg_class (oid oid, relname name);"
        "DO $$ BEGIN CREATE TEMP TABLE pg_index (indexrelid oid); END $$;"
        "ALTER ROLE guest SET search_path = public, pg_catalog;"
        "SET search_path = public, pg_catalog;",
        queries=("SELECT * FROM kept",),
        says="needs an administrator",
    ),
    Escape(
        name="functions named like the catalog's",
        ddl="".join(
            f"CREATE FUNCTION public.{head} RETURNS text LANGUAGE plpgsql AS"
            f" $f$ BEGIN EXECUTE '{_CANARY}'; RETURN 'x'; END $f$;"
            for head in (
                "format_type(oid, integer)", "pg_get_expr(pg_node_tree, oid)", "unnest(smallint[])",
                "pg_get_indexdef(oid)", "pg_get_constraintdef(oid)", "pg_backend_pid()",
                "pg_relation_filepath(oid)", "pg_get_userbyid(oid)",
                "set_config(text, text, boolean)",
            )
        )
        + "SET search_path = public, pg_catalog",
        queries=("SELECT * FROM kept",),
    ),
    Escape(
        name="operators that fit our own queries better than PostgreSQL's",
        ddl="".join(
            f"CREATE FUNCTION public.f{n}({left}, {right}) RETURNS {returns} LANGUAGE plpgsql AS"
            f" $f$ BEGIN EXECUTE '{_CANARY}'; RETURN NULL; END $f$;"
            f"CREATE OPERATOR public.{sign} (LEFTARG = {left}, RIGHTARG = {right},"
            f" FUNCTION = public.f{n});"
            for n, (sign, left, right, returns) in enumerate(
                (
                    ("=", "name", "name", "boolean"), ("=", "oid", "integer", "boolean"),
                    ("=", '"char"', '"char"', "boolean"), ("!~", "name", "name", "boolean"),
                    ("!~", "name", "text", "boolean"), ("||", "name", "name", "text"),
                    ("||", "name", "text", "text"), ("||", "text", "name", "text"),
                    ("&", "smallint", "integer", "integer"),
                    ("=", "smallint", "integer", "boolean"),
                    ("=", "oid", "oid", "boolean"), ("<>", "name", "name", "boolean"),
                    ("<>", "name", "text", "boolean"), (">", "smallint", "integer", "boolean"),
                    ("-", "smallint", "integer", "integer"),
                )
            )
        )
        + "CREATE AGGREGATE public.array_agg(text) (SFUNC = array_append, STYPE = text[]);"
        + "SET search_path = public, pg_catalog",
        queries=("SELECT * FROM kept",),
    ),
)  # fmt: skip


BOUNDS = (*TRANSACTIONS, *BOMBS, *HIJACKS)
