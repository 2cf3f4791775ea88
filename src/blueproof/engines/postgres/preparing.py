"""What must be there before a person's DDL runs: extensions, their stand-ins, their schemas.

Only an administrator can make an extension. Once SQL of the person's has run, an administrator's
statement could be led to run the person's code with all power, so everything that needs one is
made first, from a look through the script.
"""

import re
from dataclasses import dataclass

from blueproof.engines.postgres.extensions import GET, MAY_BE_MADE
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.session import Session
from blueproof.engines.postgres.standins import (
    STAND_INS,
    SUPABASE_AUTH,
    SUPABASE_ROLES,
    SUPABASE_STORAGE,
)
from blueproof.sql.names import quote
from blueproof.sql.statements import Statement

_BUILT_IN = "plpgsql"
# What advice may ask for: it is there before the script, since afterwards it cannot be made. The
# person's own statement goes first, and decides in which schema it lies.
_ADVISED = ("pg_trgm",)
_DROPS_PUBLIC = re.compile(
    r'\bdrop\s+schema\s+(?:if\s+exists\s+)?"?public\b', re.IGNORECASE
)  # which an extension in it would prevent
_AVAILABLE = """
SELECT name::text FROM pg_catalog.pg_available_extensions() WHERE name = ANY ($1::text[])"""
_HAS_AUTH = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'auth'"
_EXTENSION = re.compile(
    r'EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:"(?P<quoted>[^"]+)"|(?P<name>\w+))'
    r'(?:\s+WITH)?(?:\s+SCHEMA\s+(?:"(?P<schema>[^"]+)"|(?P<bare>\w+)))?',
    re.IGNORECASE,
)
_OWN_AUTH = re.compile(
    r'\bcreate\s+(?:or\s+replace\s+)?(?:table|function)\s+(?:if\s+not\s+exists\s+)?"?auth"?\s*\.',
    re.IGNORECASE,
)
_OWN_STORAGE = re.compile(
    r'\bcreate\s+schema\s+(?:if\s+not\s+exists\s+)?"?storage\b', re.IGNORECASE
)
_ROLE = "DO $$ BEGIN CREATE ROLE {} NOLOGIN; EXCEPTION WHEN duplicate_object THEN END $$"
_USES_STORAGE = re.compile(r'\bon\s+"?storage"?\."?(?:objects|buckets)\b', re.IGNORECASE)
_HAS_STORAGE = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'storage'"
_USES_AUTH = re.compile(r'\b"?auth"?\."?(?:users|uid|role|jwt)\b', re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What was made before the script: schemas, and by statement (its ordinal) why it differs.

    `first` is what to say of the whole script.
    """

    schemas: frozenset[str]
    extensions: dict[int, str]
    first: tuple[tuple[str, str], ...] = ()


def prepare(
    text: str, statements: tuple[Statement, ...], guest: Session, admin: Session
) -> Prepared:
    """Make the extensions that the script asks for, or stand-ins; run before any of it."""
    schemas: set[str] = set()
    said: dict[int, str] = {}
    here = {name for (name,) in admin.run_one(_AVAILABLE, (sorted(MAY_BE_MADE),))}
    for statement in statements:
        if statement.words[:2] == ("CREATE", "EXTENSION"):
            said[statement.ordinal] = _extension(statement, here, schemas, guest, admin)
    advised = () if _DROPS_PUBLIC.search(text) else here.intersection(_ADVISED)
    for name in advised:
        admin.run_one(f"CREATE EXTENSION IF NOT EXISTS {quote(name)} SCHEMA public")
    first: list[tuple[str, str]] = []
    there = bool(admin.run_one(_HAS_AUTH))  # where an earlier script made it
    if _USES_AUTH.search(text):
        for role in SUPABASE_ROLES:
            admin.run(_ROLE.format(role))
    if _USES_AUTH.search(text) and not _OWN_AUTH.search(text) and not there:
        guest.run(SUPABASE_AUTH.sql)
        schemas.add("auth")
        first.append(("schema auth", SUPABASE_AUTH.differs))
    stored = _USES_STORAGE.search(text) and not _OWN_STORAGE.search(text)
    if stored and not admin.run_one(_HAS_STORAGE):
        guest.run(SUPABASE_STORAGE.sql)
        schemas.add("storage")
        first.append(("schema storage", SUPABASE_STORAGE.differs))
    return Prepared(schemas=frozenset(schemas), extensions=said, first=tuple(first))


def _extension(
    statement: Statement, here: set[str], schemas: set[str], guest: Session, admin: Session
) -> str:
    """Make one extension in its schema; returns how it differs from the real one, or ""."""
    found = _EXTENSION.search(statement.text)
    name = (found["quoted"] or found["name"].lower()) if found else ""
    if name == _BUILT_IN:
        return ""
    if name not in here and name not in STAND_INS:
        return f"extension {name} is not here{_to_get(name)}; what needs it is left out below"
    assert found is not None, "it gave the name"
    schema = found["schema"] or (found["bare"] or "public").lower()
    try:
        _make_schema(schema, schemas, guest)
        if name in here:
            admin.run_one(f"CREATE EXTENSION IF NOT EXISTS {quote(name)} SCHEMA {quote(schema)}"
                          " CASCADE")  # fmt: skip
        else:
            guest.run(STAND_INS[name].in_schema(quote(schema)))
    except ServerRefusal as refusal:
        if (
            not refusal.message.endswith("already exists")
            and "same argument" not in refusal.message
        ):
            return refusal.message
    if name in here:
        return ""
    return f"extension {name} is not here{_to_get(name)}: {STAND_INS[name].differs}"


def _to_get(name: str) -> str:
    """How an extension that may be made comes to be here, in parentheses."""
    return f" ({GET} brings it)" if name in MAY_BE_MADE else ""


def _make_schema(schema: str, schemas: set[str], guest: Session) -> None:
    if schema not in {"public", "pg_catalog"} and schema not in schemas:
        guest.run_one(f"CREATE SCHEMA {quote(schema)}")
        schemas.add(schema)
