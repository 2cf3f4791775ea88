"""What the text of policies gives away by itself: to all, of rows that are nobody's, of money."""

import re
from collections.abc import Iterator
from datetime import date

from blueproof.advisors.postgres.parts.policy_text import SIGNED_IN, calls, mentions
from blueproof.advisors.postgres.parts.wording import listed
from blueproof.core.advice import Finding
from blueproof.core.evidence import Citation
from blueproof.sql.access.groups import Access
from blueproof.sql.access.lookups import asks_who, lookups
from blueproof.sql.access.privileges import is_roster, is_worth
from blueproof.sql.schema import Policy, Table

RULE_ID = "pg-lax-policies"
POLICY = Citation(
    url="https://www.postgresql.org/docs/current/sql-createpolicy.html",
    checked=date(2026, 11, 30),
    says="permissive policies are combined with OR; the default is for all roles; a command for "
    "which there is no policy finds no row and changes none",
)
STORAGE = Citation(
    url="https://supabase.com/docs/guides/storage/security/access-control",
    checked=date(2026, 11, 30),
    says="policies on storage.objects decide who uploads, reads, changes and deletes files; "
    "storage.foldername(name) gives the folders of a file's path",
)
OBJECTS = "storage.objects"
_STRANGERS = frozenset({"public", "anon", "authenticated"})
_SECRET = re.compile(
    r"(?:^|_)(?:token|secret|password|passwd|api_?key|key_hash|pass_hash|password_hash|private_key|"
    r"otp|pin|iban|ssn|card_number|invite_code)(?:_hash)?$"
)
_PERSONAL = re.compile(
    r"(?:^|_)(?:e_?mail|phone|mobile|address|street|birth_?(?:date|day)?|dob|ip|ip_address|salary|"
    r"passport|tax_id|full_name|last_name|push_token|latitude|longitude|stripe_customer_id)$"
)
_MONEY = re.compile(
    r"^(?:total|amount|price|subtotal|discount|unit_price|cost)(?:_(?:cents|usd|eur|minor))?$|"
    r"^(?:is_)?(?:paid|refunded|approved)$|^payment_status$|^paid_at$"
)
_SOLD = re.compile(r"order|purchase|payment|invoice|subscription|booking|checkout|transfer|cart")
_PUBLIC_BUCKET = re.compile(r"public|avatar|asset|logo|banner|thumb|cover", re.IGNORECASE)
_ACCOUNT = re.compile(
    r"auth\.(?:role|uid)\(\) (?:= 'authenticated'(?:::text)?|IS NOT NULL)", re.IGNORECASE
)
_BUCKET = re.compile(r"bucket_id = '([^']+)'")
_VERBS = {"SELECT": "read", "INSERT": "insert", "UPDATE": "change", "DELETE": "delete",
          "ALL": "read, insert, change and delete"}  # fmt: skip
_FILE_VERBS = {"SELECT": "reads", "INSERT": "uploads into", "UPDATE": "overwrites (update)",
               "DELETE": "deletes", "ALL": "reads, uploads, overwrites and deletes"}  # fmt: skip
_COMMANDS = ("SELECT", "INSERT", "UPDATE", "DELETE")


def text_findings(access: Access, table: Table, policies: list[Policy]) -> Iterator[Finding]:
    """What the policies of one table give away, as their text tells."""
    if table.name == OBJECTS:
        yield from _files(policies)
        return
    yield from _shown_to_all(access, table, policies)
    yield from _shares(access, table, policies)
    yield from _money(access, table, policies)
    yield from _plan_of_group(access, table, policies)
    yield from _roster(access, table, policies)
    yield from _no_policy_for(table, policies)


def for_whom(policy: Policy) -> str:
    """Whom a policy lets in without asking whose the row is; "" where it asks."""
    held = policy.check if policy.command == "INSERT" else policy.using
    if not policy.permissive or not _STRANGERS & {*policy.roles}:
        return ""
    if held == "true":
        signed = {*policy.roles} & _STRANGERS == {"authenticated"}
        return "everybody who is signed in" if signed else "everybody, signed in or not,"
    return "everybody who is signed in" if SIGNED_IN.fullmatch(held) else ""


def changed_by_all(table: Table, policies: list[Policy]) -> Finding | None:
    """That a policy lets others change or delete every row, where it asks nothing; None if none."""
    for policy in policies:
        whom = for_whom(policy)
        if whom and policy.command in {"ALL", "UPDATE", "DELETE"}:
            may = "may " if whom.startswith("everybody who") else "can "
            says = f"{whom} {may}{_VERBS[policy.command]} every row of {table.name}"
            return _finding(table, policy, f"{says}: ask whose the row is", "harm")
    return None


def _shown_to_all(access: Access, table: Table, policies: list[Policy]) -> Iterator[Finding]:
    """Tables that all may read, though a column or the table that they belong to is not for all."""
    for policy in policies:
        whom = for_whom(policy)
        if not whom or policy.command not in {"SELECT", "ALL"}:
            continue
        names = [c.name for c in table.columns]
        secret = tuple(n for n in names if _SECRET.search(n))
        personal = tuple(n for n in names if _PERSONAL.search(n))
        said = f"{whom} reads every row of {table.name}"
        parent = _narrower(access, table)
        others = tuple(p.name for p in policies if p.command == "SELECT" and p.permissive
                       and not for_whom(p))  # fmt: skip
        joined = f"; policies are joined by OR, so {listed(others)} takes nothing away"
        if secret or personal:
            yield _finding(table, policy, f"{said}, with {listed((*secret, *personal))}"
                           f"{joined if others else ''}", "harm" if secret else "risk")  # fmt: skip
        elif parent:
            yield _finding(table, policy, f"{said}, while {parent}, which a row belongs to, shows "
                           "each person only their own: ask for the row's "
                           f"{parent}, unless all may see it", "harm")  # fmt: skip
        elif others:
            yield _finding(table, policy, f"{said}{joined}: drop one of the two", "harm")


def _narrower(access: Access, table: Table) -> str:
    """A table that this one's rows belong to, and whose own rows are not for all."""
    for key in access.schema.foreign_keys:
        parent = access.schema.by_name.get(key.references)
        if key.table != table.name or parent is None or not parent.row_security:
            continue
        reads = [p for p in access.schema.policies
                 if p.table == parent.name and p.command in {"SELECT", "ALL"}]  # fmt: skip
        if reads and not any(map(for_whom, reads)) and parent.name not in access.people:
            return parent.name
    return ""


def _shares(access: Access, table: Table, policies: list[Policy]) -> Iterator[Finding]:
    """Rows that open another table's rows, made by whoever likes."""
    opened = {p.table for p in access.schema.policies for x in lookups(p) if x.table == table.name}
    if any(m.table == table.name for m in access.memberships):
        return  # they are attacked as members are
    for policy in (p for p in policies if p.permissive and p.command in {"INSERT", "ALL"}):
        held = policy.check or policy.using
        for key in access.schema.foreign_keys:
            parent = key.references
            if key.table != table.name or parent not in opened or parent == table.name:
                continue
            if not any(mentions(held, c) for c in key.columns):
                yield _finding(
                    table, policy, f"whoever inserts a row of {table.name} is shown the row of "
                    f"{parent} that it names, and {key.columns[0]} is not asked: anybody adds "
                    f"themselves to any {parent}. Ask that the one who inserts owns that row",
                    "harm",
                )  # fmt: skip


def _money(access: Access, table: Table, policies: list[Policy]) -> Iterator[Finding]:
    """Sums and states of payment that whoever inserts the row chooses."""
    made = [p for p in policies if p.permissive and p.command in {"INSERT", "ALL"}
            and _STRANGERS & {*p.roles}]  # fmt: skip
    columns = tuple(c.name for c in table.columns if _MONEY.match(c.name) and not c.computed)
    if (
        made
        and columns
        and _SOLD.search(table.name)
        and access.user_of(table)
        and table.name not in access.people
    ):
        held = " ".join(p.check or p.using for p in made)
        free = tuple(c for c in columns if not mentions(held, c))
        status = tuple(c.name for c in table.columns if c.name == "status" and "paid" not in held)
        if free:
            yield _finding(
                table, made[0], f"whoever inserts a row of {table.name} chooses its "
                f"{listed((*free, *status))}: right where that is theirs to say; a price or a "
                "payment is set by the server", "risk",
            )  # fmt: skip


def _plan_of_group(access: Access, table: Table, policies: list[Policy]) -> Iterator[Finding]:
    """What a group pays for, changed by any of its members."""
    if not any(m.groups == table.name and not m.owned for m in access.memberships):
        return
    columns = tuple(c.name for c in table.columns if is_worth(c.name))
    for policy in policies:
        changes = policy.permissive and policy.command in {"UPDATE", "ALL"}
        asks = any(x.extra for x in lookups(policy)) or "(" in policy.using.replace(
            "auth.uid()", ""
        )
        if changes and columns and any(x.user and not x.extra for x in lookups(policy)) and asks:
            yield _finding(
                table, policy, f"any member sets {listed(columns)} of {table.name}: keep these "
                "to the server (REVOKE UPDATE, then GRANT UPDATE of the other columns)", "harm",
            )  # fmt: skip


def _roster(access: Access, table: Table, policies: list[Policy]) -> Iterator[Finding]:
    """A table in which to stand is to have power, and into which people put themselves."""
    user = access.user_of(table)
    if not user or not is_roster(access, table):
        return
    for policy in policies:
        held = policy.check or policy.using
        alone = not lookups(policy) and not calls(held)
        if policy.permissive and policy.command in {"INSERT", "ALL"} and alone:
            says = f"whoever inserts their own row stands in {table.name}"
            how = "let the server, or those who stand there, add people"
            yield _finding(table, policy, f"{says}: {how}", "harm")


def _no_policy_for(table: Table, policies: list[Policy]) -> Iterator[Finding]:
    """Commands that find no row, and say nothing."""
    if not policies:
        return
    missing = missing_commands(policies)
    if missing:
        silent = tuple(c for c in missing if c != "INSERT")
        ends = f"{listed(silent)} ends with 0 rows and no error" if silent else ""
        refused = "INSERT is refused (42501)" if "INSERT" in missing else ""
        yield Finding(
            rule=RULE_ID,
            where=f"{table.name}, no policy",
            says=f"{table.name} has no policy for {listed(missing)}: through the API "
            f"{', '.join(filter(None, (ends, refused)))}",
            severity="note",
            evidence=(POLICY,),
        )


def missing_commands(policies: list[Policy]) -> tuple[str, ...]:
    """The commands that no permissive policy lets through."""
    commands = {p.command for p in policies if p.permissive}
    return () if "ALL" in commands else tuple(c for c in _COMMANDS if c not in commands)


def _files(policies: list[Policy]) -> Iterator[Finding]:
    """Buckets whose files are everybody's."""
    for policy in policies:
        held = policy.check if policy.command == "INSERT" else policy.using
        bucket = _BUCKET.search(held)
        rest = _ACCOUNT.sub("", held)
        if not policy.permissive or not _STRANGERS & {*policy.roles} or asks_who(rest):
            continue
        if "SELECT" in rest.upper() or re.search(r"\bowner(?:_id)?\b", rest):
            continue
        name = f"bucket {bucket[1]}" if bucket else "every bucket"
        if policy.command == "SELECT" and bucket and _PUBLIC_BUCKET.search(bucket[1]):
            continue
        signed = "authenticated" in policy.roles or rest != held
        whom = "everybody who is signed in" if signed else "everybody, signed in or not,"
        yield Finding(
            rule=RULE_ID,
            where=f"{OBJECTS}, policy {policy.name}",
            says=f"{whom} {_FILE_VERBS[policy.command]} any file of {name}: the policy asks for "
            "the bucket and not for the folder. Put files under a folder of the owner's id and add "
            "(storage.foldername(name))[1] = (SELECT auth.uid())::text, or the id of a row that "
            "is theirs",
            severity="harm",
            evidence=(STORAGE,),
        )


def _finding(table: Table, policy: Policy, says: str, severity: str) -> Finding:
    return Finding(
        rule=RULE_ID,
        where=f"{table.name}, policy {policy.name}",
        says=says,
        severity="harm" if severity == "harm" else "risk",
        evidence=(POLICY,),
    )
