"""Which table a statement of DDL is about, named as the schema names it."""

from itertools import dropwhile

from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.session import Session
from blueproof.sql.lexer import Token, tokens
from blueproof.sql.names import quote
from blueproof.sql.statements import Statement

# The word that a table's name follows, by the first words of statements that matter to a plan or
# to row security.
_TABLE_AFTER: dict[tuple[str, ...], str] = {
    **dict.fromkeys([("ALTER", "TABLE"), ("CREATE", "TABLE"), ("CREATE", "UNLOGGED")], "TABLE"),
    **dict.fromkeys([("CREATE", "INDEX"), ("CREATE", "UNIQUE")], "ON"),
    **dict.fromkeys([(verb, "POLICY") for verb in ("CREATE", "ALTER", "DROP")], "ON"),
}
_BEFORE_NAMES = frozenset({"IF", "NOT", "EXISTS", "ONLY"})
# Where a name without a schema leads: to the table it finds, else to where it would be made.
_HOME = """
SELECT COALESCE(
  (SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n
   ON n.oid = c.relnamespace WHERE c.oid = pg_catalog.to_regclass($1)),
  pg_catalog.current_schema())::text"""


def tables_of(statement: Statement, guest: Session) -> tuple[str, ...]:
    """The table that a statement is about, named as the schema names it; () if none matters."""
    after = _TABLE_AFTER.get(statement.words[:2])
    name = _name_after(after, statement.text) if after else ()
    if len(name) == 1:
        name = (*_home(name[0], guest), *name)
    return (".".join(name).removeprefix("public."),) if name else ()


def _home(table: str, guest: Session) -> tuple[str, ...]:
    """The schema that a bare name leads to; () where the search path has none."""
    try:
        ((schema,),) = guest.run_one(_HOME, (quote(table),))
    except ServerRefusal:  # the person's own operators may stand in for those of the query
        return ()
    return (schema,) if schema else ()


def _plain(token: Token) -> str:
    """The name that a token writes, as the catalog holds it."""
    if token.kind == "name":
        return token.text.lower()
    return token.text[1:-1].replace('""', '"')


def _name_after(word: str, sql: str) -> tuple[str, ...]:
    """The parts of the name that follows a word, IF NOT EXISTS and ONLY passed over.

    Reads no further: what follows may be strings that only this script's settings can end.
    """
    found = (t for t in tokens(sql) if t.kind not in {"space", "comment"})
    rest = dropwhile(lambda t: t.text.upper() != word, found)
    next(rest, None)
    rest = dropwhile(lambda t: t.text.upper() in _BEFORE_NAMES, rest)
    parts: list[str] = []
    for token in rest:
        if token.kind not in {"name", "quoted_name"}:
            break
        parts.append(_plain(token))
        dot = next(rest, None)
        if dot is None or dot.text != ".":
            break
    return tuple(parts)
