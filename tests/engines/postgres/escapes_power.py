"""Attempts to gain power: to run programs, read files, load code, become somebody."""

from escapes import Escape, does

_SHELL = "COPY (SELECT 1) TO PROGRAM '{program}'"
_NO_PROGRAM = "permission denied to COPY to or from an external program"


_EVIL = does(_SHELL, "boolean", "evil(text)")
_QUIETLY = (
    "CREATE FUNCTION evil(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $f$ BEGIN "
    "IF current_setting('is_superuser') = 'on' THEN EXECUTE 'CREATE ROLE canary'; END IF; "
    "RETURN true; END $f$;"
)

PROGRAMS = (
    Escape(name="COPY TO PROGRAM", ddl=_SHELL, says="rows are not loaded"),
    Escape(name="COPY TO PROGRAM in DO", ddl=f"DO $$ BEGIN {_SHELL}; END $$", says=_NO_PROGRAM),
    Escape(
        name="COPY FROM PROGRAM in DO",
        ddl="CREATE TABLE t (a text); DO $$ BEGIN COPY t FROM PROGRAM '{program}'; END $$",
        says=_NO_PROGRAM,
    ),
    Escape(
        name="COPY TO PROGRAM by EXECUTE",
        ddl="DO $$ BEGIN EXECUTE $x$" + _SHELL + "$x$; END $$",
        says=_NO_PROGRAM,
    ),
    Escape(
        name="COPY TO PROGRAM in a security definer function",
        ddl=does(_SHELL, "void").replace("LANGUAGE", "SECURITY DEFINER LANGUAGE")
        + "DO $$ BEGIN PERFORM f(); END $$",
        says=_NO_PROGRAM,
    ),
    Escape(
        name="COPY TO PROGRAM in a CHECK constraint",
        ddl=_EVIL
        + "CREATE TABLE t (a text CHECK (evil(a)));"
        + "DO $$ BEGIN INSERT INTO t VALUES ('x'); END $$",
        says=_NO_PROGRAM,
    ),
    Escape(
        name="COPY TO PROGRAM in the check of a domain, called while statistics are taken in",
        ddl=_EVIL + "CREATE DOMAIN d AS text CHECK (evil(VALUE)); CREATE TABLE t (a d);",
        queries=("SELECT * FROM t WHERE a = 'x'",),
    ),
    Escape(
        name="a domain's check that looks whether it has power while statistics are taken in",
        ddl=_QUIETLY + "CREATE DOMAIN d AS text CHECK (evil(VALUE)); CREATE TABLE t (a d);",
        queries=("SELECT * FROM t WHERE a = 'x'",),
    ),
    Escape(
        name="COPY TO PROGRAM in a default",
        ddl=_EVIL
        + "CREATE TABLE t (a text, b boolean DEFAULT evil('x'));"
        + "DO $$ BEGIN INSERT INTO t (a) VALUES ('x'); END $$",
        says=_NO_PROGRAM,
    ),
    Escape(
        name="COPY TO PROGRAM in an index's expression",
        ddl=_EVIL.replace("LANGUAGE", "IMMUTABLE LANGUAGE")
        + "CREATE TABLE t (a text); DO $$ BEGIN INSERT INTO t VALUES ('x'); END $$;"
        + "CREATE INDEX i ON t (evil(a));",
        says="COPY is not allowed in a non-volatile function",
    ),
    Escape(
        name="an index's expression that looks whether it has power when it is built again",
        ddl=_QUIETLY
        + "CREATE TABLE t (a text); CREATE INDEX i ON t (evil(a)) WHERE evil('constant');"
        + "DO $$ BEGIN INSERT INTO t VALUES ('x'); END $$;",
        queries=("SELECT * FROM t WHERE evil(a)",),
    ),
    Escape(
        name="COPY TO PROGRAM in a generated column",
        ddl=_EVIL.replace("LANGUAGE", "IMMUTABLE LANGUAGE")
        + "CREATE TABLE t (a text, b boolean GENERATED ALWAYS AS (evil(a)) STORED);"
        + "DO $$ BEGIN INSERT INTO t VALUES ('x'); END $$;",
        says="COPY is not allowed in a non-volatile function",
    ),
    Escape(
        name="COPY TO PROGRAM in a trigger",
        ddl=does(_SHELL)
        + "CREATE TABLE t (a text); CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW"
        + " EXECUTE FUNCTION f(); DO $$ BEGIN INSERT INTO t VALUES ('x'); END $$",
        says=_NO_PROGRAM,
    ),
    Escape(
        name="COPY TO PROGRAM in a trigger that waits for the commit",
        ddl=does(_SHELL)
        + "CREATE TABLE t (a text); CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t DEFERRABLE"
        + " INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f();"
        + "DO $$ BEGIN INSERT INTO t VALUES ('x'); END $$",
        says=_NO_PROGRAM,
    ),
    Escape(
        name="COPY TO PROGRAM in an event trigger",
        ddl=does(_SHELL, "event_trigger")
        + "DO $$ BEGIN CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION f(); END $$",
        says="permission denied to create event trigger",
    ),
    Escape(
        name="COPY TO PROGRAM in a rule",
        ddl="CREATE TABLE t (a text);" + _EVIL
        + "CREATE RULE r AS ON INSERT TO t DO ALSO SELECT evil('x');"
        + "DO $$ BEGIN INSERT INTO t VALUES ('x'); END $$",
        says=_NO_PROGRAM,
    ),
    Escape(
        name="COPY TO PROGRAM in a policy",
        ddl=_EVIL + "CREATE TABLE t (a text); ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
        "ALTER TABLE t FORCE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (evil('x'));"
        "DO $$ BEGIN PERFORM * FROM t WHERE evil('y'); INSERT INTO t VALUES ('x'); END $$",
        queries=("SELECT * FROM t",),
        says=_NO_PROGRAM,
    ),
    Escape(
        name="COPY TO PROGRAM in a view",
        ddl=_EVIL + "CREATE VIEW v AS SELECT evil('x');" + "DO $$ BEGIN PERFORM * FROM v; END $$",
        queries=("SELECT * FROM v",),
        says=_NO_PROGRAM,
    ),
    Escape(
        name="COPY TO PROGRAM in a materialized view",
        ddl=_EVIL + "CREATE MATERIALIZED VIEW v AS SELECT evil('x');",
        queries=("SELECT * FROM v",),
    ),
    Escape(
        name="COPY TO PROGRAM in a change",
        changes=(f"DO $$ BEGIN {_SHELL}; END $$",),
        queries=("SELECT 1",),
        says=_NO_PROGRAM,
    ),
    Escape(
        name="a function with power in an aggregate, an operator and a cast",
        ddl=_QUIETLY
        + "CREATE FUNCTION same(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE"
        + " AS 'SELECT evil($1)';"
        + "CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = same);"
        + "CREATE TABLE t (a text);",
        queries=("SELECT * FROM t WHERE a OPERATOR(public.=) 'x'",),
    ),
)  # fmt: skip

FILES = (
    Escape(
        name="COPY TO a file",
        ddl="DO $$ BEGIN COPY (SELECT 1) TO '{file}'; END $$",
        says="permission denied to COPY to a file",
    ),
    Escape(
        name="COPY FROM a file",
        ddl="CREATE TABLE t (a text); DO $$ BEGIN COPY t FROM '/etc/passwd'; END $$",
        says="permission denied to COPY from a file",
    ),
    *(
        Escape(name=call, ddl=f"DO $$ BEGIN PERFORM {call}; END $$", says="permission denied")
        for call in (
            "pg_read_file('/etc/passwd')",
            "pg_read_binary_file('/etc/passwd')",
            "pg_ls_dir('/')",
            "pg_stat_file('/etc/passwd')",
            "pg_ls_waldir()",
            "pg_ls_logdir()",
            "lo_import('/etc/passwd')",
            "lo_export(1, '{file}')",
            "pg_hba_file_rules()",
            "pg_reload_conf()",
            "pg_rotate_logfile()",
            "pg_switch_wal()",
            "pg_promote()",
            "pg_create_restore_point('x')",
            "pg_backup_start('x')",
            "pg_stat_reset()",
            "pg_replication_origin_create('x')",
            "set_config('session_replication_role', 'replica', false)",
            "set_config('dynamic_library_path', '/tmp', false)",
            "set_config('session_preload_libraries', 'x', false)",
            "set_config('log_min_messages', 'debug5', false)",
            "set_config('max_stack_depth', '7MB', false)",
            "set_config('temp_file_limit', '-1', false)",
            "set_config('zero_damaged_pages', 'on', false)",
        )
    ),
    Escape(
        name="pg_file_write of adminpack",
        ddl="DO $$ BEGIN PERFORM pg_file_write('{file}', 'x', false); END $$",
        says="does not exist",
    ),
    Escape(
        name="reading the passwords",
        ddl="DO $$ BEGIN PERFORM * FROM pg_authid; END $$",
        says="permission denied for table pg_authid",
    ),
    Escape(
        name="reading statistics of everybody",
        ddl="DO $$ BEGIN PERFORM * FROM pg_statistic; END $$",
        says="permission denied for table pg_statistic",
    ),
    Escape(
        name="writing the catalog",
        ddl="DO $$ BEGIN UPDATE pg_class SET relname = 'x'; END $$",
        says="permission denied for table pg_class",
    ),
)

LANGUAGES = (
    *(
        Escape(name=f"extension {name}", ddl=f"CREATE EXTENSION {name}", says="is not here")
        for name in ("dblink", "postgres_fdw", "file_fdw", "plpython3u", "plperlu", "adminpack")
    ),
    Escape(
        name="an extension by EXECUTE",
        ddl="DO $$ BEGIN EXECUTE 'CREATE EXTENSION vector'; END $$",
        says="permission denied to create extension",
    ),
    *(
        Escape(
            name=f"extension {name} by EXECUTE, which no administrator makes",
            ddl=f"DO $$ BEGIN EXECUTE 'CREATE EXTENSION \"{name}\"'; END $$",
            says="extension",
        )
        for name in ("hstore", "plperl", "pltcl", "dblink", "file_fdw", "btree_gist")
    ),
    Escape(
        name="an extension in a change, which nobody makes",
        changes=("CREATE EXTENSION btree_gist; CREATE ROLE canary",),
        queries=("SELECT 1",),
        says="is not here",
    ),
    Escape(
        name="a function of an extension's module, made anew",
        ddl="CREATE EXTENSION hstore; CREATE FUNCTION mine(text) RETURNS hstore LANGUAGE c"
        " AS '$libdir/hstore', 'hstore_in';",
        says="permission denied for language c",
    ),
    Escape(
        name="objects that an extension's own functions find before PostgreSQL's",
        ddl=_QUIETLY
        + "CREATE EXTENSION IF NOT EXISTS earthdistance CASCADE; CREATE EXTENSION pg_trgm;"
        + "CREATE FUNCTION same(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE"
        + " AS 'SELECT evil($1)';"
        + "CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = same);"
        + "CREATE TABLE t (a text); CREATE INDEX ON t USING gin (a gin_trgm_ops);"
        + "DO $$ BEGIN INSERT INTO t VALUES ('x'); END $$;",
        queries=("SELECT * FROM t WHERE a ILIKE '%xyz%'",),
    ),
    Escape(
        name="an administrator's extension taken over",
        ddl="CREATE EXTENSION pg_trgm; DO $$ BEGIN ALTER EXTENSION pg_trgm ADD TABLE kept; END $$",
        says="extension",
    ),
    Escape(
        name="an extension's function replaced",
        ddl="CREATE EXTENSION citext; CREATE OR REPLACE FUNCTION public.citext_eq(citext, citext)"
        " RETURNS boolean LANGUAGE sql AS 'SELECT true';",
    ),
    Escape(
        name="a query that an extension runs",
        ddl="CREATE EXTENSION tablefunc; DO $$ BEGIN PERFORM * FROM crosstab("
        "$x$COPY (SELECT 1) TO PROGRAM '{program}'$x$) AS t (a text, b text); END $$",
        says="",
    ),
    Escape(
        name="an extension's name as an injection",
        ddl='CREATE EXTENSION "vector; CREATE ROLE canary SUPERUSER"',
        says="is not here",
    ),
    Escape(
        name="an extension's schema as an injection",
        ddl='CREATE EXTENSION vector SCHEMA "public"";CREATE ROLE canary SUPERUSER;--"',
    ),
    Escape(
        name="a function in C",
        ddl="CREATE FUNCTION f() RETURNS int LANGUAGE c AS '/lib/libc.so.6', 'system'",
        says="permission denied for language c",
    ),
    Escape(
        name="an internal function",
        ddl="CREATE FUNCTION f(text) RETURNS int LANGUAGE internal AS 'pg_read_file_all'",
        says="permission denied for language internal",
    ),
    Escape(
        name="a function in Python",
        ddl="CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u AS $$ return 1 $$",
        says='language "plpython3u" does not exist',
    ),
    Escape(name="LOAD", ddl="LOAD '/tmp/x.so'", says="not a statement that builds a schema"),
    Escape(
        name="LOAD in DO",
        ddl="DO $$ BEGIN LOAD '/tmp/x.so'; END $$",
        says='access to library "/tmp/x.so" is not allowed',
    ),
    Escape(
        name="a language",
        ddl="DO $$ BEGIN CREATE LANGUAGE evil HANDLER plpgsql_call_handler; END $$",
        says="must be superuser to create custom procedural language",
    ),
    Escape(
        name="a base type with its own input function",
        ddl="CREATE TYPE evil; CREATE FUNCTION evil_in(cstring) RETURNS evil LANGUAGE internal"
        " AS 'int4in'",
        says="must be superuser to create a base type",
    ),
    Escape(
        name="a foreign server",
        ddl="DO $$ BEGIN CREATE FOREIGN DATA WRAPPER w; END $$",
        says='permission denied to create foreign-data wrapper "w"',
    ),
    Escape(
        name="a tablespace",
        ddl="DO $$ BEGIN EXECUTE $x$CREATE TABLESPACE x LOCATION '/tmp'$x$; END $$",
        says="cannot run inside a transaction block",
    ),
    Escape(
        name="a subscription",
        ddl="DO $$ BEGIN CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1' PUBLICATION p"
        " WITH (connect = false); END $$",
        says="permission denied to create subscription",
    ),
)  # fmt: skip

ROLES = (
    Escape(name="ALTER SYSTEM", ddl="ALTER SYSTEM SET x.y = 1", says="needs an administrator"),
    Escape(
        name="ALTER SYSTEM in DO",
        ddl="DO $$ BEGIN EXECUTE 'ALTER SYSTEM SET work_mem = 1'; END $$",
        says="cannot run inside a transaction block",
    ),
    *(
        Escape(name=sql, ddl=f"{sql}; DO $$ BEGIN {sql}; END $$", says=says)
        for sql, says in (
            ("SET ROLE admin", 'permission denied to set role "admin"'),
            ("SET SESSION AUTHORIZATION admin", "permission denied to set session authorization"),
            ("ALTER ROLE guest SUPERUSER", "permission denied to alter role"),
            ("ALTER ROLE admin PASSWORD ''", "permission denied to alter role"),
            ("ALTER USER guest CREATEROLE", "permission denied to alter role"),
            ("CREATE ROLE canary SUPERUSER", "permission denied to create role"),
            ("CREATE USER canary", "permission denied to create role"),
            ("GRANT admin TO guest", 'permission denied to grant role "admin"'),
            ("GRANT pg_execute_server_program TO guest", "permission denied to grant role"),
            ("GRANT pg_write_server_files TO guest", "permission denied to grant role"),
            ("ALTER DATABASE postgres SET search_path = x", "must be owner of database postgres"),
            ("DROP ROLE admin", "permission denied to drop role"),
            ("REASSIGN OWNED BY admin TO guest", "permission denied to reassign objects"),
        )
    ),
    Escape(
        name="a message that asks the administrator for a role with power",
        ddl="""DO $$ BEGIN RAISE EXCEPTION 'role "canary SUPERUSER" does not exist'; END $$""",
        says='role "canary SUPERUSER" does not exist',
    ),
    Escape(
        name="a message that asks for a role of PostgreSQL's own",
        ddl="""DO $$ BEGIN RAISE EXCEPTION 'role "pg_canary" does not exist'; END $$""",
        says='role "pg_canary" does not exist',
    ),
    Escape(
        name="settings of the next sessions of the database",
        ddl="DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, pg_catalog',"
        " current_database()); END $$",
        says="must be owner of database",
    ),
    Escape(
        name="settings of the next sessions of the role",
        ddl="ALTER ROLE guest SET search_path = public, pg_catalog;"
        "DO $$ BEGIN ALTER ROLE guest SET enable_seqscan = off; END $$",
        says="needs an administrator",
    ),
    Escape(
        name="ending other people's sessions",
        ddl="DO $$ BEGIN PERFORM pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE usename = 'admin'; END $$",
        says="permission denied to terminate process",
    ),
)


POWER = (*PROGRAMS, *FILES, *LANGUAGES, *ROLES)
