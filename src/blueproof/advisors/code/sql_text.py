"""SQL as text in a file: put together from what comes from outside, or with no end to it."""

import re
from collections.abc import Iterator

from blueproof.advisors.code.subject import Edit, Seen, Source
from blueproof.advisors.code.told import amount
from blueproof.syntax.calls import Call, is_awaited
from blueproof.syntax.node import Node
from blueproof.syntax.places import declared, function_of, identifiers, literal

_RUNS = frozenset({"query", "execute", "$queryRawUnsafe", "$executeRawUnsafe", "raw", "unsafe",
                   "fetchrow", "fetch", "fetchval", "executemany", "text"})  # fmt: skip
_SQL = re.compile(r"\b(?:select\b.*\bfrom|insert\s+into|update\s+\w+\s+set|delete\s+from)\b",
                  re.IGNORECASE | re.DOTALL)  # fmt: skip
_FROM_OUTSIDE = re.compile(
    r"\b(?:req|request|event|params|query|body|searchParams|ctx|args|input)\b"
)
_FROM = re.compile(r"\bselect\b.*?\bfrom\s+([\w.\"]+)(?![\w.\"]*\s*\()", re.IGNORECASE | re.DOTALL)
_NARROW = frozenset({
    *("limit", "range", "single", "maybeSingle", "eq", "in", "match", "where", "insert", "update"),
    *("upsert", "delete", "innerJoin", "leftJoin", "groupBy", "contains", "textSearch", "filter"),
})  # fmt: skip
_AGGREGATE = re.compile(r"\b(?:count|sum|avg|min|max)\s*\(|\bgroup\s+by\b", re.IGNORECASE)
_SLOW = r"slow|takes|seconds|\d ?(?:ms|s)\b|times? ?out|latency|load|n\+1|heavy"


def check(source: Source) -> Iterator[Seen]:
    """What is wrong with the SQL of a file."""
    for call in source.calls:
        yield from _joined(source, call)
        yield from _endless(source, call)


def _text_of(source: Source, node: Node) -> Node:
    if node.kind == "identifier":
        return declared(source.root, node.text, node) or node
    return node


def _joined(source: Source, call: Call) -> Iterator[Seen]:
    """SQL into which what comes from outside is written."""
    if call.last not in _RUNS or not call.args or call.args[0].kind == "template_substitution":
        return
    given = _text_of(source, call.args[0])
    if call.node.child("arguments") is given or not _SQL.search(given.text):
        return
    holes = [n for n in given.walk() if n.kind in {"template_substitution", "interpolation"}]
    if given.kind in {"binary_expression", "binary_operator"}:
        holes = [n for n in given.walk() if n.kind in {"identifier", "member_expression"}]
    if given.kind == "call" and ".format(" in given.text:
        holes = list(given.parts[1:])
    open_ones = [h for h in holes if _is_from_outside(source, call, h)]
    if open_ones:
        yield Seen(
            rule="sql-injection", line=open_ones[0].line, severity="harm",
            symptoms=r"\bok\b|safe|secur|review|inject|fine",
            what=f"{open_ones[0].text[:30]} is written into the SQL text: whoever sends it can add "
            "SQL of their own (injection)",
            do="values as parameters ($1 with [value]); a column to sort by only from a list of "
            "allowed names",
            edits=_parameters(call, given),
        )  # fmt: skip


def _is_from_outside(source: Source, call: Call, hole: Node) -> bool:
    if _FROM_OUTSIDE.search(hole.text):
        return True
    function = function_of(call.node)
    if function is None:
        return False
    held = function.child("parameters") or function.child("parameter")
    given = identifiers(held) if held else set()
    for name in identifiers(hole):
        if name.isupper():
            continue
        value = declared(source.root, name, hole) if name not in given else None
        outside = value is not None and _FROM_OUTSIDE.search(value.text)
        if name in given or outside or _is_taken(function, name):
            return not re.search(r"\.map\(|\.length|join\(|index", hole.text)
    return False


def _is_taken(function: Node, name: str) -> bool:
    """Whether a name is taken out of what comes from outside: const { q } = req.query."""
    for node in function.walk():
        if node.kind == "variable_declarator":
            held, value = node.child("name"), node.child("value")
            if held and value and held.kind == "object_pattern" and name in identifiers(held):
                return bool(_FROM_OUTSIDE.search(value.text))
    return False


def _parameters(call: Call, given: Node) -> tuple[Edit, ...]:
    """Placeholders in place of values within quotes, where there is nothing else."""
    if given.kind != "template_string" or len(call.args) > 1:
        return ()
    holes = [n for n in given.children if n.kind == "template_substitution"]
    quoted = re.findall(r"'(%?)(\$\{[^}]*\})(%?)'", given.text)
    if len(quoted) != len(holes):
        return ()
    text, values = given.text, []
    for at, (before, hole, after) in enumerate(quoted, 1):
        text = text.replace(f"'{before}{hole}{after}'", f"${at}", 1)
        inner = hole[2:-1]
        values.append(f"`{before}{hole}{after}`" if before or after else inner)
    last = call.args[0].end
    return (
        Edit(start=given.start, end=given.end, text=text),
        Edit(start=last, end=last, text=f", [{', '.join(values)}]"),
    ) if given is not call.args[0] else (
        Edit(start=given.start, end=given.end, text=f"{text}, [{', '.join(values)}]"),
    )  # fmt: skip


def _endless(source: Source, call: Call) -> Iterator[Seen]:
    """A read with no end to it, in answer to a request."""
    name, rows = _read_of(source, call)
    if not name or (function_of(call.node) is None):
        return
    many = source.told.of("product", "row", "order", "user", "record", "post", name.lower())
    told = f": of {amount(many)} rows, whatever fits is sent" if many else ""
    yield Seen(
        rule="db-unbounded-select", line=call.line, symptoms=_SLOW + "|memory|ok\\b|crash",
        what=f"{rows} of {name} has no limit{told}",
        do="LIMIT 50 and keyset paging (WHERE (created_at, id) < ($1, $2) ORDER BY created_at "
        "DESC, "
        "id DESC), and name the columns that are shown",
    )  # fmt: skip


def _read_of(source: Source, call: Call) -> tuple[str, str]:
    """The table that a call reads without an end; "" for none."""
    if call.last in {"query", "execute", "fetch"} and call.args:
        sql = literal(_text_of(source, call.args[0]))
        found = _FROM.search(sql)
        ends = re.search(
            r"\blimit\b|\bfetch first\b|=\s*(?:\$\d|%s|\?|\$\{\}|any)", sql, re.IGNORECASE
        )
        if (
            found
            and not ends
            and not _AGGREGATE.search(sql)
            and not re.search(r"\bwhere\b(?!.*\bi?like\b)", sql, re.IGNORECASE | re.DOTALL)
        ):
            star = "SELECT *" if re.search(r"select\s+\*", sql, re.IGNORECASE) else "the SELECT"
            return found[1], star
    if call.link("from") and call.link("select") and is_awaited(call.node):
        names = {k.name for k in call.links}
        table = call.link("from")
        if not names & _NARROW and "head" not in call.node.text and table and table.args:
            return literal(table.args[0]), "the select"
    if call.last == "findMany" and len(call.links) > 1:
        options = call.args[0].text if call.args else ""
        if not re.search(r"\b(?:take|where|cursor)\b", options):
            return call.links[-2].name, "findMany"
    return "", ""
