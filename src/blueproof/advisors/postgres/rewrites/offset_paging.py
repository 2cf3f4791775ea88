"""Page by the last row seen instead of by OFFSET.

OFFSET 100000 makes the server produce 100,000 rows and throw them away, so each page is slower
than the one before; a condition on the last row's sort keys starts where the page starts. It also
keeps rows from being shown twice when new ones arrive between two pages.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from blueproof.advisors.postgres.database import Database, Planned
from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.advice import Alternative
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.asking import OFFSET_ROWS, PAGE_ROWS
from blueproof.sql.editing import (
    add_condition,
    body,
    clauses,
    remove_clause,
    replace_clause,
    significant,
    split_commas,
)
from blueproof.sql.names import quote
from blueproof.sql.schema import Table

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/queries-limit.html",
    checked=date(2026, 11, 24),
    says="rows skipped by OFFSET are still computed inside the server, so a large one is slow",
)
SEEK = Citation(
    url="https://use-the-index-luke.com/no-offset",
    checked=date(2026, 11, 24),
    says="seeking past the last row seen makes every page as fast as the first",
)
_OVER = re.compile(r"\bOVER\b", re.IGNORECASE)  # a window sees the rows before LIMIT
_SIMPLE = {"SELECT", "FROM", "WHERE", "ORDER", "LIMIT", "OFFSET"}
_KEY = re.compile(
    r'^(?P<ref>(?:(?:[\w$]+|"[^"]+")\.)?(?P<column>[\w$]+|"[^"]+"))'
    r"(?:\s+(?P<way>ASC|DESC))?$",
    re.IGNORECASE,
)
_SKIP = re.compile(r"^(\$\d+|[1-9]\d*)(?:::\w+)?(?:\s+ROWS?)?$", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class _Key:
    """A sort key as written, its column, and whether it sorts downwards."""

    ref: str
    column: str
    descending: bool


def turn(asked: Asked) -> Iterator[Rewrite]:
    """The page after the last row seen, where one table's order is paged through by OFFSET."""
    if "offset" in asked.text.lower():
        rewrite = _rewrite(asked.database, asked.query)
        if rewrite:
            yield rewrite


def _rewrite(database: Database, query: Planned) -> Rewrite | None:
    text = query.query.text
    words = [c.word for c in clauses(text)]
    skip = _SKIP.match(body(text, "OFFSET"))
    selected = body(text, "SELECT")
    distinct = selected.upper().startswith("DISTINCT") or _OVER.search(selected)
    if not skip or not {"ORDER", "LIMIT", "FROM"} <= set(words) <= _SIMPLE or distinct:
        return None
    keys = _keys(body(text, "ORDER"))
    if any(_names_an_output(key, selected) for key in keys):
        return None  # ORDER BY title means the output of that name, WHERE title the column
    table = _table(database, query, keys)
    if not keys or table is None:
        return None
    whole = _total(keys, table)
    if any(_may_be_null(table, key.column) for key in whole):
        return None  # a row comparison with NULL is never true: the rows after one would be lost
    return _keyset(query, table, keys, whole, skip[1]) if whole else None


def _keys(order: str) -> tuple[_Key, ...]:
    """The sort keys, where all are plain columns; else none."""
    found = [_KEY.match(part) for part in split_commas(order)]
    keys = tuple(
        _Key(ref=m["ref"], column=_bare(m["column"]), descending=(m["way"] or "").upper() == "DESC")
        for m in found
        if m
    )
    return keys if len(keys) == len(found) else ()


def _bare(name: str) -> str:
    return name.strip('"') if name.startswith('"') else name.lower()


def _table(database: Database, query: Planned, keys: tuple[_Key, ...]) -> Table | None:
    """The one table that is sorted; every other may only add a single row to each of its rows."""
    sorted_by = {k.column for k in keys}
    aliases = {_bare(k.ref.rpartition(".")[0]) for k in keys} - {""}
    known = [(u, database.schema.by_name.get(u.table)) for u in query.uses]
    mine = [
        (u, t)
        for u, t in known
        if t and sorted_by <= set(t.by_name) and (not aliases or aliases == {u.alias})
    ]
    if len(mine) != 1:
        return None
    others = [(u, t) for u, t in known if u is not mine[0][0]]
    single = all(t and t.is_key((*u.joined, *u.equal)) for u, t in others)
    return mine[0][1] if single else None


def _names_an_output(key: _Key, selected: str) -> bool:
    """Whether a sort key is the name of something else in the select list than that column."""
    for item in split_commas(selected):
        words = [t.text.lower() for t in significant(item)]
        named = len(words) > 1 and words[-1].strip('"') == key.column.lower()
        if named and words[-2] != ".":
            return True
    return False


def _may_be_null(table: Table, column: str) -> bool:
    return not (table.by_name[column].not_null or column in table.primary_key)


def _total(keys: tuple[_Key, ...], table: Table) -> tuple[_Key, ...]:
    """The keys, and the primary key behind them unless they already fix the order."""
    if table.is_key(tuple(k.column for k in keys)):
        return keys
    prefix = keys[0].ref.rpartition(".")[0]
    missing = [c for c in table.primary_key if c not in {k.column for k in keys}]
    ties = tuple(
        _Key(ref=f"{prefix}.{quote(c)}" if prefix else quote(c), column=c,
             descending=keys[-1].descending)
        for c in missing
    )  # fmt: skip
    return (*keys, *ties) if table.primary_key else ()


def _keyset(
    query: Planned, table: Table, keys: tuple[_Key, ...], whole: tuple[_Key, ...], skip: str
) -> Rewrite:
    text = query.query.text
    order = ", ".join(f"{k.ref}{' DESC' if k.descending else ''}" for k in whole)
    ordered = replace_clause(text, "ORDER", order)
    first = len(query.query.parameters) + 1
    condition = _after(whole, tuple(f"${n}" for n in range(first, first + len(whole))))
    tie = tuple(k.column for k in whole[len(keys) :])
    return Rewrite(
        title="Page by the last row seen",
        text=add_condition(remove_clause(ordered, "OFFSET"), condition),
        because=_because(query, table, keys, tie, skip),
        instead_of=(
            Alternative(
                choice="keep OFFSET",
                why_not="right only where people jump to page 57 by its number, or where nobody "
                "ever leaves the first few pages",
            ),
        ),
        trade_offs=(
            "the client sends back the last row's "
            f"{' and '.join(k.column for k in whole)} instead of a page number; the first page "
            "is the same query without that condition",
        ),
        new=tuple(f"the last row's {k.column}" for k in whole),
        seek=_seek(ordered, whole, skip),
        compared=ordered,
        never_null=tuple(
            f"{table.name}.{k.column}" for k in whole
            if not (table.by_name[k.column].not_null or k.column in table.primary_key)
        ),
    )  # fmt: skip


def _after(whole: tuple[_Key, ...], holes: tuple[str, ...]) -> str:
    """The condition that a row comes after the one with these values.

    Columns that are sorted in opposite ways are no one row: there the first is bounded by itself,
    which is where an index begins, and the rest is spelled out.
    """
    signs = ["<" if k.descending else ">" for k in whole]
    refs = [k.ref for k in whole]
    if len(set(signs)) == 1:
        left, right = ", ".join(refs), ", ".join(holes)
        return f"({left}) {signs[0]} ({right})" if len(whole) > 1 else f"{left} {signs[0]} {right}"
    told = f"{refs[-1]} {signs[-1]} {holes[-1]}"
    for ref, sign, hole in reversed(list(zip(refs[:-1], signs[:-1], holes[:-1], strict=True))):
        told = f"{ref} {sign} {hole} OR ({ref} = {hole} AND {_enclosed(told)})"
    return f"{refs[0]} {signs[0]}= {holes[0]}\n  AND ({told})"


def _enclosed(condition: str) -> str:
    return f"({condition})" if " OR " in condition else condition


def _because(
    query: Planned, table: Table, keys: tuple[_Key, ...], tie: tuple[str, ...], skip: str
) -> tuple[str, ...]:
    given = skip.isdigit()
    deep = skip if given else query.query.parameters[int(skip[1:]) - 1]
    reasons = [
        f"{query.name} computes {int(skip):,} rows of {table.name} and throws them away"
        if given
        else f"{query.name} computes every row of {table.name} before the page and throws it away "
        f"(OFFSET {deep}, reckoned as {OFFSET_ROWS:,} rows: page {OFFSET_ROWS // PAGE_ROWS + 1})"
    ]
    if tie:
        names = ", ".join(k.column for k in keys)
        reasons.append(
            f"rows with the same {names} have no fixed order, so pages can repeat or miss them: "
            f"{', '.join(tie)} is added to the order"
        )
    return tuple(reasons)


def _seek(ordered: str, whole: tuple[_Key, ...], skip: str) -> str:
    """The query for the last row of the page before; no row where there is none."""
    selected = replace_clause(ordered, "SELECT", ", ".join(k.ref for k in whole))
    number = f"{skip}::bigint"
    limited = replace_clause(selected, "LIMIT", f"(CASE WHEN {number} > 0 THEN 1 ELSE 0 END)")
    return replace_clause(limited, "OFFSET", f"greatest({number} - 1, 0)")


_TABLES = """
CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE posts (
  id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users, title text NOT NULL,
  created_at timestamptz NOT NULL
);
"""
_PAGE = """-- name: posts_page
SELECT id, title FROM posts ORDER BY created_at DESC LIMIT $1 OFFSET $2;
"""

REWRITING = Rewriting(
    id="pg-offset-paging",
    title="Page by the last row seen instead of by OFFSET",
    guide=__doc__ or "",
    evidence=(DOCS, SEEK),
    turn=turn,
    beyond=True,
    cases=(
        Case(name="newest first, page by page", given=_TABLES, queries=_PAGE),
        Case(name="a filter stands before the order", given=_TABLES,
             queries="SELECT * FROM posts p WHERE p.title <> $1 OR p.user_id = $2 "
             "ORDER BY p.created_at, p.id LIMIT 20 OFFSET $3;"),
        Case(name="a join that adds one row to each", given=_TABLES,
             queries="SELECT p.id, u.name FROM posts p JOIN users u ON u.id = p.user_id "
             "ORDER BY p.created_at DESC, p.id DESC LIMIT 20 OFFSET 200000;"),
        Case(name="columns that are sorted in opposite ways", given=_TABLES,
             queries="SELECT id, title FROM posts ORDER BY created_at DESC, title "
             "LIMIT 20 OFFSET $1;"),
        Case(name="the first page only", given=_TABLES,
             queries="SELECT * FROM posts ORDER BY created_at DESC LIMIT 20;", fires=False),
        Case(name="a sort key that may be NULL",
             given=_TABLES.replace("timestamptz NOT NULL", "timestamptz"), queries=_PAGE,
             fires=False),
        Case(name="a window over the rows before the page", given=_TABLES,
             queries="SELECT id, count(*) OVER () FROM posts ORDER BY created_at DESC "
             "LIMIT 20 OFFSET $1;", fires=False),
        Case(name="the order is that of an output, not of the column", given=_TABLES,
             queries="SELECT id, left(title, 9) AS title FROM posts ORDER BY title, id "
             "LIMIT 20 OFFSET $1;", fires=False),
        Case(name="a table of two hundred rows", given=_TABLES, queries=_PAGE,
             rows=("posts=200",), fires=False),
        Case(name="groups have no row to start from", given=_TABLES,
             queries="SELECT user_id, count(*) FROM posts GROUP BY user_id ORDER BY 2 DESC "
             "LIMIT 20 OFFSET $1;", fires=False),
    ),
)  # fmt: skip
