"""A small database for plan fidelity: range, list and hash partitions, inheritance."""

import psycopg
from places import Places

_MONTHS = 24
_SCHEMA = """
CREATE TABLE devices (id integer PRIMARY KEY, site_id integer NOT NULL, model text NOT NULL);
CREATE TABLE readings (
  device_id integer NOT NULL,
  at timestamptz NOT NULL,
  metric text NOT NULL,
  value double precision NOT NULL,
  PRIMARY KEY (device_id, at, metric)
) PARTITION BY RANGE (at);
CREATE INDEX readings_at ON readings (at);
CREATE TABLE readings_default PARTITION OF readings DEFAULT;
CREATE TABLE alerts (
  id bigint NOT NULL,
  region text NOT NULL,
  device_id integer NOT NULL,
  state text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (id, region)
) PARTITION BY LIST (region);
CREATE TABLE alerts_eu PARTITION OF alerts FOR VALUES IN ('eu') PARTITION BY HASH (id);
CREATE TABLE alerts_eu_0 PARTITION OF alerts_eu FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE alerts_eu_1 PARTITION OF alerts_eu FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE alerts_eu_2 PARTITION OF alerts_eu FOR VALUES WITH (MODULUS 3, REMAINDER 2);
CREATE TABLE alerts_us PARTITION OF alerts FOR VALUES IN ('us');
CREATE TABLE alerts_else PARTITION OF alerts DEFAULT;
CREATE INDEX alerts_open ON alerts (device_id) WHERE state = 'open';
CREATE TABLE logs (id bigint, at timestamptz NOT NULL, line text NOT NULL);
CREATE TABLE logs_old (CHECK (at < '2026-01-01')) INHERITS (logs);
CREATE TABLE logs_new (CHECK (at >= '2026-01-01')) INHERITS (logs);
CREATE INDEX logs_new_at ON logs_new (at);
"""
# Later months have far more rows than early ones, as of a product that grows.
_ROWS = """
INSERT INTO devices SELECT i, i % 90, 'M' || i % 12 FROM generate_series(1, 4000) i;
INSERT INTO readings
SELECT 1 + abs(hashint8extended(i, 1) % 4000),
  timestamptz '2025-01-01' + interval '1 second' * floor(63000000 * sqrt(i / 900000.0)),
  (ARRAY['temp','temp','temp','volt','rssi'])[1 + abs(hashint8extended(i, 2) % 5)],
  abs(hashint8extended(i, 3) % 1000) / 10.0
FROM generate_series(1, 900000) i ON CONFLICT DO NOTHING;
INSERT INTO alerts
SELECT i, (ARRAY['eu','eu','eu','us','us','jp'])[1 + abs(hashint8extended(i, 4) % 6)],
  1 + abs(hashint8extended(i, 5) % 4000),
  CASE WHEN abs(hashint8extended(i, 6) % 200) = 0 THEN 'open' ELSE 'closed' END,
  timestamptz '2025-01-01' + i * interval '3 minutes'
FROM generate_series(1, 300000) i;
INSERT INTO logs_old SELECT i, timestamptz '2025-01-01' + i * interval '2 minutes', 'line ' || i
FROM generate_series(1, 150000) i;
INSERT INTO logs_new SELECT i, timestamptz '2026-01-01' + i * interval '2 minutes', 'line ' || i
FROM generate_series(1, 200000) i;
"""
_QUERIES = {
    "one_month": "SELECT count(*) FROM readings WHERE at >= '2026-03-01' AND at < '2026-04-01'",
    "one_hour": "SELECT * FROM readings WHERE at >= '2026-03-01 10:00+00' "
    "AND at < '2026-03-01 11:00+00'",
    "two_months": "SELECT metric, avg(value) FROM readings "
    "WHERE at >= '2026-03-15' AND at < '2026-04-15' GROUP BY metric",
    "device": "SELECT * FROM readings WHERE device_id = 77",
    "device_lately": "SELECT * FROM readings WHERE device_id = 77 AND at >= '2026-10-01' "
    "ORDER BY at DESC LIMIT 20",
    "newest": "SELECT * FROM readings ORDER BY at DESC LIMIT 10",
    "out_of_range": "SELECT * FROM readings WHERE at >= '2030-01-01'",
    "everything": "SELECT metric, count(*) FROM readings GROUP BY metric",
    "site": "SELECT d.id, avg(r.value) FROM devices d JOIN readings r ON r.device_id = d.id "
    "WHERE d.site_id = 7 AND r.metric = 'volt' AND r.at >= '2026-09-01' GROUP BY d.id",
    "high": "SELECT * FROM readings WHERE value > 99.8 AND at >= '2026-01-01'",
    "open_alerts": "SELECT * FROM alerts WHERE device_id = 5 AND state = 'open'",
    "alerts_in_eu": "SELECT count(*) FROM alerts WHERE region = 'eu' AND at > '2026-01-01'",
    "alert": "SELECT * FROM alerts WHERE id = 1234 AND region = 'eu'",
    "alert_anywhere": "SELECT * FROM alerts WHERE id = 1234",
    "alerts_by_state": "SELECT region, state, count(*) FROM alerts GROUP BY region, state",
    "models": "SELECT d.model, count(*) FROM alerts a JOIN devices d ON d.id = a.device_id "
    "WHERE a.state = 'open' GROUP BY d.model",
    "alerts_and_readings": "SELECT a.id, r.value FROM alerts a JOIN readings r "
    "ON r.device_id = a.device_id AND r.at = a.at WHERE a.state = 'open' AND a.region = 'us'",
    "new_logs": "SELECT count(*) FROM logs WHERE at >= '2026-05-01' AND at < '2026-05-02'",
    "old_logs": "SELECT * FROM logs WHERE at < '2025-01-02'",
    "all_logs": "SELECT count(*) FROM logs",
}


def _months() -> str:
    """The monthly partitions of readings, from 2025 on."""
    made = []
    for i in range(_MONTHS):
        begin, end = (f"{2025 + m // 12}-{m % 12 + 1:02}-01" for m in (i, i + 1))
        made.append(
            f"CREATE TABLE readings_{begin[:7].replace('-', '_')} PARTITION OF readings "
            f"FOR VALUES FROM ('{begin}') TO ('{end}');"
        )
    return "\n".join(made)


def load(connection: psycopg.Connection, _where: Places) -> None:
    """Make the tables and fill them."""
    connection.execute(_SCHEMA + _months())
    connection.execute(_ROWS)


def queries() -> dict[str, str]:
    """Queries whose plans hang on pruning and on the partitions' own statistics."""
    return _QUERIES
