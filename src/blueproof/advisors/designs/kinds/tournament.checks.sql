-- Shows that a side is known or has a source, nobody plays themselves, and a result counts when both sides agree.
-- Leaves nothing behind; needs the tables of schema.sql.

-- Trial: a knockout side is neither known nor from anywhere
-- Must fail after: ALTER TABLE match_sides DROP CONSTRAINT match_sides_known;
BEGIN;
INSERT INTO tournaments (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'x');
INSERT INTO matches (id, tournament_id, round) OVERRIDING SYSTEM VALUE VALUES (-1, -1, 1);
DO $$ BEGIN
  INSERT INTO match_sides (match_id, side) VALUES (-1, 1);
  RAISE EXCEPTION 'not refused: no source';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: one plays against themselves
-- Must fail after: ALTER TABLE match_sides DROP CONSTRAINT match_sides_entry_once;
BEGIN;
INSERT INTO tournaments (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'x');
INSERT INTO players (id, name) OVERRIDING SYSTEM VALUE VALUES (-2, 'a'), (-1, 'b');
INSERT INTO entries (id, tournament_id, player_a, player_b) OVERRIDING SYSTEM VALUE
  VALUES (-1, -1, -2, -1);
INSERT INTO matches (id, tournament_id, round) OVERRIDING SYSTEM VALUE VALUES (-1, -1, 1);
INSERT INTO match_sides (match_id, side, entry_id) VALUES (-1, 1, -1);
DO $$ BEGIN
  INSERT INTO match_sides (match_id, side, entry_id) VALUES (-1, 2, -1);
  RAISE EXCEPTION 'not refused: against themselves';
EXCEPTION WHEN unique_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: the winner is filled in where both agree, and not where they differ
-- Must fail after: DROP TRIGGER reports_agree ON result_reports;
BEGIN;
INSERT INTO tournaments (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'x');
INSERT INTO players (id, name) OVERRIDING SYSTEM VALUE VALUES (-4, 'a'), (-3, 'b'), (-2, 'c'), (-1, 'd');
INSERT INTO entries (id, tournament_id, player_a, player_b) OVERRIDING SYSTEM VALUE
  VALUES (-1, -1, -4, -3), (-2, -1, -2, -1);
INSERT INTO matches (id, tournament_id, round) OVERRIDING SYSTEM VALUE VALUES (-1, -1, 1), (-2, -1, 2), (-3, -1, 1);
INSERT INTO match_sides (match_id, side, entry_id) VALUES (-1, 1, -1), (-1, 2, -2), (-3, 1, -1), (-3, 2, -2);
INSERT INTO match_sides (match_id, side, from_match_id) VALUES (-2, 1, -1), (-2, 2, -3);
INSERT INTO result_reports (match_id, by_side, sets, winner_side)
  VALUES (-1, 1, '[[6,4],[6,3]]', 1), (-1, 2, '[[6,4],[6,3]]', 1),
         (-3, 1, '[[6,4],[6,3]]', 1), (-3, 2, '[[4,6],[6,3]]', 2);
DO $$ BEGIN
  IF (SELECT entry_id FROM match_sides WHERE match_id = -2 AND side = 1) IS DISTINCT FROM -1
      OR (SELECT entry_id FROM match_sides WHERE match_id = -2 AND side = 2) IS NOT NULL
      OR (SELECT state FROM matches WHERE id = -3) <> 'disputed' THEN
    RAISE EXCEPTION 'not filled in, or too early';
  END IF;
END $$;
ROLLBACK;

-- Trial: the same two enter twice
-- Must fail after: ALTER TABLE entries DROP CONSTRAINT entries_once;
BEGIN;
INSERT INTO tournaments (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'x');
INSERT INTO players (id, name) OVERRIDING SYSTEM VALUE VALUES (-2, 'a'), (-1, 'b');
INSERT INTO entries (tournament_id, player_a, player_b) VALUES (-1, -2, -1);
DO $$ BEGIN
  INSERT INTO entries (tournament_id, player_a, player_b) VALUES (-1, -2, -1);
  RAISE EXCEPTION 'not refused: twice';
EXCEPTION WHEN unique_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: one changes the group after the draw
-- Must fail after: DROP TRIGGER entries_stay ON entries;
BEGIN;
INSERT INTO tournaments (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'x');
INSERT INTO groups (id, tournament_id, name) OVERRIDING SYSTEM VALUE VALUES (-1, -1, 'A'), (-2, -1, 'B');
INSERT INTO players (id, name) OVERRIDING SYSTEM VALUE VALUES (-2, 'a'), (-1, 'b');
INSERT INTO entries (id, tournament_id, group_id, player_a, player_b) OVERRIDING SYSTEM VALUE
  VALUES (-1, -1, -1, -2, -1);
UPDATE entries SET group_id = -2 WHERE id = -1;
INSERT INTO matches (id, tournament_id, group_id) OVERRIDING SYSTEM VALUE VALUES (-1, -1, -2);
INSERT INTO match_sides (match_id, side, entry_id) VALUES (-1, 1, -1);
DO $$ BEGIN
  UPDATE entries SET group_id = -1 WHERE id = -1;
  RAISE EXCEPTION 'not refused: moved after the draw';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
ROLLBACK;
