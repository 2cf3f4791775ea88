-- Brings back orders_event_id_idx.
SET lock_timeout = '5s';
SET statement_timeout = 0;

CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_event_id_idx ON public.orders USING btree (event_id);
