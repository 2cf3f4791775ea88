"""Membership as a policy asks for it row by row, and the set that it could ask for once.

EXISTS (SELECT 1 FROM members m WHERE m.team_id = tasks.team_id AND m.person_id = auth.uid()) is
read once for each row of tasks, and so is auth.uid() IN (SELECT m.person_id FROM members m WHERE
m.team_id = tasks.team_id). Both say: tasks.team_id is among the teams of whoever asks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from blueproof.sql.identity import identity
from blueproof.sql.names import quote, quote_table
from blueproof.sql.schema import Policy, Schema, Table
from blueproof.sql.scopes import conjuncts
from blueproof.sql.selected import name_of
from blueproof.sql.trees import read_tree, write_tree

_AND_OR = (exp.And, exp.Or, exp.Paren, exp.Where)


@dataclass(frozen=True, kw_only=True)
class AskedSet:
    """What belongs to whoever asks: the values of `group` in `members` where `user` is them.

    `who` is the expression that tells who asks, `rest` further conditions on members as SQL.
    """

    members: str
    group: str
    user: str
    who: str
    rest: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What a function that gives the set is called: team_ids_of_me."""
        words = (w for r in self.rest for w in re.findall(r"'(\w+)'", r))
        kind = "_".join(("", *words)) if self.rest else ""
        return f"{self.group}s_of_me{kind}"[:60].lower()

    @property
    def query(self) -> str:
        """The set as a query that runs with its owner's rights."""
        held = " AND ".join((f"{quote(self.user)} = (SELECT {self.who})", *self.rest))
        table = self.members if "." in self.members else f"public.{self.members}"
        return f"SELECT {quote(self.group)} FROM {quote_table(table)} WHERE {held}"


@dataclass(frozen=True, kw_only=True)
class Turned:
    """A condition whose memberships are asked for as sets, and these sets."""

    text: str
    sets: tuple[AskedSet, ...]


def turned(condition: str, table: Table, schema: Schema, call: str) -> Turned | None:
    """The condition with `column IN (SELECT call())` in place of each membership; None if none.

    `call` holds {} for the function's name.
    """
    tree = read_tree(f"SELECT 1 FROM {quote_table(table.name)} WHERE {condition}")
    if not isinstance(tree, exp.Select):
        return None
    sets: list[AskedSet] = []
    for node in list(tree.find_all(exp.Exists, exp.In)):
        found = _membership(node, table, schema) if _stands_free(node) else None
        if found is not None:
            column, asked = found
            sets.append(asked)
            within = read_tree(f"SELECT {quote(column)} IN (SELECT {call.format(asked.name)})")
            assert within is not None, "it was just written"
            node.replace(within.expressions[0])
    if not sets:
        return None
    where = write_tree(tree).partition("WHERE")[2]
    return Turned(text=" ".join(where.split()), sets=tuple(dict.fromkeys(sets)))


def is_seen_whole(asked: AskedSet, schema: Schema) -> bool:
    """Whether whoever asks sees all their own rows of the members now.

    A function with its owner's rights then gives nothing that the policy's own subquery does not.
    """
    table = schema.by_name[asked.members]
    if not table.row_security:
        return True
    reading = [
        p
        for p in schema.policies
        if p.table == table.name and p.command in {"SELECT", "ALL"} and p.using
    ]
    if any(not p.permissive for p in reading):
        return False
    return any(_is_own(p, table, asked.user) for p in reading)


def _is_own(policy: Policy, table: Table, user: str) -> bool:
    """Whether a policy lets everybody read just the rows that carry their own identity."""
    found = identity(policy, table)
    plain = re.sub(r"\bAS \w+|[()\s]|SELECT", "", policy.using)
    alone = not re.search(r"\b(?:AND|OR)\b", policy.using) and plain.count("=") == 1
    return found is not None and found[1] == user and alone and policy.roles == ("public",)


def _stands_free(node: exp.Expr) -> bool:
    """Whether the node is a condition by itself, under AND and OR alone: NOT turns it round."""
    above = node.parent
    while above is not None and not isinstance(above, exp.Where):
        if not isinstance(above, _AND_OR):
            return False
        above = above.parent
    return above is not None


def _membership(node: exp.Expr, table: Table, schema: Schema) -> tuple[str, AskedSet] | None:
    """The column of the row that is looked up, and the set it must be in."""
    inner = node.this if isinstance(node, exp.Exists) else node.args.get("query")
    select = inner.this if isinstance(inner, exp.Subquery) else inner
    if not isinstance(select, exp.Select) or select.args.get("joins"):
        return None
    source = select.args.get("from_")
    members = source.this if source is not None else None
    if not isinstance(members, exp.Table) or _known(members, schema) is None:
        return None
    alias = name_of(members.args.get("alias") or members) or members.name
    where = select.args.get("where")
    parts = [_bare(c) for c in _parts(where.this)] if where is not None else []
    if isinstance(node, exp.In):
        given = select.expressions[0]
        if not isinstance(given, exp.Column) or not _is_who(node.this):
            return None
        parts.append(exp.EQ(this=given.copy(), expression=node.this.copy()))
    return _read(parts, alias, members, table, schema)


def _read(
    parts: list[exp.Expr], alias: str, members: exp.Table, table: Table, schema: Schema
) -> tuple[str, AskedSet] | None:
    known = _known(members, schema)
    assert known is not None, "looked up before"
    links, owns, rest = list[tuple[str, str]](), list[tuple[str, str]](), list[str]()
    for part in parts:
        link = _link(part, alias, known, table)
        own = _own(part, alias, known)
        if link:
            links.append(link)
        elif own:
            owns.append(own)
        elif all(_is_of(c, alias, known) for c in part.find_all(exp.Column)) and not list(
            part.find_all(exp.Select)
        ):
            rest.append(_unqualified(part))
        else:
            return None
    if len(links) != 1 or len(owns) != 1:
        return None
    (group, column), (user, who) = links[0], owns[0]
    return column, AskedSet(
        members=known.name, group=group, user=user, who=who, rest=tuple(sorted(rest))
    )


def _parts(condition: exp.Expr) -> Iterator[exp.Expr]:
    for each in conjuncts(condition):
        bare = _bare(each)
        if isinstance(bare, exp.And):
            yield from _parts(bare)
        else:
            yield bare


def _bare(node: exp.Expr) -> exp.Expr:
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def _link(part: exp.Expr, alias: str, members: Table, table: Table) -> tuple[str, str] | None:
    """The column of the members and that of the row, where the two are held against each other."""
    if not isinstance(part, exp.EQ):
        return None
    sides = (_bare(part.this), _bare(part.expression))
    for one, other in (sides, sides[::-1]):
        if not isinstance(one, exp.Column) or not isinstance(other, exp.Column):
            return None
        outer = name_of(other.args["table"]) if other.args.get("table") else ""
        if _is_of(one, alias, members) and outer == table.name and name_of(other) in table.by_name:
            return name_of(one), name_of(other)
    return None


def _own(part: exp.Expr, alias: str, members: Table) -> tuple[str, str] | None:
    """The column of the members that is held against who asks, and how that is told."""
    if not isinstance(part, exp.EQ):
        return None
    sides = (_bare(part.this), _bare(part.expression))
    for one, other in (sides, sides[::-1]):
        if isinstance(one, exp.Column) and _is_of(one, alias, members) and _is_who(other):
            return name_of(one), _who(other)
    return None


def _is_who(node: exp.Expr) -> bool:
    """Whether an expression is a call that no row changes: auth.uid(), (SELECT auth.uid())."""
    if any(node.find_all(exp.Column)) or any(node.find_all(exp.Table)):
        return False
    return any(not isinstance(call, exp.Cast) for call in node.find_all(exp.Func, exp.Anonymous))


def _who(node: exp.Expr) -> str:
    inner = node.this if isinstance(node, exp.Subquery) else node
    if isinstance(inner, exp.Select):
        inner = inner.expressions[0].unalias()
    return inner.sql(dialect="postgres")


def _is_of(column: exp.Column, alias: str, members: Table) -> bool:
    named = name_of(column.args["table"]) if column.args.get("table") else ""
    return named in {alias, ""} and name_of(column) in members.by_name


def _unqualified(part: exp.Expr) -> str:
    copy = part.copy()
    for column in copy.find_all(exp.Column):
        column.set("table", None)
    for cast in list(copy.find_all(exp.Cast)):
        if isinstance(cast.this, exp.Literal) and cast.to.this == exp.DType.TEXT:
            cast.replace(cast.this)
    return copy.sql(dialect="postgres")


def _known(node: exp.Table, schema: Schema) -> Table | None:
    owner = node.db if node.db and node.db != "public" else ""
    return schema.by_name.get(f"{owner}.{node.name}" if owner else node.name)
