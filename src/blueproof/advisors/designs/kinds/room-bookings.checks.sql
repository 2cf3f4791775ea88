-- Shows that no part is booked twice at a time, the whole place blocks its parts, and a hold that ran out gives way.
-- Leaves nothing behind; needs the tables of schema.sql.

-- Trial: a part is booked while the whole place is
-- Must fail after: ALTER TABLE held DROP CONSTRAINT held_once;
BEGIN;
INSERT INTO rooms (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'a'), (-2, 'b');
INSERT INTO bookings (id, customer, agreed_price) OVERRIDING SYSTEM VALUE VALUES (-1, 'x', 1), (-2, 'y', 1);
INSERT INTO held (booking_id, room_id, period, state) VALUES
  (-1, -1, '[2030-01-03 18:00+00, 2030-01-03 22:00+00)', 'booked'), (-1, -2, '[2030-01-03 18:00+00, 2030-01-03 22:00+00)', 'booked');
DO $$ BEGIN
  INSERT INTO held (booking_id, room_id, period, state) VALUES (-2, -2, '[2030-01-03 21:00+00, 2030-01-03 23:00+00)', 'booked');
  RAISE EXCEPTION 'not refused: twice';
EXCEPTION WHEN exclusion_violation THEN NULL;
END $$;
INSERT INTO held (booking_id, room_id, period, state) VALUES (-2, -2, '[2030-01-03 22:00+00, 2030-01-03 23:00+00)', 'booked');
ROLLBACK;

-- Trial: a hold that ran out gives way, one that has not stays
BEGIN;
INSERT INTO rooms (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'a');
INSERT INTO bookings (id, customer, agreed_price) OVERRIDING SYSTEM VALUE VALUES (-1, 'x', 1), (-2, 'y', 1), (-3, 'z', 1);
INSERT INTO held (booking_id, room_id, period, state, held_until) VALUES
  (-1, -1, '[2030-01-03 18:00+00, 2030-01-03 22:00+00)', 'held', now() + interval '5 minutes');
DO $$ BEGIN
  INSERT INTO held (booking_id, room_id, period, state, held_until) VALUES (-3, -1, '[2030-01-03 18:00+00, 2030-01-03 22:00+00)', 'held', now());
  RAISE EXCEPTION 'not refused: a live hold';
EXCEPTION WHEN exclusion_violation THEN NULL;
END $$;
UPDATE held SET held_until = now() - interval '1 minute' WHERE booking_id = -1;
INSERT INTO held (booking_id, room_id, period, state) VALUES (-2, -1, '[2030-01-03 18:00+00, 2030-01-03 22:00+00)', 'booked');
ROLLBACK;

-- Trial: a hold without an end
-- Must fail after: ALTER TABLE held DROP CONSTRAINT held_ends;
BEGIN;
INSERT INTO rooms (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'a');
INSERT INTO bookings (id, customer, agreed_price) OVERRIDING SYSTEM VALUE VALUES (-1, 'x', 1);
DO $$ BEGIN
  INSERT INTO held (booking_id, room_id, period, state) VALUES (-1, -1, '[2030-01-03 18:00+00, 2030-01-03 22:00+00)', 'held');
  RAISE EXCEPTION 'not refused: no end';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
ROLLBACK;
