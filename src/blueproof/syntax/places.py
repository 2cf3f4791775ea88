"""Where a piece of a program stands: in which function, loop and statement, and what names mean."""

import re
from collections.abc import Iterator

from blueproof.syntax.calls import links
from blueproof.syntax.node import Node

_LOOPS = frozenset({
    *("for_statement", "for_in_statement", "while_statement", "do_statement"),
    *("list_comprehension", "set_comprehension", "dictionary_comprehension"),
    "generator_expression",
})  # fmt: skip
FUNCTIONS = frozenset({
    *("function_declaration", "function_expression", "arrow_function", "method_definition"),
    *("generator_function_declaration", "function_definition", "lambda"),
})  # fmt: skip
_EACH = frozenset({"map", "forEach", "flatMap", "filter", "reduce", "some", "every"})
_BATCH = ("chunk", "batch", "page", "slice", "group", "range")
_PAGED = re.compile(r"\b(?:limit|take|cursor|offset|skip|nextToken|LastEvaluatedKey|startAfter)\b",
                    re.IGNORECASE)  # fmt: skip
_STRIDES = re.compile(r"\+=\s*(?!1\b)\w+\s*\)\s*$")
_STATEMENTS = frozenset({
    *("expression_statement", "lexical_declaration", "variable_declaration", "return_statement"),
    *("if_statement", "try_statement", "throw_statement", "export_statement", "with_statement"),
    *("for_statement", "for_in_statement", "while_statement", "function_declaration"),
    *("function_definition", "decorated_definition"),
})  # fmt: skip


def function_of(node: Node) -> Node | None:
    """The nearest function around a piece."""
    return next((n for n in node.above() if n.kind in FUNCTIONS), None)


def functions_of(node: Node) -> Iterator[Node]:
    """All functions around a piece, from near to far."""
    return (n for n in node.above() if n.kind in FUNCTIONS)


def statement_of(node: Node) -> Node:
    """The nearest statement around a piece; itself where it is one."""
    return next((n for n in (node, *node.above()) if n.kind in _STATEMENTS), node)


def is_statement(node: Node) -> bool:
    """Whether the piece is a statement of its own, so that nobody has what it returns."""
    parent = node.parent
    while parent is not None and parent.kind in {"await_expression", "await", "unary_expression"}:
        parent = parent.parent
    return parent is not None and parent.kind == "expression_statement"


def loop_of(node: Node) -> Node | None:
    """The loop that repeats a piece once for each of many: no batches, no fixed list of a few."""
    below = node
    for above in node.above():
        found = _repeats(above, below)
        if found:
            return None if _is_of_batches(above) else above
        if above.kind in FUNCTIONS and not _is_callback(above):
            return None
        below = above
    return None


def _repeats(above: Node, below: Node) -> bool:
    if above.kind in _LOOPS:
        return below.role not in {"right", "initializer"}
    return above.kind in {"call_expression", "call"} and below.role == "arguments" and _each(above)


def _each(call: Node) -> bool:
    named = links(call)
    return named[-1].name in _EACH and len(named) > 1


def _is_callback(function: Node) -> bool:
    return function.parent is not None and function.parent.kind in {"arguments", "argument_list"}


def _is_of_batches(loop: Node) -> bool:
    """Whether the loop goes through batches, or through a list that is written out."""
    over = over_of(loop)
    if over is None:
        head = loop.text.partition("{")[0]
        return bool(_PAGED.search(loop.text) or _STRIDES.search(head)) or "<" not in head
    if over.kind in {"array", "list", "tuple"}:
        return True
    held = loop.child("left")
    words = f"{held.text if held else ''} {over.text[:200]}".lower()
    words = re.sub(r"\bslice\(\s*0\s*,", "", words)  # the first so many are one after the other
    return any(word in words for word in _BATCH)


def over_of(loop: Node) -> Node | None:
    """What a loop goes through: the iterated expression."""
    if loop.kind in {"call_expression", "call"}:
        function = loop.child("function")
        return function.child("object") if function else None
    if loop.kind.endswith("comprehension") or loop.kind == "generator_expression":
        clause = next((c for c in loop.children if c.kind == "for_in_clause"), None)
        return clause.child("right") if clause else None
    return loop.child("right")


def name_of(function: Node) -> str:
    """The name of a function, or of what it is kept as; "" without one."""
    named = function.child("name")
    if named is not None:
        return named.text
    held = function.parent
    if held is not None and held.kind == "variable_declarator":
        name = held.child("name")
        return name.text if name else ""
    if held is not None and held.kind in {"assignment_expression", "pair"}:
        name = held.child("left") or held.child("key")
        return name.text if name else ""
    return ""


def declared(tree: Node, name: str, before: Node) -> Node | None:
    """What a name was last given before a place, within the functions around it."""
    around = [tree, *functions_of(before)]
    found = None
    for node in tree.walk():
        if node.start >= before.start:
            break
        if node.kind in {"variable_declarator", "assignment"}:
            held = node.child("name") or node.child("left")
            value = node.child("value") or node.child("right")
            near = function_of(node)
            if held and value and held.text == name and (near is None or near in around):
                found = value
    return found


def uses(within: Node, name: str) -> Iterator[Node]:
    """Every place within a piece at which a name stands by itself."""
    kinds = {"identifier", "shorthand_property_identifier"}
    return (n for n in within.walk() if n.kind in kinds and n.text == name)


def identifiers(node: Node) -> set[str]:
    """The names that stand in a piece."""
    kinds = {"identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern"}
    return {n.text for n in node.walk() if n.kind in kinds}


def literal(node: Node | None) -> str:
    """The text in a string that is written out; "" for anything else, holes of it as ${}."""
    if node is None or node.kind not in {"string", "template_string", "concatenated_string"}:
        return ""
    return "".join(
        "${}" if c.kind in {"template_substitution", "interpolation"} else c.text
        for c in node.children
        if c.kind not in {"string_start", "string_end"} and (c.named or c.kind not in "'\"`")
    )


def is_parallel(tree: Node, node: Node) -> bool:
    """Whether a piece is begun for all at once: within Promise.all or gather, or by forEach."""
    loop = loop_of(node)
    if loop is not None and loop.kind == "call_expression":
        return True
    names = {"all", "allSettled", "gather"}
    around = [n for n in node.above() if n.kind in {"call_expression", "call"} and tree.holds(n)]
    return any(links(n)[-1].name in names for n in around)
