-- Takes back orders_created_at_idx.
-- It waits for open transactions and blocks no reads or writes meanwhile; to cut the wait
-- short would leave an invalid index.
SET lock_timeout = 0;
SET statement_timeout = 0;

DROP INDEX CONCURRENTLY IF EXISTS orders_created_at_idx;
