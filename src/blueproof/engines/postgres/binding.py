"""As whom queries of tables with row security are run on a copy: somebody whom policies bind.

The role that makes a copy is mostly above them (its owner, or a superuser), and so would see more
rows, and pay less for each, than the people do for whom the queries are run.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.engines.postgres import catalog
from blueproof.engines.postgres.putting import literal
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.session import Row, Session
from blueproof.sql.identity import SUPABASE_SETTING, identity
from blueproof.sql.names import quote, quote_table
from blueproof.sql.schema import Policy, Schema, Table

_PUBLIC = "public"
_CLAIMS = "request.jwt.claims"
_SAMPLE = 10_000  # rows among which the commonest identity is taken
# Roles that the session may become and that policies bind, with how many of the tables each reads.
_ROLES = """
SELECT r.rolname::text, count(*)::int FROM pg_catalog.pg_roles r
CROSS JOIN pg_catalog.unnest($1::pg_catalog.text[]) t
JOIN pg_catalog.pg_class c ON c.oid = t::pg_catalog.regclass
WHERE NOT r.rolsuper AND NOT r.rolbypassrls AND r.rolname !~ '^pg_'
AND pg_catalog.pg_has_role(r.oid, 'MEMBER')
AND NOT pg_catalog.pg_has_role(r.oid, c.relowner, 'USAGE')
AND pg_catalog.has_table_privilege(r.oid, c.oid, 'SELECT')
GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, kw_only=True)
class Bound:
    """A role that policies of these tables bind, and SQL by which they know who it is.

    `tables` are named as in `Schema`; `role` is "" where the session is bound as it is. What
    `told` sets holds until the transaction ends.
    """

    tables: frozenset[str]
    role: str
    told: str

    @property
    def become(self) -> str:
        """The statement after which a transaction is that role."""
        return f"SET LOCAL ROLE {quote(self.role)}"


def read_bound(session: Session) -> Bound | None:
    """Whom the policies bind that queries have to pass; None where there are none, or nobody is."""
    schema = catalog.read_schema(session)
    guarded = {t.name: t for t in schema.tables if t.row_security and _opened(schema, t)}
    if not guarded:
        return None
    names = [quote_table(name) for name in guarded]
    role = "" if _is_bound(session, names) else _role(session, schema, names)
    if role is None:
        return None
    policies = [p for p in schema.policies if p.table in guarded]
    told = "; ".join(_identities(session, policies, guarded, role))
    return Bound(tables=frozenset(guarded), role=role, told=told)


def _opened(schema: Schema, table: Table) -> bool:
    """Whether some policy lets rows be read: without one nobody but the owner asks the table."""
    return any(
        p.table == table.name and p.permissive and p.command in {"ALL", "SELECT"}
        for p in schema.policies
    )


def _is_bound(session: Session, names: list[str]) -> bool:
    active = "SELECT pg_catalog.bool_and(pg_catalog.row_security_active(t)) FROM pg_catalog.unnest"
    return bool(session.run_one(f"{active}($1::pg_catalog.text[]) t", (names,))[0][0])


def _role(session: Session, schema: Schema, names: list[str]) -> str | None:
    """The role that most policies name among those that read most of the tables."""
    named = Counter(role for policy in schema.policies for role in policy.roles)
    found = [
        (named[role], reads, role)
        for role, reads in session.run_one(_ROLES, (names,))
        if named[role] or named[_PUBLIC]
    ]
    return max(found, key=lambda each: each[:2])[2] if found else None


def _identities(
    session: Session, policies: list[Policy], tables: dict[str, Table], role: str
) -> Iterator[str]:
    """Statements that make the settings by which policies know who it is, each to one with rows."""
    made: set[str] = set()
    for policy in policies:
        found = identity(policy, tables[policy.table])
        if found is None or found[0] in made:
            continue
        setting, column = found
        value = _commonest(session, policy.table, column)
        if value is None:
            continue
        made.add(setting)
        yield _set(setting, value)
        if setting == SUPABASE_SETTING:
            yield _set(_CLAIMS, json.dumps({"sub": value, "role": role or "authenticated"}))


def _commonest(session: Session, table: str, column: str) -> str | None:
    """The value that most of the first rows hold, as text; None where none is to be seen."""
    name, whole = quote(column), quote_table(table)
    asked = (
        f"SELECT {name}::text FROM (SELECT {name} FROM {whole} "
        f"WHERE {name} IS NOT NULL LIMIT {_SAMPLE}) s GROUP BY {name} "
        "ORDER BY count(*) DESC, 1 LIMIT 1"
    )
    # An owner who is bound, too, sees the rows while it is not.
    found = _tried(session, asked, f"ALTER TABLE {whole} NO FORCE ROW LEVEL SECURITY")
    found = found or _tried(session, asked)
    return found[0][0] if found else None


def _set(setting: str, value: str) -> str:
    return f"SELECT pg_catalog.set_config({literal(setting)}, {literal(value)}, true)"


def passes(session: Session, bound: Bound, explained: str) -> bool:
    """Whether the role may run what is explained; it may lack a right on another table."""
    return _tried(session, explained, bound.become) is not None


def _tried(session: Session, sql: str, first: str = "") -> list[Row] | None:
    """The rows of a statement, or None where it is refused; the transaction goes on as it was."""
    session.run("SAVEPOINT bound")
    try:
        if first:
            session.run(first)
        return session.run_one(sql)
    except ServerRefusal:
        return None
    finally:
        session.run("ROLLBACK TO bound; RELEASE bound")
