"""Documents of Cloud Firestore that are written too often: one by everybody, or each by a timer."""

import re
from collections.abc import Iterator

from blueproof.advisors.code.subject import Seen, Source
from blueproof.advisors.code.told import amount
from blueproof.syntax.calls import Call, links
from blueproof.syntax.node import Node
from blueproof.syntax.places import declared, literal

_WRITES = r"reads?\b|bill|costs?|expensive|\$|price|quota|slow|memory|battery|writes?"


def hot(source: Source) -> Iterator[Seen]:
    """One document that everybody writes, and a document that a timer writes."""
    for call in source.calls:
        if call.last not in {"update", "set", "updateDoc", "setDoc"}:
            continue
        timer = next((c for c in source.calls if c.name == "setInterval" and c.args
                      and c.args[0].holds(call.node)), None)  # fmt: skip
        if timer is not None and (call.link("doc") or call.name.endswith("Doc")):
            yield _on_timer(source, call, timer)
        elif (source.handlers or "Document" in source.text) and _is_fixed(source, call):
            yield Seen(
                rule="fs-hot-document", line=call.line, severity="harm",
                symptoms=r"contention|aborted|slow|fail|409|too much|hot|writes",
                what="everybody writes this one document, which takes about one write a second for "
                "long: more wait, are tried again and fail",
                do="ten shards chosen at random (stats/global/shards/0..9), added up on reading; "
                "or "
                "count() in place of a counter",
            )  # fmt: skip


def _is_fixed(source: Source, call: Call) -> bool:
    """Whether the document that is written has a name that is written out."""
    if call.links[0].name in {"updateDoc", "setDoc"} and call.args:
        target = resolved(source, call.args[0])
        made = links(target)[-1] if target.kind == "call_expression" else None
        if made is None or made.name != "doc" or not made.args:
            return False
        return all(literal(a) and "${}" not in literal(a) for a in made.args[1:])
    names = [k for k in call.links if k.name in {"doc", "collection"} and k.args]
    said = [literal(k.args[0]) for k in names if k.args]
    return any(k.name == "doc" for k in names) and all(s and "${}" not in s for s in said)


def _on_timer(source: Source, call: Call, timer: Call) -> Seen:
    every = re.search(r"^([\d_]+)$", timer.args[1].text) if len(timer.args) > 1 else None
    seconds = float(every[1].replace("_", "")) / 1000 if every else None
    users = source.told.of("user", "player", "client", "people", "driver")
    sums = ""
    if seconds and users:
        sums = (f"{amount(users)} users / {seconds:g} s = {amount(users / seconds)} writes a "
        "second "
                "while all are there, and a read for each listener of each")  # fmt: skip
    told = f"every {seconds:g} s" if seconds else "again and again"
    return Seen(
        rule="fs-write-on-timer", line=call.line, severity="harm", symptoms=_WRITES,
        what=f"each client writes this document {told}, whether anything changed or not",
        sums=sums,
        do="presence belongs in the Realtime Database: onDisconnect() and .info/connected write "
        "twice a session; or write only on changes, once a minute at most",
    )  # fmt: skip


def resolved(source: Source, node: Node) -> Node:
    """What a name stands for, where that is written before it."""
    for _ in range(3):
        if node.kind != "identifier":
            return node
        value = declared(source.root, node.text, node)
        if value is None:
            return node
        node = value
    return node
