"""A page that passes over rows, in other words: the rows behind the last one that was seen.

Where tables are joined nothing here proves that it gives the same pages (two rows of one join may
have the same key), so it is said with that condition, and beside what was tried.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from sqlglot import exp

from blueproof.core.advice import Step
from blueproof.core.blueprint import Conclusion
from blueproof.sql.guessing.seen import read_trees
from blueproof.sql.names import quote
from blueproof.sql.trees import write_tree

_KEY = "id"
_NAMED = re.compile(r"%\((\w+)\)s")
_ASKED = re.compile(r"\b(?:paginat\w*|paging|pages?|scroll\w*|infinite|offset)\b", re.IGNORECASE)


def with_next_page(conclusion: Conclusion, queries: tuple[str, ...], request: str) -> Conclusion:
    """The conclusion with the next page in other words first, where the words speak of pages."""
    asked = bool(_ASKED.search(request))
    text = next(next_pages(queries), "") if asked else ""
    if asked and not text:
        return _with_own_page(conclusion, queries)
    if not text:
        return conclusion
    plain = " ".join(text.split())
    says = (
        f"Page by the last row seen, not by OFFSET: {plain}. It begins where the page begins, and "
        "a row that comes in meanwhile moves none, so nobody sees one twice. Not proved here: it "
        "holds if the join gives each row once."
    )
    step = Step(
        do=f"Ask for the next page by the keys of the last row of the one before: {plain}",
        horizon="now",
        check="a late page costs in EXPLAIN (ANALYZE, BUFFERS) what the first does",
        undo="the query as it was",
    )
    return replace(
        conclusion,
        answer=f"{says} {conclusion.answer}",
        steps=(step, *conclusion.steps),
    )


def _with_own_page(conclusion: Conclusion, queries: tuple[str, ...]) -> Conclusion:
    """The conclusion with the next page of one table behind it, where rows are passed over."""
    text = " ".join(next(next_pages(queries, alone=True), "").split())
    if not text:
        return conclusion
    says = (
        f"For far pages ask by the last row seen: {text}. Each page then reads as many entries as "
        "the first, in place of all those before it; pages can no longer be jumped to by number. "
        "Not proved here: rows whose order is NULL would be left out."
    )
    return replace(conclusion, answer=f"{conclusion.answer} {says}")


def next_pages(queries: tuple[str, ...], *, alone: bool = False) -> Iterator[str]:
    """Each query that skips rows of several tables, as the page behind the last row's keys.

    >>> q = "SELECT a.* FROM a JOIN f ON f.x = a.x ORDER BY a.at DESC LIMIT 20 OFFSET $2"
    >>> " ".join(next(next_pages((q,))).split())
    'SELECT a.* FROM a JOIN f ON f.x = a.x WHERE (a.at, a.id) < (:last_at, :last_id) ORDER BY a.at \
DESC, a.id DESC LIMIT 20'
    """
    for tree in read_trees(queries):
        if isinstance(tree, exp.Select) and (text := _next(tree.copy(), alone=alone)):
            yield text


def _next(tree: exp.Select, *, alone: bool) -> str:
    order, offset = tree.args.get("order"), tree.args.get("offset")
    plain = not any(tree.args.get(k) for k in ("group", "distinct", "with_", "having"))
    if not (order and offset and tree.args.get("limit") and plain):
        return ""
    if alone == bool(tree.args.get("joins")):
        return ""
    keys = [key.this for key in order.expressions]
    downs = {bool(key.args.get("desc")) for key in order.expressions}
    tables = {key.table for key in keys if isinstance(key, exp.Column)}
    if len(downs) > 1 or len(tables) != 1 or not all(isinstance(k, exp.Column) for k in keys):
        return ""
    table, down = tables.pop(), downs.pop()
    if not (table or alone):
        return ""
    if keys[-1].name != _KEY:
        last = exp.column(_KEY, table=table or None)
        keys.append(last)
        order.append("expressions", exp.Ordered(this=last.copy(), desc=down, nulls_first=down))
    row = ", ".join(".".join(quote(n) for n in (k.table, k.name) if n) for k in keys)
    seen = ", ".join(f":last_{k.name}" for k in keys)
    tree.set("offset", None)
    tree = tree.where(f"({row}) {'<' if down else '>'} ({seen})", dialect="postgres", copy=False)
    return _NAMED.sub(r":\1", write_tree(tree))
