-- Things of one kind are interchangeable; each thing is a row, so that one row is out once.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE kinds (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE CHECK (name <> '')
);

CREATE TABLE units (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind_id bigint NOT NULL REFERENCES kinds (id),
  label text NOT NULL UNIQUE
);
CREATE INDEX units_kind_idx ON units (kind_id);

CREATE TABLE bookings (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer text NOT NULL CHECK (customer <> ''),
  deposit numeric(12, 2) NOT NULL DEFAULT 0 CHECK (deposit >= 0),
  requested_at timestamptz NOT NULL DEFAULT now()
);

-- What is asked for and, once accepted, the unit that is held. A block (repair) has no booking.
CREATE TABLE lines (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  booking_id bigint REFERENCES bookings (id),
  kind_id bigint NOT NULL REFERENCES kinds (id),
  unit_id bigint REFERENCES units (id),
  period tstzrange NOT NULL CHECK (NOT isempty(period) AND NOT upper_inf(period)),
  state text NOT NULL DEFAULT 'requested' CHECK (state IN
    ('requested', 'refused', 'accepted', 'paid', 'out', 'returned', 'cancelled', 'blocked')),
  agreed_price numeric(12, 2) CHECK (agreed_price >= 0),
  currency text NOT NULL DEFAULT 'EUR' CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT lines_held CHECK (state IN ('requested', 'refused', 'cancelled')
    OR unit_id IS NOT NULL),
  CONSTRAINT lines_priced CHECK (state IN ('requested', 'refused', 'cancelled', 'blocked')
    OR agreed_price IS NOT NULL),
  CONSTRAINT lines_booked CHECK (state = 'blocked' OR booking_id IS NOT NULL),
  CONSTRAINT lines_once EXCLUDE USING gist (unit_id WITH =, period WITH &&)
    WHERE (state IN ('accepted', 'paid', 'out', 'blocked'))
);
CREATE INDEX lines_booking_idx ON lines (booking_id);
CREATE INDEX lines_kind_idx ON lines (kind_id);

-- Steps forward only, and what was agreed stays.
CREATE FUNCTION lines_step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.state <> OLD.state AND NOT (OLD.state, NEW.state) IN (
      ('requested', 'accepted'), ('requested', 'refused'), ('requested', 'cancelled'),
      ('accepted', 'paid'), ('accepted', 'cancelled'), ('paid', 'out'), ('paid', 'cancelled'),
      ('out', 'returned'), ('blocked', 'cancelled')) THEN
    RAISE EXCEPTION 'no step from % to %', OLD.state, NEW.state USING ERRCODE = '23514';
  END IF;
  IF OLD.agreed_price IS NOT NULL AND NEW.agreed_price IS DISTINCT FROM OLD.agreed_price THEN
    RAISE EXCEPTION 'the agreed price stays' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER lines_step BEFORE UPDATE ON lines FOR EACH ROW EXECUTE FUNCTION lines_step();

-- Free units of a kind for a time ($1 kind, $2 period):
-- SELECT u.id, u.label FROM units u WHERE u.kind_id = $1 AND NOT EXISTS (
--   SELECT FROM lines l WHERE l.unit_id = u.id AND l.period && $2
--     AND l.state IN ('accepted', 'paid', 'out', 'blocked'));
