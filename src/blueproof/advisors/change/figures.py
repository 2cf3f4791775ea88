"""The figures of the case: rows, writes a second, version, tool, instances."""

import re
from collections.abc import Mapping

from blueproof.advisors.change.kinds import tools
from blueproof.core.brief import Brief

_UNITS = {
    "k": 1e3, "thousand": 1e3, "m": 1e6, "mio": 1e6, "mil": 1e6, "million": 1e6, "b": 1e9,
    "bn": 1e9, "billion": 1e9, "": 1.0,
}  # fmt: skip
_NUMBER = r"(?P<number>\d[\d,]*(?:\.\d+)?) ?(?P<unit>k|thousand|m|mio|mil|million|b|bn|billion)?\b"
_FEWEST = 1_000  # fewer are no count of rows
_LISTED = r"\d[\d,]*(?:\.\d+)? ?(?:k|m|b|bn|million|billion)?"
_EACH = re.compile(_NUMBER, re.IGNORECASE)
_SEVERAL = re.compile(rf"\b{_LISTED}(?:(?:, ?| and |, and ){_LISTED})+ ?rows\b", re.IGNORECASE)
_NO_RATE = r"(?!`? ?(?:/|a|per|each|every) ?(?:s|sec|second|min|minute|hour|day|week|month|year)\b)"
_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10}
_VERSION = re.compile(
    r"\b(?:pg|postgres(?:ql)?) ?(?:v|version )?(\d{1,2})(?:\.\d+)?\b", re.IGNORECASE
)
_INSTANCES = re.compile(
    r"\b(\d+|two|three|four|five|six|eight|ten) (?:\w+ ){0,2}?"
    r"(?:instances?|pods?|replicas|servers|containers|nodes|dynos|workers|tasks|machines)\b",
    re.IGNORECASE,
)
_WRITES = re.compile(
    rf"{_NUMBER} ?(?:writes?|inserts?|updates?|tps|ops|w|transactions)"
    r" ?(?:/|per |a |each )? ?(?:s|sec|second)?\b",
    re.IGNORECASE,
)
_REPLICAS = re.compile(r"\b(?:read[ -]?)?(?:replicas?|standby|follower)s?\b", re.IGNORECASE)
_NO_REPLICA = re.compile(r"\breplica identity\b", re.IGNORECASE)


def rows_in(words: str, table: str, brief: Brief) -> int:
    """The rows of the table, as the words tell them; 0 where they do not."""
    several = table.split(", ")
    if several[1:]:
        found = re.search(
            rf"((?:{_LISTED}(?:, ?| and |, and ))+{_LISTED}) ?rows", words, re.IGNORECASE
        )
        figures = (
            [_value(m) for m in re.finditer(_NUMBER, found[1], re.IGNORECASE)] if found else []
        )
        if len(figures) == len(several):
            return round(sum(figures))
    name = re.escape(several[0].strip('"'))
    for pattern in (
        rf"\b{name}\b[`\"']? ?(?:=|:|has|have|is|at|with|are|,|\()? ?(?:about |around |~)?{_NUMBER}"
        r" ?(?:rows|records|entries)?",
        rf"{_NUMBER} (?:rows |records )?(?:in |of )?(?:the )?`?{name}\b{_NO_RATE}",
        rf"{_NUMBER}[ -]?(?:rows?|records|entries)\b",
        rf"\bat {_NUMBER}",
    ):
        found = re.search(pattern, words, re.IGNORECASE)
        if found and _value(found) >= _FEWEST:
            return round(_value(found))
    rows = [f.value for f in brief.facts if f.key == "scale.rows"]
    return int(max((r for r in rows if isinstance(r, float)), default=0))


def without_listed(words: str) -> str:
    """The words without rows of several tables one after the other: "(1.2B and 300M rows)"."""
    return _SEVERAL.sub(" ", words)


def children_rows(words: str, found: Mapping[str, str]) -> dict[str, int]:
    """The rows of each table that refers to the changed one; none where they are not told."""
    names = [name for name in found.get("child", "").split(", ") if name]
    listed = _SEVERAL.search(words)
    figures = [_value(m) for m in _EACH.finditer(listed[0])] if listed else []
    if len(figures) == len(names):
        return {name: round(n) for name, n in zip(names, figures, strict=True)}
    told = {}
    for name in names:
        own = re.search(
            rf"\b{re.escape(name)}\b[`\"']?(?:\.\w+)? ?(?:=|:|has|is|with|\()? ?"
            rf"(?:about |around |~)?{_NUMBER}",
            words,
            re.IGNORECASE,
        )
        if own and _value(own) >= _FEWEST:
            told[name] = round(_value(own))
    return told


def _value(found: re.Match[str]) -> float:
    number = found["number"].replace(",", "")
    return float(number) * _UNITS[(found["unit"] or "").lower()]


def writes_in(words: str, brief: Brief) -> float:
    """Writes a second; 0 where nothing is told."""
    told = [f.value for f in brief.facts if f.key == "scale.writes" and "second" in f.unit]
    if told and isinstance(told[0], float):
        return told[0]
    found = _WRITES.search(words)
    return _value(found) if found else 0.0


def version_in(words: str) -> str:
    """The major version of PostgreSQL, "" where it is not told."""
    found = _VERSION.search(words)
    return found[1] if found else ""


def instances_in(words: str) -> int:
    """How many instances of the app run; 0 where it is not told."""
    found = _INSTANCES.search(words)
    return _WORDS.get(found[1].lower()) or int(found[1]) if found else 0


def replicas_in(words: str) -> bool:
    """Whether there are read replicas."""
    return bool(_REPLICAS.search(_NO_REPLICA.sub("", words)))


def tool_in(words: str) -> str:
    """The tool that runs the migrations, by its name in tools.yaml; "" where none is told."""
    found = [
        (m.start(), name)
        for name, tool in tools().items()
        if (m := re.search(tool["told"], words, re.IGNORECASE))
    ]
    return min(found)[1] if found else ""
