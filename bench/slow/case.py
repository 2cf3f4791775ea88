"""A case: somebody's slow query, the tables it ran on, the data in which it is slow, the fix."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "cases"
KINDS = frozenset({
    *("index", "rewrite", "partial", "expression", "gin", "gist", "brin", "statistics"),
    *("setting", "drop", "schema", "nothing"),
})  # fmt: skip
COMPARED = frozenset({"bag", "order", "count"})
_LAST_TUNED = 200  # later numbers are held out
_NEEDED = frozenset({"source", "title", "half", "schema", "fill", "query", "kind", "says"})
_KNOWN = _NEEDED | {"values", "session", "fix", "fix_query", "trap", "compare", "warm", "last_row"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One file of cases/.

    `fix_query` is "" where the expert left the query alone; `values` are SQL literals for $1, $2;
    `session` is SQL that the asker's connection had run before (a role, a setting); `compare` says
    how rows are compared: as a bag, in their order, or by their number alone. `warm` are the values
    of a prepared query's first runs, where they are others; `last_row` are the sort keys of the row
    before a page, which a query that pages by keys is given.
    """

    id: str
    source: str
    title: str
    half: str
    schema: str
    fill: str
    query: str
    kind: str
    says: str
    values: tuple[str, ...] = ()
    session: str = ""
    fix: str = ""
    fix_query: str = ""
    trap: bool = False
    compare: str = "bag"
    warm: tuple[str, ...] = ()
    last_row: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """The number that the file's name starts with."""
        return self.id.partition("-")[0]

    @property
    def fixed_query(self) -> str:
        """The query that the expert leaves behind."""
        return self.fix_query or self.query


def read(wanted: tuple[str, ...] = (), half: str = "") -> list[Case]:
    """The cases whose number or name starts so, all if none is named; SystemExit on a bad file."""
    cases = [_case(file) for file in sorted(FOLDER.glob("*.yaml"))]
    return [
        case
        for case in cases
        if (not half or case.half == half)
        and (not wanted or any(case.id.startswith(each) for each in wanted))
    ]


def _case(file: Path) -> Case:
    told: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    told_wrong = wrong(told, file.stem)
    if told_wrong:
        raise SystemExit(f"{file.name}: {told_wrong}")
    texts: dict[str, Any] = {
        key: value.strip() if isinstance(value, str) else value for key, value in told.items()
    }
    for key in ("values", "warm", "last_row"):
        texts[key] = tuple(str(each).strip() for each in told.get(key, ()))
    for key in ("query", "fix_query"):
        texts[key] = texts.get(key, "").rstrip(";")
    return Case(id=file.stem, **texts)


def wrong(told: dict[str, Any], name: str) -> str:
    """What is wrong with the content of a file of that name, or ""."""
    number = re.match(r"(\d{3})-[a-z0-9-]+$", name)
    checks = (
        (number is None, "its name is not NNN-words"),
        (not told.keys() >= _NEEDED, f"it lacks {', '.join(sorted(_NEEDED - told.keys()))}"),
        (not told.keys() <= _KNOWN, f"it has {', '.join(sorted(told.keys() - _KNOWN))}"),
        (told.get("kind") not in KINDS, f"its kind is none of {', '.join(sorted(KINDS))}"),
        (told.get("compare", "bag") not in COMPARED, "compare is bag, order or count"),
        (number and told.get("half") != _half(int(number[1])), "its half is not its number's"),
        (
            not told.get("trap") and not (told.get("fix") or told.get("fix_query")),
            "it is no trap and has no fix",
        ),
    )
    return next((says for bad, says in checks if bad), "")


def _half(number: int) -> str:
    return "tuned" if number <= _LAST_TUNED else "held-out"


def with_values(sql: str, values: tuple[str, ...]) -> str:
    """The query with its literals in place of $1, $2.

    >>> with_values("SELECT $1, $2::int", ("'a'", "3"))
    "SELECT 'a', 3::int"
    """
    return re.sub(
        r"\$(\d+)",
        lambda m: values[int(m[1]) - 1] if int(m[1]) <= len(values) else m[0],
        sql,
    )
