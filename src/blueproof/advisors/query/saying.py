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


# "and" in it joins no two figures.
_BETWEEN = re.compile(
    r"\bbetween (?:the )?(?=[a-z])(\w+) and (?:the )?(?=[a-z])(\w+)", re.IGNORECASE
)


def common(prose: str, ground: Ground) -> str:
    """The words with sign-ups as users made, and a balance after each row as a running total."""

    def balance(found: re.Match[str]) -> str:
        return f"running total of {found['what']}s" if found["what"] else "running total"

    prose = _BALANCE.sub(balance, prose)
    prose = _BETWEEN.sub(r"from \1 to \2", prose)
    persons = [t.name for t in ground.tables
               if parts(t.name) and singular(parts(t.name)[-1]) in _PERSONS
               and "created_at" in t.by_name]  # fmt: skip
    if len(persons) != 1:
        return prose
    names = {c.name for t in ground.tables for c in t.columns if is_time(c)}
    if not any(re.search(r"sign|regist|join", n) for n in names) and not any(
        re.search(r"sign|regist|join", t.name) for t in ground.tables
    ):
        prose = _SIGNUPS.sub(persons[0].replace("_", " "), prose)
        prose = _SIGNED.sub("created", prose)
    return prose
