-- An appointment holds one person and one room; neither can be held twice at a time.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE staff (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL CHECK (name <> ''),
  zone text NOT NULL DEFAULT 'Europe/Berlin'
);

CREATE TABLE rooms (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE
);

CREATE TABLE customers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL CHECK (name <> '')
);

-- The hours of a week (1 is Monday), and when somebody is away.
CREATE TABLE shifts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  staff_id bigint NOT NULL REFERENCES staff (id),
  weekday int NOT NULL CHECK (weekday BETWEEN 1 AND 7),
  starts time NOT NULL,
  ends time NOT NULL,
  CHECK (starts < ends),
  UNIQUE (staff_id, weekday, starts)
);

CREATE TABLE absences (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  staff_id bigint NOT NULL REFERENCES staff (id),
  period tstzrange NOT NULL CHECK (NOT isempty(period))
);
CREATE INDEX absences_staff_idx ON absences (staff_id);

CREATE TABLE appointments (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customers (id),
  staff_id bigint NOT NULL REFERENCES staff (id),
  room_id bigint NOT NULL REFERENCES rooms (id),
  period tstzrange NOT NULL CHECK (NOT isempty(period) AND NOT upper_inf(period)),
  state text NOT NULL DEFAULT 'booked' CHECK (state IN ('booked', 'done', 'missed', 'cancelled')),
  CONSTRAINT appointments_staff_once EXCLUDE USING gist (staff_id WITH =, period WITH &&)
    WHERE (state <> 'cancelled'),
  CONSTRAINT appointments_room_once EXCLUDE USING gist (room_id WITH =, period WITH &&)
    WHERE (state <> 'cancelled')
);
CREATE INDEX appointments_customer_idx ON appointments (customer_id);

CREATE FUNCTION within_shift() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE begins timestamp; ends_at timestamp; BEGIN
  SELECT lower(NEW.period) AT TIME ZONE zone, upper(NEW.period) AT TIME ZONE zone
    INTO begins, ends_at FROM staff WHERE id = NEW.staff_id FOR SHARE;
  IF begins::date <> ends_at::date OR NOT EXISTS (
      SELECT FROM shifts WHERE staff_id = NEW.staff_id
        AND weekday = extract(isodow FROM begins)
        AND starts <= begins::time AND ends >= ends_at::time) THEN
    RAISE EXCEPTION 'outside the hours' USING ERRCODE = '23514';
  END IF;
  IF EXISTS (SELECT FROM absences WHERE staff_id = NEW.staff_id AND period && NEW.period) THEN
    RAISE EXCEPTION 'away' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER within_shift BEFORE INSERT OR UPDATE OF staff_id, period ON appointments
  FOR EACH ROW WHEN (NEW.state = 'booked') EXECUTE FUNCTION within_shift();
