"""Drop an index that another one makes unnecessary.

An index on (a) answers nothing that an index on (a, b) does not answer almost as well, yet every
write maintains both. Unique indexes and those of constraints do a second job and stay.
"""

from collections.abc import Iterator
from datetime import date

from blueproof.advisors.postgres.candidates import leading
from blueproof.advisors.postgres.database import Database
from blueproof.advisors.postgres.parts.migration import NewIndex, drop_index
from blueproof.advisors.postgres.parts.wording import listed, size
from blueproof.core.advice import Alternative, Recommendation
from blueproof.core.claim import Applies, Claim, CostHolds, Lints
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case, Rule
from blueproof.core.scene import Excerpt
from blueproof.facts.load import fact
from blueproof.sql.names import index_name, quote_table
from blueproof.sql.schema import Index

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/indexes-multicolumn.html",
    checked=date(2026, 11, 24),
    says="a multicolumn B-tree can be used with conditions on its leading columns alone",
)


def check(database: Database) -> Iterator[Recommendation]:
    """One recommendation for each index that is the beginning of another."""
    gone: set[str] = set()
    for index in database.schema.indexes:
        wider = _wider(database, index, gone)
        if wider is not None and _holds(database, index):
            gone.add(index.name)
            yield _advise(database, index, wider)


def _wider(database: Database, index: Index, gone: set[str]) -> Index | None:
    """An index that begins with all of this one's key parts, or None."""
    droppable = index.plain and not (index.unique or index.primary or index.constraint)
    if not droppable or index.include or database.schema.by_name[index.table].partition_of:
        return None
    mine = leading(index)
    for other in database.schema.indexes_of(index.table):
        same = other.name == index.name or other.name in gone
        if not same and other.plain and leading(other)[: len(mine)] == mine:
            return other
    return None


def _lookup(index: Index) -> str:
    wanted = " AND ".join(f"{part.split()[0]} = ${n}" for n, part in enumerate(leading(index), 1))
    return f"SELECT * FROM {quote_table(index.table)} WHERE {wanted}"


def _holds(database: Database, index: Index) -> bool:
    """Whether nothing gets dearer without it, by the planner's word."""
    texts = (_lookup(index), *(q.query.text for q in database.readers(index.table)))
    drop = drop_index(index, "").change.text
    before = database.planner.costs(texts, database.made)
    after = database.planner.costs(texts, (*database.made, drop))
    most = 1 + float(fact("pg.drop-tolerance").value)
    return all(a <= b * most for b, a in zip(before, after, strict=True))


def _advise(database: Database, index: Index, wider: Index) -> Recommendation:
    new = [c for c in database.changes if wider.name.strip('"') in c.file.text]
    migration = drop_index(index, f"{wider.name} begins with the same columns.")
    copy = NewIndex(
        name=index_name(index.table, leading(index), database.index_names),
        table=index.table,
        keys=leading(index),
        purpose="",
    )
    saved = size(database.planner.index_bytes(copy.bare))
    keys = ", ".join(index.keys)
    same = len(wider.keys) == len(index.keys)
    readers = tuple(q.name for q in database.readers(index.table))
    return Recommendation(
        slot=f"index {index.name}",
        rule=RULE.id,
        choice=f"Drop index {index.name} on {index.table} ({keys})",
        because=(
            f"{wider.name} on ({', '.join(wider.keys)}) "
            f"{'holds the same columns' if same else 'begins with the same columns'}, so both are "
            f"written on every INSERT into {index.table} and only one is needed; dropping it frees "
            f"about {saved}",
        ),
        instead_of=(
            Alternative(
                choice=f"keep {index.name}",
                why_not="right only if index-only scans on it alone are your hottest path: "
                "the wider index has more pages to read",
            ),
        ),
        trade_offs=(
            f"{listed(readers)} read{'s' if len(readers) == 1 else ''} {index.table} and must "
            "stay as cheap: that is what is proved"
            if readers
            else f"none of the queries shown reads {index.table}: look at idx_scan of "
            f"{index.name} in pg_stat_user_indexes first",
        ),
        evidence=(DOCS,),
        claims=_claims(database, index, migration.change, migration.undo),
        files=migration.artifacts,
        needs=tuple(c.slot for c in new),
        schema_change=migration.change,
        table=index.table,
    )


def _claims(database: Database, index: Index, change: Excerpt, undo: Excerpt) -> tuple[Claim, ...]:
    queries = tuple(q.excerpt for q in database.readers(index.table))
    after = tuple(c.file for c in database.changes)
    return (
        CostHolds(
            queries=(Excerpt(text=_lookup(index)), *queries),
            change=change,
            tolerance=float(fact("pg.drop-tolerance").value),
            after=after,
        ),
        Applies(change=change, undo=undo, after=after),
        Lints(file=change),
    )


_TABLE = "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, status text, at date);\n"
_BOTH = (
    _TABLE
    + "CREATE INDEX short_idx ON orders (customer_id);\n"
    + "CREATE INDEX wide_idx ON orders (customer_id, status);\n"
)

RULE = Rule(
    id="pg-redundant-index",
    stage="cleanup",
    title="Drop an index that another one makes unnecessary",
    guide=__doc__ or "",
    evidence=(DOCS,),
    check=check,
    cases=(
        Case(name="an index is the beginning of another", given=_BOTH),
        Case(
            name="two indexes on the same column",
            given=_TABLE + "CREATE INDEX a ON orders (at); CREATE INDEX b ON orders (at);",
        ),
        Case(
            name="a plain index repeats a unique constraint",
            given=_TABLE.replace("status text", "status text UNIQUE")
            + "CREATE INDEX again ON orders (status);",
        ),
        Case(
            name="a unique index also guards against duplicates",
            given=_TABLE
            + "CREATE UNIQUE INDEX u ON orders (at); CREATE INDEX w ON orders (at, status);",
            fires=False,
        ),
        Case(
            name="the wider index leads with another column",
            given=_TABLE + "CREATE INDEX a ON orders (status);"
            "CREATE INDEX b ON orders (customer_id, status);",
            fires=False,
        ),
        Case(
            name="the wider index is partial",
            given=_TABLE + "CREATE INDEX a ON orders (status);"
            "CREATE INDEX b ON orders (status, at) WHERE at IS NOT NULL;",
            fires=False,
        ),
        Case(
            name="other sort direction on the shared column of a two-column sort",
            given=_TABLE + "CREATE INDEX a ON orders (status, at DESC);"
            "CREATE INDEX b ON orders (status, at, id);",
            fires=False,
        ),
    ),
)
