-- Serves sign_in.
-- Run outside a transaction: CONCURRENTLY refuses one, and so never blocks writes.
SET lock_timeout = '5s';
SET statement_timeout = 0;

CREATE INDEX CONCURRENTLY IF NOT EXISTS customers_lower_email_idx
  ON customers (lower(email));

-- Of an expression the planner knows nothing until it is counted.
ANALYZE customers;
