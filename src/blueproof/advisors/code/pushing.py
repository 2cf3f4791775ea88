"""Pushes and broadcasts: one request for each token, and everything to everybody."""

import re
from collections.abc import Iterator

from blueproof.advisors.code.subject import EVENT, Edit, Seen, Source
from blueproof.advisors.code.told import amount
from blueproof.syntax.calls import Call
from blueproof.syntax.node import Node
from blueproof.syntax.places import literal, loop_of, over_of

_EXPO_MOST = 100
_FCM_MOST = 500
_TO = ("member", "user", "token", "device", "people", "subscriber", "follower", "push", "driver")
_THOUSANDS = 1000
_MS = 1000
_WRITTEN = ("insert", "update", "upsert", "set", "setDoc", "updateDoc", "add", "addDoc", "emit")
_PUSHES = re.compile(r"push|messaging|notification|fcm", re.IGNORECASE)
_LATE = r"forever|slow|times? ?out|dies?|30 s|takes|push|late"


def check(source: Source) -> Iterator[Seen]:
    """What is wrong with how a file sends to many."""
    for call in source.calls:
        loop = loop_of(call.node)
        service = service_of(source, call)
        if service and loop is not None:
            yield from _one_by_one(source, call, loop, service)
        elif service:
            yield from _one_a_call(source, call, service)
        yield from _to_all(source, call)
        yield from _unfiltered(source, call)
        yield from _positions(source, call)


def service_of(source: Source, call: Call) -> str:
    """Whose push a call sends: expo, fcm, or another; "" where it sends none."""
    url = source.text if call.args and call.args[0].kind == "identifier" else call.node.text[:300]
    if re.match(r"fetch|axios|requests|httpx|session\.post|client\.post|ky|got", call.name):
        if re.search(r"exp\.host", url):
            return "expo"
        return "fcm" if re.search(r"fcm\.googleapis", url) else ""
    if call.last == "sendPushNotificationsAsync":
        return "expo"
    if call.last == "send" and re.search(r"messaging", call.name, re.IGNORECASE):
        return "fcm"
    if call.last in {"sendNotification", "sendPush", "sendPushNotification"}:
        return "other" if _PUSHES.search(call.last) else ""
    return ""


def _one_a_call(source: Source, call: Call, service: str) -> Iterator[Seen]:
    """One token a request, where thousands are to be sent."""
    many = max((source.told.of(n) or 0 for n in _TO), default=0)
    single = re.search(r"['\"]?to['\"]?\s*:\s*[a-z_][\w.]*\s*[,}]", call.node.text)
    if many < _THOUSANDS or single is None or re.search(r"chunk|batch|\.map\(", source.text):
        return
    batch = _FCM_MOST if service == "fcm" else _EXPO_MOST
    yield Seen(
        rule="push-one-by-one", line=call.line, severity="harm", symptoms=_LATE,
        what="each request carries one token",
        sums=f"{amount(many)} requests; {batch} a request are {amount(-(-int(many) // batch))}",
        do=f"send {batch} messages a request, six requests at a time; fetch the receipts after 15 "
        "minutes and delete tokens that answer DeviceNotRegistered",
    )  # fmt: skip


def _one_by_one(source: Source, call: Call, loop: Node, service: str) -> Iterator[Seen]:
    batch = _FCM_MOST if service == "fcm" else _EXPO_MOST
    over = over_of(loop)
    many = source.told.of(*_TO)
    sums = ""
    if many:
        requests = -(-int(many) // batch)
        sums = (
            f"{amount(many)} requests one after another; {batch} a request are {amount(requests)}"
        )
    way = "sendEachForMulticast with 500 tokens" if service == "fcm" else "an array of 100 messages"
    yield Seen(
        rule="push-one-by-one", line=call.line, severity="harm", symptoms=_LATE, sums=sums,
        what=f"a request of its own for each of {over.text[:30] if over else 'many'}",
        do=f"{way} a request, a few requests at a time; look at the tickets, fetch the receipts "
        "after 15 minutes, and delete tokens that answer DeviceNotRegistered",
        edits=_batched(call, loop),
    )  # fmt: skip
    handler = source.handler_of(call.node)
    if handler is not None and handler.path != EVENT:
        yield Seen(
            rule="push-in-request", line=loop.line, severity="harm", symptoms=_LATE,
            what="all is sent within the request that asks for it, which ends before it is done",
            do="write one row (or job) and answer 202; a worker sends, 100 tokens a round, and "
            "marks "
            "what is sent, so that an end in the middle sends nothing twice",
        )  # fmt: skip


def _batched(call: Call, loop: Node) -> tuple[Edit, ...]:
    """A loop over tokens with one fetch in it, as a loop over hundreds."""
    left, over, body = loop.child("left"), over_of(loop), loop.child("body")
    if loop.kind != "for_in_statement" or call.name != "fetch" or not (left and over and body):
        return ()
    if len(body.parts) != 1 or len(call.args) == 1:
        return ()
    options = call.args[1]
    found = next((n for n in options.walk() if n.kind == "call_expression"
                  and n.text.startswith("JSON.stringify(")), None)  # fmt: skip
    if found is None:
        return ()
    inner = found.text.removeprefix("JSON.stringify(").removesuffix(")")
    at = found.start - options.start
    sent = options.text[:at] + "JSON.stringify(batch)" + options.text[at + len(found.text) :]
    pad = " " * (loop.start - (loop.source.rfind("\n", 0, loop.start) + 1))
    text = "\n".join((
        f"for (let at = 0; at < {over.text}.length; at += {_EXPO_MOST}) {{",
        f"{pad}  const batch = {over.text}.slice(at, at + {_EXPO_MOST}).map(({left.text}) => ("
        f"{inner}));",
        f"{pad}  await fetch({call.args[0].text}, {sent});",
        f"{pad}}}",
    ))  # fmt: skip
    return (Edit(start=loop.start, end=loop.end, text=text),)


def _to_all(source: Source, call: Call) -> Iterator[Seen]:
    everybody = re.fullmatch(r"io\.(?:sockets\.)?emit", call.name)
    clients = call.last == "forEach" and call.name.endswith("clients.forEach")
    if not (everybody or clients):
        return
    name = literal(call.args[0]) if call.args else ""
    users = source.told.of("user", "client", "connection", "socket", "player")
    sums = (
        f"{amount(users)} connected get each message: {amount(users)} sends for one"
        if users
        else ""
    )
    yield Seen(
        rule="rt-broadcast-all", line=call.line,
        symptoms=r"cpu|slow|bandwidth|lag|traffic|everyone",
        sums=sums,
        what=f"{name or 'each message'} goes to everybody who is connected",
        do="socket.join(room) and io.to(room).emit(...), so that only those who look at it get it",
    )  # fmt: skip


def _unfiltered(source: Source, call: Call) -> Iterator[Seen]:
    """A subscription to every change of a table, whoever it concerns."""
    on = call.link("on")
    if not call.link("channel") or on is None or not on.args or len(on.args) == 1:
        return
    wanted = on.args[1].text
    if literal(on.args[0]) != "postgres_changes" or re.search(r"\bfilter\b", wanted):
        return
    table = re.search(r"table:\s*['\"](\w+)", wanted)
    users = source.told.of(*_TO, "client", "player", "people")
    sums = f"one change is checked and sent for each of {amount(users)}" if users else ""
    yield Seen(
        rule="rt-unfiltered", line=on.args[1].line, sums=sums,
        severity="harm" if users else "risk",
        symptoms=r"realtime|quota|messages|slow|cpu|bill|battery|lag|traffic",
        what="the subscription has no filter: every change of "
        f"{table[1] if table else 'the table'} "
        "goes to every client that may read it",
        do="a filter (filter: `room_id=eq.${id}`), or broadcast on a topic for each room or area "
        "that is on the screen, so that only who looks at it gets it",
    )  # fmt: skip


def _positions(source: Source, call: Call) -> Iterator[Seen]:
    """A place that is written at each move of a device."""
    if call.last not in {"watchPositionAsync", "watchPosition", "startLocationUpdatesAsync"}:
        return
    inner = [c for c in source.within(call.node) if c.link(*_WRITTEN) and c.node is not call.node]
    if not inner:
        return
    every = re.search(r"timeInterval:\s*([\d_]+)", call.node.text)
    seconds = float(every[1].replace("_", "")) / _MS if every else 1.0
    many = source.told.of("driver", "rider", "courier", "vehicle", "user", "device", "people")
    sums = ""
    if many and seconds:
        rate = many / seconds
        sums = (f"{amount(many)} / {seconds:g} s = {amount(rate)} writes a second; seen by all of "
                f"them it is {amount(rate * many)} messages a second")  # fmt: skip
    yield Seen(
        rule="rt-positions", line=inner[0].line, severity="harm", sums=sums,
        symptoms=r"quota|battery|realtime|map|bill|reads?|writes?|slow|lag",
        what=f"each device writes its place about every {seconds:g} s, moved or not",
        do="write every 5 to 10 s and after 30 m (timeInterval, distanceInterval), broadcast the "
        "place on the topic of an area in place of a row, and keep a row once a minute",
    )  # fmt: skip
