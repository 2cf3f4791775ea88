"""Effects and renders of React: what is opened again and again, and what nobody closes."""

import re
from collections.abc import Iterator

from blueproof.advisors.code.subject import Edit, Seen, Source
from blueproof.syntax.calls import Call, links
from blueproof.syntax.node import Node
from blueproof.syntax.places import (
    FUNCTIONS,
    declared,
    function_of,
    identifiers,
    is_statement,
    name_of,
    statement_of,
    uses,
)

_EFFECTS = frozenset({"useEffect", "useLayoutEffect", "useFocusEffect"})
_MADE_ANEW = frozenset({"object", "array", "arrow_function", "function_expression"})
# Calls whose value is never the same twice: the time, copies of lists, references of Firestore.
_ANEW = frozenset({
    *("now", "fromMillis", "fromDate", "random", "map", "filter", "slice", "concat", "query"),
    *("collection", "doc", "keys", "values", "entries", "subDays", "addDays", "startOfDay"),
})  # fmt: skip
_COMPONENT = re.compile(r"[A-Z]\w*|use[A-Z]\w*")
_AGAIN = (
    r"reads?\b|bill|costs?|twice|two|three|ten times|duplicate|double|slow\w*|leak|memory|again|"
    r"another|more and more|adds?\b|flicker|higher"
)
# What an app makes once, outside of its components.
_OUTSIDE = frozenset({"db", "firestore", "supabase", "auth", "client", "storage", "functions",
                      "undefined"})  # fmt: skip
_CLOSES = re.compile(r"removeChannel|unsubscribe|removeAllChannels|\.off\(|\.close\(|disconnect")


def check(source: Source) -> Iterator[Seen]:
    """What is wrong with the listeners and dependencies of a file."""
    if source.language != "script":
        return
    for call in source.calls:
        if call.name == "onSnapshot" or (call.last == "onSnapshot" and call.link("collection")):
            yield from _listener(source, call)
        elif call.link("channel") and call.link("subscribe"):
            yield from _channel(source, call)
        elif call.last == "on" and re.fullmatch(r"socket|ws|io|client", call.root):
            yield from _socket(source, call)
        if call.last in _EFFECTS:
            yield from _unstable(source, call)


def _effect_of(source: Source, node: Node) -> Call | None:
    return next(
        (c for c in source.calls if c.last in _EFFECTS and any(a.holds(node) for a in c.args)), None
    )


def _component_of(node: Node) -> Node | None:
    """The component or hook in whose body, and not in a function of it, a piece stands."""
    near = function_of(node)
    return near if near is not None and _COMPONENT.fullmatch(name_of(near)) else None


def _listener(source: Source, call: Call) -> Iterator[Seen]:
    effect = _effect_of(source, call.node)
    if _component_of(call.node) and effect is None:
        yield Seen(
            rule="fs-listener-in-render", line=call.line, severity="harm", symptoms=_AGAIN,
            what="a listener is opened at every render, and none is closed",
            do="open it in useEffect and return what onSnapshot returns",
        )  # fmt: skip
        return
    if not is_statement(call.node) or function_of(call.node) is None:
        return
    if source.handlers:
        return
    yield Seen(
        rule="fs-listener-leak", line=call.line, severity="harm", symptoms=_AGAIN,
        what="what onSnapshot returns is dropped, so this listener is never closed: each new run "
        "opens one more, and all go on reading",
        do="return onSnapshot(...) from the effect" if effect else "return what onSnapshot returns "
        "and let the caller call it",
        edits=_returned(call) if effect else (),
    )  # fmt: skip


def _returned(call: Call) -> tuple[Edit, ...]:
    """The listener's end handed back to React, if it is the last thing that the effect does."""
    held = statement_of(call.node)
    block = held.parent
    if block is None or block.kind != "statement_block" or block.parts[-1] is not held:
        return ()
    return (Edit(start=held.start, end=held.start, text="return "),)


def _unstable(source: Source, call: Call) -> Iterator[Seen]:
    if not call.args or call.args[0].kind not in FUNCTIONS:
        return
    inner = [c for c in source.within(call.args[0]) if c.last in {"onSnapshot", "subscribe",
             "fetch", "getDocs", "getDoc", "get", "select", "then"}]  # fmt: skip
    if not inner:
        return
    opened = inner[0]
    if len(call.args) == 1:
        if call.last != "useFocusEffect":
            name = opened.root if opened.last == "then" else opened.last
            yield Seen(
                rule="fs-unstable-deps", line=call.line, severity="harm", symptoms=_AGAIN,
                what=f"{call.last} has no list of dependencies, so {name} on line "
                f"{opened.line} runs again after every render",
                do="name what it hangs on: [] or the ids that it uses",
            )  # fmt: skip
        return
    yield from _feeds_itself(source, call, opened)
    for each in call.args[1].parts:
        value = each if each.kind in _MADE_ANEW else declared(source.root, each.text, each)
        inside = value is not None and function_of(value) is not None
        if value is not None and _is_made_anew(value) and inside:
            yield Seen(
                rule="fs-unstable-deps", line=each.line, severity="harm", symptoms=_AGAIN,
                what=f"{each.text[:40]} is another object at every render, so the effect ends and "
                f"begins anew each time, and {opened.last} with it",
                do="name the plain values in it (ids, flags), or keep it by useMemo",
                edits=_without(call.args[1], each) if each is value else (),
            )  # fmt: skip


def _feeds_itself(source: Source, call: Call, opened: Call) -> Iterator[Seen]:
    """An effect that sets what it hangs on, so that each answer begins it anew."""
    done, listed = call.args[0], call.args[1]
    for each in listed.parts:
        if each.kind != "identifier":
            continue
        held = re.search(rf"\[\s*{each.text}\s*,\s*(\w+)\s*\]\s*=\s*useState", source.text)
        setter = held[1] if held else f"set{each.text[:1].upper()}{each.text[1:]}"
        if not any(n.text == setter for n in done.walk() if n.kind == "identifier"):
            continue
        if any(n.kind == "if_statement" and each.text in identifiers(n) for n in done.walk()):
            continue
        again = "opens the listener anew" if opened.last in {"onSnapshot", "subscribe"} else (
            f"calls {opened.last} again")  # fmt: skip
        used = any(True for _ in uses(done, each.text))
        yield Seen(
            rule="fs-effect-feeds-itself", line=each.line, severity="harm", symptoms=_AGAIN,
            what=f"the effect sets {each.text} and hangs on {each.text}: each answer {again}, "
            "which reads all of it again and answers again, without end",
            do=f"take {each.text} out of the list"
            + (f", and {setter}((before) => ...) where it needs the old value" if used else ""),
            edits=() if used else _hanging(source, done, listed, each),
        )  # fmt: skip


def _hanging(source: Source, done: Node, listed: Node, each: Node) -> tuple[Edit, ...]:
    """The list without a name, and with the plain values that the effect hands on."""
    kept = [p.text for p in listed.parts if p is not each]
    bound = {n.text for d in done.walk() if d.kind in {"variable_declarator", *FUNCTIONS}
             and (held := d.child("name") or d.child("parameters") or d.child("parameter"))
             for n in held.walk() if n.kind == "identifier"}  # fmt: skip
    for name in (n for n in done.walk() if n.kind == "identifier"):
        above = name.parent
        given = above is not None and above.kind in {"arguments", "template_substitution"}
        outside = declared(source.root, name.text, done)
        fixed = name.text in _OUTSIDE or (outside is not None and function_of(outside) is None)
        if given and not fixed and name.text not in bound and name.text not in kept:
            kept.append(name.text)
    return (Edit(start=listed.start, end=listed.end, text=f"[{', '.join(kept)}]"),)


def _is_made_anew(value: Node) -> bool:
    """Whether an expression gives another object, or time, each time it is worked out."""
    if value.kind in _MADE_ANEW or value.kind == "new_expression":
        return True
    return value.kind == "call_expression" and links(value)[-1].name in _ANEW


def _without(listed: Node, each: Node) -> tuple[Edit, ...]:
    rest = ", ".join(p.text for p in listed.parts if p is not each)
    return (Edit(start=listed.start, end=listed.end, text=f"[{rest}]"),)


def _channel(source: Source, call: Call) -> Iterator[Seen]:
    component = _component_of(call.node)
    effect = _effect_of(source, call.node)
    if component is not None and effect is None:
        yield Seen(
            rule="rt-channel-leak", line=call.line, severity="harm", symptoms=_AGAIN,
            what="a channel is subscribed at every render of "
            f"{name_of(component)} and none is removed: each message arrives once for every "
            "render so far, and each message renders again",
            do="subscribe in useEffect, and return () => supabase.removeChannel(channel)",
            edits=_effected(component, call),
        )  # fmt: skip
    elif effect is None and not source.handlers and function_of(call.node) is not None:
        if is_statement(call.node) and not _CLOSES.search(source.text):
            yield Seen(
                rule="rt-channel-leak", line=call.line, severity="harm", symptoms=_AGAIN,
                what="the channel that is subscribed here is handed to nobody, so none is ever "
                "removed: each call adds one more",
                do="return the channel (or () => supabase.removeChannel(channel)), and let the "
                "caller remove it",
            )  # fmt: skip
    elif effect is not None and not _CLOSES.search(effect.args[0].text):
        yield Seen(
            rule="rt-channel-leak", line=call.line, severity="harm", symptoms=_AGAIN,
            what="the channel is subscribed whenever the effect runs, and never removed",
            do="return () => { supabase.removeChannel(channel); } from the effect",
        )  # fmt: skip


def _effected(component: Node, call: Call) -> tuple[Edit, ...]:
    """The subscription within an effect that takes it down, with the names that it hangs on."""
    held = statement_of(call.node)
    if held.kind != "expression_statement":
        return ()
    given = component.child("parameters") or component.child("parameter")
    names = {n.text for n in given.walk() if n.kind.endswith("identifier_pattern")} if given else ()
    hangs = sorted(n for n in names if any(True for _ in uses(call.node, n)))
    body = call.node.text.replace("\n", "\n  ")
    text = (
        f"useEffect(() => {{\n    const channel = {body};\n    return () => {{\n"
        f"      {call.root}.removeChannel(channel);\n    }};\n  }}, [{', '.join(hangs)}]);"
    )
    return (Edit(start=held.start, end=held.end, text=text, imports=(("useEffect", "react"),)),)


def _socket(source: Source, call: Call) -> Iterator[Seen]:
    component = _component_of(call.node)
    effect = _effect_of(source, call.node)
    if component is not None and effect is None:
        rule, what = "rt-channel-leak", "a handler is added at every render, and none is taken away"
    elif effect is not None and not _CLOSES.search(effect.args[0].text):
        rule, what = "rt-channel-leak", "a handler is added whenever the effect runs, and stays"
    else:
        return
    yield Seen(
        rule=rule, line=call.line, severity="harm", symptoms=_AGAIN, what=what,
        do=f"add it in useEffect and return () => {call.root}.off(name, handler)",
    )  # fmt: skip
