-- The rule is what was meant; occurrences are its rows, each of which may be moved or cancelled.
CREATE TABLE calendars (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL CHECK (name <> '')
);

CREATE TABLE events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  calendar_id bigint NOT NULL REFERENCES calendars (id),
  title text NOT NULL CHECK (title <> ''),
  first_date date NOT NULL,
  local_time time NOT NULL,
  length interval NOT NULL CHECK (length > interval '0'),
  zone text NOT NULL,
  rrule text,
  last_date date,
  CHECK (last_date >= first_date)
);
CREATE INDEX events_calendar_idx ON events (calendar_id);

CREATE TABLE occurrences (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id bigint NOT NULL REFERENCES events (id) ON DELETE CASCADE,
  original_date date NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'moved', 'cancelled')),
  CONSTRAINT occurrences_forward CHECK (starts_at < ends_at),
  CONSTRAINT occurrences_once UNIQUE (event_id, original_date)
);
CREATE INDEX occurrences_time_idx ON occurrences (starts_at, ends_at);

-- The dates come from the rule (expanded in the app); the moments from the zone.
CREATE FUNCTION plan(event bigint, dates date[]) RETURNS bigint LANGUAGE sql AS $$
  WITH made AS (
    INSERT INTO occurrences (event_id, original_date, starts_at, ends_at)
    SELECT e.id, d, (d + e.local_time) AT TIME ZONE e.zone,
      (d + e.local_time) AT TIME ZONE e.zone + e.length
    FROM events e, unnest(dates) AS d WHERE e.id = event
    ON CONFLICT (event_id, original_date) DO UPDATE
      SET starts_at = excluded.starts_at, ends_at = excluded.ends_at
      WHERE occurrences.state = 'planned'
    RETURNING 1)
  SELECT count(*) FROM made
$$;
