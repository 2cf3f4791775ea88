"""Whom a row security policy asks about: a session setting, and the column it is held against."""

import re

from blueproof.sql.names import quote
from blueproof.sql.schema import Policy, Table

# ((current_setting('app.user_id'::text))::bigint = user_id), in either order, casts and all
_SETTING = r"current_setting\('(?P<setting>[\w.]+)'(?:::text)?(?:, (?:true|false))?\)"
_CAST = r"[\s)]*(?:::[\w ]+?)?[\s)]*"
_SUPABASE = r"(?P<uid>auth\.uid\(\))"
_IDENTITY = (
    rf"[(\s]*(?:SELECT )?\(*(?:NULLIF\(\(?)?(?:{_SETTING}|{_SUPABASE})(?:, ''::text\))?(?: AS \w+)?"
)
_SIDES = (
    re.compile(rf"(?<![\w.])(?P<column>\w+){_CAST}=\s*{_IDENTITY}"),
    re.compile(rf"{_IDENTITY}{_CAST}=\s*\(*(?P<column>\w+)(?!\.)\b"),
)
SUPABASE_SETTING = "request.jwt.claim.sub"


def identity(policy: Policy, table: Table) -> tuple[str, str] | None:
    """The session setting that carries the identity, and the table's column it is held against."""
    for condition in (policy.using, policy.check):
        for side in _SIDES:
            found = side.search(condition)
            if found and found["column"] in table.by_name:
                return found["setting"] or SUPABASE_SETTING, found["column"]
    return None


def columns_held(policy: Policy, table: Table) -> tuple[str, ...]:
    """Every column of the table that a policy holds against who asks: patient_id, therapist_id."""
    found = (
        match["column"]
        for condition in (policy.using, policy.check)
        for side in _SIDES
        for match in side.finditer(condition)
    )
    return tuple(dict.fromkeys(c for c in found if c in table.by_name))


# published, or status = 'published', as PostgreSQL prints conditions.
_FLAG = re.compile(
    r"(?<![\w.'])(?P<flag>(?:is_)?(?:public|published|publicly_visible|listed))\b(?!')"
)
_STATE = re.compile(r"\(?(?P<state>\w+)\)?(?:::text)? = '(?P<value>public|published)'(?:::\w+)?")


def public_marks(policies: tuple[Policy, ...], table: Table) -> tuple[str, ...]:
    """Conditions by which policies for reading tell rows that are meant for everybody.

    A flag or a state that is called public or published; nothing else is taken for one.
    """
    found = []
    for policy in policies:
        if policy.table != table.name or policy.command not in {"SELECT", "ALL"}:
            continue
        for match in _FLAG.finditer(policy.using):
            column = table.by_name.get(match["flag"])
            if column and column.type == "boolean":
                found.append(quote(column.name))
        found += [
            f"{quote(match['state'])}::text = '{match['value']}'"
            for match in _STATE.finditer(policy.using)
            if match["state"] in table.by_name
        ]
    return tuple(dict.fromkeys(found))


_JSON_KEY = re.compile(r"\)+::jsonb?\)* ->>? '(?P<key>\w+)'")


def json_keys(policies: tuple[Policy, ...], setting: str) -> tuple[str, ...]:
    """The keys that policies take out of a setting that holds JSON, as PostgREST's claims do."""
    named = re.compile(rf"current_setting\('{re.escape(setting)}'(?:::text)?(?:, (?:true|false))?")
    found = (
        _JSON_KEY.match(text, match.end())
        for p in policies
        for text in (p.using, p.check)
        for match in named.finditer(text)
    )
    return tuple(dict.fromkeys(m["key"] for m in found if m))
