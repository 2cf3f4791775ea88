-- Shows that an address is free after deletion and taken once among the living, and that erasing empties the row and keeps the invoice.
-- Leaves nothing behind; needs the tables of schema.sql.

-- Trial: two living people with one address
-- Must fail after: DROP INDEX users_email_once;
BEGIN;
INSERT INTO users (email, deleted_at) VALUES ('a@x.example', now()), ('a@x.example', NULL);
DO $$ BEGIN
  INSERT INTO users (email) VALUES ('A@x.example');
  RAISE EXCEPTION 'not refused: twice';
EXCEPTION WHEN unique_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: one is called erased whose name is still there
-- Must fail after: ALTER TABLE users DROP CONSTRAINT users_erased;
BEGIN;
DO $$ BEGIN
  INSERT INTO users (name, deleted_at, erased_at) VALUES ('x', now(), now());
  RAISE EXCEPTION 'not refused: not empty';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: who has an invoice is deleted with it
-- Must fail after: ALTER TABLE invoices DROP CONSTRAINT invoices_user_fkey;
BEGIN;
INSERT INTO users (id, email) OVERRIDING SYSTEM VALUE VALUES (-1, 'a@x.example');
INSERT INTO invoices (user_id, number, billed_name, billed_address, issued_on) VALUES (-1, '1', 'x', 'y', '2026-01-01');
UPDATE users SET deleted_at = now(), erased_at = now(), email = NULL, name = NULL WHERE id = -1;
DO $$ BEGIN
  DELETE FROM users WHERE id = -1;
  RAISE EXCEPTION 'not refused: the invoice is orphaned';
EXCEPTION WHEN foreign_key_violation THEN NULL;
END $$;
ROLLBACK;
