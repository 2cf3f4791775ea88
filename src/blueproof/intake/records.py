"""Records of JSON, one a line, as a log holds them: what they say, the most frequent first.

A thousand lines that say the same are one line here, with how often and from when to when; so the
rarest stays in view, and a file of megabytes is a page.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

_SAYS = ("error", "err", "exception", "message", "msg", "event", "text", "log")
_LEVEL = ("level", "severity", "lvl", "levelname", "status")
_WHEN = ("timestamp", "@timestamp", "ts", "time", "date")
_BESIDE = 4  # other fields of a record that are told
_LONGEST = 300  # characters of one field
_MOST = 60  # kinds of lines that are told


def as_lines(text: str) -> str | None:
    r"""What the records say, one kind a line; None where the text is none of such records.

    >>> as_lines('{"level":"error","msg":"no route","ms":5}\n{"level":"error","msg":"no route"}')
    '2 times: error no route (ms 5)'
    """
    records = list(_records(text))
    if not records:
        return None
    counted = Counter(map(_key, records))
    shown = {_key(record): record for record in reversed(records)}
    times = defaultdict[tuple[str, str], list[str]](list)
    for record in records:
        times[_key(record)].append(_first(record, _WHEN))
    kinds = counted.most_common(_MOST)
    return "\n".join(_line(shown[key], count, times[key]) for key, count in kinds)


def _records(text: str) -> Iterator[dict[str, Any]]:
    for line in filter(str.strip, text.splitlines()):
        try:
            found = json.loads(line)
        except ValueError:
            continue  # the last line of a log that is cut is no reason to drop the others
        if isinstance(found, dict):
            yield found


def _key(record: dict[str, Any]) -> tuple[str, str]:
    return _first(record, _LEVEL), _first(record, _SAYS)


def _first(record: dict[str, Any], names: tuple[str, ...]) -> str:
    return next((_plain(record[name]) for name in names if record.get(name)), "")


def _plain(value: object) -> str:
    """The value on one line; of an object what it says of itself."""
    if isinstance(value, dict):
        value = _first(value, _SAYS) or json.dumps(value)
    return " ".join(str(value).split())[:_LONGEST]


def _line(record: dict[str, Any], count: int, when: list[str]) -> str:
    told = {*_SAYS, *_LEVEL, *_WHEN}
    others = [f"{name} {_plain(value)}" for name, value in record.items() if name not in told]
    beside = f" ({', '.join(others[:_BESIDE])})" if others else ""
    span = f", {min(when)} to {max(when)}" if count > 1 and all(when) else ""
    says = " ".join(filter(None, _key(record)))
    return f"{f'{count:,} times' if count > 1 else 'Once'}{span}: {says}{beside}"
