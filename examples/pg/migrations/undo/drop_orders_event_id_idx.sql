-- Brings back orders_event_id_idx.
-- It waits for open transactions and blocks no reads or writes meanwhile; to cut the wait
-- short would leave an invalid index.
SET lock_timeout = 0;
SET statement_timeout = 0;

CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_event_id_idx ON public.orders USING btree (event_id);
