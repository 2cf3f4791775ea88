"""A web application of our own: issue tracker, shop and chat for many tenants, 300 tables.

The data is made inside the server by hashing row numbers, so it is the same everywhere. As in many
such applications foreign keys have no index, deleted rows stay, a few tenants have most of the
rows, queues are nearly all done, and some indexes are there for nothing.
"""

from pathlib import Path

import psycopg
from places import Places
from workloads import read_queries

_HERE = Path(__file__).parent
_AREAS = (
    *("billing", "crm", "wiki", "calendar", "survey", "inventory", "shipping", "tax", "payroll"),
    *("recruiting", "helpdesk", "forum", "blog", "analytics", "export", "import", "sso", "sms"),
    *("email", "push", "feature", "experiment", "report", "backup", "license", "partner"),
)
_KINDS = (
    *("settings", "templates", "rules", "runs", "entries"),
    *("members", "tags", "notes", "files", "history"),
)
_MINOR_ROWS = 400


def load(connection: psycopg.Connection, _where: Places) -> None:
    """Make the tables and fill them."""
    connection.execute((_HERE / "web_schema.sql").read_text(encoding="utf-8"))
    for position, (area, kind) in enumerate((a, k) for a in _AREAS for k in _KINDS):
        connection.execute(_minor(area, kind, position % 7 * _MINOR_ROWS))
    # The rows fit together by construction; checking millions of them one by one takes minutes.
    connection.execute("SET session_replication_role = replica")
    connection.execute((_HERE / "web_data.sql").read_text(encoding="utf-8"))


def _minor(area: str, kind: str, rows: int) -> str:
    """One of the many small tables that every grown application has."""
    table = f"{area}_{kind}"
    return f"""
CREATE TABLE {table} (
  id bigint PRIMARY KEY,
  tenant_id bigint NOT NULL,
  user_id bigint,
  name text NOT NULL,
  status text NOT NULL DEFAULT 'active',
  data jsonb NOT NULL DEFAULT '{{}}',
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  deleted_at timestamptz
);
CREATE INDEX {table}_tenant_id_idx ON {table} (tenant_id);
INSERT INTO {table}
SELECT i, 1 + i % 200, 1 + i % 5000, '{kind} ' || i, 'active', '{{}}',
  timestamptz '2025-01-01' + i * interval '1 hour',
  timestamptz '2025-01-01' + i * interval '1 hour', NULL
FROM generate_series(1, {rows}) i;
"""


def queries() -> dict[str, str]:
    """The queries that such an application sends most often or suffers from most."""
    return read_queries(_HERE / "web_queries.sql")
