-- Events are written with the change; a delivery for each endpoint that wants it.
CREATE TABLE endpoints (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id bigint NOT NULL,
  url text NOT NULL CONSTRAINT endpoints_https CHECK (url LIKE 'https://%'),
  types text[] NOT NULL,
  active boolean NOT NULL DEFAULT true
);
CREATE INDEX endpoints_customer_idx ON endpoints (customer_id);

CREATE TABLE events (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  customer_id bigint NOT NULL,
  type text NOT NULL,
  object_id text NOT NULL,
  object_version int NOT NULL CHECK (object_version > 0),
  payload jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT events_once UNIQUE (type, object_id, object_version)
);

CREATE TABLE deliveries (
  event_id uuid NOT NULL REFERENCES events (id) ON DELETE CASCADE,
  endpoint_id bigint NOT NULL REFERENCES endpoints (id),
  state text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'done', 'failed')),
  attempts int NOT NULL DEFAULT 0,
  next_at timestamptz NOT NULL DEFAULT now(),
  last_status int,
  last_answer text CHECK (length(last_answer) <= 1000),
  PRIMARY KEY (event_id, endpoint_id)
);
CREATE INDEX deliveries_due_idx ON deliveries (next_at) WHERE state = 'due';
CREATE INDEX deliveries_endpoint_idx ON deliveries (endpoint_id);

CREATE FUNCTION fan_out() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO deliveries (event_id, endpoint_id)
    SELECT NEW.id, id FROM endpoints
      WHERE customer_id = NEW.customer_id AND active AND NEW.type = ANY (types);
  RETURN NULL;
END $$;
CREATE TRIGGER fan_out AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION fan_out();

-- The worker claims what is due; next_at is moved first, so that a crash sends it again later:
-- UPDATE deliveries SET attempts = attempts + 1, next_at = now() + interval '2 minutes'
--   WHERE (event_id, endpoint_id) IN (SELECT event_id, endpoint_id FROM deliveries
--     WHERE state = 'due' AND next_at <= now() ORDER BY next_at LIMIT 50 FOR UPDATE SKIP LOCKED)
--   RETURNING *;
