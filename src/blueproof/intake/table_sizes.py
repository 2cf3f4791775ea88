"""Whether a count told beside a table's name says how many rows the table has, or a part of it.

"orders: 6.2M", "we have 12M orders" and "~40M rows" are sizes. "The 50 orders on the page", "20
per page", "200 orders of one customer" and "one account has 9M tickets" tell of a part.
"""

import re

# What one of many has: the largest account, a customer, each show.
_OWNER = (
    r"(?:one|an?|each|every|some|any|single|another|typical|average|(?:big|larg|heavi|busi|wors)\w*"
    r"est|biggest|top|worst|whale|per)"
)
_NO_OWNER = r"(?!\s+(?:\w+\s+)?(?:tables?|databases?|db|schema|partitions?)\b)"
_OWNED = re.compile(
    rf"\b{_OWNER}\b{_NO_OWNER}[^.;\n]*\b(?:has|have|had|holds?|owns?|with|gets?|makes?|up to|alone"
    r"|at most|can)\b[^.;\n]*$|"
    rf"\b{_OWNER}\b{_NO_OWNER}\s+(?:\w+\s+){{0,2}}\w+s?['\u2019]s?\s+(?:\w+\s*[:=]?\s*)?$",
    re.IGNORECASE,
)
# "for each of the 50", "a page of 20", "shows 30", "in batches of 500", "the last 100".
_PICKED = re.compile(
    r"\b(?:(?:for\s+)?(?:each|every|all|any|one)\s+of(?:\s+(?:the|its|those|these))?|pages?\s+of"
    r"|lists?\s+(?:of|the)|batch\w*\s+of|chunks?\s+of|groups?\s+of|the\s+(?:last|latest|newest"
    r"|first|next|top|oldest)|lists?|shows?|displays?|loads?|fetch\w*|renders?|loops?\s+over"
    r"|iterat\w+\s+over|at\s+most|up\s+to|max(?:imum)?|these|those)\W*(?:the\s+)?$",
    re.IGNORECASE,
)
_PLACE = (
    r"(?:page|screen|list|view|dashboard|board|batch|request|response|run|call|loop|chunk|click"
    r"|visit|session|row|item|time)"
)
# Right behind the count and its noun: "on the page", "per customer", "of one customer", "each".
_PARTED = re.compile(
    r"^\s*(?:[\w\"`]+\s+){0,3}?(?:"
    rf"(?:on|in|of|for|from|by)\s+(?:(?:the|a|an|this|that|each|one|every)\s+)?{_PLACE}s?\b"
    r"|(?:of|for|from|by|in)\s+(?:a\s+single|one|each|every|an?|some|any)\s+(?!table\b|database\b)"
    rf"|per\s+\w+|/\s*{_PLACE}|each\b|apiece\b|at\s+(?:a|one)\s+time|at\s+once"
    r"|(?:a|an|every)\s+(?:second|minute|hour|day|night|week|month|year|customer|user|account"
    r"|tenant|page|order)\b)",
    re.IGNORECASE,
)
# What may stand before "12M orders" in a comment that tells how many there are.
_OPENING = re.compile(
    r"(?:^|[,;:|(.\n]|\b(?:and|plus))\s*(?:[~\u2248*#>-]|\b(?:we|i|it|there|now|has|have|had|is|are|holds?"
    r"|about|around|roughly|approx\w*|nearly|almost|over|some|currently|today|by|in|total|with"
    r"|prod\w*|sizes?|rows?|table|the|our|contains?|stores?|more|than|at)\b|\s)*$",
    re.IGNORECASE,
)
_ROWS = re.compile(r"^\s*(?:live\s+)?(?:rows?|records?|entries|tuples?)\b", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[.;!?,](?:\s|$)|\n|\band\b", re.IGNORECASE)


def is_part(text: str, span: tuple[int, int]) -> bool:
    """Whether the count at a place of a text is of a part of a table: a page, one customer's.

    >>> is_part("once for each of the 50 orders on the page", (21, 23))
    True
    >>> is_part("one account alone has 9M tickets", (22, 24))
    True
    >>> is_part("we have 12M orders", (8, 11))
    False
    """
    before, after = _around(text, span)
    return bool(_OWNED.search(before) or _PICKED.search(before) or _PARTED.search(after))


def opens(text: str, span: tuple[int, int]) -> bool:
    """Whether the count begins what is said of it: "12M orders", "we have ~40M rows".

    >>> opens("-- 12M orders, 40M items", (3, 6)), opens("exports 200k orders", (8, 12))
    (True, False)
    """
    before, after = _around(text, span)
    return bool(_OPENING.search(before) or _ROWS.match(after))


def _around(text: str, span: tuple[int, int]) -> tuple[str, str]:
    """What stands before and behind a place, within its clause."""
    start = max((m.end() for m in _CLAUSE_END.finditer(text, 0, span[0])), default=0)
    end = _CLAUSE_END.search(text, span[1])
    return text[start : span[0]], text[span[1] : end.start() if end else len(text)]
