"""DDL that was pasted into the words of a request, as if it had been handed over as a file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from blueproof.core.brief import Brief, Document
from blueproof.core.errors import SqlError
from blueproof.sql.lexer import tokens
from blueproof.sql.secrets import masked

_NAME = r'(?:"[^"\n]+"|[\w$]+)(?:\s*\.\s*(?:"[^"\n]+"|[\w$]+))?'
_MAYBE = r"(?:if\s+(?:not\s+)?exists\s+)?"
# The beginnings of statements that no prose has: each goes on as only SQL does.
_BEGINS = re.compile(
    rf"""\b(?:
    create\s+(?:unlogged\s+)?table\s+{_MAYBE}{_NAME}\s*\(
    | create\s+type\s+{_NAME}\s+as\b
    | create\s+domain\s+{_NAME}\s+as\b
    | create\s+schema\s+{_MAYBE}{_NAME}\s*;
    | create\s+extension\s+{_MAYBE}{_NAME}[^;\n]*;
    | create\s+(?:unique\s+)?index\s+(?:concurrently\s+)?{_MAYBE}(?:{_NAME}\s+)?on\s+{_NAME}\s*[(u]
    | create\s+(?:or\s+replace\s+)?function\s+{_NAME}\s*\(
    | create\s+(?:or\s+replace\s+)?(?:materialized\s+)?view\s+{_NAME}\s+(?:with\b|as\b)
    | create\s+(?:or\s+replace\s+)?trigger\s+{_NAME}\s+(?:before|after|instead)\b
    | create\s+policy\s+(?:"[^"\n]+"|'[^'\n]+'|[\w$]+)\s+on\s+{_NAME}
    | drop\s+policy\s+{_MAYBE}(?:"[^"\n]+"|[\w$]+)\s+on\s+{_NAME}
    | alter\s+table\s+(?:only\s+)?{_MAYBE}{_NAME}\s+(?:enable|disable|force|no\s+force|add|alter)\b
    | (?:grant|revoke)\s+(?:all|select|insert|update|delete|usage|execute)\b[^;\n.]*\bon\b[^;\n]*;
    )""",
    re.IGNORECASE | re.VERBOSE,
)
# What may follow a function's body.
_OPTIONS = frozenset({
    *("language", "sql", "plpgsql", "security", "definer", "invoker", "stable", "immutable"),
    *("volatile", "strict", "set", "search_path", "to", "=", "''", "public", "pg_temp", "parallel"),
    *("safe", "leakproof", ","),
})  # fmt: skip
_TABLE = re.compile(r"\bcreate\s+(?:unlogged\s+)?table\b", re.IGNORECASE)
_GUARDED = re.compile(r"\bcreate\s+policy\b|\benable\s+row\s+level\s+security\b", re.IGNORECASE)
_POLICY = re.compile(r"create\s+policy\b", re.IGNORECASE)
_PARAGRAPH = re.compile(r"\n[ \t]*(?:\n|```|~~~)")


@dataclass(frozen=True, kw_only=True)
class Pasted:
    """The DDL of a request and what else stands in it; `spans` are where the statements stood.

    `guarded` is whether policies or row security are among it.
    """

    ddl: str
    prose: str
    spans: tuple[tuple[int, int], ...]
    guarded: bool


def pasted_tables(request: str) -> Pasted | None:
    """The tables that were pasted into a request, and what belongs to them; None without any."""
    spans = tuple(_statements(request))
    pieces = [request[start:end].strip().rstrip(";") for start, end in spans]
    if not any(_TABLE.match(piece) for piece in pieces):
        return None
    ddl = ";\n".join(pieces) + ";\n"
    places = [0, *(place for span in spans for place in span), len(request)]
    rest = (request[a:b] for a, b in zip(places[::2], places[1::2], strict=True))
    prose = " ".join(" ".join(rest).replace("```sql", " ").replace("```", " ").split())
    return Pasted(ddl=ddl, prose=prose, spans=spans, guarded=bool(_GUARDED.search(ddl)))


def with_pasted(brief: Brief, pasted: Pasted) -> Brief:
    """The brief with the DDL as its schema, and without what was read from the DDL as words."""
    document = Document(role="schema", text=masked(pasted.ddl), parts=(("your words", 1),))
    facts = tuple(
        f for f in brief.facts
        if f.span is None or not any(a <= f.span[0] and f.span[1] <= b for a, b in pasted.spans)
    )  # fmt: skip
    return replace(brief, facts=facts, documents=(*brief.documents, document))


def _statements(request: str) -> Iterator[tuple[int, int]]:
    """Where each statement begins and ends."""
    at = 0
    while found := _BEGINS.search(request, at):
        at = _end(request, found.start(), found.end())
        yield found.start(), at


def _end(request: str, start: int, least: int) -> int:
    """Where a statement ends: at its semicolon, or without one where its parentheses are closed."""
    cuts = (_BEGINS.search(request, least), _PARAGRAPH.search(request, least))
    cut = min((m.start() for m in cuts if m), default=len(request))
    depth, closed, closed_by_body = 0, least, False
    try:
        for token in tokens(request[start:]):
            here = start + token.start
            depth += (token.text in {"(", "["}) - (token.text in {")", "]"})
            if depth > 0 or here < least:
                continue
            if token.text == ";":
                return here + 1
            if here >= cut and token.kind != "space":
                return closed
            body = token.text[:1] == "$" and len(token.text) > 1
            after = closed_by_body and token.text.lower() in _OPTIONS
            closed_by_body = body or (closed_by_body and (after or token.kind == "space"))
            closed = here + len(token.text) if token.text == ")" or body or after else closed
    except SqlError:  # the words that follow hold an apostrophe
        return closed
    return closed
