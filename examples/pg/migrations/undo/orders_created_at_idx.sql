-- Takes back orders_created_at_idx.
SET lock_timeout = '5s';
SET statement_timeout = 0;

DROP INDEX CONCURRENTLY IF EXISTS orders_created_at_idx;
