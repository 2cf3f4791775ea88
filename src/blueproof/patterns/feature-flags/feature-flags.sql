-- Which share of the users a feature is on for, in hundredths of a percent.
CREATE TABLE feature_flags (
  name text PRIMARY KEY,
  share int NOT NULL CHECK (share BETWEEN 0 AND 10000),
  changed_at timestamptz NOT NULL DEFAULT now()
);
