-- The heaviest statements that pg_stat_statements has counted in this database, as CSV; nothing
-- where the extension is not there. PostgreSQL 13 to 18.
SELECT (SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
  WHERE e.extname = 'pg_stat_statements') AS place \gset
\if :{?place}
COPY (
  SELECT s.query, s.calls, s.total_exec_time, s.mean_exec_time, s.rows
  FROM :"place".pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
  WHERE d.datname = current_database()
  ORDER BY s.total_exec_time DESC LIMIT 5000
) TO STDOUT WITH (FORMAT csv, HEADER);
\endif
