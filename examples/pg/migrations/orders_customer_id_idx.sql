-- Serves my_orders.
-- Run outside a transaction: CONCURRENTLY refuses one, and so never blocks writes.
SET lock_timeout = '5s';
SET statement_timeout = 0;

CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_customer_id_idx
  ON orders (customer_id);
