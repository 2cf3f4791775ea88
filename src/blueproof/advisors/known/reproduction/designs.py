"""Designs: what is made beside the tables so that a slow query need not be asked any more.

Where every row must be read, no index helps. What helps is a figure that is kept ready, or one
that need not be exact. Each design is SQL for this story's own names, which a clock can try.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from blueproof.advisors.known.reproduction.asked_less import asked_less
from blueproof.advisors.known.reproduction.design import Design
from blueproof.advisors.known.reproduction.figures import Figures, read_figures
from blueproof.advisors.known.reproduction.kept import (
    renewal,
    undone,
    view_of,
    with_trigger,
    writes,
)
from blueproof.advisors.known.reproduction.keyed import (
    paged_by_key,
    with_not_exists,
)
from blueproof.advisors.known.reproduction.reproduction import Sketch
from blueproof.advisors.known.reproduction.reworded import reworded
from blueproof.advisors.known.reproduction.searched import trigram_index
from blueproof.advisors.known.reproduction.unaccented import FUNCTION, unaccented
from blueproof.advisors.known.reproduction.unchanged import only_changes
from blueproof.core.errors import SqlError
from blueproof.core.evidence import Citation
from blueproof.sql.batches import BATCH, first_rows_only
from blueproof.sql.guessing.resolving import table_name
from blueproof.sql.names import quote_table
from blueproof.sql.parameters import numbered
from blueproof.sql.trees import spelled_apart, write_tree

_DOCS = "https://www.postgresql.org/docs/current/"
_READ = date(2026, 11, 29)
VIEWS = Citation(
    url=f"{_DOCS}rules-materializedviews.html",
    checked=_READ,
    says="a materialized view is often much faster to read than the tables beneath it; its data is "
    "not always current",
)
TRIGGERS = Citation(
    url=f"{_DOCS}plpgsql-trigger.html",
    checked=_READ,
    says="a trigger can keep a summary table that is often vastly faster to query than the facts",
)
ESTIMATES = Citation(
    url="https://wiki.postgresql.org/wiki/Count_estimate",
    checked=_READ,
    says="pg_class.reltuples is the estimate of a table's rows as of the last VACUUM or ANALYZE",
)
OFFSETS = Citation(
    url=f"{_DOCS}queries-limit.html",
    checked=_READ,
    says="rows that OFFSET skips are computed all the same; without ORDER BY it is unpredictable "
    "which rows come",
)
SUBQUERIES = Citation(
    url="https://wiki.postgresql.org/wiki/Don%27t_Do_This",
    checked=_READ,
    says="NOT IN (SELECT ...) does not optimize well, and gives no rows where the subquery has a "
    "NULL; use NOT EXISTS",
)
VERSIONS = Citation(
    url=f"{_DOCS}routine-vacuuming.html",
    checked=date(2026, 11, 30),
    says="an UPDATE of a row does not remove the old version of the row at once; it leaves it for "
    "VACUUM",
)
TRIGRAMS = Citation(
    url=f"{_DOCS}pgtrgm.html",
    checked=_READ,
    says="a GIN index on trigrams serves LIKE and ILIKE with patterns that need not begin with "
    "letters",
)
UNACCENT = Citation(
    url=f"{_DOCS}unaccent.html",
    checked=date(2026, 11, 30),
    says="unaccent(dictionary, string) names the dictionary; without it, the one of that name in "
    "the function's own schema is looked up",
)
LOCKS = Citation(
    url=f"{_DOCS}explicit-locking.html",
    checked=_READ,
    says="DELETE locks each row that it deletes, and locks are held until the transaction ends",
)


def designs(sketch: Sketch) -> Iterator[Design]:
    """What would keep the answers of a sketch's queries ready, the likeliest first."""
    for ordinal, query in enumerate(sketch.queries, start=1):
        yield from (replace(each, ordinal=ordinal) for each in _of_query(query, sketch))


def _of_query(query: str, sketch: Sketch) -> Iterator[Design]:
    try:
        tree = sqlglot.parse_one(spelled_apart(numbered(query).text), read="postgres")
    except (SqlglotError, SqlError):
        return
    first = tree.find(exp.Table)
    table = table_name(first) if first else ""
    yield from asked_less(tree, table, sketch)
    yield from _in_other_words(tree, table, _key(sketch, table))
    yield from reworded(tree, table)
    if batch := first_rows_only(tree, _key(sketch, table)):
        parted = next((note for note in sketch.notes if note.startswith("partitions of")), "")
        yield _batched(tree, table, batch, parted.partition(":")[0])
    figures = read_figures(query, _times(sketch))
    if figures is None:
        return
    if is_count_of_all(figures):
        yield _estimate(figures)
    kept = tuple(_kept(figures, sketch))
    yield from kept if is_count_of_all(figures) or sketch.fresh else reversed(kept)


def _key(sketch: Sketch, table: str) -> str:
    """The column that is a row's own number."""
    columns = sketch.guess.tables.get(table, ())
    return next((c.name for c in columns if c.kind == "key"), "id")


def _in_other_words(tree: exp.Expr, table: str, key: str) -> Iterator[Design]:
    """The statement with the same end, said so that less is read at once."""
    yield from _paged(tree, table, key)
    yield from _anti_joined(tree, table)
    yield from _changing(tree, table)
    yield from _searched(tree, table)


def _paged(tree: exp.Expr, table: str, key: str) -> Iterator[Design]:
    """Pages by the key of the last row, in place of OFFSET."""
    query = write_tree(tree)
    if paged := paged_by_key(tree, key):
        yield Design(
            kind="page by key",
            name="",
            choice=f"Page by the last row seen instead of OFFSET: WHERE {key} > (that of the last "
            f"row) ORDER BY {key} LIMIT {paged[1]}",
            because=("OFFSET reads and throws away every row before the page", "without ORDER BY "
                     "it is not even said which rows those are: pages may overlap"),
            trade_offs=("it goes on from page to page, and cannot jump to page 500",),
            source=OFFSETS,
            query=query,
            read=paged[0],
            table=table,
        )  # fmt: skip


def _anti_joined(tree: exp.Expr, table: str) -> Iterator[Design]:
    """NOT EXISTS in place of NOT IN."""
    query = write_tree(tree)
    if turned := with_not_exists(tree):
        yield Design(
            kind="rewritten",
            name="",
            choice=f"Write the {'delete' if isinstance(tree, exp.Delete) else 'query'} with NOT "
            "EXISTS, which is planned as an anti-join",
            because=("NOT IN is answered row by row from a list of all the others",),
            trade_offs=("if the subquery holds a NULL, NOT IN finds nothing at all; NOT EXISTS "
                        "finds what nothing refers to",),
            source=SUBQUERIES,
            query=query,
            read=turned[0],
            table=table,
            compared=turned[1],
            checked=turned[2],
        )  # fmt: skip


def _changing(tree: exp.Expr, table: str) -> Iterator[Design]:
    """An UPDATE of what changes alone."""
    if turned := only_changes(tree):
        yield Design(
            kind="changes",
            name="",
            choice="Update only the rows whose values change",
            because=("an UPDATE writes a new version of every row that it meets, changed or not, "
                     "with its entries in indexes and the log",),
            trade_offs=("it gains as much as rows hold their new values already; triggers, "
                        "RETURNING and the count of rows then tell of the changed ones alone",),
            source=VERSIONS,
            query=write_tree(tree),
            read=turned[0],
            table=table,
            compared=turned[1],
            checked=turned[2],
        )  # fmt: skip


def _searched(tree: exp.Expr, table: str) -> Iterator[Design]:
    """An index of trigrams for what is searched."""
    query = write_tree(tree)
    if plain := unaccented(tree):
        yield Design(
            kind="trigram index",
            name="unaccented",
            choice=f"Ask by {FUNCTION}(), an IMMUTABLE function around unaccent(), and create a "
            f"trigram index {plain.index} (extensions unaccent and pg_trgm)",
            because=("no index may hold unaccent(text), which is only STABLE; and a B-tree cannot "
                     "serve a pattern that begins with %",),
            trade_offs=("if the rules of the dictionary change, the index must be made anew",),
            source=UNACCENT,
            query=query,
            read=plain.read,
            table=table,
            made=plain.made,
            undo=plain.undo,
            compared=query,
            checked=plain.read,
        )  # fmt: skip
    elif index := trigram_index(tree):
        yield Design(
            kind="trigram index",
            name="",
            choice=f"Create a trigram index {index} (extension pg_trgm)",
            because=("a B-tree cannot serve ILIKE, or a pattern that begins with %",),
            trade_offs=("each write makes an entry for every three characters; a pattern of fewer "
                        "than three letters reads all of it",),
            source=TRIGRAMS,
            query=query,
            read=query,
            table=table,
            made=f"CREATE INDEX {index};\n",
            undo="-- DROP INDEX CONCURRENTLY of the index that was made.\n",
        )  # fmt: skip


def _batched(tree: exp.Expr, table: str, batch: str, parted: str) -> Design:
    """A write in batches; until there are partitions, where rows of an age go again and again."""
    verb = "delete" if isinstance(tree, exp.Delete) else "update"
    batches = (
        f"{verb} in batches of {BATCH:,} rows, each in a transaction of its own, until one "
        f"{verb}s none"
    )
    kept = f"Keep {parted}; until then {batches}" if parted else batches.capitalize()
    dropped = ("dropping a partition takes no time and gives its space back",) if parted else ()
    return Design(
        kind="batches",
        name="",
        choice=kept,
        because=(*dropped, f"a single {verb} holds its locks, and the old versions of all rows, "
                 "until its end, and begins anew if it is stopped"),
        trade_offs=("all batches together take no less time than the one statement; vacuum gets "
                    "on between them, and after the last VACUUM (ANALYZE) frees the room for new "
                    "rows",),
        source=LOCKS,
        query=write_tree(tree),
        read=batch,
        table=table,
    )  # fmt: skip


def is_count_of_all(figures: Figures) -> bool:
    """Whether a query only counts the rows of a table, all of them."""
    bare = figures.alone and not (figures.keys or figures.where or figures.merges)
    return bare and [p.sql for p in figures.parts] in (["count(*)"], ["count(1)"])


def _times(sketch: Sketch) -> dict[str, str]:
    kinds = {"time", "seldom-time", "date"}
    columns = (c for cs in sketch.guess.tables.values() for c in cs)
    return {c.name: c.type for c in columns if c.kind in kinds}


def _kept(figures: Figures, sketch: Sketch) -> Iterator[Design]:
    """A table that a trigger keeps, where it can, and a materialized view."""
    seen = sketch.guess.seen.get(figures.table, {})
    guessed = {c.name: c for c in sketch.guess.tables.get(figures.table, ())}
    filled = {n for n, c in guessed.items() if c.nullable and not (n in seen and seen[n].empty)}
    filled = (
        filled if sketch.fresh else set()
    )  # a view does as well, where it may be some minutes old
    types = {n: replace(c, nullable=c.nullable and n not in filled) for n, c in guessed.items()}
    summed = sorted({p.of for p in figures.parts if p.function == "sum"} & filled)
    read_all = f"{_of(figures)} must be added up from every row that there is: no index spares it"
    cut = () if figures.is_exact else ("it counts whole days, so the first one counts in full",)
    why = (read_all, *cut)
    kept = with_trigger(figures, types)
    if kept:
        yield Design(
            kind="kept by a trigger",
            name=figures.name,
            choice=f"Keep {_of(figures)} ready in a summary table, {figures.name}, which a trigger "
            "changes with the rows",
            because=why,
            trade_offs=(
                f"every write to {figures.table} writes {figures.name} too, and those of the "
                "same line wait for each other until the first of them commits",
                *(f"{name} must be NOT NULL" for name in summed),
            ),
            source=TRIGGERS,
            query=figures.query,
            read=kept.read,
            table=figures.table,
            made=kept.made,
            undo=kept.undo,
            locks=figures.table,
            checked=kept.checked,
            compared=figures.compared,
            writes=writes(figures),
        )
    yield Design(
        kind="materialized view",
        name=figures.name,
        choice=f"Keep {_of(figures)} ready in a materialized view, {figures.name}, and refresh it "
        "as often as they must be fresh",
        because=why,
        trade_offs=("it answers with what was there at the last refresh, and each refresh reads "
                    "what the query reads now",),
        source=VIEWS,
        query=figures.query,
        read=figures.read.format(quote_table(figures.name)),
        table=figures.table,
        made=view_of(figures),
        undo=undone(figures),
        checked=figures.checked.format(quote_table(figures.name)),
        compared=figures.compared,
        renew=renewal(figures),
    )  # fmt: skip


def _of(figures: Figures) -> str:
    """What is kept, in words: the sums by type, the number of rows of orders."""
    kinds = {p.function for p in figures.parts}
    what = {frozenset({"count"}): "counts", frozenset({"sum"}): "sums"}.get(
        frozenset(kinds), "figures"
    )
    if is_count_of_all(figures):
        return f"the number of rows of {figures.table}"
    by = " and ".join(k.name for k in figures.keys)
    return f"the {what} of {figures.table}{f' by {by}' if by else ''}"


def _estimate(figures: Figures) -> Design:
    """The server's own estimate of a table's rows."""
    table = quote_table(figures.table).replace("'", "''")
    return Design(
        kind="estimate",
        name="",
        choice=f"Show an estimate of the rows of {figures.table} from pg_class.reltuples where no "
        "exact number is needed",
        because=(f"count(*) must visit every row of {figures.table}, or every entry of an index: "
                 "no index spares it",),
        trade_offs=("it is as of the last VACUUM or ANALYZE; for the exact number keep a counter",),
        source=ESTIMATES,
        query=figures.query,
        read=f"SELECT reltuples::bigint AS count FROM pg_class WHERE oid = '{table}'::regclass",
        table=figures.table,
    )  # fmt: skip
