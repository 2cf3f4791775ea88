"""Writes that lose: a failure nobody looks at, a call never sent, a value read and put back."""

import re
from collections.abc import Iterator

from blueproof.advisors.code.subject import Edit, Seen, Source
from blueproof.advisors.code.webhooks import hook_of
from blueproof.syntax.calls import Call, is_awaited
from blueproof.syntax.node import Node
from blueproof.syntax.places import (
    function_of,
    functions_of,
    identifiers,
    is_statement,
    literal,
    statement_of,
)

_CHANGES = ("insert", "update", "upsert", "delete", "rpc")
_LOST = r"pending|missing|lost|never|stays?|not (?:updated|saved|written)"
_READS = frozenset({
    *("getDoc", "get", "findUnique", "findFirst", "findOne", "findById", "query", "execute"),
    *("fetchrow", "fetchone", "fetchval", "fetch_one", "scalar", "single", "maybeSingle", "select"),
    *("findUniqueOrThrow", "findFirstOrThrow", "findByPk", "hget", "eq", "limit", "where"),
})  # fmt: skip
_WRITE = frozenset({
    *("updateDoc", "setDoc", "update", "set", "updateOne", "findOneAndUpdate", "execute", "query"),
    *("upsert", "save", "findByIdAndUpdate", "hset", "eq", "commit", "flush", "persist"),
})  # fmt: skip
_LOCKED = re.compile(
    r"for\s+update|runTransaction|withTransaction|serializable|SET \w+ = \w+ [+-]|"
    r"advisory|with_for_update|select_for_update|\bF\(|ConditionExpression|version",
    re.IGNORECASE,
)
_IN_PLACE = frozenset({"assignment", "assignment_expression", "augmented_assignment",
                       "augmented_assignment_expression"})  # fmt: skip
_SUM = frozenset({"binary_expression", "binary_operator"}).__contains__
_SET = re.compile(r"\bset\b(?P<set>.*?)(?:\bwhere\b|$)", re.IGNORECASE | re.DOTALL)
_FIRESTORE = "firebase/firestore"


def check(source: Source) -> Iterator[Seen]:
    """What is wrong with the writes of a file."""
    for call in source.calls:
        yield from _unchecked(source, call)
    yield from _lost(source)


def _is_supabase(call: Call) -> bool:
    chained = call.link("from", "schema") and call.link(*_CHANGES)
    return bool(chained or (call.last == "rpc" and "supabase" in call.root.lower()))


def _unchecked(source: Source, call: Call) -> Iterator[Seen]:
    if source.language != "script" or not _is_supabase(call) or call.link("throwOnError"):
        return
    if not (is_statement(call.node) or _drops_error(call)):
        return
    held = call.link(*_CHANGES)
    of = call.link("from", "rpc")
    table = literal(of.args[0]) if of is not None and of.args else ""
    hook = hook_of(source) is not None
    if not is_awaited(call.node):
        yield Seen(
            rule="never-sent", line=call.line, severity="harm", symptoms=_LOST,
            what=f"this {held.name if held else 'call'} is neither awaited nor then()ed, and "
            "supabase-js sends nothing before that: it has never reached the table",
            do="await it, look at error, and answer 500 where there is one" if hook
            else "await it and look at error",
            edits=_looked_at(call, held.name if held else "", table),
        )  # fmt: skip
        return
    verb = held.name if held else "call"
    none = ""
    if verb == "update":
        none = f", and a change of no row ({_where(call)} finds none yet) is no error at all"
    yield Seen(
        rule="wh-unchecked-error" if hook else "unchecked-error", line=call.line, severity="harm",
        symptoms=_LOST,
        what=f"the {verb} of {table or 'the table'} is not looked at: supabase-js returns its "
        "error "
        f"and does not throw{none}"
        + ("; 200 is answered all the same, so the event never comes again" if hook else ""),
        do="const { data, error } = await ...select('id'); throw on error"
        + (" and where no row came back" if none else "")
        + (", so that the answer is 500 and the sender tries again" if hook else ""),
        edits=_looked_at(call, verb, table),
    )  # fmt: skip


def _where(call: Call) -> str:
    link = call.link("eq", "match")
    return link.args[0].text.strip("'\"") if link and link.args else "the filter"


def _drops_error(call: Call) -> bool:
    held = next((n for n in call.node.above() if n.kind == "variable_declarator"), None)
    name = held.child("name") if held else None
    direct = held is not None and held.child("value") is not None
    if name is None or not direct or name.kind != "object_pattern":
        return False
    value = held.child("value") if held else None
    chain = value.parts[0] if value is not None and value.kind == "await_expression" else value
    return chain is call.node and "error" not in identifiers(name)


def _looked_at(call: Call, verb: str, table: str) -> tuple[Edit, ...]:
    held = statement_of(call.node)
    if held.kind != "expression_statement" or "\n" in table:
        return ()
    pad = " " * (held.start - (held.source.rfind("\n", 0, held.start) + 1))
    rows = verb == "update" and not call.link("select")
    chain = call.node.text + (f"\n{pad}    .select('id')" if rows else "")
    lines = [
        "{",
        f"  const {{ {'data, ' if rows else ''}error }} = await {chain};",
        "  if (error) throw error;",
        *((f"  if (data.length === 0) throw new Error('no row of {table} changed');",) * rows),
        "}",
    ]
    return (Edit(start=held.start, end=held.end, text=f"\n{pad}".join(lines)),)


def _lost(source: Source) -> Iterator[Seen]:
    """A value that is read, counted on, and written back: of two at once, one is lost."""
    told: set[int] = set()
    for call in source.calls:
        function = function_of(call.node)
        if not _writes(call) or function is None or function.start in told:
            continue
        if any(_is_locked(f) for f in (function, *functions_of(function))):
            continue
        read = _read_back(source, function, call)
        if read is not None:
            told.add(function.start)
            yield _lost_update(source, read, call, function)


def _reads(source: Source, call: Call) -> bool:
    if call.last == "send":
        return bool(call.args) and bool(re.match(r"new (?:Get|Query)\w*Command", call.args[0].text))
    waited = is_awaited(call.node) or source.language == "python"
    return call.last in _READS and waited


def _writes(call: Call) -> bool:
    if call.last == "send":
        return bool(call.args) and bool(
            re.match(r"new (?:Put|Update)\w*Command", call.args[0].text)
        )
    return call.last in _WRITE


def _is_locked(function: Node) -> bool:
    """Whether a function locks what it reads, or runs as a transaction that is tried again."""
    given = function.parent
    call = given.parent if given is not None else None
    before = call.text[: function.start - call.start] if call is not None else ""
    return bool(_LOCKED.search(function.text) or _LOCKED.search(before[-200:]))


def _read_back(source: Source, function: Node, write: Call) -> Call | None:
    """The read whose value, counted on, the write puts back."""
    reads = {}
    for call in source.within(function):
        if _reads(source, call) and call.node.end < write.node.start:
            held = next((n for n in call.node.above() if n.kind in
                         {"variable_declarator", "assignment"}), None)  # fmt: skip
            name = (held.child("name") or held.child("left")) if held else None
            if name is not None and function_of(call.node) is function:
                reads.update(dict.fromkeys(identifiers(name), call))
    if not reads:
        return None
    if write.last in {"save", "commit", "flush", "persist"}:
        return _changed(function, write, reads)
    for each in _given(write):
        found = _counted_on(source, each, reads, function)
        if found is not None:
            return found
    return None


def _changed(function: Node, write: Call, reads: dict[str, Call]) -> Call | None:
    """The read of an object that is counted on in place, and then saved."""
    for node in function.walk():
        if node.start > write.node.start or node.kind not in _IN_PLACE:
            continue
        left, right = node.child("left"), node.child("right")
        held = left.text.partition(".")[0] if left is not None and "." in left.text else ""
        adds = node.kind.startswith("augmented") or (
            right is not None
            and left is not None
            and any(_is_sum(n) and left.text in n.text for n in right.walk() if _SUM(n.kind))
        )
        if held in reads and adds:
            return reads[held]
    return None


def _given(write: Call) -> Iterator[Node]:
    """What a write writes: not the conditions that it has."""
    for link in write.links:
        if link.args and link.name not in {"eq", "match", "where", "doc", "collection"}:
            yield from link.args


def _counted_on(source: Source, node: Node, reads: dict[str, Call], function: Node) -> Call | None:
    for part in node.walk():
        if part.kind in {"binary_expression", "binary_operator"} and _is_sum(part):
            found = next((reads[n] for n in identifiers(part) if n in reads), None)
            if found:
                return found
        if part.kind in {"identifier", "shorthand_property_identifier"}:
            value = _value(function, part)
            if value is not None and value is not node and value.kind != "await_expression":
                found = _counted_on(source, value, reads, function)
                if found:
                    return found
    return None


def _value(function: Node, name: Node) -> Node | None:
    for node in function.walk():
        if node.start >= name.start:
            return None
        if node.kind in {"variable_declarator", "assignment"}:
            held = node.child("name") or node.child("left")
            if held is not None and held.text == name.text:
                return node.child("value") or node.child("right")
    return None


def _is_sum(node: Node) -> bool:
    sign = node.child("operator")
    sides = [node.child("left"), node.child("right")]
    text = any(s is not None and s.kind in {"string", "template_string"} for s in sides)
    return sign is not None and sign.text in {"+", "-"} and not text


def _lost_update(source: Source, read: Call, write: Call, function: Node) -> Seen:
    firestore = "firestore" in source.text and write.last in {
        "updateDoc",
        "setDoc",
        "update",
        "set",
    }
    edits, cure = _added(write, function) if firestore else _in_sql(write)
    if not cure and _is_supabase(write):
        cure = (
            "one statement in a function of the database, called by rpc(): UPDATE ... SET n = n - "
            "by WHERE id = row AND n >= by RETURNING n, which makes no row where there is too "
            "little; and CHECK (n >= 0)"
        )
    if not cure:
        cure = (
            "await updateDoc(ref, { n: increment(1) }), or both within runTransaction()"
            if firestore else "one statement that counts: UPDATE ... SET n = n - $1 WHERE ... AND "
            "n >= $1 RETURNING n, and a CHECK (n >= 0); or SELECT ... FOR UPDATE before it"
        )  # fmt: skip
    return Seen(
        rule="lost-update", line=read.line, severity="harm",
        symptoms=r"too (?:low|high|few|many)|wrong|oversell|oversold|lost|viral|count|negative|"
        r"busy|"
        r"concurren",
        what=f"the value is read here and written back on line {write.line}: two at once read the "
        "same value, and one of the two changes is lost",
        do=cure, edits=edits,
    )  # fmt: skip


def _added(write: Call, function: Node) -> tuple[tuple[Edit, ...], str]:
    """increment() in place of the sum, where the sum is of one number."""
    for part in (p for a in _given(write) for p in a.walk()):
        if part.kind not in {"shorthand_property_identifier", "pair"}:
            continue
        name = part.text if part.kind.startswith("short") else (part.child("key") or part).text
        value = part.child("value") if part.kind == "pair" else _value(function, part)
        by = _by(value)
        if by:
            text = f"{name}: increment({by})"
            edit = Edit(start=part.start, end=part.end, text=text,
                        imports=(("increment", _FIRESTORE),))  # fmt: skip
            return (edit,), f"await {write.name}(ref, {{ {text} }}), which the server adds up"
    return (), ""


def _by(value: Node | None) -> str:
    if value is None or value.kind != "binary_expression":
        return ""
    sign, right = value.child("operator"), value.child("right")
    if sign is None or right is None or right.kind != "number":
        return ""
    return right.text if sign.text == "+" else f"-{right.text}"


def _in_sql(write: Call) -> tuple[tuple[Edit, ...], str]:
    """SET n = n - $1 in place of the value that was worked out before."""
    sql = next((a for link in write.links for a in link.args or () if literal(a)), None)
    found = _SET.search(literal(sql)) if sql is not None else None
    one = re.fullmatch(r"\s*(\w+)\s*=\s*(\$1|%s|\?)\s*", found["set"]) if found else None
    if sql is None or one is None:
        return (), ""
    value = next(
        (p for a in write.args if a is not sql for p in a.walk()
         if p.kind in {"binary_expression", "binary_operator"} and _is_sum(p)), None
    )  # fmt: skip
    if value is None:
        return (), ""
    sign, right = value.child("operator"), value.child("right")
    if sign is None or right is None or one[1] not in (value.child("left") or value).text:
        return (), ""
    at = sql.text.lower().index(found["set"].lower()) if found else 0
    changed = f" {one[1]} = {one[1]} {sign.text} {one[2]} "
    start = sql.start + at
    return (
        Edit(start=start, end=start + len(found["set"] if found else ""), text=changed),
        Edit(start=value.start, end=value.end, text=right.text),
    ), _counting(one[1], sign.text, one[2])


def _counting(name: str, sign: str, by: str) -> str:
    """The one statement that counts; only what is taken away can be more than there is."""
    plain = f"UPDATE ... SET {name} = {name} {sign} {by} WHERE ..."
    if sign == "+":
        return f"{plain}, which adds to what is there at that moment"
    return (
        f"{plain} AND {name} >= {by}, look at the number of changed rows, and CHECK ({name} >= 0)"
    )
