"""A small database for plan fidelity: skew, NULLs, extended statistics, odd indexes."""

import psycopg
from places import Places

_SCHEMA = """
CREATE TABLE cities (id integer PRIMARY KEY, name text NOT NULL, country char(2) NOT NULL);
CREATE TABLE visits (
  id bigint PRIMARY KEY,
  city_id integer NOT NULL REFERENCES cities,
  country char(2) NOT NULL,
  browser text NOT NULL,
  version integer NOT NULL,
  referrer text,
  amount numeric(10,2),
  tags text[] NOT NULL,
  seen int4range NOT NULL,
  at timestamptz NOT NULL,
  note text
);
CREATE INDEX visits_city_at ON visits (city_id, at DESC);
CREATE INDEX visits_country ON visits (country);
CREATE INDEX visits_referrer ON visits (lower(referrer));
CREATE INDEX visits_paid ON visits (at) WHERE amount IS NOT NULL;
CREATE INDEX visits_at_brin ON visits USING brin (at);
CREATE INDEX visits_tags ON visits USING gin (tags);
CREATE INDEX visits_seen ON visits USING gist (seen);
CREATE INDEX visits_note ON visits (note) INCLUDE (amount);
CREATE STATISTICS visits_place (dependencies, ndistinct, mcv) ON city_id, country FROM visits;
CREATE STATISTICS visits_browser (mcv) ON browser, version FROM visits;
CREATE STATISTICS visits_day ON (date_trunc('day', at AT TIME ZONE 'UTC')) FROM visits;
"""
# One city has a third of the rows; browser decides version; a referrer is mostly missing.
_ROWS = """
INSERT INTO cities SELECT i, 'City ' || i, chr(65 + i % 26) || chr(65 + i % 7)
FROM generate_series(1, 3000) i;
INSERT INTO visits
SELECT i, c.id, c.country, b.browser, b.version,
  CASE WHEN abs(hashint8extended(i, 3) % 50) = 0 THEN 'Https://Site' || i % 900 || '.example' END,
  CASE WHEN abs(hashint8extended(i, 4) % 40) = 0 THEN (i % 10000) / 100.0 END,
  ARRAY['t' || abs(hashint8extended(i, 5) % 30), 'u' || abs(hashint8extended(i, 6) % 2000)],
  int4range((i % 5000)::int, (i % 5000 + 1 + abs(hashint8extended(i, 7) % 20))::int),
  timestamptz '2026-01-01' + i * interval '9 seconds',
  CASE WHEN i % 3 = 0 THEN 'note ' || i % 70000 END
FROM generate_series(1, 800000) i
JOIN cities c ON c.id = 1 + floor(3000 * power(abs(hashint8extended(i, 1) % 1000000) / 1e6, 6))::int
CROSS JOIN LATERAL (SELECT abs(hashint8extended(i, 2) % 100) AS r) d
CROSS JOIN LATERAL (SELECT
  CASE WHEN r < 70 THEN 'chrome' WHEN r < 90 THEN 'safari' ELSE 'firefox' END AS browser,
  CASE WHEN r < 70 THEN 140 + r % 3 WHEN r < 90 THEN 18 ELSE 130 + r % 7 END AS version) b;
"""
_QUERIES = {
    "frequent_city": "SELECT count(*) FROM visits WHERE city_id = 1",
    "rare_city": "SELECT * FROM visits WHERE city_id = 2990",
    "unknown_city": "SELECT * FROM visits WHERE city_id = 99999",
    "latest_of_city": "SELECT * FROM visits WHERE city_id = 7 ORDER BY at DESC LIMIT 10",
    "city_and_country": "SELECT * FROM visits WHERE city_id = 3 AND country = 'DD'",
    "browser_version": "SELECT count(*) FROM visits WHERE browser = 'safari' AND version = 18",
    "impossible_pair": "SELECT * FROM visits WHERE browser = 'safari' AND version = 141",
    "by_country": "SELECT country, count(*) FROM visits GROUP BY country ORDER BY 2 DESC",
    "places": "SELECT city_id, country, count(*) FROM visits GROUP BY city_id, country",
    "per_day": "SELECT date_trunc('day', at AT TIME ZONE 'UTC'), count(*) FROM visits GROUP BY 1",
    "referrer": "SELECT * FROM visits WHERE lower(referrer) = 'https://site7.example'",
    "no_referrer": "SELECT count(*) FROM visits WHERE referrer IS NULL",
    "paid_lately": "SELECT * FROM visits WHERE amount IS NOT NULL AND at > '2026-03-20'",
    "paid_much": "SELECT * FROM visits WHERE amount > 99.5",
    "a_day": "SELECT * FROM visits WHERE at >= '2026-02-01' AND at < '2026-02-02'",
    "the_last_hour": "SELECT * FROM visits WHERE at > '2026-03-25 07:00+00'",
    "after_the_end": "SELECT * FROM visits WHERE at > '2027-01-01'",
    "tagged": "SELECT * FROM visits WHERE tags @> ARRAY['u77']",
    "tagged_often": "SELECT count(*) FROM visits WHERE tags && ARRAY['t1', 't2']",
    "in_range": "SELECT * FROM visits WHERE seen @> 4711",
    "note": "SELECT note, amount FROM visits WHERE note = 'note 333'",
    "note_prefix": "SELECT note, amount FROM visits WHERE note LIKE 'note 333%'",
    "joined": "SELECT c.name, count(*) FROM visits v JOIN cities c ON c.id = v.city_id "
    "WHERE c.country = 'AA' GROUP BY c.name",
    "joined_rare": "SELECT v.* FROM cities c JOIN visits v ON v.city_id = c.id "
    "WHERE c.name = 'City 2500'",
    "several": "SELECT * FROM visits WHERE city_id IN (100, 900, 2700, 2999)",
    "either": "SELECT * FROM visits WHERE city_id = 2995 OR lower(referrer) = 'https://site3.example'",
    "highest": "SELECT max(at) FROM visits",
    "without_visits": "SELECT * FROM cities c WHERE NOT EXISTS "
    "(SELECT FROM visits v WHERE v.city_id = c.id)",
}


def load(connection: psycopg.Connection, _where: Places) -> None:
    """Make the tables and fill them."""
    connection.execute(_SCHEMA)
    connection.execute(_ROWS)


def queries() -> dict[str, str]:
    """Queries whose plans hang on the statistics."""
    return _QUERIES
