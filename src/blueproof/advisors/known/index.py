"""The entries as a search needs them: stems, worked out when the package is made.

`index.txt` is JSON, how often each stem stands among the entries, then an entry a line;
`dev/print_docs.py` prints it. Working it out anew would take a second at each request.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from blueproof.advisors.known.entries import everything
from blueproof.facts.words import stems

# An entry's ways to ask, each with its stems, the stems of its name, and those of all its text.
Indexed = tuple[list[tuple[str, list[str]]], str, str]

_BETWEEN = b",\n"  # lines; a line break inside a text is written as two signs


class _Entries(Mapping[str, Indexed]):
    """The entries, each read when it is first asked for: a request is near to some tens of them."""

    def __init__(self, lines: Mapping[str, bytes]) -> None:
        self._lines = lines
        self._read: dict[str, Indexed] = {}

    def __getitem__(self, name: str) -> Indexed:
        if name not in self._read:
            self._read[name] = json.loads(self._lines[name])[1]
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)


@dataclass(frozen=True, kw_only=True)
class Index:
    """All entries by id, and in how many of them each stem stands."""

    entries: Mapping[str, Indexed]
    frequencies: Mapping[str, int]


def printed() -> str:
    """The text of `index.txt`."""
    rows, counts = [], Counter[str]()
    for name, entry in sorted(everything().items()):
        asks = [(ask, list(found)) for ask in entry.asks if (found := stems(ask))]
        title = stems(entry.title)
        text = stems(f"{entry.says} {entry.body} {' '.join(entry.of)}")
        counts.update({*(s for _, found in asks for s in found), *title, *stems(entry.body)})
        rows.append((name, (asks, " ".join(title), " ".join(text))))
    lines = [dict(sorted(counts.items())), *rows]
    return _BETWEEN.decode().join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n"


@cache
def written() -> bytes:
    """The index as it was printed, unread."""
    return (resources.files("blueproof.advisors.known") / "index.txt").read_bytes()


@cache
def index() -> Index:
    """The index as it was printed."""
    first, *rest = written().removesuffix(b"\n").split(_BETWEEN)
    lines = {line.split(b'"', 2)[1].decode(): line for line in rest}  # ["NAME", ...
    return Index(entries=_Entries(lines), frequencies=json.loads(first))
