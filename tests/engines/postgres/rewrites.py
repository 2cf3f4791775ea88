"""The cases of rewrites.yaml as pairs of queries."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml_file

_CASES = Path(__file__).with_name("rewrites.yaml")


@dataclass(frozen=True, kw_only=True)
class Rewrite:
    """A query and a rewrite of it, which gives the same rows if it is `right`."""

    name: str
    right: bool
    ddl: str
    original: str
    rewritten: str
    seek: str
    never_null: tuple[str, ...]
    first: bool


def rewrites() -> Iterator[Rewrite]:
    """All pairs; `first` are the first right and the first wrong rewrite of each query."""
    data = yaml_file.load(_CASES.read_text(encoding="utf-8"))
    for case in data["cases"]:
        for kind in ("right", "wrong"):
            for number, text in enumerate(case[kind]):
                yield Rewrite(
                    name=f"{case['name']}, {kind} {number + 1}",
                    right=kind == "right",
                    ddl=data["schemas"][case["ddl"]],
                    original=case["original"],
                    rewritten=text,
                    seek=case.get("seek", ""),
                    never_null=tuple(case.get("never_null", ())),
                    first=number == 0,
                )
