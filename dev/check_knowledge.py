"""Say what is wrong with files of entries, before they are taken in: check_knowledge.py FILES."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from blueproof.facts.entries import Choice, Entry, Failure, Limit, entry
from blueproof.intake.words.technologies import index

_LONGEST = 260
_LEAST_ASKS = 3
_CAUSES = range(2, 6)


def faults(path: Path) -> Iterator[str]:
    """Every fault of a file, each with the entry that has it."""
    kind: Any = path.parent.name
    for name, raw in yaml.safe_load(path.read_text(encoding="utf-8")).items():
        try:
            made = entry(kind, name, raw)
        except ValueError as error:
            yield str(error)
            continue
        for fault in (*_common(made, raw), *_own(made)):
            yield f"{kind} {name}: {fault}"


def _common(made: Entry, raw: dict[str, Any]) -> Iterator[str]:
    unknown = set(made.of) - set(index().by_id)
    if unknown:
        yield f"no such products: {sorted(unknown)}"
    if not made.of:
        yield "of no product"
    if len(made.asks) < _LEAST_ASKS:
        yield f"{len(made.asks)} ways to ask; at least {_LEAST_ASKS}"
    if not re.fullmatch(r"https://[\w.-]+/\S*", made.source):
        yield f"the source is no address: {made.source}"
    if made.confidence not in {"high", "medium"}:
        yield f"confidence {made.confidence}"
    for text in _texts(raw):
        if len(text) > _LONGEST:
            yield f"{len(text)} characters: {text[:60]}..."
        if text != " ".join(text.split()) and "\n" in text.strip():
            yield f"more than one line: {text[:60]}..."


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _own(made: Entry) -> Iterator[str]:
    if isinstance(made, Limit):
        if not made.hard and not made.raised:
            yield "soft, and does not say how it is raised"
        if made.sentence.endswith("."):
            yield "says ends with a full stop"
    if isinstance(made, Failure) and len(made.causes) not in _CAUSES:
        yield f"{len(made.causes)} causes; two to five"
    if isinstance(made, Choice) and made.figure and not (made.low and made.high):
        yield "a figure, and no answer below and above it"


def main() -> int:
    """Print the faults; 1 where there are any."""
    found = [fault for name in sys.argv[1:] for fault in faults(Path(name))]
    counts = sum(len(yaml.safe_load(Path(n).read_text("utf-8"))) for n in sys.argv[1:])
    sys.stdout.write("\n".join((*found, f"{counts} entries, {len(found)} faults")) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
