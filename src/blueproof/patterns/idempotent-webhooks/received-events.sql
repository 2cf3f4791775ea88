-- The ids of events that were handled. Rows older than the sender's last retry can go.
CREATE TABLE received_events (
  source text NOT NULL,
  event_id text NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, event_id)
);
