"""Close row security that lets others in, and end policies that read themselves.

A policy guards rows only as far as it asks: whose row it is, of which group, what a change makes of
it. What is forgotten most: that people may change the column of their own row that gives them
power; that they may add themselves to any group; that a bare column in a sub-select is the inner
table's; that WITH CHECK (true) takes any row; that a table beside them has no row security at all.
A policy that reads its own table ends every query with 42P17. And views, and SECURITY DEFINER
functions, run with their owner's rights, past every policy: security_invoker binds a view, REVOKE
closes a function that asks nobody who they are. The policies are written anew, and attacked before
and after.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from blueproof.advisors.postgres.database import Database
from blueproof.advisors.postgres.parts.alarm import OWNERS, SLOT
from blueproof.advisors.postgres.parts.mending import Mended, Mender
from blueproof.advisors.postgres.parts.owners_rights import FUNCTIONS, VIEWS, Closing, closings
from blueproof.advisors.postgres.parts.policy_file import PolicyFile, closing_file, policy_file
from blueproof.advisors.postgres.parts.policy_text import is_circular
from blueproof.advisors.postgres.parts.row_security import attacks_on, is_caught
from blueproof.advisors.postgres.parts.wording import listed
from blueproof.core.advice import Alternative, Recommendation
from blueproof.core.claim import AccessRefused, Applies, Claim
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case, Rule
from blueproof.core.scene import Excerpt
from blueproof.sql.access.groups import Access
from blueproof.sql.access.lookups import lookups
from blueproof.sql.schema import Policy, Table

POSTGRES = Citation(
    url="https://www.postgresql.org/docs/current/sql-createpolicy.html",
    checked=date(2026, 11, 30),
    says="USING decides which rows are seen, WITH CHECK which may be written; where WITH CHECK is "
    "left out, USING decides both",
)
SUPABASE = Citation(
    url="https://supabase.com/docs/guides/database/postgres/row-level-security",
    checked=date(2026, 11, 30),
    says="a security definer function, never in an exposed schema, looks into another table "
    "without its policies",
)


def check(database: Database) -> Iterator[Recommendation]:
    """One change of all that is open, since policies of different tables rest on each other."""
    access = Access(database.schema)
    if not access.setting:
        return
    mender = Mender(access=access, leader=database.leader)
    closed = tuple(closings(access))
    if closed:
        yield _closed(closed)
    mended = mender.mended()
    if not mended:
        return
    tables = tuple(m.table for m in mended)
    file = policy_file(mender, mended, f"Closes the row security of {listed(tables)}.")
    reasons = (r for each in mended for r in _reasons(access, each, file))
    yield Recommendation(
        slot=SLOT,
        rule=RULE.id,
        choice=f"Write the row security of {listed(tables)} anew",
        because=tuple(dict.fromkeys(reasons)),
        instead_of=(
            Alternative(
                choice="USING (true) on the table of members, which ends the recursion as well",
                why_not="then everybody reads who belongs to what",
            ),
        ),
        trade_offs=tuple(_trade_offs(mended, file)),
        evidence=(POSTGRES, SUPABASE),
        claims=tuple(_claims(access, mended, file)),
        files=file.artifacts,
        schema_change=file.ddl,
        table=tables[0],
        regardless=True,
    )


def _reasons(access: Access, mended: Mended, file: PolicyFile) -> Iterator[str]:
    table = access.schema.by_name[mended.table]
    if mended.enable:
        shows = "the API shows it to everybody" if access.supabase else "it shows all its rows"
        yield f"{table.name} has no row security: {shows}, for writing too"
        if any(p.table == table.name for p in access.schema.policies):
            yield f"the policies on {table.name} hold from then on, and no others are made"
    for policy in mended.before:
        yield from _wrong(access, policy, table)
    gone = {p.name for p in mended.before} - {p.name for p in mended.after}
    if gone:
        yield f"{listed(tuple(sorted(gone)))} on {table.name} is dropped: nothing tells who may"
    if file.founding and any(p.command == "INSERT" for p in mended.before):
        yield f"whoever makes a group leads it: {file.founding}"


def _wrong(access: Access, policy: Policy, table: Table) -> Iterator[str]:
    """What is wrong with a policy, in words."""
    circular = next((x.table for x in lookups(policy)
                     if is_circular(access.schema, policy.table, x.table)), "")  # fmt: skip
    name = f"policy {policy.name} on {table.name}"
    if circular:
        itself = "its own table" if circular == table.name else f"{circular}, which leads back"
        yield f"{name} reads {itself}: infinite recursion (42P17); a function reads it instead"
    if any(is_caught(each, table) for each in lookups(policy)):
        yield f"{name} holds a column against itself, so it is always true"
    elif not circular and policy.command in {"INSERT", "UPDATE", "ALL"}:
        held = policy.check or policy.using
        forgets = "takes any row" if held == "true" else f"asks {held} and no more"
        yield f"{name} {forgets}"
    elif not circular:
        yield f"{name} lets in whoever asks"


def _closed(closed: tuple[Closing, ...]) -> Recommendation:
    """Views and functions that no policy binds, closed by a file of their own."""
    names = tuple(dict.fromkeys(each.name for each in closed))
    file = closing_file(closed, f"Closes what runs with its owner's rights: {listed(names)}.")
    change = Excerpt(text=file.change.text, path=file.change.path)
    claims: list[Claim] = []
    if file.ddl.text:
        claims.append(Applies(change=file.ddl, undo=file.undo_ddl))
    claims += [replace(claim, after=(change,)) for each in closed for claim in each.claims]
    meant = "a view that is meant to show all its rows to everybody: leave its line out"
    return Recommendation(
        slot=OWNERS,
        rule=RULE.id,
        choice=f"Close {listed(names)}",
        because=tuple(dict.fromkeys(each.why for each in closed)),
        trade_offs=(meant,) if any("security_invoker" in each.ddl for each in closed) else (),
        evidence=(VIEWS, FUNCTIONS),
        claims=tuple(claims),
        files=file.artifacts,
        schema_change=file.ddl if file.ddl.text else None,
        table=names[0],
        regardless=True,
    )


def _trade_offs(mended: tuple[Mended, ...], file: PolicyFile) -> Iterator[str]:
    yield "what your app does today through the open door is refused from then on: try it first"
    if any(each.enable for each in mended):
        names = listed(tuple(each.table for each in mended if each.enable))
        yield f"{names}: who may write is a guess of ours; the server's own key is not bound"
    if file.founding:
        yield f"the app calls {file.founding} to make a group, instead of two inserts"


def _claims(access: Access, mended: tuple[Mended, ...], file: PolicyFile) -> Iterator[Claim]:
    yield Applies(change=file.ddl, undo=file.undo_ddl)
    change = Excerpt(text=file.change.text, path=file.change.path)
    names = {each.table for each in mended}
    for table in access.schema.tables:  # those whose policies look into what is mended
        policies = [p for p in access.schema.policies if p.table == table.name]
        if table.name not in names and any(x.table in names for p in policies for x in lookups(p)):
            yield from attacks_on(access, table, (change,))
    for each in mended:
        table = access.schema.by_name[each.table]
        if each.enable:
            yield AccessRefused(table=table.name, attack="no-security", setting=access.setting,
                                column="", after=(change,))  # fmt: skip
        yield from attacks_on(access, table, (change,))
        if any(p.table == table.name for p in access.schema.policies):
            yield AccessRefused(table=table.name, attack="widened", setting=access.setting,
                                column="", after=(change,))  # fmt: skip


_TEAM = """
CREATE TABLE teams (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text NOT NULL);
CREATE TABLE team_members (
  team_id uuid NOT NULL REFERENCES teams (id),
  user_id uuid NOT NULL REFERENCES auth.users (id),
  role text NOT NULL DEFAULT 'member' CHECK (role IN ('member', 'admin')),
  PRIMARY KEY (team_id, user_id)
);
ALTER TABLE teams ENABLE ROW LEVEL SECURITY;
ALTER TABLE team_members ENABLE ROW LEVEL SECURITY;
"""
_MINE = """
CREATE FUNCTION my_teams() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = '' AS
  $$ SELECT team_id FROM public.team_members WHERE user_id = (SELECT auth.uid()) $$;
CREATE FUNCTION my_admin_teams() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = '' AS
  $$ SELECT team_id FROM public.team_members WHERE user_id = (SELECT auth.uid())
     AND role = 'admin' $$;
"""
_READ = """
CREATE POLICY "read teams" ON teams FOR SELECT USING (id IN (SELECT my_teams()));
CREATE POLICY "read members" ON team_members FOR SELECT USING (team_id IN (SELECT my_teams()));
"""
_NOTES = """
CREATE TABLE notes (id bigint PRIMARY KEY, owner uuid NOT NULL, body text NOT NULL);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes USING (owner = (SELECT auth.uid()));
"""

RULE = Rule(
    id="pg-open-policies",
    stage="query",
    title="Close row security that lets others in",
    guide=__doc__ or "",
    evidence=(POSTGRES, SUPABASE),
    check=check,
    cases=(
        Case(name="members read through their own table: recursion",
             given=_TEAM + "CREATE POLICY m ON team_members FOR SELECT USING (team_id IN "
             "(SELECT team_id FROM team_members WHERE user_id = auth.uid()));"),
        Case(name="anybody joins any team", given=_TEAM + _MINE + _READ
             + "CREATE POLICY j ON team_members FOR INSERT WITH CHECK (user_id = auth.uid());"),
        Case(name="admins add members", fires=False, given=_TEAM + _MINE + _READ
             + "CREATE POLICY j ON team_members FOR INSERT WITH CHECK "
             "(team_id IN (SELECT my_admin_teams()));"),
        Case(name="any row is taken", given=_NOTES
             + "CREATE POLICY w ON notes FOR INSERT WITH CHECK (true);"),
        Case(name="own rows alone", fires=False, given=_NOTES),
        Case(name="a table without row security beside one that has it", given=_NOTES
             + "CREATE TABLE secrets (id bigint PRIMARY KEY, owner uuid DEFAULT auth.uid());"),
        Case(name="no row security anywhere", fires=False,
             given="CREATE TABLE a (id bigint PRIMARY KEY, owner uuid DEFAULT auth.uid());"),
    ),
)  # fmt: skip
