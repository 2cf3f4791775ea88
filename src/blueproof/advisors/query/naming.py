"""How tables, columns and what rows are for are called in a query that is written."""

import re
from dataclasses import dataclass

from blueproof.advisors.query.ground import Ground
from blueproof.advisors.query.stems import parts, singular
from blueproof.advisors.query.told import Condition, Group, Measure, Wish
from blueproof.sql.names import quote, quote_table

_OF_TABLE = re.compile(r'\{t\}\.("(?:[^"]|"")+"|\w+)')


def ref(table: str) -> str:
    """How the columns of a table are qualified."""
    return quote(table.rpartition(".")[2])


def one(table: str) -> str:
    """A row of the table as a noun: "order item"."""
    words = parts(table)
    return " ".join((*words[:-1], singular(words[-1]))) if words else table


def one_name(table: str) -> str:
    """The same as the beginning of a column's name."""
    return one(table).replace(" ", "_")


def on_table(condition: Condition) -> str:
    """The condition with its table's name."""
    return condition.sql.replace("{t}", ref(condition.table))


def key_name(group: Group) -> str:
    """The name of an entity's key in the answer."""
    if group.kind != "entity":
        return group.name
    stem = one_name(group.table)
    return group.column if group.column.startswith(stem) else f"{stem}_{group.column}"


def label_name(group: Group, label: str, groups: tuple[Group, ...]) -> str:
    """The name of an entity's other column in the answer."""
    several = sum(g.kind == "entity" for g in groups) > 1
    stem = one_name(group.table)
    return f"{stem}_{label}" if several and not label.startswith(stem) else label


@dataclass(frozen=True)
class Joined:
    """A table of facts with those that its rows lead to, as far as a query needs them."""

    ground: Ground
    table: str
    needed: tuple[str, ...]
    strict: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """FROM and its joins; a fact whose reference may be NULL is not lost by a join."""
        lines = [f"FROM {quote_table(self.table)}"]
        there = {self.table}
        for target in self.needed:
            loose = False
            for key in self.ground.way(self.table, target) or ():
                loose = loose or not self.ground.table(key.table).by_name[key.columns[0]].not_null
                if key.references in there:
                    continue
                there.add(key.references)
                word = "LEFT JOIN" if loose and target not in self.strict else "JOIN"
                lines.append(
                    f"{word} {quote_table(key.references)} ON {ref(key.references)}."
                    f"{quote(key.referenced[0])} = {ref(key.table)}.{quote(key.columns[0])}"
                )
        return "\n  ".join(lines)


def group_source(ground: Ground, table: str, group: Group) -> tuple[str, str]:
    """The table and column, reached from facts, that tell which group a fact belongs to."""
    if group.kind == "column":
        return group.table, group.column
    way = ground.way(table, group.table) or ()
    if not way:
        return group.table, group.column
    return way[-1].table, way[-1].columns[0]


def split_time(time: str) -> tuple[str, str]:
    """The table and the column of "orders.created_at"."""
    table, _, column = time.rpartition(".")
    return table, column


def time_type(ground: Ground, time: str) -> str:
    """The type of a column that says when."""
    return ground.type_of(*split_time(time))


def scalar(ground: Ground, table: str, alias: str, target: str, column: str) -> str:
    """A column of the one row that a fact leads to, as a query of its own."""
    way = ground.way(table, target) or ()
    if not way:
        return f"{alias}.{quote(column)}"
    inner = f"{alias}.{quote(way[0].columns[0])}"
    for at, key in enumerate(way):
        wanted = column if at == len(way) - 1 else way[at + 1].columns[0]
        inner = (
            f"(SELECT p{at}.{quote(wanted)} FROM {quote_table(key.references)} AS p{at} "
            f"WHERE p{at}.{quote(key.referenced[0])} = {inner})"
        )
    return inner


def plain_condition(ground: Ground, table: str, alias: str, condition: Condition) -> str:
    """The plain form of a condition, its columns fetched one by one."""

    def fetched(found: re.Match[str]) -> str:
        column = found[1].strip('"').replace('""', '"')
        return scalar(ground, table, alias, condition.table, column)

    return _OF_TABLE.sub(fetched, condition.plain)


def facts_of(wish: Wish) -> tuple[str, ...]:
    """The tables of facts, in the order of their figures."""
    return tuple(dict.fromkeys(m.table for m in wish.measures))


def of_table(wish: Wish, table: str) -> tuple[Measure, ...]:
    """The figures of one table of facts."""
    return tuple(m for m in wish.measures if m.table == table)


def on_entity(wish: Wish, condition: Condition) -> bool:
    """Whether a condition is about the thing that rows are for, and not about facts."""
    return any(g.kind == "entity" and g.table == condition.table for g in wish.groups) and (
        condition.table not in facts_of(wish)
    )


def bucket_of(wish: Wish) -> Group | None:
    """The stretch of time that a row is for."""
    return next((g for g in wish.groups if g.kind == "bucket"), None)


_ROUNDED = ("bigint", "integer", "smallint", "numeric")


def rounds(ground: Ground, measure: Measure) -> bool:
    """Whether an average of the measure's value is a number with too many digits."""
    if measure.value.startswith("extract("):
        return True
    columns = [c.strip('"') for c in re.findall(r'\{t\}\.("[^"]+"|\w+)', measure.value)]
    known = ground.table(measure.table).by_name
    kinds = [known[c].type for c in columns if c in known]
    dates = len(kinds) > 1 and all(k == "date" for k in kinds)
    return dates or all(k.startswith(_ROUNDED) for k in kinds)
