-- Shows that an answer stays in its post, a person has one vote, and the score is the sum of the votes.
-- Leaves nothing behind; needs the tables of schema.sql.

-- Trial: an answer hangs on another post's comment
-- Must fail after: ALTER TABLE comments DROP CONSTRAINT comments_same_post;
BEGIN;
INSERT INTO people (id) OVERRIDING SYSTEM VALUE VALUES (-1);
INSERT INTO posts (id) OVERRIDING SYSTEM VALUE VALUES (-1), (-2);
INSERT INTO comments (id, post_id, author_id, body) OVERRIDING SYSTEM VALUE VALUES (-1, -1, -1, 'x');
DO $$ BEGIN
  INSERT INTO comments (post_id, parent_id, author_id, body) VALUES (-2, -1, -1, 'y');
  RAISE EXCEPTION 'not refused: another post';
EXCEPTION WHEN foreign_key_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: one person votes twice
-- Must fail after: ALTER TABLE votes DROP CONSTRAINT votes_once;
BEGIN;
INSERT INTO people (id) OVERRIDING SYSTEM VALUE VALUES (-1);
INSERT INTO posts (id) OVERRIDING SYSTEM VALUE VALUES (-1);
INSERT INTO comments (id, post_id, author_id, body) OVERRIDING SYSTEM VALUE VALUES (-1, -1, -1, 'x');
INSERT INTO votes VALUES (-1, -1, 1);
DO $$ BEGIN
  INSERT INTO votes VALUES (-1, -1, 1);
  RAISE EXCEPTION 'not refused: two votes';
EXCEPTION WHEN unique_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: the score follows a vote, a change of mind and a withdrawal
-- Must fail after: DROP TRIGGER voted ON votes;
BEGIN;
INSERT INTO people (id) OVERRIDING SYSTEM VALUE VALUES (-1), (-2);
INSERT INTO posts (id) OVERRIDING SYSTEM VALUE VALUES (-1);
INSERT INTO comments (id, post_id, author_id, body) OVERRIDING SYSTEM VALUE VALUES (-1, -1, -1, 'x');
INSERT INTO votes VALUES (-1, -1, 1), (-1, -2, 1);
UPDATE votes SET value = -1 WHERE person_id = -1;
DELETE FROM votes WHERE person_id = -2;
DO $$ BEGIN
  IF (SELECT score FROM comments WHERE id = -1) <> -1 THEN
    RAISE EXCEPTION 'the score is not the sum';
  END IF;
END $$;
ROLLBACK;
