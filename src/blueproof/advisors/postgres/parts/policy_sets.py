"""Policies of a table with their memberships asked as sets: functions, migration and undo."""

from dataclasses import dataclass, replace

from blueproof.advisors.postgres.parts.migration import Migration, plain_files
from blueproof.core.scene import Excerpt
from blueproof.sql.access.membership import AskedSet, is_seen_whole, turned
from blueproof.sql.names import quote, quote_table
from blueproof.sql.row_free import Condition
from blueproof.sql.schema import Policy, Schema, Table

SCHEMA = "private"
_UID, _SIGNED_IN, _PUBLIC = "auth.uid()", "authenticated", ("public",)
_TIMEOUT = "SET lock_timeout = '5s';\nSET statement_timeout = 0;\n\n"


@dataclass(frozen=True, kw_only=True)
class Asking:
    """The policies that change, old and new, and the sets that they ask for.

    `ddl` and `undo_ddl` are the migration without the rights that it grants; in `tried` every
    policy stays for whom it was, so that one role can plan before and after. `columns` are those
    compared with the sets.
    """

    changed: tuple[tuple[Policy, Policy], ...]
    sets: tuple[AskedSet, ...]
    columns: tuple[str, ...]
    migration: Migration
    ddl: Excerpt
    undo_ddl: Excerpt
    tried: Excerpt
    supabase: bool


def turn_policies(schema: Schema, table: Table) -> Asking | None:
    """The table's policies turned round; None where none looks members up for each row.

    None, too, where a function with its owner's rights would tell more than the policy does now.
    """
    changed, sets = list[tuple[Policy, Policy]](), list[AskedSet]()
    for policy in schema.policies:
        if policy.table != table.name:
            continue
        using, one = _turned(policy.using, table, schema)
        held, two = _turned(policy.check, table, schema)
        if one or two:
            sets += [*one, *two]
            changed.append((policy, replace(policy, using=using, check=held)))
    unique = tuple(dict.fromkeys(sets))
    if not unique or not all(is_seen_whole(s, schema) for s in unique):
        return None
    if len({s.name for s in unique}) < len(unique):
        return None  # two sets by one name
    supabase = all(_UID in s.who for s in unique)
    return _asking(schema, table, tuple(changed), unique, supabase=supabase)


def _turned(condition: str, table: Table, schema: Schema) -> tuple[str, tuple[AskedSet, ...]]:
    found = turned(condition, table, schema, f"{SCHEMA}.{{}}()") if condition else None
    if found is None:
        return condition, ()
    once, _ = Condition(text=found.text, stable=schema.stable).asked_once()
    return once, found.sets


def _asking(
    schema: Schema,
    table: Table,
    changed: tuple[tuple[Policy, Policy], ...],
    sets: tuple[AskedSet, ...],
    *,
    supabase: bool,
) -> Asking:
    there = any(f.name.startswith(f"{SCHEMA}.") for f in schema.functions)
    to = _SIGNED_IN if supabase else "PUBLIC"
    making = "" if there else f"CREATE SCHEMA IF NOT EXISTS {SCHEMA};\n"
    making += "".join(_function(s, schema) for s in sets)
    rights = f"GRANT USAGE ON SCHEMA {SCHEMA} TO {to};\n"
    rights += "".join(_rights(s, to) for s in sets) if supabase else ""
    forward = "".join(_altered(new, old, bound=supabase) for old, new in changed)
    tried = "".join(_altered(new, old, bound=False) for old, new in changed)
    undo = "".join(_altered(old, new, bound=False, back=supabase) for old, new in changed)
    undo += "".join(f"DROP FUNCTION {SCHEMA}.{quote(s.name)}();\n" for s in sets)
    undo += "" if there else f"DROP SCHEMA IF EXISTS {SCHEMA};\n"
    columns = tuple(dict.fromkeys(_column(new) for _, new in changed))
    head = f"-- Policies of {table.name}: what belongs to whoever asks is fetched once.\n"
    return Asking(
        changed=changed,
        sets=sets,
        columns=columns,
        migration=plain_files(
            f"policies_of_{table.name.replace('.', '_')}",
            f"{head}{_TIMEOUT}BEGIN;\n{making}{rights}{forward}COMMIT;\n",
            f"-- Takes the policies of {table.name} back.\n{_TIMEOUT}BEGIN;\n{undo}COMMIT;\n",
        ),
        ddl=Excerpt(text=f"{making}{forward}"),
        undo_ddl=Excerpt(text=undo),
        tried=Excerpt(text=making + tried),
        supabase=supabase,
    )


def _column(policy: Policy) -> str:
    text = policy.using or policy.check
    return text.partition(f" IN (SELECT {SCHEMA}")[0].rpartition(" ")[2].strip('("')


def _rights(asked: AskedSet, to: str) -> str:
    name = f"{SCHEMA}.{quote(asked.name)}()"
    return (
        f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC, anon;\n"
        f"GRANT EXECUTE ON FUNCTION {name} TO {to};\n"
    )


def _function(asked: AskedSet, schema: Schema) -> str:
    kind = schema.by_name[asked.members].by_name[asked.group].type
    name = f"{SCHEMA}.{quote(asked.name)}()"
    return (
        f"CREATE FUNCTION {name} RETURNS SETOF {kind}\n"
        "  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' ROWS 10\n"
        f"  AS $$ {asked.query} $$;\n"
    )


def _altered(new: Policy, old: Policy, *, bound: bool, back: bool = False) -> str:
    """ALTER POLICY with what differs, for those who are signed in alone where it was for all."""
    both = (("USING", old.using, new.using), ("WITH CHECK", old.check, new.check))
    clauses = "".join(f"\n  {word} ({text})" for word, was, text in both if was != text)
    for_all = new.roles == _PUBLIC
    to = (
        f"\n  TO {_SIGNED_IN}" if bound and for_all else "\n  TO PUBLIC" if back and for_all else ""
    )
    return f"ALTER POLICY {quote(new.name)} ON {quote_table(new.table)}{to}{clauses};\n"
