"""What row security promises: attacks on each table whose rows are somebody's or some group's."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from blueproof.advisors.postgres.parts.lax_policies import (
    OBJECTS,
    changed_by_all,
    text_findings,
)
from blueproof.advisors.postgres.parts.owners_rights import owner_findings
from blueproof.advisors.postgres.parts.wording import count, listed
from blueproof.core.advice import Finding, Step
from blueproof.core.blueprint import Proof
from blueproof.core.claim import AccessRefused, Attack
from blueproof.core.evidence import Citation
from blueproof.core.scene import Excerpt
from blueproof.sql.access.groups import Access
from blueproof.sql.access.lookups import Lookup, lookups
from blueproof.sql.access.privileges import privileges, tenants, worths
from blueproof.sql.identity import identity
from blueproof.sql.schema import Policy, Schema, Table

_NEEDS: dict[Attack, set[str]] = {
    "others-rows": {"UPDATE", "DELETE"},
    "forged-row": {"INSERT"},
    "planted-row": {"INSERT"},
    "joined-group": {"INSERT"},
    "raised-right": {"UPDATE"},
    "claimed-right": {"INSERT"},
}
RULE_ID = "pg-row-security"
DOCS = Citation(
    url="https://www.postgresql.org/docs/current/ddl-rowsecurity.html",
    checked=date(2026, 11, 24),
    says="with row security on and no policy, every row is hidden from all but the table's owner",
)
OWNER = Citation(
    url="https://www.postgresql.org/docs/current/ddl-rowsecurity.html",
    checked=date(2026, 11, 30),
    says="table owners normally bypass row security, unless ALTER TABLE ... FORCE ROW LEVEL "
    "SECURITY; superusers and roles with BYPASSRLS always do",
)
SUPABASE_OPEN = Citation(
    url="https://supabase.com/docs/guides/database/postgres/row-level-security",
    checked=date(2026, 11, 30),
    says="a table in an exposed schema without row level security is readable and writable by "
    "anybody who has the project's anon key",
)
CAPTURE = Citation(
    url="https://www.postgresql.org/docs/current/functions-subquery.html",
    checked=date(2026, 11, 30),
    says="a sub-select can refer to columns of the surrounding query; names are looked up in the "
    "sub-select's own tables first",
)
METADATA = Citation(
    url="https://supabase.com/docs/guides/database/postgres/row-level-security",
    checked=date(2026, 11, 30),
    says="raw_user_meta_data can be updated by the authenticated user with "
    "supabase.auth.update(), so it is no place for what authorises; raw_app_meta_data cannot",
)
_SELF_SET = re.compile(r"\b(?:raw_user_meta_data|user_metadata)\b")
_FOR_ALL = re.compile(r"\b(?:public|every(?:one|body)|any(?:one|body)|all)\b", re.IGNORECASE)


def policy_findings(schema: Schema) -> Iterator[Finding]:
    """A finding for each table with row security, and for each that lacks it beside others."""
    access = Access(schema)
    yield from owner_findings(access)
    yield from _owners(access)
    for table in schema.tables:
        if not table.row_security:
            if is_open(access, table):
                yield _without(access, table)
            continue
        policies = [p for p in schema.policies if p.table == table.name]
        yield from _caught(table, policies)
        yield from _self_set(table, policies)
        yield from text_findings(access, table, policies)
        if table.name == OBJECTS:
            continue
        claims = attacks_on(access, table)
        if claims:
            yield Finding(
                rule=RULE_ID,
                where=table.name,
                says=_told(access, table, policies),
                severity="note",
                claims=claims,
            )
        else:
            yield changed_by_all(table, policies) or _unattacked(table, policies)


def _owners(access: Access) -> Iterator[Finding]:
    """Outside Supabase: that no policy binds who owns the tables, unless they are forced."""
    free = [t.name for t in access.schema.tables if t.row_security and not t.owner_forced]
    if free and access.setting and not access.supabase:
        yield Finding(
            rule=RULE_ID,
            where=f"{listed(tuple(free))}, owner",
            says="row security binds neither the role that owns these tables nor a superuser: if "
            "your app connects as one of them, no policy holds. ALTER TABLE ... FORCE ROW LEVEL "
            "SECURITY, and see SELECT tablename, tableowner FROM pg_tables",
            severity="risk",
            evidence=(OWNER,),
        )


def is_open(access: Access, table: Table) -> bool:
    """Whether the API shows a table that has no row security, while others have it."""
    guarded = any(t.row_security for t in access.schema.tables) or bool(access.schema.policies)
    shown = "." not in table.name and not table.partition_of and not table.materialized
    reached = access.supabase or bool(access.tenant_column(table))
    return guarded and reached and shown


def attacks_on(
    access: Access, table: Table, after: tuple[Excerpt, ...] = ()
) -> tuple[AccessRefused, ...]:
    """The attacks that the table's policies call for, each on the column that it is about."""
    policies = [p for p in access.schema.policies if p.table == table.name]
    setting = next((i[0] for p in policies if (i := identity(p, table))), access.setting)
    if not setting or not policies:
        return ()
    pairs = (*_reading(access, table, policies), *_writing(access, table))
    return tuple(
        AccessRefused(table=table.name, attack=a, setting=setting, column=c, after=after)
        for a, c in dict.fromkeys(pairs)
        if _applies(a, policies)
    )


def _reading(access: Access, table: Table, policies: list[Policy]) -> Iterator[tuple[Attack, str]]:
    """Reading, changing and deleting what is not one's own."""
    column = _own_column(access, table)
    if not column:
        return
    if table.by_name[column].not_null is False and _names_nobody(policies, column):
        yield "ownerless-row", column
    if not any(is_for_all(p, access, table) for p in policies):
        yield "no-identity", column
        yield "other-identity", column
    yield "others-rows", column


def _names_nobody(policies: list[Policy], column: str) -> bool:
    """Whether a condition is true of rows that have nobody's id."""
    nobody = re.compile(rf"\b{re.escape(column)}\b[\s)]* IS (?:NULL\b|NOT DISTINCT FROM)|"
                        rf"IS NOT DISTINCT FROM [\s(]*{re.escape(column)}\b")  # fmt: skip
    return any(nobody.search(f"{p.using} {p.check}") for p in policies if p.permissive)


def _own_column(access: Access, table: Table) -> str:
    """The column that says whose a row is: a person's, else a group's or a parent's."""
    user = access.user_of(table)
    ways = access.ways(table)
    if user and (not ways or access.is_author(table, user)):
        return user
    for _, way in ways:
        return way.keys[0].columns[0] if way.keys else way.column
    return user if user and access.is_author(table, user) else ""


def _writing(access: Access, table: Table) -> Iterator[tuple[Attack, str]]:
    """Rows in another's name or group, oneself among others, power to oneself."""
    member = next((m for m in access.memberships if m.table == table.name and not m.owned), None)
    user = access.user_of(table)
    if member:
        yield "joined-group", member.group
    else:
        if user and access.is_author(table, user):
            yield "forged-row", user
        for each, way in access.ways(table):
            if table.name not in {each.table, each.groups}:
                yield "planted-row", way.keys[0].columns[0] if way.keys else way.column
    if user:
        columns = (*(p.column for p in (*privileges(access, table), *worths(access, table))),
                   *tenants(access, table))  # fmt: skip
        for column in dict.fromkeys(columns):
            yield "raised-right", column
            if not member and table.is_key((user,)):
                yield "claimed-right", column


def is_for_all(policy: Policy, access: Access, table: Table) -> bool:
    """Whether a policy says that all may read, and the table's rows are no group's affair."""
    says_so = policy.permissive and policy.command == "SELECT" and policy.using == "true"
    named = bool(_FOR_ALL.search(policy.name.replace("_", " "))) or "anon" in policy.roles
    return says_so and (named or not access.ways(table))


def _told(access: Access, table: Table, policies: list[Policy]) -> str:
    """Whom the policies ask about, and which do not ask."""
    found = next((i for p in policies if (i := identity(p, table))), None)
    everybody = ", ".join(p.name for p in policies if is_for_all(p, access, table))
    for_all = f"; policy {everybody} lets all read, on purpose" if everybody else ""
    if found is None:
        names = ", ".join(p.name for p in policies)
        return f"policy {names} decides by other tables or for all{for_all}"
    setting, column = found
    names = ", ".join(p.name for p in policies if identity(p, table) == found)
    others = [p for p in policies if identity(p, table) not in (None, found)]
    lax = ", ".join(
        p.name for p in policies
        if p.permissive and not _asks(p, table) and not is_for_all(p, access, table)
    )  # fmt: skip
    asks = f"; policy {lax} does not ask who it is" if lax else ""
    if others:
        asks += f"; {', '.join(p.name for p in others)} by another identity was not attacked"
    return f"policy {names} holds {column} against {setting}{asks}{for_all}"


def _asks(policy: Policy, table: Table) -> bool:
    return bool(identity(policy, table)) or any(each.user for each in lookups(policy))


def _without(access: Access, table: Table) -> Finding:
    """A table that the API shows to everybody."""
    claim = AccessRefused(table=table.name, attack="no-security", setting=access.setting, column="")
    names = ", ".join(p.name for p in access.schema.policies if p.table == table.name)
    return Finding(
        rule=RULE_ID,
        where=table.name,
        says=f"policy {names} does nothing: ENABLE ROW LEVEL SECURITY is missing"
        if names
        else "it has no row security, while other tables have it",
        severity="note",
        evidence=(SUPABASE_OPEN,),
        claims=(claim,),
    )


def _caught(table: Table, policies: list[Policy]) -> Iterator[Finding]:
    """Names that a sub-select caught from the policy's own table."""
    for policy in policies:
        for each in lookups(policy):
            if is_caught(each, table):
                yield Finding(
                    rule=RULE_ID,
                    where=f"{table.name}, policy {policy.name}",
                    says=_caught_says(each, table),
                    severity="harm",
                    evidence=(CAPTURE,),
                )


def is_self_set(finding: Finding) -> bool:
    """Whether a finding is of a policy that asks for what everybody sets of themselves."""
    return METADATA in finding.evidence


def _self_set(table: Table, policies: list[Policy]) -> Iterator[Finding]:
    """Policies that ask for user_metadata, which the person asked about can write."""
    for policy in policies:
        if _SELF_SET.search(f"{policy.using} {policy.check}"):
            yield Finding(
                rule=RULE_ID,
                where=f"{table.name}, policy {policy.name}",
                says="user_metadata decides, and every user can set their own "
                "(auth.updateUser): whoever does is let in where they like. Ask app_metadata, "
                "which only your server writes, or a table of members",
                severity="harm",
                evidence=(METADATA,),
            )


def is_caught(lookup: Lookup, table: Table) -> bool:
    """Whether a column was meant of the policy's table, and is the inner table's own."""
    _, second = lookup.caught
    return lookup.always_true or (bool(second) and second in table.by_name)


def _caught_says(lookup: Lookup, table: Table) -> str:
    first, second = lookup.caught
    meant = f"{table.name}.{second}"
    if lookup.always_true:
        return (
            f"in the sub-select on {lookup.table} the bare {second} is {lookup.table}.{second}, "
            f"held against itself: always true. Write {meant}"
        )
    return (
        f"in the sub-select on {lookup.table}, {first} is held against {lookup.table}.{second}, "
        f"not against the row's own. If the row's was meant, write {meant}"
    )


def _unattacked(table: Table, policies: list[Policy]) -> Finding:
    """What is said of row security that cannot be attacked by setting an identity."""
    names = ", ".join(p.name for p in policies)
    if not policies:
        says = "row security is on and there is no policy: nobody but the owner sees a row"
    else:
        says = (
            f"policy {names} holds no column of {table.name} against a session setting, so no "
            "attack was tried: read it yourself"
        )
    return Finding(rule=RULE_ID, where=table.name, says=says, severity="note", evidence=(DOCS,))


def _applies(attack: Attack, policies: list[Policy]) -> bool:
    """An attack is tried where some policy lets the command through that it needs."""
    needed = _NEEDS.get(attack, {"SELECT"})
    return any(p.command in {"ALL", *needed} for p in policies)


def judge(finding: Finding, proofs: tuple[Proof, ...]) -> Finding:
    """A finding on row security with the outcome of its attacks; any other as it is."""
    mine = [p for p in proofs if p.id in finding.proofs and isinstance(p.claim, AccessRefused)]
    if not mine:
        return finding
    through = "; ".join(dict.fromkeys(p.reason for p in mine if p.verdict == "refuted"))
    refused = sum(p.verdict == "proved" for p in mine)
    untried = sum(p.verdict == "unchecked" for p in mine)
    outcome = f"{count(len(mine), 'attack')}, {refused} refused"
    outcome += f", {untried} could not be tried" if untried else ""
    if not through:
        return replace(finding, says=f"{finding.says}: {outcome}")
    return replace(finding, says=f"{through} ({finding.says}: {outcome})", severity="harm")


def closing_steps(findings: tuple[Finding, ...], mended: frozenset[str]) -> Iterator[Step]:
    """For each table that lets others in, and that no file of ours closes: close it, first."""
    for finding in findings:
        table = finding.where.partition(", policy ")[0]
        if finding.severity == "harm" and table not in mended:
            yield Step(
                do=f"Close the row security of {finding.where}: {finding.says}",
                horizon="now",
                check="on the corrected schema, a new consultation has every attack refused",
                undo="bring the old policy back; no row is changed",
            )
