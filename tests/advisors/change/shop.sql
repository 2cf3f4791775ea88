CREATE TABLE accounts (id uuid PRIMARY KEY, email varchar(200) UNIQUE NOT NULL);
CREATE TABLE audit_entries (
  entry_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id uuid REFERENCES accounts (id), happened_at timestamptz NOT NULL, seq integer
);
