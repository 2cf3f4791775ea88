-- One row for each run that is due: its slot is the time at which it should start.
CREATE TABLE scheduled_runs (
  job text NOT NULL,
  slot timestamptz NOT NULL,
  attempts int NOT NULL DEFAULT 0,
  lease_until timestamptz NOT NULL DEFAULT '-infinity',
  finished_at timestamptz,
  PRIMARY KEY (job, slot)
);

CREATE INDEX scheduled_runs_open ON scheduled_runs (job, slot) WHERE finished_at IS NULL;
