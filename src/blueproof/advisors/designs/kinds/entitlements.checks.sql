-- Shows that access ends by a refund or by time, seats are no more than bought, and an event counts once.
-- Leaves nothing behind; needs the tables of schema.sql.

-- Trial: access ends by a refund and by time, and any live row gives it
BEGIN;
INSERT INTO people (id) OVERRIDING SYSTEM VALUE VALUES (-1), (-2);
INSERT INTO subscriptions (id, owner_id, source, external_id, plan, seats, state, paid_until, given_by) OVERRIDING SYSTEM VALUE VALUES
  (-1, -1, 'app_store', 'a', 'family', 5, 'active', now() + interval '1 month', NULL),
  (-2, -1, 'stripe', 'b', 'solo', 1, 'active', now() - interval '1 day', NULL);
INSERT INTO subscription_members VALUES (-1, -2);
DO $$ BEGIN
  IF NOT (has_access(-1) AND has_access(-2)) THEN RAISE EXCEPTION 'no access'; END IF;
  UPDATE subscriptions SET state = 'refunded' WHERE id = -1;
  IF has_access(-1) OR has_access(-2) THEN RAISE EXCEPTION 'access after a refund'; END IF;
END $$;
ROLLBACK;

-- Trial: one more than the seats that were bought
-- Must fail after: DROP TRIGGER seats_left ON subscription_members;
BEGIN;
INSERT INTO people (id) OVERRIDING SYSTEM VALUE VALUES (-1), (-2), (-3);
INSERT INTO subscriptions (id, owner_id, source, external_id, plan, seats, state, paid_until) OVERRIDING SYSTEM VALUE VALUES
  (-1, -1, 'app_store', 'a', 'family', 2, 'active', now() + interval '1 month');
INSERT INTO subscription_members VALUES (-1, -2);
DO $$ BEGIN
  INSERT INTO subscription_members VALUES (-1, -3);
  RAISE EXCEPTION 'not refused: a seat too many';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: one purchase makes two subscriptions
-- Must fail after: ALTER TABLE subscriptions DROP CONSTRAINT subscriptions_once;
BEGIN;
INSERT INTO people (id) OVERRIDING SYSTEM VALUE VALUES (-1), (-2);
INSERT INTO subscriptions (owner_id, source, external_id, plan, state, paid_until) VALUES (-1, 'play', 'a', 'solo', 'active', now());
DO $$ BEGIN
  INSERT INTO subscriptions (owner_id, source, external_id, plan, state, paid_until) VALUES (-2, 'play', 'a', 'solo', 'active', now());
  RAISE EXCEPTION 'not refused: shared purchase';
EXCEPTION WHEN unique_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: an event counts twice
-- Must fail after: ALTER TABLE store_events DROP CONSTRAINT store_events_once;
BEGIN;
INSERT INTO store_events (source, id) VALUES ('stripe', 'evt_1');
DO $$ BEGIN
  INSERT INTO store_events (source, id) VALUES ('stripe', 'evt_1');
  RAISE EXCEPTION 'not refused: twice';
EXCEPTION WHEN unique_violation THEN NULL;
END $$;
ROLLBACK;
