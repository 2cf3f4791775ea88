"""How much of our index advice stays the same when statistics are assumed, query by query.

    python bench/tune/assumed.py --python PATH --workload web,tpch

Each query is advised on by itself three times: with the DDL alone, with DDL and row counts, and
with the loaded database's own statistics ("true"). Compared are the new indexes that its plan then
reads.

- same: as many indexes, each with the same table, method, INCLUDE and WHERE, and the same keys:
  columns held against a value or joined by may change places among themselves, what follows
  (ranges, sorts) may not, and may be turned round as a whole, since an index is read both ways.
- same but for INCLUDE or WHERE: as above, those two apart; a key that the other one's WHERE pins
  does not count.
- both say none: no new index is read.

These three agree. By effect two sets are alike if, under true statistics, the query costs at most
1.2 times as much with the set advised from assumptions (and its rewrite, if one was advised).
DDL, statistics and queries are read from the server once and kept in CACHE/collected.
"""

import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

from assumed_same import AGREE
from places import Places, arguments, in_our_python, places, say

_HERE = Path(__file__).parent
_COLLECT = _HERE.parents[1] / "src" / "blueproof" / "sql" / "collect.sql"
_ALIKE = 1.2
_WAYS = {"ddl": "DDL alone", "rows": "DDL and row counts"}


def main() -> None:
    """Go over to the cache's Python, collect what is missing, ask, print a table."""
    chosen = arguments(__doc__, workload="web,tpch")
    where = places(chosen.cache, chosen.peers)
    in_our_python(where)
    found = {name: _one(where, name, chosen.python) for name in chosen.workload.split(",")}
    say(report(found))
    if chosen.out:
        Path(chosen.out).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _one(where: Places, name: str, python: str) -> list[dict[str, Any]]:
    folder = where.cache / "collected"
    if not (folder / f"{name}.stats.sql").exists():
        _collect(where, name, folder)
    done = subprocess.run(  # noqa: S603 (our own script)
        [python, str(_HERE / "assumed_asking.py")],
        input=json.dumps({"folder": str(folder), "workload": name}),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


def _collect(where: Places, name: str, folder: Path) -> None:
    """Write DDL, statistics and queries of a workload's database, as a person would hand them."""
    import cluster
    import workloads

    folder.mkdir(exist_ok=True)
    started = not cluster.running(where)
    cluster.start(where)
    try:
        queries = workloads.prepare(where, name)
        workloads.write_queries(folder / f"{name}.queries.sql", queries)
        dsn, tools = cluster.dsn(where, name), cluster.tree_of(where) / "bin"
        ddl = ("pg_dump", "--schema-only", "--no-owner", "--no-privileges", dsn)
        stats = ("psql", "-XAtq", "-f", str(_COLLECT), dsn)
        for kind, (program, *rest) in {"schema": ddl, "stats": stats}.items():
            text = subprocess.check_output([str(tools / program), *rest], text=True)  # noqa: S603
            (folder / f"{name}.{kind}.sql").write_text(text, encoding="utf-8")
    finally:
        if started:
            cluster.stop(where)


def report(found: dict[str, list[dict[str, Any]]]) -> str:
    """The figures in Markdown, and below them every query whose advice differs."""
    lines = [
        "| workload | known | queries | same | but for INCLUDE, WHERE | both none | agree | alike "
        "by effect | differ, flip printed | dearer than without |",
        "| --- | --- " + "| ---: " * 8 + "|",
    ]
    every = [row for rows in found.values() for row in rows]
    for name, rows in {**found, "all": every}.items():
        lines += [_figures(name, way, rows) for way in _WAYS]
    return "\n".join([*lines, *_differences(every)])


def _figures(name: str, way: str, rows: list[dict[str, Any]]) -> str:
    kinds = Counter(row[way]["class"] for row in rows)
    agree = sum(kinds[kind] for kind in AGREE)
    alike = sum(row[way]["ratio"] <= _ALIKE for row in rows)
    apart = [row for row in rows if row[way]["class"] not in AGREE]
    printed = sum(bool(row[way]["flips"]) for row in apart)
    harmed = sum(row[way]["harm"] for row in rows)
    same, none, variant = (kinds[kind] for kind in AGREE)
    share = f"{agree} ({agree / len(rows):.0%})"
    return (
        f"| {name} | {_WAYS[way]} | {len(rows)} | {same} | {variant} | {none} | {share} "
        f"| {alike} ({alike / len(rows):.0%}) | {printed} of {len(apart)} | {harmed} |"
    )


def _differences(rows: list[dict[str, Any]]) -> list[str]:
    lines = []
    for row in rows:
        for way, called in _WAYS.items():
            one = row[way]
            if one["class"] in AGREE and one["ratio"] <= _ALIKE:
                continue
            lines.append(
                f"{row['query']}, {called}: {one['class']}; {one['ratio']:.2f} times the cost"
            )
            lines.append(f"  true:    {'; '.join(row['true']) or 'none'}")
            lines.append(f"  assumed: {'; '.join(one['indexes']) or 'none'}")
            lines += [f"  {flip}" for flip in one["flips"]]
    return lines


if __name__ == "__main__":
    main()
