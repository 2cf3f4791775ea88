-- The answers that were given, by the key that the client made up for its request. They can go
-- once no client repeats a request of that age.
CREATE TABLE idempotency_keys (
  account_id bigint NOT NULL,
  key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  request_hash text NOT NULL,
  status int,
  body jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, key)
);

CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
