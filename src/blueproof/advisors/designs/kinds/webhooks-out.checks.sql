-- Shows that an event reaches each endpoint that wants it and no other, is written once, and goes to https alone.
-- Leaves nothing behind; needs the tables of schema.sql.

-- Trial: an event goes to those who want it
-- Must fail after: DROP TRIGGER fan_out ON events;
BEGIN;
INSERT INTO endpoints (id, customer_id, url, types, active) OVERRIDING SYSTEM VALUE VALUES
  (-1, 1, 'https://a.example', '{invoice.paid}', true), (-2, 1, 'https://b.example', '{invoice.sent}', true),
  (-3, 2, 'https://c.example', '{invoice.paid}', true), (-4, 1, 'https://d.example', '{invoice.paid}', false);
INSERT INTO events (customer_id, type, object_id, object_version, payload) VALUES (1, 'invoice.paid', 'i1', 1, '{}');
DO $$ BEGIN
  IF (SELECT array_agg(endpoint_id) FROM deliveries) IS DISTINCT FROM ARRAY[-1]::bigint[] THEN
    RAISE EXCEPTION 'sent to others, or to none';
  END IF;
END $$;
ROLLBACK;

-- Trial: the same change makes two events
-- Must fail after: ALTER TABLE events DROP CONSTRAINT events_once;
BEGIN;
INSERT INTO events (customer_id, type, object_id, object_version, payload) VALUES (1, 'invoice.paid', 'i1', 1, '{}');
DO $$ BEGIN
  INSERT INTO events (customer_id, type, object_id, object_version, payload) VALUES (1, 'invoice.paid', 'i1', 1, '{}');
  RAISE EXCEPTION 'not refused: twice';
EXCEPTION WHEN unique_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: an endpoint without encryption
-- Must fail after: ALTER TABLE endpoints DROP CONSTRAINT endpoints_https;
BEGIN;
DO $$ BEGIN
  INSERT INTO endpoints (customer_id, url, types) VALUES (1, 'http://a.example', '{}');
  RAISE EXCEPTION 'not refused: http';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
ROLLBACK;
