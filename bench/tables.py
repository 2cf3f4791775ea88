"""Time a planner twin of 1,000 tables: the twin alone, one EXPLAIN on it, the whole command.

    python bench/tables.py [--tables 1000] [--times 5] [--form dump|hand] [--twin] [--ddl FILE]

The schema is made here and is always the same: 1,000 tables in 20 areas, nine columns, one or two
foreign keys and three indexes each (some partial, some on an expression), enums, checks, comments,
views. `dump` writes it as pg_dump does, keys and constraints in statements of their own, `hand` as
people do. `--ddl` writes it to a file and times nothing, `--twin` leaves the command out. (d) is of
servers that find the schema in the cache, where (a) has left it. Medians are printed, with the
least and the most, and the load of the machine before and after.
"""

import argparse
import os
import random
import statistics as figures
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin
from blueproof.sql.rowcounts import count_rows
from blueproof.sql.statistics import assume

_UNTIL = date(2026, 11, 29)
_AREAS = (
    *("account", "billing", "cart", "catalog", "chat", "content", "course", "device", "event"),
    *("fleet", "hr", "invoice", "ledger", "loyalty", "media", "order", "support", "survey"),
    *("ticket", "warehouse"),
)
_KINDS = (
    *("item", "entry", "member", "group", "setting", "note", "file", "review", "rule", "batch"),
    *("job", "log", "tag", "version", "draft", "address", "contact", "plan", "price", "line"),
    *("transfer", "message", "thread", "channel", "report", "export", "import", "session", "token"),
    *("device", "alert", "metric", "budget", "quota", "policy", "template", "field", "value"),
    *("relation", "history", "snapshot", "approval", "comment", "reaction", "label", "filter"),
    *("view", "shift", "visit", "stock"),
)
_STATES = ("open", "paid", "sent", "void", "draft", "failed")
_QUERIES = 5
_UNCOVERED = 20  # one in so many second foreign keys has no index, so that there is advice to give


@dataclass(frozen=True)
class _Table:
    """A table of the made schema: its statements in the order in which they run."""

    name: str
    parents: tuple[str, ...]
    enum: str
    variant: int
    at: int


def main() -> None:
    """Time what was asked for, or write the schema to a file."""
    asked = _arguments()
    tables = made(asked.tables)
    ddl = "\n".join(written(tables, dumped=asked.form == "dump"))
    if asked.ddl:
        asked.ddl.write_text(ddl, encoding="utf-8")
        return
    say = sys.stdout.write
    say(f"{asked.tables:,} tables, {ddl.count(';'):,} statements, {len(ddl) >> 10:,} kB\n")
    say(f"load before: {os.getloadavg()[0]:.2f}\n")
    timed = _of_twins(ddl, queries(tables), asked.times)
    if not asked.twin:
        timed |= _of_commands(ddl, queries(tables), asked.times)
    for name, each in timed.items():
        say(f"{name:32} {figures.median(each):8.3f} s ({min(each):.3f} to {max(each):.3f})\n")
    say(f"load after: {os.getloadavg()[0]:.2f}\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Time a planner twin of many tables.")
    parser.add_argument("--tables", type=int, default=1_000)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--form", choices=("dump", "hand"), default="dump")
    parser.add_argument("--twin", action="store_true")
    parser.add_argument("--ddl", type=Path)
    return parser.parse_args()


def made(count: int) -> list[_Table]:
    """The tables, each referring to one or two before it."""
    draw = random.Random(count)  # noqa: S311 (a schema to measure with)
    found: list[_Table] = []
    for at in range(count):
        area = _AREAS[at % len(_AREAS)]
        turn, kind = divmod(at // len(_AREAS), len(_KINDS))
        before = draw.sample(found, min(len(found), draw.choice((1, 1, 2))))
        name = f"{area}_{_KINDS[kind]}{turn or ''}"
        parents = tuple(t.name for t in before)
        found.append(_Table(name, parents, f"{area}_state", draw.randrange(4), at))
    return found


def written(tables: list[_Table], *, dumped: bool) -> Iterator[str]:
    """The schema's statements, as pg_dump writes them or as people do."""
    if dumped:
        yield "SET statement_timeout = 0;\nSET client_encoding = 'UTF8';"
        yield "SELECT pg_catalog.set_config('search_path', '', false);"
    states = ", ".join(f"'{state}'" for state in _STATES)
    for enum in dict.fromkeys(t.enum for t in tables):
        yield f"CREATE TYPE public.{enum} AS ENUM ({states});"
    for table in tables:
        yield from _table(table, dumped=dumped)
    for table in tables:
        yield from _keys(table) if dumped else ()
        yield from _indexes(table)
    yield from map(_view, tables[::20])
    for table in tables if dumped else ():
        yield from _references(table)


def _table(table: _Table, *, dumped: bool) -> Iterator[str]:
    parents = "".join(
        f",\n    {p}_id bigint NOT NULL{'' if dumped else f' REFERENCES public.{p} (id)'}"
        for p in table.parents
    )
    checked = ("CHECK (amount >= 0)", "CHECK (kind IN ('a', 'b', 'c'))", "", "")[table.variant]
    yield f"""
CREATE TABLE public.{table.name} (
    id bigint GENERATED BY DEFAULT AS IDENTITY{"" if dumped else " PRIMARY KEY"},
    name character varying(120) NOT NULL,
    kind text DEFAULT 'a'::text NOT NULL,
    state public.{table.enum} DEFAULT 'open'::public.{table.enum} NOT NULL,
    amount numeric(12,2) DEFAULT 0,
    email text,
    details jsonb DEFAULT '{{}}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone{parents}{f",{chr(10)}    {checked}" if checked else ""}
);"""
    if dumped:
        yield f"ALTER TABLE public.{table.name} OWNER TO app;"
    if table.variant == 0:
        yield f"COMMENT ON TABLE public.{table.name} IS 'what its {table.name} are';"


def _keys(table: _Table) -> Iterator[str]:
    yield f"""
ALTER TABLE ONLY public.{table.name}
    ADD CONSTRAINT {table.name}_pkey PRIMARY KEY (id);"""


def _indexes(table: _Table) -> Iterator[str]:
    place = f"ON public.{table.name} USING btree"
    first = f"{table.parents[0]}_id" if table.parents else "kind"
    yield f"CREATE INDEX {table.name}_a {place} ({first}, created_at DESC);"
    yield f"CREATE INDEX {table.name}_b {place} (state, created_at);"
    if len(table.parents) > 1 and table.at % _UNCOVERED:
        yield f"CREATE INDEX {table.name}_c {place} ({table.parents[1]}_id);"
        return
    third = ("(email)", "(lower(email))", "(name) WHERE (deleted_at IS NULL)", "(amount)")
    unique = "UNIQUE " if table.variant == 0 else ""
    yield f"CREATE {unique}INDEX {table.name}_c {place} {third[table.variant]};"


def _view(table: _Table) -> str:
    return f"""
CREATE VIEW public.{table.name}_live AS
 SELECT t.id, t.name, t.state, t.created_at
   FROM public.{table.name} t
  WHERE (t.deleted_at IS NULL);"""


def _references(table: _Table) -> Iterator[str]:
    for parent in table.parents:
        key = f"FOREIGN KEY ({parent}_id) REFERENCES public.{parent}(id)"
        yield f"""
ALTER TABLE ONLY public.{table.name}
    ADD CONSTRAINT {table.name}_{parent}_fkey {key};"""


def queries(tables: list[_Table]) -> list[str]:
    """Five queries of the kind that a web application asks, over tables apart from one another."""
    some = [t for t in tables if t.parents][:: max(1, len(tables) // _QUERIES)][:_QUERIES]
    shapes = (
        "SELECT * FROM {t} WHERE {p}_id = $1 ORDER BY created_at DESC LIMIT 20",
        "SELECT count(*) FROM {t} WHERE kind = $1 AND deleted_at IS NULL",
        "SELECT t.name, p.name FROM {t} t JOIN {p} p ON p.id = t.{p}_id WHERE p.email = $1",
        "SELECT * FROM {t} WHERE amount > $1 AND state = 'open' ORDER BY amount LIMIT 50",
        "UPDATE {t} SET state = 'void' WHERE email = $1",
    )
    return [s.format(t=t.name, p=t.parents[0]) for s, t in zip(shapes, some, strict=True)]


def _of_twins(ddl: str, asked: list[str], times: int) -> dict[str, list[float]]:
    """Seconds of each part of a twin's making, and of a server's start and end."""
    taken: dict[str, list[float]] = {}
    with closing(Server()) as server:
        for _ in range(times):
            for name, seconds in _twin(server, ddl, asked[2]).items():
                taken.setdefault(name, []).append(seconds)
    again = [_again(ddl) for _ in range(times)]
    server_alone = [_seconds(lambda: Server().close()) for _ in range(times)]
    return taken | {
        "(d) both again, server's start too": again,
        "a private server's start and end": server_alone,
    }


def _of_commands(ddl: str, asked: list[str], times: int) -> dict[str, list[float]]:
    """Seconds of the command, from its start to its end."""
    with tempfile.TemporaryDirectory() as folder:
        whole = [_command(Path(folder), ddl, asked) for _ in range(times)]
    return {"(b) blueproof pg, five queries": whole}


def _twin(server: Server, ddl: str, query: str) -> dict[str, float]:
    """Seconds to make one twin, and to ask it once."""
    taken: dict[str, float] = {}
    start = time.perf_counter()
    with Twin(server, ddl) as twin:
        taken["the twin: its DDL"] = loaded = time.perf_counter() - start
        assert not twin.left_out, twin.left_out
        known = assume(twin.schema, count_rows(twin.schema, {}), _UNTIL)
        taken["the twin: its statistics"] = stated = _seconds(lambda: twin.set_statistics(known))
        taken["(a) the twin: both"] = loaded + stated
        taken["(c) one EXPLAIN"] = _seconds(lambda: twin.plan(query))
    return taken


def _again(ddl: str) -> float:
    """Seconds until a server of its own runs with the schema that was loaded before, stated."""
    start = time.perf_counter()
    with closing(Server(schema=ddl)) as server, Twin(server, ddl) as twin:
        made = time.perf_counter() - start
        known = assume(twin.schema, count_rows(twin.schema, {}), _UNTIL)
        return made + _seconds(lambda: twin.set_statistics(known))


def _command(folder: Path, ddl: str, asked: list[str]) -> float:
    (folder / "schema.sql").write_text(ddl, encoding="utf-8")
    (folder / "queries.sql").write_text(";\n".join(asked) + ";\n", encoding="utf-8")
    command = [sys.executable, "-m", "blueproof", "pg", "--schema", "schema.sql", "--queries"]
    command += ["queries.sql", "--no-input", "--force", "--out", "out"]
    return _seconds(
        lambda: subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603 (ours)
    )


def _seconds(do: Callable[[], object]) -> float:
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
