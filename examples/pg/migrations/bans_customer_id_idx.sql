-- Serves the foreign key from bans (customer_id) to customers.
-- Run outside a transaction: CONCURRENTLY refuses one, and so never blocks writes.
SET lock_timeout = '5s';
SET statement_timeout = 0;

CREATE INDEX CONCURRENTLY IF NOT EXISTS bans_customer_id_idx
  ON bans (customer_id);
