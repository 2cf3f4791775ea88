-- Shows that a person has one role in each organisation, sees only what a membership opens, and an owner stays.
-- Leaves nothing behind; needs the tables of schema.sql.

-- Trial: a person has two roles in one organisation
-- Must fail after: ALTER TABLE org_members DROP CONSTRAINT org_members_once;
BEGIN;
INSERT INTO people (id, email) VALUES ('00000000-0000-4000-8000-00000000000a', 'a');
INSERT INTO orgs (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'x');
INSERT INTO org_members VALUES (-1, '00000000-0000-4000-8000-00000000000a', 'admin');
DO $$ BEGIN
  INSERT INTO org_members VALUES (-1, '00000000-0000-4000-8000-00000000000a', 'viewer');
  RAISE EXCEPTION 'not refused: two roles';
EXCEPTION WHEN unique_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: a role that nobody knows
-- Must fail after: ALTER TABLE org_members DROP CONSTRAINT org_members_role;
BEGIN;
INSERT INTO people (id, email) VALUES ('00000000-0000-4000-8000-00000000000a', 'a');
INSERT INTO orgs (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'x');
DO $$ BEGIN
  INSERT INTO org_members VALUES (-1, '00000000-0000-4000-8000-00000000000a', 'god');
  RAISE EXCEPTION 'not refused: an unknown role';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: a viewer edits, or one client's employee sees another client's project
BEGIN;
INSERT INTO people (id, email) VALUES ('00000000-0000-4000-8000-00000000000a', 'a'),
  ('00000000-0000-4000-8000-00000000000b', 'b');
INSERT INTO orgs (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'x'), (-2, 'y');
INSERT INTO org_members VALUES (-1, '00000000-0000-4000-8000-00000000000a', 'viewer'),
  (-2, '00000000-0000-4000-8000-00000000000a', 'admin');
INSERT INTO clients (id, org_id, name) OVERRIDING SYSTEM VALUE VALUES (-1, -1, 'c'), (-2, -1, 'd'), (-3, -2, 'e');
INSERT INTO projects (id, client_id, name) OVERRIDING SYSTEM VALUE VALUES (-1, -1, 'p'), (-2, -2, 'q'), (-3, -3, 'r');
INSERT INTO client_members VALUES (-1, '00000000-0000-4000-8000-00000000000b');
DO $$ BEGIN
  IF may_edit(-1, '00000000-0000-4000-8000-00000000000a')
      OR NOT may_edit(-3, '00000000-0000-4000-8000-00000000000a')
      OR NOT may_see(-2, '00000000-0000-4000-8000-00000000000a')
      OR NOT may_see(-1, '00000000-0000-4000-8000-00000000000b')
      OR may_see(-2, '00000000-0000-4000-8000-00000000000b')
      OR may_edit(-1, '00000000-0000-4000-8000-00000000000b') THEN
    RAISE EXCEPTION 'somebody sees or edits what they may not';
  END IF;
END $$;
ROLLBACK;

-- Trial: the last owner leaves
-- Must fail after: DROP TRIGGER keep_an_owner ON org_members;
BEGIN;
INSERT INTO people (id, email) VALUES ('00000000-0000-4000-8000-00000000000a', 'a');
INSERT INTO orgs (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'x');
INSERT INTO org_members VALUES (-1, '00000000-0000-4000-8000-00000000000a', 'owner');
DO $$ BEGIN
  DELETE FROM org_members WHERE org_id = -1;
  RAISE EXCEPTION 'not refused: no owner left';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
ROLLBACK;
