"""The stories of bench/slow/stories: how they are read, and what must hold for each of them."""

import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import zip_longest
from pathlib import Path
from typing import Any

import yaml

KINDS = (
    *("index", "rewrite", "partial", "expression", "gin", "gist", "brin"),
    *("statistics", "setting", "schema", "nothing"),
)
HALVES = ("tuned", "held-out")
_WIDTH = 62
# What every reproduction holds, plan or no plan: none of it is a symptom.
_PLAIN = (
    "CREATE TABLE t (id bigint PRIMARY KEY, a text UNIQUE); ANALYZE t; SELECT DISTINCT count(*) "
    "FROM t WHERE a = 'x' GROUP BY a ORDER BY a LIMIT 1 OFFSET 1; "
    "Index Scan using t_pkey on t  (cost=0.29..8.31 rows=1 width=36)"
)
_DDL = re.compile(r"\b(create|alter) (table|index|unique|view|type)\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Story:
    """A person's words about a slow query, and what the experts made of them.

    `match` and `must_not` are regular expressions for the first pieces of advice, `symptom_match`
    for what a reproduction shows; any of them is enough. `tables` are the names that a good
    reproduction has. `ddl` is whether the tables stand in the request, as they are or were made.
    `why` is said of what is no slow query; such a story has no fix and no half.
    """

    id: str
    source: str
    request: str
    half: str = "not"
    ddl: bool = False
    symptom: str = ""
    fix: str = ""
    fix_kind: str = ""
    fix_sql: str = ""
    also: tuple[str, ...] = ()
    note: str = ""
    tables: tuple[str, ...] = ()
    match: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    symptom_match: tuple[str, ...] = ()
    expect: str = ""
    why: str = ""


def read(folder: Path, half: str) -> tuple[Story, ...]:
    """The stories of one half in their order: tuned, held-out or not."""
    return tuple(story for story in _all(folder) if story.half == half)


def _all(folder: Path) -> Iterator[Story]:
    known = {field.name for field in fields(Story)}
    for file in sorted(folder.glob("*.yaml")):
        told: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
        if unknown := told.keys() - known:
            raise ValueError(f"{file.name}: nobody reads {', '.join(sorted(unknown))}")
        lists = {key: tuple(value) for key, value in told.items() if isinstance(value, list)}
        yield Story(id=file.stem, **{**told, **lists})


def faults(folder: Path) -> Iterator[str]:
    """What is wrong with the stories, a line each; none is right."""
    try:
        stories = tuple(_all(folder))
    except (TypeError, ValueError, yaml.YAMLError) as error:
        yield str(error)
        return
    for story in stories:
        yield from (f"{story.id}: {fault}" for fault in _faults(story))
    told = [story for story in stories if story.half in HALVES]
    plain = Counter(story.fix_kind for story in told)["index"]
    if 3 * plain > len(told):
        yield f"{plain} of {len(told)} are plain indexes, a third at most is like the real world"


def _faults(story: Story) -> Iterator[str]:
    if not re.match(r"https?://\S+$", story.source):
        yield "no link to where it stands"
    if not story.request.strip():
        yield "no request"
    if bool(_DDL.search(story.request)) != story.ddl:
        yield "the request holds no DDL" if story.ddl else "the request holds DDL"
    if story.id.startswith("not-"):
        if story.expect != "no reproduction" or not story.why or story.half != "not":
            yield "says neither what is expected nor why"
        return
    yield from _unsaid(story)
    yield from _unsound(story)


def _unsaid(story: Story) -> Iterator[str]:
    needed = ("symptom", "fix", "fix_sql", "also", "match", "symptom_match")
    yield from (f"no {name}" for name in needed if not getattr(story, name))
    if story.half not in HALVES:
        yield f"half is {story.half!r}"
    if story.fix_kind not in KINDS:
        yield f"fix_kind is {story.fix_kind!r}"
    if story.expect or story.why:
        yield "expect and why are for what is no slow query"


def _unsound(story: Story) -> Iterator[str]:
    """What would let an answer pass that only says the request again, or the right one fail."""
    request = " ".join(story.request.split())
    right = " ".join(f"{story.fix} {story.fix_sql}".split())
    for pattern in (*story.match, *story.must_not, *story.symptom_match):
        try:
            re.compile(pattern)
        except re.error as error:
            yield f"{pattern!r}: {error}"
            return
    yield from (f"an echo passes: {p!r}" for p in story.match if _found(p, request))
    yield from (f"any database shows {p!r}" for p in story.symptom_match if _found(p, _PLAIN))
    if not any(_found(pattern, right) for pattern in story.match):
        yield "the experts' own fix does not match"
    yield from (f"the experts' fix is refused by {p!r}" for p in story.must_not if _found(p, right))
    missing = [name for name in story.tables if name.lower() not in request.lower()]
    yield from (f"{name} is no name of the person's" for name in missing)


def _found(pattern: str, text: str) -> bool:
    return bool(re.search(pattern, text, re.IGNORECASE))


def side_by_side(left: Sequence[str], right: Sequence[str]) -> str:
    """Two columns of paragraphs, as lines of text."""
    columns = (_wrapped(left), _wrapped(right))
    return "\n".join(
        f"{one:{_WIDTH}} | {two}".rstrip() for one, two in zip_longest(*columns, fillvalue="")
    )


def _wrapped(paragraphs: Sequence[str]) -> list[str]:
    lines = [line for text in paragraphs for line in text.splitlines()]
    return [part for line in lines for part in textwrap.wrap(line, _WIDTH) or [""]]
