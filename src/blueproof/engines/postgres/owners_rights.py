"""Attacks by way of what runs with its owner's rights: views, and SECURITY DEFINER functions.

No policy binds a table's owner. So each attack is carried out twice, as the schema has it and with
the rights of whoever asks: what the first gives beyond the second, the policies would have kept.
"""

import itertools
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from blueproof.engines.postgres.ground import (
    CONSTRAINT,
    NOT_ALLOWED,
    TURNED_AWAY,
    Attacked,
    Ground,
    unbound,
    undecided,
)
from blueproof.engines.postgres.party import parties
from blueproof.engines.postgres.putting import literal
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.sql.names import quote_table
from blueproof.sql.owning import tables_behind, tables_in, views_behind
from blueproof.sql.schema import Function, Table, View

_AUTH_USERS, _NO_SETTING = "auth.users", "42704"
_MOST_CALLS, _MOST_VALUES = 12, 3
_ARGUMENTS = """
SELECT coalesce(p.proargnames, '{}'),
  ARRAY(SELECT pg_catalog.format_type(t, NULL) FROM pg_catalog.unnest(p.proargtypes) t)
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE p.proname::text = $1 AND n.nspname::text = $2
  AND pg_catalog.pg_get_function_identity_arguments(p.oid) = $3"""
# What a function is called with where no row of its tables has a value of the type.
_PLAIN = {"boolean": "true", "text": "x", "uuid": "00000000-0000-4000-8000-000000000000",
          "jsonb": "{}", "json": "{}", "date": "2026-01-01",
          "timestamp with time zone": "2026-01-01"}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Caller:
    """Who tries: a role, the identity if there is one, and that of somebody else."""

    role: str
    identity: tuple[str, ...] = ()
    other: str = ""

    @property
    def said(self) -> str:
        """What is added to what they got."""
        return "" if self.identity else " without signing in"


@dataclass(frozen=True, kw_only=True)
class _Got:
    """What somebody got: rows as text, tables that changed, and what refused it."""

    rows: Counter[str] = field(default_factory=Counter)
    changed: frozenset[str] = frozenset()
    refusal: ServerRefusal | None = None


def through_view(ground: Ground) -> Attacked:
    """Read a view's rows that the policies of its tables keep back, and delete them through it."""
    view = next((v for v in ground.schema.views if v.name == ground.target.table), None)
    if view is None:
        return undecided(f"there is no view {ground.target.table}")
    name, tables = quote_table(view.name), tables_behind(ground.schema, view)
    refresh = (f"REFRESH MATERIALIZED VIEW {name}",) if view.materialized else ()
    plain = f"SELECT v__::text FROM {name} v__"
    query = f"({view.query.rstrip().rstrip(';')})" if view.materialized else name
    rows = _as_owner(ground, f"SELECT count(*) FROM {name}", refresh)
    if not rows:
        return undecided(f"no rows could be made that {view.name} shows")
    found = Attacked(refused=True, decided=True, owners_rows=rows, attackers_rows=0)
    for caller in _callers(ground, tables):
        got = _seen(ground, caller, plain, refresh)
        bound = (*refresh, *_with_own_rights(ground, view, tables))
        kept = _seen(ground, caller, f"SELECT v__::text FROM {query} v__", bound)
        more = got.rows - kept.rows
        if _AUTH_USERS in tables and caller.identity:  # one's own account is one's own to see
            more &= _seen(ground, replace(caller, identity=(caller.other,)), plain, refresh).rows
        if more:
            whom = caller.said + _deletes(ground, caller, view, tables)
            return replace(found, refused=False, attackers_rows=more.total(), as_whom=whom)
        if got.refusal and got.refusal.code not in TURNED_AWAY:
            found = undecided(str(got.refusal))
    return found


def _with_own_rights(ground: Ground, view: View, tables: tuple[str, ...]) -> Iterator[str]:
    """What has whoever reads a view be bound by the policies."""
    for each in (view, *views_behind(ground.schema, view)):
        if not each.materialized:
            yield f"ALTER VIEW {quote_table(each.name)} SET (security_invoker = on)"
    if ground.supabase and _AUTH_USERS in tables:
        yield f"REVOKE ALL ON {_AUTH_USERS} FROM PUBLIC"


def _deletes(ground: Ground, caller: _Caller, view: View, tables: tuple[str, ...]) -> str:
    """What to say where a DELETE through the view takes rows that one from its table does not."""
    if view.materialized or len(view.reads) != 1 or view.reads[0] not in ground.schema.by_name:
        return ""
    taken = [
        _changed(ground, caller, f"DELETE FROM {quote_table(name)}", tables).changed
        for name in (view.name, view.reads[0])
    ]
    return ", and can delete rows through it" if taken[0] - taken[1] else ""


def through_function(ground: Ground) -> Attacked:
    """Call a SECURITY DEFINER function with what belongs to somebody else."""
    function = next(
        (f for f in ground.schema.functions if f.signature == ground.target.table), None
    )
    if function is None:
        return undecided(f"there is no function {ground.target.table}")
    tables = tables_in(ground.schema, function)
    calls = tuple(itertools.islice(_calls(ground, function, tables), _MOST_CALLS))
    own = f"ALTER FUNCTION {_signature(function)} SECURITY INVOKER"
    refusals: list[ServerRefusal] = []
    for caller in _callers(ground, tables):
        for call in calls:
            got = _changed(ground, caller, call, tables)
            if got.refusal and not got.changed:
                refusals.append(got.refusal)
                continue
            kept = _changed(ground, caller, call, tables, (own,))
            more, changed = _beyond(got, kept, function), got.changed - kept.changed
            if more or changed:
                whom = caller.said
                whom += f", and changes {', '.join(sorted(changed))}" if changed else ""
                return Attacked(refused=False, decided=True, owners_rows=max(more, 1),
                                attackers_rows=max(more, 1), as_whom=whom)  # fmt: skip
    other = [r for r in refusals if r.code not in {NOT_ALLOWED, _NO_SETTING}]
    if other:
        return undecided(str(other[0]))
    return Attacked(refused=True, decided=True, owners_rows=1, attackers_rows=0)


def _beyond(got: _Got, kept: _Got, function: Function) -> int:
    """How many rows the owner's rights gave; yes and no, and nothing, are none."""
    if function.returns in {"boolean", "void"}:
        return 0
    return sum(n for row, n in (got.rows - kept.rows).items() if row.strip("(),"))


def _calls(ground: Ground, function: Function, tables: tuple[str, ...]) -> Iterator[str]:
    """Calls with values of other people's rows, the likeliest first."""
    schema, _, name = function.name.rpartition(".")
    found = ground.owner.run_one(_ARGUMENTS, (name, schema or "public", function.arguments))
    if not found:
        return
    names, types = found[0]
    given = [*names[: len(types)]] + [""] * (len(types) - len(names))
    values = tuple(_values(ground, tables))
    options = [_options(each, kind, values) for each, kind in zip(given, types, strict=True)]
    for chosen in itertools.product(*options):
        held = ", ".join(f"{literal(v)}::{k}" for v, k in zip(chosen, types, strict=True))
        yield f"SELECT f__::text FROM {quote_table(function.name)}({held}) f__"


def _options(name: str, kind: str, values: tuple[tuple[str, str, str], ...]) -> tuple[str, ...]:
    """Values for an argument: of columns of its type, those named like it first."""
    stem = name.lower().lstrip("_").removeprefix("p_").removeprefix("in_").removeprefix("new_")
    fitting = [(column, value) for column, of, value in values if of == kind]
    near = sorted(fitting, key=lambda x: (x[0] != stem, not stem or stem not in x[0]))
    found = tuple(dict.fromkeys(value for _, value in near))[:_MOST_VALUES]
    return found or (_PLAIN.get(kind, "1"),)


def _values(ground: Ground, tables: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """Column, type and value of rows of these tables that are not the attacker's."""
    for name in tables:
        table = ground.schema.by_name[name]
        party = parties(_at(ground, table))
        rows = ground.owner.run_one(
            f"SELECT to_jsonb(t)::text FROM {quote_table(name)} t "
            "WHERE ctid = ANY ($1::tid[]) OR $1::tid[] = '{}' ORDER BY ctid LIMIT 1",
            (list(party.foreign) if party else [],),
        )
        for column, value in json.loads(rows[0][0]).items() if rows else ():
            if value is not None and not isinstance(value, dict | list):
                said = value if isinstance(value, str) else json.dumps(value)
                yield column, table.by_name[column].type, said


def _at(ground: Ground, table: Table) -> Ground:
    """The same ground, about another table."""
    column = ground.access.user_of(table)
    return replace(ground, target=replace(ground.target, table=table.name, column=column))


def _callers(ground: Ground, tables: tuple[str, ...]) -> Iterator[_Caller]:
    """Who tries: somebody who is not signed in, then somebody who is and has no power."""
    yield _Caller(role=ground.nobodies[-1])
    known = (ground.schema.by_name[n] for n in tables if n in ground.schema.by_name)
    sides = (parties(_at(ground, t)) for t in known if t.row_security)
    party = next((p for p in sides if p), None)
    if party:
        yield _Caller(role=ground.signed_in[-1], identity=(party.me,), other=party.other)


def _seen(ground: Ground, caller: _Caller, query: str, first: tuple[str, ...] = ()) -> _Got:
    """What somebody reads, once the owner has run what comes first."""
    with ground.visitor.rolled_back():
        for statement in (*_forced(ground), *first):
            ground.visitor.run(statement)
        ground.become(caller.role, caller.identity)
        try:
            rows = ground.visitor.run_one(query)
        except ServerRefusal as refusal:
            return _Got(refusal=refusal)
        return _Got(rows=Counter(str(row[0]) for row in rows if row[0] is not None))


def _changed(
    ground: Ground,
    caller: _Caller,
    statement: str,
    tables: tuple[str, ...],
    first: tuple[str, ...] = (),
) -> _Got:
    """What a statement gives, and which of the tables hold other rows after it."""
    with ground.visitor.rolled_back():
        for text in (*_forced(ground), *first):
            ground.visitor.run(text)
        for text in unbound(ground.schema, *tables):
            ground.tried(text)
        before = _digests(ground, tables)
        ground.become(caller.role, caller.identity)
        try:
            rows = ground.visitor.run_one(statement)
        except ServerRefusal as refusal:
            near = frozenset(tables) if refusal.code.startswith(CONSTRAINT) else frozenset[str]()
            return _Got(changed=near, refusal=refusal)
        ground.reset()
        after = _digests(ground, tables)
        changed = frozenset(t for t in tables if before[t] != after[t])
        got = Counter(str(row[0]) for row in rows or () if row and row[0] is not None)
        return _Got(rows=got, changed=changed)


def _digests(ground: Ground, tables: tuple[str, ...]) -> dict[str, str]:
    digest = "SELECT count(*)::text || coalesce(sum(hashtext(t::text))::text, '') FROM {} t"
    return {name: str(ground.ask(digest.format(quote_table(name)))) for name in tables}


def _forced(ground: Ground) -> Iterator[str]:
    """What binds the owner, too, as the person's tables do; not Supabase's, who bypasses it."""
    for table in ground.schema.tables:
        if table.owner_forced and not ground.supabase:
            yield f"ALTER TABLE {quote_table(table.name)} FORCE ROW LEVEL SECURITY"


def _as_owner(ground: Ground, query: str, first: tuple[str, ...]) -> int:
    with ground.visitor.rolled_back():
        for statement in first:
            ground.visitor.run(statement)
        return int(ground.ask(query))


def _signature(function: Function) -> str:
    return f"{quote_table(function.name)}({function.arguments})"
