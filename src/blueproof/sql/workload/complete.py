"""Whether the text of a query is whole, or was cut off by a server's or a log's limit."""

from itertools import accumulate

from blueproof.sql.lexer import Token

# track_activity_query_size is a power of two in practice, and one byte of it ends the text.
_SMALLEST_LIMIT, _LARGEST_LIMIT = 1024, 1024 * 1024
_GOES_ON = frozenset(
    "select from where and or not join on in like ilike between set values into by having limit"
    " offset as is case when then else union intersect except using delete insert with"
    " inner left right full cross returning distinct".split()
)
_SETTINGS = frozenset({"set", "reset", "show"})  # SET x = on ends in a word that elsewhere goes on
_OPEN_ENDS = frozenset("=<>+-*/,.(|%^&~")
_WHOLE = frozenset({"select *", "returning *", ". *", "default values"})


def limit_reached(text: str) -> str:
    """Why a text from a view of the server's was most likely cut by its length; "" if not.

    >>> limit_reached("x" * 1023)
    'cut off at 1023 bytes; raise track_activity_query_size'
    """
    size = len(text.encode(errors="replace")) + 1
    if _SMALLEST_LIMIT <= size <= _LARGEST_LIMIT and size & (size - 1) == 0:
        return f"cut off at {size - 1} bytes; raise track_activity_query_size"
    return ""


def cut_off(marks: list[Token]) -> str:
    """Why the tokens of a text cannot be a whole statement; "" if nothing speaks against it.

    >>> from blueproof.sql.editing import significant
    >>> cut_off(significant("SELECT a FROM t WHERE b ="))
    'cut off, it ends in "="'
    """
    while marks and marks[-1].text == ";":
        marks = marks[:-1]
    if marks and marks[0].text.lower() in _SETTINGS:
        return ""
    if [t.text for t in marks[-3:]] == [".", ".", "."]:
        return 'cut off, it ends in "..."'
    depths = [0, *accumulate({"(": 1, ")": -1}.get(t.text, 0) for t in marks)]
    if depths[-1] > 0 or min(depths) < 0:
        return "cut off, a bracket stays open" if depths[-1] > 0 else "a bracket too many is closed"
    *_, before, last = ["", "", *(t.text.lower() for t in marks[-2:])]
    goes_on = last in _OPEN_ENDS or last in _GOES_ON
    return f'cut off, it ends in "{last}"' if goes_on and f"{before} {last}" not in _WHOLE else ""
