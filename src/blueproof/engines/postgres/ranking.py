"""A query with one more column, the rank its ORDER BY gives a row, so that ties can be seen.

LIMIT and OFFSET are kept in one text and taken out of the other: what the first returns is right
if it has the ranks that the second gives to these places, and rows that the second has too.
"""

import re
from dataclasses import dataclass

from blueproof.sql.editing import Clause, body, clauses, remove_clause, significant, split_commas

_SETS = frozenset({"UNION", "INTERSECT", "EXCEPT"})
_CUTS = ("LIMIT", "OFFSET", "FETCH")
_LOCKS = "FOR"
_KEY = re.compile(
    r'^(?P<what>\d+|[A-Za-z_][\w$]*|"[^"]+")(?P<rest>\s+(?:ASC|DESC|USING|NULLS)\b.*)?$',
    re.IGNORECASE | re.DOTALL,
)
_DISTINCT = re.compile(r"^(?:ALL|DISTINCT(?:\s+ON\b)?)(?=[\s(])", re.IGNORECASE)
_SET = "blueproof_set"


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """Two texts whose last column is a rank: the query as it is, and with no row cut off.

    `ordered` says whether the ranks are those of an ORDER BY; if not they are all 0, and
    `known` is False where there is an ORDER BY that could not be read.
    """

    text: str
    whole: str
    ordered: bool
    known: bool = True


def ranked(text: str) -> tuple[Ranked, ...]:
    """Ways to rank the query, the best first; the server may refuse any but the last."""
    bare = remove_clause(text, _LOCKS)
    heads = {c.word for c in clauses(bare)}
    tail = _tail(bare)
    whole = _without(bare, _CUTS)
    order = body(bare, "ORDER")
    plain = Ranked(text=_zero(bare), whole=_zero(whole), ordered=False, known=not order)
    if not order:
        return (plain,)
    found = _over_set(whole, order, tail) if heads & _SETS else _in_select(bare, whole, order)
    return (found, plain) if found else (plain,)


def cuts(text: str) -> bool:
    """Whether the query returns only a part of its rows."""
    return any(c.word in _CUTS for c in clauses(text))


def _zero(text: str) -> str:
    return f"SELECT {_SET}.*, 0::bigint FROM (\n{text}\n) AS {_SET}"


def _without(text: str, words: tuple[str, ...]) -> str:
    for word in words:
        text = remove_clause(text, word)
    return text


def _tail(text: str) -> str:
    """The clauses that cut rows off, as written."""
    parts = [text[c.start : c.end].strip() for c in clauses(text) if c.word in _CUTS]
    return "\n".join(parts)


def _over_set(whole: str, order: str, tail: str) -> Ranked | None:
    """For UNION and its kin, whose keys can only be columns of the result."""
    names = [_name_of(item) for item in _items(whole)]
    keys = []
    for part in split_commas(order):
        found = _KEY.match(part)
        if found is None:
            return None
        what = found["what"]
        if what.isdigit():
            place = int(what) - 1
            what = names[place] if place < len(names) and "*" not in names else ""
        if not what:
            return None
        keys.append(f"{what}{found['rest'] or ''}")
    by = ", ".join(keys)
    ranks = f"SELECT {_SET}.*, dense_rank() OVER (ORDER BY {by}) FROM (\n{whole}\n) AS {_SET}"
    return Ranked(text=f"{ranks} ORDER BY {by}\n{tail}", whole=f"{ranks} ORDER BY {by}",
                  ordered=True)  # fmt: skip


def _in_select(text: str, whole: str, order: str) -> Ranked | None:
    """For one SELECT: the rank is computed beside its other columns."""
    items = _items(text)
    keys = [_key(part, items) for part in split_commas(order)]
    if not items or None in keys:
        return None
    rank = f"dense_rank() OVER (ORDER BY {', '.join(k for k in keys if k)})"
    return Ranked(text=_with_item(text, rank), whole=_with_item(whole, rank), ordered=True)


def _key(part: str, items: list[str]) -> str | None:
    """The sort key in terms of the query's input, where a window needs it."""
    found = _KEY.match(part)
    if found is None:
        return part
    what, rest = found["what"], found["rest"] or ""
    if what.isdigit():
        place = int(what)
        if place > len(items) or any(i.endswith("*") for i in items[:place]):
            return None
        return f"({_expression(items[place - 1])}){rest}"
    for item in items:
        if _alias(item) == _folded(what):
            return f"({_expression(item)}){rest}"
    return part


def _select(text: str) -> Clause | None:
    return next((c for c in clauses(text) if c.word == "SELECT"), None)


def _items(text: str) -> list[str]:
    """The columns that the (first) SELECT lists."""
    found = _select(text)
    if found is None:
        return []
    listed = text[found.body : found.end].strip()
    opening = _DISTINCT.match(listed)
    if opening:
        listed = listed[opening.end() :].strip()
        if opening[0].upper().endswith("ON"):
            listed = listed[_closing(listed) :].strip()
    return [" ".join(item.split()) if "--" not in item else item for item in split_commas(listed)]


def _closing(text: str) -> int:
    depth = 0
    for token in significant(text):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0:
            return token.start + 1
    return len(text)


def _with_item(text: str, item: str) -> str:
    found = _select(text)
    assert found is not None, "its columns have been read"
    at = len(text[: found.end].rstrip())
    return f"{text[:at]}\n, {item} {text[at:]}"


def _alias(item: str) -> str:
    """The name that AS, or a bare word behind an expression, gives a column; "" if none."""
    marks = significant(item)
    if len(marks) < 2 or marks[-1].kind not in {"name", "quoted_name"}:  # noqa: PLR2004 (expression and name)
        return ""
    before = marks[-2]
    named = before.text.upper() == "AS" or before.text in {")", "]"}
    named = named or before.kind in {"name", "quoted_name", "number", "string", "parameter"}
    return _folded(marks[-1].text) if named and before.text != "." else ""


def _expression(item: str) -> str:
    if not _alias(item):
        return item
    marks = significant(item)
    end = marks[-2].start if marks[-2].text.upper() == "AS" else marks[-1].start
    return item[:end].strip()


def _name_of(item: str) -> str:
    alias = _alias(item)
    if alias:
        return significant(item)[-1].text
    marks = significant(item)
    return marks[-1].text if marks and marks[-1].kind in {"name", "quoted_name"} else "*"


def _folded(name: str) -> str:
    return name.strip('"') if name.startswith('"') else name.lower()
