"""The kinds of change that are known: how people tell of each, and its steps, as data."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from blueproof.facts.load import LOADER

# A name: as it stands in backticks or quotes, or as hardly any other word looks.
_MACROS = {
    "{Q}": "[`\"']?",
    "{I}": r"[A-Za-z_][A-Za-z0-9_]*",
    "{L}": r"[A-Za-z_][A-Za-z0-9_]*(?:(?:, ?(?:and )?| and )[A-Za-z_][A-Za-z0-9_]*)*",
}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step as data, with holes for names: a file of SQL, a backfill, or a release of the app.

    `beside` says which versions run meanwhile, `alone` that its statements are in no transaction,
    `each` the list of names for each of which `sql` and `undo` are written once.
    """

    does: str
    file: str = ""
    name: str = ""
    release: bool = False
    backfill: bool = False
    alone: bool = False
    lock: str = ""
    old: str = ""
    new: str = ""
    beside: str = "none"
    sql: str = ""
    undo: str = ""
    undo_alone: bool = False  # its statements are in no transaction: they lock several tables
    no_undo: str = ""  # why there is none
    check: str = ""
    set: str = ""
    todo: str = ""
    of: str = ""  # the table that a backfill fills, where it is not the one that is changed
    invalid: str = ""
    work: str = ""  # what a backfill does with the rows from key `first` to `last`
    when: str = ""  # a name that must have been told
    lacks: str = ""  # a name that must not
    each: str = ""  # a list of names: the step is made once for each, {one} is its name


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of change; `holes` are what its names are where nothing is told."""

    id: str
    title: str
    order: int
    asks: tuple[re.Pattern[str], ...]
    reads: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...] = ()
    needs: tuple[str, ...]
    holes: Mapping[str, str]
    variants: tuple[Mapping[str, Any], ...] = ()
    says: str
    steps: tuple[Step, ...]
    free: str = ""
    worth: str = ""  # that it is worth it, where the words ask, with `kept` told
    instead: str = ""
    harm: str = ""
    assumes: tuple[tuple[str, ...], ...] = ()  # key, value, why, and a name that makes it needless
    questions: tuple[Mapping[str, Any], ...] = ()
    files: tuple[Mapping[str, str], ...] = ()
    tables: str = ""
    old_app: str = ""
    new_app: str = ""
    at_once: str = ""
    at_once_when: str = ""  # a name that must have been told, else one statement is harmless
    differ: str = ""
    watched: str = "{table}"
    notes: tuple[str, ...] = field(default=())

    def is_meant(self, words: str) -> bool:
        """Whether the words tell of such a change."""
        return any(p.search(words) for p in self.asks) and not any(
            p.search(words) for p in self.unless
        )


@cache
def kinds() -> tuple[Kind, ...]:
    """All kinds, those first that are looked for first."""
    shared = _read("shared.yaml")
    folder = files(__package__) / "kinds"
    found = (
        _kind(
            entry.name.removesuffix(".yaml"),
            LOADER(entry.read_text("utf-8")).get_single_data(),
            shared,
        )
        for entry in folder.iterdir()
        if entry.name.endswith(".yaml")
    )
    return tuple(sorted(found, key=lambda k: (k.order, k.id)))


@cache
def part(name: str) -> str:
    """The text of a file with holes."""
    return (files(__package__) / "parts" / name).read_text("utf-8")


@cache
def tools() -> Mapping[str, Mapping[str, str]]:
    """How each tool for migrations is told, by its name among technologies."""
    return _read("tools.yaml")


def _read(name: str) -> dict[str, Any]:
    text = (files(__package__) / name).read_text("utf-8")
    found: dict[str, Any] = LOADER(text).get_single_data()
    return found


def _kind(name: str, raw: dict[str, Any], shared: Mapping[str, Any]) -> Kind:
    made: dict[str, Any] = {
        **raw,
        **{key: tuple(_pattern(text) for text in raw.get(key, ())) for key in _PATTERNS},
        **{key: tuple(raw.get(key, ())) for key in _LISTS},
        "assumes": tuple(tuple(map(str, one)) for one in raw.get("assumes", ())),
        "holes": {key: str(value) for key, value in raw.get("holes", {}).items()},
        "steps": tuple(_steps(raw.get("steps", ()), shared)),
    }
    return Kind(id=name, **made)


_PATTERNS = ("asks", "reads", "unless")
_LISTS = ("needs", "variants", "questions", "files", "notes")


def _pattern(text: str) -> re.Pattern[str]:
    for macro, meant in _MACROS.items():
        text = text.replace(macro, meant)
    return re.compile(text, re.IGNORECASE)


def _steps(raw: Any, shared: Mapping[str, Any]) -> Iterator[Step]:
    for one in raw:
        given = dict(shared[one]) if isinstance(one, str) else dict(one)
        base = given.pop("like", "")
        yield Step(**{**(shared[base] if base else {}), **given})
