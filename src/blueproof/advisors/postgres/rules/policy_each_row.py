"""Have a policy ask once what belongs to whoever asks, not for each row whether it does.

EXISTS (SELECT 1 FROM members m WHERE m.team_id = tasks.team_id AND m.person_id = auth.uid()) looks
members up for every row that a query reads, and the policy of members runs in it each time. Turned
round, team_id IN (SELECT private.team_ids_of_me()), the teams are fetched once by a function with
its owner's rights (SECURITY DEFINER), and each row is only compared. Who asks sees the same rows:
the function gives nobody anything but their own memberships. The SQL editor runs as postgres,
which no policy binds, so a query is fast there and slow in the app.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from blueproof.advisors.postgres.choice import noticeable, worth
from blueproof.advisors.postgres.database import Database, Planned
from blueproof.advisors.postgres.parts.index_advice import stated
from blueproof.advisors.postgres.parts.migration import Migration, NewIndex, create_index
from blueproof.advisors.postgres.parts.policy_change import as_bound
from blueproof.advisors.postgres.parts.policy_sets import SCHEMA, Asking, turn_policies
from blueproof.advisors.postgres.parts.row_security import attacks_on
from blueproof.advisors.postgres.parts.wording import cost, listed, times
from blueproof.core.advice import Alternative, Recommendation
from blueproof.core.claim import AccessRefused, Applies, Claim, CostFalls
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case, Rule
from blueproof.core.scene import Excerpt
from blueproof.sql.access.groups import Access
from blueproof.sql.names import quote, quote_table
from blueproof.sql.schema import Table

SUPABASE = Citation(
    url="https://supabase.com/docs/guides/database/postgres/row-level-security#minimize-joins",
    checked=date(2026, 11, 29),
    says="policies that join another table for each row are slow: fetch the ids into a set and "
    "compare with IN; a security definer function also spares the policies of the joined table",
)


_READING = ("no-identity", "other-identity", "others-rows", "ownerless-row")


@dataclass(frozen=True, kw_only=True)
class _Gain:
    """What a query costs whoever the policies bind, before and after."""

    query: Planned
    before: float
    after: float

    @property
    def factor(self) -> float:
        """How many times cheaper it gets for the planner."""
        return self.before / max(self.after, 0.01)


def check(database: Database) -> Iterator[Recommendation]:
    """For each table the policies turned round, then the index that their functions read through.

    Without a query of the table nothing shows what its policies cost.
    """
    for table in database.schema.tables:
        asking = turn_policies(database.schema, table) if table.row_security else None
        if asking is None:
            continue
        gains = _gains(database, table, asking)
        helped = tuple(g for g in gains if g.factor >= worth() and g.before >= noticeable())
        if helped:
            yield _advise(database, table, asking, helped)
            yield from _indexes(database, asking)


def _gains(database: Database, table: Table, asking: Asking) -> tuple[_Gain, ...]:
    readers = database.readers(table.name)
    texts = tuple(query.query.text for query in readers)
    bound = _bound(database, table, asking).text
    before = database.planner.plans(texts, (bound,))
    after = database.planner.plans(texts, (bound, asking.tried.text))
    return tuple(
        _Gain(query=query, before=old.cost, after=new.cost)
        for query, old, new in zip(readers, before, after, strict=True)
        if old is not None and new is not None
    )


def _bound(database: Database, table: Table, asking: Asking) -> Excerpt:
    """DDL after which the table and its members are read as by somebody whom policies bind."""
    members = dict.fromkeys(s.members for s in asking.sets)
    tables = (table, *(database.schema.by_name[m] for m in members if m != table.name))
    lines = (as_bound(database.schema, t).text for t in tables if t.row_security)
    return Excerpt(text="\n".join(lines))


def _advise(
    database: Database, table: Table, asking: Asking, helped: tuple[_Gain, ...]
) -> Recommendation:
    names = listed(tuple(f"policy {old.name}" for old, _ in asking.changed))
    functions = listed(tuple(f"{SCHEMA}.{s.name}()" for s in asking.sets))
    column = asking.columns[0]
    every = [f"policy {old.name}" for old, _ in asking.changed if old.command == "ALL"]
    return Recommendation(
        slot=f"policies of {table.name}",
        rule=RULE.id,
        helps=tuple(g.query.name for g in helped),
        choice=f"Turn {names} on {table.name} round: {column} IN (SELECT {functions}), a SECURITY "
        "DEFINER function that gives what belongs to whoever asks"
        + (", and each policy TO authenticated" if asking.supabase else ""),
        because=(
            f"{names} looks {listed(tuple(dict.fromkeys(s.members for s in asking.sets)))} up for "
            f"every row of {table.name} that a query reads, worst for somebody who is in none: "
            "nothing is found, so all of it is tried each time",
            *(
                f"{g.query.name}, planned as somebody whom the policies bind: cost "
                f"{cost(g.before)} before, {cost(g.after)} after, {times(g.factor)} times less"
                for g in helped
            ),
            "fast in the SQL editor and with row security off, since no policy is asked there",
            *(
                (f"{listed(tuple(every))} is FOR ALL, so it is asked on every read too",)
                if every
                else ()
            ),
            f"in the app, add the filter as well, .eq({column!r}, ...): an index on it then "
            "finds the rows before any policy is asked",
        ),
        instead_of=(
            Alternative(
                choice="(SELECT auth.uid()) alone in the policies",
                why_not="that spares the call, and the members are still looked up for each row",
            ),
        ),
        trade_offs=(
            f"the function runs with its owner's rights: keep it in {SCHEMA}, which the API does "
            "not show, with an empty search_path, and let it take no argument",
            f"ALTER POLICY locks {table.name} for a moment",
            "to try it as the app does: BEGIN; SET LOCAL ROLE authenticated; SELECT set_config("
            '\'request.jwt.claims\', \'{"sub": "UUID", "role": "authenticated"}\', true); '
            "EXPLAIN ANALYZE your query; ROLLBACK",
        ),
        evidence=(SUPABASE,),
        claims=tuple(_claims(database, table, asking, helped)),
        files=asking.migration.artifacts,
        schema_change=asking.migration.change,
        table=table.name,
    )


def _claims(
    database: Database, table: Table, asking: Asking, helped: tuple[_Gain, ...]
) -> Iterator[Claim]:
    migration = asking.migration
    yield Applies(change=asking.ddl, undo=asking.undo_ddl)
    bound = _bound(database, table, asking)
    for gain in helped:
        yield CostFalls(query=gain.query.excerpt, factor=stated(gain.factor, worth()),
                        change=asking.tried, after=(bound,))  # fmt: skip
    access, after = Access(database.schema), (migration.change,)
    # What is written is held against what was possible before, which those with power may do.
    yield from (a for a in attacks_on(access, table, after) if a.attack in _READING)
    if access.setting:
        yield AccessRefused(table=table.name, attack="widened", setting=access.setting,
                            column="", after=after)  # fmt: skip


def _indexes(database: Database, asking: Asking) -> Iterator[Recommendation]:
    """The index that each function reads through, where none leads with who asks."""
    wanted = dict.fromkeys((s.members, s.user, s.group) for s in asking.sets)
    for members, user, group in wanted:
        table = database.schema.by_name[members]
        if any(
            i.plain and i.keys[:1] == (user,) for i in database.schema.indexes if i.table == members
        ):
            continue
        made = _index(database, table, user, group)
        if made is not None:
            yield made


def _index(database: Database, table: Table, user: str, group: str) -> Recommendation | None:
    name = f"{table.name.rpartition('.')[2]}_{user}_{group}_idx"[:63]
    index = NewIndex(
        name=name,
        table=table.name,
        keys=(quote(user), quote(group)),
        purpose=f"Serves what policies ask of {table.name}.",
    )
    asked = f"SELECT {quote(group)} FROM {quote_table(table.name)} WHERE {quote(user)} = $1"
    migration = create_index(index, database.schema)
    before, after = (database.planner.costs((asked,), change)[0] for change in ((), (index.bare,)))
    factor = before / max(after, 0.01)
    if factor < worth():
        return None
    return Recommendation(
        slot=f"index on {table.name} ({user}, {group})",
        rule=RULE.id,
        choice=f"Create index {name} on {index.short}",
        because=(
            f"who asks is looked up in {table.name} ({database.rows(table.name):,} rows) on every "
            f"request: planner cost {cost(before)}, with it {cost(after)}, {times(factor)} times "
            "less",
        ),
        trade_offs=(f"one more entry to write for every INSERT into {table.name}",),
        evidence=(SUPABASE,),
        claims=tuple(_index_claims(asked, factor, migration)),
        files=migration.artifacts,
        schema_change=migration.change,
        table=table.name,
    )


def _index_claims(asked: str, factor: float, migration: Migration) -> Iterator[Claim]:
    query = Excerpt(text=asked, name="what the policies ask of the members")
    yield CostFalls(query=query, factor=stated(factor, worth()), change=migration.change)
    yield Applies(change=migration.change, undo=migration.undo)


_TEAMS = """
CREATE TABLE members (
  id bigint PRIMARY KEY, team_id uuid NOT NULL, person_id uuid NOT NULL,
  role text NOT NULL DEFAULT 'reader'
);
CREATE TABLE tasks (
  id bigint PRIMARY KEY, team_id uuid NOT NULL, board_id uuid NOT NULL, title text NOT NULL
);
CREATE INDEX tasks_board_id_idx ON tasks (board_id);
ALTER TABLE members ENABLE ROW LEVEL SECURITY;
ALTER TABLE tasks ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON members FOR SELECT USING (auth.uid() = person_id);
"""
_EXISTS = """CREATE POLICY team ON tasks FOR SELECT USING (EXISTS (SELECT 1 FROM members m
  WHERE m.team_id = tasks.team_id AND m.person_id = auth.uid()));
"""
_ADMINS = """CREATE POLICY admins ON tasks FOR ALL USING (auth.uid() IN (
  SELECT person_id FROM members m WHERE m.team_id = tasks.team_id AND m.role = 'admin'));
"""
_SET = "CREATE POLICY team ON tasks FOR SELECT USING (team_id IN (SELECT team_id FROM members));"
_BOARD = "SELECT * FROM tasks WHERE board_id = $1;"
_ROWS = ("tasks=900000", "members=12000")

RULE = Rule(
    id="pg-policy-each-row",
    stage="query",
    title="Have a policy ask once what belongs to whoever asks",
    guide=__doc__ or "",
    evidence=(SUPABASE,),
    check=check,
    cases=(
        Case(name="members looked up for each row, for readers and for admins",
             given=_TEAMS + _EXISTS + _ADMINS, queries=_BOARD, rows=_ROWS),
        Case(name="members looked up for each row, a set with a condition of its own",
             queries=_BOARD, rows=_ROWS, given=_TEAMS + _EXISTS.replace(
                 "auth.uid()", "(SELECT auth.uid()) AND m.role <> 'guest'")),
        Case(name="a set already", given=_TEAMS + _SET, queries=_BOARD, rows=_ROWS, fires=False),
        Case(name="members show nobody their own row", queries=_BOARD, rows=_ROWS, fires=False,
             given=_TEAMS.replace("(auth.uid() = person_id)", "(role = 'public')") + _EXISTS
             + _ADMINS),
        Case(name="few rows", given=_TEAMS + _EXISTS, queries=_BOARD, fires=False,
             rows=("tasks=200", "members=40")),
        Case(name="not a member", queries=_BOARD, rows=_ROWS, fires=False,
             given=_TEAMS + _EXISTS.replace("USING (EXISTS", "USING (NOT EXISTS")),
    ),
)  # fmt: skip
