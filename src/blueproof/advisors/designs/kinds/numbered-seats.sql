-- Each seat of an event is one row, and who has it.
CREATE TABLE events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  title text NOT NULL CHECK (title <> ''),
  sale_starts_at timestamptz NOT NULL
);

CREATE TABLE buyers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email text NOT NULL UNIQUE CHECK (email <> '')
);

CREATE TABLE seats (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id bigint NOT NULL REFERENCES events (id),
  label text NOT NULL CHECK (label <> ''),
  state text NOT NULL DEFAULT 'free' CHECK (state IN ('free', 'held', 'sold')),
  buyer_id bigint REFERENCES buyers (id),
  held_until timestamptz,
  payment_id text UNIQUE,
  CONSTRAINT seats_once UNIQUE (event_id, label),
  CHECK ((state = 'free') = (buyer_id IS NULL)),
  CHECK ((state = 'held') = (held_until IS NOT NULL)),
  CHECK (state = 'sold' OR payment_id IS NULL)
);
CREATE INDEX seats_buyer_idx ON seats (buyer_id);

-- A statement that forgets the condition is refused as well.
CREATE FUNCTION seat_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF OLD.buyer_id IS DISTINCT FROM NEW.buyer_id AND (
    OLD.state = 'sold' OR OLD.state = 'held' AND OLD.held_until > now() AND NEW.buyer_id IS NOT NULL
  ) THEN
    RAISE EXCEPTION 'taken' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER seat_kept BEFORE UPDATE ON seats FOR EACH ROW EXECUTE FUNCTION seat_kept();
