"""Who belongs to what: tables of members, and the way from each table's rows to their group.

A group is whatever people share rows in: a crew, a team, a clinic, a household, a tenant.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from blueproof.sql.access.lookups import asks_who, lookups
from blueproof.sql.identity import SUPABASE_SETTING, columns_held, identity
from blueproof.sql.names import quote, quote_table
from blueproof.sql.schema import ForeignKey, Schema, Table

_PERSON = re.compile(r"(?:^|[._])(?:users?|profiles?|accounts?|people|persons?)$")
# A column that says whose row it is, the likeliest name first.
_OWNER = re.compile(
    r"^(?:user|owner|author|profile|account|creator|created_by|uploaded_by|posted_by|written_by)"
)
_MOST_STEPS = 2


_RULE = 2  # tables with the same kind of policy that make it a rule


@dataclass(frozen=True, kw_only=True)
class Membership:
    """A table whose rows say that `user` belongs to `group`; `groups` is the table of groups.

    `groups` is "" where no key says what the group refers to. `owned` is whether the row is the
    group itself, as with teams.owner_id.
    """

    table: str
    user: str
    group: str
    groups: str = ""
    owned: bool = False


@dataclass(frozen=True, kw_only=True)
class Way:
    """How a table's row tells its group: by `column`, or over foreign keys to a row that does."""

    column: str
    keys: tuple[ForeignKey, ...] = ()

    def of(self, alias: str, step: int = 0) -> str:
        """The group of a row of this alias, as SQL."""
        if step == len(self.keys):
            return f"{alias}.{quote(self.column)}"
        key, inner = self.keys[step], f"g{step}"
        pairs = zip(key.columns, key.referenced, strict=True)
        on = " AND ".join(f"{inner}.{quote(r)} = {alias}.{quote(c)}" for c, r in pairs)
        held = self.of(inner, step + 1)
        return f"(SELECT {held} FROM {quote_table(key.references)} {inner} WHERE {on})"


@dataclass(frozen=True)
class Access:
    """What a schema says of who may reach what."""

    schema: Schema

    @cached_property
    def setting(self) -> str:
        """The session setting that carries the identity, "" where no policy names one."""
        found = self._settings
        if found:
            return next(iter(found.values()))[0]
        return SUPABASE_SETTING if self.supabase else ""

    @property
    def supabase(self) -> bool:
        """Whether tables are reached by Supabase's API, as its functions and roles tell."""
        texts = [f"{p.using} {p.check}" for p in self.schema.policies]
        texts += [c.default for t in self.schema.tables for c in t.columns]
        texts += [f.body for f in self.schema.functions if not f.name.startswith("auth.")]
        roles = {r for p in self.schema.policies for r in p.roles}
        named = any(re.search(r"\bauth\.(?:uid|jwt|role)\(", text) for text in texts)
        return named or bool(roles & {"anon", "authenticated"})

    @cached_property
    def _settings(self) -> dict[str, tuple[str, str]]:
        """By table, the setting and the column that policies hold against it."""
        found: dict[str, tuple[str, str]] = {}
        for policy in self.schema.policies:
            table = self.schema.by_name.get(policy.table)
            if table and policy.table not in found and (who := identity(policy, table)):
                found[policy.table] = who
        return found

    @cached_property
    def people(self) -> frozenset[str]:
        """The tables whose rows are persons."""
        named = {t.name for t in self.schema.tables if _PERSON.search(t.name)}
        found = named | {"auth.users"}
        for key in self.schema.foreign_keys:
            table = self.schema.by_name.get(key.table)
            if key.references == "auth.users" and table and table.primary_key == key.columns:
                found.add(key.table)
        return frozenset(found)

    def is_author(self, table: Table, column: str) -> bool:
        """Whether the column says whose the row is, not whom it is about, as tasks.assignee_id."""
        known = table.by_name[column]
        held = self._settings.get(table.name, ("", ""))[1] == column
        return held or asks_who(known.default) or bool(_OWNER.match(column))

    def user_of(self, table: Table) -> str:
        """The column that says whose row it is; "" where none does."""
        if table.name in self._settings:
            return self._settings[table.name][1]
        by_lookup = (u for t, u, _ in self._looked_up if t == table.name and u)
        by_default = (c.name for c in table.columns if asks_who(c.default))
        return next(iter((*by_lookup, *by_default, *self._to_people(table))), "")

    def tenant_column(self, table: Table) -> str:
        """The column that other tables' policies hold against who asks, where this one has it.

        One table alone with such a policy is an exception, and no rule that others break.
        """
        found = [
            column
            for other, (_, column) in self._settings.items()
            if other != table.name
            and (mine := table.by_name.get(column)) is not None
            and mine.type == self.schema.by_name[other].by_name[column].type
        ]
        return next((c for c in found if found.count(c) >= _RULE), "")

    def persons(self, table: Table) -> tuple[str, ...]:
        """The columns by which policies take a row for somebody's own, that of its user first."""
        held = (c for p in self.schema.policies if p.table == table.name
                for c in columns_held(p, table))  # fmt: skip
        return tuple(dict.fromkeys(filter(None, (self.user_of(table), *held))))

    def _to_people(self, table: Table) -> tuple[str, ...]:
        keys = (k for k in self.schema.foreign_keys if k.table == table.name)
        found = [k.columns[0] for k in keys if k.references in self.people and len(k.columns) == 1]
        return tuple(sorted(found, key=lambda c: not _OWNER.match(c)))

    @cached_property
    def _looked_up(self) -> tuple[tuple[str, str, str], ...]:
        """Table, user and group of each sub-select of a policy that asks where somebody belongs."""
        found = (each for p in self.schema.policies for each in lookups(p))
        # An address is no identity that rows belong to: who it is asked of is in the token.
        known = (x for x in found if x.user and not re.search(r"e_?mail", x.user))
        return tuple(dict.fromkeys((x.table, x.user, x.group) for x in known))

    @cached_property
    def memberships(self) -> tuple[Membership, ...]:
        """Every table of members that policies, functions or keys tell of."""
        found = dict.fromkeys((*self._asked(), *self._keyed(), *self._in_functions()))
        return tuple(self._membership(*each) for each in found)

    def _membership(self, table: str, user: str, group: str) -> Membership:
        known = self.schema.by_name[table]
        owned = known.is_key((group,))
        groups = table if owned else self._referred(table, group)
        return Membership(table=table, user=user, group=group, groups=groups, owned=owned)

    def _referred(self, table: str, column: str) -> str:
        keys = (k for k in self.schema.foreign_keys if k.table == table)
        return next((k.references for k in keys if k.columns == (column,)), "")

    def _asked(self) -> Iterator[tuple[str, str, str]]:
        for table, user, group in self._looked_up:
            known = self.schema.by_name.get(table)
            if known and group in known.by_name and user in known.by_name and user != group:
                yield table, user, group

    def _keyed(self) -> Iterator[tuple[str, str, str]]:
        """Tables with a key of one person and one other thing."""
        for table in self.schema.tables:
            user = self.user_of(table)
            if not user or table.is_key((user,)):
                continue
            for key in self.schema.foreign_keys:
                other = key.columns[0]
                apart = len(key.columns) == 1 and other != user
                if key.table != table.name or not apart or key.references in self.people:
                    continue
                if table.is_key((user, other)) and self._is_shared(key.references, table.name):
                    yield table.name, user, other

    def _is_shared(self, groups: str, members: str) -> bool:
        """Whether other tables refer to what people would belong to: a group has rows of its own.

        Likes and bookmarks have the same key as members have.
        """
        named = re.search(r"member|team|staff|role|enrol|user_?\w*s$|users_|_users", members)
        refers = (k for k in self.schema.foreign_keys if k.references == groups)
        plainly = re.search(r"member|staff", members)
        return bool(plainly) or (bool(named) and any(k.table != members for k in refers))

    def _in_functions(self) -> Iterator[tuple[str, str, str]]:
        """Columns of a person's own row that functions give out as where that person belongs."""
        for table in self.schema.tables:
            user = self.user_of(table) or (table.primary_key[:1] or ("",))[0]
            if not user:
                continue
            for group in self._may_be_groups(table, user):
                asked = re.compile(
                    rf"\bselect\s+(?:distinct\s+)?(?:\w+\.)?{group}\b[^;]*\bfrom\s+(?:\w+\.)?"
                    rf"{table.name.rpartition('.')[2]}\b[^;]*\b{user}\b",
                    re.IGNORECASE | re.DOTALL,
                )
                bodies = (f.body for f in self.schema.functions)
                if any(asked.search(b) and asks_who(b) for b in bodies):
                    yield table.name, user, group

    def _may_be_groups(self, table: Table, user: str) -> Iterator[str]:
        """Columns that refer to what is no person, by a key or by their name alone."""
        keys = [k for k in self.schema.foreign_keys if k.table == table.name]
        for key in keys:
            if key.columns[0] != user and key.references not in self.people:
                yield key.columns[0]
        keyed = {c for k in keys for c in k.columns} | {user}
        yield from (c.name for c in table.columns if c.name.endswith("_id") and c.name not in keyed)

    def ways(self, table: Table) -> tuple[tuple[Membership, Way], ...]:
        """The ways from a row to the groups that it belongs to, with who are in those."""
        found = []
        for each in self.memberships:
            way = self._way(table, each, _MOST_STEPS)
            if way:
                found.append((each, way))
        nearest = min((len(way.keys) for _, way in found), default=0)
        return tuple((m, w) for m, w in found if len(w.keys) == nearest)

    def _way(self, table: Table, to: Membership, steps: int) -> Way | None:
        column = self._group_column(table, to)
        if column:
            return Way(column=column)
        if not steps or table.name in self.people:
            return None
        for key in self.schema.foreign_keys:
            parent = self.schema.by_name.get(key.references)
            if key.table != table.name or parent is None or key.references == table.name:
                continue
            further = self._way(parent, to, steps - 1)
            if further and key.references not in self.people:
                return Way(column=further.column, keys=(key, *further.keys))
        return None

    def _group_column(self, table: Table, to: Membership) -> str:
        if table.name == to.table:
            return to.group
        if table.name == to.groups:
            key = table.primary_key
            return key[0] if len(key) == 1 else ""
        if to.groups:
            keys = (k for k in self.schema.foreign_keys if k.table == table.name)
            found = next((k.columns[0] for k in keys if k.references == to.groups), "")
            if found:
                return found
        theirs = self.schema.by_name[to.table].by_name[to.group]
        same = table.by_name.get(to.group)
        alike = same is not None and same.type == theirs.type and not to.owned
        return to.group if alike and not table.is_key((to.group,)) else ""
