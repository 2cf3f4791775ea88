-- Shows that a version is neither changed nor deleted, two edits of one version meet, and a mark is one's own.
-- Leaves nothing behind; needs the tables of schema.sql.

-- Trial: a version is overwritten
-- Must fail after: DROP TRIGGER versions_stay ON versions;
BEGIN;
INSERT INTO people (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'x');
INSERT INTO items (id, title, created_by) OVERRIDING SYSTEM VALUE VALUES (-1, 'x', -1);
INSERT INTO versions (id, item_id, number, body, author_id) OVERRIDING SYSTEM VALUE VALUES (-1, -1, 1, 'x', -1);
DO $$ BEGIN
  UPDATE versions SET body = 'y' WHERE id = -1;
  RAISE EXCEPTION 'not refused: overwritten';
EXCEPTION WHEN restrict_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: a version is deleted
-- Must fail after: DROP TRIGGER versions_stay ON versions;
BEGIN;
INSERT INTO people (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'x');
INSERT INTO items (id, title, created_by) OVERRIDING SYSTEM VALUE VALUES (-1, 'x', -1);
INSERT INTO versions (id, item_id, number, body, author_id) OVERRIDING SYSTEM VALUE VALUES (-1, -1, 1, 'x', -1);
DO $$ BEGIN
  DELETE FROM versions WHERE id = -1;
  RAISE EXCEPTION 'not refused: deleted';
EXCEPTION WHEN restrict_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: two edits of the same version are both taken
-- Must fail after: ALTER TABLE versions DROP CONSTRAINT versions_once;
BEGIN;
INSERT INTO people (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'x');
INSERT INTO items (id, title, created_by) OVERRIDING SYSTEM VALUE VALUES (-1, 'x', -1);
INSERT INTO versions (item_id, number, body, author_id) VALUES (-1, 2, 'x', -1);
DO $$ BEGIN
  INSERT INTO versions (item_id, number, body, author_id) VALUES (-1, 2, 'y', -1);
  RAISE EXCEPTION 'not refused: the same number';
EXCEPTION WHEN unique_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: another thing's version is marked
-- Must fail after: ALTER TABLE items DROP CONSTRAINT items_marked_own;
BEGIN;
INSERT INTO people (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'x');
INSERT INTO items (id, title, created_by) OVERRIDING SYSTEM VALUE VALUES (-1, 'x', -1), (-2, 'y', -1);
INSERT INTO versions (id, item_id, number, body, author_id) OVERRIDING SYSTEM VALUE VALUES (-1, -1, 1, 'x', -1);
DO $$ BEGIN
  UPDATE items SET marked_version_id = -1 WHERE id = -2;
  RAISE EXCEPTION 'not refused: a foreign version';
EXCEPTION WHEN foreign_key_violation THEN NULL;
END $$;
ROLLBACK;
