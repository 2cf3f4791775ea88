"""Have a row security policy ask who it is once a statement, not once a row.

A policy is a filter on every row that a query reads. A function in it that takes nothing from the
row, such as auth.uid() or current_setting('app.user'), is called for each of them, though its
answer stays the same for the whole statement. In a subquery, (SELECT auth.uid()), PostgreSQL calls
it once, before the first row. Queries are planned, and on a copy timed, as somebody whom the
policies bind.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from blueproof.advisors.postgres.choice import noticeable
from blueproof.advisors.postgres.database import Database, Planned
from blueproof.advisors.postgres.parts.index_advice import stated
from blueproof.advisors.postgres.parts.migration import Migration, alter_policies
from blueproof.advisors.postgres.parts.policy_change import as_bound, compared, policies_in
from blueproof.advisors.postgres.parts.timed import definitions
from blueproof.advisors.postgres.parts.wording import cost, listed, shown_time, times
from blueproof.advisors.postgres.search.clocked import LONGEST_MILLISECONDS, is_slower
from blueproof.core.advice import Alternative, Finding, Recommendation
from blueproof.core.claim import Applies, Claim, CostFalls, Lints, SameRows
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case, Rule
from blueproof.core.scene import Excerpt
from blueproof.sql.asking import asked
from blueproof.sql.ran import Run
from blueproof.sql.row_free import SETTING, Call, Condition
from blueproof.sql.schema import Policy, Table

SUPABASE = Citation(
    url="https://supabase.com/docs/guides/database/postgres/row-level-security"
    "#call-functions-with-select",
    checked=date(2026, 11, 29),
    says="a function of a policy put into a SELECT runs once a statement as an initPlan, not for "
    "each row; only where its result does not change with the row",
)
DOCS = Citation(
    url="https://www.postgresql.org/docs/current/xfunc-volatility.html",
    checked=date(2026, 11, 29),
    says="a STABLE function returns the same for the same arguments within one statement",
)
_LEAST = 1.1  # times cheaper: nothing is paid for it, and the planner takes calls for cheap
_LEAST_OF_SETTING = 1.5  # a setting is read about as fast as the planner says
_FASTER = 1.2
_FELT_MILLISECONDS = 2.0


@dataclass(frozen=True, kw_only=True)
class _Reworded:
    """The policies of a table that call functions for each row, and what they become."""

    table: Table
    changed: tuple[tuple[Policy, Policy], ...]
    calls: tuple[Call, ...]
    migration: Migration

    @property
    def names(self) -> str:
        """The policies as people say them."""
        return listed(tuple(old.name for old, _ in self.changed))


@dataclass(frozen=True, kw_only=True)
class _Gain:
    """What the change does to a query: planner cost, and on a copy the time; 0 where unknown."""

    query: Planned
    before: float = 0.0
    after: float = 0.0
    old: Run | None = None
    new: Run | None = None
    least: float = _LEAST

    @property
    def factor(self) -> float:
        """How many times cheaper it gets for the planner."""
        return self.before / max(self.after, 0.01)

    @property
    def is_worth(self) -> bool:
        """Whether it gains: by the clock where it was run, else by the planner's cost."""
        if self.old and self.new:
            faster = self.old.milliseconds / max(self.new.milliseconds, 0.001)
            return faster >= _FASTER and self.old.milliseconds >= _FELT_MILLISECONDS
        return self.factor >= self.least and self.before >= noticeable()

    def __str__(self) -> str:
        costs = f"planner cost {cost(self.before)} before, {cost(self.after)} after"
        if self.old and self.new:
            both = f"{shown_time(self.old.milliseconds)} to {shown_time(self.new.milliseconds)}"
            return f"{self.query.name}: {both} on the copy's rows ({costs})"
        return f"{self.query.name}: {costs}, {times(self.factor)} times less"


def check(database: Database) -> Iterator[Recommendation | Finding]:
    """For each table one recommendation for all its policies, or what is seen in them."""
    for table in database.schema.tables:
        if not table.row_security:
            continue
        yield from _of_the_row(database, table)
        found = _reworded(database, table)
        if found is None:
            continue
        gains = _gains(database, found)
        slower = [g for g in gains if g.old and g.new and is_slower(g.old, g.new)]
        helped = tuple(g for g in gains if g.is_worth)
        if helped and not slower:
            yield _advise(database, found, helped)
        else:
            yield _seen(found, gains)


def _reworded(database: Database, table: Table) -> _Reworded | None:
    changed, calls = [], list[Call]()
    for policy in database.schema.policies:
        if policy.table != table.name:
            continue
        using, one = Condition(text=policy.using, stable=database.schema.stable).asked_once()
        held, two = Condition(text=policy.check, stable=database.schema.stable).asked_once()
        if one or two:
            changed.append((policy, replace(policy, using=using, check=held)))
            calls += [*one, *two]
    if not changed:
        return None
    both, found = tuple(changed), tuple(dict.fromkeys(calls))
    purpose = f"{listed(tuple(map(str, found)))}: asked once a statement, not once a row."
    return _Reworded(
        table=table,
        changed=both,
        calls=found,
        migration=alter_policies(table.name, both, purpose),
    )


def _gains(database: Database, found: _Reworded) -> tuple[_Gain, ...]:
    """What the change does to each query of the table, for somebody whom the policies bind."""
    readers = database.readers(found.table.name)
    bound, change = as_bound(database.schema, found.table).text, found.migration.change.text
    texts = tuple(query.query.text for query in readers)
    before = database.planner.plans(texts, (bound,))
    after = database.planner.plans(texts, (bound, change))
    runs = _runs(database, found, readers)
    settings = all(call.name == SETTING for call in found.calls)
    least = _LEAST_OF_SETTING if settings else _LEAST
    return tuple(
        _Gain(query=query, before=old.cost, after=new.cost, old=ran[0], new=ran[1], least=least)
        if old and new
        else _Gain(query=query, old=ran[0], new=ran[1])
        for query, old, new, ran in zip(readers, before, after, runs, strict=True)
    )


def _runs(
    database: Database, found: _Reworded, readers: tuple[Planned, ...]
) -> list[tuple[Run | None, Run | None]]:
    """How each query runs on the copy without and with the change; None where it did not."""
    clock = database.clock
    if clock is None:
        return [(None, None)] * len(readers)
    there = frozenset(clock.build(d for c in database.changes for d in definitions(c.file)))
    wanted = tuple(policies_in(found.migration.change))
    changed = frozenset(clock.build(wanted))
    texts = [asked(query.query.text, database.statistics.until) for query in readers]
    bounds = dict.fromkeys(texts, LONGEST_MILLISECONDS)
    old = clock.time(bounds, there)
    new = clock.time(bounds, there | changed) if len(changed) == len(wanted) else {}
    return [(old.get(text), new.get(text)) for text in texts]


def _advise(database: Database, found: _Reworded, helped: tuple[_Gain, ...]) -> Recommendation:
    calls, same = listed(tuple(map(str, found.calls))), tuple(_same(found))
    unproved = (
        ()
        if len(same) == len(found.changed)
        else (
            "that the same rows are let through rests on the functions being STABLE as they are "
            "declared: not checked on rows for every policy",
        )
    )
    return Recommendation(
        slot=f"policies of {found.table.name}",
        rule=RULE.id,
        helps=tuple(g.query.name for g in helped),
        choice=f"Have {found.names} on {found.table.name} ask {calls} once a statement",
        because=(
            f"{found.names} calls {calls} for every row of {found.table.name} that a query reads; "
            "nothing in it is of the row",
            *map(str, helped),
        ),
        instead_of=(
            Alternative(
                choice="an index alone on the column that the policy compares",
                why_not="it helps where the planner reads through it; every other way to read the "
                "table still calls the function for each row",
            ),
        ),
        trade_offs=(
            f"ALTER POLICY locks {found.table.name} for a moment; the rest of each policy stays "
            "as it is",
            *unproved,
        ),
        evidence=(SUPABASE, DOCS),
        claims=(*_claims(database, found, helped), *same),
        files=found.migration.artifacts,
        schema_change=found.migration.change,
        table=found.table.name,
    )


def _claims(database: Database, found: _Reworded, helped: tuple[_Gain, ...]) -> Iterator[Claim]:
    change = found.migration.change
    yield Applies(change=change, undo=found.migration.undo)
    yield Lints(file=change)
    bound = as_bound(database.schema, found.table)
    for gain in helped:
        if gain.factor >= _LEAST:
            factor = stated(gain.factor, _LEAST)
            yield CostFalls(query=gain.query.excerpt, factor=factor, change=change, after=(bound,))


def _same(found: _Reworded) -> Iterator[SameRows]:
    """That each policy lets the same rows be read, whoever asks."""
    for old, new in found.changed:
        both = compared(old, new, found.table)
        if both:
            yield SameRows(original=Excerpt(text=both[0]), rewritten=Excerpt(text=both[1]))


def _seen(found: _Reworded, gains: tuple[_Gain, ...]) -> Finding:
    calls, said = listed(tuple(map(str, found.calls))), "no query of yours shows what it costs"
    if gains:
        said = f"that costs your queries little: {max(gains, key=lambda g: g.factor)}"
    return Finding(
        rule=RULE.id,
        where=found.table.name,
        says=f"policy {found.names} calls {calls} for every row; in a subquery, "
        f"(SELECT {found.calls[0]}), it would be called once; {said}",
        severity="note",
        evidence=(SUPABASE,),
    )


def _of_the_row(database: Database, table: Table) -> Iterator[Finding]:
    """What is said of functions that take a column of the row: their body is the person's."""
    for policy in database.schema.policies:
        if policy.table != table.name:
            continue
        stable = database.schema.stable
        conditions = (Condition(text=t, stable=stable) for t in (policy.using, policy.check))
        calls = tuple(dict.fromkeys(c for each in conditions for c in each.of_the_row()))
        if calls:
            yield Finding(
                rule=RULE.id,
                where=f"{table.name}, policy {policy.name}",
                says=f"it calls {listed(tuple(map(str, calls)))} for every row, as it takes a "
                f"column of the row. If {calls[0].name} looks up what belongs to whoever asks, "
                "let it return all of that instead and compare the column with IN (SELECT ...): "
                "then it is asked once. Not tried: what it does is in its body",
                severity="risk",
                evidence=(SUPABASE,),
            )


_NOTES = """
CREATE TABLE notes (id bigint PRIMARY KEY, owner bigint NOT NULL, body text NOT NULL);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
"""
_SLOW = """
CREATE FUNCTION whoever() RETURNS bigint LANGUAGE plpgsql {} AS
  $$ BEGIN RETURN current_setting('app.me', true)::bigint; END $$;
"""
_COUNT = "SELECT count(*) FROM notes WHERE body <> '';"
_POLICY = "CREATE POLICY own ON notes USING ({});\n"
_MANY = ("notes=2M",)
_FILLED = """
INSERT INTO notes SELECT g, g % 1000, 'x' FROM generate_series(1, 60000) g;
VACUUM ANALYZE notes;
ALTER TABLE notes FORCE ROW LEVEL SECURITY;
"""
_SETTING = "current_setting('app.me')::bigint = owner"

RULE = Rule(
    id="pg-policy-function",
    stage="query",
    title="Have a policy ask who it is once a statement, not once a row",
    guide=__doc__ or "",
    evidence=(SUPABASE, DOCS),
    check=check,
    cases=(
        Case(name="a session setting, for each of sixty thousand rows, by the clock",
             given=_NOTES + _POLICY.format(_SETTING), queries=_COUNT, filled=_FILLED),
        Case(name="a session setting, which the planner takes for next to free", rows=_MANY,
             given=_NOTES + _POLICY.format(_SETTING), queries=_COUNT, fires=False),
        Case(name="a stable function of the schema", rows=_MANY, queries=_COUNT,
             given=_NOTES + _SLOW.format("STABLE") + _POLICY.format("owner = whoever()")),
        Case(name="auth.uid() for signed-in users only, with a check", rows=_MANY, queries=_COUNT,
             given=_NOTES.replace("owner bigint", "owner uuid")
             + "CREATE POLICY own ON notes TO authenticated USING (auth.uid() = owner) "
             "WITH CHECK (auth.uid() = owner);"),
        Case(name="a volatile function may answer otherwise for each row", rows=_MANY,
             queries=_COUNT, fires=False,
             given=_NOTES + _SLOW.format("VOLATILE") + _POLICY.format("owner = whoever()")),
        Case(name="asked once already", rows=_MANY, queries=_COUNT, fires=False,
             given=_NOTES + _POLICY.format("owner = (SELECT current_setting('app.me')::bigint)")),
        Case(name="a function of the row is the person's own", rows=_MANY, queries=_COUNT,
             fires=False, given=_NOTES
             + "CREATE FUNCTION mine(bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS "
             "$$ BEGIN RETURN $1 = 3; END $$;" + _POLICY.format("mine(owner)")),
        Case(name="a policy of a table whose row security is off", rows=_MANY, queries=_COUNT,
             fires=False, given=_NOTES.replace("ENABLE", "DISABLE") + _POLICY.format(_SETTING)),
        Case(name="few rows", rows=("notes=200",), queries=_COUNT, fires=False,
             given=_NOTES + _POLICY.format(_SETTING)),
        Case(name="an owner who is bound, too, by the clock", queries=_COUNT, filled=_FILLED,
             given=_NOTES + _SLOW.format("STABLE")
             + _POLICY.format("owner = whoever()")),
        Case(name="read through its index, by the clock", filled=_FILLED, fires=False,
             queries="SELECT * FROM notes WHERE id = 7;",
             given=_NOTES + _POLICY.format(_SETTING)),
    ),
)  # fmt: skip
