"""What of a change was read from the words, and the names and texts that fill its steps."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from blueproof.advisors.change.kinds import Kind
from blueproof.sql.names import quote_table

_HOLE = re.compile(r"\{(\w+)(?:\[([^\]]*)\])?(?::([^{}]*))?\}")
_DEPTH = 6  # holes within holes
_BYTES = 63  # of an identifier


@dataclass(frozen=True, kw_only=True)
class Told:
    """A change: its kind and names, and the figures of the case; 0 or "" where not told.

    `said` are the names that the words hold, `rows` those of the table, `writes` a second.
    """

    kind: Kind
    names: Mapping[str, str]
    said: frozenset[str]
    rows: int = 0
    writes: float = 0.0
    version: str = ""
    tool: str = ""
    instances: int = 0
    replicas: bool = False
    more_rows: Mapping[str, int] = field(default_factory=dict)  # of tables that are filled, too
    left: str = ""  # the ids that are left of a key of four bytes, in words
    actions: bool = False  # whether GitHub Actions runs the migrations
    asks_time: bool = False  # whether it is asked how long there is
    asks_worth: bool = False  # whether it is asked if the change pays at all
    locked: str = ""  # for how long the table was locked before, in the person's words

    @property
    def at_once(self) -> str:
        """The change in one statement, where that harms; "" where it does not."""
        when = self.kind.at_once_when
        return "" if when and not self.names.get(when) else self.fill(self.kind.at_once)

    def fill(self, text: str) -> str:
        """The text with its holes filled; `{columns:NEW.%}` once for each name of a list.

        A text in brackets, `{columns[ OR ]:...}`, is what stands between them.
        """
        for _ in range(_DEPTH):
            filled = _HOLE.sub(self._one, text)
            if filled == text:
                break
            text = filled
        return text

    def _one(self, found: re.Match[str]) -> str:
        name, between, each = found.groups()
        value = self.names.get(name)
        if value is None:
            return found.group()
        if each is None:
            return value
        listed = [one for one in value.split(", ") if one]
        return (", " if between is None else between).join(each.replace("%", one) for one in listed)


def derived(names: Mapping[str, str]) -> dict[str, str]:
    """Names that are made of others: triggers, constraints, indexes."""
    table, column = _stem(names["table"]), _stem(names.get("column", ""))
    new = _stem(names.get("new", "")) or column
    parent = _stem(names.get("parent", ""))
    return {
        "table_plain": names["table"],
        "table_stem": table,
        "sync": _cut(f"{table}_{new}_sync"),
        "present": _cut(f"{table}_{new}_present"),
        "fkey": _cut(f"{table}_{new}_fkey"),
        "new_index": _cut(f"{table}_{new}_idx"),
        "quarantine": _cut(f"{table}_without_{new}"),
        "orphans": _cut(f"{table}_orphans"),
        "columns_stem": _stem(names.get("columns", "")),
        "parent_table": names["table"],
        "and_child": f", {names['child']}" if names.get("child") else "",
        "child_tables": "\n".join(of_children(names, "with_child_tables")),
        **_tied(names, table),
        "child_app": "\n".join(of_children(names, "with_child_app")),
        "untie_children": "\n".join(of_children(names, "untie_child")),
        "swap_children": "\n".join(of_children(names, "swap_child")),
        "lookup_index": _cut(f"{parent}_{_stem(names.get('match', ''))}_lookup_key"),
    }


def of_children(names: Mapping[str, str], template: str) -> list[str]:
    """A text once for each table that refers to the changed one, with its column and key's name."""
    made = []
    for name, its in each_child(names):
        text = names.get(template, "")
        for hole, value in {**its, "one": name}.items():
            text = text.replace("{" + hole + "}", value)
        made.append(text)
    return made


def each_child(names: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each table that refers to the changed one, with the names that its steps need."""
    for name in (n for n in names.get("child", "").split(", ") if n):
        stem = _stem(name)
        plain = name.strip('"')
        column = names.get(f"{plain}.column") or names.get("child_column", "")
        tie = names.get(f"{plain}.tie") or _cut(f"{stem}_{_stem(column)}_fkey")
        yield name, {"one_stem": stem, "one_column": column, "one_tie": tie}


def _tied(names: Mapping[str, str], table: str) -> dict[str, str]:
    """What the rehearsal has where a table refers to another, and where it refers to none."""
    parent = names.get("parent", "")
    column = f"{names['parent_one']}_id" if parent else "amount"
    tie = _cut(f"{table}_{column}_fkey")
    tied = f" CONSTRAINT {tie} REFERENCES {parent} (id)" if parent else ""
    name = names["table"]
    own = (
        f"CREATE TABLE {name} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
        f"{column} bigint{tied});"
    )
    rows = f"INSERT INTO {name} ({column}) SELECT 1 + n % 50 FROM generate_series(1, 2000) n;"
    above = (
        f"CREATE TABLE {parent} (id bigint PRIMARY KEY, n int);"
        f" INSERT INTO {parent} SELECT n FROM generate_series(1, 50) n;"
        if parent
        else "CREATE TABLE others (id bigint PRIMARY KEY, n int); INSERT INTO others VALUES (1);"
    )
    return {
        "and_parent": f", {parent}" if parent else "",
        "parent_column": column,
        "tie": tie,
        "tables_told": f"{above} {own} {rows}",
        "parent_app": f"UPDATE {parent or 'others'} SET n = coalesce(n, 0) + 1 WHERE id = 1;",
    }


def quoted(name: str) -> str:
    """A name, or several with commas between, as SQL must have them."""
    return ", ".join(quote_table(one) for one in name.split(", "))


def _stem(name: str) -> str:
    return re.sub(r"\W+", "_", name).strip("_").lower()


def _cut(name: str) -> str:
    return re.sub("_+", "_", name)[:_BYTES].strip("_")
