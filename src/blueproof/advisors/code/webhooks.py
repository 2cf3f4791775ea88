"""Handlers of webhooks: signature, answer, repetition, and what is written."""

import re
from collections.abc import Iterator

from blueproof.advisors.code.slow import is_put_off, kind_of
from blueproof.advisors.code.subject import Edit, Handler, Seen, Source
from blueproof.syntax.calls import Call
from blueproof.syntax.node import Node
from blueproof.syntax.places import declared

_HOOK = re.compile(
    r"constructEvent|stripe-signature|x-hub-signature|x-github-event|x-shopify|svix-|webhook",
    re.IGNORECASE,
)
_CHECKED = re.compile(
    r"constructEvent|createHmac|timingSafeEqual|hmac|verif|signature|svix|secret|subtle\.",
    re.IGNORECASE,
)
# The key of a service's API checks no signature, whatever it is called.
_API_KEY = re.compile(r"\w*SECRET_(?:API_)?KEY\w*|client_?secret\w*", re.IGNORECASE)
_ONCE = re.compile(
    r"on conflict|ignoreDuplicates|onConflict|idempot|event_?id\b|delivery_?id|x-github-delivery|"
    r"svix-id|webhook-id|received_?events|processed|already|dedup|23505|upsert",
    re.IGNORECASE,
)
_BODIES = {"flask": "request.get_data()", "fastapi": "await request.body()",
           "django": "request.body"}  # fmt: skip
_RAW = (
    "keep the raw body (express.json({ verify }), express.raw, await req.text()), check the "
    "signature on it with crypto.timingSafeEqual, and parse after",
    "take the HMAC of the raw body (request.get_data(), await request.body()), compare it by "
    "hmac.compare_digest, and parse after",
)
_WRITES = frozenset({"insert", "update", "upsert", "delete", "create", "execute", "rpc", "save",
                     "updateMany", "updateOne", "insertOne", "increment", "set"})  # fmt: skip
_SENDERS = (
    ("stripe", "Stripe", "Stripe repeats a delivery for up to three days until it gets a 2xx"),
    ("github", "GitHub", "GitHub gives up after 10 seconds and does not repeat by itself"),
    ("shopify", "Shopify", "Shopify waits 5 seconds for the answer and repeats what failed"),
)
_SENT = "the sender repeats what is not answered in time"


def hook_of(source: Source) -> Handler | None:
    """The handler of webhooks in a file, if it is one."""
    for handler in source.handlers:
        said = "" if len(source.handlers) > 1 else source.words
        named = _HOOK.search(f"{source.path} {handler.path} {handler.function.text} {said}")
        if named:
            return handler
    return None


def sender_of(source: Source) -> tuple[str, str]:
    """Who sends the webhooks, and what that sender does about answers."""
    text = f"{source.path} {source.text}".lower()
    found = next((s for s in _SENDERS if s[0] in text), None)
    return (found[1], found[2]) if found else ("the sender", _SENT)


def check(source: Source) -> Iterator[Seen]:
    """What is wrong with a handler of webhooks."""
    handler = hook_of(source)
    if handler is None:
        return
    inner = tuple(source.within(handler.function))
    yield from _parsed(source, inner)
    yield from _unverified(source, handler)
    slow = [c for c in inner if kind_of(c) and not is_put_off(source, c)]
    slow = [c for c in slow if not _answers_before(inner, c)]
    yield from _slow(source, slow)
    yield from _repeated(handler, inner, slow)
    yield from _swallowed(source, handler)
    yield from _edge(source, inner)
    yield from _order(handler)


def _parsed(source: Source, inner: tuple[Call, ...]) -> Iterator[Seen]:
    """A signature that is checked on what was parsed and written anew."""
    for call in inner:
        if not call.link("stringify", "dumps") or call.root not in {"JSON", "json"}:
            continue
        around = [c for c in inner if c.node is not call.node and c.node.holds(call.node)]
        if any(re.search(r"createHmac|hmac|constructEvent|verify", c.name) for c in around):
            yield _parsed_body(source, call.line, _raw(source, call))
    for call in inner:
        if call.last.startswith("constructEvent") and call.args:
            given = call.args[0]
            value = declared(source.root, given.text, given) if given.kind == "identifier" else None
            made = value.text if value is not None else given.text
            through_json = re.search(r"express\.json\(|bodyParser\.json\(", source.text)
            no_raw = not re.search(r"\.raw\(|rawBody|bodyParser: false", source.text)
            if ".json()" in made or (given.text == "req.body" and through_json and no_raw):
                yield _parsed_body(source, call.line, _given_raw(source, given), built=True)


def _parsed_body(
    source: Source, line: int, edits: tuple[Edit, ...], *, built: bool = False
) -> Seen:
    """The finding; `built` is whether the sender's own library checks, which compares by itself."""
    if built:
        return Seen(
            rule="wh-parsed-body", line=line, severity="harm", edits=edits,
            symptoms=r"signature|reject|40[013]|invalid|mismatch",
            what="constructEvent() is given a body that was parsed, while "
            f"{sender_of(source)[0]} signs the raw bytes: every event is refused",
            do="give it the raw body: express.raw({ type: 'application/json' }) on this route "
            "before express.json(), or keep req.rawBody by express.json({ verify }); with fetch "
            "handlers await req.text()",
        )  # fmt: skip
    python = source.language == "python"
    return Seen(
        rule="wh-parsed-body", line=line, severity="harm", edits=edits,
        symptoms=r"signature|reject|40[013]|invalid|mismatch",
        what="the signature is checked on JSON that was parsed and written anew, while "
        f"{sender_of(source)[0]} signs the raw bytes: where escapes, spaces or numbers are written "
        "otherwise, a genuine delivery is refused",
        do=_RAW[python],
    )  # fmt: skip


def _raw(source: Source, call: Call) -> tuple[Edit, ...]:
    """The raw body kept by the parser of Express, and used where JSON was written anew."""
    if source.language == "python":
        body = _BODIES.get(next((name for name in _BODIES if name in source.text), ""), "")
        node = call.node
        return (Edit(start=node.start, end=node.end, text=body),) if body else ()
    parser = next((c for c in source.calls if c.name in {"express.json", "bodyParser.json"}), None)
    if parser is None or parser.args or not call.args or not call.args[0].text.endswith(".body"):
        return ()
    holder = call.args[0].text.removesuffix(".body")
    keeps = (
        f"{parser.name}({{\n  verify: (req, _res, raw) => {{\n    req.rawBody = raw;\n  }},\n}})"
    )
    return (
        Edit(start=parser.node.start, end=parser.node.end, text=keeps),
        Edit(start=call.node.start, end=call.node.end, text=f"{holder}.rawBody"),
    )


def _given_raw(source: Source, given: Node) -> tuple[Edit, ...]:
    """The raw body kept by the parser of Express, and given in place of the parsed one."""
    parser = next((c for c in source.calls if c.name in {"express.json", "bodyParser.json"}), None)
    if parser is None or parser.args or given.text != "req.body":
        return ()
    typed = source.path.endswith((".ts", ".tsx"))
    kept, read = ("(req as any).rawBody",) * 2 if typed else ("req.rawBody",) * 2
    keeps = f"{parser.name}({{\n  verify: (req, _res, raw) => {{\n    {kept} = raw;\n  }},\n}})"
    return (
        Edit(start=parser.node.start, end=parser.node.end, text=keeps),
        Edit(start=given.start, end=given.end, text=read),
    )


def _unverified(source: Source, handler: Handler) -> Iterator[Seen]:
    if _CHECKED.search(_API_KEY.sub("", source.text)):
        return
    yield Seen(
        rule="wh-unverified", line=handler.function.line, severity="harm",
        symptoms=r"unsafe|secur|fake|fraud|attack",
        what="no signature is checked: anybody who knows the address can post an event",
        do=f"compare the HMAC of the raw body with the header of {sender_of(source)[0]} in "
        "constant "
        "time, and answer 401 where it differs",
        edits=_signed(source, handler),
    )  # fmt: skip


def _signed(source: Source, handler: Handler) -> tuple[Edit, ...]:
    """The event of Stripe taken from the raw body by its signature, in a handler of fetch."""
    client = re.search(r"\b(\w+)\s*=\s*new Stripe\(", source.text)
    given = handler.function.child("parameters") or handler.function.child("parameter")
    name = re.match(r"\(?\s*(\w+)", given.text) if given is not None else None
    read = next((c for c in source.within(handler.function) if name is not None
                 and c.name == f"{name[1]}.json" and not c.args), None)  # fmt: skip
    held = (
        next((n for n in read.node.above() if n.kind == "await_expression"), None) if read else None
    )
    if client is None or name is None or held is None or held.text != f"await {name[1]}.json()":
        return ()
    deno = "Deno.env" in source.text
    typed = "!" if source.path.endswith((".ts", ".tsx")) else ""
    secret = ('Deno.env.get("STRIPE_WEBHOOK_SECRET")' if deno else
              "process.env.STRIPE_WEBHOOK_SECRET") + typed  # fmt: skip
    line = held.source[held.source.rfind("\n", 0, held.start) + 1 : held.start]
    pad = " " * (len(line) - len(line.lstrip()))
    text = (
        f"await {client[1]}.webhooks.constructEventAsync(\n{pad}  await {name[1]}.text(),\n"
        f'{pad}  {name[1]}.headers.get("stripe-signature"){typed},\n{pad}  {secret},\n{pad})'
    )
    return (Edit(start=held.start, end=held.end, text=text),)


def _answers_before(inner: tuple[Call, ...], slow: Call) -> bool:
    """Whether the answer was sent before the slow call, at its own level."""
    return any(
        c.root in {"res", "response", "reply"} and c.last in {"sendStatus", "send", "json", "end"}
        and c.node.end < slow.node.start and not re.search(r"status\((?:4|5)", c.node.text)
        and "(4" not in c.node.text and "(5" not in c.node.text
        for c in inner
    )  # fmt: skip


def _slow(source: Source, slow: list[Call]) -> Iterator[Seen]:
    if not slow:
        return
    name, waits = sender_of(source)
    first = next((c for c in slow if "mail" in kind_of(c)), slow[0])
    also = [f"{kind_of(c)} on line {c.line}" for c in slow if c is not first][:2]
    more = f" ({', '.join(also)} too)" if also else ""
    yield Seen(
        rule="wh-slow-before-ack", line=first.line, severity="harm",
        symptoms=r"tim(?:es?|ed|ing)[ -]?out|slow|twice|late|504|10 s|retr",
        what=f"{kind_of(first)} before {name} gets its answer{more}: {waits}, so a slow one means "
        "a "
        "delivery counted as failed whose work was done",
        do="store the event, answer 200, and do this from a worker or after the answer",
    )  # fmt: skip


def _repeated(handler: Handler, inner: tuple[Call, ...], slow: list[Call]) -> Iterator[Seen]:
    signs = re.compile(r"hmac|hash", re.IGNORECASE)
    acts = [
        c for c in inner
        if (c.link(*_WRITES) and not signs.search(c.name)) or c in slow or _is_sql_write(c)
    ]  # fmt: skip
    if not acts or _ONCE.search(handler.function.text):
        return
    first = next((c for c in slow if "mail" in kind_of(c)), acts[0])
    write = first.link(*_WRITES)
    done = kind_of(first) or f"the {write.name if write else first.last} on line {first.line}"
    yield Seen(
        rule="wh-no-dedupe", line=first.line, severity="harm",
        symptoms=r"twice|double|two|duplicat|again|more than once|oversell|too (?:many|low)",
        what=f"no event's id is remembered, so each repeated delivery does all of it again: {done}",
        do="insert the event's id under a primary key, ON CONFLICT DO NOTHING, in the same "
        "transaction as its changes, and do nothing where it was there; give mail and payments the "
        "event's id as their idempotency key",
    )  # fmt: skip


def _is_sql_write(call: Call) -> bool:
    """Whether a statement that changes rows is given as text."""
    texts = (each.text for each in call.args or ())
    return any(re.match(r"[\"'`]\s*(?:insert|update|delete)\b", t, re.IGNORECASE) for t in texts)


def _swallowed(source: Source, handler: Handler) -> Iterator[Seen]:
    for node in handler.function.walk():
        if node.kind != "catch_clause" or node.parent is None:
            continue
        tried = node.parent.child("body")
        body = node.child("body")
        if tried is None or body is None:
            continue
        acts = any(c.link(*_WRITES) or kind_of(c) for c in source.within(tried))
        text = body.text
        fails = re.search(r"\bthrow\b|[^\d](?:4|5)\d\d\b|next\(|exit", text)
        if acts and not fails:
            yield Seen(
                rule="wh-swallows-failure", line=node.line, severity="harm",
                symptoms=r"pending|missing|lost|never|stays?|not (?:updated|saved|written)|"
                r"\bno \w+ at all",
                what="a failure is caught and 200 is answered, so "
                f"{sender_of(source)[0]} takes the event for done and never sends it again",
                do="let it answer 500: the sender tries again",
                edits=_failing(handler, body),
            )  # fmt: skip


def _failing(handler: Handler, body: Node) -> tuple[Edit, ...]:
    """A failure that is answered as one, after what the person logs of it."""
    given = handler.function.child("parameters")
    names = [p.text.partition(":")[0] for p in given.parts] if given else []
    answer = "return new Response('failed', { status: 500 });"
    if len(names) > 1:
        answer = f"return {names[1]}.status(500).end();"
    last = body.parts[-1] if body.parts else None
    pad = " " * (body.parent.start - body.source.rfind("\n", 0, body.parent.start) - 1
                 if body.parent else 0)  # fmt: skip
    if last is not None and re.match(r"return\b|res\.|reply\.", last.text):
        return (Edit(start=last.start, end=last.end, text=answer),)
    at = last.end if last is not None else body.start + 1
    return (Edit(start=at, end=at, text=f"\n{pad}    {answer}"),)


def _edge(source: Source, inner: tuple[Call, ...]) -> Iterator[Seen]:
    edge = re.search(r"runtime\s*=\s*['\"]edge['\"]", source.text)
    call = next((c for c in inner if c.last in {"constructEvent", "createHmac"}), None)
    if edge and call:
        yield Seen(
            rule="wh-edge-crypto", line=call.line, severity="harm",
            symptoms=r"edge|crypto|40[0-9]|50[0-9]",
            what=f"{call.last} needs Node's crypto, and the edge runtime has none",
            do="await constructEventAsync (or crypto.subtle), or runtime = 'nodejs'",
        )  # fmt: skip


def _order(handler: Handler) -> Iterator[Seen]:
    text = handler.function.text
    kinds = set(re.findall(r"['\"](customer\.subscription\.\w+|invoice\.\w+)['\"]", text))
    asks = re.search(r"\.retrieve\(|event\.created|\bcreated\b\s*[<>]", text)
    if len(kinds) > 1 and not asks:
        node = next(n for n in handler.function.walk() if min(kinds) in n.text and not n.parts)
        yield Seen(
            rule="wh-order-ignored", line=node.line,
            symptoms=r"wrong (?:state|status|plan)|order|old",
            what="the state is taken from whichever of "
            f"{', '.join(sorted(kinds))} comes last, and events come in any order",
            do="fetch the object anew (stripe.subscriptions.retrieve(id)) and write that, or keep "
            "event.created and write only what is newer",
        )  # fmt: skip
