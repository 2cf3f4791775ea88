"""What a schema says to a question that is asked in words: types, keys, and what refers to them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

from blueproof.advisors.known.told import sentence
from blueproof.core.advice import Finding
from blueproof.core.brief import Brief
from blueproof.facts.pattern import LatePattern
from blueproof.sql.schema import ForeignKey, Schema, Table

_RULE = "your-schema"
_MOST_TABLES, _MOST_COLUMNS = 4, 6
_SMALL = frozenset({"integer", "smallint"})
_WIDER = LatePattern(r"\b(?:bigint|int8|int64|bigserial|wider (?:id|key)|2[.,]147)", re.IGNORECASE)
_PARTS = LatePattern(r"\bpartition\w*", re.IGNORECASE)
_TIMES = ("timestamp", "date")


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What the schema says: sentences for the answer, and its tables as findings."""

    sentences: tuple[str, ...]
    findings: tuple[Finding, ...]


def evidence_of(schema: Schema, brief: Brief, path: str) -> Evidence:
    """What the tables that the words name are, as far as the question needs it."""
    name = PurePath(path).name
    named = tuple(named_tables(schema, brief.request))[:_MOST_TABLES]
    first = named[:1] if _WIDER.search(brief.request) or _PARTS.search(brief.request) else ()
    return Evidence(
        sentences=tuple(sentence(s) for table in first for s in _asked(schema, table, brief, name)),
        findings=tuple(
            Finding(rule=_RULE, where=path, says=_described(schema, table)) for table in named
        ),
    )


def named_tables(schema: Schema, request: str) -> Iterator[Table]:
    """The tables that the words name, the first named first; one or many is the same."""
    places = {}
    for table in schema.tables:
        plain = table.name.rpartition(".")[2]
        one = re.escape(plain.removesuffix("s")).replace("_", "[_ ]")
        found = re.search(rf"\b{one}(?:s|es)?\b", request, re.IGNORECASE)
        if found:
            places[table.name] = found.start()
    yield from sorted((t for t in schema.tables if t.name in places), key=lambda t: places[t.name])


def _asked(schema: Schema, table: Table, brief: Brief, path: str) -> Iterator[str]:
    if _PARTS.search(brief.request):
        yield from _to_partition(schema, table, path)
    elif _WIDER.search(brief.request):
        yield from _to_widen(schema, table, path)


def _to_widen(schema: Schema, table: Table, path: str) -> Iterator[str]:
    """The small key of a table, what refers to it, and the order in which they are widened."""
    key = table.by_name[table.primary_key[0]] if len(table.primary_key) == 1 else None
    if key is None or key.type not in _SMALL:
        return
    there = [f for f in _referring(schema, table) if f.referenced == (key.name,)]
    small = [f for f in there if _type(schema, f) in _SMALL]
    wide = [f for f in there if f not in small]
    says = f"in {path} {table.name}.{key.name} is {key.type}"
    if not there:
        yield f"{says}, and no foreign key refers to it"
    if small:
        columns = _joined([f"{_column(f)} ({_type(schema, f)})" for f in small])
        many = len(small) > 1
        yield (
            f"{says}, and {columns} {'refer' if many else 'refers'} to it: "
            f"{'they take' if many else 'it takes'} the same steps, and first, since no id above "
            "2,147,483,647 fits there"
        )
    if wide:
        yield f"{_joined([_column(f) for f in wide])} can hold the larger ids already"


def _to_partition(schema: Schema, table: Table, path: str) -> Iterator[str]:
    """The keys of a table that lack its time, and what refers to it."""
    times = [c.name for c in table.columns if c.type.startswith(_TIMES)]
    if len(times) != 1 or table.partitioned:
        return
    lacking = [k for k in (table.primary_key, *table.unique) if k and times[0] not in k]
    if lacking:
        keys = _joined([f"({', '.join(k)})" for k in lacking])
        whole = f"({', '.join((*lacking[0], times[0]))})"
        yield (
            f"in {path} the key {keys} of {table.name} lacks {times[0]}, by which it would be "
            f"partitioned: a unique key must hold it, so it becomes {whole}, and "
            f"{', '.join(lacking[0])} alone is no longer kept unique by the database"
        )
    there = [_column(f) for f in _referring(schema, table)]
    if there:
        yield f"{_joined(there)} refers to it and cannot go on with the old key alone"
    else:
        yield f"no foreign key refers to {table.name}, so none has to be dropped"


def _described(schema: Schema, table: Table) -> str:
    columns = [f"{c.name} {c.type}" for c in table.columns[:_MOST_COLUMNS]]
    more = len(table.columns) - len(columns)
    columns += [f"{more} more"] * (more > 0)
    key = f"; key ({', '.join(table.primary_key)})" if table.primary_key else "; no primary key"
    there = [_column(f) for f in _referring(schema, table)]
    refer = f"; {_joined(there)} refer{'s' * (len(there) == 1)} to it" if there else ""
    return f"{table.name}: {', '.join(columns)}{key}{refer}."


def _referring(schema: Schema, table: Table) -> list[ForeignKey]:
    return [f for f in schema.foreign_keys if f.references == table.name]


def _column(key: ForeignKey) -> str:
    return f"{key.table}.{', '.join(key.columns)}"


def _type(schema: Schema, key: ForeignKey) -> str:
    return schema.by_name[key.table].by_name[key.columns[0]].type


def _joined(parts: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
