"""Migration files: one change each, with the file that takes it back."""

import re
from dataclasses import dataclass

from blueproof.core.advice import Artifact
from blueproof.core.scene import Excerpt
from blueproof.sql.names import quote, quote_table
from blueproof.sql.schema import Index, Policy, Schema

_HEAD = "-- Run outside a transaction: CONCURRENTLY refuses one, and so never blocks writes.\n"
_PARTS_HEAD = "-- A partitioned table is indexed partition by partition, so that writes go on.\n"
_COUNTS = "\n-- Of an expression the planner knows nothing until it is counted.\n"
_TIMEOUT = "SET lock_timeout = '5s';\nSET statement_timeout = 0;\n\n"
# A wait cut short leaves an invalid index, which IF NOT EXISTS then takes for the wanted one.
_PATIENT = (
    "-- It waits for open transactions and blocks no reads or writes meanwhile; to cut the wait\n"
    "-- short would leave an invalid index.\n"
    "SET lock_timeout = 0;\nSET statement_timeout = 0;\n\n"
)
_STOPPED = "-- After a run that was stopped, first: DROP INDEX CONCURRENTLY IF EXISTS {name};\n"


@dataclass(frozen=True, kw_only=True)
class Migration:
    """A change and its undo as files that the person can run."""

    change: Excerpt
    undo: Excerpt
    artifacts: tuple[Artifact, ...]


_INSIDE = r"[^()']|'[^']*'"
_CALL = re.compile(rf"[\w.]+\((?:{_INSIDE}|\((?:{_INSIDE})*\))*\)")


def _plainly(key: str) -> str:
    """A key part without the parentheses that a single call does not need.

    >>> _plainly("(lower(email))"), _plainly("(lower(a) || lower(b))")
    ('lower(email)', '(lower(a) || lower(b))')
    """
    inner = key[1:-1]
    return inner if key.startswith("(") and _CALL.fullmatch(inner) else key


@dataclass(frozen=True, kw_only=True)
class NewIndex:
    """An index to be made: its table, its key parts as SQL, and what it is for."""

    name: str
    table: str
    keys: tuple[str, ...]
    purpose: str
    where: str = ""
    include: tuple[str, ...] = ()
    method: str = "btree"
    extension: str = ""  # to be made first, where the schema does not make it

    @property
    def short(self) -> str:
        """The index as people say it: orders (customer_id, created_at DESC)."""
        condition = f" WHERE {self.where}" if self.where else ""
        using = "" if self.method == "btree" else f" USING {self.method}"
        return f"{self.table}{using} {self._columns}{condition}"

    @property
    def _columns(self) -> str:
        held = f" INCLUDE ({', '.join(self.include)})" if self.include else ""
        return f"({', '.join(map(_plainly, self.keys))}){held}"

    @property
    def definition(self) -> str:
        """What CREATE INDEX says after the name."""
        using = "" if self.method == "btree" else f"USING {self.method} "
        condition = f" WHERE {self.where}" if self.where else ""
        return f"ON {quote_table(self.table)} {using}{self._columns}{condition}"

    def ddl(self, table: str | None = None, *, name: str | None = None, only: bool = False) -> str:
        """CREATE INDEX for the table, or for a partition of it under another name."""
        how = "IF NOT EXISTS" if only else "CONCURRENTLY IF NOT EXISTS"
        on = f"ON {'ONLY ' if only else ''}{quote_table(table or self.table)}"
        condition = f"\n  WHERE {self.where}" if self.where else ""
        using = "" if self.method == "btree" else f" USING {self.method}"
        made = quote(name or self.name)
        return f"CREATE INDEX {how} {made}\n  {on}{using} {self._columns}{condition};\n"

    @property
    def computed(self) -> bool:
        """Whether a B-tree of it orders an expression, whose values ANALYZE must count."""
        return self.method == "btree" and any("(" in key for key in self.keys)

    @property
    def bare(self) -> str:
        """The statement that a scratch database is asked with."""
        return self.before + self.ddl()

    @property
    def before(self) -> str:
        """What has to be there before the index, as SQL."""
        made = f"CREATE EXTENSION IF NOT EXISTS {quote(self.extension)};\n"
        return made if self.extension else ""


def create_index(index: NewIndex, schema: Schema) -> Migration:
    """The migration that makes the index, and the one that drops it again."""
    parts = tuple(t.name for t in schema.tables if t.partition_of == index.table)
    partitioned = schema.by_name[index.table].partitioned
    making = _over_partitions(index, parts) if partitioned else _HEAD + _PATIENT + index.bare
    counting = f"{_COUNTS}ANALYZE {quote_table(index.table)};\n" if index.computed else ""
    owner, _, _ = index.table.rpartition(".")
    full = quote_table(f"{owner}.{index.name}" if owner else index.name)
    stopped = "" if partitioned else _STOPPED.format(name=full)
    how, waits = ("", _TIMEOUT) if partitioned else ("CONCURRENTLY ", _PATIENT)
    dropping = f"DROP INDEX {how}IF EXISTS {full};\n"
    title = f"-- {index.purpose}\n"
    stays = f" {index.extension} stays, since others may use it." if index.extension else ""
    undo = f"-- Takes back {index.name}.{stays}\n{waits}{dropping}"
    return _files(index.name, title + stopped + making + counting, undo)


def create_indexes(indexes: tuple[NewIndex, ...], schema: Schema) -> Migration:
    """One migration that makes several indexes, and the one that drops them all again."""
    each = [create_index(index, schema) for index in indexes]
    if len(each) == 1:
        return each[0]
    change = "\n".join(m.change.text.replace(_PATIENT if n else "", "") for n, m in enumerate(each))
    return _files(f"{indexes[0].name[:48]}_and_more", change, "\n".join(m.undo.text for m in each))


def _over_partitions(index: NewIndex, parts: tuple[str, ...]) -> str:
    pieces = [_PARTS_HEAD, _TIMEOUT, index.before, index.ddl(only=True)]
    for number, part in enumerate(parts, start=1):
        name = f"{index.name[:55]}_p{number}"
        owner, _, _ = part.rpartition(".")
        attached = quote_table(f"{owner}.{name}" if owner else name)
        pieces += ("SET lock_timeout = 0;\n", index.ddl(part, name=name))
        whole = quote(index.name)
        pieces.append(
            f"SET lock_timeout = '5s';\nALTER INDEX {whole} ATTACH PARTITION {attached};\n"
        )
    return "".join(pieces)


def drop_index(index: Index, purpose: str) -> Migration:
    """The migration that drops an index, and the one that makes it again as it was."""
    name = index.name if '"' in index.name else quote_table(index.name)
    change = f"-- {purpose}\n{_HEAD}{_PATIENT}DROP INDEX CONCURRENTLY IF EXISTS {name};\n"
    making = index.definition.replace("INDEX ", "INDEX CONCURRENTLY IF NOT EXISTS ", 1)
    stem = "drop_" + index.name.rpartition(".")[2].strip('"')
    return _files(stem, change, f"-- Brings back {index.name}.\n{_PATIENT}{making};\n")


def create_statistics(name: str, definition: str, schema: str, purpose: str) -> Migration:
    """The migration that makes extended statistics and has their table counted, and its undo.

    `definition` begins with STATISTICS; `schema` is where their table lies, "" for public.
    """
    what = definition.removeprefix("STATISTICS ")
    full = quote_table(f"{schema}.{name}" if schema else name)
    change = (
        f"-- {purpose}\n-- ANALYZE reads a sample of the table; writes go on meanwhile.\n{_TIMEOUT}"
        f"CREATE STATISTICS IF NOT EXISTS {full} {what};\nANALYZE {what.rpartition(' FROM ')[2]};\n"
    )
    return _files(
        name, change, f"-- Takes back {name}.\n{_TIMEOUT}DROP STATISTICS IF EXISTS {full};\n"
    )


def alter_policies(
    table: str, changed: tuple[tuple[Policy, Policy], ...], purpose: str
) -> Migration:
    """The migration that gives policies of a table other conditions, and the one that undoes it."""
    stem = f"policies_of_{table.replace('.', '_')}"
    change = "".join(_altered(old, new) for old, new in changed)
    undo = "".join(_altered(new, old) for old, new in changed)
    head = f"-- {purpose}\n{_TIMEOUT}"
    return _files(stem, head + change, f"-- Takes the policies of {table} back.\n{_TIMEOUT}{undo}")


def _altered(old: Policy, new: Policy) -> str:
    """ALTER POLICY with the conditions in which the new one differs from the old."""
    both = (("USING", old.using, new.using), ("WITH CHECK", old.check, new.check))
    clauses = "".join(f"\n  {word} ({text})" for word, was, text in both if was != text)
    return f"ALTER POLICY {quote(new.name)} ON {quote_table(new.table)}{clauses};\n"


def plain_files(stem: str, change: str, undo: str) -> Migration:
    """A change and its undo under migrations/, as they are written."""
    return _files(stem, change, undo)


def _files(stem: str, change: str, undo: str) -> Migration:
    forward, back = f"migrations/{stem}.sql", f"migrations/undo/{stem}.sql"
    return Migration(
        change=Excerpt(text=change, path=forward),
        undo=Excerpt(text=undo, path=back),
        artifacts=(
            Artifact(path=forward, purpose="the change", text=change),
            Artifact(path=back, purpose="takes it back", text=undo),
        ),
    )
