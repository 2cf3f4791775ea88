"""A plan's condition as terms, and the columns that an index on them takes, in order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.advisors.plan.remedy import table_of
from blueproof.sql.names import quote
from blueproof.sql.plans.node import Node

_NAME = r'(?:"(?:[^"]|"")+"|[A-Za-z_][\w$]*)'
_CAST = r'(?:::"?[\w .]+"?(?:\([\d,]+\))?(?:\[\])?)?'
_OPERATORS = (
    r"=|<>|<=|>=|<|>|!~~\*|!~~|~~\*|~~|!~\*|!~|~\*|~|@>|<@|&&|@@"
    r"|IS NULL|IS NOT NULL|IS TRUE|IS NOT TRUE"
)
_COLUMN = re.compile(
    rf"^\(*(?:(?P<table>{_NAME})\.)?(?P<column>{_NAME})\)*{_CAST}\s+(?P<sign>{_OPERATORS})"
    rf"(?:\s+(?P<value>.*))?$",
    re.DOTALL,
)
_CALL = re.compile(
    rf"^\(*(?P<call>[a-z_]\w*\(.*\))\)*{_CAST}\s+(?P<sign>{_OPERATORS})(?:\s+(?P<value>.*))?$",
    re.DOTALL,
)
_EXPRESSION = re.compile(
    rf"^(?P<call>\(.+\)){_CAST}\s+(?P<sign>{_OPERATORS})(?:\s+(?P<value>.*))?$", re.DOTALL
)
_FLAG = re.compile(rf"^(?P<no>NOT )?\(?(?:{_NAME}\.)?(?P<column>{_NAME})\)?$")
_INSIDE = re.compile(rf"\(+(?:{_NAME}\.)?(?P<column>{_NAME})\)?(?:::|[,)]| )")
_WORDS = {"any", "all", "array", "null", "true", "false", "and", "or", "not", "interval",
          "current_date", "current_timestamp", "at", "time", "zone",
          "subplan", "initplan", "col1"}  # fmt: skip
_EQUAL = {"=", "IS NULL", "IS TRUE"}
_RANGE = {"<", "<=", ">", ">="}
_MOST_COLUMNS = 3  # a fourth hardly narrows further, and every write pays for it


@dataclass(frozen=True, kw_only=True)
class Term:
    """One comparison that must hold: a column or a call of a function, a sign, the other side."""

    table: str = ""
    column: str = ""
    call: str = ""
    sign: str = "="
    value: str = ""

    @property
    def is_equal(self) -> bool:
        """Whether it asks for one value, or for one of a list."""
        return self.sign in _EQUAL

    @property
    def is_flag(self) -> bool:
        """Whether it asks for one side of a yes or no, which an index can be made of alone."""
        plain = not self.call and self.sign == "=" and self.value in {"true", "false"}
        return plain or (not self.call and self.sign == "IS NULL")

    @property
    def is_range(self) -> bool:
        """Whether it asks for an interval."""
        return self.sign in _RANGE


def terms(condition: str) -> tuple[Term, ...]:
    """The terms of a condition that is joined by AND; () where an OR stands above them.

    >>> [t.column for t in terms("((status = 'open'::text) AND (total > '90'::numeric))")]
    ['status', 'total']
    """
    parts = tuple(_conjuncts(_stripped(condition.strip())))
    return tuple(term for part in parts for term in _term(_stripped(part)))


def _stripped(text: str) -> str:
    """Without the parentheses around all of it."""
    while text.startswith("(") and _closing(text) == len(text) - 1:
        text = text[1:-1].strip()
    return text


def _closing(text: str) -> int:
    """Where the parenthesis that opens the text is closed; -1 where it is not."""
    depth, quoted = 0, ""
    for at, sign in enumerate(text):
        if quoted:
            quoted = "" if sign == quoted else quoted
        elif sign in "'\"":
            quoted = sign
        else:
            depth += (sign == "(") - (sign == ")")
            if depth == 0 and sign == ")":
                return at
    return -1


def _conjuncts(text: str) -> Iterator[str]:
    """The parts between ANDs at the top; nothing where the top is an OR."""
    parts, start, depth, quoted = [], 0, 0, ""
    for at, sign in enumerate(text):
        if quoted:
            quoted = "" if sign == quoted else quoted
        elif sign in "'\"":
            quoted = sign
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        elif depth == 0 and text.startswith(" OR ", at):
            return
        elif depth == 0 and text.startswith(" AND ", at):
            parts.append(text[start:at].strip())
            start = at + len(" AND ")
    yield from (*parts, text[start:].strip())


def _term(text: str) -> Iterator[Term]:
    if (found := _COLUMN.match(text)) is not None:
        yield Term(table=_unquoted(found["table"] or ""), column=_unquoted(found["column"]),
                   sign=found["sign"], value=found["value"] or "")  # fmt: skip
    elif (call := _CALL.match(text)) is not None:
        inner = _INSIDE.search(call["call"])
        yield Term(call=call["call"], column=_unquoted(inner["column"]) if inner else "",
                   sign=call["sign"], value=call["value"] or "")  # fmt: skip
    elif (made := _EXPRESSION.match(text)) is not None and _computes(made["call"]):
        inner = _INSIDE.search(made["call"])
        yield Term(call=made["call"], column=_unquoted(inner["column"]) if inner else "",
                   sign=made["sign"], value=made["value"] or "")  # fmt: skip
    elif (flag := _FLAG.match(text)) is not None:
        yield Term(column=_unquoted(flag["column"]), value="false" if flag["no"] else "true")


def _computes(text: str) -> bool:
    """Whether one pair of parentheses holds all of it, and no query's result is in it."""
    whole = _closing(text) == len(text) - 1
    return whole and not re.search(r"SubPlan|InitPlan|\$\d| AND | OR ", text)


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def key(found: tuple[Term, ...]) -> tuple[str, ...]:
    """The key of a B-tree index that serves the terms: equalities first, then one range."""
    equal = [_shown(t) for t in found if t.is_equal]
    ranged = [_shown(t) for t in found if t.is_range]
    columns = list(dict.fromkeys(equal))[:_MOST_COLUMNS]
    rest = [r for r in ranged if r not in columns]
    return tuple(columns + rest[:1])[: _MOST_COLUMNS + 1]


def predicate(found: tuple[Term, ...]) -> str:
    """The WHERE of an index that holds only the rows for which the flags among the terms hold."""
    shown = (
        f"{quote(t.column)} IS NULL" if t.sign == "IS NULL"
        else f"{'NOT ' if t.value == 'false' else ''}{quote(t.column)}"
        for t in found if t.is_flag
    )  # fmt: skip
    return " AND ".join(dict.fromkeys(shown))


def _shown(term: Term) -> str:
    if not term.call:
        return quote(term.column)
    if term.call.startswith("("):
        return term.call if term.call.startswith("((") else f"{term.call}"
    call = re.sub(r"\(\((\w+)\)::(?:text|character varying)\)", r"(\1)", term.call)
    return f"({call})" if "::" in call else call


def own(node: Node, condition: str) -> tuple[Term, ...]:
    """The terms of a scan's condition that an index can answer: a column against a fixed value.

    A column against another of the same table is none; one of another table is fixed meanwhile.
    """
    names = {node.alias, node.relation}
    return tuple(t for t in terms(condition) if not _varies(t.value, names))


def _varies(value: str, names: set[str]) -> bool:
    """Whether a value holds a column of the table itself."""
    bare = re.sub(r"'(?:[^']|'')*'", " ", value)
    bare = re.sub(r"::\"?[\w ]+\"?(?:\([\d,]+\))?(?:\[\])?", " ", bare)
    bare = re.sub(r"\b[\w.]+\(", "(", bare)
    found = re.findall(r"(?<![\w$.])(?:(\w+)\.)?([A-Za-z_]\w*)", bare)
    return any((table in names or not table) and name.lower() not in _WORDS
               for table, name in found)  # fmt: skip


def index_for(node: Node, condition: str) -> str:
    """The statement that makes the index which serves a condition of the node; "" if none does."""
    found = own(node, condition)
    searched = next((t for t in found if _is_searched(t)), None)
    columns = key(found)
    if columns:
        return f"CREATE INDEX CONCURRENTLY ON {table_of(node)} ({', '.join(columns)});"
    if searched and searched.column:
        what = f"{quote(searched.column)} gin_trgm_ops"
        return (
            f"CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE INDEX CONCURRENTLY ON "
            f"{table_of(node)} USING gin ({what});"
        )
    return ""


def _is_searched(term: Term) -> bool:
    return term.sign in {"~~", "~~*", "~", "~*"} and not term.call
