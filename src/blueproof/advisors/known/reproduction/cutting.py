"""Where a statement in running words ends: at its semicolon, at its brackets, where prose begins.

A statement is the longest beginning of the text that PostgreSQL's grammar reads and that reads a
table. Brackets must close, so that no prose inside of them is looked for; what the writer left out
("SELECT ... FROM", "IN (...)", "<all columns>") is filled in with what changes the plan least.
"""

import re

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from blueproof.core.errors import SqlError
from blueproof.facts.pattern import LatePattern
from blueproof.sql.guessing.resolving import tables_of
from blueproof.sql.parameters import numbered

# Prose that follows a statement on its line. Whole words, outside of quotes and brackets.
_PROSE = LatePattern(
    r"(?<!\s)(?<!\bFROM)(?<!\bJOIN)(?<!\bINTO)(?<!\bUPDATE)(?<!\bSELECT)(?<!\bBY)(?<!\bAND)"
    r"(?<!\bOR)(?<!\bWHERE)(?<!\bON)(?<![,=<>(])"  # there the word is a name: FROM scans
    r"\s+(?:(?:takes?|took|taking|goes|gets|hangs)\b|is\s+(?!(?:not\s+)?(?:\?|\$\d|:\w)"
    r"|(?:not\s+)?(?:null|true|false|unknown|distinct|json|document|normalized)\b)"
    r"|are\s+(?:slow|very|the)|runs?\s+(?:in|for|slow|\d|about|on)|ran\s+(?:in|for)"
    r"|needs?\s+(?:\d|about)|and\s+(?:it|the|we|this|my|that|then|takes?|i|waits?|also|nothing)\b"
    r"|and\s+explain\b|-\s+(?:each|every|this|that|it|the|we|but|and|so|why|takes?|which|postgres\w*|pg)\s"
    r"|it\s+(?:takes|is|does|was|only)|which\s+(?:takes|is|was|does)|but\b|because\b"
    r"|times?\s+out|returns?\s+(?:in|after|about|\d)|comes\s+back|shows?\b"
    r"|does\s+(?:a|an|not|the)\b|on\s+(?:a|the|our|my|postgres\w*)\s|with\s+\d|there\s+(?:is|are)"
    r"|(?:over|on)\s+\d[\d.,]*\s*[kKmMbB]|makes?\b|uses\b|reads\s|used\s+to|was\s|has\s|have\s"
    r"|for\s+(?:a|an|the|each|every|our|one|example|some)\s|(?:so|while|although|whereas|why)\b"
    r"|(?:finishes|executes?|completes?|responds|blocks|scans|needs)\b)"
    r"|\s+\[\[|\s+[\u2013\u2014]\s|(?<=[\w)'\"*])[?!](?=\s|$)|(?<![.\s])\.(?=\s|$)|\s*(?:```|~~~)|`"
    r"|\n\s*(?:>(?!=|\s*[\w$?:'\"(]+(?:\s*$|\s+(?:AND|OR|ORDER|LIMIT|GROUP)\b))"
    r"|QUERY PLAN|-{3,}|Time:|(?:DELETE|UPDATE|INSERT|SELECT)\s+\d+\s*$|\(\d+ rows?\))"
    r"|\s*,\s+(?:\d[\d.,]*\s*(?:[kMmbB]\b|ms|s\b|sec|min|hours?|million|billion|rows|%|GB|TB)"
    r"|it\b|the\s|there\b|we\b|i\b|so\b|which\b|takes\b|but\b|why\b|and\b|for\s+example"
    r"|postgres\b|pg\b|duration\b|plan\b|with\s|no\s+index|about\s|around\s|roughly\s|only\s)",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTED = LatePattern(
    r"(?<!\w)[eE]?'(?:[^']|'')*'|(?<=[{\[(])'(?:[^']|'')*'|\"[^\"]*\"|\$\$.*?\$\$|--[^\n]*",
    re.DOTALL,
)
# A page's length, and a comma after which prose goes on: LIMIT 21, is using a seq scan
_PAGE = LatePattern(r"\bLIMIT\s+(?:\d+|\?|\$\d+|:\w+)(?=\s*,\s*(?!\d|\?|[$:@%])\w)", re.IGNORECASE)
_APOSTROPHE = LatePattern(r"\s\w+'\w")
_BLANK = LatePattern(
    r"\n[ \t]*\n(?!\s*(?:FROM|WHERE|(?:LEFT|RIGHT|INNER|OUTER|CROSS|FULL)?\s*JOIN|ORDER\s+BY"
    r"|GROUP\s+BY|HAVING|AND\b|OR\b|LIMIT|OFFSET|UNION|SELECT|\)|ON\b|,|--))",
    re.IGNORECASE,
)
LEFT_OUT = "left_out()"  # stands for the condition of a join
_DOTS = r"(?:\.{2,}|\u2026|\[\.{2,}\]|<[a-zA-Z][^<>=]{2,}>)"
_LEFT_OUT: tuple[tuple[LatePattern, str], ...] = tuple(
    (LatePattern(pattern, re.IGNORECASE), instead)
    for pattern, instead in (
        (rf"(\bSELECT\s+DISTINCT)\s+{_DOTS}\s*,?\s*(?=FROM\s+([\w.\"]+)\s+(?:INNER|LEFT|JOIN)\b)",
         r"\1 \2.* "),
        (rf"(\bSELECT(?:\s+DISTINCT(?:\s+ON\s*\([^()]*\))?)?)\s+{_DOTS}\s*,?\s*(?=FROM\b)",
         r"\1 * "),
        (rf"(\bSELECT\b[^()]*?),?\s*{_DOTS}\s*,?\s*(?=FROM\b)", r"\1 "),
        (r"(?<=[\w\"])\s+\.\s+(?=[\w\"*])", "."),  # as some monitors write it: orders . id
        (r"\bIS\s+(NOT\s+)?(?:\?|\$\d+|:[a-z]\w*)(?!\w)", r"IS \1NULL"),
        (rf",\s*{_DOTS}\s*,", ","),
        (rf",\s*{_DOTS}(?=\s*\))", ""),
        (rf"(\bIN\s*\(\s*[^()]*?),?\s*{_DOTS}\s*\)", r"\1 ?)"),
        (rf"(=|<|>|<=|>=|LIKE)\s*{_DOTS}", r"\1 ?"),
        (rf"\b(?:AND|OR)\s+{_DOTS}", ""),
        (rf"\bWHERE\s+{_DOTS}\s+AND\b", "WHERE"),
        (rf"\bWHERE\s+{_DOTS}", ""),
        (rf"(\bJOIN\s+[\w.\"]+(?:\s+(?:AS\s+)?(?!ON\b)\w+)?)\s+(?:ON\s+)?{_DOTS}",
         rf"\1 ON {LEFT_OUT}"),
        (r"\bIN\s*\(\s*\?\s*\?\)", "IN (?)"),
        # FROM <table>, FROM {table_name}: whichever the words speak of
        (r"(\bFROM\s+)(?:<\s*(?:the\s+|your\s+)?table(?:[_ ]?name)?\s*>"
         r"|[{]{1,2}\s*(?:the_|your_)?table(?:_?name)?\s*[}]{1,2}|%s(?=\s*(?:$|[;,.\"'`)])))",
         r"\1table"),
    )
)  # fmt: skip
# SELECT ... FROM posts with joins to users and topics, WHERE ...
_SPOKEN_JOINS = LatePattern(
    r"\bFROM\s+(?P<t>[\w.\"]+)\s+(?:with|plus|and|,)\s+(?:an?\s+|several\s+|some\s+|the\s+|inner\s+"
    r"|(?P<left>left\s+(?:outer\s+)?))*joins?\s+(?:to|with|on|of|over)\s+"
    r"(?P<list>(?:the\s+)?[\w.\"]+(?:\s*(?:,|and|,\s*and)\s+(?:the\s+)?[\w.\"]+)*?)\s*,?\s+"
    r"(?=(?:WHERE|ORDER\s+BY|GROUP\s+BY|LIMIT)\b)",
    re.IGNORECASE,
)
_SELECTED = LatePattern(r"SELECT\s+(?=FROM\b)", re.IGNORECASE)
# A last word that may be prose: an alias without AS, or a condition that is one word.
_TAIL = LatePattern(r"\s+(?:(?:and|or|for|in|on|with|where)\s+)?[A-Za-z]\w*\s*$")
_KEPT = LatePattern(
    r"\s+(?:asc|desc|first|last|skip\s+locked|locked|update|nowait|null|true|false|only|all"
    r"|rows?)\s*$",
    re.IGNORECASE,
)
_MARKS = LatePattern(r"(?:\s|[,:;]|(?<!\.)\.(?!\.))+$")
# What follows a statement that was cut off in its midst.
_GOES_ON = LatePattern(
    r"\s*(?:(?-i:WHERE|AND|OR|ON|FROM|HAVING|JOIN|UNION|GROUP|LEFT|INNER)\b|where\b|join\b"
    r"|left join\b|inner join\b|group by\b)",
    re.IGNORECASE,
)
_COMMENT = LatePattern(r"\s--[^\n]*$")
_NUMBER = LatePattern(r"\$\d+")
_PARAMETER = LatePattern(r"\$\d+|\?\d*|:'?\w+'?|%\(\w+\)s|%s|@\w+|[$#]\{[^{}]*\}|\{\{[^{}]*\}\}")
_MOST_TRIES = 40


def statement(text: str) -> tuple[str, int]:
    """The longest beginning of the text that is a whole statement over a table, and its length.

    The statement is what was written with what it leaves out filled in; ("", 0) if there is none.
    """
    end = _furthest(text)
    for _ in range(_MOST_TRIES):
        end = _stripped(text, end)
        if end <= 0:
            return "", 0
        whole = filled_in(text[:end])
        wrong = _wrong_at(whole)
        if wrong is None:
            end = _without_comment(text, _without_tail(text, end))
            whole = filled_in(text[:end])
            cut_off = _GOES_ON.match(text, end)  # half a condition is another one
            return (whole, end) if reads_table(whole) and not cut_off else ("", 0)
        here = _in_original(text[:end], whole, wrong) if whole == text[:end] else end
        end = _earlier(text, min(here, end))
    return "", 0


def _stripped(text: str, end: int) -> int:
    """The end without space and the marks that close a sentence; three dots stand for something."""
    closing = _MARKS.search(text[:end])
    return closing.start() if closing else end


def _hidden(text: str) -> str:
    """The text with what is quoted made unreadable, at the same places."""
    return _QUOTED.sub(lambda m: "x" * len(m[0]), text)


def _depths(hidden: str) -> list[int]:
    """How many brackets are open before each character, and at the end."""
    depths, depth = [0], 0
    for character in hidden:
        depth += {"(": 1, ")": -1}.get(character, 0)
        depths.append(depth)
    return depths


def _furthest(text: str) -> int:
    """The place of the semicolon, or where prose begins, or a bracket closes that none opened."""
    hidden = _hidden(text)
    ends = [len(text)]
    marks = (re.search(r'[;"\u201d]', hidden), _BLANK.search(hidden))
    ends += [m.start() for m in marks if m]
    if page := _PAGE.search(hidden):
        ends.append(page.end())
    if apostrophe := _APOSTROPHE.search(hidden):
        ends.append(apostrophe.start())
    most = min(ends)
    depths = _depths(hidden[:most])
    if -1 in depths:
        most = min(most, depths.index(-1) - 1)
    for found in _PROSE.finditer(hidden, 0, most):
        if depths[found.start()] <= 0:
            return found.start()
    return most


def _earlier(text: str, before: int) -> int:
    """The next place before this one where a word ends and no bracket is open."""
    depths = _depths(_hidden(text[:before]))
    for at in range(before - 1, 0, -1):
        if text[at].isspace() and depths[at] == 0:
            return at
    return 0


def filled_in(text: str) -> str:
    """The statement with what its writer left out."""
    text = _SPOKEN_JOINS.sub(_as_joins, text)
    for pattern, instead in _LEFT_OUT:
        text = pattern.sub(instead, text)
    return _SELECTED.sub("SELECT * ", text)


def _as_joins(found: re.Match[str]) -> str:
    """The joins that are told of in a statement: each with a table that the first refers to."""
    names = re.findall(r'[\w."]+', re.sub(r"(?i)\b(?:and|the|tables?)\b", " ", found["list"]))
    how = "LEFT JOIN" if found["left"] else "JOIN"
    return f"FROM {found['t']} " + "".join(
        f"{how} {name} ON {found['t']}.{_reference(name)} = {name}.id " for name in names
    )


def _reference(table: str) -> str:
    """The column that refers to a table, by the last part of its name: shop_customer, customer_id.

    >>> _reference("shop_customers"), _reference("app.categories")
    ('customer_id', 'category_id')
    """
    last = table.replace('"', "").rpartition(".")[2].rpartition("_")[2]
    one = f"{last[:-3]}y" if last.endswith("ies") else last.removesuffix("s")
    return f"{one}_id"


def _without_tail(text: str, end: int) -> int:
    """The end without a last word that is the beginning of prose rather than part of the statement.

    Only where more words follow on the same or the next line, and the statement is whole without.
    """
    follows = text[end:].lstrip(" \t\n")
    if not follows or not (follows[0].isalpha() or follows[0] in "'("):
        return end
    tail = _TAIL.search(text[:end])
    if tail is None or _KEPT.search(text[:end]):
        return end
    word = tail[0].split()[-1]
    if re.search(rf"\b{re.escape(word)}\s*\.", text[:end]):
        return end  # an alias that the statement uses
    shorter = filled_in(text[: tail.start()])
    ends_in_keyword = re.search(r"(?:\b(?:by|as|from|join|set|and|or|where|like|=)|[,=<>(])\s*$",
                                text[: tail.start()], re.IGNORECASE)  # fmt: skip
    if ends_in_keyword or _wrong_at(shorter) is not None or not reads_table(shorter):
        return end
    return _stripped(text, tail.start())


def _without_comment(text: str, end: int) -> int:
    """The end before a comment that nothing follows: there people go on in prose."""
    found = _COMMENT.search(text[:end])
    return _stripped(text, found.start()) if found else end


def _wrong_at(text: str) -> int | None:
    """Where a statement stops to be one; None where it is one."""
    try:
        plain = numbered(text).text
        sqlglot.parse_one(plain, read="postgres")
    except ParseError as error:
        first = error.errors[0] if error.errors else {}
        lines = plain.splitlines(keepends=True)
        line, column = int(first.get("line") or 1), int(first.get("col") or 0)
        highlight = len(str(first.get("highlight") or ""))
        at = sum(map(len, lines[: line - 1])) + column - highlight
        return _in_original(text, plain, at)
    except (TokenError, SqlError):
        return len(text)
    return None


def _in_original(text: str, plain: str, at: int) -> int:
    """The place in a text of one in its copy with numbered parameters."""
    here = there = 0
    while there < at and here < len(text):
        number = _NUMBER.match(plain, there)
        written = _PARAMETER.match(text, here)
        if number and written:
            here, there = written.end(), number.end()
        else:
            here, there = here + 1, there + 1
    return here


def reads(text: str) -> bool:
    """Whether PostgreSQL's grammar reads the text."""
    try:
        return sqlglot.parse_one(text, read="postgres") is not None
    except (ParseError, TokenError):
        return False


def reads_table(text: str) -> bool:
    """Whether a statement is a query or a change that names a table."""
    tree = sqlglot.parse_one(numbered(text).text, read="postgres")
    begun = isinstance(tree, exp.Update) and not tree.expressions  # UPDATE t, and nothing set
    return isinstance(tree, exp.Query | exp.DML) and bool(tables_of(tree)) and not begun
