r"""PostgreSQL's own log lines, whatever stands before "LOG:" in them.

What goes on over several lines has a tab at the beginning of each; syslog writes #011 in its place
and its own beginning, with the number of the part, before. A log with no such line at all may have
lost its tabs, so there a line without LOG: or its like goes on with the one before.
"""

import re
from collections.abc import Iterator
from itertools import chain

from blueproof.sql.workload.log_events import Event

_SEVERITIES = "LOG|ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|DEBUG[1-5]?"
_LINE = re.compile(
    rf"^(?P<prefix>[^\t\n][^\n]*?)?\b(?P<kind>{_SEVERITIES}|DETAIL|CONTEXT|HINT|STATEMENT|QUERY|LOCATION)"
    r":[ \t]{1,2}",
    re.MULTILINE,
)
_SESSION = re.compile(r"\[([0-9]+)(?:-[0-9]+)?\]|\b(?:pid|p)=([0-9]+)")
_SYSLOG = re.compile(r"\n[^\n]*?\[[0-9]+-(?:[2-9]|[0-9]{2,})\] ?(?:#011)?")
_BEGINS = re.compile(r"\bLOG:  ")  # two spaces: nobody else writes so
_COMMENT = re.compile(r"(?:^|[\s;])(?:--|/?\*)")
_LOOKED_AT = 4_000  # characters at the beginning, for a log that tells of no statement
_TELLS = re.compile(r"\bLOG:[ \t]{1,2}(?:duration: [0-9]|statement: |execute [^:\n]*: )")


def is_stderr_log(text: str) -> bool:
    """Whether it is a PostgreSQL log, or some lines of it that tell of statements."""
    found = chain(_TELLS.finditer(text), _BEGINS.finditer(text, 0, _LOOKED_AT))
    return any(not _commented(text, one.start()) for one in found)


def _commented(text: str, at: int) -> bool:
    """Whether a comment of SQL quotes the line of a log."""
    return bool(_COMMENT.search(text, max(0, text.rfind("\n", 0, at)), at))


def read_stderr_log(text: str, broken: list[int]) -> Iterator[Event]:
    """The events of a log; lines that belong to none are added to `broken`."""
    tabbed, line, counted = "\n\t" in text or "#011" in text, 1, 0
    event: Event | None = None
    found = _LINE.search(text)
    while found:
        after = _LINE.search(text, found.end())
        line += text.count("\n", counted, found.start())
        counted = found.start()
        message, lost = _message(
            text[found.end() : after.start() if after else len(text)], tabbed=tabbed
        )
        if lost:
            broken.append(line + lost)
        kind = found["kind"]
        if kind == "DETAIL" and event:
            event.detail = message
        elif kind == "CONTEXT" and event:
            event.context = message
        elif re.fullmatch(_SEVERITIES, kind):
            if event:
                yield event
            failed = kind in {"ERROR", "FATAL", "PANIC"}
            event = Event(line, message, session=_session(found), failed=failed)
        found = after
    if event:
        yield event


def _session(found: re.Match[str]) -> str:
    said = _SESSION.search(found["prefix"] or "")
    return (said[1] or said[2]) if said else ""


def _message(raw: str, *, tabbed: bool) -> tuple[str, int]:
    """A message's text without its tabs; the first of its lines that is no part of it, or 0."""
    if "\n" not in raw[:-1]:
        return raw.rstrip("\r\n"), 0
    if "#011" in raw:
        raw = _SYSLOG.sub("\n", raw).replace("#011", "\t")
    elif tabbed:
        lines = raw.rstrip("\r\n").split("\n")
        stop = next((n for n, text in enumerate(lines) if n and not text.startswith("\t")), 0)
        kept = lines[: stop or len(lines)]
        lost = next((n for n in range(stop, len(lines)) if stop and lines[n].strip()), 0)
        return "\n".join([kept[0], *(text[1:] for text in kept[1:])]), lost
    return raw.rstrip("\r\n"), 0
