"""What serves a story: the index with its columns in order, or the query written otherwise."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from blueproof.advisors.known.slow.story import Condition, Story
from blueproof.core.evidence import Citation

_MOST_COLUMNS = 4  # of an index that words alone speak for
_LED = "it leads from each row of the other table straight to those that match"
_PAGES = "https://www.postgresql.org/docs/current/"


def _page(name: str, says: str) -> Citation:
    return Citation(url=f"{_PAGES}{name}.html", checked=date(2026, 11, 29), says=says)


_MULTI = _page(
    "indexes-multicolumn",
    "conditions of equality on the leading columns and a range on the next limit what is read",
)
_ORDER = _page(
    "indexes-ordering",
    "an index that has the order gives the first n rows without reading the remainder",
)
_EXPRESSION = _page("indexes-expressional", "an index on lower(col) serves lower(col) = 'value'")
_PARTIAL = _page("indexes-partial", "an index may hold only the rows that meet a condition")
_TRIGRAM = _page("pgtrgm", "a GIN index of trigrams serves LIKE and ILIKE with any pattern")
_CLASSES = _page("indexes-opclass", "text_pattern_ops serves LIKE 'abc%' in every locale")
_GIN = _page("datatype-json", "a GIN index with jsonb_path_ops serves @>")
_OFFSET = _page("queries-limit", "rows that OFFSET skips are computed all the same")
_PARTITION = _page("ddl-partitioning", "dropping a partition is far faster than deleting its rows")
_POPULATE = _page("populate", "after loading much data run ANALYZE, or plans may be poor")
_LOCKED = _page("sql-select", "SKIP LOCKED passes over rows that others have locked")
_COUNT = _page("indexes-index-only-scans", "a count visits every entry of the index that matches")
UPSERT = _page("sql-insert", "in DO UPDATE, rows for which its WHERE is false are not updated")
POSTGIS = Citation(
    url="https://postgis.net/docs/ST_DWithin.html",
    checked=date(2026, 11, 30),
    says="ST_DWithin has a bounding box comparison in it that makes use of spatial indexes; "
    "ST_Distance has none",
)


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """One index or rewrite: what it is, why it serves, and what says so.

    `index` is what follows ON in CREATE INDEX, without the table; it is empty for a rewrite.
    """

    is_: str
    because: str
    source: Citation
    table: str = ""
    index: str = ""


def remedies(story: Story) -> tuple[Remedy, ...]:
    """What serves the story, what decides most first."""
    made = (
        *_rewrites(story),
        *_patterns(story),
        *_searched(story),
        *_contained(story),
        *_references(story),
        *_composite(story),
    )
    wanted = [r for r in made if not (r.index and _is_there(r, story))]
    return tuple({(r.table, r.index) if r.index else r.is_: r for r in reversed(wanted)}.values())[
        ::-1
    ]


def _rewrites(story: Story) -> Iterator[Remedy]:
    if story.loaded:
        yield Remedy(
            is_=f"ANALYZE of {story.table if _is_alone(story) else 'the tables that were loaded'}",
            because="until it ran, the planner works with the statistics from before the load; "
            "autovacuum runs it by itself only once a tenth of the rows have changed, so run it "
            "after each load, or SET (autovacuum_analyze_scale_factor = 0.02) for these tables",
            source=_POPULATE,
        )
    if story.deletes:
        yield _of_old_rows(story)
    if story.skips:
        yield _of_pages(story)
    if story.takes:
        yield Remedy(
            is_="FOR UPDATE SKIP LOCKED in the query by which a worker takes its job",
            because="each worker passes over the rows that others hold instead of waiting for them",
            source=_LOCKED,
        )
    for each in story.filters:
        if each.sliced:
            yield _of_slice(each)
    if story.counts and not any(f.use == "fixed" for f in story.filters):
        yield _of_count(story)


def _of_old_rows(story: Story) -> Remedy:
    full = "; VACUUM FULL locks the table against reads and writes while it writes it anew"
    asked = story.asked.lower() == "vacuum full"
    by = next((f.column for f in story.filters if f.use == "range"), "the time")
    on = f"{story.table} by range of {by}" if story.table else f"the table by range of {by}"
    return Remedy(
        is_=f"partitions of {on}, the oldest of which is dropped instead of deleted",
        because="DROP TABLE of a partition is far faster, leaves nothing to vacuum and gives the "
        f"space back; until then delete in batches of some thousand rows{full if asked else ''}",
        source=_PARTITION,
    )


def _of_pages(story: Story) -> Remedy:
    named = [s.column for s in story.sorts]
    ends = [*named, *(() if "id" in named else ("id",))] if named else ["sort column", "id"]
    by = f"({', '.join(ends)})"
    way = "<" if any(s.descending for s in story.sorts) else ">"
    return Remedy(
        is_=f"paging by the last row seen instead of OFFSET: WHERE {by} {way} (those of that row)",
        because="OFFSET computes and throws away every row before the page, so each page costs "
        "more than the one before",
        source=_OFFSET,
    )


def _of_slice(condition: Condition) -> Remedy:
    column = condition.column
    call = f"{column}::date" if condition.sliced == "::date" else f"{condition.sliced}({column})"
    return Remedy(
        is_=f"a range instead of {call}: {column} >= the first moment AND {column} < the next",
        because=f"an index on {column} does not serve a condition on {call}",
        source=_EXPRESSION,
    )


def _of_count(story: Story) -> Remedy:
    by = [f.column for f in story.filters if f.use == "equals"]
    kept = f"one number for each {' and '.join(by)}" if by else "one number"
    return Remedy(
        is_=f"a count that is kept ({kept}, changed with the rows) or an estimate",
        because="count(*) reads every entry that matches, whatever the index",
        source=_COUNT,
    )


def _patterns(story: Story) -> Iterator[Remedy]:
    for each in story.filters:
        table = each.table or story.table
        if each.use == "contains-text" and story.searches:
            index = f"USING gin ({_expression(each.column)} gin_trgm_ops)"
            yield Remedy(
                is_=f"a trigram index{_at(table)}, {index} of the extension pg_trgm",
                because="a B-tree cannot serve ILIKE or a pattern that begins with %",
                source=_TRIGRAM, table=table, index=index,
            )  # fmt: skip
        if each.use == "starts-with":
            index = f"({_expression(each.column)} text_pattern_ops)"
            yield Remedy(
                is_=f"an index{_on(table)} {index}",
                because="a plain index serves LIKE 'abc%' only in the C locale",
                source=_CLASSES, table=table, index=index,
            )  # fmt: skip


def _searched(story: Story) -> Iterator[Remedy]:
    """The index for a pattern whose column is not named."""
    if story.searches and not any(f.use == "contains-text" for f in story.filters):
        yield Remedy(
            is_="a trigram index (GIN with gin_trgm_ops of the extension pg_trgm) on the column "
            "that is searched",
            because="a B-tree cannot serve ILIKE or a pattern that begins with %",
            source=_TRIGRAM,
        )


def _contained(story: Story) -> Iterator[Remedy]:
    for each in story.filters:
        if each.use == "contains":
            table, index = each.table or story.table, f"USING gin ({each.column})"
            yield Remedy(
                is_=f"an index{_at(table)} {index}",
                because="a B-tree knows only whole values, GIN what they hold",
                source=_GIN, table=table, index=index,
            )  # fmt: skip


def _composite(story: Story) -> Iterator[Remedy]:
    """The B-tree for what is left: equal columns first, then the order, then a range."""
    if story.deletes:
        return
    joined = {j.table for j in story.joins}
    for table, filters in sorted(_by_table(story), key=lambda each: each[0] not in joined):
        plain = [f for f in filters if f.use in {"equals", "one-of", "range"}]
        if story.either and len(plain) > 1:
            yield from (_index(story, table, [f], filters) for f in plain)
        elif plain or (story.sorts and _sorted_here(story, table)):
            yield _index(story, table, plain, filters)


def _by_table(story: Story) -> Iterator[tuple[str, list[Condition]]]:
    """The conditions of each table, with the columns by which it refers to another."""
    tables = dict.fromkeys(f.table or story.table for f in story.filters) or {story.table: None}
    for table in tables:
        here = [f for f in story.filters if (f.table or story.table) == table]
        yield table, [*(j for j in story.joins if j.table and j.table == table), *here]


def _sorted_here(story: Story, table: str) -> bool:
    return any((s.table or story.table or table) == table for s in story.sorts)


def _index(story: Story, table: str, plain: list[Condition], filters: list[Condition]) -> Remedy:
    sorts = [s for s in story.sorts if (s.table or table) == table]
    order = [s.column for s in sorts]
    fixed = [
        f for f in filters if f.use == "fixed" or (story.takes and f.where and f.use != "range")
    ]
    plain = [f for f in plain if f not in fixed]
    equal = [f.column for f in plain if f.use == "equals" and f.column not in order]
    several = [f.column for f in plain if f.use == "one-of" and f.column not in order]
    ranges = [f.column for f in plain if f.use == "range" and f.column not in order]
    led = [_expression(c) for c in equal]
    last = [_expression(c) for c in [*several, *ranges][: 2 if not sorts else 1]]
    told = [f"{_expression(s.column)}{' DESC' * s.descending}" for s in sorts]
    columns = (*led, *told, *last)[:_MOST_COLUMNS]
    joined = any(each in story.joins for each in plain)
    where = " AND ".join(f.where for f in fixed)
    index = f"({', '.join(columns)}){f' WHERE {where}' if where else ''}"
    return Remedy(
        is_=f"an index{_on(table)} {index}",
        because=_LED if joined else _why(story, led, told, where),
        source=_PARTIAL if where else _ORDER if told else _source(columns),
        table=table,
        index=index,
    )


def _source(columns: tuple[str, ...]) -> Citation:
    return _EXPRESSION if any("(" in c for c in columns) else _MULTI


def _is_alone(story: Story) -> bool:
    """Whether the words tell of one table only, so that figures are its own."""
    return bool(story.table) and not story.joins


def _why(story: Story, led: list[str], told: list[str], where: str) -> str:
    rest = f"the {story.rows}" if story.rows and not story.joins else "the table"
    if told:
        limit = f"LIMIT {story.limit}" if story.limit else "a LIMIT"
        match = f" of each {' and '.join(led)}" if led else ""
        why = f"it has the rows{match} in the order that is wanted, so {limit} ends after its page"
        return f"{why} instead of sorting all that match"
    if where:
        return f"it holds only the rows that are asked for, not all of {rest}"
    if any("(" in column for column in led):
        return "an index on the bare column does not serve a condition on an expression"
    return f"it leads straight to the rows that match instead of reading {rest}"


def _references(story: Story) -> Iterator[Remedy]:
    filtered = {f.table or story.table for f in story.filters}
    for each in story.joins:
        if each.table in filtered and each.table:
            continue  # it is in that table's index already
        at = each.table or "the table that refers"
        yield Remedy(
            is_=f"an index on {at} ({each.column})",
            because="a foreign key makes no index on the side that refers",
            source=_MULTI,
            table=each.table,
            index=f"({each.column})",
        )


def _expression(column: str) -> str:
    """The column as an index has it: an operator needs brackets, a function none."""
    return f"({column})" if "->" in column else column


def _at(table: str) -> str:
    return f" on {table}" if table else ""


def _on(table: str) -> str:
    return f" on {table}" if table else " on"


def _is_there(remedy: Remedy, story: Story) -> bool:
    """Whether an index that begins with the same columns is said to be there."""
    if "WHERE" in remedy.index or "USING" in remedy.index:
        return False
    if remedy.index == "(id)":
        return True  # the primary key, in nearly every table
    wanted = tuple(c.strip().removesuffix(" DESC").lower() for c in remedy.index[1:-1].split(","))
    return any(there[: len(wanted)] == wanted for there in story.indexed)
