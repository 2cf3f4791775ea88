"""How a file runs: instances that come and go, work after the answer, calls without an end."""

import re
from collections.abc import Iterator

from blueproof.advisors.code.convex import is_convex
from blueproof.advisors.code.pushing import service_of as _service
from blueproof.advisors.code.slow import is_put_off, kind_of
from blueproof.advisors.code.subject import Edit, Seen, Source
from blueproof.advisors.code.told import amount
from blueproof.syntax.calls import Call, is_awaited
from blueproof.syntax.node import Node
from blueproof.syntax.places import (
    FUNCTIONS,
    declared,
    function_of,
    identifiers,
    is_parallel,
    literal,
    loop_of,
    name_of,
    over_of,
    uses,
)

_PROMISED = re.compile(
    r"^(?:send|notify|track|publish|enqueue|push|sync|save|update|insert|delete|upload|capture|"
    r"log[A-Z]|write|store|record|index|post|fetch|create|process|generate|trigger)\w*$"
)
_PLAIN = re.compile(r"^(?:console|res|response|logger|headers|process|Math|array|set\w*|cache)\b")
_INSTANCES = re.compile(
    r"\b(?:instances?|replicas?|pods?|containers?|scale[ds]? out|vercel|serverless|lambda|"
    r"load balancer|fargate|ecs|cloud run|pm2|cluster)\b",
    re.IGNORECASE,
)
_LONG = r"slow|takes|times? ?out|forever|dies|minutes|seconds|429"
_CHANGED = frozenset({"set", "add", "push", "delete", "clear"})
_MANY = 1000
_MS = 1000
_AT_ONCE = 10
_SECONDS = "10_000"


def check(source: Source) -> Iterator[Seen]:
    """What is wrong with how a file runs."""
    for call in source.calls:
        yield from _called_in_loop(source, call)
        yield from _for_each(call)
        yield from _cut_off(source, call)
        yield from _no_end(source, call)
        yield from _all_at_once(source, call)
        yield from _timer(source, call)
    yield from _kept_in_memory(source)


def _cut_off(source: Source, call: Call) -> Iterator[Seen]:
    """Work that is not waited for where the instance stops with the answer."""
    handler = source.handler_of(call.node)
    if handler is None or not source.is_serverless or source.language != "script":
        return
    parent = call.node.parent
    bare = parent is not None and parent.kind == "expression_statement"
    near = function_of(call.node)
    if not bare or near is not handler.function or _PLAIN.match(call.name):
        return
    promised = _PROMISED.match(call.last) or _is_async(source, call.name) or call.last == "then"
    if not promised or is_put_off(source, call):
        return
    yield Seen(
        rule="work-after-response", line=call.line, severity="harm",
        symptoms=r"sometimes|never|missing|not (?:sent|arrive)|lost|only",
        what=f"{call.last}() is not awaited, and the instance is frozen or ended once the answer "
        "is "
        "sent: what is not done by then is cut off",
        do=f"await {call.last}(...), or hand it to waitUntil() / after() of next/server; what must "
        "not be lost goes into a queue or a table in the same transaction as the rest",
        edits=(Edit(start=call.node.start, end=call.node.start, text="await "),)
        if any(c.kind == "async" for c in near.children) else (),
    )  # fmt: skip


def _is_async(source: Source, name: str) -> bool:
    return any(
        n.kind in FUNCTIONS and name_of(n) == name and any(c.kind == "async" for c in n.children)
        for n in source.root.walk()
    )


def _no_end(source: Source, call: Call) -> Iterator[Seen]:
    """A call to another service that may hang for ever."""
    phone = not source.handlers and re.search(r"(?i)\bexpo\b|react.native", source.words)
    if source.is_client or phone or function_of(call.node) is None:
        return
    said = call.args[0] if call.args else None
    if call.name == "fetch" and said is not None:
        options = call.args[1] if len(call.args) > 1 else None
        relative = literal(said).startswith("/")
        if relative or (options is not None and re.search(r"\bsignal\b", options.text)):
            return
        yield _endless(call, "fetch", _signal(call, options))
    elif (
        re.match(r"requests\.(?:get|post|put|patch|delete)\b", call.name)
        and "timeout" not in call.links[1].node.text
    ):
        at = call.links[1].node.end - 1
        yield _endless(call, "requests", (Edit(start=at, end=at, text=", timeout=10"),))
    elif re.match(r"axios(?:\.(?:get|post|put|patch|delete))?$", call.name) and not re.search(
        r"\btimeout\b|\bsignal\b", source.text
    ):
        yield _endless(call, "axios", ())


def _endless(call: Call, name: str, edits: tuple[Edit, ...]) -> Seen:
    return Seen(
        rule="no-timeout", line=call.line, edits=edits,
        symptoms=r"hang|times? ?out|stuck|wait|slow",
        what=f"{name} has no time limit: one that hangs holds the request, and all that it holds",
        do="signal: AbortSignal.timeout(10_000)" if name != "requests" else "timeout=10",
    )  # fmt: skip


def _signal(call: Call, options: Node | None) -> tuple[Edit, ...]:
    text = f"signal: AbortSignal.timeout({_SECONDS})"
    if options is None:
        at = call.args[0].end
        return (Edit(start=at, end=at, text=f", {{ {text} }}"),)
    if options.kind != "object" or not options.parts:
        return ()
    at = options.parts[0].start
    line = options.source[options.start : at]
    gap = line.removeprefix("{") if "\n" in line else " "
    return (Edit(start=at, end=at, text=f"{text},{gap}"),)


def _called_in_loop(source: Source, call: Call) -> Iterator[Seen]:
    """Another service that is called for each of many, one after the other."""
    loop = loop_of(call.node)
    kind = kind_of(call)
    if loop is None or not kind or is_parallel(source.root, call.node) or _service(source, call):
        return
    if not (is_awaited(call.node) or source.language == "python"):
        return
    over = over_of(loop)
    if over is not None and re.search(r"Messages\b|Records\b", over.text):
        return  # a batch of a queue, ten at most as a rule
    many = source.told.many()
    made = identifiers(loop.child("left") or loop) | {
        n.text for d in loop.walk() if d.kind in {"variable_declarator", "assignment"}
        and (n := d.child("name") or d.child("left")) is not None}  # fmt: skip
    same = not any(made & identifiers(a) for a in call.args) and bool(call.args)
    yield Seen(
        rule="call-in-loop", line=call.line,
        severity="harm" if many or same or source.told.says(_LONG) else "risk", symptoms=_LONG,
        what=f"{kind} for each of {over.text[:30] if over else 'many'}, each waiting for the one "
        "before" + ("; it asks the same each time" if same else ""),
        sums=f"{amount(many)} calls one after another" if many else "",
        do="ask once before the loop" if same else "ask for many at once where the service can, a "
        "few at a time (10) where not, with a time limit; what need not be now goes to a worker",
    )  # fmt: skip


def _for_each(call: Call) -> Iterator[Seen]:
    """An async function for each of many, which forEach waits for as little as for any."""
    done = call.args[0] if call.last == "forEach" and call.args else None
    if done is None or not any(c.kind == "async" for c in done.children):
        return
    if not any(n.kind == "await_expression" for n in done.walk()):
        return
    body = call.node.parent
    alone = body is not None and body.kind == "expression_statement"
    over = over_of(call.node)
    edits: tuple[Edit, ...] = ()
    if alone and over is not None and done.kind == "arrow_function":
        edits = _as_loop(call, over, done)
    yield Seen(
        rule="foreach-async", line=call.line, severity="harm", edits=edits,
        symptoms=r"some|missing|not all|before|fails?|lost|only",
        what="forEach does not wait for an async function: what comes after goes on before any is "
        "done, and an error in one of them is seen by nobody",
        do="for (const one of many) { await ... }, or await Promise.all(many.map(...)) for few",
    )  # fmt: skip


def _as_loop(call: Call, over: Node, done: Node) -> tuple[Edit, ...]:
    given = done.child("parameters") or done.child("parameter")
    body = done.child("body")
    names = given.text.strip("()") if given is not None else ""
    if body is None or body.kind != "statement_block" or not re.fullmatch(r"\w+", names):
        return ()
    if any(n.kind == "return_statement" for n in body.walk()):
        return ()
    text = f"for (const {names} of {over.text}) {body.text}"
    end = call.node.end + (call.node.source[call.node.end : call.node.end + 1] == ";")
    return (Edit(start=call.node.start, end=end, text=text),)


def _all_at_once(source: Source, call: Call) -> Iterator[Seen]:
    """A request or statement for each of many, all begun at once."""
    if call.name not in {"Promise.all", "Promise.allSettled", "asyncio.gather"} or not call.args:
        return
    if is_convex(source):  # all of a function runs within one transaction
        return
    inner = next((c for c in source.within(call.args[0]) if c.last == "map"), None)
    if inner is None or not inner.args or not inner.args[0].kind.endswith("function"):
        if call.name != "asyncio.gather":
            return
    else:
        asked = next((c for c in source.within(inner.args[0]) if loop_of(c.node) is not None), None)
        over = over_of(inner.node)
        if asked is None or over is None or not _may_be_many(source, over):
            return
    many = max((source.told.of(n) or 0 for n in ("user", "row", "record", "item", "contact",
               "document", "image", "order", "member", "token")), default=0)  # fmt: skip
    comment = re.search(r"\b(\d{1,3}(?:,\d{3})+)\b", source.text)
    many = many or (float(comment[1].replace(",", "")) if comment else 0)
    told = f" ({amount(many)})" if many >= _MANY else ""
    yield Seen(
        rule="unbounded-fan-out", line=call.line, severity="harm" if many >= _MANY else "risk",
        symptoms=r"ECONNRESET|memory|429|too many|rate|die|crash|heap|connections|slow",
        what=f"a call for every one{told} is begun at once, with a socket and a buffer each",
        do=f"at most {_AT_ONCE} at a time (p-limit, or slices), tried again on 429 and 5xx, with a "
        "mark of what is done so that it can go on after an end; a bulk endpoint where there is "
        "one",
        edits=_in_slices(source, call, inner) if inner else (),
    )  # fmt: skip


def _may_be_many(source: Source, over: Node) -> bool:
    """Whether what is gone through has no known end."""
    if over.kind == "array" or re.search(r"slice|chunk|batch|page", over.text, re.IGNORECASE):
        return False
    if over.kind != "identifier":
        return bool(re.search(r"\.docs$|\.rows$", over.text))
    function = function_of(over)
    held = (function.child("parameters") or function.child("parameter")) if function else None
    if held is not None and any(True for _ in uses(held, over.text)):
        return True
    value = declared(source.root, over.text, over)
    if value is None:
        return bool(re.search(rf"rows\s*:\s*{over.text}\b|\{{\s*{over.text}\s*\}}", source.text))
    bounded = re.search(r"\blimit\b|\btake\b|slice|chunk", value.text, re.IGNORECASE)
    return not bounded and value.kind not in {"array", "object"}


def _in_slices(source: Source, call: Call, inner: Call) -> tuple[Edit, ...]:
    over = over_of(inner.node)
    if call.name != "Promise.all" or over is None or inner.node is not call.args[0]:
        return ()
    if source.path.endswith((".ts", ".tsx")):
        head = ("async function atMost<T, R>(many: T[], most: number, "
                "run: (one: T) => Promise<R>): Promise<R[]> {\n"
                "  const done: R[] = [];")  # fmt: skip
    else:
        head = "async function atMost(many, most, run) {\n  const done = [];"
    helper = (
        f"\n/** Runs at most so many at a time. */\n{head}\n"
        "  for (let at = 0; at < many.length; at += most) {\n"
        "    done.push(...(await Promise.all(many.slice(at, at + most).map((one) => run(one)))));\n"
        "  }\n  return done;\n}\n"
    )
    end = len(source.text)
    text = f"atMost({over.text}, {_AT_ONCE}, {inner.args[0].text})"
    return (
        Edit(start=call.node.start, end=call.node.end, text=text),
        Edit(start=end, end=end, text=helper),
    )


def _timer(source: Source, call: Call) -> Iterator[Seen]:
    if call.name == "setInterval" and not source.handlers and call.args:
        yield from _polled(source, call)
    if call.name == "setInterval" and source.is_serverless and source.handlers:
        yield Seen(
            rule="interval-on-serverless", line=call.line, symptoms=r"interval|cron|never|stops",
            what="the timer runs only while an instance happens to be awake, and in each of them",
            do="a schedule of the platform (Vercel Cron, EventBridge, pg_cron) that calls a route",
        )  # fmt: skip


def _polled(source: Source, call: Call) -> Iterator[Seen]:
    """A client that asks again and again."""
    done = call.args[0]
    body = done if done.kind in FUNCTIONS else declared(source.root, done.text, done)
    drawn = re.search(r"react|\buseEffect\b", source.text)
    inner = source.within(body) if body is not None else iter(())
    asked = [
        c
        for c in inner
        if is_awaited(c.node) and (c.link("from", "get", "query") or c.last in {"fetch", "getDocs"})
    ]
    every = re.fullmatch(r"[\d_]+", call.args[1].text) if len(call.args) > 1 else None
    if not drawn or not asked or every is None:
        return
    seconds = float(every[0].replace("_", "")) / _MS
    users = source.told.of("user", "client", "people", "customer", "player")
    sums = ""
    if users:
        sums = f"{amount(users)} users / {seconds:g} s = {amount(users / seconds)} rounds a second"
        sums += f" of {len(asked)} requests at least" if asked[1:] else ""
    yield Seen(
        rule="poll-timer", line=call.line, sums=sums,
        symptoms=r"requests?\b|exploded|bill|cost|slow|quota|egress|battery|load",
        what=f"every open screen asks for all of it again every {seconds:g} s, whether anything "
        "changed or not",
        do="load once and again when the screen comes to the front; what must be live by a "
        "subscription (broadcast on the topic that the screen shows), or a poll of what changed "
        "since the last one, every 30 s",
    )  # fmt: skip


def _kept_in_memory(source: Source) -> Iterator[Seen]:
    """What requests keep for later in the memory of one of many instances."""
    several = source.is_serverless or _INSTANCES.search(source.words)
    if not source.handlers or not several or source.language != "script":
        return
    for node in source.root.walk():
        if node.kind != "variable_declarator" or function_of(node) is not None:
            continue
        name, value = node.child("name"), node.child("value")
        if name is None or value is None or name.kind != "identifier":
            continue
        if not re.match(r"new (?:Map|Set|LRU\w*)\b|\{\}|\[\]|0$", value.text):
            continue
        if not any(_is_changed(n) and source.handler_of(n) for n in uses(source.root, name.text)):
            continue
        cache = re.search(r"cache|memo", name.text, re.IGNORECASE)
        yield Seen(
            rule="memory-state", line=node.line, severity="note" if cache else "harm",
            symptoms=r"does(?:n't| not) work|still|limit|lost|sometimes|reset|disappear|wrong|"
            r"logged out|random",
            what=f"{name.text} lives in the memory of one instance: each instance has its own and "
            "begins empty, so what one has seen the others do not know",
            do="keep it where all see it: Redis (INCR with EXPIRE, Upstash) or one row a key in "
            "PostgreSQL (INSERT ... ON CONFLICT DO UPDATE SET n = n + 1 RETURNING n)",
        )  # fmt: skip


def _is_changed(node: Node) -> bool:
    held = node.parent
    if held is None:
        return False
    if held.kind == "member_expression":
        name = held.child("property")
        return name is not None and name.text in _CHANGED
    if held.kind in {"augmented_assignment_expression", "update_expression"}:
        return True
    above = held.parent
    return held.kind == "subscript_expression" and above is not None and "assignment" in above.kind
