-- Shows that no more is promised than is there, an ended hold is free again, and stock never falls below what is promised.
-- Leaves nothing behind; needs the tables of schema.sql.

-- Trial: more is reserved than is there; what is given back is there again
-- Must fail after: DROP TRIGGER reserve ON reservations;
BEGIN;
INSERT INTO products (id, sku) OVERRIDING SYSTEM VALUE VALUES (-1, 'x');
INSERT INTO places (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'x');
INSERT INTO stock (product_id, place_id) VALUES (-1, -1);
INSERT INTO movements (product_id, place_id, quantity, reason, reference) VALUES (-1, -1, 5, 'received', 'r1');
INSERT INTO reservations (id, cart_id, product_id, place_id, quantity, expires_at) OVERRIDING SYSTEM VALUE
  VALUES (-1, gen_random_uuid(), -1, -1, 4, now());
DO $$ BEGIN
  INSERT INTO reservations (cart_id, product_id, place_id, quantity, expires_at)
    VALUES (gen_random_uuid(), -1, -1, 2, now());
  RAISE EXCEPTION 'not refused: more than there is';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
DELETE FROM reservations WHERE id = -1;
INSERT INTO reservations (cart_id, product_id, place_id, quantity, expires_at) VALUES (gen_random_uuid(), -1, -1, 5, now());
ROLLBACK;

-- Trial: stock falls below what is promised
-- Must fail after: ALTER TABLE stock DROP CONSTRAINT stock_enough;
BEGIN;
INSERT INTO products (id, sku) OVERRIDING SYSTEM VALUE VALUES (-1, 'x');
INSERT INTO places (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'x');
INSERT INTO stock (product_id, place_id, on_hand, reserved) VALUES (-1, -1, 5, 4);
DO $$ BEGIN
  INSERT INTO movements (product_id, place_id, quantity, reason, reference) VALUES (-1, -1, -2, 'damaged', 'r2');
  RAISE EXCEPTION 'not refused: below what is promised';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
ROLLBACK;
