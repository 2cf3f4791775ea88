-- orders_event_id_status_idx begins with the same columns.
-- Run outside a transaction: CONCURRENTLY refuses one, and so never blocks writes.
-- It waits for open transactions and blocks no reads or writes meanwhile; to cut the wait
-- short would leave an invalid index.
SET lock_timeout = 0;
SET statement_timeout = 0;

DROP INDEX CONCURRENTLY IF EXISTS orders_event_id_idx;
