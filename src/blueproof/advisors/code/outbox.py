"""What a phone keeps to send later: a list that is cleared at the end, and sent by two at once."""

import re
from collections.abc import Iterator

from blueproof.advisors.code.subject import Seen, Source
from blueproof.syntax.calls import Call
from blueproof.syntax.node import Node
from blueproof.syntax.places import FUNCTIONS, function_of, loop_of, name_of, uses

_STORED = re.compile(
    r"(?:AsyncStorage|SecureStore|localStorage|storage|mmkv|MMKV|db)\.(?P<does>\w+)$"
)
_TAKES = frozenset({"getItem", "getItemAsync", "getString", "get"})
_CLEARS = frozenset({"setItem", "removeItem", "setItemAsync", "deleteItemAsync", "set", "delete",
                     "clearAll"})  # fmt: skip
_SENDS = re.compile(r"^(?:fetch|axios(?:\.\w+)?|api\.\w+|client\.\w+|ky(?:\.\w+)?)$")
_TWICE = r"twice|double|duplicat|again|two|more than once|lost|missing|disappear"
_KEYED = re.compile(r"(?i)idempoten|client_?id|upsert|onConflict")
_LOCK = re.compile(r"(?i)\b(?:is)?(?:flushing|syncing|running|busy|locked|lock|mutex|inFlight)\b")
_FIRES = re.compile(r"(?:NetInfo|AppState|window)\.addEventListener|setInterval|addListener")


def check(source: Source) -> Iterator[Seen]:
    """What is wrong with how a kept list is sent."""
    if source.language != "script" or source.handlers:
        return
    for call in source.calls:
        loop = loop_of(call.node)
        function = function_of(call.node)
        if loop is None or function is None or not _sends(call):
            continue
        whole = next((n for n in loop.above() if n.kind in FUNCTIONS), function)
        taken, cleared = _kept(source, whole, loop)
        if taken is None or cleared is None:
            continue
        yield _again(source, call, cleared, whole)
        yield from _unlooked(call, loop)
        return


def _sends(call: Call) -> bool:
    """Whether a call sends one thing to a server."""
    posts = re.search(r"method:\s*['\"](?:POST|PUT|PATCH)['\"]", call.node.text)
    written = call.link("from") and call.link("insert")
    return bool((_SENDS.match(call.name) and posts) or written or call.last == "post")


def _kept(source: Source, function: Node, loop: Node) -> tuple[Call | None, Call | None]:
    """What reads the list before the loop, and what clears it behind."""
    taken = cleared = None
    for each in source.within(function):
        found = _STORED.search(each.name)
        if found is None:
            continue
        if found["does"] in _TAKES and each.node.end <= loop.start:
            taken = each
        if found["does"] in _CLEARS and each.node.start >= loop.end:
            cleared = each
    return taken, cleared


def _again(source: Source, call: Call, cleared: Call, function: Node) -> Seen:
    """A list that is cleared at the end alone, and that two runs send at once."""
    name = name_of(function)
    fired = bool(name) and any(
        _FIRES.search(c.name) and any(True for a in c.args for _ in uses(a, name))
        for c in source.calls
    )
    twice = ""
    if fired and not _LOCK.search(function.text):
        twice = (
            f"; {name} also starts at each event of the network, so two runs at once send the "
            "same list"
        )
    key = "" if _KEYED.search(source.text) else (
        "give each entry an id on the phone when it is made, send it as the key, UNIQUE with ON "
        "CONFLICT DO NOTHING on the server; ")  # fmt: skip
    return Seen(
        rule="outbox-sends-again", line=call.line, severity="harm", symptoms=_TWICE,
        what=f"the list is cleared on line {cleared.line}, after all were sent: one failure in the "
        "middle, or an answer that is lost on the way, and the next run sends those before it "
        f"again{twice}; what is added meanwhile is cleared unsent",
        do=f"{key}take each entry out when its answer was 2xx, and let one run at a time work (a "
        "promise that is kept while it runs)",
    )  # fmt: skip


def _unlooked(call: Call, loop: Node) -> Iterator[Seen]:
    """An answer of fetch that nobody looks at: 500 counts as sent."""
    if call.name != "fetch" or re.search(r"\.ok\b|\.status\b", loop.text):
        return
    yield Seen(
        rule="outbox-status-ignored", line=call.line, severity="harm", symptoms=_TWICE,
        what="fetch() does not throw on 4xx and 5xx, and nobody looks at the answer: what the "
        "server refused counts as sent and is cleared",
        do="const res = await fetch(...); if (!res.ok) stop here and keep it for the next run",
    )  # fmt: skip
