"""Sayings that stand for the names of tables and columns, put into those names."""

import re

from blueproof.advisors.query.ground import Ground, is_time
from blueproof.advisors.query.stems import parts, singular

_PERSONS = ("user", "member", "customer", "account", "person", "client", "student", "subscriber")
_SIGNUPS = re.compile(r"\b(?:sign-?ups?|registrations?|(?:newly )?registered users|new users"
                      r"|new customers|new members|new accounts)\b", re.IGNORECASE)  # fmt: skip
_SIGNED = re.compile(r"\b(?:signed up|registered|joined)\b", re.IGNORECASE)
_BALANCE = re.compile(
    r"\b(?:account |running )?balance (?:after|as of|at) (?:each|every) (?P<what>[a-z_]+)"
    r"|\brunning balance\b", re.IGNORECASE)  # fmt: skip


_AGGREGATE = (r"(?:median|average|avg|mean|min(?:imum)?|max(?:imum)?|total|sum|p\d\d"
              r"|\d\d?(?:st|nd|rd|th)[- ]percentile)")  # fmt: skip
# "median and 90th percentile of order value": both are of it.
_TWICE = re.compile(rf"\b({_AGGREGATE})\s*(?:,"
                    rf"|and)\s*(?:the\s+)?({_AGGREGATE})\s+(?:of\s+)?(?:the\s+)?"
                    r"([a-z_ ]+?)(?=\s+(?:by|per|for|in|of each|from|over)\b|\s*[.,;]|\s*$)",
                    re.IGNORECASE)  # fmt: skip
# How many rows a table has says what a query costs, not what it returns.
_MANY = r"\d[\d.,]*\s*(?:[kKmM]\b|bn\b|thousand\b|million\b|billion\b|(?<=\d{4})\b|(?<=\d,\d{3})\b)"
_ROWS = re.compile(
    rf"\b(?:(?:and|with|where)\s+)?(?:the\s+)?(?:table\s+)?(?:[a-z_]\w*\s+)?(?:table\s+)?"
    rf"(?:(?:has|have|holds?|contains?|with|is|are|at|of|:|~|=)\s*)*(?:about|around|roughly|some|~)?"
    rf"\s*{_MANY}\s+(?:rows?|records|entries)\b(?:\s+(?:each|in it|so far|now))*[ .,;]*",
    re.IGNORECASE)  # fmt: skip
# "and" in it joins no two figures.
_BETWEEN = re.compile(
    r"\bbetween (?:the )?(?=[a-z])(\w+) and (?:the )?(?=[a-z])(\w+)", re.IGNORECASE
)


def common(prose: str, ground: Ground) -> str:
    """The words with sign-ups as users made, and a balance after each row as a running total."""

    def balance(found: re.Match[str]) -> str:
        return f"running total of {found['what']}s" if found["what"] else "running total"

    names = "|".join(re.escape(t.name.rpartition(".")[2]) for t in ground.tables)
    counted = rf"\b(?:{names})\b\s*(?:has|have|:|=|~|is|about|with)?\s*~?{_MANY}(?:\s+rows)?[ .,;]*"
    prose = _ROWS.sub(" . ", re.sub(counted, " . ", prose, flags=re.IGNORECASE))
    prose = _BALANCE.sub(balance, prose)
    prose = _TWICE.sub(r"\1 of \3 and \2 of \3", prose)
    prose = _BETWEEN.sub(r"from \1 to \2", prose)
    persons = [t.name for t in ground.tables
               if parts(t.name) and singular(parts(t.name)[-1]) in _PERSONS
               and "created_at" in t.by_name]  # fmt: skip
    if len(persons) != 1:
        return prose
    times = {c.name for t in ground.tables for c in t.columns if is_time(c)}
    if not any(re.search(r"sign|regist|join", n) for n in times) and not any(
        re.search(r"sign|regist|join", t.name) for t in ground.tables
    ):
        prose = _SIGNUPS.sub(persons[0].replace("_", " "), prose)
        prose = _SIGNED.sub("created", prose)
    return prose
