"""Whom a row security policy asks about: a session setting, and the column it is held against."""

import re

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
