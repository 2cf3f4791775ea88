"""What stands for a value in a query that was pasted: X, <tenant>, {id}, [id], '...', $userId.

No driver fills these in; people write them where a value was. Each becomes a named placeholder
(:tenant), which the rest of the program reads. It stands only where a value begins: behind a
comparison, LIMIT, OFFSET or in the list of IN. A bare name is one only if nothing in the schema or
the query is called so and it looks like none: X, TENANT_ID, projectId.
"""

import re
from collections.abc import Iterator

from blueproof.sql.lexer import Token, tokens

_COMPARING = frozenset({"=", "<>", "!=", "<", ">", "<=", ">=", "~~", "@>", "<@"})
_WORDS = frozenset({"like", "ilike", "limit", "offset", "between", "values"})
_MARKED = re.compile(
    r"<\s*(?P<angle>[A-Za-z][\w .\-]{0,40}?)\s*>(?![=>])"
    r"|\{\s*(?P<brace>[A-Za-z_][\w.]*)\s*\}(?!\})"
    r"|\[\s*(?P<bracket>[A-Za-z_]\w*)\s*\]"
    r"|\$(?P<dollar>[A-Za-z_]\w*)(?![\w$])"
    r"|'(?:\.{2,}|\u2026|<(?P<text>[^'<>\n]{1,40})>|[xX]{2,}|\$\{?(?P<quoted>[A-Za-z_]\w*)\}?)'"
    r"|\.{3}|\u2026"
)
_BARE = re.compile(
    r"[A-Z]{1,2}|[xX]{2,}|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[A-Z]{3,}|[a-z]+(?:[A-Z][a-z0-9]*)+"
    r"|(?:your|my|some|given)_\w+|\w+_here"
)
_VALUES = frozenset({
    *("null", "true", "false", "any", "all", "some", "case", "not", "array", "row", "exists"),
    *("limit", "offset", "order", "where", "and", "or", "group", "having", "union", "user"),
    *("interval", "date", "time", "timestamp", "timestamptz", "select", "default", "cast", "as"),
    *("current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"),
    *("current_user", "session_user", "current_role", "symmetric", "unknown", "distinct", "from"),
})  # fmt: skip
_TAKEN = frozenset({"(", ".", "[", "::"})


def with_placeholders(text: str, schema: str) -> str:
    """The queries with every stand-in turned into a named placeholder; `schema` is the DDL.

    >>> with_placeholders("SELECT 1 FROM t WHERE a = X AND b > <start date> LIMIT {n}", "")
    'SELECT 1 FROM t WHERE a = :x AND b > :start_date LIMIT :n'
    >>> with_placeholders("SELECT 1 FROM t WHERE a = X", "CREATE TABLE t (a int, x int)")
    'SELECT 1 FROM t WHERE a = X'
    """
    solid = [t for t in tokens(text) if t.kind not in {"space", "comment"}]
    named = (t for t in tokens(schema) if t.kind in {"name", "quoted_name"})
    elsewhere = (t for at, t in enumerate(solid) if t.kind == "name" and not _at(solid, at))
    known = {t.text.strip('"').lower() for t in (*named, *elsewhere)}
    written, left, unnamed = list[str](), 0, 0
    for start, end, name in _found(text, solid, known):
        unnamed += not name
        written += [text[left:start], f":{_named(name) or f'value_{unnamed}'}"]
        left = end
    return "".join((*written, text[left:]))


def _found(text: str, solid: list[Token], known: set[str]) -> Iterator[tuple[int, int, str]]:
    """Where each stand-in begins and ends, and what it is called."""
    left = 0  # where the last one ended: its own > is no comparison
    for at, token in enumerate(solid):
        if not _at(solid, at) or solid[at - 1].start < left:
            continue
        marked = _MARKED.match(text, token.start)
        if marked:
            left = marked.end()
            yield marked.start(), left, next((g for g in marked.groups() if g), "")
        elif token.kind == "name" and _is_bare(solid, at, known):
            yield token.start, token.start + len(token.text), token.text


def _at(solid: list[Token], at: int) -> bool:
    """Whether a value may begin here."""
    before = solid[at - 1] if at else None
    if before is None:
        return False
    if before.text in _COMPARING or before.text.lower() in _WORDS:
        return True
    if before.text.lower() == "and":
        return any(t.text.lower() == "between" for t in solid[max(0, at - 6) : at - 1])
    return before.text in {"(", ","} and _in_list(solid, at - 1)


def _in_list(solid: list[Token], at: int) -> bool:
    """Whether the bracket that is open here is that of IN, ANY or VALUES."""
    depth = 0
    for place in range(at, -1, -1):
        depth += {")": 1, "(": -1}.get(solid[place].text, 0)
        if depth < 0:
            return place > 0 and solid[place - 1].text.lower() in {"in", "any", "values"}
    return False


def _is_bare(solid: list[Token], at: int, known: set[str]) -> bool:
    token, after = solid[at], solid[at + 1] if at + 1 < len(solid) else None
    taken = after is not None and (after.text in _TAKEN or after.kind in {"string", "number"})
    low = token.text.lower()
    itself = at > 1 and solid[at - 2].text == low != token.text  # tenant_id = TENANT_ID
    if taken or low in _VALUES or (low in known and not itself):
        return False
    return _BARE.fullmatch(token.text) is not None


def _named(name: str) -> str:
    return re.sub(r"\W+", "_", name).strip("_").lower()
