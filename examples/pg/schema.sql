-- A ticket shop: venues hold events, customers order tickets, staff may ban a customer.
CREATE TABLE venues (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name       text NOT NULL,
  city       text NOT NULL
);

CREATE TABLE events (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  venue_id   bigint NOT NULL REFERENCES venues ON DELETE CASCADE,
  title      text NOT NULL,
  starts_at  timestamptz NOT NULL
);
CREATE INDEX events_starts_at_idx ON events (starts_at);

CREATE TABLE customers (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email      text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE orders (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customers,
  event_id    bigint NOT NULL REFERENCES events,
  status      text NOT NULL CHECK (status IN ('open', 'paid', 'refunded')),
  total_cents integer NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX orders_event_id_idx ON orders (event_id);
CREATE INDEX orders_event_id_status_idx ON orders (event_id, status);

CREATE TABLE bans (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id bigint REFERENCES customers,
  reason      text NOT NULL
);

-- A customer sees and makes only their own orders.
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_orders ON orders
  USING (customer_id = current_setting('app.customer_id', true)::bigint);
