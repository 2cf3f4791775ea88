"""A person's project folder as facts, with a diagram of what is there today.

Files are read, never run; nothing outside the folder is looked at. What cannot be read is told in
a line, and no value of a secret goes into a fact.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from blueproof.core.brief import Fact
from blueproof.core.diagram import Diagram
from blueproof.intake.folder.architecture import draw
from blueproof.intake.folder.found import DamagedError, Text
from blueproof.intake.folder.merging import Seen, merged, parts, printable
from blueproof.intake.folder.readers import RANKS, Reading, most_bytes, readings
from blueproof.intake.folder.walk import read_text, reason, walk

MOST_IN_ALL = 64 * 1024 * 1024
_TOO_MUCH = f"not read, nor what comes after it: {MOST_IN_ALL // 1024**2} MB were read before it"


@dataclass(frozen=True, kw_only=True)
class Folder:
    """What a project folder tells: facts, a diagram, the files read, and "path: why" for others.

    `files` are all that were met.
    """

    facts: tuple[Fact, ...]
    diagram: Diagram | None
    files_read: tuple[str, ...]
    not_read: tuple[str, ...]
    files: tuple[str, ...] = field(default=(), repr=False)  # as they are called, not to be shown


def read_folder(root: Path) -> Folder:
    """All that the files of a project tell; InputError if the root is no folder."""
    found = walk(root)
    seen: list[Seen] = []
    read: list[str] = []
    not_read = list(found.passed)
    room = MOST_IN_ALL
    for reading in readings(found.files):
        if room < 0:
            not_read.append(f"{reading.path}: {_TOO_MUCH}")
            break
        try:
            text = read_text(root, reading.path, most_bytes(reading))
            room -= len(text)
            findings = list(_findings(reading, text))
        except (OSError, ValueError) as error:
            not_read.append(f"{reading.path}: {reason(error)}")
            seen += _by_name(reading)
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
        files=tuple(found.files),
    )


def is_read(path: str) -> bool:
    """Whether a file of that name tells something of a project, whatever stands in it."""
    return any(reading.is_named for reading in readings([path]))


def _by_name(reading: Reading) -> Iterator[Seen]:
    """What a file tells that is too long to be read: a lock file, that there is one."""
    return _findings(reading, "") if any(r.id == "lock" for r in reading.readers) else iter(())


def _findings(reading: Reading, text: str) -> Iterator[Seen]:
    file = Text(path=reading.path, text=text)
    for reader in reading.readers:
        for finding in reader.read(file):
            yield Seen(finding=finding, path=reading.path, reader=reader.id, rank=RANKS[reader.id])
