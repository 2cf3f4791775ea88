-- Request, offers, order, and the money as entries.
CREATE TABLE people (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY
);

CREATE TABLE requests (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  buyer_id bigint NOT NULL REFERENCES people (id),
  description text NOT NULL,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'taken', 'closed'))
);
CREATE INDEX requests_buyer_idx ON requests (buyer_id);

CREATE TABLE offers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_id bigint NOT NULL REFERENCES requests (id),
  seller_id bigint NOT NULL REFERENCES people (id),
  price_cents bigint NOT NULL CHECK (price_cents > 0),
  state text NOT NULL DEFAULT 'made'
    CHECK (state IN ('made', 'accepted', 'declined', 'withdrawn')),
  CONSTRAINT offers_once UNIQUE (request_id, seller_id)
);
CREATE UNIQUE INDEX offers_one_accepted ON offers (request_id) WHERE state = 'accepted';
CREATE INDEX offers_seller_idx ON offers (seller_id);

CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  offer_id bigint NOT NULL UNIQUE REFERENCES offers (id),
  price_cents bigint NOT NULL CHECK (price_cents > 0),
  fee_cents bigint NOT NULL CHECK (fee_cents >= 0),
  share_cents bigint NOT NULL CHECK (share_cents >= 0),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  state text NOT NULL DEFAULT 'agreed' CHECK (state IN
    ('agreed', 'paid', 'delivered', 'confirmed', 'disputed', 'released', 'refunded', 'cancelled')),
  CONSTRAINT orders_add_up CHECK (price_cents = fee_cents + share_cents)
);

CREATE TABLE entries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id bigint NOT NULL REFERENCES orders (id),
  kind text NOT NULL CHECK (kind IN ('charge', 'transfer', 'refund')),
  cents bigint NOT NULL CHECK (cents > 0),
  reference text NOT NULL CONSTRAINT entries_once UNIQUE,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX entries_order_idx ON entries (order_id);

-- Steps forward only; a disputed order ends by a decision, and only a confirmed one is released.
CREATE FUNCTION orders_step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NOT (OLD.state, NEW.state) IN (
      ('agreed', 'paid'), ('agreed', 'cancelled'), ('paid', 'delivered'), ('paid', 'disputed'),
      ('paid', 'refunded'), ('delivered', 'confirmed'), ('delivered', 'disputed'),
      ('confirmed', 'released'), ('confirmed', 'disputed'), ('disputed', 'confirmed'),
      ('disputed', 'refunded')) THEN
    RAISE EXCEPTION 'no step from % to %', OLD.state, NEW.state USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER orders_step BEFORE UPDATE OF state ON orders
  FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION orders_step();

-- No more leaves an order than came in.
CREATE FUNCTION entries_covered() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  PERFORM FROM orders WHERE id = NEW.order_id FOR UPDATE;
  IF NEW.kind <> 'charge' AND NEW.cents > (
      SELECT coalesce(sum(CASE kind WHEN 'charge' THEN cents ELSE -cents END), 0)
      FROM entries WHERE order_id = NEW.order_id) THEN
    RAISE EXCEPTION 'more goes out than came in' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER entries_covered BEFORE INSERT ON entries
  FOR EACH ROW EXECUTE FUNCTION entries_covered();
