-- Serves orders_of_day.
-- After a run that was stopped, first: DROP INDEX CONCURRENTLY IF EXISTS orders_created_at_idx;
-- Run outside a transaction: CONCURRENTLY refuses one, and so never blocks writes.
-- It waits for open transactions and blocks no reads or writes meanwhile; to cut the wait
-- short would leave an invalid index.
SET lock_timeout = 0;
SET statement_timeout = 0;

CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_created_at_idx
  ON orders (created_at);
