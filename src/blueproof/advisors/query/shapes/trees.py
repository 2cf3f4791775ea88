"""Hierarchies: everything below a row, everything above it, or the whole tree, at any depth."""

import re

from blueproof.advisors.query.ground import Ground
from blueproof.advisors.query.naming import one
from blueproof.advisors.query.shapes.rows import texts_of
from blueproof.advisors.query.told import Unread, Written
from blueproof.sql.names import quote, quote_table
from blueproof.sql.schema import ForeignKey

_ASKS = re.compile(
    r"\b(?:descendants?|sub-?trees?|sub-?categor\w+|sub-?folders?|children|hierarch\w+|ancestors?"
    r"|breadcrumbs?|org(?:ani[sz]ation)? chart|any (?:depth|level)|all levels|recursiv\w+|nested"
    r"|tree|directly (?:or|and) indirectly|indirect(?:ly)?|report(?:s|ing)? (?:chain|line)|chain of"
    r"|all (?:the )?(?:people|employees|reports) (?:below|under)|replies|thread)\b",
    re.IGNORECASE)  # fmt: skip
_UP = re.compile(r"\b(?:ancestors?|breadcrumbs?|upwards?|chain of (?:managers|command)"
                 r"|report(?:s|ing)? (?:chain|line)|all (?:the )?(?:managers|parents) (?:of|above)"
                 r"|up to the (?:root|top|ceo))\b", re.IGNORECASE)  # fmt: skip
_WHOLE = re.compile(r"\b(?:(?:whole|entire|full|complete) (?:\w+ )?(?:tree|hierarchy|chart)"
                    r"|(?:all|every|each) (?:of the )?(?:categor\w+|employees?|folders?"
                    r"|comments?|nodes?"
                    r"|\w+s) with (?:its|their|the) (?:full )?(?:path|depth|level)"
                    r"|org(?:ani[sz]ation)? chart)\b", re.IGNORECASE)  # fmt: skip


def read_tree(prose: str, ground: Ground) -> Written | Unread | None:
    """The query through a table that refers to itself; None where none is asked for."""
    if not _ASKS.search(prose):
        return None
    keys = [k for k in ground.schema.foreign_keys
            if k.table == k.references and len(k.columns) == 1]  # fmt: skip
    named = {n.table for n in ground.named_tables(prose)}
    chosen = [k for k in keys if k.table in named] or keys
    if len({k.table for k in chosen}) != 1:
        return (
            Unread(
                read=("a hierarchy",),
                left=(),
                asks=("Which column of which table refers to the row above (parent_id)?",),
            )
            if keys
            or (re.search(r"descendant|recursiv|ancestor|hierarch|subtree", prose, re.IGNORECASE))
            else None
        )
    key = chosen[0]
    texts = (*ground.labels(key.table), *texts_of(ground, key.table))
    label = next(iter(texts), "")
    if _UP.search(prose):
        return _above(key, label)
    if _WHOLE.search(prose):
        return _below(key, label, whole=True)
    return _below(key, label, whole=False)


def _text(name: str, key: ForeignKey, label: str) -> str:
    return f"coalesce({name}.{quote(label or key.referenced[0])}::text, '')"


def _below(key: ForeignKey, label: str, *, whole: bool) -> Written:
    table, own, up = quote_table(key.table), quote(key.referenced[0]), quote(key.columns[0])
    name = quote(label)
    beside = {a: f", {a}{name}" * bool(label) for a in ("root.", "child.", "n.", "")}
    start = f"  WHERE root.{up} IS NULL" if whole else f"  WHERE root.{own} = $1"
    shown = "WHERE depth > 0\n" * (not whole)
    sql = (
        f"-- from the top down, one level a turn\nWITH RECURSIVE below AS (\n"
        f"  SELECT root.{own}{beside['root.']}, 0 AS depth,\n    {_text('root', key, label)} AS "
        f"path,\n"
        f"    ARRAY[root.{own}] AS passed\n  FROM {table} AS root\n{start}\n  UNION ALL\n"
        f"  SELECT child.{own}{beside['child.']}, below.depth + 1,\n"
        f"    below.path || ' > ' || {_text('child', key, label)},\n    below.passed || "
        f"child.{own}\n"
        f"  FROM below\n  JOIN {table} AS child ON child.{up} = below.{own}\n"
        "  -- a row that is its own ancestor would turn for ever\n"
        f"  WHERE child.{own} <> ALL (below.passed)\n)\n"
        f"SELECT {own}{beside['']}, depth, path\nFROM below\n{shown}ORDER BY path, {own}"
    )
    climb = (
        f"WITH RECURSIVE climb AS (SELECT n.{own} AS node, n.{own} AS at, n.{up} AS up, "
        f"{f'n.{name}' if label else own} AS own, 0 AS depth, {_text('n', key, label)} AS path "
        f"FROM {table} AS n UNION ALL "
        f"SELECT c.node, p.{own}, p.{up}, c.own, c.depth + 1, {_text('p', key, label)} || ' > ' || "
        f"c.path "
        f"FROM climb AS c JOIN {table} AS p ON p.{own} = c.up WHERE c.depth < 100"
        + ("" if whole else " AND c.at <> $1")
        + ") "
    )
    top = "up IS NULL" if whole else "at = $1 AND depth > 0"
    plain = (
        f"{climb}SELECT node AS {own}{f', own AS {name}' * bool(label)}, depth, path FROM climb "
        f"WHERE {top} "
        f"ORDER BY path, {own}"
    )
    thing = one(key.table)
    return Written(
        sql=sql, plain=plain, tables=(key.table,),
        parameters=() if whole else (f"the {key.referenced[0]} of the {thing} to begin at",),
        main=(f"One row per {thing} of the whole tree, with its depth (0 at the top) and its path."
              if whole else
              f"One row per {thing} below the one that is given ($1), at any depth, itself not "
              "among them, with its depth (1 directly below) and its path."),
        decisions=_said(key, whole=whole),
    )  # fmt: skip


def _said(key: ForeignKey, *, whole: bool) -> tuple[str, ...]:
    return (
        "The path carries the keys that were passed, so a circle in the data ends instead of "
        "turning for ever",
        *(
            (f"Rows on a circle hang on no top ({key.columns[0]} IS NULL) and are not in it",)
            if whole
            else ()
        ),
        f"Each level looks up {key.table} by {key.columns[0]}: an index on it serves every turn",
    )


def _above(key: ForeignKey, label: str) -> Written:
    table, own, up = quote_table(key.table), quote(key.referenced[0]), quote(key.columns[0])
    name = quote(label)
    beside = {a: f", {a}{name}" * bool(label) for a in ("node.", "parent.", "n.", "")}
    sql = (
        f"-- from the row up, one parent a turn\nWITH RECURSIVE above AS (\n"
        f"  SELECT node.{own}{beside['node.']}, node.{up}, 0 AS distance,\n"
        f"    ARRAY[node.{own}] AS passed\n  FROM {table} AS node\n  WHERE node.{own} = $1\n"
        f"  UNION ALL\n  SELECT parent.{own}{beside['parent.']}, parent.{up}, above.distance + 1,\n"
        f"    above.passed || parent.{own}\n  FROM above\n"
        f"  JOIN {table} AS parent ON parent.{own} = above.{up}\n"
        f"  WHERE parent.{own} <> ALL (above.passed)\n)\nSELECT {own}{beside['']}, distance\n"
        "FROM above\nWHERE distance > 0\nORDER BY distance DESC"
    )
    plain = (
        f"WITH RECURSIVE down AS (SELECT n.{own} AS top, n.{own} AS at, 0 AS distance FROM {table} "
        f"AS n UNION ALL SELECT d.top, c.{own}, d.distance + 1 FROM down AS d JOIN {table} AS c ON "
        f"c.{up} = d.at WHERE d.distance < 100 AND d.at <> $1 AND c.{own} <> d.top) "
        f"SELECT n.{own}{beside['n.']}, d.distance FROM down AS d JOIN {table} AS n ON n.{own} "
        f"= d.top "
        "WHERE d.at = $1 AND d.distance > 0 ORDER BY d.distance DESC"
    )
    thing = one(key.table)
    return Written(
        sql=sql, plain=plain, tables=(key.table,),
        parameters=(f"the {key.referenced[0]} of the {thing} to begin at",),
        main=f"One row per {thing} above the one that is given ($1), the topmost first, itself not "
        "among them, with how many levels lie between.",
        decisions=_said(key, whole=False),
    )  # fmt: skip
