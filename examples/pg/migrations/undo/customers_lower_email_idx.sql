-- Takes back customers_lower_email_idx.
SET lock_timeout = '5s';
SET statement_timeout = 0;

DROP INDEX CONCURRENTLY IF EXISTS customers_lower_email_idx;
