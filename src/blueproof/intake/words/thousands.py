"""Numbers whose thousands are set apart by spaces or apostrophes, as much of Europe writes them."""

import re

_GAP = "[ \u00a0\u202f]"
_CURRENCY = r"(?:[$\u20ac\u00a3]|USD|EUR|GBP|CHF|PLN|SEK|NOK|DKK|CZK)"
_SPACED = re.compile(
    # A last group of zeros, or money: two numbers stand side by side more often than not.
    rf"(?<![\w.,:/'-])(?:\d{{1,3}}(?:{_GAP}\d{{3}})*{_GAP}000)(?![.,]?\d|{_GAP}\d{{3}}\b)"
    rf"|(?<=[$\u20ac\u00a3])(?:{_GAP}?\d{{1,3}}(?:{_GAP}\d{{3}})+)(?!\d)"
    rf"|(?<![\w.,:/'-])(?:\d{{1,3}}(?:{_GAP}\d{{3}})+)(?={_GAP}?{_CURRENCY})"
    r"|(?<![\w.,:/'-])(?:\d{1,3}(?:['\u2019]\d{3})+)(?![\d'\u2019])"
)
_BETWEEN = re.compile(rf"(?<=\d)(?:{_GAP}|['\u2019])(?=\d{{3}})")


def with_commas(request: str) -> str:
    """The request with commas between such thousands, which all readers know.

    >>> with_commas("210 000 messages cost $4 100, 1'300 a day; 12 400 users")
    '210,000 messages cost $4,100, 1,300 a day; 12 400 users'
    """
    return _SPACED.sub(lambda found: _BETWEEN.sub(",", found[0]), request)
