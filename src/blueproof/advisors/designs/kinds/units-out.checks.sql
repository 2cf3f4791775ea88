-- Shows that no unit is out twice, two of a kind may be, steps go forward and the agreed price stays.
-- Leaves nothing behind; needs the tables of schema.sql.

-- Trial: a unit is promised twice for one time
-- Must fail after: ALTER TABLE lines DROP CONSTRAINT lines_once;
BEGIN;
INSERT INTO kinds (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'x');
INSERT INTO units (id, kind_id, label) OVERRIDING SYSTEM VALUE VALUES (-1, -1, 'x1'), (-2, -1, 'x2');
INSERT INTO bookings (id, customer) OVERRIDING SYSTEM VALUE VALUES (-1, 'x');
INSERT INTO lines (booking_id, kind_id, unit_id, period, state, agreed_price)
  VALUES (-1, -1, -1, '[2030-06-01 10:00+00, 2030-06-01 12:00+00)', 'accepted', 20),
         (-1, -1, -2, '[2030-06-01 10:00+00, 2030-06-01 12:00+00)', 'accepted', 20),
         (-1, -1, -1, '[2030-06-01 12:00+00, 2030-06-01 13:00+00)', 'accepted', 20);
DO $$ BEGIN
  INSERT INTO lines (booking_id, kind_id, unit_id, period, state, agreed_price)
    VALUES (-1, -1, -1, '[2030-06-01 11:00+00, 2030-06-01 14:00+00)', 'accepted', 20);
  RAISE EXCEPTION 'not refused: a unit twice';
EXCEPTION WHEN exclusion_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: a unit under repair is promised
-- Must fail after: ALTER TABLE lines DROP CONSTRAINT lines_once;
BEGIN;
INSERT INTO kinds (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'x');
INSERT INTO units (id, kind_id, label) OVERRIDING SYSTEM VALUE VALUES (-1, -1, 'x1');
INSERT INTO bookings (id, customer) OVERRIDING SYSTEM VALUE VALUES (-1, 'x');
INSERT INTO lines (kind_id, unit_id, period, state)
  VALUES (-1, -1, '[2030-06-01 00:00+00, 2030-06-08 00:00+00)', 'blocked');
DO $$ BEGIN
  INSERT INTO lines (booking_id, kind_id, unit_id, period, state, agreed_price)
    VALUES (-1, -1, -1, '[2030-06-02 11:00+00, 2030-06-02 14:00+00)', 'accepted', 20);
  RAISE EXCEPTION 'not refused: a unit under repair';
EXCEPTION WHEN exclusion_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: one is accepted without a unit
-- Must fail after: ALTER TABLE lines DROP CONSTRAINT lines_held;
BEGIN;
INSERT INTO kinds (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'x');
INSERT INTO bookings (id, customer) OVERRIDING SYSTEM VALUE VALUES (-1, 'x');
DO $$ BEGIN
  INSERT INTO lines (booking_id, kind_id, period, state, agreed_price)
    VALUES (-1, -1, '[2030-06-02 11:00+00, 2030-06-02 14:00+00)', 'accepted', 20);
  RAISE EXCEPTION 'not refused: no unit';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: the agreed price is changed
-- Must fail after: DROP TRIGGER lines_step ON lines;
BEGIN;
INSERT INTO kinds (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'x');
INSERT INTO units (id, kind_id, label) OVERRIDING SYSTEM VALUE VALUES (-1, -1, 'x1');
INSERT INTO bookings (id, customer) OVERRIDING SYSTEM VALUE VALUES (-1, 'x');
INSERT INTO lines (id, booking_id, kind_id, unit_id, period, state, agreed_price)
  OVERRIDING SYSTEM VALUE
  VALUES (-1, -1, -1, -1, '[2030-06-01 10:00+00, 2030-06-01 12:00+00)', 'accepted', 20);
DO $$ BEGIN
  UPDATE lines SET agreed_price = 25 WHERE id = -1;
  RAISE EXCEPTION 'not refused: another price';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: a returned one is paid again
-- Must fail after: DROP TRIGGER lines_step ON lines;
BEGIN;
INSERT INTO kinds (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'x');
INSERT INTO units (id, kind_id, label) OVERRIDING SYSTEM VALUE VALUES (-1, -1, 'x1');
INSERT INTO bookings (id, customer) OVERRIDING SYSTEM VALUE VALUES (-1, 'x');
INSERT INTO lines (id, booking_id, kind_id, unit_id, period, state, agreed_price)
  OVERRIDING SYSTEM VALUE
  VALUES (-1, -1, -1, -1, '[2030-06-01 10:00+00, 2030-06-01 12:00+00)', 'returned', 20);
DO $$ BEGIN
  UPDATE lines SET state = 'paid' WHERE id = -1;
  RAISE EXCEPTION 'not refused: a step back';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
ROLLBACK;
