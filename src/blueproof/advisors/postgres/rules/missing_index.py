"""Index what your queries filter, join and sort by.

A query that keeps a few rows of a large table has to read all of it unless an index leads with the
columns it compares; one that sorts and takes the first page can read an index in order and stop.
The planner itself chooses among every candidate, and nothing is proposed that makes no query at
least twice as cheap.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from blueproof.advisors.postgres.choice import Chosen, Slower
from blueproof.advisors.postgres.database import Database
from blueproof.advisors.postgres.parts.index_advice import (
    advise_index,
    declined_index,
    migration_of,
)
from blueproof.advisors.postgres.parts.migration import NewIndex
from blueproof.advisors.postgres.parts.statistics_advice import advise_statistics
from blueproof.advisors.postgres.parts.wording import count, listed, shown_time
from blueproof.advisors.postgres.search import weigh
from blueproof.core.advice import Finding, Recommendation, Rejected
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case, Rule
from blueproof.core.scene import Excerpt
from blueproof.facts.load import fact

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/indexes-multicolumn.html",
    checked=date(2026, 11, 24),
    says="a B-tree serves conditions on its leading columns best: equality first, then one range",
)
ORDER_DOCS = Citation(
    url="https://www.postgresql.org/docs/current/indexes-ordering.html",
    checked=date(2026, 11, 24),
    says="with ORDER BY and LIMIT, an index in that order gives the first rows without reading all",
)


def check(database: Database) -> Iterator[Recommendation | Finding | Rejected]:
    """One recommendation for each index that the search takes, and a word on what it gave up."""
    weighed = weigh(database)
    choices = weighed.taken
    # First: without them an index may harm a query whose rows are foretold wrongly.
    yield from (advise_statistics(cure, RULE.id) for cure in weighed.cures)
    # What was taken together is judged beside all others.
    every = tuple((c.slot, migration_of(database, c).change) for c in choices)
    made: list[tuple[str, Excerpt]] = []
    for choice in choices:
        others = tuple(each for each in every if each[0] != choice.slot)
        beside = others if choice.together else tuple(made)
        advice = advise_index(database, choice, beside, RULE.id, (DOCS, ORDER_DOCS))
        assert advice.schema_change is not None, "an index is a change"
        made.append((advice.slot, advice.schema_change))
        yield replace(advice, because=(*advice.because, *_searched(weighed)))
    yield from (_given_up(index, slower) for index, slower in weighed.refused)
    yield from (declined_index(database, each, RULE.id) for each in weighed.declined)


def _searched(weighed: Chosen) -> tuple[str, ...]:
    """How widely was looked."""
    asked = count(weighed.asked, "question")
    said = f"it was chosen among {weighed.tried:,} candidates, with {asked} to the planner"
    return (said,) if weighed.tried > 1 else ()


def _given_up(index: NewIndex, slower: tuple[Slower, ...]) -> Rejected:
    """An index that the planner would read, to no good of the queries that were run."""
    worse = any(s.after > s.before * float(fact("pg.slower-factor").value) for s in slower)
    said = (
        f"{s.query} took {shown_time(s.after)}{' and was stopped' if s.cut else ''} in place of "
        f"{shown_time(s.before)}"
        for s in slower
    )
    return Rejected(
        slot=f"index on {index.short}",
        choice=f"an index on {index.short}",
        why=f"{'slower' if worse else 'no faster'} on the copy's rows: with it "
        f"{listed(tuple(said))}",
    )


_ORDERS = """
CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL);
CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id bigint NOT NULL,
  status text NOT NULL CHECK (status IN ('open', 'paid', 'shipped')),
  created_at timestamptz NOT NULL DEFAULT now()
);
"""
_BY_CUSTOMER = """-- name: orders_of_customer
SELECT id, status FROM orders WHERE customer_id = $1 ORDER BY created_at DESC LIMIT 20;
"""
_READINGS = """
CREATE TABLE readings (
  id bigint PRIMARY KEY, sensor bigint NOT NULL, at timestamptz NOT NULL, value numeric NOT NULL
);
CREATE INDEX readings_at ON readings (at);
"""
_LAST = """
SELECT max(at) FROM readings WHERE sensor = $1;
SELECT * FROM readings WHERE sensor = $1 ORDER BY at DESC LIMIT 1;
"""

_ITEMS = """
CREATE TABLE items (id bigint PRIMARY KEY, object_id bigint NOT NULL, note text NOT NULL);
CREATE INDEX items_object_id ON items (object_id);
"""
_LAST_ITEM = "SELECT * FROM items WHERE object_id = {} ORDER BY id DESC LIMIT 1;"
_MANY_ITEMS = """
INSERT INTO items SELECT i, i / 1500, md5(i::text) FROM generate_series(1, 300000) i;
VACUUM ANALYZE items;
"""
_OF_ITEMS = """
SELECT pg_restore_relation_stats('schemaname', 'public', 'relname', 'items', 'relpages', '3093',
  'reltuples', '300000', 'relallvisible', '3093');
SELECT pg_restore_relation_stats('schemaname', 'public', 'relname', 'items_pkey',
  'relpages', '825', 'reltuples', '300000');
SELECT pg_restore_relation_stats('schemaname', 'public', 'relname', 'items_object_id',
  'relpages', '256', 'reltuples', '300000');
SELECT pg_restore_attribute_stats('schemaname', 'public', 'relname', 'items', 'attname', 'id',
  'null_frac', '0', 'avg_width', '8', 'n_distinct', '-1',
  'histogram_bounds', '{1,75000,150000,225000,300000}', 'correlation', '1');
SELECT pg_restore_attribute_stats('schemaname', 'public', 'relname', 'items',
  'attname', 'object_id', 'null_frac', '0', 'avg_width', '8', 'n_distinct', '200',
  'histogram_bounds', '{0,50,100,150,200}', 'correlation', '0.2');
"""

RULE = Rule(
    id="pg-missing-index",
    stage="workload",
    title="Index what your queries filter, join and sort by",
    guide=__doc__ or "",
    evidence=(DOCS, ORDER_DOCS),
    check=check,
    cases=(
        Case(
            name="a page of one customer's orders reads every order",
            given=_ORDERS,
            queries=_BY_CUSTOMER,
        ),
        Case(
            name="one table read twice, where either read is as slow as the other",
            given=_ORDERS,
            queries="SELECT id FROM orders WHERE customer_id = $1 "
            "UNION ALL SELECT id FROM orders WHERE created_at = $2;",
        ),
        Case(
            name="a table joined to itself",
            given=_ORDERS.replace(
                "status text", "ref text NOT NULL, parent_id bigint, status text"
            ),
            rows=("orders=5M",),
            queries="SELECT a.id, b.id AS part FROM orders a JOIN orders b ON b.parent_id = a.id "
            "WHERE a.ref = $1;",
        ),
        Case(
            name="a join from a few parents to many children",
            given=_ORDERS,
            queries="SELECT o.* FROM customers c JOIN orders o ON o.customer_id = c.id "
            "WHERE c.id = $1;",
        ),
        Case(
            name="an index already leads with the column",
            given=_ORDERS + "CREATE INDEX ON orders (customer_id, created_at DESC);",
            queries=_BY_CUSTOMER,
            fires=False,
        ),
        Case(
            name="a condition that keeps a third of the rows gains nothing from an index",
            given=_ORDERS,
            queries="SELECT * FROM orders WHERE status = 'open';",
            fires=False,
        ),
        Case(
            name="a table of a hundred rows is read faster whole",
            given=_ORDERS,
            queries=_BY_CUSTOMER,
            rows=("orders=100",),
            fires=False,
        ),
        Case(
            name="a partitioned table is indexed partition by partition",
            given="CREATE TABLE events (tenant_id bigint NOT NULL, day date NOT NULL) "
            "PARTITION BY RANGE (day);\n"
            "CREATE TABLE events_a PARTITION OF events FOR VALUES FROM ('2024-01-01') "
            "TO ('2025-07-01');\n"
            "CREATE TABLE events_b PARTITION OF events DEFAULT;",
            queries="SELECT * FROM events WHERE tenant_id = $1;",
        ),
        Case(
            name="the last reading of one sensor, with an index on the time alone",
            given=_READINGS,
            queries=_LAST,
            rows=("readings=5M",),
        ),
        Case(
            name="an index on the sensor and the time",
            given=_READINGS + "CREATE INDEX ON readings (sensor, at);",
            queries=_LAST,
            rows=("readings=5M",),
            fires=False,
        ),
        Case(
            name="the last item of an old object, where the planner hopes for an early match",
            given=_ITEMS,
            queries=_LAST_ITEM.format(12),
            statistics=_OF_ITEMS,
            filled=_MANY_ITEMS,
        ),
        Case(
            name="the last item of a new object, found at once",
            given=_ITEMS,
            queries=_LAST_ITEM.format(195),
            statistics=_OF_ITEMS,
            filled=_MANY_ITEMS,
            fires=False,
        ),
        Case(name="no queries, nothing to judge by", given=_ORDERS, fires=False),
    ),
)
