-- A CRM, handed over without its queries.
CREATE EXTENSION IF NOT EXISTS citext;
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE TABLE accounts (id uuid PRIMARY KEY, name citext NOT NULL);
CREATE TABLE contacts (
  id uuid PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
  email citext NOT NULL,
  place geography(Point)
);
CREATE TABLE calls (
  id bigserial PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
  held_at timestamptz NOT NULL
);
CREATE INDEX calls_account_id_idx ON calls (account_id);
CREATE INDEX calls_account_id_held_at_idx ON calls (account_id, held_at);
