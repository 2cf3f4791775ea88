"""What pasting does to a plan, undone line by line, so that line numbers still hold."""

import html
import re
from collections.abc import Callable, Iterator

_MOST_LINE = 200_000  # characters; longer lines are no plan's
_SPACES = str.maketrans({
    **dict.fromkeys("\u00a0\u2007\u202f\u2002\u2003\u2009\u3000", " "),
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad\r\x00", None),
    "\u2192": "->", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2212": "-",
    **{chr(code): "+" for code in range(0x2500, 0x2580)},  # the corners of frames
    **dict.fromkeys("\u2502\u2503\u2551", "|"), **dict.fromkeys("\u2500\u2501\u2550", "-"),
    "\u21b5": "+",
})  # fmt: skip
_RULE = re.compile(r"^[\s|+\-=:*]*-{4,}[\s|+\-=:*]*$")
_HEADING = re.compile(r'^[\s|"*#]*QUERY ?PLAN[\s|"*+:]*$', re.IGNORECASE)
_HALF_HEADING = re.compile(r"^\s*QUERY\s{0,2}P?L?A?$|^[LAN]{1,3}\s*$")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_PROMPT = re.compile(r"^\s*[\w.@\[\]-]+[=\-(*^!][#>](?:\s|$)")
_SYSLOG = re.compile(
    r"^\w{3} +\d{1,2} \d\d:\d\d:\d\d \S+ \S*postgres\S*\[\d+\]: (?:\[\d+-\d+\] ?)?"
)
_OTHERS = re.compile(r"^(?:[\w.-]+\s+\| |\d{4}-\d\d-\d\dT[\d:.]+Z? )")
_ENTITY = re.compile(r"&(?:gt|lt|quot|nbsp|amp|#\d+|#x[0-9a-f]+);", re.IGNORECASE)
_NUMBERED = re.compile(r"^\s*\d{1,4}(?:[.:|)]|\t| \|)\s?")


def mended(text: str) -> list[str]:
    r"""The lines of a pasted text without what pasting added; as many as it had.

    >>> mended('  QUERY PLAN  \n-----------\n"Seq Scan on a"')
    ['', '', 'Seq Scan on a']
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("#011", "\t").translate(_SPACES)
    if _entities(text):
        text = html.unescape(html.unescape(text)).translate(_SPACES)
    lines = [line[:_MOST_LINE].rstrip() for line in text.split("\n")]
    for step in (_without_fences, _without_prefixes, _without_frames, _without_quotes,
                 _without_frames, _without_headings):  # fmt: skip
        lines = step(lines)
    return [line.expandtabs(8).rstrip() for line in lines]


def _entities(text: str) -> bool:
    """Whether the text was escaped for a web page; XML of its own keeps its entities."""
    return bool(_ENTITY.search(text)) and not re.search(r"<(?:\w+:)?(?:explain|Plan)\b", text)


def _without_fences(lines: list[str]) -> list[str]:
    return ["" if _FENCE.match(line) else line for line in lines]


def _filled(lines: list[str]) -> list[str]:
    return [line for line in lines if line.strip()]


def _mostly(lines: list[str], holds: Callable[[str], object], share: float = 0.75) -> bool:
    filled = _filled(lines)
    return bool(filled) and sum(bool(holds(line)) for line in filled) >= share * len(filled)


def _without_prefixes(lines: list[str]) -> list[str]:
    """Without what stands before every line: a quotation's signs, a log's, numbers of lines."""
    for _ in range(3):
        if _mostly(lines, lambda line: re.match(r"\s*>", line)):
            lines = [re.sub(r"^\s*> ?", "", line) for line in lines]
    for pattern in (_SYSLOG, _OTHERS):
        if _mostly(lines, pattern.match):
            lines = [pattern.sub("", line) for line in lines]
    if _mostly(lines, _NUMBERED.match, 0.95) and len(_filled(lines)) > 1:
        lines = [_NUMBERED.sub("", line) for line in lines]
    return ["" if _PROMPT.match(line) and "(cost=" not in line else line for line in lines]


def _without_frames(lines: list[str]) -> list[str]:
    """Without bars at the ends, and the sign by which psql goes on in the next line."""
    ended = [line for line in _filled(lines) if not _RULE.match(line)]
    if _mostly(ended, lambda line: line.rstrip("+ ").endswith("|"), 0.5):
        lines = [re.sub(r"\s*\|[\s+]*$", "", line) for line in lines]
    if _mostly(ended, lambda line: line.lstrip().startswith("|"), 0.5):
        lines = [re.sub(r"^\s*\|", "", line) for line in lines]
    if _mostly(ended, lambda line: line.startswith(":"), 0.6):  # old psql's sign
        lines = [re.sub(r"^:", " ", line) for line in lines]
    if _mostly(ended, lambda line: line.endswith("+"), 0.5):
        lines = [line if _RULE.match(line) else re.sub(r"\s*\+$", "", line) for line in lines]
    return lines


def _without_headings(lines: list[str]) -> list[str]:
    """Without the heading and its rule, also where both were wrapped."""
    kept = [bool(_RULE.match(line) or _HEADING.match(line)) for line in lines]
    out = ["" if gone else line for line, gone in zip(lines, kept, strict=True)]
    for at, line in enumerate(out[:4]):
        if _HALF_HEADING.match(line):
            out[at] = ""
    return out


def _without_quotes(lines: list[str]) -> list[str]:
    """Without quotes around each line, or around all of them, and those inside single again."""
    inner = [line for line in lines if not (_RULE.match(line) or _HEADING.match(line))]
    for quote in ('"', "'"):
        fit = re.compile(rf"^ ?{quote}.*{quote}[,;]?$")  # JSON's own quotes are indented
        if _mostly(inner, fit.match, 0.6):
            return [_bare(line, quote) if fit.match(line) else line for line in lines]
        half = re.compile(rf"^[^{quote}]*(?:{quote}[^{quote}]*{quote}[^{quote}]*)*{quote}$")
        if _mostly(inner, half.match, 0.6):  # the quotes that opened the lines were lost
            return [line[:-1] if half.match(line) else line for line in lines]
        filled = [at for at, line in enumerate(lines) if line.strip()]
        opened = [at for at in filled if lines[at].lstrip().startswith(quote)]
        closed = [at for at in filled if lines[at].rstrip(",; ").endswith(quote)]
        if opened and closed and opened[0] < closed[-1] and _wraps(lines, opened[0], quote):
            return _whole(lines, opened[0], closed[-1], quote)
    return lines


def _wraps(lines: list[str], first: int, quote: str) -> bool:
    """Whether the quote opens the plan itself: a node, a list or a record."""
    start = lines[first].lstrip()[1:]
    whole = "\n".join(lines[first:])
    if start.startswith(quote) or whole.count(quote) % 2:
        return False
    return bool(re.match(r"\s*(?:[\[{<]|- Plan:|[A-Z][\w ]+\(|[A-Z][\w ]+ on )", start)) or (
        not start.strip()
    )


def _whole(lines: list[str], first: int, last: int, quote: str) -> list[str]:
    out = list(lines)
    out[first] = out[first].replace(quote, "", 1)
    kept = out[last].rstrip(",; ")
    out[last] = kept[: kept.rfind(quote)]
    inside = out[first : last + 1]
    doubled = not re.search(rf"(?<!{quote}){quote}(?!{quote})", "\n".join(inside))
    if doubled:
        inside = [line.replace(quote * 2, quote) for line in inside]
    return [*out[:first], *inside, *out[last + 1 :]]


def _bare(line: str, quote: str) -> str:
    body = line.strip().rstrip(",;")[1:-1]
    return body.replace(quote * 2, quote).replace("\\" + quote, quote)


def unfolded(text: str) -> str:
    """The text with written-out line ends as real ones, where it has hardly any of its own."""
    written = text.count("\\n")
    if written > 1 and written > text.count("\n"):
        return text.replace("\\r", "").replace("\\n", "\n").replace('\\"', '"')
    return text


def numbered(lines: list[str], first: int = 1) -> Iterator[tuple[int, str]]:
    """The lines that hold anything, each with its number."""
    yield from ((at, line) for at, line in enumerate(lines, start=first) if line.strip())
