"""What words tell of foretold and found rows: "rows=11 estimated, actual 2,000 times that"."""

import re
from collections.abc import Iterator

from blueproof.advisors.known.reproduction.misjudged import Misjudged
from blueproof.advisors.known.reproduction.shown import columns_of_index
from blueproof.sql.guessing.seen import Columns

_NUMBER = r"\d[\d,]*"
_FORETOLD = re.compile(
    rf"\brows=(?P<a>{_NUMBER}),?\s+(?:(?:is|are|was|were|as)\s+)?(?:estimated|expected|planned)\b"
    rf"|\b(?:estimat\w+|expect\w*|predict\w*|foretells?|thinks?|guess\w*|plans\s+for)\b[^.?!\d]{{0,40}}?"
    rf"(?P<b>{_NUMBER})\s+rows?\b",
    re.IGNORECASE,
)
_FOUND = re.compile(
    r"\b(?:actual\w*|really|in (?:truth|reality|fact)|returns?|gets?|finds?|there (?:are|were)"
    rf"|come|came)\b[^.?!\d]{{0,40}}?(?P<n>{_NUMBER})(?P<times>\s*(?:times|x|fold)\b)?",
    re.IGNORECASE,
)
# A node of a plan in running words: Index Scan on orders (rows=2) (actual rows=61024).
_NODE = re.compile(
    r"\bscan\b[^()\n]{0,60}?\bon\s+[`\"]?(?P<t>\w+)[`\"]?[^()\n]{0,30}\((?P<told>[^()]*)\)\s*"
    r"\((?P<actual>actual\b[^()]*)\)",
    re.IGNORECASE,
)
_ROWS = re.compile(r"\brows=(?P<n>\d+)", re.IGNORECASE)
_USING = re.compile(r"\busing [`\"]?(?P<index>\w+)", re.IGNORECASE)
_SENTENCE = re.compile(r"(?:[^.?!]|[.?!](?=\w))+")
# That the rows are misjudged, where no number is told.
_FAR_OFF = re.compile(
    r"\b(?:row )?(?:estimat\w+|statistics)\b[^.?!]{0,40}\b(?:(?:far|way|totally|completely|wildly"
    r"|much|badly) (?:off|wrong)|off by|wrong by|far too (?:many|few|high|low)|out of"
    r" (?:date|line))\b"
    r"|\b(?:planner|postgres\w*|it) (?:thinks|expects|estimates|guesses|assumes)\b[^.?!\d]{0,30}"
    r"\b(?:far|way|much) (?:too (?:many|few)|more|fewer)\b[^.?!]{0,12}\brows\b",
    re.IGNORECASE,
)
_FEWER = 50  # times, from which an estimate leads to another plan


def read_misjudged(text: str, seen: Columns) -> tuple[Misjudged, ...]:
    """What sentences tell of foretold and found rows, where one of the tables is known by name."""
    found = {each.table: each for each in (*_of_nodes(text, seen), *_read(text, seen))}
    if not found and len(seen) == 1 and _FAR_OFF.search(text):
        table = next(iter(seen))
        columns = _columns("", table, seen)
        return (Misjudged(table=table, columns=columns, foretold=0, found=0),) if columns else ()
    return tuple(found.values())


def _read(text: str, seen: Columns) -> Iterator[Misjudged]:
    for match in _SENTENCE.finditer(text):
        sentence = match[0]
        foretold = _FORETOLD.search(sentence)
        after = _FOUND.search(sentence, foretold.end()) if foretold else None
        if foretold is None or after is None:
            continue
        few = _number(foretold["a"] or foretold["b"])
        many = _number(after["n"]) * (few if after["times"] else 1)
        table = _table(sentence, seen)
        columns = _columns(sentence, table, seen) if table else ()
        if columns and many >= max(few, 1) * _FEWER:
            yield Misjudged(table=table, columns=columns, foretold=few, found=many)


def _of_nodes(text: str, seen: Columns) -> Iterator[Misjudged]:
    """What nodes of a plan in the words tell, where columns of their table are held to values."""
    for node in _NODE.finditer(text):
        foretold, came = _ROWS.search(node["told"]), _ROWS.search(node["actual"])
        table = next((t for t in seen if t.rpartition(".")[2].lower() == node["t"].lower()), "")
        columns = _columns("", table, seen) if table else ()
        if not (foretold and came and columns):
            continue
        few, many = int(foretold["n"]), int(came["n"])
        if many >= max(few, 1) * _FEWER:
            yield Misjudged(table=table, columns=columns, foretold=few, found=many)


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def _table(sentence: str, seen: Columns) -> str:
    """The one of the tables that a sentence names; the only one there is."""
    words = {w.lower() for w in re.findall(r"\w+", sentence)}
    named = [t for t in seen if t.rpartition(".")[2].lower() in words]
    return named[0] if named else next(iter(seen)) if len(seen) == 1 else ""


def _columns(sentence: str, table: str, seen: Columns) -> tuple[str, ...]:
    """The columns of the index that a sentence names; else those that are held against values."""
    index = _USING.search(sentence)
    named = columns_of_index(index["index"].lower(), table, seen) if index else ()
    return named or tuple(n for n, each in seen[table].items() if each.held and n != "id")
