"""Text files that are handed over beside a request: what they say is read as its words.

A log, an issue, a note: its lines are what somebody would have pasted. Secrets are masked; of a
long file the beginning and the end are read, where a log has what began it and what it came to.
"""

from dataclasses import replace
from pathlib import Path

from blueproof.core.brief import Assumption, Brief
from blueproof.intake.files import read_bytes
from blueproof.intake.records import as_lines
from blueproof.intake.words.read import read_request
from blueproof.sql.secrets import masked

_SUFFIXES = frozenset({".log", ".txt", ".md", ".out", ".err"})
_RECORDS = frozenset({".jsonl", ".ndjson"})
_MOST = 20_000  # characters of one file
_CUT = "\n[...]\n"


def is_note(path: Path) -> bool:
    """Whether a file is prose or a log by its name."""
    return path.suffix.lower() in _SUFFIXES | _RECORDS


def is_text(path: Path) -> bool:
    """Whether a file holds text, whatever it is called."""
    found = read_bytes(path, option=str(path))
    try:
        return b"\0" not in found and bool(found.decode("utf-8").strip())
    except UnicodeDecodeError:
        return False


def with_note(brief: Brief, path: Path) -> Brief:
    """The brief with the words of the file behind those of the request.

    InputError if the file cannot be read.
    """
    text = masked(read_bytes(path, option=str(path)).decode("utf-8", errors="replace")).strip()
    text = as_lines(text) or text if path.suffix.lower() in _RECORDS else text
    long = len(text) > _MOST
    if long:
        text = f"{text[: _MOST // 2]}{_CUT}{text[-_MOST // 2 :]}"
    read = read_request(f"{brief.request}\n\n{text}".strip())
    told = tuple(f for f in brief.facts if f.source in {"file", "stated"})
    left = Assumption(
        key=path.name,
        value="its middle is not read",
        why=f"{_MOST:,} characters are read of a file",
    )
    return replace(
        read,
        facts=(*read.facts, *told),
        documents=(*brief.documents, *read.documents),
        assumptions=(*brief.assumptions, *((left,) if long else ())),
        not_understood=brief.not_understood,
    )
