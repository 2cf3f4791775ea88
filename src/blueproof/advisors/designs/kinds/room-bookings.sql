-- A booking holds parts (rooms) for a time; the whole place is a booking of all parts.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE rooms (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE CHECK (name <> '')
);

-- What a regular group has agreed; its dates are bookings.
CREATE TABLE series (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  weekday int NOT NULL CHECK (weekday BETWEEN 1 AND 7),
  local_start time NOT NULL,
  local_end time NOT NULL,
  zone text NOT NULL,
  until date NOT NULL
);

CREATE TABLE bookings (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer text NOT NULL CHECK (customer <> ''),
  series_id bigint REFERENCES series (id),
  agreed_price numeric(12, 2) NOT NULL CHECK (agreed_price >= 0),
  currency text NOT NULL DEFAULT 'EUR' CHECK (currency ~ '^[A-Z]{3}$'),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX bookings_series_idx ON bookings (series_id);

CREATE TABLE held (
  booking_id bigint NOT NULL REFERENCES bookings (id) ON DELETE CASCADE,
  room_id bigint NOT NULL REFERENCES rooms (id),
  period tstzrange NOT NULL CHECK (NOT isempty(period) AND NOT upper_inf(period)),
  state text NOT NULL CHECK (state IN ('held', 'booked', 'cancelled')),
  held_until timestamptz,
  PRIMARY KEY (booking_id, room_id),
  CONSTRAINT held_ends CHECK ((state = 'held') = (held_until IS NOT NULL)),
  CONSTRAINT held_once EXCLUDE USING gist (room_id WITH =, period WITH &&)
    WHERE (state <> 'cancelled')
);
CREATE INDEX held_room_idx ON held (room_id);

-- Holds that ran out give way to whoever comes next.
CREATE FUNCTION give_way() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  DELETE FROM held WHERE room_id = NEW.room_id AND period && NEW.period
    AND state = 'held' AND held_until < now() AND booking_id <> NEW.booking_id;
  RETURN NEW;
END $$;
CREATE TRIGGER give_way BEFORE INSERT ON held FOR EACH ROW EXECUTE FUNCTION give_way();
