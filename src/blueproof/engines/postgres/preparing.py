"""What must be there before a person's DDL runs: extensions, their stand-ins, their schemas.

Only an administrator can make an extension. Once SQL of the person's has run, an administrator's
statement could be led to run the person's code with all power, so everything that needs one is
made first, from a look through the script.
"""

import re
from dataclasses import dataclass

from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.session import Session
from blueproof.engines.postgres.standins import STAND_INS, SUPABASE_AUTH
from blueproof.sql.names import quote
from blueproof.sql.statements import Statement

_BUNDLED = frozenset({"plpgsql", "vector"})
_EXTENSION = re.compile(
    r'EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:"(?P<quoted>[^"]+)"|(?P<name>\w+))'
    r'(?:\s+WITH)?(?:\s+SCHEMA\s+(?:"(?P<schema>[^"]+)"|(?P<bare>\w+)))?',
    re.IGNORECASE,
)
_OWN_AUTH = re.compile(
    r'\bcreate\s+(?:or\s+replace\s+)?(?:table|function)\s+(?:if\s+not\s+exists\s+)?"?auth"?\s*\.',
    re.IGNORECASE,
)
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
    for statement in statements:
        if statement.words[:2] == ("CREATE", "EXTENSION"):
            said[statement.ordinal] = _extension(statement, schemas, guest, admin)
    first: list[tuple[str, str]] = []
    if _USES_AUTH.search(text) and not _OWN_AUTH.search(text):
        guest.run(SUPABASE_AUTH.sql)
        schemas.add("auth")
        first.append(("schema auth", SUPABASE_AUTH.differs))
    return Prepared(schemas=frozenset(schemas), extensions=said, first=tuple(first))


def _extension(statement: Statement, schemas: set[str], guest: Session, admin: Session) -> str:
    """Make one extension in its schema; returns how it differs from the real one, or ""."""
    found = _EXTENSION.search(statement.text)
    name = (found["quoted"] or found["name"].lower()) if found else ""
    if name not in _BUNDLED and name not in STAND_INS:
        return f"extension {name} is not here; what needs it is left out below"
    assert found is not None, "it gave the name"
    schema = found["schema"] or (found["bare"] or "public").lower()
    try:
        if name != "plpgsql":
            _make_schema(schema, schemas, guest)
        if name in STAND_INS:
            guest.run(STAND_INS[name].in_schema(quote(schema)))
        elif name != "plpgsql":
            admin.run_one(f"CREATE EXTENSION IF NOT EXISTS {quote(name)} SCHEMA {quote(schema)}")
    except ServerRefusal as refusal:
        if (
            not refusal.message.endswith("already exists")
            and "same argument" not in refusal.message
        ):
            return refusal.message
    return f"extension {name} is not here: {STAND_INS[name].differs}" if name in STAND_INS else ""


def _make_schema(schema: str, schemas: set[str], guest: Session) -> None:
    if schema not in {"public", "pg_catalog"} and schema not in schemas:
        guest.run_one(f"CREATE SCHEMA {quote(schema)}")
        schemas.add(schema)
