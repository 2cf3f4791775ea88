"""The recommendation to make an index: reasons, files, and what an engine can check of it."""

import math
from dataclasses import replace

from blueproof.advisors.postgres.candidates import Candidate
from blueproof.advisors.postgres.choice import Choice, Declined, Gain, worth
from blueproof.advisors.postgres.database import Database
from blueproof.advisors.postgres.parts.migration import Migration, NewIndex, create_index
from blueproof.advisors.postgres.parts.wording import cost, listed, size, times
from blueproof.advisors.postgres.parts.write_price import said, too_dear, write_price
from blueproof.core.advice import Alternative, Finding, Recommendation
from blueproof.core.claim import Applies, Claim, CostFalls, Lints, PlanUses, WithinLimit
from blueproof.core.evidence import Citation
from blueproof.core.scene import Excerpt
from blueproof.sql.names import quote_table

_STATED = 0.8  # the share of a measured factor that is claimed, so that rounding refutes nothing
_MOST_PROVED = 12  # queries of one index; what is not proved is not said
_MOST_OF_SET = 3  # the same where many indexes were chosen together
_SHORT_NAME = 48  # bytes; names up to here are not worth a claim about PostgreSQL's limit


def advise_index(
    database: Database,
    choice: Choice,
    earlier: tuple[tuple[str, Excerpt], ...],
    rule: str,
    evidence: tuple[Citation, ...],
) -> Recommendation:
    """The recommendation to make a chosen index, with its files and claims.

    `earlier` are the changes chosen before; of a set chosen together, all the others.
    """
    done = tuple((c.slot, c.file) for c in database.changes)
    helped, built_on = (
        (choice.helped, (*done, *earlier))
        if choice.together
        else _standing(database, choice, earlier)
    )
    migration = migration_of(database, replace(choice, gains=helped))
    index = choice.index
    rewrites = tuple(g.query.slot for g in helped if g.query.slot)
    # Of a set each is judged beside all others; if one is refuted, the next round judges anew.
    needed = () if choice.together else tuple(slot for slot, _ in built_on)
    most = _MOST_OF_SET if choice.together else _MOST_PROVED
    least = choice.least or worth()
    claimed = tuple((gain, stated(gain.factor, least)) for gain in helped[:most])
    return Recommendation(
        slot=choice.slot,
        rule=rule,
        choice=f"Create index {index.name} on {index.short}",
        because=tuple(
            _reason(g, database, index, together=choice.together and bool(built_on))
            for g in helped[:_MOST_PROVED]
        ),
        instead_of=(*_second_best(choice), *_alternatives(index)),
        trade_offs=said(
            write_price(database, _as_candidate(index), choice.size),
            database,
            f"about {size(choice.size)}",
        ),
        evidence=evidence,
        claims=_claims(index, claimed, migration, built_on, database),
        files=migration.artifacts,
        needs=tuple(dict.fromkeys((*needed, *rewrites))),
        schema_change=migration.change,
        table=index.table,
    )


def declined_index(database: Database, declined: Declined, rule: str) -> Finding:
    """That an index would help a query, and costs the writes of its table more than that.

    Without a claim: what is proved of a query's cost is proved of what is advised.
    """
    gain, index = declined.gain, declined.index
    price = write_price(database, _as_candidate(index), declined.size)
    return Finding(
        rule=rule,
        where=gain.query.name,
        says=f"an index on {index.short} would make it {times(gain.factor)} times cheaper (planner "
        f"cost {cost(gain.before)} to {cost(gain.after)}) and is not advised: "
        f"{too_dear(price, declined.owed, declined.saved)}",
    )


def migration_of(database: Database, choice: Choice) -> Migration:
    """The files that make the chosen index and take it back."""
    names = tuple(gain.query.name for gain in choice.helped)
    return create_index(replace(choice.index, purpose=f"Serves {listed(names)}."), database.schema)


def _standing(
    database: Database, choice: Choice, earlier: tuple[tuple[str, Excerpt], ...]
) -> tuple[tuple[Gain, ...], tuple[tuple[str, Excerpt], ...]]:
    """What the index brings with nothing else changed, or on top of which earlier changes.

    A recommendation should stand by itself; only one that is worth nothing alone builds on others.
    """
    helped = choice.helped
    texts = tuple(g.query.query.text for g in helped)
    before = database.planner.costs(texts)
    after = database.planner.costs(texts, (choice.index.bare,))
    alone = tuple(
        replace(gain, before=b, after=a) for gain, b, a in zip(helped, before, after, strict=True)
    )
    if all(gain.factor >= worth() for gain in alone):
        return alone, ()
    tables = {database.home(use.table) for gain in helped for use in gain.query.uses}
    every = (*((c.slot, c.file) for c in database.changes), *earlier)
    return helped, tuple((slot, file) for slot, file in every if about(file, tables))


def about(file: Excerpt, tables: set[str]) -> bool:
    """Whether a migration is about one of the tables."""
    return any(f" {quote_table(table)} " in file.text for table in tables)


def _reason(gain: Gain, database: Database, index: NewIndex, *, together: bool) -> str:
    table = index.table
    use = next(u for u in gain.query.uses if database.home(u.table) == table)
    how = "reads" if "Seq Scan" in use.node else "goes through"
    others = ", all others made" if together else ""
    return (
        f"{gain.query.name} {how} {table} ({database.rows(table):,} rows) without it: planner cost "
        f"{cost(gain.before)}, with it {cost(gain.after)}, {times(gain.factor)} times less{others}"
    )


def _as_candidate(index: NewIndex) -> Candidate:
    return Candidate(
        table=index.table,
        keys=index.keys,
        where=index.where,
        include=index.include,
        method=index.method,
    )


def _second_best(choice: Choice) -> tuple[Alternative, ...]:
    """The next best index that was tried, with what its query then costs."""
    second = choice.second
    now = next((g.after for g in choice.gains if second and g.query.name == second.query), None)
    if second is None or now is None:
        return ()
    return (
        Alternative(
            choice=f"an index on {second.index.short}",
            why_not=f"next best for {second.query}, planner cost {cost(second.cost)} in place of "
            f"{cost(now)}; {size(second.size)} on disk in place of {size(choice.size)}",
        ),
    )


def _alternatives(index: NewIndex) -> tuple[Alternative, ...]:
    if len(index.keys) == 1:
        return ()
    first = index.keys[0]
    return (
        Alternative(
            choice=f"an index on {index.table} ({first}) alone",
            why_not=f"smaller, but leaves {listed(index.keys[1:])} to be filtered or sorted "
            f"row by row; take it if other queries than these read {index.table} by {first}",
        ),
    )


def _claims(
    index: NewIndex,
    claimed: tuple[tuple[Gain, float], ...],
    migration: Migration,
    built_on: tuple[tuple[str, Excerpt], ...],
    database: Database,
) -> tuple[Claim, ...]:
    after = tuple(file for _, file in built_on)
    falls = tuple(
        CostFalls(query=gain.query.excerpt, change=migration.change, factor=factor, after=after)
        for gain, factor in claimed
    )
    uses = plan_uses(index, migration, claimed[0][0].query.excerpt, database, after)
    return (*falls, *uses, *file_claims(index, migration, database))


def plan_uses(
    index: NewIndex,
    migration: Migration,
    query: Excerpt,
    database: Database,
    after: tuple[Excerpt, ...] = (),
) -> tuple[Claim, ...]:
    """That the query is read through the index; a plan names those of partitions only."""
    if database.schema.by_name[index.table].partitioned:
        return ()
    return (PlanUses(query=query, change=migration.change, index=index.name, after=after),)


def file_claims(index: NewIndex, migration: Migration, database: Database) -> tuple[Claim, ...]:
    """What must hold of the migration's own text."""
    name = Excerpt(text=index.name)
    # A partitioned parent is indexed without CONCURRENTLY, which the linter cannot know is right.
    partitioned = database.schema.by_name[index.table].partitioned
    lint = () if partitioned else (Lints(file=migration.change),)
    limit = WithinLimit(text=name, measure="identifier-bytes", limit="pg.identifier-bytes")
    near = len(index.name.encode()) > _SHORT_NAME
    return (
        Applies(change=migration.change, undo=migration.undo),
        *((limit,) if near else ()),
        *lint,
    )


def stated(factor: float, least: float | None = None) -> float:
    """The factor that is claimed of a measured one: two digits of four fifths of it.

    Never less than `least`, by default the factor from which a change is worth making.

    >>> stated(2981.6), stated(2.1)
    (2300.0, 2.0)
    """
    lower = factor * _STATED
    digits = 10.0 ** (math.floor(math.log10(lower)) - 1)
    return max(least or worth(), round(math.floor(lower / digits) * digits, 1))
