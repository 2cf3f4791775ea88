"""A small database with rows, skewed as real ones are, whose statistics the tests collect."""

DDL = """
CREATE SCHEMA billing;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE customers (
  id bigint PRIMARY KEY, email text NOT NULL, country text NOT NULL, mood mood, tags text[],
  vip boolean NOT NULL, born date, created_at timestamptz NOT NULL
);
CREATE TABLE "Orders" (
  id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers, status text NOT NULL,
  kind text NOT NULL, total numeric(10, 2), note text, "createdAt" timestamp NOT NULL,
  valid int4range
);
CREATE INDEX orders_customer ON "Orders" (customer_id);
CREATE INDEX orders_open ON "Orders" ("createdAt") WHERE status = 'open';
CREATE INDEX orders_kind ON "Orders" (kind, "createdAt");
CREATE INDEX customers_lower ON customers (lower(email), (id % 10));
CREATE STATISTICS status_of_kind (ndistinct, dependencies) ON status, kind FROM "Orders";
CREATE TABLE billing.events (
  id bigint NOT NULL, kind text NOT NULL, at timestamptz NOT NULL, PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE TABLE billing.events_1 PARTITION OF billing.events
  FOR VALUES FROM ('2024-01-01') TO ('2024-07-01');
CREATE TABLE billing.events_2 PARTITION OF billing.events
  FOR VALUES FROM ('2024-07-01') TO ('2025-01-01');
CREATE INDEX events_kind ON billing.events (kind);
CREATE TABLE base (a int, b text);
CREATE TABLE derived (c int) INHERITS (base);
"""
ROWS = r"""
INSERT INTO customers SELECT g, 'user' || md5(g::text) || '@ex,am"ple.com',
  (ARRAY['de', 'de', 'de', 'fr', 'us', 'in \x'])[1 + g % 6],
  (ARRAY['sad', 'ok', 'ok', NULL])[1 + g % 4]::mood, ARRAY['t' || g % 50, 'u' || g % 7],
  g % 20 = 0, date '1950-01-01' + g % 20000,
  timestamptz '2024-01-01' + g * interval '10 minutes' FROM generate_series(1, 50000) g;
INSERT INTO "Orders" SELECT g, 1 + (power(g % 1000, 1.5)::bigint * 7919) % 50000,
  (ARRAY['open', 'paid', 'paid', 'paid', 'sent', 'sent', 'sent', 'sent', 'sent', 'it''s'])
    [1 + g % 10],
  'kind ' || g % 30, g % 1000 * 1.25, CASE WHEN g % 3 = 0 THEN md5(g::text) END,
  timestamp '2024-01-01' + g * interval '7 minutes',
  CASE WHEN g % 5 = 0 THEN int4range(g, g + g % 100) ELSE 'empty' END
  FROM generate_series(1, 60000) g;
INSERT INTO billing.events SELECT g, 'k' || g % 9, timestamptz '2024-01-01' + g * interval
  '10 minutes' FROM generate_series(1, 40000) g;
INSERT INTO base SELECT g, g::text FROM generate_series(1, 1000) g;
INSERT INTO derived SELECT g, g::text, g FROM generate_series(1, 500) g;
"""
# Collected after these, so that tables have grown and not every page is visible to all.
LATER = """
UPDATE customers SET vip = true WHERE id < 3000;
INSERT INTO base SELECT g, g::text FROM generate_series(1, 2000) g;
"""
TABLES = ("customers", '"Orders"', "billing.events", "base", "derived")
QUERIES = (
    "SELECT * FROM customers WHERE id = $1",
    "SELECT * FROM customers WHERE lower(email) = 'user1@example.com'",
    "SELECT * FROM customers WHERE country = 'fr' AND vip",
    "SELECT * FROM customers WHERE country = 'in \\x'",
    "SELECT * FROM customers WHERE tags @> ARRAY['t7']",
    "SELECT * FROM customers WHERE mood = 'ok' AND born > '1990-01-01' ORDER BY born LIMIT 10",
    "SELECT id FROM customers WHERE id BETWEEN 1000 AND 4000",
    "SELECT count(*) FROM \"Orders\" WHERE status = 'open' AND \"createdAt\" > '2024-08-01'",
    'SELECT * FROM "Orders" WHERE customer_id = 17',
    'SELECT * FROM "Orders" WHERE customer_id = $1 ORDER BY "createdAt" DESC LIMIT 5',
    'SELECT c.email, sum(o.total) FROM customers c JOIN "Orders" o ON o.customer_id = c.id'
    " GROUP BY 1",
    'SELECT c.email, o.id FROM customers c JOIN "Orders" o ON o.customer_id = c.id'
    " WHERE c.id < 5000",
    'SELECT * FROM "Orders" WHERE valid && int4range(5, 500)',
    'SELECT status, kind, count(*) FROM "Orders" GROUP BY 1, 2',
    "SELECT * FROM \"Orders\" WHERE status = 'paid' AND kind = 'kind 11'",
    "SELECT * FROM billing.events WHERE kind = 'k3' AND at > '2024-08-01'",
    "SELECT kind, count(*) FROM billing.events GROUP BY 1",
    "SELECT * FROM billing.events e JOIN customers c ON c.id = e.id WHERE e.at < '2024-02-01'",
    "SELECT * FROM ONLY base WHERE a < 100",
    "SELECT a, count(*) FROM base GROUP BY a",
    "UPDATE customers SET vip = false WHERE id = $1",
)
