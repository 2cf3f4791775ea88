"""PostgreSQL's csvlog: a record for each message, its columns those of the server's version."""

import csv
import re
from collections.abc import Iterator

from blueproof.sql.workload.log_events import Event, may_tell

# A record begins with its time; so a broken one spoils no other, as an open quote would.
_RECORD = re.compile(
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)? [A-Za-z0-9+:_/-]+,",
    re.MULTILINE,
)
_PROCESS, _SEVERITY, _MESSAGE, _DETAIL, _CONTEXT = 3, 11, 13, 14, 18
_ERROR = ",ERROR,"
_FEWEST = 23  # columns of version 9; later ones have more at the end
_LOOKED_AT = 20_000  # characters at the beginning; a file may begin in the middle of a record


def is_csv_log(text: str) -> bool:
    """Whether a record of a csvlog, with its severity, stands at the text's beginning."""
    start = text[:_LOOKED_AT]
    return bool(_RECORD.search(start)) and bool(re.search(r",(?:LOG|FATAL|ERROR),", start))


def read_csv_log(text: str, broken: list[int]) -> Iterator[Event]:
    """The events of a csvlog; the lines of records without all their columns go to `broken`."""
    found = _RECORD.search(text)
    line, counted = 1, 0
    while found:
        after = _RECORD.search(text, found.end())
        record = text[found.start() : after.start() if after else len(text)]
        if may_tell(record) or _ERROR in record:
            line += text.count("\n", counted, found.start())
            counted = found.start()
            event = _event(record, line)
            if event is None:
                broken.append(line)
            else:
                yield event
        found = after


def _event(record: str, line: int) -> Event | None:
    """The event of a record; None for a broken one."""
    try:
        rows = list(csv.reader(record.splitlines(keepends=True), strict=True))
    except csv.Error:
        return None
    if not rows or len(rows[0]) < _FEWEST:
        return None
    fields = rows[0]
    return Event(
        line,
        fields[_MESSAGE],
        fields[_DETAIL],
        fields[_CONTEXT],
        session=fields[_PROCESS],
        failed=fields[_SEVERITY] == "ERROR",
    )
