-- Shows that nobody spends what is not there, what ends first goes first, a retry spends once, and entries stay.
-- Leaves nothing behind; needs the tables of schema.sql.

-- Trial: what ends first goes first, the same reference once, and too much not at all
BEGIN;
INSERT INTO people (id) OVERRIDING SYSTEM VALUE VALUES (-1);
INSERT INTO grants (id, person_id, source, reference, amount, rest, expires_at) OVERRIDING SYSTEM VALUE VALUES
  (-1, -1, 'bought', 'a', 100, 100, 'infinity'), (-2, -1, 'free', 'b', 20, 20, now() + interval '30 days'),
  (-3, -1, 'free', 'c', 9, 9, now() - interval '1 day');
DO $$ BEGIN
  IF NOT spend(-1, 25, 'job-1') OR spend(-1, 25, 'job-1') THEN
    RAISE EXCEPTION 'a retry spends again';
  END IF;
  IF (SELECT rest FROM grants WHERE id = -2) <> 0 OR (SELECT rest FROM grants WHERE id = -1) <> 95
      OR (SELECT rest FROM grants WHERE id = -3) <> 9 THEN
    RAISE EXCEPTION 'taken from the wrong grant';
  END IF;
END $$;
DO $$ BEGIN
  PERFORM spend(-1, 96, 'job-2');
  RAISE EXCEPTION 'not refused: more than there is';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: a rest below nothing
-- Must fail after: ALTER TABLE grants DROP CONSTRAINT grants_rest;
BEGIN;
INSERT INTO people (id) OVERRIDING SYSTEM VALUE VALUES (-1);
INSERT INTO grants (id, person_id, source, reference, amount, rest) OVERRIDING SYSTEM VALUE VALUES (-1, -1, 'bought', 'a', 5, 5);
DO $$ BEGIN
  UPDATE grants SET rest = rest - 6 WHERE id = -1;
  RAISE EXCEPTION 'not refused: below nothing';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: one purchase is granted twice
-- Must fail after: ALTER TABLE grants DROP CONSTRAINT grants_once;
BEGIN;
INSERT INTO people (id) OVERRIDING SYSTEM VALUE VALUES (-1);
INSERT INTO grants (person_id, source, reference, amount, rest) VALUES (-1, 'bought', 'pi_1', 100, 100);
DO $$ BEGIN
  INSERT INTO grants (person_id, source, reference, amount, rest) VALUES (-1, 'bought', 'pi_1', 100, 100);
  RAISE EXCEPTION 'not refused: granted twice';
EXCEPTION WHEN unique_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: an entry is changed afterwards
-- Must fail after: DROP TRIGGER entries_stay ON entries;
BEGIN;
INSERT INTO people (id) OVERRIDING SYSTEM VALUE VALUES (-1);
INSERT INTO grants (id, person_id, source, reference, amount, rest) OVERRIDING SYSTEM VALUE VALUES (-1, -1, 'bought', 'a', 5, 5);
INSERT INTO entries (id, grant_id, amount, reason, reference) OVERRIDING SYSTEM VALUE VALUES (-1, -1, -1, 'spent', 'x');
DO $$ BEGIN
  UPDATE entries SET amount = -2 WHERE id = -1;
  RAISE EXCEPTION 'not refused: changed';
EXCEPTION WHEN restrict_violation THEN NULL;
END $$;
ROLLBACK;
