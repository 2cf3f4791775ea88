"""The script of a rehearsal as it lies beside a change's migrations, read back from the files.

`checks/rehearsal.sql` sets the stage; the steps themselves are the files that are handed over.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from blueproof.sql.statements import read_script

SCRIPT = "checks/rehearsal.sql"
ALONE = "-- Not in a transaction."
_PART = re.compile(
    r"^-- (Watched|Tables|Old app|New app|At once|Differ|Steps):[ ]?(.*)$", re.MULTILINE
)
_STEP = re.compile(r"^-- (\S+\.sql) beside (old|new|old and new|none)$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One step: its file, what takes it back, what is asked after it, which apps run meanwhile.

    `alone` is whether its statements are in no transaction together.
    """

    path: str
    sql: str
    undo: str
    check: str
    beside: tuple[str, ...]
    alone: bool


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """The whole: tables with rows, both apps' statements, the steps, the change in one statement.

    `watched` are the tables that are in use, `differ` counts rows that are not as they must be.
    """

    tables: str
    watched: tuple[str, ...]
    apps: Mapping[str, str]
    at_once: str
    differ: str
    stages: tuple[Stage, ...]


def read_rehearsal(files: Mapping[str, str]) -> Rehearsal | None:
    """The rehearsal that the files hold; None where there is none, or a step's file is missing."""
    parts = _PART.split(files.get(SCRIPT, ""))
    named = {parts[n]: (parts[n + 1], parts[n + 2]) for n in range(1, len(parts) - 2, 3)}
    if "Tables" not in named or "Steps" not in named:
        return None
    steps = _STEP.findall(named["Steps"][1])
    if not steps or any(path not in files for path, _ in steps):
        return None
    watched = named.get("Watched", ("", ""))[0]
    return Rehearsal(
        tables=named["Tables"][1],
        watched=tuple(t for t in watched.split(", ") if t),
        apps={a.split()[0].lower(): named[a][1] for a in ("Old app", "New app") if a in named},
        at_once=named.get("At once", ("", ""))[1],
        differ=named.get("Differ", ("", ""))[1],
        stages=tuple(_stage(path, beside, files) for path, beside in steps),
    )


def _stage(path: str, beside: str, files: Mapping[str, str]) -> Stage:
    name = path.rpartition("/")[2]
    apps = () if beside == "none" else tuple(beside.split(" and "))
    return Stage(
        path=path,
        sql=files[path],
        undo=files.get(f"undo/{name}", ""),
        check=files.get(f"checks/{name}", ""),
        beside=apps,
        alone=ALONE in files[path],
    )


def statements(script: str) -> tuple[str, ...]:
    """The statements of a script, in order."""
    return tuple(s.text for s in read_script(script, path=SCRIPT).statements)
