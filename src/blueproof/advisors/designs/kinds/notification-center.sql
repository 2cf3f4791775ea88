-- One row for each recipient; one for all where it is for all; preferences only where they differ.
CREATE TABLE people (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  zone text NOT NULL DEFAULT 'UTC',
  announcements_seen_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE notification_types (
  type text PRIMARY KEY,
  channels text[] NOT NULL CHECK (channels <@ ARRAY['push', 'mail', 'digest']),
  fixed boolean NOT NULL DEFAULT false
);

CREATE TABLE preferences (
  person_id bigint NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  type text NOT NULL REFERENCES notification_types (type),
  channels text[] NOT NULL CHECK (channels <@ ARRAY['push', 'mail', 'digest']),
  CONSTRAINT preferences_once PRIMARY KEY (person_id, type)
);
CREATE INDEX preferences_type_idx ON preferences (type);

CREATE TABLE notifications (
  id bigint GENERATED ALWAYS AS IDENTITY,
  person_id bigint NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  type text NOT NULL REFERENCES notification_types (type),
  payload jsonb NOT NULL DEFAULT '{}',
  read_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (created_at, id)
) PARTITION BY RANGE (created_at);
CREATE TABLE notifications_rest PARTITION OF notifications DEFAULT;
CREATE INDEX notifications_list_idx ON notifications (person_id, created_at DESC);
CREATE INDEX notifications_unread_idx ON notifications (person_id) WHERE read_at IS NULL;

CREATE TABLE announcements (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  payload jsonb NOT NULL,
  published_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX announcements_time_idx ON announcements (published_at);

-- What goes out, once for each channel, whatever is tried again.
CREATE TABLE deliveries (
  notification_id bigint NOT NULL,
  channel text NOT NULL CHECK (channel IN ('push', 'mail', 'digest')),
  digest_on date,
  sent_at timestamptz,
  CONSTRAINT deliveries_once PRIMARY KEY (notification_id, channel),
  CONSTRAINT deliveries_digest CHECK ((channel = 'digest') = (digest_on IS NOT NULL))
);
CREATE INDEX deliveries_due_idx ON deliveries (digest_on) WHERE sent_at IS NULL;

CREATE FUNCTION channels_of(person bigint, kind text) RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN t.fixed THEN t.channels ELSE coalesce(p.channels, t.channels) END
  FROM notification_types t LEFT JOIN preferences p ON p.type = t.type AND p.person_id = person
  WHERE t.type = kind
$$;
