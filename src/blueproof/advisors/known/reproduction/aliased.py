"""Query builders that give tables short names: createQueryBuilder('o').leftJoin('o.items', 'i')."""

import re

from blueproof.advisors.known.reproduction.building import Query
from blueproof.facts.pattern import LatePattern
from blueproof.sql.names import quote, quote_table

_ALIAS = LatePattern(r"\s*['\"](?P<a>[a-z]\w*)['\"]")
_ONE = LatePattern(  # select('DISTINCT o.city')
    r"\s*\[?\s*['\"](?P<distinct>DISTINCT\s+)(?P<a>[a-z]\w*)\.(?P<c>\w+)['\"]\s*\]?\s*",
    re.IGNORECASE,
)
_RELATION = LatePattern(
    r"\s*['\"](?P<from>[a-z]\w*)\.(?P<path>\w+)['\"]\s*,\s*['\"](?P<as>\w+)['\"]"
)


def name_by(query: Query, body: str) -> None:
    """Take the short name that a builder begins with for its table."""
    if alias := _ALIAS.match(body):
        query.aliases[alias["a"]] = query.table


def select_one(query: Query, body: str) -> None:
    """Read one column alone, each value once, where a call selects so."""
    found = _ONE.fullmatch(body)
    if found and found["a"] in query.aliases:
        query.selected = f"{found['a']}.{quote(found['c'])}"
        query.distinct = True


def join_relation(query: Query, name: str, body: str) -> bool:
    """Join a relation of a table by its short name; whether the call says so."""
    related = _RELATION.match(body)
    if related is None or related["from"] not in query.aliases:
        return False
    how = "LEFT JOIN" if name.lower().startswith("left") else "JOIN"
    query.aliases[related["as"]] = query.join(related["path"], how)
    return True


def spelled_out(query: Query) -> str:
    """The statement with the tables' names in place of the short ones."""
    sql = query.sql
    for alias, table in query.aliases.items():
        sql = re.sub(rf"(?<![\w.'\"]){alias}\.(?=[\w\"])", f"{quote_table(table)}.", sql)
    return sql
