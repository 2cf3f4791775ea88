"""SQL that keeps figures ready: a materialized view, or a table that triggers change."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from blueproof.advisors.known.reproduction.figures import Figures, Part
from blueproof.sql.guessing.kinds import Column
from blueproof.sql.names import bare, quote, quote_table

_ADDED = {"count", "sum"}
_ROUNDED = {"real", "double precision"}  # a sum of them hangs on the order of its rows
_ALL = "row_count"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What makes a table of figures with its triggers, what takes it back, what reads it."""

    made: str
    undo: str
    read: str
    checked: str


def view_of(figures: Figures) -> str:
    """The materialized view of the cells, with the key by which it is refreshed beside readers."""
    name = quote_table(figures.name)
    made = f"CREATE MATERIALIZED VIEW {name} AS\n{_cells(figures)};\n"
    if not figures.keys:
        return made
    return f"{made}CREATE UNIQUE INDEX ON {name} ({_names(_by_asked(figures))});\n"


def renewal(figures: Figures) -> str:
    """The statement that brings the view up to date."""
    beside = "CONCURRENTLY " if figures.keys else ""
    return f"REFRESH MATERIALIZED VIEW {beside}{quote_table(figures.name)};\n"


def undone(figures: Figures) -> str:
    """What takes the view back."""
    return f"DROP MATERIALIZED VIEW IF EXISTS {quote_table(figures.name)};\n"


def _by_asked(figures: Figures) -> tuple[Part, ...]:
    """The keys, those first that the reading query asks for by value."""
    where = figures.read.partition("WHERE ")[2]
    return tuple(sorted(figures.keys, key=lambda k: f"{quote(k.name)} = " not in where))


def _names(parts: tuple[Part, ...]) -> str:
    return ", ".join(quote(p.name) for p in parts)


def _cells(figures: Figures, source: str = "") -> str:
    """The query that makes the cells, from the tables or from another source."""
    items = [_item(p) for p in (*figures.keys, *figures.parts)]
    where = f"\nWHERE {figures.where}" if figures.where else ""
    by = ", ".join(str(n) for n in range(1, len(figures.keys) + 1))
    group = f"\nGROUP BY {by}" if by else ""
    return f"SELECT {', '.join(items)}\nFROM {source or figures.source}{where}{group}"


def _item(part: Part) -> str:
    name = quote(part.name)
    same = part.sql.rpartition(".")[2] == name
    return part.sql if same else f"{part.sql} AS {name}"


def with_trigger(figures: Figures, columns: Mapping[str, Column]) -> Kept | None:
    """A table of the cells that triggers keep; None where sums and counts do not follow writes."""
    if not figures.alone or any(not _follows(p, columns) for p in figures.parts):
        return None
    full = figures
    if _ALL not in {p.name for p in figures.parts}:
        full = replace(figures, parts=(*figures.parts, Part(name=_ALL, sql="count(*)")))
    name, keep = quote_table(full.name), quote_table(f"keep_{full.name}")
    unique = f"ALTER TABLE {name} ADD UNIQUE NULLS NOT DISTINCT ({_names(_by_asked(full))});\n"
    made = (
        f"CREATE TABLE {name} AS\n{_cells(full)};\n{unique if full.keys else ''}"
        f"CREATE FUNCTION {keep}() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n"
        f"{_emptied(full)}{_added(full)}{_taken(full)}  RETURN NULL;\nEND $$;\n{_triggers(full)}"
    )
    undo = (
        "".join(
            f"DROP TRIGGER IF EXISTS {quote(_trigger(full, event))} ON {quote_table(full.table)};\n"
            for event in _EVENTS
        )
        + f"DROP FUNCTION IF EXISTS {keep}();\nDROP TABLE IF EXISTS {name};\n"
    )
    return Kept(
        made=made, undo=undo, read=figures.read.format(name), checked=figures.checked.format(name)
    )


def _follows(part: Part, columns: Mapping[str, Column]) -> bool:
    """Whether a figure after a write is the one before it and what the rows written add."""
    if part.function not in _ADDED or "DISTINCT" in part.sql:
        return False
    if part.function == "count":
        return True
    column = columns.get(part.of)
    return column is not None and not column.nullable and column.type not in _ROUNDED


_EVENTS = {
    "insert": "REFERENCING NEW TABLE AS new_rows ",
    "update": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows ",
    "delete": "REFERENCING OLD TABLE AS old_rows ",
    "truncate": "",
}


def _trigger(figures: Figures, event: str) -> str:
    return f"{figures.name}_{event}"


def _triggers(figures: Figures) -> str:
    """One trigger for each kind of write: several in one cannot see the rows."""
    return "".join(
        f"CREATE TRIGGER {quote(_trigger(figures, event))} AFTER {event.upper()} "
        f"ON {quote_table(figures.table)}\n  {rows}FOR EACH STATEMENT "
        f"EXECUTE FUNCTION {quote_table(f'keep_{figures.name}')}();\n"
        for event, rows in _EVENTS.items()
    )


def _emptied(figures: Figures) -> str:
    name = quote_table(figures.name)
    zeros = ", ".join(f"{quote(p.name)} = 0" for p in figures.parts)
    cleared = f"DELETE FROM {name}" if figures.keys else f"UPDATE {name} SET {zeros}"
    return f"  IF TG_OP = 'TRUNCATE' THEN\n    {cleared};\n    RETURN NULL;\n  END IF;\n"


def _rows(figures: Figures, which: str) -> str:
    """The cells of the rows of one statement, under the name that the query has for the table."""
    table, _, alias = figures.source.partition(" AS ")
    cells = _cells(figures, f"{which} AS {alias or quote(bare(table))}")
    return cells.replace("\n", "\n      ")


def _added(figures: Figures) -> str:
    name, parts = quote_table(figures.name), [quote(p.name) for p in figures.parts]
    if not figures.keys:
        return f"  IF TG_OP <> 'DELETE' THEN\n{_changed(figures, 'new_rows', '+')}  END IF;\n"
    sums = ", ".join(f"{p} = kept.{p} + excluded.{p}" for p in parts)
    order = ", ".join(str(n) for n in range(1, len(figures.keys) + 1))
    return (
        f"  IF TG_OP <> 'DELETE' THEN\n"
        f"    INSERT INTO {name} AS kept ({_names((*figures.keys, *figures.parts))})\n"
        f"      {_rows(figures, 'new_rows')}\n      ORDER BY {order}\n"
        f"    ON CONFLICT ({_names(_by_asked(figures))}) DO UPDATE SET {sums};\n  END IF;\n"
    )


def _taken(figures: Figures) -> str:
    empty = f"    DELETE FROM {quote_table(figures.name)} WHERE {_ALL} = 0;\n"
    return (
        f"  IF TG_OP <> 'INSERT' THEN\n{_changed(figures, 'old_rows', '-')}"
        f"{empty if figures.keys else ''}  END IF;\n"
    )


def _changed(figures: Figures, which: str, sign: str) -> str:
    """The cells of one statement's rows added to those that are there, or taken from them."""
    parts = [quote(p.name) for p in figures.parts]
    sums = ", ".join(f"{p} = kept.{p} {sign} coalesce(rows.{p}, 0)" for p in parts)
    keys = [quote(k.name) for k in figures.keys]
    same = " AND ".join(f"kept.{k} IS NOT DISTINCT FROM rows.{k}" for k in keys)
    where = f"\n    WHERE {same}" if same else ""
    return (
        f"    UPDATE {quote_table(figures.name)} AS kept SET {sums}\n"
        f"    FROM (\n      {_rows(figures, which)}\n    ) AS rows{where};\n"
    )


def writes(figures: Figures) -> str:
    """Deletes, inserts and updates of some rows, after which what is kept must be right still."""
    table = quote_table(figures.table)
    some = f"WHERE ctid IN (SELECT ctid FROM {table} OFFSET 700 LIMIT 300)"
    keys = [
        p.sql.rpartition(".")[2] for p in figures.keys if p.sql.rpartition(".")[2].isidentifier()
    ]
    changed = [f"{k} = (SELECT {k} FROM written_again LIMIT 1)" for k in keys]
    changed += [f"{quote(p.of)} = {quote(p.of)} + 1" for p in figures.parts if p.function == "sum"]
    update = f"UPDATE {table} SET {', '.join(dict.fromkeys(changed))} {some};\n" if changed else ""
    return (
        f"CREATE TEMP TABLE written_again AS SELECT * FROM {table} LIMIT 300;\n"
        f"DELETE FROM {table} WHERE ctid IN (SELECT ctid FROM {table} LIMIT 500);\n"
        f"INSERT INTO {table} SELECT * FROM written_again;\n{update}"
    )
