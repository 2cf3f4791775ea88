"""What of a text is code, so that no figure is read from it: as blanks of the same length."""

import re

_BARRIER = "¤"  # stands at the start of what is blanked; no sentence goes on across it
_FENCE = re.compile(r"^[ \t]{0,8}(```|~~~)", re.MULTILINE)
_INLINE = re.compile(r"`([^`\n]+)`")
_SETTING = re.compile(
    r"\s*(?:[\w.-]{2,60}\s?[=:]\s?)?[\"']?[0-9][0-9.,_]{0,20}\s?\w{0,12}[\"']?\s*"
)
# In code, these say a limit or a load by their name: "visibility_timeout": 21600
_KEYED = re.compile(
    r"""["']?[\w.-]{0,40}(?:timeout|limit|max|pool|concurren|deadline|capacity|memory|retention|ttl|quota|duration|interval)
        [\w.-]{0,40}["']?\s?[:=]\s?["']?[0-9][0-9._]{0,20}\s?[a-z]{0,7}\b""",
    re.IGNORECASE | re.VERBOSE,
)
# A message that is quoted: `Tokens must contain at most 100 tokens.`
_MESSAGE = re.compile(
    r"\s*(?!select\b|insert\b|update\b|delete\b)(?:[a-z'-]+[,.:]?\s+){3}[^={}();<>]*", re.IGNORECASE
)
_COMMENT = re.compile(r"(?:^|\s)(?:#|//|--|/\*)\s(.*)")
_LIMITING = re.compile(
    r"limit|max|quota|timeout|at most|up to|per (?:sec|min|hour|day)|users|connections",
    re.IGNORECASE,
)
_SQL = re.compile(
    r"\s*(?:SELECT\s.{0,400}|INSERT INTO\b|UPDATE \S+ SET\b|DELETE FROM\b"
    r"|ALTER (?:TABLE|DATABASE)\b"
    r"|CREATE (?:UNIQUE |OR REPLACE )?(?:TABLE|INDEX|VIEW|MATERIALIZED|FUNCTION|TRIGGER|POLICY)\b"
    r"|EXPLAIN\b|WITH \w+ AS \()"
)
_CODE_LINE = re.compile(
    r"\s*(?:(?:const|let|var|import|export|return|def|function|public|private|class|async|await)\s"
    r".*[({;=]|\}|\{|\$ |at \S+ \(|File \"|[a-z_]\w*(?:\.\w+)+\(.*\)[;{]?\s*$)"
    r"|.*(?:=>|\);\s*(?:$|[})/#])|\{$|cost=[0-9]|rows=[0-9]|Traceback)"
)
_FIRST_PARAMETER = re.compile(
    r"(?:[=<>]|\|\||\b(?:LIMIT|OFFSET|I?LIKE))\s*\$1\b(?![.,]?\d)", re.IGNORECASE
)
_PARAMETER = re.compile(r"\$\d{1,2}\b(?![.,]?\d)")
_LONGEST_LINE = 2_000  # of a line beyond it only so much is looked at
_BRACE = re.compile(r"[{}]")


def visible(text: str) -> str:
    """The text with its code, SQL and JSON blanked, at its length and with its line breaks."""
    if _FIRST_PARAMETER.search(text):  # $1 is a place in a statement then, not a dollar
        text = _PARAMETER.sub(lambda found: " " * len(found[0]), text)
    lines = text.splitlines(keepends=True)
    kept = _without_code(lines)
    return _without_literals("".join(kept)) if "{" in text else "".join(kept)


def _without_code(lines: list[str]) -> list[str]:
    kept, fence, statement = [], "", False
    for line in lines:
        opened = _FENCE.match(line)
        if opened and fence in {"", opened[1]}:
            fence = "" if fence or line.count(opened[1]) > 1 else opened[1]
            kept.append(_blank(line))
            continue
        if fence:
            kept.append(_comment_of(line))
            continue
        statement = bool(line.strip()) and (statement or bool(_SQL.match(line)))
        kept.append(_blank(line) if statement else _line(line))
        statement = statement and not line.rstrip().endswith(";")
    return kept


def _line(line: str) -> str:
    if _CODE_LINE.match(line[:_LONGEST_LINE]):
        return _comment_of(line)
    return _INLINE.sub(_inline, line) if "`" in line else line


def _inline(match: re.Match[str]) -> str:
    # `max_connections=100` and `50` are settings that the prose speaks of; other code is not.
    if _SETTING.fullmatch(match[1]) or _MESSAGE.fullmatch(match[1]):
        return f" {match[1]} "
    return _blank(match[0]) if any(c.isdigit() for c in match[1]) else f" {match[1]} "


def _comment_of(line: str) -> str:
    """The line blanked but for a comment that speaks of a limit or a load."""
    comment = _COMMENT.search(line[:_LONGEST_LINE])
    if not comment or not _LIMITING.search(comment[1]):
        return _blank(line)
    start, end = comment.span(1)
    return _blank(line[:start]) + line[start:end] + _blank(line[end:])


def _without_literals(text: str) -> str:
    """The text without JSON-like literals: braces that hold a quoted or named value."""
    closing = _closing_braces(text)
    pieces, at = [], 0
    while (start := text.find("{", at)) >= 0:
        end = closing.get(start, start) + 1
        inner = text[start:end]
        literal = any(sign in inner for sign in ':="')
        pieces += [text[at:start], _blank(inner) if literal else inner]
        at = end
    return "".join([*pieces, text[at:]])


def _closing_braces(text: str) -> dict[int, int]:
    """Where each opening brace is closed."""
    closing, opened = {}, []
    for match in _BRACE.finditer(text):
        if match[0] == "{":
            opened.append(match.start())
        elif opened:
            closing[opened.pop()] = match.start()
    return closing


def _blank(text: str) -> str:
    blanked = "".join(c if c in "\r\n" else " " for c in text)
    body = text.strip()
    if not body or blanked[:1] != " ":
        return blanked
    return _with_settings(text, _BARRIER + blanked[1:])


def _with_settings(text: str, blanked: str) -> str:
    """The blanked code with the settings in it that tell a limit."""
    pieces, last = [], 0
    for match in _KEYED.finditer(text):
        start, end = match.span()
        if start > last:
            pieces += [blanked[last : start - 1], _BARRIER]
        pieces.append(text[start:end])
        last = end
    return "".join([*pieces, blanked[last:]])
