"""Functions that Firestore calls: those that call themselves, and what a second call does twice.

An event is delivered at least once, and a write of the function to its own document is an event.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.advisors.code.pushing import service_of
from blueproof.advisors.code.slow import kind_of
from blueproof.advisors.code.subject import EVENT, Edit, Seen, Source
from blueproof.advisors.code.told import amount
from blueproof.syntax.calls import Call, links
from blueproof.syntax.node import Node
from blueproof.syntax.places import declared, literal

_ON_CHANGE = frozenset({"onDocumentWritten", "onDocumentUpdated", "onWrite", "onUpdate"})
_TRIGGERS = _ON_CHANGE | {"onDocumentCreated", "onCreate", "onValueCreated", "onValueWritten"}
_OWN_REF = re.compile(
    r"(?:event\.data[?!]*|change|snap(?:shot)?)(?:\.(?:after|before)[?!]*)?\.ref\.(?:update|set)$"
)
_AFTER = re.compile(r"(?:change|event\.data[?!]?)\.after[?!]?\.data\(\)[?!]?")
_TWICE = (
    r"twice|double|two|three|duplicat|again|more than once|[23]x|loop|endless|infinite|recurs|"
    r"invocations?|millions?|bill|runs? forever|too many|\b[2-9] (?:and|or|to|\w+ )*"
    r"(?:\d )?(?:notif|push|mail|times)"
)
_ONCE = re.compile(
    r"event\.id|context\.eventId|\beventId\b|\.create\(|runTransaction|processed|already|claim|"
    r"idempot|ALREADY_EXISTS"
)
_LOOKS_BACK = re.compile(r"\bbefore\b")
_PUSHED = frozenset({
    *("sendEachForMulticast", "sendMulticast", "sendEach", "sendAll", "sendToDevice", "send"),
    *("sendPushNotificationsAsync", "sendToTopic"),
})  # fmt: skip
_FCM_MOST = 500
_IN_STATE = re.compile(r"\.(\w+)\s*={2,3}\s*[\"'][\w-]+[\"']")
_NAMES = frozenset({"identifier", "shorthand_property_identifier_pattern"})


@dataclass(frozen=True, kw_only=True)
class _Trigger:
    """A function that is called by changes of documents, as it was registered."""

    name: str
    path: str
    call: Node
    function: Node


def check(source: Source) -> Iterator[Seen]:
    """What is wrong with the functions that changes of documents call."""
    if source.language != "script":
        return
    for trigger in _triggers(source):
        inner = tuple(source.within(trigger.function))
        yield from _writes_itself(source, trigger, inner)
        yield from _on_every_change(source, trigger, inner)
        yield from _again(source, trigger, inner)
        yield from _too_many(source, inner)


def _triggers(source: Source) -> Iterator[_Trigger]:
    for handler in source.handlers:
        above = handler.function.parent
        call = above.parent if above is not None else None
        if call is None or call.kind != "call_expression":
            continue
        said = links(call)
        name = said[-1].name
        if name not in _TRIGGERS or (handler.path != EVENT and not name.startswith("on")):
            continue
        path = next((literal(a) for k in said for a in k.args or () if "/" in literal(a)), "")
        option = re.search(r"document:\s*['\"]([^'\"]+)", call.text[:300])
        yield _Trigger(name=name, path=path or (option[1] if option else ""), call=call,
                       function=handler.function)  # fmt: skip


def _own_write(source: Source, trigger: _Trigger, inner: tuple[Call, ...]) -> Call | None:
    """The write of the very document whose change called the function."""
    for call in inner:
        if call.last not in {"update", "set"}:
            continue
        if _OWN_REF.search(re.sub(r"[?!]", "", call.node.text.partition("(")[0])):
            return call
        if call.last in {"update", "set"} and len(call.links) > 1:
            held = declared(source.root, call.root, call.node)
            text = held.text if held is not None else ""
            if re.fullmatch(r"(?:event\.data[?!]*|change)(?:\.after[?!]*)?\.ref", text):
                return call
        if call.last in {"update", "set"} and call.link("doc") and trigger.path:
            said = "/".join(literal(a) or "${}" for k in call.links if k.name in
                            {"doc", "collection", "document"} for a in k.args or ())  # fmt: skip
            if re.sub(r"\{\w+\}", "${}", trigger.path.strip("/")) == said.strip("/"):
                return call
    return None


def _writes_itself(source: Source, trigger: _Trigger, inner: tuple[Call, ...]) -> Iterator[Seen]:
    """A function whose own write calls it again."""
    if trigger.name not in _ON_CHANGE:
        return
    own = _own_write(source, trigger, inner)
    if own is None or _is_guarded(trigger, own):
        return
    first = not trigger.name.startswith("onDocument")
    anew = re.search(r"serverTimestamp|Date\.now|new Date|increment|random|arrayUnion",
                     own.node.text)  # fmt: skip
    ends = (
        "without end, since each round writes another value"
        if anew else "until a round changes nothing"
    )  # fmt: skip
    yield Seen(
        rule="fb-writes-itself", line=own.line, severity="harm", symptoms=_TWICE,
        sums=_rounds(source),
        what=f"{trigger.name} is called by every change of {trigger.path or 'the document'}, and "
        f"this changes that same document: the function calls itself again, {ends}, and does all "
        "that stands before it each time",
        do=_turned_back(_state(trigger), "onCreate" if first else "onDocumentCreated"),
        edits=_compared(trigger, own) if _state(trigger) else (
            _created(source, trigger) or _compared(trigger, own)
        ),
    )  # fmt: skip


def _state(trigger: _Trigger) -> str:
    """The field with a state that the work waits for, such as status; "" where it waits for none.

    It is reached after the document was made, so a function of new documents would miss it.
    """
    for node in trigger.function.walk():
        condition = node.child("condition") if node.kind == "if_statement" else None
        found = _IN_STATE.search(condition.text) if condition is not None else None
        if found:
            return found[1]
    return ""


def _turned_back(state: str, created: str) -> str:
    """What keeps a function from being called by its own write."""
    if state:
        return (
            f"return at once where before and after agree in {state} ({created} would miss a "
            f"document whose {state} is reached later), or keep what it writes in another document"
        )
    return (
        f"{created} where only new documents count; else return at once where before and after "
        "agree in what the work hangs on, or keep what it writes in another document"
    )


def _rounds(source: Source) -> str:
    """The calls for one person, where calls and people are told."""
    found = re.search(r"(?i)invocations?\D{0,12}(\d[\d.,]*)\s?(million|m|k)\b", source.words)
    calls = source.told.of("invocation")
    if found is not None and calls is None:
        times = 1e3 if found[2].lower() == "k" else 1e6
        calls = float(found[1].replace(",", "")) * times
    users = source.told.of("user", "people", "customer", "dau")
    if not calls or not users or users >= calls:
        return ""
    return f"{amount(calls)} calls / {amount(users)} users = {amount(calls / users)} for each"


def _compared(trigger: _Trigger, own: Call) -> tuple[Edit, ...]:
    """A return where nothing changed of what the written value is made of."""
    held = next((n for n in trigger.function.walk() if n.kind == "variable_declarator"
                 and n.start < own.node.start and _AFTER.fullmatch(value_of(n))), None)  # fmt: skip
    name = held.child("name") if held is not None else None
    line = held.parent if held is not None else None
    if held is None or name is None or line is None or name.kind != "identifier":
        return ()
    used = dict.fromkeys(re.findall(rf"\b{name.text}[!?]*\.(\w+)", trigger.function.text))
    written = set(re.findall(r"(\w+)\s*[:,}]", own.args[0].text)) if own.args else set()
    state = _state(trigger)
    fields = [state] if state in used else [field for field in used if field not in written]
    if not fields or re.search(r"\bbefore\b", trigger.function.text):
        return ()
    pad = " " * (line.start - (line.source.rfind("\n", 0, line.start) + 1))
    # Before it was made there is none.
    new = trigger.name in {"onDocumentWritten", "onWrite"} or "?." in value_of(held)
    optional = "?" if new else ""
    same = " && ".join(f"before{optional}.{field} === {name.text}.{field}" for field in fields)
    text = (
        f"\n{pad}const before = {value_of(held).replace('after', 'before')};"
        f"\n{pad}// Its own change calls this again: nothing to do where its sources are the same."
        f"\n{pad}if ({same}) return;"
    )
    return (Edit(start=line.end, end=line.end, text=text),)


def value_of(declarator: Node) -> str:
    """What a name is given, as it is written."""
    value = declarator.child("value")
    return value.text if value is not None else ""


def _is_guarded(trigger: _Trigger, own: Call) -> bool:
    """Whether the function turns back at its own change before it writes."""
    written = own.args[0].text if own.args else ""
    names = set(re.findall(r"(\w+)\s*:", written))
    for node in trigger.function.walk():
        condition = node.child("condition") if node.kind == "if_statement" else None
        if condition is None or node.start > own.node.start:
            continue
        text = condition.text
        told = any(re.search(rf"\b{name}\b", text) for name in names)
        if _LOOKS_BACK.search(text) or re.search(r"isEqual|previous|prev|old", text) or told:
            return True
    return False


def _acts(source: Source, call: Call) -> str:
    """What a call does that is seen outside, in words; "" where it does nothing of the kind."""
    if call.last in _PUSHED and re.search(r"messaging|expo", call.name, re.IGNORECASE):
        return "the push"
    if service_of(source, call):
        return "the push"
    if re.search(r"increment\(", call.node.text) and call.last in {"update", "set"}:
        return "the count"
    return kind_of(call)


def _on_every_change(source: Source, trigger: _Trigger, inner: tuple[Call, ...]) -> Iterator[Seen]:
    """Work for a new document that each later change, and its deletion, does again."""
    if trigger.name not in {"onDocumentWritten", "onWrite"}:
        return
    body = trigger.function.text
    if _LOOKS_BACK.search(body) or re.search(r"event\.id|eventId", body):
        return
    acts = next((c for c in inner if _acts(source, c)), None)
    if acts is None or _own_write(source, trigger, inner) is not None:
        return
    state = _state(trigger)
    yield Seen(
        rule="fb-every-change", line=acts.line, severity="harm", symptoms=_TWICE + "|edit|old",
        what=f"{trigger.name} is called when the document is made, at each change of it and when "
        f"it is deleted, and nothing here asks which: {_acts(source, acts)} goes out each time",
        do=f"return where before and after agree in {state}" if state else
        "onDocumentCreated; or return where event.data.before exists",
        edits=() if state else _created(source, trigger),
    )  # fmt: skip


def _created(source: Source, trigger: _Trigger) -> tuple[Edit, ...]:
    """The trigger of new documents in place of the one of all changes, where only those count."""
    text = trigger.function.text
    if trigger.name != "onDocumentWritten" or _LOOKS_BACK.search(text):
        return ()
    if source.text.count("onDocumentWritten(") != 1:
        return ()
    edits = [
        Edit(start=n.start, end=n.end, text="onDocumentCreated")
        for n in source.root.walk()
        if n.kind in _NAMES and n.text == "onDocumentWritten"
    ]
    start = trigger.function.start
    edits += [
        Edit(start=start + m.start("after"), end=start + m.end("after"), text="")
        for m in re.finditer(r"event\.data[?!]?(?P<after>\.after[?!]?)(?=\.)", text)
    ]
    return tuple(edits)


def _again(source: Source, trigger: _Trigger, inner: tuple[Call, ...]) -> Iterator[Seen]:
    """What a second delivery of the same event does a second time."""
    if _ONCE.search(trigger.function.text):
        return
    acts = next((c for c in inner if _acts(source, c)), None)
    if acts is None:
        return
    told = source.told.says(_TWICE)
    yield Seen(
        rule="fb-no-dedupe", line=acts.line, severity="harm" if told else "risk",
        symptoms=_TWICE,
        what=f"Firestore delivers an event at least once, and no event's id is remembered: "
        f"{_acts(source, acts)} is done again when it comes a second time",
        do="first await db.doc(`done/${event.id}`).create({ at: FieldValue.serverTimestamp() }), "
        "and return where that fails as ALREADY_EXISTS; a count goes into the same transaction as "
        "that mark",
        edits=_remembered(trigger),
    )  # fmt: skip


def _remembered(trigger: _Trigger) -> tuple[Edit, ...]:
    """The mark of an event before its work, in a function of the second generation."""
    body = trigger.function.child("body")
    given = trigger.function.child("parameters") or trigger.function.child("parameter")
    if body is None or body.kind != "statement_block" or given is None:
        return ()
    if not re.match(r"\(?\s*event\b", given.text) or not re.search(r"\bdb\b", body.source):
        return ()
    if not trigger.name.startswith("onDocument"):
        return ()
    text = (
        "\n  // An event may come twice: its id is taken once.\n"
        "  try {\n"
        "    await db.doc(`doneEvents/${event.id}`).create({ at: new Date() });\n"
        "  } catch (failure) {\n"
        "    if ((failure as { code?: number }).code === 6) return; // ALREADY_EXISTS\n"
        "    throw failure;\n"
        "  }"
    )
    if not trigger.function.text.startswith("async"):
        return ()
    return (Edit(start=body.start + 1, end=body.start + 1, text=text),)


def _too_many(source: Source, inner: tuple[Call, ...]) -> Iterator[Seen]:
    """More tokens in a request than FCM takes, or answers that nobody looks at."""
    for call in inner:
        if call.last not in {"sendEachForMulticast", "sendMulticast", "sendEach"}:
            continue
        text = source.text
        if not re.search(r"slice|chunk|batch", text):
            many = source.told.of("member", "token", "device", "user", "follower", "subscriber")
            if many and many > _FCM_MOST:
                yield Seen(
                    rule="push-over-limit", line=call.line, severity="harm",
                    symptoms=r"fails?|error|nobody|some|missing",
                    what=f"one request takes at most {_FCM_MOST} tokens, and there are "
                    f"{int(many):,}",
                    do=f"slices of {_FCM_MOST} tokens",
                )  # fmt: skip
        if "registration-token-not-registered" not in text and "responses" not in text:
            yield Seen(
                rule="push-dead-tokens", line=call.line, severity="note",
                symptoms=r"dead|old token|some (?:users|devices)|missing",
                what="the answers are not looked at: tokens of apps that were removed stay, and "
                "each send tries them again",
                do="delete the token where responses[i].error.code is "
                "messaging/registration-token-not-registered",
            )  # fmt: skip
