-- Takes back events_venue_id_idx.
SET lock_timeout = '5s';
SET statement_timeout = 0;

DROP INDEX CONCURRENTLY IF EXISTS events_venue_id_idx;
