"""Views and SECURITY DEFINER functions, which no policy binds: what they show, and closing them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from blueproof.advisors.postgres.parts.wording import listed
from blueproof.core.advice import Finding
from blueproof.core.claim import AccessRefused
from blueproof.core.evidence import Citation
from blueproof.core.scene import Excerpt
from blueproof.sql.access.groups import Access
from blueproof.sql.access.lookups import asks_who
from blueproof.sql.names import quote_table
from blueproof.sql.owning import asks_caller, guarded, tables_behind, tables_in, views_behind
from blueproof.sql.schema import Function, View

RULE_ID = "pg-owners-rights"
VIEWS = Citation(
    url="https://www.postgresql.org/docs/current/sql-createview.html",
    checked=date(2026, 11, 30),
    says="access to a view's tables is determined by the view's owner, row security policies "
    "included, unless security_invoker is set (PostgreSQL 15 and newer)",
)
FUNCTIONS = Citation(
    url="https://www.postgresql.org/docs/current/sql-createfunction.html",
    checked=date(2026, 11, 30),
    says="a SECURITY DEFINER function runs with its owner's privileges, any role may execute a new "
    "one by default, and its search_path should be set",
)
_AUTH_USERS = "auth.users"
_PUBLIC = re.compile(r"(?:^|_)(?:public|published|everybody|everyone|open)(?:_|$)", re.IGNORECASE)
# Supabase's own search_path names extensions, too.
_PATH, _SUPABASE_PATH = "public, pg_temp", "public, extensions, pg_temp"


@dataclass(frozen=True, kw_only=True)
class Closing:
    """What closes a view or a function: its name, statements and how to take them back.

    `rights` are those that grant or revoke. `why` is a reason in words.
    """

    name: str
    why: str
    ddl: str = ""
    undo: str = ""
    rights: str = ""
    rights_undo: str = ""
    claims: tuple[AccessRefused, ...] = ()


def owner_findings(access: Access) -> Iterator[Finding]:
    """What views and functions give out past the policies of the tables that they read."""
    for view in shown_views(access):
        tables = listed(_kept(access, view))
        how = "holds a copy of" if view.materialized else "reads with its owner's rights"
        tail = "" if view.materialized else ", as without security_invoker every view does"
        yield Finding(
            rule=RULE_ID,
            where=view.name,
            says=f"it {how} {tables}{tail}",
            severity="note",
            evidence=(VIEWS,),
            claims=(_claim(access, view),),
        )
    for function in definers(access):
        if not function.triggers and not asks_caller(access.schema, function):
            yield Finding(
                rule=RULE_ID,
                where=function.signature,
                says="SECURITY DEFINER, and it asks nowhere who calls it (auth.uid())"
                if access.supabase else "SECURITY DEFINER, and it asks nowhere who calls it",
                severity="note",
                evidence=(FUNCTIONS,),
                claims=(_call(access, function),),
            )  # fmt: skip
        if not function.fixed:
            yield Finding(
                rule=RULE_ID,
                where=f"{function.signature}, search_path",
                says="SECURITY DEFINER without SET search_path: whoever calls it says where its "
                "tables and functions are looked for, and it runs with its owner's rights",
                severity="risk",
                evidence=(FUNCTIONS,),
            )


def closings(access: Access) -> Iterator[Closing]:
    """What has views obey the policies, and keeps functions from strangers."""
    for view in shown_views(access):
        closing = _closed_view(access, view)
        if closing:
            yield closing
    for function in definers(access):
        yield from _closed_function(access, function)


def shown_views(access: Access) -> tuple[View, ...]:
    """The views that read guarded tables with their owner's rights, where the API shows them."""
    return tuple(v for v in access.schema.views if _is_shown(access, v.name) and _kept(access, v)
                 and not _all_invoke(access, v))  # fmt: skip


def definers(access: Access) -> tuple[Function, ...]:
    """The functions with their owner's rights that name guarded tables and can be called."""
    return tuple(
        f for f in access.schema.functions
        if f.definer and guarded(access.schema, tables_in(access.schema, f))
        and (f.triggers or not f.fixed or _is_shown(access, f.name))
    )  # fmt: skip


def _is_shown(access: Access, name: str) -> bool:
    return not access.supabase or "." not in name


def _all_invoke(access: Access, view: View) -> bool:
    each = (view, *views_behind(access.schema, view))
    return all(v.invoker and not v.materialized for v in each)


def _kept(access: Access, view: View) -> tuple[str, ...]:
    """The tables of a view whose rows are not for all."""
    tables = tables_behind(access.schema, view)
    accounts = tuple(t for t in tables if t == _AUTH_USERS and access.supabase)
    return (*guarded(access.schema, tables), *accounts)


def _claim(access: Access, view: View, after: tuple[Excerpt, ...] = ()) -> AccessRefused:
    return AccessRefused(
        table=view.name, attack="owner-view", setting=access.setting, column="", after=after
    )


def _call(access: Access, function: Function) -> AccessRefused:
    return AccessRefused(
        table=function.signature, attack="owner-function", setting=access.setting, column=""
    )


def is_for_all(view: View) -> bool:
    """Whether a view's name says that all may see it."""
    return bool(_PUBLIC.search(view.name.rpartition(".")[2]))


def _closed_view(access: Access, view: View) -> Closing | None:
    """What closes a view; None where it asks by itself who reads it, or is meant for all."""
    if is_for_all(view) or asks_who(view.query):
        return None
    name, tables = quote_table(view.name), listed(_kept(access, view))
    if view.materialized:
        if not access.supabase:
            return None  # whom the app reads as is not told
        return Closing(
            name=view.name,
            why=f"{view.name} holds a copy of {tables}, which no policy can guard: it is taken "
            "from the API; give it out by a function that asks who calls",
            rights=f"REVOKE ALL ON {name} FROM PUBLIC, anon, authenticated;\n",
            rights_undo=f"GRANT SELECT ON {name} TO anon, authenticated;\n",
            claims=(_claim(access, view),),
        )
    if _AUTH_USERS in tables_behind(access.schema, view):
        return Closing(
            name=view.name,
            why=f"{view.name} shows auth.users: it is taken from the API",
            rights=f"REVOKE ALL ON {name} FROM PUBLIC, anon, authenticated;\n",
            rights_undo=f"GRANT SELECT ON {name} TO anon, authenticated;\n",
            claims=(_claim(access, view),),
        )
    inner = [v for v in views_behind(access.schema, view) if not v.materialized and not v.invoker]
    own = [] if view.invoker else [view]
    return Closing(
        name=view.name,
        why=f"{view.name} reads {tables} with its owner's rights: with security_invoker "
        "(PostgreSQL 15 and newer; before it, revoke the view) whoever reads it is bound by the "
        "policies",
        ddl="".join(_invoking(v, "SET (security_invoker = on)") for v in (*inner, *own)),
        undo="".join(_invoking(v, "RESET (security_invoker)") for v in (*own, *inner)),
        claims=(_claim(access, view),),
    )


def _invoking(view: View, how: str) -> str:
    return f"ALTER VIEW {quote_table(view.name)} {how};\n"


def _closed_function(access: Access, function: Function) -> Iterator[Closing]:
    name = f"{quote_table(function.name)}({function.arguments})"
    if not function.fixed:
        path = _SUPABASE_PATH if access.supabase else _PATH
        yield Closing(
            name=function.signature,
            why=f"{function.name} gets a search_path of its own, not the caller's",
            ddl=f"ALTER FUNCTION {name} SET search_path = {path};\n",
            undo=f"ALTER FUNCTION {name} RESET search_path;\n",
        )
    asks = asks_caller(access.schema, function) or function.triggers
    if asks or not _is_shown(access, function.name) or _is_asked(access, function):
        return
    whom = "PUBLIC, anon, authenticated" if access.supabase else "PUBLIC"
    yield Closing(
        name=function.signature,
        why=f"{function.name} does not ask who calls it, so nobody but the server may: if your app "
        "calls it, have it ask auth.uid() for whose rows these are, and grant it again"
        if access.supabase else
        f"{function.name} does not ask who calls it, so only roles that you grant it may",
        rights=f"REVOKE EXECUTE ON FUNCTION {name} FROM {whom};\n",
        rights_undo=f"GRANT EXECUTE ON FUNCTION {name} TO {whom};\n",
        claims=(_call(access, function),),
    )  # fmt: skip


def _is_asked(access: Access, function: Function) -> bool:
    """Whether a policy or another function calls it, so that people need it."""
    call = re.compile(rf"\b{re.escape(function.name.rpartition('.')[2])}\s*\(")
    texts = [f"{p.using} {p.check}" for p in access.schema.policies]
    texts += [f.body for f in access.schema.functions if f != function and not f.definer]
    return any(call.search(text) for text in texts)
