-- The heaviest statements that pg_stat_statements has counted in this database, as CSV; nothing
-- where the extension is not there. `days` is how long it has counted, which its version 1.9 says
-- (PostgreSQL 14). PostgreSQL 13 to 18.
SELECT (SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
  WHERE e.extname = 'pg_stat_statements') AS place \gset
\if :{?place}
\set days NULL
SELECT to_regclass(format('%I.pg_stat_statements_info', :'place')) IS NOT NULL AS knows_days \gset
\if :knows_days
SELECT coalesce(round(extract(epoch FROM now() - stats_reset)::numeric / 86400, 4)::text, 'NULL')
  AS days FROM :"place".pg_stat_statements_info \gset
\endif
COPY (
  SELECT s.query, s.calls, s.total_exec_time, s.mean_exec_time, s.rows, :days AS days
  FROM :"place".pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
  WHERE d.datname = current_database()
  ORDER BY s.total_exec_time DESC LIMIT 5000
) TO STDOUT WITH (FORMAT csv, HEADER);
\endif
