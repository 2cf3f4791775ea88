"""Expressions that hold what was asked for this time: an index on one serves a single question.

bit_count(hash # B'1101...') and abs(price - 123456.3) are distances from one value. The next query
asks for another value, so an index on such an expression is of no use to it.
"""

from itertools import pairwise

from blueproof.sql.lexer import Token, tokens

# What a value of the question stands beside, of one row's properties seldom.
_BESIDE = frozenset({"-", "+", "#", "&", "|", "=", "<>", "<->", "<#>", "<=>", "<+>", "@-@"})
_OF_ANOTHER = frozenset({
    *("similarity", "word_similarity", "strict_word_similarity", "levenshtein", "ts_rank"),
    *("ts_rank_cd", "ll_to_earth", "earth_distance", "point", "st_distance", "st_makepoint"),
    *("to_tsquery", "plainto_tsquery", "websearch_to_tsquery", "phraseto_tsquery"),
})  # fmt: skip
_LONG_NUMBER, _LONG_TEXT = 4, 8  # digits, characters: shorter ones are factors, states, units
_NOTHING = Token("space", "", 0)


def is_pasted(expression: str, *, sorts: bool = False) -> bool:
    """Whether an expression holds a constant that is likely to be another one next time.

    What `sorts` by a difference sorts by a distance, however short the constant.

    >>> is_pasted("abs((price - 123456.3))"), is_pasted("(price * 100)"), is_pasted("lower(email)")
    (True, False, False)
    """
    marks = [t for t in tokens(expression) if t.kind not in {"space", "comment", "block"}]
    calls = {one.text.lower() for one, after in pairwise(marks) if after.text == "("}
    constants = any(t.kind in {"number", "string"} for t in marks)
    return (constants and bool(calls & _OF_ANOTHER)) or any(
        _is_long(mark, _type_of(marks, at), sorts=sorts) and _is_beside(marks, at)
        for at, mark in enumerate(marks)
    )


def _type_of(marks: list[Token], at: int) -> str:
    """The type that a constant is cast to; "" for none."""
    after = [t.text for t in marks[at + 1 : at + 3]]
    return after[1].lower() if len(after) > 1 and after[0] == "::" else ""


def _is_long(mark: Token, type_: str, *, sorts: bool) -> bool:
    if mark.kind == "number":
        return sorts or sum(c.isdigit() for c in mark.text) >= _LONG_NUMBER
    constant = mark.kind == "string" and type_ not in {"interval", "text"}
    named = mark.kind == "string" and type_ == "text"
    return (constant and sorts) or ((constant or named) and len(mark.text) - 2 >= _LONG_TEXT)


def _is_beside(marks: list[Token], at: int) -> bool:
    """Whether an operator that takes a value of the question stands before or after a constant.

    Parentheses and casts around the constant are passed over.
    """
    before, after = at - 1, _past_cast(marks, at + 1)
    while _text(marks, before) == "(" and _text(marks, after) == ")":
        before, after = before - 1, _past_cast(marks, after + 1)
    signs = (_operator(marks, before, -1), _operator(marks, after, 1))
    return any(sign in _BESIDE for sign in signs)


def _text(marks: list[Token], at: int) -> str:
    return marks[at].text if 0 <= at < len(marks) else ""


def _past_cast(marks: list[Token], at: int) -> int:
    """The first token after the casts that begin at one."""
    while _text(marks, at) == "::":
        at += 2
        while 0 <= at < len(marks) and marks[at].kind == "name":
            at += 1  # double precision, timestamp with time zone
    return at


def _operator(marks: list[Token], at: int, step: int) -> str:
    """The operator that ends or begins at a token; its characters are tokens of their own."""
    text = ""
    while 0 <= at < len(marks) and marks[at].kind == "operator":
        text = marks[at].text + text if step < 0 else text + marks[at].text
        at += step
    return text
