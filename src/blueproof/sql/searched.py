"""Conditions that no B-tree serves, as EXPLAIN prints them: containment, overlap, patterns."""

from dataclasses import dataclass, field
from itertools import pairwise

from blueproof.sql.conditions import plain, unwrapped, without_alias
from blueproof.sql.lexer import Token, tokens

WITHIN = frozenset({"<<", "<<=", ">>", ">>="})  # of networks
_OPERATORS = WITHIN | {"@>", "<@", "&&", "?", "?|", "?&", "@@", "@?", "~~", "~~*", "~", "~*"}
_PATTERNS = frozenset({"~~", "~~*", "~", "~*"})
_DEPTH = {"(": 1, "[": 1, ")": -1, "]": -1}


@dataclass(frozen=True, kw_only=True)
class Search:
    """One such condition on one table: the operator, and the expression that an index would hold.

    `expression` is as an index says it, without the table's alias; `column` is set where it is a
    bare column. `pattern` is whether it is LIKE, ILIKE or a regular expression. `operand` is what
    it is held against: searches that differ in it alone are served by one index, and so are equal.
    """

    alias: str
    expression: str
    operator: str
    column: str = ""
    operand: str = field(default="", compare=False)

    @property
    def pattern(self) -> bool:
        """Whether a text is held against a pattern."""
        return self.operator in _PATTERNS


def read_search(text: str) -> Search | None:
    """The search for a value that a conjunct is, or None.

    >>> read_search("(t.tags @> '{a}'::text[])").expression
    'tags'
    """
    return next((each for each in read_searches(text) if not _aliases(each.operand)), None)


def read_searches(text: str) -> tuple[Search, ...]:
    """The searches that a conjunct is: two, where one table's column is held against another's.

    >>> [search.alias for search in read_searches("(inner_.net >> outer_.net)")]
    ['inner_', 'outer_']
    """
    parts = _split(unwrapped(text))
    if parts is None:
        return ()
    left, operator, right = parts
    found = []
    for side, other in ((left, right), (right, left)):
        aliases = _aliases(side)
        if len(aliases) == 1 and not aliases & _aliases(other):
            found.append(_search(side, aliases.pop(), operator, other))
    return tuple(found)


def _search(side: str, alias: str, operator: str, operand: str) -> Search:
    # A cidr is an inet as it is, and so is an index on it.
    expression = unwrapped(without_alias(side, alias).removesuffix("::inet"))
    bare = [t for t in tokens(expression) if t.kind != "space"]
    column = plain(bare[0]) if len(bare) == 1 else ""
    return Search(
        alias=alias, expression=expression, operator=operator, column=column, operand=operand
    )


def disjuncts(text: str) -> list[str]:
    """The parts of a condition that is an OR; the condition itself if it is none.

    >>> disjuncts("((a = 1) OR (b = 2))")
    ['(a = 1)', '(b = 2)']
    """
    inner = unwrapped(text)
    parts, start, depth = [], 0, 0
    for token in tokens(inner):
        depth += _DEPTH.get(token.text, 0)
        if depth == 0 and token.kind == "name" and token.text == "OR":
            parts.append(inner[start : token.start].strip())
            start = token.start + len(token.text)
    return [*parts, inner[start:].strip()] if parts else [text]


def _split(text: str) -> tuple[str, str, str] | None:
    """Both sides of the one operator outside parentheses, if it is one of ours."""
    depth, run, at = 0, "", 0
    for token in [*tokens(text), Token("space", "", len(text))]:
        depth += _DEPTH.get(token.text, 0)
        if depth == 0 and token.kind == "operator":
            at = at if run else token.start
            run += token.text
        elif run in _OPERATORS:
            return text[:at].strip(), run, text[at + len(run) :].strip()
        else:
            run = ""
    return None


def _aliases(text: str) -> set[str]:
    marks = list(tokens(text))
    return {plain(a) for a, dot in pairwise(marks) if dot.text == "."} - {""}
