-- What is there and what is promised; a reservation has an end.
CREATE TABLE products (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sku text NOT NULL UNIQUE
);

CREATE TABLE places (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE
);

CREATE TABLE stock (
  product_id bigint NOT NULL REFERENCES products (id),
  place_id bigint NOT NULL REFERENCES places (id),
  on_hand int NOT NULL DEFAULT 0,
  reserved int NOT NULL DEFAULT 0,
  PRIMARY KEY (product_id, place_id),
  CONSTRAINT stock_enough CHECK (reserved >= 0 AND on_hand >= reserved)
);
CREATE INDEX stock_place_idx ON stock (place_id);

CREATE TABLE reservations (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cart_id uuid NOT NULL,
  product_id bigint NOT NULL,
  place_id bigint NOT NULL,
  quantity int NOT NULL CHECK (quantity > 0),
  expires_at timestamptz NOT NULL,
  FOREIGN KEY (product_id, place_id) REFERENCES stock (product_id, place_id)
);
CREATE INDEX reservations_stock_idx ON reservations (product_id, place_id);
CREATE INDEX reservations_end_idx ON reservations (expires_at);

CREATE TABLE movements (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  product_id bigint NOT NULL,
  place_id bigint NOT NULL,
  quantity int NOT NULL CHECK (quantity <> 0),
  reason text NOT NULL CHECK (reason IN ('received', 'shipped', 'counted', 'damaged', 'moved')),
  reference text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (product_id, place_id) REFERENCES stock (product_id, place_id)
);
CREATE INDEX movements_stock_idx ON movements (product_id, place_id);

-- A reservation moves the number beside it; so does its end.
CREATE FUNCTION reserve() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'INSERT' THEN
    UPDATE stock SET reserved = reserved + NEW.quantity
      WHERE product_id = NEW.product_id AND place_id = NEW.place_id
        AND on_hand - reserved >= NEW.quantity;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'sold out' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
  END IF;
  UPDATE stock SET reserved = reserved - OLD.quantity
    WHERE product_id = OLD.product_id AND place_id = OLD.place_id;
  RETURN OLD;
END $$;
CREATE TRIGGER reserve BEFORE INSERT OR DELETE ON reservations
  FOR EACH ROW EXECUTE FUNCTION reserve();

CREATE FUNCTION moved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE stock SET on_hand = on_hand + NEW.quantity
    WHERE product_id = NEW.product_id AND place_id = NEW.place_id;
  RETURN NEW;
END $$;
CREATE TRIGGER moved AFTER INSERT ON movements FOR EACH ROW EXECUTE FUNCTION moved();

-- The job each minute: DELETE FROM reservations WHERE expires_at < now();
