"""A query as the calls of an object mapper build it up, piece by piece."""

import re
from dataclasses import dataclass, field

from blueproof.sql.guessing.kinds import snake
from blueproof.sql.names import quote, quote_table


def plural(name: str) -> str:
    """The plural as libraries make it: category, categories.

    >>> plural("category"), plural("box"), plural("order")
    ('categories', 'boxes', 'orders')
    """
    if re.search(r"[^aeiou]y$", name):
        return f"{name[:-1]}ies"
    return f"{name}es" if re.search(r"(?:s|x|ch|sh)$", name) else f"{name}s"


def singular(name: str) -> str:
    """The singular of a table's name.

    >>> singular("categories"), singular("orders")
    ('category', 'order')
    """
    return f"{name[:-3]}y" if name.endswith("ies") else name.removesuffix("s")


def table_of(model: str, naming: str) -> str:
    """The table of a model: of its plural, unless a set is called as its table is."""
    name = snake(model)
    return name if naming == "set" or name.endswith("s") else plural(name)


def module_of(before: str) -> str:
    """What a table's name begins with where its model stands in modules: Billing::Invoice."""
    found = re.search(r"((?:[A-Z]\w*::)+)$", before)
    return "".join(f"{snake(part)}_" for part in found[1].split("::") if part) if found else ""


def spelled(model: str, text: str) -> str:
    """The table of a model where the words have it: an app's name, then the model's in small.

    >>> spelled("SearchUpdate", "core_searchupdate fills up"), spelled("Order", "by sort_order")
    ('core_searchupdate', '')
    """
    if not re.search(r"[a-z][A-Z]", model):
        return ""  # of a name that is one word, much else ends
    found = re.search(rf"(?<![\w.])((?:[a-z][a-z0-9]*_)+{re.escape(model.lower())}s?)\b", text)
    return found[1] if found else ""


@dataclass(kw_only=True)
class Query:
    """The parts of a query as the calls give them."""

    table: str
    joins: list[str] = field(default_factory=list)
    where: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    group: list[str] = field(default_factory=list)
    counted: list[str] = field(default_factory=list)
    selected: str = "*"
    limit: int | None = None
    offset: int | None = None
    counts: bool = False
    distinct: bool = False
    distinct_on: str = ""
    aliases: dict[str, str] = field(default_factory=dict)  # with the tables that they stand for

    @property
    def is_told(self) -> bool:
        """Whether the calls say more than which table is read."""
        return bool(self.where or self.order or self.counted or self.group or self.offset
                    or self.joins or self.counts)  # fmt: skip

    @property
    def sql(self) -> str:
        """The statement."""
        several = bool(self.joins)
        own = f"{quote_table(self.table)}.*" if several else "*"
        own = own if self.selected == "*" else self.selected
        distinct = "DISTINCT " * self.distinct
        distinct = f"DISTINCT ON ({self.distinct_on}) " if self.distinct_on else distinct
        body = f"FROM {quote_table(self.table)}{''.join(self.joins)}"
        body += f"\nWHERE {' AND '.join(self.where)}" if self.where else ""
        if self.counts and not self.group:
            inner = f"SELECT {distinct}{own} {body}"
            return f"SELECT count(*) FROM ({inner}) AS counted" if distinct else (
                f"SELECT count(*) {body}")  # fmt: skip
        if self.counted and not self.group:
            keys = f"{quote_table(self.table)}.id"
            text = f"SELECT {', '.join([own if several else '*', *self.counted])} {body}"
            text += f"\nGROUP BY {keys}"
        elif self.group:
            listed = ", ".join(self.group)
            text = f"SELECT {listed}, {', '.join(self.counted) or 'count(*)'} {body}"
            text += f"\nGROUP BY {listed}"
        else:
            text = f"SELECT {distinct}{own} {body}"
        text += f"\nORDER BY {', '.join(self.order)}" if self.order else ""
        text += f"\nLIMIT {self.limit}" if self.limit is not None else ""
        return text + (f" OFFSET {self.offset}" if self.offset else "")

    def column(self, path: str) -> str:
        """A column, with its table where several are read; of a relation, which is joined."""
        if any(each.endswith(f" AS {path}") for each in self.counted):
            return quote(path)  # a figure by the name that it was given
        if "->" in path:  # a key of a document, as PostgREST has it: data->>userId
            first, *steps = re.split(r"(->>?)", path)
            keys = (k if k.isdecimal() else f"'{k}'" for k in steps[1::2])
            return self.column(first) + "".join(map("".join, zip(steps[::2], keys, strict=True)))
        relation, _, name = path.rpartition("__")
        if relation:
            relation = relation.split("__")[-1]
            if name == "id":
                return self.column(f"{relation}_id")
            return f"{self.join(relation, 'JOIN')}.{quote(name)}"
        return f"{quote_table(self.table)}.{quote(path)}"

    def join(self, relation: str, how: str) -> str:
        """Join a relation by its name: many where it is a plural, one where it is not."""
        name = snake(relation)
        if name.endswith("s") and not name.endswith("ss"):
            table = name
            column = quote(f"{singular(self.table)}_id")
            on = f"{quote(table)}.{column} = {quote_table(self.table)}.id"
        else:
            table = plural(name)
            on = f"{quote(table)}.id = {quote_table(self.table)}.{quote(f'{name}_id')}"
        text = f"\n{how} {quote(table)} ON {on}"
        if table != self.table and text not in self.joins:
            self.joins.append(text)
        return quote(table)
