-- Groups and knockout in one table of matches; a side is known, or says where it comes from.
CREATE TABLE tournaments (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE CHECK (name <> '')
);

CREATE TABLE groups (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tournament_id bigint NOT NULL REFERENCES tournaments (id),
  name text NOT NULL,
  UNIQUE (tournament_id, name)
);

CREATE TABLE players (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL CHECK (name <> '')
);

-- A pair, or a single player or a team with player_b empty.
CREATE TABLE entries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tournament_id bigint NOT NULL REFERENCES tournaments (id),
  group_id bigint REFERENCES groups (id),
  player_a bigint NOT NULL REFERENCES players (id),
  player_b bigint REFERENCES players (id),
  CONSTRAINT entries_ordered CHECK (player_a < player_b),
  CONSTRAINT entries_once UNIQUE NULLS NOT DISTINCT (tournament_id, player_a, player_b)
);
CREATE INDEX entries_group_idx ON entries (group_id);

CREATE TABLE matches (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tournament_id bigint NOT NULL REFERENCES tournaments (id),
  group_id bigint REFERENCES groups (id),
  round int CHECK (round > 0),
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'disputed', 'final', 'walkover')),
  winner_side int CHECK (winner_side IN (1, 2)),
  CONSTRAINT matches_stage CHECK ((group_id IS NULL) <> (round IS NULL)),
  CONSTRAINT matches_won CHECK (state IN ('open', 'disputed') OR winner_side IS NOT NULL)
);
CREATE INDEX matches_group_idx ON matches (group_id);

-- Two rows for each match: who plays, or where the side comes from.
CREATE TABLE match_sides (
  match_id bigint NOT NULL REFERENCES matches (id),
  side int NOT NULL CHECK (side IN (1, 2)),
  entry_id bigint REFERENCES entries (id),
  from_match_id bigint REFERENCES matches (id),
  from_group_id bigint REFERENCES groups (id),
  from_place int CHECK (from_place > 0),
  PRIMARY KEY (match_id, side),
  CONSTRAINT match_sides_entry_once UNIQUE (match_id, entry_id),
  CONSTRAINT match_sides_known CHECK (
    entry_id IS NOT NULL OR num_nonnulls(from_match_id, from_group_id) = 1),
  CHECK (from_match_id <> match_id),
  CHECK ((from_group_id IS NULL) = (from_place IS NULL))
);
CREATE INDEX match_sides_from_idx ON match_sides (from_match_id);

-- Whoever has a match stays in the group.
CREATE FUNCTION entries_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT FROM match_sides WHERE entry_id = NEW.id) THEN
    RAISE EXCEPTION 'has a match: stays in the group' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER entries_stay BEFORE UPDATE OF group_id ON entries
  FOR EACH ROW WHEN (OLD.group_id IS DISTINCT FROM NEW.group_id) EXECUTE FUNCTION entries_stay();

-- What each side says of the score; the match is final when both say the same.
CREATE TABLE result_reports (
  match_id bigint NOT NULL,
  by_side int NOT NULL,
  sets jsonb NOT NULL CHECK (jsonb_typeof(sets) = 'array'),
  winner_side int NOT NULL CHECK (winner_side IN (1, 2)),
  reported_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT result_reports_once PRIMARY KEY (match_id, by_side),
  FOREIGN KEY (match_id, by_side) REFERENCES match_sides (match_id, side)
);

CREATE FUNCTION reports_agree() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE other result_reports; BEGIN
  PERFORM FROM matches WHERE id = NEW.match_id FOR UPDATE;
  SELECT * INTO other FROM result_reports
    WHERE match_id = NEW.match_id AND by_side <> NEW.by_side;
  IF NOT FOUND THEN RETURN NULL; END IF;
  IF other.sets = NEW.sets AND other.winner_side = NEW.winner_side THEN
    UPDATE matches SET state = 'final', winner_side = NEW.winner_side WHERE id = NEW.match_id;
    UPDATE match_sides AS next SET entry_id = won.entry_id FROM match_sides AS won
      WHERE next.from_match_id = NEW.match_id AND won.match_id = NEW.match_id
        AND won.side = NEW.winner_side;
  ELSE
    UPDATE matches SET state = 'disputed', winner_side = NULL WHERE id = NEW.match_id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER reports_agree AFTER INSERT OR UPDATE ON result_reports
  FOR EACH ROW EXECUTE FUNCTION reports_agree();
