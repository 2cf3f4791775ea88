-- A deleted person frees the address; an erased one leaves an empty row; the invoice keeps its own.
CREATE TABLE users (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email text,
  name text,
  deleted_at timestamptz,
  erased_at timestamptz,
  CONSTRAINT users_reachable CHECK (deleted_at IS NOT NULL OR email IS NOT NULL),
  CONSTRAINT users_erased CHECK (erased_at IS NULL
    OR (deleted_at IS NOT NULL AND num_nonnulls(email, name) = 0))
);
CREATE UNIQUE INDEX users_email_once ON users (lower(email)) WHERE deleted_at IS NULL;
CREATE INDEX users_to_erase_idx ON users (deleted_at) WHERE erased_at IS NULL;

CREATE TABLE invoices (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id bigint NOT NULL CONSTRAINT invoices_user_fkey REFERENCES users (id),
  number text NOT NULL UNIQUE,
  billed_name text NOT NULL CHECK (billed_name <> ''),
  billed_address text NOT NULL CHECK (billed_address <> ''),
  issued_on date NOT NULL
);
CREATE INDEX invoices_user_idx ON invoices (user_id);

-- The job each night:
-- UPDATE users SET email = NULL, name = NULL, erased_at = now()
--   WHERE erased_at IS NULL AND deleted_at < now() - interval '30 days' RETURNING id;
