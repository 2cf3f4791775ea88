-- How many connections clients may have, and how many are open now, idle ones included.
CREATE VIEW connection_use AS
SELECT
  current_setting('max_connections')::int
    - current_setting('superuser_reserved_connections')::int AS usable,
  (SELECT count(*)::int FROM pg_stat_activity WHERE datid IS NOT NULL) AS open;
