"""Index the trigrams of texts that are searched for patterns.

A B-tree finds texts by how they begin. LIKE '%abc%', ILIKE and regular expressions look inside, so
every row is read. The extension pg_trgm keeps the groups of three characters that a text holds in a
GIN index, and only texts with all groups of the pattern are read. One index can hold several
columns: a search in any of them, as an OR asks for, goes through the same index once for each.

A search under a LIMIT is cheap while it finds enough. What the planner cannot know is the pattern:
one that few rows match is sought to the table's end, so such a search is weighed without its LIMIT.

Where the extension is not installed here the index is advised all the same, as not proved.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from blueproof.advisors.postgres.choice import Gain
from blueproof.advisors.postgres.database import Change, Database, Planned
from blueproof.advisors.postgres.parts.index_advice import file_claims, plan_uses, stated
from blueproof.advisors.postgres.parts.migration import NewIndex, create_index
from blueproof.advisors.postgres.parts.pattern_advice import EVIDENCE, Searched, common, reading
from blueproof.advisors.postgres.parts.trigrams import has_index, operator_class, size_of
from blueproof.advisors.postgres.parts.unlimited import unlimited, unlimited_files
from blueproof.advisors.postgres.parts.wording import cost, listed, times
from blueproof.core.advice import Recommendation
from blueproof.core.claim import CostFalls
from blueproof.core.rule import Case, Rule
from blueproof.facts.load import fact
from blueproof.sql.names import index_name, quote
from blueproof.sql.plan import ExtensionMissing, Plan, Refused
from blueproof.sql.schema import Table
from blueproof.sql.searched import Search, disjuncts, read_search
from blueproof.sql.sought import sought
from blueproof.sql.uses import split_and

_CAST = re.compile(r'\(?(?P<column>\w+|"[^"]+")\)?::text')
_TEXTS = ("text", "character varying")
_MOST_PROVED = 12


def check(database: Database) -> Iterator[Recommendation]:
    """An index for the texts of each table that are searched at a cost that is felt."""
    made: list[str] = []
    room = database.room
    asked = [unlimited(database, q) or q for q in database.queries]
    for every in _merged([s for q in asked for s in _searches(database, q)]):
        keys = tuple(k for k in every.keys if not has_index(database, every.table, k))
        searched = replace(every, keys=keys)
        bytes_ = size_of(database, searched.table, keys)
        if not keys or bytes_ > room:
            continue
        index = _index(database, searched)
        advice = _advise(database, searched, index, tuple(made))
        if advice is not None:
            made.append(index.bare)
            room -= bytes_
            yield advice


def _searches(database: Database, query: Planned) -> Iterator[Searched]:
    """What one query searches by reading a whole table, at a cost that is felt."""
    felt = float(fact("pg.lookup-cost").value)
    if query.plan is None or query.cost < felt:
        return
    scans = [n for n in query.plan.walk() if n.node.endswith("Scan") and n.relation]
    costs: dict[str, float] = {}
    for scan in scans:
        home = database.home(scan.relation)
        costs[home] = costs.get(home, 0.0) + scan.cost
    for scan in scans:
        home = database.home(scan.relation)
        if costs[home] >= max(felt, _least_part() * query.cost):
            yield from _searched(database.schema.by_name[home], query, scan)


def _least_part() -> float:
    """The part of a query's cost that must go to make it cheaper by the factor."""
    return 1 - 1 / float(fact("pg.pattern-factor").value)


def _searched(table: Table, query: Planned, scan: Plan) -> Iterator[Searched]:
    for condition in split_and(scan.filter):
        found = [_key(table, part) for part in disjuncts(condition)]
        # Of an OR every side needs its index, or none is of use.
        if all(found):
            pairs = [pair for pair in found if pair]
            yield Searched(
                table=table.name,
                keys=tuple(dict.fromkeys(key for key, _ in pairs)),
                queries=(query,),
                perhaps=all(how == "perhaps" for _, how in pairs),
            )


def _key(table: Table, part: str) -> tuple[str, str] | None:
    """What an index would hold to serve one side of a condition, and how the pattern begins."""
    for text in split_and(part):
        search = read_search(text)
        how = sought(search) if search else ""
        key = _held(table, search) if search and how else ""
        if key:
            return key, how
    return None


def _held(table: Table, search: Search) -> str:
    """The column or expression as an index holds it; "" where it is no text."""
    cast = _CAST.fullmatch(search.expression)
    name = search.column or (cast["column"].strip('"') if cast else "")
    column = table.by_name.get(name)
    if column:
        return quote(name) if column.type.startswith(_TEXTS) else ""
    plain = re.fullmatch(r"[\w.]+\(.*\)", search.expression)
    return search.expression if plain else f"({search.expression})"


def _merged(found: list[Searched]) -> list[Searched]:
    """Those of one table that share a column as one."""
    merged: list[Searched] = []
    for each in found:
        near = [m for m in merged if m.table == each.table and set(m.keys) & set(each.keys)]
        every = (*near, each)
        together = Searched(
            table=each.table,
            keys=tuple(dict.fromkeys(key for m in every for key in m.keys)),
            queries=tuple({q.name: q for m in every for q in m.queries}.values()),
            perhaps=all(m.perhaps for m in every),
        )
        merged = [*(m for m in merged if m not in near), together]
    return merged


def _index(database: Database, searched: Searched) -> NewIndex:
    known = operator_class(database)
    names = tuple(key.strip('"') for key in searched.keys)
    return NewIndex(
        name=index_name(searched.table, (*names, "trgm"), database.index_names),
        table=searched.table,
        keys=tuple(f"{key} {known.name}" for key in searched.keys),
        purpose=f"Serves {listed(tuple(q.name for q in searched.queries))}.",
        method="gin",
        extension=known.extension,
    )


def _advise(
    database: Database, searched: Searched, index: NewIndex, made: tuple[str, ...]
) -> Recommendation | None:
    """The advice to make the index where it brings enough, or cannot be tried here."""
    try:
        gains, after = _gains(database, searched, index, made)
    except ExtensionMissing:
        return _untried(database, searched, index)
    except Refused:  # an expression that is not immutable, or no text
        return None
    if not gains:
        return None
    least = float(fact("pg.pattern-factor").value)
    advice = common(database, searched, index, RULE.id)
    migration = create_index(index, database.schema)
    files = tuple(change.file for change in after)
    falls = tuple(
        CostFalls(
            query=gain.query.excerpt,
            change=migration.change,
            factor=stated(gain.factor, least),
            after=files,
        )
        for gain in gains[:_MOST_PROVED]
    )
    uses = plan_uses(index, migration, gains[0].query.excerpt, database, files)
    return replace(
        advice,
        because=tuple(_reason(database, searched, gain) for gain in gains[:_MOST_PROVED]),
        claims=(*falls, *uses, *file_claims(index, migration, database)),
        files=(*advice.files, *unlimited_files(searched.queries)),
        needs=tuple(dict.fromkeys(
            (*(c.slot for c in after), *(g.query.slot for g in gains if g.query.slot))
        )),
    )  # fmt: skip


def _gains(
    database: Database, searched: Searched, index: NewIndex, made: tuple[str, ...]
) -> tuple[tuple[Gain, ...], tuple[Change, ...]]:
    """What it brings to each query by itself; else on top of which changes that came before."""
    texts = tuple(q.query.text for q in searched.queries)
    if made:  # a search that the index before serves needs no second one
        before = database.planner.costs(texts, (*database.made, *made))
        after = database.planner.costs(texts, (*database.made, *made, index.bare))
        if not _worth(searched, before, after):
            return (), ()
    alone = _worth(
        searched, database.planner.costs(texts), database.planner.costs(texts, (index.bare,))
    )
    if len(alone) == len(texts) or not database.changes:
        return alone, ()
    near = tuple(dict.fromkeys(c for q in searched.queries for c in database.changes_for(q)))
    files = tuple(change.file.text for change in near)
    top = _worth(
        searched,
        database.planner.costs(texts, files),
        database.planner.costs(texts, (*files, index.bare)),
    )
    return (top, near) if len(top) > len(alone) else (alone, ())


def _worth(
    searched: Searched, before: tuple[float, ...], after: tuple[float, ...]
) -> tuple[Gain, ...]:
    """The gains that are worth an index, largest first."""
    least = float(fact("pg.pattern-factor").value)
    felt = float(fact("pg.lookup-cost").value)
    gains = (
        Gain(query=q, before=b, after=a)
        for q, b, a in zip(searched.queries, before, after, strict=True)
    )
    kept = (g for g in gains if g.before >= felt and g.factor >= least)
    return tuple(sorted(kept, key=lambda g: -g.factor))


def _untried(database: Database, searched: Searched, index: NewIndex) -> Recommendation | None:
    """The same advice where the extension is not here: what cannot be checked is said to be so."""
    rows = max(1, database.rows(searched.table))
    most = float(fact("pg.pattern-share").value)
    queries = tuple(
        q
        for q in searched.queries
        if any(database.home(u.table) == searched.table and u.rows <= most * rows for u in q.uses)
    )
    if not queries or not _can_hold(database, searched):
        return None
    migration = create_index(index, database.schema)
    least = float(fact("pg.pattern-factor").value)
    falls = tuple(
        CostFalls(query=q.excerpt, change=migration.change, factor=least)
        for q in queries[:_MOST_PROVED]
    )
    uses = plan_uses(index, migration, queries[0].excerpt, database)
    return replace(
        common(database, searched, index, RULE.id),
        because=tuple(
            f"{reading(database, searched, q)}: planner cost {cost(q.cost)}; the cost with the "
            "index could not be asked for here, where pg_trgm is not installed"
            for q in queries[:_MOST_PROVED]
        ),
        claims=(*falls, *uses, *file_claims(index, migration, database)),
        files=(*migration.artifacts, *unlimited_files(queries)),
    )


def _can_hold(database: Database, searched: Searched) -> bool:
    """Whether an index can hold the expressions at all: they must be immutable."""
    held = ", ".join(searched.keys)
    plain = NewIndex(name="tried", table=searched.table, keys=(held,), purpose="", method="btree")
    try:
        database.planner.costs((), (plain.bare,))
    except Refused:
        return False
    return True


def _reason(database: Database, searched: Searched, gain: Gain) -> str:
    return (
        f"{reading(database, searched, gain.query)}: planner cost {cost(gain.before)}, with the "
        f"index {cost(gain.after)}, {times(gain.factor)} times less"
    )


_POST = "CREATE TABLE post (id bigint PRIMARY KEY, title text NOT NULL, body text, code citext);\n"
_TABLE = _POST.replace(", code citext", ", slug varchar(80)")
_ANY = "-- name: search\nSELECT id FROM post WHERE title ILIKE '%' || $1 || '%';"

RULE = Rule(
    id="pg-pattern-search",
    stage="workload",
    title="Index the trigrams of texts that are searched for patterns",
    guide=__doc__ or "",
    evidence=EVIDENCE,
    check=check,
    cases=(
        Case(name="ILIKE with a wildcard on both sides", given=_TABLE, queries=_ANY),
        Case(name="two columns under OR", given=_TABLE,
             queries="SELECT id FROM post WHERE title ILIKE $1 OR body ILIKE $1;"),
        Case(name="a page of those found, which may be none", given=_TABLE,
             queries="SELECT id FROM post WHERE title ILIKE '%' || $1 || '%' LIMIT 50;"),
        Case(name="a page of a pattern that the planner knows to be common", given=_TABLE,
             queries="SELECT id FROM post WHERE title LIKE '%e%' LIMIT 50;", fires=False),
        Case(name="LIKE with a parameter that may begin with %", given=_TABLE,
             queries="SELECT id FROM post WHERE slug LIKE $1;"),
        Case(name="a regular expression", given=_TABLE,
             queries="SELECT id FROM post WHERE title ~* 'foo.*bar';"),
        Case(name="an expression", given=_TABLE,
             queries="SELECT id FROM post WHERE lower(title) LIKE '%' || lower($1) || '%';"),
        Case(name="beside another condition, whose index leaves many rows",
             given=_TABLE, rows=("post=50M",),
             queries="SELECT id FROM post WHERE id BETWEEN 1 AND 4000000 "
             "AND title ~* 'foobar.*quux';"),
        Case(name="the extension lies in a schema of its own",
             given="CREATE SCHEMA extensions; CREATE EXTENSION pg_trgm SCHEMA extensions;\n"
             + _TABLE, queries=_ANY),
        Case(name="two searches of one table, an index for both", given=_TABLE,
             queries=_ANY + "SELECT id FROM post WHERE title LIKE '%' || $1 OR body ~ $1;"),
        Case(name="an index on the trigrams is there",
             given="CREATE EXTENSION pg_trgm;\n" + _TABLE
             + "CREATE INDEX by_title ON post USING gin (title gin_trgm_ops);",
             queries=_ANY, fires=False),
        Case(name="one side of an OR has its index, the other not",
             given="CREATE EXTENSION pg_trgm;\n" + _TABLE
             + "CREATE INDEX by_title ON post USING gin (title gin_trgm_ops);",
             queries="SELECT id FROM post WHERE title ILIKE $1 OR slug ILIKE $1;"),
        Case(name="a table of a thousand rows is read faster whole", given=_TABLE, queries=_ANY,
             rows=("post=1000",), fires=False),
        Case(name="LIKE with letters first", given=_TABLE, fires=False,
             queries="SELECT id FROM post WHERE title LIKE 'abc%';"),
        Case(name="two letters make no trigram", given=_TABLE, fires=False,
             queries="SELECT id FROM post WHERE title ILIKE '%ab%';"),
        Case(name="the other side of an OR reads the table all the same", given=_TABLE,
             queries="SELECT id FROM post WHERE title ILIKE '%abcd%' OR length(body) > 9;",
             fires=False),
        Case(name="citext has patterns of its own", given="CREATE EXTENSION citext;\n" + _POST,
             queries="SELECT id FROM post WHERE code LIKE '%' || $1 || '%';", fires=False),
    ),
)  # fmt: skip
