"""Columns of a person's row that decide what the person may: a role, a flag, a tenant."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.sql.access.groups import Access
from blueproof.sql.access.lookups import asks_who, lookups
from blueproof.sql.schema import Column, Table

_NAMED = re.compile(
    r"^(?:(?:user|member|staff|crew|team|org)_?)?roles?$|^is_?(?:admin|staff|owner|moderator|super"
    r"_?user|super_?admin|manager)$|^admin$|^permissions?$|^privileges?$|^access_?level$"
)
# Columns of a person's own row that only the server should set: what was paid for or granted.
_WORTH = re.compile(
    r"^(?:is_?)?(?:(?:email|phone|id|account|identity)_?)?verified(?:_at)?$|^is_?(?:pro|premium|paid|"
    r"subscribed|approved|active_?subscriber|featured|banned|blocked|suspended)$|^(?:pro|premium|"
    r"approved|banned|suspended)(?:_until|_at)?$|^(?:\w+_)?(?:credits?|balance(?:_cents)?|tokens_left|"
    r"quota)$|^(?:subscription|billing|account|user)?_?(?:plan|tier)(?:_id)?$|^subscription(?:_status|"
    r"_ends_at|_until)?$|^trial_ends?(?:_at)?$|^(?:commission|fee|discount)(?:_rate|_percent)?$|"
    r"^stripe_\w+$|^(?:max|monthly)_\w+_?(?:limit|quota)?$|^is_?\w*(?:admin|moderator|staff)\w*$"
)
_ROSTER = re.compile(r"(?:admin|staff|moderator|superuser|operator)s?(?:_users?|_roles?)?$")
# What people call who may do more than the others, the one with the most power first.
LEADERS = (
    *("owner", "admin", "administrator", "superadmin", "captain", "manager", "leader"),
    *("lead", "head", "director", "chair", "coach", "principal", "moderator", "organizer"),
    *("organiser", "host", "supervisor", "editor", "teacher", "doctor", "vet", "staff"),
)
_LITERAL = re.compile(r"'((?:[^']|'')*)'")
_FLAG = "boolean"
_MAKES = re.compile(
    r"\b(?:mak(?:e|es|ing)|promot(?:e|es|ing)|turn(?:s|ing)?|set(?:s|ting)?|declar(?:e|es|ing))\s+"
    r"(?:him|her|them|your|my|one|it)sel(?:f|ves)\s+(?:(?:to|into|as|an?|the)\s+)*(?P<role>[a-z]+)"
    r"|\bbecom(?:e|es|ing)\s+(?:(?:an?|the)\s+)?(?P<what>[a-z]+)",
    re.IGNORECASE,
)


def asked_role(request: str) -> str:
    """The role of which a person asks whether anybody can take it; "" where none is asked of.

    >>> asked_role("can anybody make himself steward??"), asked_role("is it slow?")
    ('steward', '')
    """
    found = _MAKES.search(request)
    return (found["role"] or found["what"]).lower() if found else ""


def leader_in(request: str) -> str:
    """What the person calls somebody with power over others; "" where they name nobody."""
    words = {word.lower().removesuffix("s") for word in re.findall(r"\w+", request)}
    named = next((word for word in LEADERS if word in words), "")
    asked = asked_role(request)
    return asked if asked in LEADERS else named or asked


@dataclass(frozen=True, kw_only=True)
class Privilege:
    """A column that gives power, the values that give it, and one that gives none.

    `asked` is whether a policy or a function asks for it; else its name alone tells.
    """

    column: str
    high: tuple[str, ...]
    low: str
    asked: bool = False


def privileges(access: Access, table: Table) -> tuple[Privilege, ...]:
    """The columns of a table by which a person has power, as policies and names tell."""
    user = access.user_of(table)
    if not user:
        return ()
    found = []
    for column in table.columns:
        fixed = column.computed or column.name in {user, *(k for k in _keys(access, table))}
        asked = tuple(_asked(access, table, column))
        if not fixed and (asked or _NAMED.match(column.name)):
            found.append(_privilege(column, asked))
    return tuple(found)


def _keys(access: Access, table: Table) -> Iterator[str]:
    yield from (c for k in access.schema.foreign_keys if k.table == table.name for c in k.columns)


def is_worth(name: str) -> bool:
    """Whether a column of this name holds what was paid for or granted.

    >>> is_worth("credits"), is_worth("plan"), is_worth("planned_at"), is_worth("display_name")
    (True, True, False, False)
    """
    return bool(_WORTH.match(name))


def worths(access: Access, table: Table) -> tuple[Privilege, ...]:
    """The columns of a person's own row that only the server should set: credits, plan, verified.

    They give no power over others, so they are none of `privileges`.
    """
    user = access.user_of(table)
    if not user or not (table.is_key((user,)) or table.name in access.people):
        return ()
    known = {user, *_keys(access, table), *(p.column for p in privileges(access, table))}
    return tuple(
        _worth(c) for c in table.columns
        if c.name not in known and not c.computed and _WORTH.match(c.name) and _more(c)
    )  # fmt: skip


def _worth(column: Column) -> Privilege:
    low = column.default.partition("::")[0].strip("'") if column.default else ""
    return Privilege(column=column.name, high=(_more(column),), low=low)


def _more(column: Column) -> str:
    """A value that is worth more than what everybody has from the start; "" where none is known."""
    default = column.default.partition("::")[0].strip("'")
    if column.values:
        return next((v for v in reversed(column.values) if v != default), "")
    kind = column.type.partition("(")[0]
    if kind == _FLAG:
        return "false" if default == "true" else "true"
    if kind in {"smallint", "integer", "bigint", "numeric", "real", "double precision"}:
        return "9" if default != "9" else "8"
    if kind in {"date", "timestamp with time zone", "timestamp without time zone"}:
        return "2099-01-01"
    return "pro" if kind in {"text", "character varying"} else ""


def tenants(access: Access, table: Table) -> tuple[str, ...]:
    """The columns of a person's row that say where the person belongs, as profiles.tenant_id.

    Who changes it is elsewhere at once.
    """
    mine = (m for m in access.memberships if m.table == table.name and not m.owned)
    return tuple(dict.fromkeys(m.group for m in mine))


def is_roster(access: Access, table: Table) -> bool:
    """Whether to stand in the table is to have power: admins (user_id)."""
    bare = table.name.rpartition(".")[2]
    return bool(_ROSTER.search(bare)) and table.is_key((access.user_of(table),))


def _privilege(column: Column, asked: tuple[str, ...]) -> Privilege:
    if column.type == _FLAG:
        return Privilege(column=column.name, high=("true",), low="false", asked=bool(asked))
    literals = tuple(dict.fromkeys(v for text in asked for v in _LITERAL.findall(text)))
    known = column.values
    leading = tuple(v for v in LEADERS if v in known)
    high = tuple(v for v in (*literals, *leading) if not known or v in known)
    default = _LITERAL.match(column.default)
    if not high:
        high = tuple(v for v in known if not default or v != default[1])[-1:] or ("admin",)
    low = default[1] if default and default[1] not in high else ""
    low = low or next((v for v in known if v not in high), "nobody" if not known else known[-1])
    return Privilege(
        column=column.name, high=tuple(dict.fromkeys(high)), low=low, asked=bool(asked)
    )


def _asked(access: Access, table: Table, column: Column) -> Iterator[str]:
    """The conditions on the column in sub-selects on the table, and in functions that read it."""
    word = re.compile(rf"\b{re.escape(column.name)}\b")
    for policy in access.schema.policies:
        for each in lookups(policy):
            if each.table == table.name and each.user:
                yield from (text for text in each.extra if word.search(text))
    bare = re.escape(table.name.rpartition(".")[2])
    compared = re.compile(
        rf"\b{re.escape(column.name)}\b\)?(?:::[\w ]+)?\s*(?:=|in\b)\s*(?:any\b)?[\s(]*(?:array\[)?"
        r"(?:'[^']*'(?:::[\w. ]+)?[,\s]*)+",
        re.IGNORECASE,
    )
    for function in access.schema.functions:
        if asks_who(function.body) and re.search(rf"\b{bare}\b", function.body):
            yield from (m[0] for m in compared.finditer(function.body))
            if column.type == _FLAG and word.search(function.body):
                yield column.name
