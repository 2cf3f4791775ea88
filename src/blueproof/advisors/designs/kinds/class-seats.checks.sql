-- Shows that no place is given out that is not there, a hold that ran out is free, and nobody is in twice.
-- Leaves nothing behind; needs the tables of schema.sql.

-- Trial: one more than there are places
-- Must fail after: DROP TRIGGER places_left ON bookings;
BEGIN;
INSERT INTO people (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'a'), (-2, 'b'), (-3, 'c');
INSERT INTO classes (id, title, starts_at, places) OVERRIDING SYSTEM VALUE VALUES (-1, 'x', '2030-01-01', 2);
INSERT INTO bookings (class_id, person_id, state, held_until) VALUES (-1, -1, 'booked', NULL), (-1, -2, 'held', now() + interval '15 minutes');
INSERT INTO bookings (class_id, person_id, state) VALUES (-1, -3, 'waiting');
DO $$ BEGIN
  UPDATE bookings SET state = 'booked' WHERE person_id = -3;
  RAISE EXCEPTION 'not refused: one too many';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
UPDATE bookings SET held_until = now() - interval '1 minute' WHERE person_id = -2;
UPDATE bookings SET state = 'booked' WHERE person_id = -3;
ROLLBACK;

-- Trial: one person takes two places
-- Must fail after: DROP INDEX bookings_once;
BEGIN;
INSERT INTO people (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'a');
INSERT INTO classes (id, title, starts_at, places) OVERRIDING SYSTEM VALUE VALUES (-1, 'x', '2030-01-01', 2);
INSERT INTO bookings (class_id, person_id, state) VALUES (-1, -1, 'booked');
DO $$ BEGIN
  INSERT INTO bookings (class_id, person_id, state) VALUES (-1, -1, 'booked');
  RAISE EXCEPTION 'not refused: in twice';
EXCEPTION WHEN unique_violation THEN NULL;
END $$;
ROLLBACK;
