"""The sketch of a reproduction from a request: pasted SQL first, then what the words tell."""

import re
from collections.abc import Iterator
from dataclasses import replace

from blueproof.advisors.known.reproduction.bloated import read_bloated
from blueproof.advisors.known.reproduction.by_pairs import read_by_pairs, said_of_pairs
from blueproof.advisors.known.reproduction.completing import completed, deletes_old
from blueproof.advisors.known.reproduction.counts import counted, read_row_counts
from blueproof.advisors.known.reproduction.covering import NO_NAME, leaves_out
from blueproof.advisors.known.reproduction.dead import read_dead, without_dead
from blueproof.advisors.known.reproduction.deleting import OF_OLD_ROWS, SHOWN, read_deleting
from blueproof.advisors.known.reproduction.estimated import read_misjudged
from blueproof.advisors.known.reproduction.extended import extensions
from blueproof.advisors.known.reproduction.fragments import read_fragments
from blueproof.advisors.known.reproduction.implied import imply_query
from blueproof.advisors.known.reproduction.jpql import with_sql
from blueproof.advisors.known.reproduction.json_keys import with_json_keys
from blueproof.advisors.known.reproduction.mending import mended
from blueproof.advisors.known.reproduction.modelled import read_calls
from blueproof.advisors.known.reproduction.naming import (
    as_spelled,
    name_table,
    name_tables,
    qualified,
    said_of,
    surely_named,
    without_technologies,
)
from blueproof.advisors.known.reproduction.owning import may_be_implied, may_be_rebuilt
from blueproof.advisors.known.reproduction.pages import counts_rows
from blueproof.advisors.known.reproduction.pasted import (
    Pasted,
    pasted,
    prose,
    unwrapped,
    with_table,
    without_ddl,
)
from blueproof.advisors.known.reproduction.placeholders import with_parameters
from blueproof.advisors.known.reproduction.plan_facts import with_plan_facts
from blueproof.advisors.known.reproduction.plan_pieces import read_pieces
from blueproof.advisors.known.reproduction.planned import OfPlan, of_plan
from blueproof.advisors.known.reproduction.proposals import There, read_proposals, read_there
from blueproof.advisors.known.reproduction.referring import read_links, read_referring
from blueproof.advisors.known.reproduction.relating import read_related
from blueproof.advisors.known.reproduction.reproduction import Assumed, Sketch
from blueproof.advisors.known.reproduction.shape import read_shape, told_parts
from blueproof.advisors.known.reproduction.shown import read_shown, rows_removed
from blueproof.advisors.known.reproduction.told import Written, write_query
from blueproof.advisors.known.reproduction.typed import as_sent, read_keys, read_types
from blueproof.advisors.known.reproduction.wished import with_wishes
from blueproof.advisors.known.reproduction.wording import is_time
from blueproof.advisors.known.slow.asking import asks_else
from blueproof.advisors.known.slow.reading import read_told
from blueproof.advisors.known.slow.remedies import remedies
from blueproof.advisors.known.slow.signs import DELETES
from blueproof.advisors.known.slow.story import Story
from blueproof.core.brief import Brief
from blueproof.core.errors import SqlError
from blueproof.sql.guessing.described import read_known, read_references
from blueproof.sql.guessing.kinds import Column, guess_column, snake
from blueproof.sql.guessing.resolving import Known
from blueproof.sql.guessing.seen import Columns, read_seen
from blueproof.sql.guessing.tables import REST, Guess, Key, Link, guess_tables
from blueproof.sql.plans.node import ReadPlan
from blueproof.sql.plans.read import read_plans
from blueproof.sql.queries import read_queries

_OF_MODELS = "models are tables of their plural, relations are columns with _id"
_COUNTED = "a count that is kept"


def read_sketch(brief: Brief) -> Sketch | None:
    """Tables and queries that show the slow query of a request; None where it tells of none."""
    handed = brief.document("queries")
    if handed:
        queries, _ = read_queries(handed.text, path="queries.sql")
        texts = tuple(q.written for q in queries)
        return _sketch(brief, texts, pasted(brief.request), (), handed.text) if texts else None
    brief = _with_statements(brief)
    found = pasted(with_sql(brief.request))
    brief = _without(found.looked, brief)
    plans = tuple(plan for p in _plans(brief) if (plan := of_plan(p)))
    pieces = () if found.queries or plans else _pieces(brief.request, found)
    deleting = None if found.queries or plans else read_deleting(brief.request)
    has_query = bool(found.queries or plans or pieces)
    deletes = DELETES.search(brief.request) or deletes_old(brief.request)
    refers = found.queries and any(read_links(unwrapped(brief.request)))
    shown = SHOWN if deleting or refers else OF_OLD_ROWS if deletes else frozenset[str]()
    both = bool(found.queries) and brief.document("plan") is not None
    wished = has_query or not asks_else(brief.request)
    if not (wished and may_be_rebuilt(brief, has_query=has_query, has_both=both, shown=shown)):
        return None
    if has_query:
        return _of_sql(brief, found, plans, pieces)
    return _of_code_or_words(brief, found, deleting)


def _pieces(text: str, found: Pasted) -> tuple[str, ...]:
    """The pieces of statements made whole; what stands in brackets alone where there are none."""
    inner = " ".join(found.inner)
    pieces = read_fragments(text)
    return tuple(p for p in pieces if p.removeprefix("SELECT * ") not in inner) or found.inner


def _without(pieces: tuple[str, ...], brief: Brief) -> Brief:
    """The request with pieces of it blanked, and the facts that stand in the rest."""
    text = brief.request
    for piece in pieces:
        text = text.replace(piece, re.sub(r"[^\n]", " ", piece))
    kept = (f for f in brief.facts if f.quote in (text[slice(*f.span)] if f.span else text))
    return replace(brief, request=text, facts=tuple(kept)) if pieces else brief


def _with_statements(brief: Brief) -> Brief:
    """The request with the statements of a log, which stand with the plans that were cut out."""
    logged = [d.text for d in brief.documents if d.role == "plan" and pasted(d.text).queries]
    return replace(brief, request="\n".join([brief.request, *logged])) if logged else brief


def _of_sql(
    brief: Brief, found: Pasted, plans: tuple[OfPlan, ...], pieces: tuple[str, ...]
) -> Sketch | None:
    """The sketch of what was pasted: queries first, then plans, then pieces of queries."""
    if found.queries:
        asked = (with_json_keys(with_parameters(query), brief.request) for query in found.queries)
        texts = tuple(as_sent(query, brief.request) for query in asked)
        return _with_plans(_sketch(brief, texts, found, ()), brief, plans)
    if plans:
        texts = tuple(dict.fromkeys(mended(plan.query) for plan in plans))
        assumed = Assumed(says="the query reads every column", why="the plan shows none")
        return _with_plans(_sketch(brief, texts, found, (assumed,)), brief, plans)
    says = "what is left out of the query reads every column"
    return _sketch(brief, pieces, found, (Assumed(says=says, why="you tell a piece of it"),))


def _of_code_or_words(brief: Brief, found: Pasted, deleting: Written | None) -> Sketch | None:
    """The sketch of code, of what the words tell by names of columns, or of what they imply."""
    plain = unwrapped(without_technologies(brief))
    names = tuple(dict.fromkeys(name_tables(plain)))
    modelled = read_calls(brief.request, (*as_spelled(plain), *names, NO_NAME))
    if modelled:
        return _sketch(brief, modelled, found, (Assumed(says=_OF_MODELS, why="your code"),))
    if apart := () if deleting else read_by_pairs(plain):
        said = (Assumed(says=says, why=why) for says, why in said_of_pairs(apart))
        return _sketch(brief, apart, found, tuple(said))
    written = deleting or _of_any(found, names) or read_pieces(brief.request)
    written = written or _related(brief, plain, names, clearly=True)
    written = written or _of_story(brief, plain) or _related(brief, plain, names, clearly=False)
    if not written and may_be_implied(brief):
        written = imply_query(brief.request, plain)
    sketch = _of_words(brief, written, found) if written else None
    return None if sketch and not deleting and leaves_out(sketch, plain) else sketch


def _of_story(brief: Brief, plain: str) -> Written | None:
    """The query of a story whose columns are named; None where none is."""
    raw = read_told(brief)
    names = (_table(raw or Story(), plain), *name_tables(plain))
    more = completed(raw, unwrapped(brief.request), names)
    story = more.story if more else raw
    if not story or not (story.named or more) or not _tells(story) or names[0].startswith("pg_"):
        return None
    table = qualified(_table(story, plain), brief.request)
    told = write_query(story, brief.request, table)
    named = _named(story, table, brief.request)
    return replace(told, assumed=(*named, *(more.assumed if more else ()), *told.assumed))


def _of_words(brief: Brief, written: Written, found: Pasted) -> Sketch | None:
    """The sketch of a query that was written from words, with the tables that it brings."""
    there = replace(found, ddl=(*found.ddl, *written.ddl))
    sketch = _sketch(brief, (written.sql,), there, written.assumed)
    return sketch and replace(
        sketch,
        proposals=(*written.proposals, *sketch.proposals),
        guess=replace(sketch.guess, links=(*sketch.guess.links, *written.links)),
        supposed={**sketch.supposed, **written.rows},
    )


def _of_any(found: Pasted, names: tuple[str, ...]) -> Written | None:
    """A statement over "table", which stands for the one that the words speak of."""
    if not found.of_any:
        return None
    table = next(iter(names), NO_NAME)
    sql = with_table(found.of_any[0], table)
    assumed = Assumed(says=f"the table is called {table}", why="your query calls it a table")
    return Written(sql=sql, table=table, assumed=(assumed,))


def _related(brief: Brief, plain: str, names: tuple[str, ...], *, clearly: bool) -> Written | None:
    """The query of two tables or of groups that words tell, where no column is named."""
    story = read_told(brief)
    if story and any("_" in f.column for f in story.filters):
        return None
    if not counted(brief.request) or not may_be_implied(brief):
        return None
    return read_related(plain, names, clearly=clearly)


def _tells(story: Story) -> bool:
    """Whether a story has what a query is made of."""
    does = story.skips or story.deletes or story.joins or story.sums or story.distinct
    return bool(story.filters or story.sorts or does)


def _table(story: Story, text: str) -> str:
    """The table of a story: named, or what the words speak of; no column of its own conditions."""
    columns = {re.split(r"\W", f.column)[0].lower() for f in story.filters}
    if (sure := next(surely_named(text), "")) and "_" not in story.table:
        return sure
    if story.table and story.table.lower() not in columns:
        return story.table
    joined = next((j.table for j in story.joins if j.table), "")
    return joined or name_table(text) or NO_NAME


def _named(story: Story, table: str, text: str) -> Iterator[Assumed]:
    if story.table != table.rpartition(".")[2]:
        yield Assumed(says=f"the table is called {table}", why=said_of(table, text))


def _sketch(
    brief: Brief,
    queries: tuple[str, ...],
    found: Pasted,
    assumed: tuple[Assumed, ...],
    text: str = "",
) -> Sketch | None:
    tables = tuple(
        d for d in found.ddl if not re.match(r"create\s+(?:unique\s+)?index", d, re.IGNORECASE)
    )
    known = read_known(tables)
    seen = read_seen(queries, known)
    if not seen or "table" in seen:
        return None
    main = next(iter(seen))
    told_in = unwrapped(without_ddl(brief.request, found))
    there = _there(told_in, found, main, seen)
    types = {**_times(seen), **read_types(told_in)}
    plans = (d.text for d in brief.documents if d.role == "plan")
    keys = tuple(read_references(tables))
    refers = read_referring("\n".join([told_in, *plans]), queries, seen, keys)
    queries = refers.queries
    sure: tuple[Link | Key, ...] = (*refers.links, *read_keys(told_in, seen))
    guess = guess_tables(queries, known, _more(there, known), types, sure)
    words = unwrapped(prose(brief.request, found))
    living = without_dead(words)
    told = _rows(brief.request, _told_rows(living, (*guess.seen, *known), main, found), main)
    shape = read_shape(told_in, guess, told)
    sketch = Sketch(
        queries=queries,
        guess=guess,
        main=main,
        ddl="".join(f"{d};\n" for d in (*extensions((*queries, *(t.ddl for t in there))), *tables)),
        there=tuple(t.ddl for t in there),
        text=text,
        notes=tuple(
            n for n in _notes(read_told(brief)) if _COUNTED not in n or counts_rows(queries)
        ),
        rows=told,
        bloated=read_bloated(words, told, main),
        dead=read_dead(words, told, main),
        shape=shape,
        proposals=(*refers.proposals, *read_proposals(told_in, main, guess, there)),
        supposed=dict(refers.rows),
        assumed=(
            *told_parts(shape),
            *assumed,
            *refers.assumed,
            *_of_columns(guess),
            *_of_product(brief),
        ),
        misjudged=read_misjudged(told_in, seen),
    )
    return with_wishes(sketch, told_in)


def _told_rows(words: str, tables: tuple[str, ...], main: str, found: Pasted) -> dict[str, int]:
    """The rows of tables: as somebody counted them, else as the words tell."""
    counted_rows = {table: max(rows, 1) for table, rows in found.counted if table in tables}
    return {**read_row_counts(words, tables, main), **counted_rows}


def _times(seen: Columns) -> dict[str, str]:
    """The type of columns that are called after a time in a way of their own: time_updated."""
    names = {name: each for columns in seen.values() for name, each in columns.items()}
    return {
        snake(name): "timestamptz"
        for name, each in names.items()
        if is_time(name) and guess_column(each).type == "text" and not each.signs
    }


def _plans(brief: Brief) -> Iterator[ReadPlan]:
    """The plans that were pasted beside the words, as far as they can be read."""
    for document in brief.documents:
        if document.role == "plan":
            try:
                yield from read_plans(document.text, path="plan.sql")
            except SqlError:  # its own answer says so
                continue


def _there(text: str, found: Pasted, main: str, seen: Columns) -> tuple[There, ...]:
    """The indexes that the words tell, and those that pieces of plans show."""
    told = [*read_there(text, found.ddl, main, seen), *read_shown(text, main, seen)]
    return tuple({each.ddl: each for each in told}.values())


def _rows(text: str, told: dict[str, int], main: str) -> dict[str, int]:
    """The rows of each table: as the words tell, else as many as a filter is said to remove."""
    removed = rows_removed(text)
    return told if told or not removed else {main: removed}


def _with_plans(sketch: Sketch | None, brief: Brief, plans: tuple[OfPlan, ...]) -> Sketch | None:
    if sketch is None or not plans:
        return sketch
    words = _rows(brief.request, dict(sketch.rows), sketch.main)
    return with_plan_facts(sketch, words, plans, tuple(_plans(brief)))


def _notes(story: Story | None) -> Iterator[str]:
    """Remedies that are neither an index nor seen by one session alone."""
    if story is None:
        return
    for each in remedies(story):
        if not each.index and (story.takes or story.loaded or story.deletes or story.counts):
            yield f"{each.is_}: {each.because}"


def _more(there: tuple[There, ...], known: Known) -> dict[str, tuple[str, ...]]:
    """Columns of told indexes that no query names."""
    more: dict[str, tuple[str, ...]] = {}
    for each in there:
        if each.table not in known:
            more[each.table] = (*more.get(each.table, ()), *each.columns)
    return more


def _of_columns(guess: Guess) -> Iterator[Assumed]:
    """What was guessed of the tables, one sentence each."""
    for table, columns in guess.tables.items():
        shown = ", ".join(f"{c.name} {c.type}" for c in columns if not _is_filler(c))
        yield Assumed(says=f"{table} ({shown})", why="types from names, constants and operators")
    for link in guess.links:
        yield Assumed(
            says=f"{link.table}.{link.column} refers to {link.parent}.{link.key}",
            why="its name, or the join",
        )


def _of_product(brief: Brief) -> Iterator[Assumed]:
    known = {str(f.value) for f in brief.facts if f.key == "technology"}
    if "postgresql" not in known and not re.search(
        r"\b(?:pg\d*|postgres\w*|psql)\b", brief.request, re.IGNORECASE
    ):
        yield Assumed(says="PostgreSQL", why="you name no other database")


def _is_filler(column: Column) -> bool:
    return column.name == REST
