-- Jobs to do. A job that is being done is one whose run_at lies in the future: its lease.
CREATE TABLE jobs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL,
  payload jsonb NOT NULL DEFAULT '{}',
  run_at timestamptz NOT NULL DEFAULT now(),
  attempts int NOT NULL DEFAULT 0,
  last_error text,
  failed_at timestamptz
);

CREATE INDEX jobs_due ON jobs (run_at) WHERE failed_at IS NULL;
