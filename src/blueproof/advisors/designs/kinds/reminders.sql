-- The wish is a local time in a zone; next_at is the next moment of it, and what the job reads.
CREATE TABLE people (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  zone text NOT NULL DEFAULT 'UTC'
);

CREATE TABLE reminders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  person_id bigint NOT NULL REFERENCES people (id),
  local_time time NOT NULL,
  active boolean NOT NULL DEFAULT true,
  next_at timestamptz NOT NULL
);
CREATE INDEX reminders_person_idx ON reminders (person_id);
CREATE INDEX reminders_due_idx ON reminders (next_at) WHERE active;

CREATE TABLE sent (
  reminder_id bigint NOT NULL REFERENCES reminders (id) ON DELETE CASCADE,
  local_date date NOT NULL,
  sent_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT sent_once PRIMARY KEY (reminder_id, local_date)
);

-- The first moment after `since` at which it is that time in that zone.
CREATE FUNCTION next_at(local_time time, zone text, since timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
  SELECT min(at) FROM (
    SELECT ((since AT TIME ZONE zone)::date + n + local_time) AT TIME ZONE zone AS at
    FROM generate_series(0, 2) AS n
  ) AS days WHERE at > since
$$;

-- Whoever moves to another zone keeps the hour: every next_at is worked out anew.
CREATE FUNCTION zone_moved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE reminders SET next_at = next_at(local_time, NEW.zone, now()) WHERE person_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER zone_moved AFTER UPDATE OF zone ON people
  FOR EACH ROW WHEN (OLD.zone <> NEW.zone) EXECUTE FUNCTION zone_moved();

-- The job, each minute (in one transaction; then send to those with a row of sent):
-- WITH due AS (SELECT id FROM reminders WHERE active AND next_at <= now()
--                ORDER BY next_at LIMIT 1000 FOR UPDATE SKIP LOCKED),
-- moved AS (UPDATE reminders r SET next_at = next_at(r.local_time, p.zone, now())
--             FROM due, people p WHERE r.id = due.id AND p.id = r.person_id
--             RETURNING r.id, (now() AT TIME ZONE p.zone)::date AS local_date)
-- INSERT INTO sent (reminder_id, local_date) SELECT id, local_date FROM moved
--   ON CONFLICT DO NOTHING RETURNING reminder_id;
