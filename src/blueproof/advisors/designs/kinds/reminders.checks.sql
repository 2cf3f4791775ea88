-- Shows that 08:00 stays 08:00 over a change of the clocks, follows a move, and is sent once a day.
-- Leaves nothing behind; needs the tables of schema.sql.

-- Trial: over both changes of the clocks it stays eight in the morning
BEGIN;
DO $$ BEGIN
  IF next_at('08:00', 'Europe/Berlin', '2026-10-24 12:00+00') <> '2026-10-25 07:00+00'
      OR next_at('08:00', 'Europe/Berlin', '2026-03-28 12:00+00') <> '2026-03-29 06:00+00' THEN
    RAISE EXCEPTION 'an hour off';
  END IF;
END $$;
ROLLBACK;

-- Trial: whoever moves to another zone keeps the hour
-- Must fail after: DROP TRIGGER zone_moved ON people;
BEGIN;
INSERT INTO people (id, zone) OVERRIDING SYSTEM VALUE VALUES (-1, 'Europe/Berlin');
INSERT INTO reminders (id, person_id, local_time, next_at) OVERRIDING SYSTEM VALUE
  VALUES (-1, -1, '08:00', next_at('08:00', 'Europe/Berlin', now()));
UPDATE people SET zone = 'Asia/Tokyo' WHERE id = -1;
DO $$ BEGIN
  IF (SELECT (next_at AT TIME ZONE 'Asia/Tokyo')::time FROM reminders WHERE id = -1) <> '08:00' THEN
    RAISE EXCEPTION 'not moved';
  END IF;
END $$;
ROLLBACK;

-- Trial: a reminder is sent twice on one day
-- Must fail after: ALTER TABLE sent DROP CONSTRAINT sent_once;
BEGIN;
INSERT INTO people (id) OVERRIDING SYSTEM VALUE VALUES (-1);
INSERT INTO reminders (id, person_id, local_time, next_at) OVERRIDING SYSTEM VALUE
  VALUES (-1, -1, '08:00', now());
INSERT INTO sent (reminder_id, local_date) VALUES (-1, '2026-10-25');
DO $$ BEGIN
  INSERT INTO sent (reminder_id, local_date) VALUES (-1, '2026-10-25');
  RAISE EXCEPTION 'not refused: twice';
EXCEPTION WHEN unique_violation THEN NULL;
END $$;
ROLLBACK;
