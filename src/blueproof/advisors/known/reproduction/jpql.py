"""Queries over entities, as JPA and Hibernate have them, in the SQL that they come to.

`select distinct o from Order o left join fetch o.items i where o.customer.id = :id` reads
the tables orders and items; an entity's relations are columns with _id.
"""

import re

from blueproof.advisors.known.reproduction.building import plural, singular
from blueproof.facts.pattern import LatePattern
from blueproof.sql.guessing.kinds import snake
from blueproof.sql.names import quote, quote_table

_BEGINS = LatePattern(
    r"\bselect\s+(?P<distinct>distinct\s+)?(?P<count>count\s*\(\s*(?:distinct\s+)?)?"
    r"(?P<a>[a-z]\w*)\b(?(count)\s*\))"
    r"\s+from\s+(?-i:(?P<entity>[A-Z][a-z]\w*))\s+(?:as\s+)?(?P=a)\b(?P<rest>[^\";`]*)",
    re.IGNORECASE,
)
_JOIN = LatePattern(
    r"\b(?P<how>(?:left|inner)?\s*(?:outer\s+)?join)\s+(?:fetch\s+)?(?P<from>[a-z]\w*)\.(?P<path>\w+)"
    r"(?:\s+(?:as\s+)?(?P<as>(?!(?:left|inner|join|where|order|group|with|on|fetch)\b)[a-z]\w*))?",
    re.IGNORECASE,
)
_KEY = LatePattern(r"\b(?P<a>[a-z]\w*)\.(?P<of>[a-z]\w*)\.(?:id|pk)\b")
_PATH = LatePattern(r"\b(?P<a>[a-z]\w*)\.(?P<c>[a-z]+[A-Z]\w*)\b")
_CONSTANT = LatePattern(r"(?<![\w.'])(?:[a-z]\w*\.)*[A-Z]\w*\.(?P<value>[A-Z][A-Z_0-9]*)\b(?!\()")


def with_sql(text: str) -> str:
    """The text with SQL in place of the queries over entities in it."""
    return _BEGINS.sub(_as_sql, text)


def _as_sql(found: re.Match[str]) -> str:
    table = plural(snake(found["entity"]))
    tables = {found["a"]: table}
    if found["count"]:
        what = "count(DISTINCT {}.id)" if "distinct" in found["count"].lower() else "count({}.id)"
        what = what.format(found["a"])
    else:
        what = f"{'DISTINCT ' * bool(found['distinct'])}{found['a']}.*"
    rest = _JOIN.sub(lambda join: _joined(join, tables), found["rest"])
    rest = _KEY.sub(lambda m: f"{m['a']}.{snake(m['of'])}_id", rest)
    rest = _PATH.sub(lambda m: f"{m['a']}.{snake(m['c'])}" if m["a"] in tables else m[0], rest)
    rest = _CONSTANT.sub(lambda m: f"'{m['value']}'", rest)
    return f"SELECT {what} FROM {quote_table(table)} {found['a']}{rest}"


def _joined(join: re.Match[str], tables: dict[str, str]) -> str:
    """JOIN of a relation by its path: many where it is a plural, one where it is not."""
    owner, path = join["from"], snake(join["path"])
    alias = join["as"] or f"{path}_{len(tables)}"
    many = path.endswith("s") and not path.endswith("ss")
    table = path if many else plural(path)
    tables[alias] = table
    key = quote(f"{singular(tables.get(owner, owner))}_id" if many else f"{path}_id")
    on = f"{alias}.{key} = {owner}.id" if many else f"{alias}.id = {owner}.{key}"
    return f"{join['how']} {quote_table(table)} {alias} ON {on}"
