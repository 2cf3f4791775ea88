"""What a policy's conditions say: what they read, call and mention, and whose rows they give."""

import re
from dataclasses import replace

from blueproof.sql.access.groups import Membership
from blueproof.sql.access.lookups import asks_who, lookups
from blueproof.sql.identity import identity
from blueproof.sql.names import quote
from blueproof.sql.schema import Column, Policy, Schema, Table

# Conditions that ask for an account, and for nobody in particular.
SIGNED_IN = re.compile(
    r"\(*(?:auth\.role\(\) = 'authenticated'(?:::text)?|auth\.uid\(\) IS NOT NULL|"
    r"\(*\s*SELECT auth\.(?:uid|role)\(\)(?: AS \w+)?\)+ "
    r"(?:IS NOT NULL|= 'authenticated'(?:::text)?))\)*"
)


def is_circular(schema: Schema, start: str, to: str) -> bool:
    """Whether the policies of one table read another whose policies lead back to the first."""
    reads: dict[str, set[str]] = {}
    guarded = {t.name for t in schema.tables if t.row_security}
    for policy in schema.policies:
        if policy.table in guarded:
            reads.setdefault(policy.table, set()).update(x.table for x in lookups(policy))
    seen, waiting = set[str](), [to]
    while waiting:
        at = waiting.pop()
        if at == start:
            return True
        if at not in seen:
            seen.add(at)
            waiting += reads.get(at, ())
    return False


def is_own(policy: Policy, table: Table, member: Membership) -> bool:
    """Whether a policy lets members have their own rows, and asks nothing else."""
    whose = identity(replace(policy, check=""), table)
    plain = policy.check in {"", "true", policy.using}
    return plain and whose is not None and whose[1] == member.user and not lookups(policy)


def mentions(text: str, column: str) -> bool:
    """Whether a condition names a column."""
    return bool(re.search(rf"\b{re.escape(column)}\b", text))


def calls(text: str) -> bool:
    """Whether a function decides, besides those that tell who asks."""
    plain = re.sub(
        r"auth\.(?:uid|jwt|role)\(\)|(?:current_setting|nullif)\(", "", text, flags=re.IGNORECASE
    )
    return bool(re.search(r"\w\(", plain))


def as_made(column: Column) -> str:
    """The condition that a new row holds there what it holds where nothing is said."""
    if column.default and not asks_who(column.default):
        return f"{quote(column.name)} IS NOT DISTINCT FROM {column.default}"
    return f"{quote(column.name)} IS NULL"


def same(one: Membership, other: Membership) -> bool:
    """Whether two memberships are the same, whatever their groups are called."""
    return (one.table, one.user, one.group) == (other.table, other.user, other.group)


def alike(one: Membership, other: Membership) -> bool:
    """Whether two memberships are of the same groups."""
    return same(one, other) or (bool(one.groups) and one.groups == other.groups)


def any_account(policy: Policy) -> Policy:
    """The policy with TRUE in place of conditions that ask for an account alone."""
    using, check = (
        "true" if SIGNED_IN.fullmatch(text) else text for text in (policy.using, policy.check)
    )
    if (using, check) == (policy.using, policy.check):
        return policy
    return replace(policy, using=using, check=check, roles=("authenticated",))
