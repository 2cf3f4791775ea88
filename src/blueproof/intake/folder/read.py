"""A person's project folder as facts, with a diagram of what is there today.

Files are read, never run; nothing outside the folder is looked at. What cannot be read is told in
a line, and no value of a secret goes into a fact.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from blueproof.core.brief import Fact
from blueproof.core.diagram import Diagram
from blueproof.intake.folder.architecture import draw
from blueproof.intake.folder.found import DamagedError, Text
from blueproof.intake.folder.merging import Seen, merged, parts, printable
from blueproof.intake.folder.readers import RANKS, Reading, needs_text, readings
from blueproof.intake.folder.walk import read_text, reason, walk


@dataclass(frozen=True, kw_only=True)
class Folder:
    """What a project folder tells: facts, a diagram, the files read, and "path: why" for others."""

    facts: tuple[Fact, ...]
    diagram: Diagram | None
    files_read: tuple[str, ...]
    not_read: tuple[str, ...]


def read_folder(root: Path) -> Folder:
    """All that the files of a project tell; InputError if the root is no folder."""
    found = walk(root)
    seen: list[Seen] = []
    read: list[str] = []
    not_read = list(found.passed)
    for reading in readings(found.files):
        try:
            findings = list(_findings(root, reading))
        except (OSError, ValueError) as error:
            not_read.append(f"{reading.path}: {reason(error)}")
        except DamagedError as error:
            not_read.append(f"{reading.path}: {error}")
        else:
            seen += findings
            read += [reading.path] if findings else []
    facts = merged(seen)
    return Folder(
        facts=facts,
        diagram=draw(facts, parts(seen)),
        files_read=tuple(printable(path) for path in sorted(read)),
        not_read=tuple(printable(line) for line in not_read),
    )


def _findings(root: Path, reading: Reading) -> Iterator[Seen]:
    text = (read_text(root, reading.path) or "") if needs_text(reading) else ""
    file = Text(path=reading.path, text=text)
    for reader in reading.readers:
        for finding in reader.read(file):
            yield Seen(finding=finding, path=reading.path, reader=reader.id, rank=RANKS[reader.id])
