-- Shows that a second tap makes no second order, a payment belongs to one order, and an event counts once.
-- Leaves nothing behind; needs the tables of schema.sql.

-- Trial: a second tap makes a second order
-- Must fail after: ALTER TABLE orders DROP CONSTRAINT orders_checkout_once;
BEGIN;
INSERT INTO orders (checkout_key, customer_id, amount_cents, currency)
  VALUES ('00000000-0000-4000-8000-000000000001', 1, 100, 'EUR');
DO $$ BEGIN
  INSERT INTO orders (checkout_key, customer_id, amount_cents, currency)
    VALUES ('00000000-0000-4000-8000-000000000001', 1, 100, 'EUR');
  RAISE EXCEPTION 'not refused: a second order';
EXCEPTION WHEN unique_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: one payment belongs to two orders
-- Must fail after: ALTER TABLE orders DROP CONSTRAINT orders_payment_once;
BEGIN;
INSERT INTO orders (checkout_key, customer_id, amount_cents, currency, payment_id)
  VALUES ('00000000-0000-4000-8000-000000000001', 1, 100, 'EUR', 'pi_1');
DO $$ BEGIN
  INSERT INTO orders (checkout_key, customer_id, amount_cents, currency, payment_id)
    VALUES ('00000000-0000-4000-8000-000000000002', 1, 100, 'EUR', 'pi_1');
  RAISE EXCEPTION 'not refused: a payment twice';
EXCEPTION WHEN unique_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: an event counts twice
-- Must fail after: ALTER TABLE payment_events DROP CONSTRAINT payment_events_once;
BEGIN;
INSERT INTO payment_events (id, type) VALUES ('evt_1', 'payment_intent.succeeded');
DO $$ BEGIN
  INSERT INTO payment_events (id, type) VALUES ('evt_1', 'payment_intent.succeeded');
  RAISE EXCEPTION 'not refused: an event twice';
EXCEPTION WHEN unique_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: an order is paid without a payment
-- Must fail after: ALTER TABLE orders DROP CONSTRAINT orders_paid;
BEGIN;
DO $$ BEGIN
  INSERT INTO orders (checkout_key, customer_id, amount_cents, currency, state)
    VALUES ('00000000-0000-4000-8000-000000000001', 1, 100, 'EUR', 'paid');
  RAISE EXCEPTION 'not refused: paid with nothing';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
ROLLBACK;
