-- One row for each open connection of a user: a person may have two tabs and a phone.
CREATE UNLOGGED TABLE presence (
  user_id bigint NOT NULL,
  connection_id uuid NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, connection_id)
);

CREATE INDEX presence_seen ON presence (seen_at);
