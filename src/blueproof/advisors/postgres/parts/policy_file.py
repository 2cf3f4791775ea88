"""The migration that closes row security: functions, rights and policies, and its undo."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.advisors.postgres.parts.mending import PRIVATE, Mended, Mender
from blueproof.advisors.postgres.parts.owners_rights import Closing
from blueproof.core.advice import Artifact
from blueproof.core.scene import Excerpt
from blueproof.sql.access.groups import Membership
from blueproof.sql.access.privileges import privileges
from blueproof.sql.conditions import unwrapped
from blueproof.sql.identity import SUPABASE_SETTING
from blueproof.sql.names import bare, quote, quote_table
from blueproof.sql.schema import Policy, Table

_FORWARD, _BACK = "migrations/row_security.sql", "migrations/undo/row_security.sql"
_HEAD = "-- {}\n-- All or nothing, and seen by every request from the moment that it ends.\n"
_BEGIN = "BEGIN;\nSET LOCAL lock_timeout = '5s';\n\n"
_SIGNED_IN = "authenticated"


@dataclass(frozen=True, kw_only=True)
class PolicyFile:
    """The change whole, as it is run; `ddl` and `undo_ddl` are it without what grants rights."""

    change: Excerpt
    ddl: Excerpt
    undo_ddl: Excerpt
    artifacts: tuple[Artifact, ...]
    founding: str = ""


def closing_file(closed: tuple[Closing, ...], purpose: str) -> PolicyFile:
    """The files that close views and functions."""
    ddl = "".join(f"\n-- {_short(each.why)}\n{each.ddl}" for each in closed if each.ddl)
    back = "".join(each.undo for each in reversed(closed))
    rights = "".join(f"\n-- {_short(each.why)}\n{each.rights}" for each in closed if each.rights)
    granted = "".join(each.rights_undo for each in reversed(closed))
    change = f"{_HEAD.format(purpose)}{_BEGIN}{ddl}{rights}\nCOMMIT;\n"
    undo = f"-- Gives back what was open.\n{_BEGIN}{granted}{back}\nCOMMIT;\n"
    forward, backward = (
        path.replace("row_security", "owners_rights") for path in (_FORWARD, _BACK)
    )
    return PolicyFile(
        change=Excerpt(text=change, path=forward),
        ddl=Excerpt(text=ddl),
        undo_ddl=Excerpt(text=back),
        artifacts=(
            Artifact(path=forward, purpose="the change", text=change),
            Artifact(path=backward, purpose="takes it back", text=undo),
        ),
    )


def policy_file(mender: Mender, mended: tuple[Mended, ...], purpose: str) -> PolicyFile:
    """The files that make of the policies what was mended."""
    supabase = mender.access.setting == SUPABASE_SETTING
    founding = _founding(mender, mended) if supabase else None
    functions = [h.ddl for h in mender.helpers.values()]
    schema = f"CREATE SCHEMA IF NOT EXISTS {PRIVATE};\n" if functions else ""
    made = [f"{h.name}({h.arguments})" for h in mender.helpers.values()]
    policies = "\n".join("".join(_policies(each)) for each in mended)
    own = f"\n{founding.ddl}" if founding else ""
    body = "\n".join((schema, *functions)) + own
    rights = "".join(_rights(made, founding)) if supabase else _for_all(made)
    back = "\n".join("".join(_back(each)) for each in reversed(mended))
    dropped = "".join(f"DROP FUNCTION {name};\n" for name in reversed(made))
    dropped += f"DROP FUNCTION {founding.signature};\n" if founding else ""
    had = any(f.name.startswith(f"{PRIVATE}.") for f in mender.access.schema.functions)
    had = had or any(t.name.startswith(f"{PRIVATE}.") for t in mender.access.schema.tables)
    gone = f"DROP SCHEMA {PRIVATE};\n" if made and not had else ""
    change = f"{_HEAD.format(purpose)}{_BEGIN}{body}\n{rights}\n{policies}\nCOMMIT;\n"
    undo = f"-- Brings the old policies back, as open as they were.\n{_BEGIN}{back}"
    undo += f"\n{dropped}{gone}COMMIT;\n"
    return PolicyFile(
        change=Excerpt(text=change, path=_FORWARD),
        ddl=Excerpt(text=f"{body}\n{policies}"),
        undo_ddl=Excerpt(text=f"{back}\n{dropped}{gone}"),
        artifacts=(
            Artifact(path=_FORWARD, purpose="the change", text=change),
            Artifact(path=_BACK, purpose="takes it back", text=undo),
        ),
        founding=founding.signature if founding else "",
    )


def _short(why: str) -> str:
    """The reason on a line of a file."""
    return why.partition(":")[0]


def _rights(made: list[str], founding: "_Founding | None") -> Iterator[str]:
    """Who may call the functions: nobody but those who are signed in."""
    if made:
        yield f"GRANT USAGE ON SCHEMA {PRIVATE} TO {_SIGNED_IN};\n"
    for name in (*made, *((founding.signature,) if founding else ())):
        yield f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC, anon;\n"
        yield f"GRANT EXECUTE ON FUNCTION {name} TO {_SIGNED_IN};\n"


def _for_all(made: list[str]) -> str:
    """Where no role is known: the functions tell each only of themselves."""
    return f"GRANT USAGE ON SCHEMA {PRIVATE} TO PUBLIC;\n" if made else ""


def _policies(mended: Mended) -> Iterator[str]:
    table = quote_table(mended.table)
    if mended.enable:
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;\n"
    for name in dict.fromkeys(p.name for p in (*mended.before, *mended.after)):
        yield f"DROP POLICY IF EXISTS {quote(name)} ON {table};\n"
    yield from (created(new) for new in mended.after)


def _back(mended: Mended) -> Iterator[str]:
    table = quote_table(mended.table)
    for new in mended.after:
        yield f"DROP POLICY {quote(new.name)} ON {table};\n"
    yield from (created(old) for old in mended.before)
    if mended.enable:
        yield f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;\n"


def created(policy: Policy) -> str:
    """CREATE POLICY as people write it."""
    how = "" if policy.permissive else " AS RESTRICTIVE"
    command = "" if policy.command == "ALL" else f" FOR {policy.command}"
    roles = ", ".join(r if r == "public" else quote(r) for r in policy.roles)
    to = "" if roles == "public" else f" TO {roles}"
    using = f"\n  USING ({_plainly(policy.using)})" if policy.using else ""
    check = f"\n  WITH CHECK ({_plainly(policy.check)})" if policy.check else ""
    name, table = quote(policy.name), quote_table(policy.table)
    return f"CREATE POLICY {name} ON {table}{how}{command}{to}{using}{check};\n"


def _plainly(condition: str) -> str:
    """The condition without needless parentheses; a sub-select needs its own."""
    bare_ = unwrapped(condition)
    return f"({bare_})" if bare_.upper().startswith("SELECT") else bare_


@dataclass(frozen=True, kw_only=True)
class _Founding:
    """A function by which somebody makes a group and is its first leader."""

    signature: str
    ddl: str


def _founding(mender: Mender, mended: tuple[Mended, ...]) -> _Founding | None:
    """The way to make a group where nobody can join one by themselves any more."""
    schema = mender.access.schema
    for each in mended:
        table = schema.by_name[each.table]
        member = next((m for m in mender.access.memberships
                       if m.table == each.table and not m.owned), None)  # fmt: skip
        joins = any(p.command in {"INSERT", "ALL"} for p in each.before)
        if (
            member
            and joins
            and member.groups in schema.by_name
            and not table.is_key((member.user,))
        ):
            found = _made_by(mender, table, member, schema.by_name[member.groups])
            if found:
                return found
    return None


def _made_by(mender: Mender, table: Table, member: Membership, groups: Table) -> _Founding | None:
    high = re.search(r"(\w+) (?:= |IN \()('[^']*')", mender.high(table))
    needed = [c for c in table.columns if c.not_null and not c.default and not c.generated]
    plain = {member.user, member.group, high[1] if high else ""}
    if not high or {c.name for c in needed} - plain or len(groups.primary_key) != 1:
        return None
    user = mender.access.user_of(groups)
    given = [c for c in groups.columns
             if c.not_null and not c.default and not c.generated and c.name != user]  # fmt: skip
    key = groups.by_name[groups.primary_key[0]]
    if any(c.name == key.name for c in given) or not given:
        return None
    single = re.sub(r"s$", "", bare(groups.name))
    name = f"public.{quote(f'create_{single}')}"
    if name in {f.name for f in mender.access.schema.functions}:
        return None
    columns = ", ".join([quote(c.name) for c in given] + ([quote(user)] if user else []))
    values = ", ".join([f"create_{single}.new_{c.name}" for c in given]
                       + ([mender.who(groups.by_name[user].type)] if user else []))  # fmt: skip
    arguments = ", ".join(f"new_{c.name} {c.type}" for c in given)
    who = mender.who(table.by_name[member.user].type)
    key_name = quote(key.name)
    role = privileges(mender.access, table)[0].column
    ddl = (
        f"-- Nobody joins by themselves any more: whoever makes a group is the first to lead it.\n"
        f"CREATE OR REPLACE FUNCTION {name}({arguments}) RETURNS {key.type}\n"
        "  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = ''\n  AS $$\n"
        f"    WITH made AS (\n      INSERT INTO public.{quote_table(groups.name)} ({columns})\n"
        f"      VALUES ({values}) RETURNING {key_name}\n    ), joined AS (\n"
        f"      INSERT INTO public.{quote_table(table.name)} "
        f"({quote(member.group)}, {quote(member.user)}, {quote(role)})\n"
        f"      SELECT {key_name}, {who}, {high[2]} FROM made WHERE {who} IS NOT NULL\n    )\n"
        f"    SELECT {key_name} FROM made;\n  $$;\n"
    )
    types = ", ".join(c.type for c in given)
    return _Founding(signature=f"{name}({types})", ddl=ddl)
