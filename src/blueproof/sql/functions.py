"""Functions whose text only reads, though nobody has declared them STABLE.

A function is VOLATILE unless its author says otherwise, and hardly anybody does. What one of SQL or
PL/pgSQL does is told by its text: no statement that writes, and no call but of functions that give
the same for the same arguments throughout a statement.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from blueproof.core.errors import SqlError
from blueproof.sql.conditions import plain
from blueproof.sql.editing import significant
from blueproof.sql.lexer import Token

_WRITES = frozenset({
    *("insert", "update", "delete", "merge", "truncate", "copy", "create", "alter", "drop", "set"),
    *("execute", "perform", "call", "do", "lock", "notify", "listen", "grant", "raise", "reset"),
})  # fmt: skip
# PostgreSQL's own that a parenthesis may follow and that answer alike within a statement.
_STEADY = frozenset({
    *("count", "sum", "min", "max", "avg", "coalesce", "nullif", "greatest", "least", "lower"),
    *("upper", "btrim", "trim", "length", "substring", "substr", "left", "right", "replace", "abs"),
    *("concat", "round", "floor", "ceil", "mod", "date_trunc", "date_part", "extract", "now"),
    *("to_char", "to_date", "split_part", "array_agg", "string_agg", "cast", "current_setting"),
    *("bool_or", "bool_and", "array_length", "cardinality", "string_to_array", "interval"),
})  # fmt: skip
_WORDS = frozenset({
    *("select", "from", "where", "and", "or", "not", "in", "any", "all", "some", "exists", "as"),
    *("on", "by", "join", "when", "then", "else", "case", "if", "elsif", "return", "values", "is"),
    *("limit", "offset", "having", "union", "except", "intersect", "using", "filter", "with"),
    *("distinct", "varchar", "char", "character", "numeric", "decimal", "timestamp", "time"),
    *("query", "while", "lateral", "over", "between", "like", "begin", "materialized"),
})  # fmt: skip
_LANGUAGES = frozenset({"sql", "plpgsql"})


@dataclass(frozen=True, kw_only=True)
class _Function:
    """A function as it is declared: its name ("app.f" outside public), and whether it only reads.

    One that gives several rows, or whose text is not to be had, does not.
    """

    name: str
    reads: bool


def only_reading(ddl: str) -> frozenset[str]:
    """The names of all functions in a script that only read and give one value.

    >>> only_reading("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT max(a) FROM t';")
    frozenset({'f'})
    """
    if "function" not in ddl.lower():
        return frozenset()
    found = tuple(_functions(significant(ddl)))
    writing = {f.name for f in found if not f.reads}
    return frozenset(f.name for f in found) - writing


def _functions(marks: list[Token]) -> Iterator[_Function]:
    words = [m.text.lower() for m in marks]
    for at, word in enumerate(words):
        if word != "function" or words[max(at - 3, 0) : at][-1:] not in (["create"], ["replace"]):
            continue
        opened = next((n for n in range(at, len(marks)) if words[n] == "("), len(marks))
        ended = next((n for n in range(opened, len(marks)) if words[n] == ";"), len(marks))
        name = "".join(plain(m) or m.text for m in marks[at + 1 : opened])
        yield _Function(name=name.removeprefix("public."), reads=_reads(marks[opened:ended]))


def _reads(declared: list[Token]) -> bool:
    """Whether a declaration from its arguments on is of a function that only reads."""
    words = [m.text.lower() for m in declared]
    pairs = set(pairwise(words))
    several = ("returns", "setof") in pairs or ("returns", "table") in pairs
    known = any(("language", each) in pairs for each in _LANGUAGES)
    texts = [
        mark.text
        for before, mark in zip(words, declared[1:], strict=False)
        if before == "as" and mark.kind not in {"name", "quoted_name"}
    ]
    return known and not several and len(texts) == 1 and _only_reads(_inside(texts[0]))


def _inside(quoted: str) -> str:
    """What stands between a text's quotes."""
    if quoted.startswith("$"):
        end = quoted.index("$", 1) + 1
        return quoted[end:-end]
    return quoted[1:-1].replace("''", "'") if quoted.startswith("'") else "?("


def _only_reads(text: str) -> bool:
    try:
        marks = significant(text)
    except SqlError:
        return False
    for mark, after in zip(marks, [*marks[1:], Token("space", "", 0)], strict=True):
        word = mark.text.lower()
        if mark.kind == "name" and word in _WRITES:
            return False
        named = mark.kind in {"name", "quoted_name"} and after.text == "("
        if named and word not in _STEADY | _WORDS:
            return False
    return bool(marks)
