-- Shows that one offer is accepted, the shares add up, a disputed order is not released, and no more goes out than came in.
-- Leaves nothing behind; needs the tables of schema.sql.

-- Trial: two offers of one request are accepted
-- Must fail after: DROP INDEX offers_one_accepted;
BEGIN;
INSERT INTO people (id) OVERRIDING SYSTEM VALUE VALUES (-1), (-2), (-3);
INSERT INTO requests (id, buyer_id, description) OVERRIDING SYSTEM VALUE VALUES (-1, -1, 'x');
INSERT INTO offers (request_id, seller_id, price_cents, state) VALUES (-1, -2, 100, 'accepted');
DO $$ BEGIN
  INSERT INTO offers (request_id, seller_id, price_cents, state) VALUES (-1, -3, 90, 'accepted');
  RAISE EXCEPTION 'not refused: two accepted';
EXCEPTION WHEN unique_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: fee and share are not the price
-- Must fail after: ALTER TABLE orders DROP CONSTRAINT orders_add_up;
BEGIN;
INSERT INTO people (id) OVERRIDING SYSTEM VALUE VALUES (-1), (-2);
INSERT INTO requests (id, buyer_id, description) OVERRIDING SYSTEM VALUE VALUES (-1, -1, 'x');
INSERT INTO offers (id, request_id, seller_id, price_cents) OVERRIDING SYSTEM VALUE VALUES (-1, -1, -2, 100);
DO $$ BEGIN
  INSERT INTO orders (offer_id, price_cents, fee_cents, share_cents, currency) VALUES (-1, 100, 15, 86, 'EUR');
  RAISE EXCEPTION 'not refused: a cent too many';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: a disputed order is released
-- Must fail after: DROP TRIGGER orders_step ON orders;
BEGIN;
INSERT INTO people (id) OVERRIDING SYSTEM VALUE VALUES (-1), (-2);
INSERT INTO requests (id, buyer_id, description) OVERRIDING SYSTEM VALUE VALUES (-1, -1, 'x');
INSERT INTO offers (id, request_id, seller_id, price_cents) OVERRIDING SYSTEM VALUE VALUES (-1, -1, -2, 100);
INSERT INTO orders (id, offer_id, price_cents, fee_cents, share_cents, currency, state) OVERRIDING SYSTEM VALUE
  VALUES (-1, -1, 100, 15, 85, 'EUR', 'disputed');
DO $$ BEGIN
  UPDATE orders SET state = 'released' WHERE id = -1;
  RAISE EXCEPTION 'not refused: released in dispute';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: more goes out than came in
-- Must fail after: DROP TRIGGER entries_covered ON entries;
BEGIN;
INSERT INTO people (id) OVERRIDING SYSTEM VALUE VALUES (-1), (-2);
INSERT INTO requests (id, buyer_id, description) OVERRIDING SYSTEM VALUE VALUES (-1, -1, 'x');
INSERT INTO offers (id, request_id, seller_id, price_cents) OVERRIDING SYSTEM VALUE VALUES (-1, -1, -2, 100);
INSERT INTO orders (id, offer_id, price_cents, fee_cents, share_cents, currency) OVERRIDING SYSTEM VALUE
  VALUES (-1, -1, 100, 15, 85, 'EUR');
INSERT INTO entries (order_id, kind, cents, reference) VALUES (-1, 'charge', 100, 'ch_1'), (-1, 'transfer', 85, 'tr_1');
DO $$ BEGIN
  INSERT INTO entries (order_id, kind, cents, reference) VALUES (-1, 'refund', 100, 're_1');
  RAISE EXCEPTION 'not refused: paid out twice';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
ROLLBACK;
