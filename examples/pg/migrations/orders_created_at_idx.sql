-- Serves orders_of_day.
-- Run outside a transaction: CONCURRENTLY refuses one, and so never blocks writes.
SET lock_timeout = '5s';
SET statement_timeout = 0;

CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_created_at_idx
  ON orders (created_at);
