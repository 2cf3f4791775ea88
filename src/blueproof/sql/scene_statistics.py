"""The statistics of a scene from their text, whichever kind it is: given, or row counts alone.

A text in PostgreSQL's own calls (its path ends in .sql) is given; the YAML of row counts is filled
up by assumption. What a person changes of given statistics stands in comments after them:
`-- scale: 10`, `-- rows: public.orders 12000000`.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from blueproof.core.scene import Excerpt
from blueproof.sql.arrays import read_array, write_array
from blueproof.sql.counts_file import read_counts_text
from blueproof.sql.given import Given, read_given
from blueproof.sql.given_extended import masked_extended
from blueproof.sql.growing import grown
from blueproof.sql.names import quote
from blueproof.sql.restore_calls import plain_string
from blueproof.sql.rowcounts import RowCount, count_rows
from blueproof.sql.schema import Schema
from blueproof.sql.secrets import masked
from blueproof.sql.statistics import Statistics, assume

_OURS = re.compile(r"^-- (?:scale|rows|until): [^\n]*\n", re.MULTILINE)
# One of these, in small letters, stands in every secret that `masked` finds; looking for them first
# is a hundred times faster.
_SIGNS = (
    *("://", "private key", "akia", "asia", "eyj", "sk_", "rk_", "whsec_", "gho_", "ghp_", "ghs_"),
    *("ghu_", "ghr_", "npm_", "sbp_", "github_pat_", "glpat-", "xox", "sb_secret_", "sk-", "aiza"),
    *("passw", "passphrase", "pwd", "secret", "identified by", "key", "token"),
)
# Comments too, in which a quote begins nothing.
_STRING = re.compile(r"--[^\n]*|[eE]?'[^']*+(?:''[^']*+)*'(?!')")
_DATED = re.compile(r"^-- collected: ", re.MULTILINE)


def is_given(statistics: Excerpt) -> bool:
    """Whether the text holds statistics as they were collected, not row counts alone."""
    return statistics.path.endswith(".sql")


def read_scene_statistics(schema: Schema, statistics: Excerpt) -> Statistics:
    """The statistics of every table of a schema from a scene's text.

    Raises InputError where the text is neither of the two kinds.
    """
    if is_given(statistics):
        return read_given_scene(schema, statistics).statistics
    counts, until = read_counts_text(statistics.text, path=statistics.path)
    return assume(schema, counts, until)


def read_given_scene(schema: Schema, statistics: Excerpt) -> Given:
    """Given statistics with the changes that stand in the text, and assumptions where it is silent.

    What the text does not speak of at all, such as a table made since, is assumed from the rest.
    """
    given = read_given(schema, statistics.text, path=statistics.path)
    known = frozenset(given.statistics.by_name)
    found = grown(schema, given.statistics, given.scale, _known(given.rows, known))
    missing = [t.name for t in schema.tables if t.name not in known]
    if not missing:
        return replace(given, statistics=found)
    counts = count_rows(schema, {**{t.table: t.rows for t in found.tables}, **given.rows})
    assumed = assume(schema, tuple(c for c in counts if c.table in missing), found.until)
    tables = {t.table: t for t in (*found.tables, *assumed.tables)}
    ordered = tuple(tables[t.name] for t in schema.tables)
    return replace(given, statistics=replace(found, tables=ordered))


def _known(rows: Mapping[str, int], tables: frozenset[str]) -> dict[str, int]:
    return {table: count for table, count in rows.items() if table in tables}


def counts_of(statistics: Statistics) -> tuple[RowCount, ...]:
    """The row counts in statistics, each as given or assumed as it is."""
    return tuple(RowCount(table=t.table, rows=t.rows, basis=t.basis) for t in statistics.tables)


def with_changes(text: str, *, scale: float, rows: Mapping[str, int], until: date) -> str:
    """A text of given statistics with these changes, in place of any that stand in it.

    Where it does not say when it was collected, time stamps end at `until`.
    """
    said = [f"-- scale: {scale:g}\n"] if scale != 1 else []
    said += [f"-- rows: {_printed(table)} {count}\n" for table, count in rows.items()]
    bare = _OURS.sub("", text)
    if not _DATED.search(bare):
        said.append(f"-- until: {until.isoformat()}\n")
    return "".join([bare.rstrip("\n"), "\n", *said])  # at the end, so that lines keep their numbers


def _printed(table: str) -> str:
    schema, _, name = table.rpartition(".")
    return f"{quote(schema or 'public')}.{quote(name)}"


def masked_statistics(text: str) -> str:
    """The text with *** in place of secrets among the values; the rest stays a text of statistics.

    Masking the text as a whole could take a quote along and break it.
    """
    low = text.lower()
    signs = tuple(sign for sign in _SIGNS if sign in low)
    if not signs:
        return text
    return _STRING.sub(lambda found: _masked(found[0], signs), text)


def _masked(literal: str, signs: tuple[str, ...]) -> str:
    """A string constant with its secrets struck out, where it is an array that holds one.

    A comment stays as it is, unless it is one that holds values.
    """
    if literal.startswith(("-- extended: ", "-- expression: ")):
        return masked_extended(literal)
    if not literal.startswith(("'{", "E'{")) or not any(s in literal.lower() for s in signs):
        return literal
    try:
        values = read_array(plain_string(literal))
    except ValueError:
        return literal
    hidden = tuple(masked(value) for value in values)
    return literal if hidden == values else "'" + write_array(hidden).replace("'", "''") + "'"
