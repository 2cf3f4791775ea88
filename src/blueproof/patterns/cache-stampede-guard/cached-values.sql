-- Computed values until they expire. UNLOGGED: they may be lost in a crash, and cost no WAL.
CREATE UNLOGGED TABLE cached_values (
  key text PRIMARY KEY,
  value jsonb NOT NULL,
  expires_at timestamptz NOT NULL
);

CREATE INDEX cached_values_expiry ON cached_values (expires_at);
