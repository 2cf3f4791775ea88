-- Shows that neither a person nor a room has two appointments at a time, and none is outside the hours.
-- Leaves nothing behind; needs the tables of schema.sql.

-- Trial: two people are sent into one room
-- Must fail after: ALTER TABLE appointments DROP CONSTRAINT appointments_room_once;
BEGIN;
INSERT INTO staff (id, name, zone) OVERRIDING SYSTEM VALUE VALUES (-1, 'x', 'UTC'), (-2, 'y', 'UTC');
INSERT INTO shifts (staff_id, weekday, starts, ends) VALUES (-1, 1, '08:00', '14:00'), (-2, 1, '08:00', '14:00');
INSERT INTO rooms (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, '3'), (-2, '4');
INSERT INTO customers (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'c');
INSERT INTO appointments (customer_id, staff_id, room_id, period) VALUES (-1, -1, -1, '[2030-01-07 09:00+00, 2030-01-07 09:30+00)');
DO $$ BEGIN
  INSERT INTO appointments (customer_id, staff_id, room_id, period)
    VALUES (-1, -2, -1, '[2030-01-07 09:15+00, 2030-01-07 10:00+00)');
  RAISE EXCEPTION 'not refused: one room twice';
EXCEPTION WHEN exclusion_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: one person is in two rooms; a cancelled one is out of the way
-- Must fail after: ALTER TABLE appointments DROP CONSTRAINT appointments_staff_once;
BEGIN;
INSERT INTO staff (id, name, zone) OVERRIDING SYSTEM VALUE VALUES (-1, 'x', 'UTC');
INSERT INTO shifts (staff_id, weekday, starts, ends) VALUES (-1, 1, '08:00', '14:00');
INSERT INTO rooms (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, '3'), (-2, '4');
INSERT INTO customers (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'c');
INSERT INTO appointments (customer_id, staff_id, room_id, period, state) VALUES
  (-1, -1, -1, '[2030-01-07 09:00+00, 2030-01-07 09:30+00)', 'cancelled'),
  (-1, -1, -1, '[2030-01-07 09:00+00, 2030-01-07 09:30+00)', 'booked');
DO $$ BEGIN
  INSERT INTO appointments (customer_id, staff_id, room_id, period)
    VALUES (-1, -1, -2, '[2030-01-07 09:15+00, 2030-01-07 10:00+00)');
  RAISE EXCEPTION 'not refused: one person twice';
EXCEPTION WHEN exclusion_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: outside the hours, or while away
-- Must fail after: DROP TRIGGER within_shift ON appointments;
BEGIN;
INSERT INTO staff (id, name, zone) OVERRIDING SYSTEM VALUE VALUES (-1, 'x', 'UTC');
INSERT INTO shifts (staff_id, weekday, starts, ends) VALUES (-1, 1, '08:00', '14:00'), (-1, 2, '08:00', '14:00');
INSERT INTO absences (staff_id, period) VALUES (-1, '[2030-01-08 00:00+00, 2030-01-09 00:00+00)');
INSERT INTO rooms (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, '3');
INSERT INTO customers (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'c');
DO $$ BEGIN
  INSERT INTO appointments (customer_id, staff_id, room_id, period)
    VALUES (-1, -1, -1, '[2030-01-07 13:45+00, 2030-01-07 14:15+00)');
  RAISE EXCEPTION 'not refused: after hours';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
DO $$ BEGIN
  INSERT INTO appointments (customer_id, staff_id, room_id, period)
    VALUES (-1, -1, -1, '[2030-01-08 09:00+00, 2030-01-08 09:30+00)');
  RAISE EXCEPTION 'not refused: away';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
ROLLBACK;
