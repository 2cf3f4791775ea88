-- Shows that no seat is held or sold twice, and a hold that ran out gives way.
-- Leaves nothing behind; needs the tables of schema.sql.

-- Trial: a seat that somebody holds is taken by another
-- Must fail after: DROP TRIGGER seat_kept ON seats;
BEGIN;
INSERT INTO events (id, title, sale_starts_at) OVERRIDING SYSTEM VALUE VALUES (-1, 'x', '2030-01-01');
INSERT INTO buyers (id, email) OVERRIDING SYSTEM VALUE VALUES (-1, 'a'), (-2, 'b');
INSERT INTO seats (event_id, label, state, buyer_id, held_until) VALUES (-1, 'A1', 'held', -1, now() + interval '10 minutes');
DO $$ BEGIN
  UPDATE seats SET buyer_id = -2 WHERE event_id = -1 AND label = 'A1';
  RAISE EXCEPTION 'not refused: a live hold';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
UPDATE seats SET held_until = now() - interval '1 minute' WHERE event_id = -1;
UPDATE seats SET buyer_id = -2, held_until = now() + interval '10 minutes' WHERE event_id = -1 AND label = 'A1';
ROLLBACK;

-- Trial: a seat that is sold is sold again
-- Must fail after: DROP TRIGGER seat_kept ON seats;
BEGIN;
INSERT INTO events (id, title, sale_starts_at) OVERRIDING SYSTEM VALUE VALUES (-1, 'x', '2030-01-01');
INSERT INTO buyers (id, email) OVERRIDING SYSTEM VALUE VALUES (-1, 'a'), (-2, 'b');
INSERT INTO seats (event_id, label, state, buyer_id, payment_id) VALUES (-1, 'A1', 'sold', -1, 'p1');
DO $$ BEGIN
  UPDATE seats SET buyer_id = -2, payment_id = 'p2' WHERE event_id = -1 AND label = 'A1';
  RAISE EXCEPTION 'not refused: sold twice';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: one seat stands there twice
-- Must fail after: ALTER TABLE seats DROP CONSTRAINT seats_once;
BEGIN;
INSERT INTO events (id, title, sale_starts_at) OVERRIDING SYSTEM VALUE VALUES (-1, 'x', '2030-01-01');
INSERT INTO seats (event_id, label) VALUES (-1, 'A1');
DO $$ BEGIN
  INSERT INTO seats (event_id, label) VALUES (-1, 'A1');
  RAISE EXCEPTION 'not refused: twice';
EXCEPTION WHEN unique_violation THEN NULL;
END $$;
ROLLBACK;
