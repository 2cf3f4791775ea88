-- How far each backfill has come; it goes on from there after a crash or a stop.
CREATE TABLE backfills (
  name text PRIMARY KEY,
  last_id bigint NOT NULL DEFAULT 0,
  batches int NOT NULL DEFAULT 0,
  finished_at timestamptz
);
