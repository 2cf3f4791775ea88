"""Row security policies with other words: how they are tried, on the twin and on a copy."""

import re
from collections import Counter
from collections.abc import Iterator

from blueproof.core.advice import Recommendation
from blueproof.core.scene import Excerpt
from blueproof.sql.identity import SUPABASE_SETTING, identity
from blueproof.sql.names import quote, quote_table
from blueproof.sql.schema import Policy, Schema, Table
from blueproof.sql.statements import read_script

_ALTERED = re.compile(r"ALTER (?P<rest>POLICY .+)", re.DOTALL)
_PUBLIC = "public"
_SOMEBODY = {"uuid": "00000000-0000-0000-0000-000000000001"}


def policies_in(file: Excerpt) -> Iterator[str]:
    """What a migration makes of policies, as a copy knows them: "POLICY own ON t USING (x)"."""
    for statement in read_script(file.text, path=file.path).statements:
        found = _ALTERED.fullmatch(statement.text.rstrip("; \n"))
        if found:
            yield found["rest"]


def is_policy(advice: Recommendation) -> bool:
    """Whether the advice is to change policies."""
    return advice.slot.startswith("policies of ")


def as_bound(schema: Schema, table: Table) -> Excerpt:
    """DDL after which the twin plans a table's queries as for somebody whom its policies bind.

    They are taken to bind the role that most of them name; who it is, is made up.
    """
    policies = [p for p in schema.policies if p.table == table.name]
    named = Counter(role for p in policies for role in p.roles if role != _PUBLIC)
    role = max(named, key=lambda each: (named[each], each), default="")
    whole = quote_table(table.name)
    lines = [f"ALTER TABLE {whole} FORCE ROW LEVEL SECURITY;"]
    lines += [
        f"ALTER POLICY {quote(p.name)} ON {whole} TO PUBLIC;" for p in policies if role in p.roles
    ]
    return Excerpt(text="\n".join((*lines, *_somebody(policies, table))))


def _somebody(policies: list[Policy], table: Table) -> Iterator[str]:
    """The settings without which the planner could not even estimate the policies."""
    found = {each for p in policies if (each := identity(p, table))}
    for setting, column in sorted(found):
        if setting != SUPABASE_SETTING:
            value = _SOMEBODY.get(table.by_name[column].type, "1")
            yield f"SELECT set_config('{setting}', '{value}', true);"


def compared(policy: Policy, new: Policy, table: Table) -> tuple[str, str] | None:
    """Queries of the rows that a policy lets be read before and after; $1 is the identity.

    None where nothing tells how the policy learns who it is.
    """
    found = identity(policy, table)
    if found is None or not policy.using or policy.using == new.using:
        return None
    setting, column = found
    held = f"{quote_table(table.name)}.{quote(column)}::text"
    # Told first: only then are the table's rows read, whatever way the planner takes. Of a CASE it
    # estimates nothing, so that it does not ask who it is before that.
    told = f"set_config('{setting}', $1, true)"
    if setting == SUPABASE_SETTING:
        told += ", set_config('request.jwt.claims', json_build_object('sub', $1)::text, true)"
    query = (
        f"SELECT s.* FROM (SELECT {told}) AS who (told) CROSS JOIN LATERAL (\n"
        f"  SELECT * FROM {quote_table(table.name)}\n"
        f"  WHERE who.told IS NOT NULL AND ({held} = $1 OR true)\n"
        "  AND CASE WHEN {} THEN true END\n  OFFSET 0) AS s"
    )
    return query.replace("{}", policy.using), query.replace("{}", new.using)
