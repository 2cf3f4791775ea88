"""Pieces of conditions as EXPLAIN prints them: names, parentheses, the alias before a column."""

from blueproof.sql.lexer import Token, tokens

_END = Token("space", "", 0)


def plain(token: Token) -> str:
    """The name that a token writes, its quotes taken off; "" for a token that is no name."""
    if token.kind == "quoted_name":
        return token.text[1:-1].replace('""', '"')
    return token.text if token.kind == "name" else ""


def enclosed(text: str) -> bool:
    """Whether one pair of parentheses holds the whole text."""
    if not text.startswith("("):
        return False
    depth = 0
    for token in tokens(text):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0:
            return token.start == len(text) - 1
    return False


def unwrapped(text: str) -> str:
    """The text without parentheses around the whole of it.

    >>> unwrapped("((a = 1))")
    'a = 1'
    """
    text = text.strip()
    while enclosed(text):
        text = text[1:-1].strip()
    return text


def without_alias(text: str, alias: str) -> str:
    """The expression as an index says it, the table's alias gone from before its columns.

    >>> without_alias("lower(c.email)", "c")
    'lower(email)'
    """
    pieces = list(tokens(text))
    after = [*(t.text for t in pieces[1:]), _END.text]
    named = [plain(t) == alias and dot == "." for t, dot in zip(pieces, after, strict=True)]
    dots = [False, *named[:-1]]
    return "".join(
        t.text for t, name, dot in zip(pieces, named, dots, strict=True) if not (name or dot)
    )
