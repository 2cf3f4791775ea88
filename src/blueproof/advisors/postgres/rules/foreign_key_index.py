"""Index the referencing side of a foreign key.

PostgreSQL indexes the referenced key but not the column that refers to it, so deleting one parent
row, changing its key, or joining from the parent reads the whole child table.
"""

from collections.abc import Iterator
from datetime import date

from blueproof.advisors.postgres.database import Database, Planned
from blueproof.advisors.postgres.parts.index_advice import file_claims, plan_uses
from blueproof.advisors.postgres.parts.migration import NewIndex, create_index
from blueproof.advisors.postgres.parts.wording import cost, count, listed, size, times
from blueproof.core.advice import Advice, Finding, Recommendation
from blueproof.core.claim import CostFalls
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case, Rule
from blueproof.core.scene import Excerpt
from blueproof.facts.load import fact
from blueproof.sql.changed_rows import deleted_from
from blueproof.sql.names import index_name, quote, quote_table
from blueproof.sql.schema import ForeignKey, Schema

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/ddl-constraints.html",
    checked=date(2026, 11, 24),
    says="a foreign key does not create an index on the referencing columns; deleting or updating "
    "a referenced row scans the referencing table for matches",
)
_WHAT_HAPPENS = {
    "CASCADE": "deletes its rows of {table} too (ON DELETE CASCADE)",
    "SET NULL": "empties {columns} in its rows of {table} (ON DELETE SET NULL)",
    "SET DEFAULT": "resets {columns} in its rows of {table} (ON DELETE SET DEFAULT)",
}
_CHECKS = "checks that no row of {table} still refers to it"


def check(database: Database) -> Iterator[Advice]:
    """A recommendation for each foreign key whose lookup is dear, a finding on those that wait."""
    waiting: list[tuple[ForeignKey, float]] = []
    room = database.room
    keys = tuple(_uncovered(database))
    plans = database.planner.plans(tuple(map(lookup, keys)), database.made)
    for key, plan in zip(keys, plans, strict=True):
        if plan is None:
            continue
        if plan.cost >= float(fact("pg.lookup-cost").value):
            for advice in _advise(database, key):
                assert advice.schema_change is not None, "an index is a change"
                needed = database.planner.index_bytes(advice.schema_change.text)
                if needed <= room:
                    room -= needed
                    yield advice
        elif not plan.indexes:  # a partial index may serve the lookup as well
            waiting.append((key, plan.cost))
    if waiting:
        yield _waiting(database, waiting)


def _uncovered(database: Database) -> Iterator[ForeignKey]:
    """The foreign keys that no index leads with, the same columns once."""
    done: set[tuple[str, tuple[str, ...]]] = set()
    for key in database.schema.foreign_keys:
        table = database.schema.by_name[key.table]
        place = (key.table, key.columns)
        covered = database.schema.covered(key.table, key.columns)
        if not (table.partition_of or place in done or covered):
            done.add(place)
            yield key


def _waiting(database: Database, keys: list[tuple[ForeignKey, float]]) -> Finding:
    """Foreign keys whose tables are still too small for an index, and how large is too large."""
    least = float(fact("pg.lookup-cost").value)
    names = tuple(
        f"{key} from {_rounded(database.rows(key.table) * least / max(before, 0.01)):,} rows on"
        for key, before in keys
    )
    verb = "has" if len(keys) == 1 else "have"
    return Finding(
        rule=RULE.id,
        where=count(len(keys), "foreign key"),
        says=f"{verb} no index and can do without, as few rows as the tables have; "
        f"worth one: {listed(names, most=8)}",
        evidence=(DOCS,),
    )


def _rounded(rows: float) -> int:
    """Two digits: it is an estimate, the cost growing with the rows."""
    digits = max(0, len(str(int(rows))) - 2)
    return round(int(rows), -digits)


def lookup(key: ForeignKey) -> str:
    """What PostgreSQL runs on the child table when a parent row goes, but for the row lock."""
    conditions = " AND ".join(f"{quote(c)} = ${n}" for n, c in enumerate(key.columns, start=1))
    return f"SELECT 1 FROM {quote_table(key.table)} WHERE {conditions}"


def _advise(database: Database, key: ForeignKey) -> Iterator[Recommendation]:
    index = NewIndex(
        name=index_name(key.table, key.columns, database.index_names),
        table=key.table,
        keys=tuple(quote(c) for c in key.columns),
        purpose=f"Serves the foreign key from {key} to {key.references}.",
    )
    query = lookup(key)
    (before,) = database.planner.costs((query,))
    (after,) = database.planner.costs((query,), (index.bare,))
    least = float(fact("pg.lookup-factor").value)
    if before < after * least:
        return
    migration = create_index(index, database.schema)
    asked = Excerpt(text=query)
    found = deleters(database, key.references)
    yield Recommendation(
        slot=f"index on {index.short}",
        rule=RULE.id,
        choice=f"Create index {index.name} on {index.short}",
        because=(
            f"{key} refers to {key.references} and no index leads with it: every DELETE of a row "
            f"in {key.references} {_consequence(key)}, by reading all "
            f"{database.rows(key.table):,} rows of {key.table}: planner cost {cost(before)} a "
            f"row, with the index {cost(after)}, {times(before / max(after, 0.01))} times less",
            _urgency(key, found),
        ),
        helps=tuple(q.name for q in found),
        trade_offs=(
            f"about {size(database.planner.index_bytes(index.bare))} on disk, and one more entry "
            f"to write for every INSERT into {key.table}",
        ),
        evidence=(DOCS,),
        claims=(
            CostFalls(query=asked, change=migration.change, factor=least),
            *plan_uses(index, migration, asked, database),
            *file_claims(index, migration, database),
        ),
        files=migration.artifacts,
        schema_change=migration.change,
        table=key.table,
    )


def _consequence(key: ForeignKey) -> str:
    words = _WHAT_HAPPENS.get(key.on_delete, _CHECKS)
    return words.format(table=key.table, columns=", ".join(key.columns))


def deleters(database: Database, table: str) -> tuple[Planned, ...]:
    """The queries that delete rows of a table, by themselves or by ON DELETE CASCADE."""
    schema = database.schema
    return tuple(q for q in database.queries if q.plan and table in _gone(q.query.text, schema))


def _gone(text: str, schema: Schema) -> frozenset[str]:
    return deleted_from(text, schema) if "delete" in text.lower() else frozenset()


def _deleted(query: Planned) -> float:
    """The rows that the planner expects the query to delete."""
    return max((n.rows for n in query.plan.walk()), default=0.0) if query.plan else 0.0


def _urgency(key: ForeignKey, found: tuple[Planned, ...]) -> str:
    if found:
        names = listed(tuple(q.name for q in found))
        most = max(found, key=_deleted)
        rows = round(_deleted(most))
        many = f", about {rows:,} rows at once" if rows > 1 else ""
        return (
            f"{names} deletes from {key.references}{many}, so it pays now; EXPLAIN alone does not "
            f"show it: EXPLAIN ANALYZE does, as the time of the trigger of this foreign key"
        )
    if key.on_delete in _WHAT_HAPPENS:
        return (
            f"ON DELETE {key.on_delete} says that rows of {key.references} are meant to be "
            f"deleted, though none of the queries shown does"
        )
    return (
        f"none of the queries shown deletes from {key.references}: leave it if nothing ever does, "
        f"and if its keys never change"
    )


_PARENT = "CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL);\n"
_CHILD = (
    "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers"
)

RULE = Rule(
    id="pg-foreign-key-index",
    stage="schema",
    title="Index the referencing side of a foreign key",
    guide=__doc__ or "",
    evidence=(DOCS,),
    check=check,
    cases=(
        Case(name="child table without an index", given=_PARENT + _CHILD + ");"),
        Case(
            name="rows that go with their parent",
            given=_PARENT + _CHILD + " ON DELETE CASCADE);",
            queries="DELETE FROM customers WHERE id = $1;",
        ),
        Case(
            name="an index already leads with the column",
            given=_PARENT + _CHILD + "); CREATE INDEX ON orders (customer_id, id);",
            fires=False,
        ),
        Case(
            name="the column is only second in an index",
            given=_PARENT + _CHILD + "); CREATE INDEX ON orders (id, customer_id);",
        ),
        Case(
            name="a partial index on the rows that refer to a parent",
            given=_PARENT
            + _CHILD.replace(" NOT NULL REF", " REF")
            + "); CREATE INDEX ON orders (customer_id) WHERE customer_id IS NOT NULL;",
            fires=False,
        ),
        Case(
            name="a partial index leaves rows out",
            given=_PARENT + _CHILD + "); CREATE INDEX ON orders (customer_id) WHERE id > 5;",
        ),
        Case(
            name="a child table of five thousand rows is read in no time",
            given=_PARENT + _CHILD + ");",
            rows=("orders=5000",),
            fires=False,
        ),
        Case(name="no foreign key at all", given=_PARENT, fires=False),
    ),
)
