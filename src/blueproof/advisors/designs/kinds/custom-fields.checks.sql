-- Shows that a value is of a field of its own tenant and of its type, and a name is given once.
-- Leaves nothing behind; needs the tables of schema.sql.

-- Trial: a value of another tenant's field, or of another type
-- Must fail after: DROP TRIGGER values_fit ON contacts;
BEGIN;
INSERT INTO tenants (id) OVERRIDING SYSTEM VALUE VALUES (-1), (-2);
INSERT INTO fields (id, tenant_id, name, type, choices) OVERRIDING SYSTEM VALUE VALUES
  (-1, -1, 'size', 'number', '[]'), (-2, -2, 'other', 'text', '[]'), (-3, -1, 'level', 'choice', '["gold"]');
INSERT INTO contacts (tenant_id, name, "values") VALUES (-1, 'x', '{"-1": 3, "-3": "gold"}');
DO $$ BEGIN
  INSERT INTO contacts (tenant_id, name, "values") VALUES (-1, 'x', '{"-2": "a"}');
  RAISE EXCEPTION 'not refused: a foreign field';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
DO $$ BEGIN
  INSERT INTO contacts (tenant_id, name, "values") VALUES (-1, 'x', '{"-1": "three"}');
  RAISE EXCEPTION 'not refused: another type';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
DO $$ BEGIN
  INSERT INTO contacts (tenant_id, name, "values") VALUES (-1, 'x', '{"-3": "lead"}');
  RAISE EXCEPTION 'not refused: no such choice';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: a tenant gives one name twice
-- Must fail after: DROP INDEX fields_name_once;
BEGIN;
INSERT INTO tenants (id) OVERRIDING SYSTEM VALUE VALUES (-1);
INSERT INTO fields (tenant_id, name, type) VALUES (-1, 'Size', 'number');
DO $$ BEGIN
  INSERT INTO fields (tenant_id, name, type) VALUES (-1, 'size', 'text');
  RAISE EXCEPTION 'not refused: twice';
EXCEPTION WHEN unique_violation THEN NULL;
END $$;
ROLLBACK;
