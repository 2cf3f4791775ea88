"""A check before an insert, which two at once both pass."""

import re
from collections.abc import Iterator

from blueproof.advisors.code.subject import Seen, Source
from blueproof.syntax.calls import Call, is_awaited
from blueproof.syntax.node import Node
from blueproof.syntax.places import function_of, functions_of, identifiers, literal

_FINDS = frozenset({
    *("findFirst", "findUnique", "findOne", "select", "query", "execute", "exists", "first"),
    *("fetchrow", "fetchval", "count", "find", "where", "countDocuments", "filter"),
    *("maybeSingle", "single", "limit", "eq"),
})  # fmt: skip
_ADDS = frozenset({"insert", "create", "insertOne", "save", "add", "query", "execute"})
_SAFE = re.compile(
    r"on conflict|onConflict|upsert|ignoreDuplicates|for update|select_for_update|serializable|"
    r"advisory|P2002|23505|UniqueViolation|IntegrityError|runTransaction|get_or_create|11000",
    re.IGNORECASE,
)
_TWICE = r"twice|double|duplicat|two people|same (?:seat|slot|room|time|name)|overbook|oversold"
_MARK = re.compile(
    r"\bupdate\s+(?P<table>\w+)\s+set\s+(?P<column>\w+)\s*=\s*'[^']*'.*?\bwhere\b",
    re.IGNORECASE | re.DOTALL,
)
_ENDS = frozenset({"return_statement", "throw_statement", "raise_statement"})


def check(source: Source) -> Iterator[Seen]:
    """What is looked for first and then added, with nothing that keeps the second out."""
    yield from _claims(source)
    told: set[int] = set()
    for call in source.calls:
        function = function_of(call.node)
        if function is None or function.start in told or not _adds(call):
            continue
        if any(_SAFE.search(f.text) for f in (function, *functions_of(function))):
            continue
        table = table_of(call)
        found = _looked_for(source, function, call, table) if table else None
        if found is not None:
            told.add(function.start)
            yield Seen(
                rule="check-then-insert", line=found.line, symptoms=_TWICE,
                severity="harm" if source.told.says(_TWICE) else "risk",
                what=f"{table} is looked up here and added to on line {call.line}: two at once "
                "both find nothing, and both add their row",
                do=f"a UNIQUE constraint on what may be there once in {table}, INSERT ... ON "
                "CONFLICT DO NOTHING, and 409 where it made no row; the look before may stay, as a "
                "courtesy",
            )  # fmt: skip


def _claims(source: Source) -> Iterator[Seen]:
    """A row that is taken by a look and a mark, between which another takes it."""
    for mark in source.calls:
        changed = _MARK.search(_sql(mark))
        function = function_of(mark.node)
        if changed is None or function is None or _SAFE.search(function.text):
            continue
        rest = _sql(mark)[changed.end() :]
        if re.search(rf"\b{changed['column']}\b", rest):
            continue
        wanted = re.compile(
            rf"\bfrom\s+{re.escape(changed['table'])}\b.*\bwhere\b.*\b{changed['column']}\s*=",
            re.IGNORECASE | re.DOTALL,
        )
        look = next((c for c in source.within(function) if c.node.end < mark.node.start
                     and wanted.search(_sql(c))), None)  # fmt: skip
        if look is not None:
            yield Seen(
                rule="claim-race", line=look.line, severity="harm",
                symptoms=_TWICE + "|workers?|again",
                what=f"a row of {changed['table']} is looked up here and marked on line "
                f"{mark.line}: two workers both find it before either has marked it",
                do=f"one statement: UPDATE {changed['table']} SET {changed['column']} = ... WHERE "
                "id = (SELECT id ... FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING *; and a time after "
                "which what a dead worker took is taken again",
            )  # fmt: skip
            return


def _sql(call: Call) -> str:
    return literal(call.args[0]) if call.args and call.last in {"query", "execute"} else ""


def _adds(call: Call) -> bool:
    if call.last in {"query", "execute"}:
        return bool(call.args) and literal(call.args[0]).strip().lower().startswith("insert")
    return call.link(*_ADDS) is not None and is_awaited(call.node)


def table_of(call: Call) -> str:
    """The table, collection or model that a call is about; "" where it cannot be told."""
    said = next((literal(a) for k in call.links for a in k.args or () if literal(a)), "")
    sql = re.search(r"\b(?:from|into|update)\s+([\w.\"]+)", said, re.IGNORECASE)
    if sql:
        return sql[1]
    of = call.link("from", "insert", "collection", "into")
    if of is not None and of.args and of.args[0].kind in {"identifier", "string"}:
        return literal(of.args[0]) or of.args[0].text
    held = [k.name for k in call.links if k.args is None]
    return held[-1] if held else ""


def _looked_for(source: Source, function: Node, write: Call, table: str) -> Call | None:
    """The read of the same table on which the function turns back before the write."""
    for call in source.within(function):
        if call.node.end > write.node.start:
            return None
        if call.last not in _FINDS or table_of(call) != table or _adds(call):
            continue
        if not (is_awaited(call.node) or source.language == "python"):
            continue
        names = _names(call)
        if names and any(_turns_back(n, names) and call.node.end < n.start < write.node.start
                         for n in function.walk()):  # fmt: skip
            return call
    return None


def _names(call: Call) -> set[str]:
    held = next((n for n in call.node.above() if n.kind in {"variable_declarator", "assignment"}),
                None)  # fmt: skip
    name = (held.child("name") or held.child("left")) if held else None
    return identifiers(name) if name else set()


def _turns_back(node: Node, names: set[str]) -> bool:
    """Whether an if ends the function where something was found, not where nothing was."""
    condition = node.child("condition") if node.kind == "if_statement" else None
    if condition is None or not names & identifiers(condition):
        return False
    if re.match(r"\(?\s*(?:!|not\s)", condition.text):
        return False
    then = node.child("consequence")
    return then is not None and any(n.kind in _ENDS for n in then.walk())
