-- Serves sign_in.
-- After a run that was stopped, first: DROP INDEX CONCURRENTLY IF EXISTS customers_lower_email_idx;
-- Run outside a transaction: CONCURRENTLY refuses one, and so never blocks writes.
-- It waits for open transactions and blocks no reads or writes meanwhile; to cut the wait
-- short would leave an invalid index.
SET lock_timeout = 0;
SET statement_timeout = 0;

CREATE INDEX CONCURRENTLY IF NOT EXISTS customers_lower_email_idx
  ON customers (lower(email));

-- Of an expression the planner knows nothing until it is counted.
ANALYZE customers;
