-- Serves the foreign key from events (venue_id) to venues.
-- After a run that was stopped, first: DROP INDEX CONCURRENTLY IF EXISTS events_venue_id_idx;
-- Run outside a transaction: CONCURRENTLY refuses one, and so never blocks writes.
-- It waits for open transactions and blocks no reads or writes meanwhile; to cut the wait
-- short would leave an invalid index.
SET lock_timeout = 0;
SET statement_timeout = 0;

CREATE INDEX CONCURRENTLY IF NOT EXISTS events_venue_id_idx
  ON events (venue_id);
