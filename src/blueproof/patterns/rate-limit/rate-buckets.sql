-- One bucket for each caller: how many requests it has left, as of filled_at. UNLOGGED: after a
-- crash of the server all buckets are full again. Rows that were not touched for long can go.
CREATE UNLOGGED TABLE rate_buckets (
  key text PRIMARY KEY,
  tokens double precision NOT NULL,
  filled_at timestamptz NOT NULL
);
