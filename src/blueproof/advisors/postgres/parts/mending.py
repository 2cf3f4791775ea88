"""Policies as they should be: what is open closed, what reads itself asked by a function.

A policy that looks into a table of members asks a SECURITY DEFINER function, which no policy binds:
that ends a recursion. The functions lie in a schema that the API does not show.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from blueproof.advisors.postgres.parts.policy_text import (
    alike,
    any_account,
    as_made,
    calls,
    is_circular,
    is_own,
    mentions,
    same,
)
from blueproof.advisors.postgres.parts.row_security import is_caught, is_for_all, is_open
from blueproof.sql.access.groups import Access, Membership, Way
from blueproof.sql.access.lookups import Lookup, lookups, rewritten
from blueproof.sql.access.privileges import LEADERS, privileges, tenants, worths
from blueproof.sql.identity import SUPABASE_SETTING, identity
from blueproof.sql.names import bare, quote, quote_table
from blueproof.sql.schema import Policy, Table

PRIVATE = "private"
_LITERAL = re.compile(r"'((?:[^']|'')*)'")
_NOT_WORD = re.compile(r"\W+")
_CAST = re.compile(r"CAST\(('(?:[^']|'')*') AS \w+\)")
_FUNCTION = """\
CREATE OR REPLACE FUNCTION {name}({given}) RETURNS {returns}
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
  AS $$
    {body}
  $$;
"""


@dataclass(frozen=True, kw_only=True)
class Helper:
    """A function that a policy asks: its name with its schema, its arguments' types, its DDL."""

    name: str
    arguments: str
    ddl: str


@dataclass(frozen=True, kw_only=True)
class Mended:
    """What becomes of a table: policies before and after, and whether row security is new to it."""

    table: str
    before: tuple[Policy, ...]
    after: tuple[Policy, ...]
    enable: bool = False


@dataclass
class Mender:
    """Writes policies anew; `leader` is what somebody is called who may add members, "" unknown."""

    access: Access
    leader: str = ""
    helpers: dict[str, Helper] = field(default_factory=dict)

    def mended(self) -> tuple[Mended, ...]:
        """The tables whose policies change, in the order of the schema."""
        found = []
        for table in self.access.schema.tables:
            policies = [p for p in self.access.schema.policies if p.table == table.name]
            opened = not table.row_security and is_open(self.access, table)
            if table.row_security or (opened and policies):
                changed = [(p, tuple(self._policy(p, table))) for p in policies]
                old = tuple(p for p, new in changed if new != (p,))
                if old or opened:  # who wrote policies has said who may do what, and no more is let
                    after = tuple(n for p, new in changed if new != (p,) for n in new)
                    found.append(Mended(table=table.name, before=old, after=after, enable=opened))
            elif opened:
                made = tuple(self._fresh(table))
                found.append(Mended(table=table.name, before=(), after=made, enable=True))
        return tuple(found)

    def _policy(self, policy: Policy, table: Table) -> Iterator[Policy]:
        """What takes a policy's place: itself, where it is right."""
        plain = any_account(policy)
        using = self._reworded(plain.using, policy, table)
        check = self._reworded(plain.check, policy, table)
        new = replace(plain, using=using, check=check)
        for each in self._parted(new, table) if policy.permissive else (new,):
            for made in self._narrowed(policy, each, table):
                yield policy if made == plain else made

    def _parted(self, policy: Policy, table: Table) -> tuple[Policy, ...]:
        """A policy by which members have their own rows, apart: who may add one is another thing.

        One policy for all commands would let whoever may add members change those of others, too.
        """
        member = self._member(table)
        if policy.command != "ALL" or member is None or not is_own(policy, table, member):
            return (policy,)
        commands = ("SELECT", "UPDATE", "DELETE", "INSERT")
        held = policy.check or policy.using
        return tuple(
            replace(policy, name=f"{policy.name} ({c.lower()})", command=c,
                    using="" if c == "INSERT" else policy.using,
                    check=held if c == "INSERT" else "")
            for c in commands
        )  # fmt: skip

    def _narrowed(self, policy: Policy, new: Policy, table: Table) -> Iterator[Policy]:
        """A policy with what it forgets to ask, for those who are signed in."""
        if policy.permissive:
            closed = self._closed(new, table, for_all=is_for_all(policy, self.access, table))
            if closed is None:
                return
            new = closed
        if new != policy and self._supabase and policy.roles == ("public",):
            new = replace(new, roles=("authenticated",))
        yield new

    @property
    def _supabase(self) -> bool:
        return self.access.setting == SUPABASE_SETTING

    def who(self, kind: str) -> str:
        """Who asks, as SQL of this type, answered once a statement."""
        if self._supabase:
            return "(SELECT auth.uid())" if kind == "uuid" else f"(SELECT auth.uid())::{kind}"
        setting = self.access.setting
        return f"(SELECT nullif(current_setting('{setting}', true), '')::{kind})"

    # Conditions that look into tables of members.

    def _reworded(self, text: str, policy: Policy, table: Table) -> str:
        def new(lookup: Lookup) -> str:
            circular = is_circular(self.access.schema, policy.table, lookup.table)
            if not lookup.user or not (circular or is_caught(lookup, table)):
                return ""
            return self._asked(lookup, table)

        return rewritten(text, policy, new) or text

    def _asked(self, lookup: Lookup, table: Table) -> str:
        """The condition that asks a function for what the sub-select looked up."""
        inner = self.access.schema.by_name.get(lookup.table)
        if inner is None or lookup.user not in inner.by_name:
            return ""
        extra = " AND ".join(_CAST.sub(r"\1", e) for e in lookup.extra)
        literals = "_or_".join(_word(v) for v in _LITERAL.findall(extra))
        where = f"{quote(lookup.user)} = {self.who(inner.by_name[lookup.user].type)}"
        where += f" AND {extra}" if extra else ""
        source = f"FROM {_full(inner.name)} WHERE {where}"
        if not lookup.group:
            said = literals or _word(lookup.extra[0] if lookup.extra else bare(inner.name))
            name = self._help(f"i_am_{said.removeprefix('is_')}", "boolean",
                              f"SELECT EXISTS (SELECT 1 {source})")  # fmt: skip
            return f"(SELECT {name}())"
        outer = lookup.outer if lookup.outer in table.by_name else ""
        outer = outer or (lookup.caught[1] if lookup.caught[1] in table.by_name else "")
        if not outer or lookup.group not in inner.by_name:
            return ""
        member = Membership(table=inner.name, user=lookup.user, group=lookup.group)
        known = next((m for m in self.access.memberships if same(m, member)), member)
        stem = f"my_{_groups(known)}" + (f"_as_{literals or _word(extra)}" if extra else "")
        name = self._help(stem, f"SETOF {inner.by_name[lookup.group].type}",
                          f"SELECT {quote(lookup.group)} {source}")  # fmt: skip
        return f"{quote(outer)} IN (SELECT {name}())"

    def _help(self, stem: str, returns: str, body: str, given: str = "") -> str:
        """The name of a function of this body, made if there is none yet."""
        number, name = 1, f"{PRIVATE}.{stem[:50]}"
        taken = {f.name for f in self.access.schema.functions}
        arguments = given.rpartition(" ")[2] if given else ""
        while True:
            ddl = _FUNCTION.format(name=name, given=given, returns=returns, body=body)
            known = self.helpers.get(name)
            if (known is None and name not in taken) or (known and known.ddl == ddl):
                self.helpers[name] = Helper(name=name, arguments=arguments, ddl=ddl)
                return name
            number += 1
            name = f"{PRIVATE}.{stem[:50]}_{number}"

    # Conditions that let in whom they should not.

    def _closed(self, policy: Policy, table: Table, *, for_all: bool) -> Policy | None:
        """The policy with what it forgets to ask; None where nobody should have it."""
        member = self._member(table)
        keyed = member is not None and table.is_key((member.user,))
        if member and not keyed and policy.command in {"INSERT", "UPDATE", "ALL"}:
            return self._of_members(policy, member)
        if policy.command in {"UPDATE", "ALL", "INSERT"}:
            policy = self._pinned(policy, table)
        if policy.command in {"INSERT", "UPDATE", "ALL"}:
            policy = self._checked(policy, table)
        if policy.using == "true" and not for_all:
            return replace(policy, using=self.own(table) or "true")
        return policy

    def _member(self, table: Table) -> Membership | None:
        """The membership that the table's rows are, if they are any."""
        mine = (m for m in self.access.memberships if m.table == table.name and not m.owned)
        return next(mine, None)

    def _checked(self, policy: Policy, table: Table) -> Policy:
        """The policy with the author and the group asked of a new row."""
        held = policy.check or (policy.using if policy.command != "INSERT" else "")
        if policy.command == "UPDATE" and held != "true":
            return policy
        parts = [] if held in {"", "true"} else [held]
        user = self.access.user_of(table)
        whose = identity(replace(policy, using="", check=held), table)
        asks = bool(lookups(policy)) or calls(held)
        named = (whose is not None and whose[1] == user) or (asks and mentions(held, user))
        shared = asks and policy.command == "ALL"  # the others of the group may change the row, too
        if user and self.access.is_author(table, user) and not named and not shared:
            parts.append(f"{quote(user)} = {self.who(table.by_name[user].type)}")
        for member, way in self.access.ways(table)[:1]:
            column = way.keys[0].columns[0] if way.keys else way.column
            of_group = table.name not in {member.table, member.groups}
            if of_group and not asks and not mentions(held, column):
                parts.append(self._in_groups(way, self.mine(member)))
        new = " AND ".join(f"({p})" if " OR " in p else p for p in parts) or held
        return policy if new == held else replace(policy, check=new)

    def _of_members(self, policy: Policy, member: Membership) -> Policy | None:
        """A policy by which members are made or changed: for those who lead the group."""
        held = policy.check or policy.using
        asks = lookups(policy) or f"{PRIVATE}." in held or calls(held)
        if held != "true" and (asks or mentions(held, member.group)):
            return policy
        table = self.access.schema.by_name[member.table]
        if policy.command == "UPDATE" and is_own(policy, table, member):
            return replace(policy, check=f"{policy.using} AND {self._as_it_was(member, table)}")
        led = self.led(member)
        if not led:
            return None
        condition = f"{quote(member.group)} IN (SELECT {led}())"
        inserts = policy.command == "INSERT"
        return replace(policy, using="" if inserts else condition, check=condition)

    def _as_it_was(self, member: Membership, table: Table) -> str:
        """The condition that one's own row keeps its group, and what gives power in it."""
        powers = (p.column for p in privileges(self.access, table))
        columns = tuple(dict.fromkeys((member.group, *powers)))
        named = ", ".join(quote(c) for c in columns)
        typed = ", ".join(f"{quote(c)} {table.by_name[c].type}" for c in columns)
        who = self.who(table.by_name[member.user].type)
        name = self._help(
            f"my_{_word(bare(member.table))}_rows", f"TABLE ({typed})",
            f"SELECT {', '.join(f'm.{quote(c)}' for c in columns)} FROM {_full(member.table)} m "
            f"WHERE m.{quote(member.user)} = {who}",
        )  # fmt: skip
        return f"({named}) IN (SELECT {named} FROM {name}())"

    def _pinned(self, policy: Policy, table: Table) -> Policy:
        """A policy for changes of one's own row, by which columns that give power stay."""
        user = self.access.user_of(table)
        held = policy.check or policy.using
        if not user or lookups(policy) or calls(held) or not table.is_key((user,)):
            return policy
        powers = (*privileges(self.access, table), *worths(self.access, table))
        columns = (*(p.column for p in powers), *tenants(self.access, table))
        pins = []
        for column in dict.fromkeys(columns):
            if mentions(held, column):
                continue
            if policy.command == "INSERT":
                pins.append(as_made(table.by_name[column]))
                continue
            known, kind = table.by_name[user], table.by_name[column].type
            name = self._help(
                f"my_{_word(column)}", kind,
                f"SELECT {quote(column)} FROM {_full(table.name)} "
                f"WHERE {quote(user)} = {self.who(known.type)}",
            )  # fmt: skip
            pins.append(f"{quote(column)} IS NOT DISTINCT FROM (SELECT {name}())")
        return replace(policy, check=" AND ".join((held, *pins))) if pins else policy

    # Pieces of conditions.

    def own(self, table: Table) -> str:
        """The condition of one's own rows, or of those of one's groups; "" where none tells."""
        for member, way in self.access.ways(table)[:1]:
            return self._in_groups(way, self.mine(member))
        user = self.access.user_of(table)
        if not user and table.name in self.access.people and len(table.primary_key) == 1:
            user = table.primary_key[0]
        tenant = self.access.tenant_column(table)
        persons = self.access.persons(table) or tuple(filter(None, (user or tenant,)))
        return " OR ".join(f"{quote(c)} = {self.who(table.by_name[c].type)}" for c in persons)

    def _in_groups(self, way: Way, function: str, step: int = 0, alias: str = "") -> str:
        before = f"{alias}." if alias else ""
        if step == len(way.keys):
            return f"{before}{quote(way.column)} IN (SELECT {function}())"
        key = way.keys[step]
        parent = quote_table(key.references)
        inner = self._in_groups(way, function, step + 1, parent)
        held = f"SELECT {parent}.{quote(key.referenced[0])} FROM {parent} WHERE {inner}"
        return f"{before}{quote(key.columns[0])} IN ({held})"

    def mine(self, member: Membership) -> str:
        """The function that gives the groups that one belongs to."""
        every = [m for m in self.access.memberships if same(m, member) or alike(m, member)]
        bodies = [self._groups_by(m, "") for m in every]
        kind = self._kind(member)
        return self._help(f"my_{_groups(member)}", f"SETOF {kind}", "\n    UNION ".join(bodies))

    def led(self, member: Membership) -> str:
        """The function that gives the groups that one leads; "" where nothing tells who does."""
        bodies = []
        for each in (m for m in self.access.memberships if alike(m, member)):
            table = self.access.schema.by_name[each.table]
            powers = privileges(self.access, table)
            if each.owned:
                bodies.append(self._groups_by(each, ""))
            elif powers and (high := self.high(table)):
                bodies.append(self._groups_by(each, f" AND {high}"))
        if not bodies:
            return ""
        kind = self._kind(member)
        return self._help(f"{_groups(member)}_i_lead", f"SETOF {kind}", "\n    UNION ".join(bodies))

    def high(self, table: Table) -> str:
        """The condition that a member's row gives power over the group."""
        for power in privileges(self.access, table):
            column = table.by_name[power.column]
            if column.type == "boolean":
                return quote(column.name)
            known = power.high if power.asked else tuple(v for v in LEADERS if v in column.values)
            best = next((v for v in LEADERS if v in known), "")
            chosen = self.leader if self.leader and not column.values else best
            chosen = self.leader if self.leader in column.values else chosen
            if re.fullmatch(rf"'{re.escape(chosen)}'(?:::.*)?", column.default):
                chosen = ""  # what everybody is from the start has no power over others
            if power.asked:
                values = [v for v in power.high if v in LEADERS or v == self.leader] or [
                    *power.high
                ]
                return f"{quote(column.name)} IN ({', '.join(_literal(v) for v in values)})"
            if chosen:
                return f"{quote(column.name)} = {_literal(chosen)}"
        return ""

    def _groups_by(self, member: Membership, more: str) -> str:
        table = self.access.schema.by_name[member.table]
        who = self.who(table.by_name[member.user].type)
        return (
            f"SELECT {quote(member.group)} FROM {_full(member.table)} "
            f"WHERE {quote(member.user)} = {who}{more}"
        )

    def _kind(self, member: Membership) -> str:
        return self.access.schema.by_name[member.table].by_name[member.group].type

    # Tables that had no row security.

    def _fresh(self, table: Table) -> Iterator[Policy]:
        base = Policy(
            name="", table=table.name, command="SELECT", permissive=True, using="", check="",
            roles=("authenticated",) if self._supabase else ("public",),
        )  # fmt: skip
        own = self.own(table)
        member = next((m for m, _ in self.access.ways(table)), None)
        if not own:
            everybody = ("anon", "authenticated")
            yield replace(base, name="all read", using="true", roles=everybody)
        elif member and table.name in {member.table, member.groups}:
            yield replace(base, name="members read", using=own)
            column = member.group if table.name == member.table else table.primary_key[0]
            led = self.led(member)
            if led:
                held = f"{quote(column)} IN (SELECT {led}())"
                all_ = table.name == member.table
                name = "leaders manage" if all_ else "leaders change"
                yield replace(base, name=name, command="ALL" if all_ else "UPDATE",
                              using=held, check=held)  # fmt: skip
        else:
            yield replace(base, name="own rows", command="ALL", using=own, check=own)


def _groups(member: Membership) -> str:
    """What the groups are called: crews, or crew_ids where no table holds them."""
    return _word(bare(member.groups)) if member.groups else f"{_word(member.group)}s"


def _word(text: str) -> str:
    return _NOT_WORD.sub("_", text.lower()).strip("_")


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _full(table: str) -> str:
    """The table with its schema: the function's search path is empty."""
    return quote_table(table if "." in table else f"public.{table}")
