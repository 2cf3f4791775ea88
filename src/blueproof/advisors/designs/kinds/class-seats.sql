-- Places are counted while the row of the class is held.
CREATE TABLE people (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL CHECK (name <> '')
);

CREATE TABLE classes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  title text NOT NULL CHECK (title <> ''),
  starts_at timestamptz NOT NULL,
  places int NOT NULL CHECK (places > 0)
);

CREATE TABLE bookings (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  class_id bigint NOT NULL REFERENCES classes (id),
  person_id bigint NOT NULL REFERENCES people (id),
  state text NOT NULL CHECK (state IN ('waiting', 'held', 'booked', 'cancelled')),
  held_until timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((state = 'held') = (held_until IS NOT NULL))
);
CREATE UNIQUE INDEX bookings_once ON bookings (class_id, person_id) WHERE state <> 'cancelled';
CREATE INDEX bookings_person_idx ON bookings (person_id);

CREATE FUNCTION places_left() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE most int; taken int; BEGIN
  SELECT places INTO most FROM classes WHERE id = NEW.class_id FOR UPDATE;
  SELECT count(*) INTO taken FROM bookings WHERE class_id = NEW.class_id AND id <> NEW.id
    AND (state = 'booked' OR state = 'held' AND held_until > now());
  IF taken >= most THEN
    RAISE EXCEPTION 'full' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER places_left BEFORE INSERT OR UPDATE OF state, class_id ON bookings
  FOR EACH ROW WHEN (NEW.state IN ('held', 'booked')) EXECUTE FUNCTION places_left();
