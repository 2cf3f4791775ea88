-- Serves the foreign key from events (venue_id) to venues.
-- Run outside a transaction: CONCURRENTLY refuses one, and so never blocks writes.
SET lock_timeout = '5s';
SET statement_timeout = 0;

CREATE INDEX CONCURRENTLY IF NOT EXISTS events_venue_id_idx
  ON events (venue_id);
