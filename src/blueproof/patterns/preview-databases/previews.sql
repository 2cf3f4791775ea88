-- The previews that are there. A sweep drops those that nobody closed.
CREATE TABLE previews (
  name text PRIMARY KEY CHECK (name ~ '^[a-z0-9_]{1,40}$'),
  made_at timestamptz NOT NULL DEFAULT now()
);
