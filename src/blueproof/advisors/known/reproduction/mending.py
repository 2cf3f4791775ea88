"""What a pasted statement leaves open, put in: conditions of joins, a table's other name.

People write "JOIN teams ... WHERE", and name a table by its name in the schema in one place and by
that of their model in another.
"""

import re

import sqlglot
from sqlglot import exp

from blueproof.advisors.known.reproduction.cutting import LEFT_OUT
from blueproof.facts.pattern import LatePattern
from blueproof.sql.guessing.kinds import snake
from blueproof.sql.guessing.resolving import identifier, table_name
from blueproof.sql.names import quote
from blueproof.sql.parameters import numbered

_DISTINCT = LatePattern(r"(\bDISTINCT\s+ON\s*\([^()]*\))\s*,\s*", re.IGNORECASE)

_HELD = LatePattern(r"\b(lower|upper|btrim|trim)\(\s*(?::\w+|\$\d+|\?)\s*\)", re.IGNORECASE)
_SPAN = LatePattern(
    r"(\b(?:now\(\)|current_timestamp|current_date|localtimestamp)\s*[-+]\s*)"
    r"(?='\d[\d.]*\s*(?:second|minute|min|hour|day|week|month|year)s?'(?!\s*::))",
    re.IGNORECASE,
)
_NAMED = LatePattern(r"(?<![\w$\"])\$([A-Za-z_]\w*)(?![\w$])")  # $tag, as some libraries write it


def mended(statement: str) -> str:
    """The statement with what it leaves open put in; as it is where nothing is missing."""
    statement = _NAMED.sub(r":\1", _DISTINCT.sub(r"\1 ", statement))
    statement = _SPAN.sub(r"\1interval ", statement)
    if "unnest(" in statement.lower():  # no column tells which values such a parameter takes
        statement = _HELD.sub(r"\1('tag_1')", statement)
    return _with_conditions(_with_known_tables(_with_quoted_tables(statement)))


def _with_quoted_tables(statement: str) -> str:
    """The statement whose tables are quoted where their names are words of SQL: FROM "user"."""
    tree = sqlglot.parse_one(numbered(statement).text, read="postgres")
    written = (t.this for t in tree.find_all(exp.Table) if isinstance(t.this, exp.Identifier))
    names = {identifier(each) for each in written if not each.args.get("quoted")}
    for name in (n for n in names if quote(n) != n and n != "table"):  # "table" stands for any
        after = rf"(?i)\b(FROM|JOIN|UPDATE|INTO|USING)(\s+){name}\b(?!\s*[.(])"
        statement = re.sub(after, rf"\1\2{quote(name)}", statement)
        statement = re.sub(rf'(?i)(?<![\w."]){name}\.(?=[\w"*])', f"{quote(name)}.", statement)
    return statement


def _with_known_tables(statement: str) -> str:
    """The statement whose columns are of the tables that it reads: store_record.id of record."""
    tree = sqlglot.parse_one(numbered(statement).text, read="postgres")
    names = {t.alias_or_name.lower() for t in tree.find_all(exp.Table)}
    names |= {s.alias_or_name.lower() for s in tree.find_all(exp.Subquery, exp.CTE, exp.Lateral)}
    names |= {s.alias_or_name.lower() for s in tree.find_all(exp.Unnest, exp.Values)}
    names |= {"excluded", "new", "old"}
    tables = [t for t in tree.find_all(exp.Table) if table_name(t)]
    for unknown in {c.table for c in tree.find_all(exp.Column) if c.table} - names:
        if unknown.lower() in names:
            continue
        near = [t for t in tables if _are_near(unknown, table_name(t))]
        found = near[0] if near else tables[0] if len(tables) == 1 else None
        if found is not None:
            name = quote(found.alias_or_name) if found.alias else quote(found.name.lower())
            places = re.compile(rf'(?<![\w."])"?{re.escape(unknown)}"?\.(?=[\w"*])')
            statement = places.sub(f"{name}.", statement)
    return statement


def _are_near(unknown: str, table: str) -> bool:
    """Whether a model's or app's name is that of a table: store_record of record."""
    one, other = snake(unknown), snake(table)
    return any(a.endswith(f"_{b}") or a == f"{b}s" for a, b in ((one, other), (other, one)))


def _with_conditions(statement: str) -> str:
    """The statement with a condition for each join that was written without one."""
    if LEFT_OUT not in statement:
        return statement
    tree = sqlglot.parse_one(numbered(statement).text, read="postgres")
    for select in tree.find_all(exp.Select):
        start = select.args.get("from_")
        before = [start.this] if start is not None and isinstance(start.this, exp.Table) else []
        for join in select.args.get("joins") or ():
            on = join.args.get("on")
            if on is not None and on.sql("postgres").lower() == LEFT_OUT and before:
                join.set("on", sqlglot.parse_one(_condition(join.this, before), read="postgres"))
            if isinstance(join.this, exp.Table):
                before.append(join.this)
    return tree.sql("postgres")


def _condition(new: exp.Table, before: list[exp.Table]) -> str:
    """How a table is most likely joined with one of those before it, by their names."""
    for old in reversed(before):
        if _singular(_own(old)) in _parts(_own(new)) and _own(old) != _own(new):
            return _refers(new, old)
    for old in reversed(before):
        if _singular(_own(new)) in _parts(_own(old)):
            return _refers(old, new)
    return _refers(new, before[0])


def _refers(child: exp.Table, parent: exp.Table) -> str:
    column = f"{_singular(_own(parent))}_id"
    return f"{quote(child.alias_or_name)}.{quote(column)} = {quote(parent.alias_or_name)}.id"


def _own(table: exp.Table) -> str:
    return identifier(table.this) if isinstance(table.this, exp.Identifier) else table.name


def _parts(name: str) -> set[str]:
    return {_singular(part) for part in snake(name).split("_")}


def _singular(name: str) -> str:
    name = snake(name)
    return f"{name[:-3]}y" if name.endswith("ies") else name.removesuffix("s")
