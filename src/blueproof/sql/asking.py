"""A query as the planner is asked it: with a clock that stands still, and pages of a known size.

A parameter after LIMIT or OFFSET would have the planner reckon with a tenth of all rows, and now()
with the day of asking. Both are replaced by stated assumptions, so that plans repeat.
"""

from datetime import date
from functools import lru_cache

from blueproof.sql.editing import renumbered, significant
from blueproof.sql.lexer import Token

PAGE_ROWS = 20
OFFSET_ROWS = 10_000
_ROWS = {"limit": PAGE_ROWS, "offset": OFFSET_ROWS, "first": PAGE_ROWS, "next": PAGE_ROWS}
# What may stand behind the count of a LIMIT or OFFSET.
_BEHIND = frozenset(
    "row rows limit offset fetch for union intersect except order returning on".split(" ")
)


@lru_cache(maxsize=256)
def asked(text: str, today: date) -> str:
    """The query with its clock frozen, and numbers for what LIMIT and OFFSET take from parameters.

    >>> asked("SELECT 1 FROM t LIMIT $1 OFFSET $2", date(2026, 1, 1))
    'SELECT 1 FROM t LIMIT 20 OFFSET 10000'
    """
    frozen = frozen_clock(text, today)
    paged = _with_pages(frozen)
    return renumbered(paged)[0] if paged != frozen else frozen


def _with_pages(text: str) -> str:
    """The query with a number for every LIMIT, OFFSET or FETCH whose count has a parameter in it.

    The whole count goes, so that OFFSET ($1 - 1) * $2 is a known number too.
    """
    marks = significant(text)
    out, at = [], 0
    for place, token in enumerate(marks):
        count = _count_behind(marks, place) if token.start >= at else []
        if any(t.kind == "parameter" for t in count):
            out += [text[at : count[0].start], str(_ROWS[token.text.lower()])]
            at = count[-1].start + len(count[-1].text)
    return "".join([*out, text[at:]])


def _count_behind(marks: list[Token], place: int) -> list[Token]:
    """The tokens of the count that a LIMIT, OFFSET or FETCH FIRST at this place takes."""
    if not _takes_count(marks, place):
        return []
    depth, found = 0, []
    for token in marks[place + 1 :]:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        ends = token.text == ";" or (token.kind == "name" and token.text.lower() in _BEHIND)
        if depth < 0 or (depth == 0 and ends):
            break
        found.append(token)
    return found


def _takes_count(marks: list[Token], place: int) -> bool:
    token = marks[place]
    word, before = token.text.lower(), marks[place - 1].text.lower() if place else ""
    if token.kind != "name" or word not in _ROWS or before in {".", "as"}:
        return False
    return before == "fetch" or word in {"limit", "offset"}


_MOMENTS = {
    "now": "timestamptz", "current_timestamp": "timestamptz", "current_date": "date",
    "localtimestamp": "timestamp", "statement_timestamp": "timestamptz",
    "transaction_timestamp": "timestamptz",
}  # fmt: skip
_CALLED = frozenset({"now", "statement_timestamp", "transaction_timestamp"})


def frozen_clock(text: str, today: date) -> str:
    """The query with now() and its kin standing on a date, so that a plan is the same tomorrow.

    >>> frozen_clock("SELECT now() - a FROM t", date(2026, 1, 1))
    "SELECT '2026-01-01'::timestamptz - a FROM t"
    """
    marks = significant(text)
    out, at = [], 0
    for place, token in enumerate(marks):
        kind = _MOMENTS.get(token.text.lower()) if token.kind == "name" else None
        called = [t.text for t in marks[place + 1 : place + 3]] == ["(", ")"]
        if kind is None or _is_name(marks, place, called=called):
            continue
        last = marks[place + 2] if called else token
        out += [text[at : token.start], f"'{today.isoformat()}'::{kind}"]
        at = last.start + len(last.text)
    return "".join([*out, text[at:]])


def _is_name(marks: list[Token], place: int, *, called: bool) -> bool:
    """Whether the word names something: t.now, AS now, a column now, FROM now()."""
    before = [t.text.lower() for t in marks[max(0, place - 4) : place]]
    if before[-1:] in (["."], ["as"]) or (marks[place].text.lower() in _CALLED and not called):
        return True
    extracting = before[:2] == ["extract", "("]
    return before[-1:] in (["from"], ["join"]) and not extracting
