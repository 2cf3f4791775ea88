"""Cloud Firestore in a file: what reads more documents than are shown, and what reads again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.advisors.code.hot import hot, resolved
from blueproof.advisors.code.subject import Edit, Seen, Source
from blueproof.advisors.code.told import amount
from blueproof.syntax.calls import Call, links
from blueproof.syntax.node import Node
from blueproof.syntax.places import (
    function_of,
    is_parallel,
    literal,
    loop_of,
    over_of,
    uses,
)

_MODULE = "firebase/firestore"
_READS = frozenset({"getDocs", "getDocsFromServer", "onSnapshot", "getDoc", "getDocFromServer"})
_BOUNDS = frozenset({"limit", "limitToLast", "where", "startAfter", "startAt", "endAt"})
_LONG = re.compile(
    r"messages?|events?|logs?|posts?|comments?|notifications?|activit\w+|history|feed|"
    r"transactions?|orders?|readings?",
    re.IGNORECASE,
)
_MONEY = r"reads?\b|bill|costs?|expensive|\$|price|quota|slow|memory|battery"
_FOCUS = frozenset({"useFocusEffect", "useIsFocused"})
_LISTED = ("conversation", "chat", "item", "row", "document", "post", "room", "member", "friend",
           "list")  # fmt: skip
_PAGE = 50
_WHOLE = 2  # arguments of collection(): the database and one name


# A collection ("" for one document), what bounds the read, and whether it lies below a document.
_Found = tuple[str, frozenset[str], bool]


@dataclass(frozen=True, kw_only=True)
class _Read:
    """One read: of what, whether it listens, and the expression that says what is read."""

    call: Call
    target: Node
    collection: str
    listens: bool
    single: bool
    bounds: frozenset[str]
    scoped: bool


def check(source: Source) -> Iterator[Seen]:
    """What is wrong with the reads and listeners of a file."""
    known = re.search(r"firestore|onSnapshot|getDocs?\b", source.text)
    if not known and not re.search(r"firestore", source.words, re.IGNORECASE):
        return
    yield from hot(source)
    for read in _reads(source):
        yield from _unbounded(source, read)
        yield from _repeated(source, read)
        yield from _counted(source, read)
        yield from _on_focus(source, read)
        yield from _focused(source, read)


def _reads(source: Source) -> Iterator[_Read]:
    for call in source.calls:
        if call.name in _READS and call.args:
            target = resolved(source, call.args[0])
            found = _collection(source, target)
            if found:
                yield _Read(
                    call=call, target=target, collection=found[0],
                    listens=call.name == "onSnapshot", single=found[0] == "",
                    bounds=found[1], scoped=found[2],
                )  # fmt: skip
        elif call.link("collection", "collectionGroup") and call.link("get", "onSnapshot"):
            yield _namespaced(call)


def _collection(source: Source, target: Node) -> _Found | None:
    """What is read: the collection, "" for one document, its bounds, whether it lies below one."""
    made = links(target) if target.kind == "call_expression" else []
    if not made:
        return None
    if made[-1].name == "useMemo":
        held = next((c for c in source.within(target) if c.name in {"query", "collection"}), None)
        return _collection(source, held.node) if held else None
    args = made[-1].args or ()
    if made[-1].name == "doc":
        return "", frozenset(), False
    if made[-1].name in {"collection", "collectionGroup"}:
        path = [literal(a) for a in args[1:]]
        name = path[-1].rstrip("/").rpartition("/")[2] if path else ""
        scoped = len(args) > _WHOLE or "${}" in "".join(path) or "/" in "".join(path)
        return (name or "it", frozenset(), scoped)
    return _bounded_query(source, args) if made[-1].name == "query" and args else None


def _bounded_query(source: Source, args: tuple[Node, ...]) -> _Found | None:
    """What query(...) reads; None where a bound of it cannot be seen."""
    inner = _collection(source, resolved(source, args[0]))
    known = [links(a)[-1].name for a in args[1:] if a.kind == "call_expression"]
    if inner is None or len(known) < len(args) - 1:
        return None
    return inner[0], inner[1] | frozenset(known), inner[2]


def _namespaced(call: Call) -> _Read:
    """A read as the Admin SDK and React Native Firebase write it."""
    names = [k.name for k in call.links]
    at = max(i for i, name in enumerate(names) if name in {"collection", "collectionGroup"})
    after = frozenset(names[at + 1 :])
    args = call.links[at].args or ()
    return _Read(
        call=call, target=call.node, collection="" if "doc" in after else literal(args[0]) if args
        else "it", listens="onSnapshot" in after, single="doc" in after,
        bounds=after | (frozenset({"limit"}) if "count" in after else frozenset()),
        scoped=names.count("collection") > 1 or "${}" in (literal(args[0]) if args else ""),
    )  # fmt: skip


def _unbounded(source: Source, read: _Read) -> Iterator[Seen]:
    yield from _without_end(read)
    if read.single or read.bounds & _BOUNDS or (read.scoped and not _LONG.search(read.collection)):
        return
    if loop_of(read.call.node) is not None:
        return
    name = read.collection
    verb = "listens to" if read.listens else "reads"
    filtered = _filter_of(source, read)
    kept = f"; the filter on line {filtered[0]} comes after all were paid for" if filtered else ""
    yield Seen(
        rule="fs-unbounded-listener" if read.listens else "fs-unbounded-read",
        line=read.call.line,
        severity="risk" if read.scoped else "harm",
        what=f"{read.call.last if read.listens else 'this'} {verb} the whole collection {name}, so "
        f"each {'opening' if source.is_client or read.listens else 'run'} reads every document of "
        f"it{kept}",
        sums=_sum(source, name),
        do=f"ask for what is shown: {_bounded(read, filtered)}",
        symptoms=_MONEY,
        edits=_bounding(read, filtered),
    )


def _without_end(read: _Read) -> Iterator[Seen]:
    """A list that grows with time, asked for by what it must hold and never by how many."""
    asked = frozenset({"where", "orderBy", "query", "collection", "collectionGroup", "get",
                       "onSnapshot", "doc", "firestore"})  # fmt: skip
    if read.single or "where" not in read.bounds or read.bounds - asked:
        return
    if not _LONG.fullmatch(read.collection) or loop_of(read.call.node) is not None:
        return
    if re.search(r"['\"](?:documentId|>|>=|<|<=|in)['\"]|documentId\(", read.target.text):
        return
    yield Seen(
        rule="fs-no-limit", line=read.call.line, symptoms=_MONEY,
        what=f"this {'listener' if read.listens else 'read'} has no limit: it reads all "
        f"{read.collection} that match, and there are more each day",
        do=f"orderBy() and {_limit(read)}({_PAGE}), with startAfter() for the next page; a list of "
        "chats reads one document a chat that keeps its last message",
    )  # fmt: skip


def _sum(source: Source, name: str) -> str:
    """What it comes to, where documents and users are told."""
    many = source.told.of("document", "doc", name.lower()[:-1] or "document", "rows")
    users = source.told.of("user", "people", "customer", "daily", "dau")
    told = source.told.of("reads")
    if many is None:
        return ""
    if not re.search(r"react|\buse[A-Z]\w+\(", source.text):
        return f"{amount(many)} reads each time it runs"
    if users is None:
        return f"{amount(many)} reads an opening; {_PAGE} with a limit"
    said = f", and you tell of {amount(told)} reads" if told else ""
    return (
        f"{amount(many)} documents x {amount(users)} users = {amount(many * users)} reads a day at "
        f"one opening each{said}; with {_PAGE} a page it is at most {amount(_PAGE * users)}"
    )


def _filter_of(source: Source, read: _Read) -> tuple[int, str] | None:
    """The line of a filter on what was read, and the where() that does the same on the server."""
    for call in source.within(function_of(read.call.node) or source.root):
        if call.last != "filter" or call.node.start < read.call.node.start or not call.args:
            continue
        test = call.args[0].text
        held = re.search(r"\.(?P<field>\w+)\.includes\((?P<what>[\w.!?]+)\)", test)
        if held:
            return call.line, f"where('{held['field']}', 'array-contains', {held['what']})"
        equal = re.search(r"=>\s*\(?\w+\.(?P<field>\w+) ===? (?P<what>[\w.!?'\"]+)\)?$", test)
        if equal:
            return call.line, f"where('{equal['field']}', '==', {equal['what']})"
    return None


def _bounded(read: _Read, filtered: tuple[int, str] | None) -> str:
    where = f"{filtered[1]}, " if filtered else ""
    if read.call.name in _READS:
        made = f"collection(db, '{read.collection}')"
        inner = [k for k in links(read.target)[-1].args or () if k.kind == "call_expression"]
        of = next((k.text for k in inner if links(k)[-1].name == "collection"), made)
        order = "".join(f"{k.text}, " for k in inner if links(k)[-1].name == "orderBy")
        return f"query({' '.join(of.split())}, {where}{order}{_limit(read)}({_PAGE}))"
    return f".{where.rstrip(', ')}.limit({_PAGE})" if where else f".{_limit(read)}({_PAGE})"


def _limit(read: _Read) -> str:
    """The limit that keeps the newest: of rows in rising order they come last."""
    rising = "orderBy" in read.bounds and "desc" not in read.target.text
    return "limitToLast" if rising else "limit"


def _bounding(read: _Read, filtered: tuple[int, str] | None) -> tuple[Edit, ...]:
    if read.call.name not in _READS:
        end = read.call.links[-2].node.end
        return (Edit(start=end, end=end, text=f".{_limit(read)}({_PAGE})"),)
    more = f"{filtered[1]}, " if filtered else ""
    names = (_limit(read), *(("where",) if filtered else ()))
    imports = tuple((name, _MODULE) for name in names)
    target = read.target
    if links(target)[-1].name == "query":
        at = target.end - 1
        return (Edit(start=at, end=at, text=f", {more}{_limit(read)}({_PAGE})", imports=imports),)
    text = f"query({target.text}, {more}limit({_PAGE}))"
    imports = (("query", _MODULE), *imports)
    return (Edit(start=target.start, end=target.end, text=text, imports=imports),)


def _repeated(source: Source, read: _Read) -> Iterator[Seen]:
    loop = loop_of(read.call.node)
    if loop is None:
        return
    over = over_of(loop)
    of = f"each of {over.text[:40]}" if over is not None else "each round"
    if read.listens:
        yield Seen(
            rule="fs-listener-in-loop", line=read.call.line, severity="harm", symptoms=_MONEY,
            what=f"a listener is opened for {of}",
            do="one listener on a query (where(documentId(), 'in', up to 30 ids)), or keep what "
            "the list shows in the parent document",
        )  # fmt: skip
        return
    many = next((count for n in _LISTED if (count := source.told.of(n))), None)
    each = source.told.of(read.collection[:-1].lower()) if read.collection else None
    whole = not read.single and not read.bounds & {"limit", "limitToLast"}
    what = "one document" if read.single else f"a query on {read.collection}"
    if whole and not read.bounds & {"count"}:
        what = f"the whole of {read.collection}"
    waits = "" if is_parallel(source.root, read.call.node) else ", one after the other"
    sums = f"{amount(many)} of them are {amount(many)} reads more each time" if many else ""
    if many and each and whole:
        sums = f"{amount(many)} x {amount(each)} = {amount(many * each)} reads each time"
    elif many and not read.single and whole:
        sums = f"{amount(many)} queries more each time, each paying for all that it finds"
    yield Seen(
        rule="fs-read-in-loop", line=read.call.line, severity="harm",
        symptoms=_MONEY + "|times? out|takes",
        what=f"{what} is read for {of}{waits}",
        sums=sums,
        do="keep what the list shows (name, picture, unread count) in the document that the list "
        "reads, written by a function when it changes; or read by where(documentId(), 'in', "
        "ids), 30 at a time",
    )  # fmt: skip


def _counted(source: Source, read: _Read) -> Iterator[Seen]:
    """Documents that are read for their number alone."""
    holder = next((n for n in read.call.node.above() if n.kind == "variable_declarator"), None)
    name = holder.child("name") if holder else None
    if read.single or read.listens or holder is None or name is None or name.kind != "identifier":
        return
    around = function_of(holder) or source.root
    used = [n for n in uses(around, name.text) if n.start != name.start]
    counts = [_count_of(n) for n in used]
    if not used or not all(counts):
        return
    edits = [Edit(start=c.start, end=c.end, text=f"{name.text}.data().count") for c in counts if c]
    first = read.call.node.child("function")
    if read.call.name == "getDocs" and first is not None:
        edits.append(Edit(start=first.start, end=first.end, text="getCountFromServer",
                          imports=(("getCountFromServer", _MODULE),)))  # fmt: skip
    yield Seen(
        rule="fs-count-by-reading", line=read.call.line, severity="harm", symptoms=_MONEY,
        what=f"documents of {read.collection} are read to be counted, each at the price of a read",
        do="getCountFromServer(query): one read for up to 1,000 counted; or a counter in the "
        "parent that increment() keeps",
        edits=tuple(edits) if read.call.name == "getDocs" else (),
    )  # fmt: skip


def _count_of(node: Node) -> Node | None:
    """What takes the number of a snapshot: snap.size, snap.docs.length."""
    held = node.parent
    if held is None or held.kind != "member_expression":
        return None
    if held.text.endswith(".size"):
        return held
    above = held.parent
    counted = held.text.endswith(".docs") and above is not None and above.text.endswith(".length")
    return above if counted else None


def _focused(source: Source, read: _Read) -> Iterator[Seen]:
    """A read in an effect that runs again by useIsFocused()."""
    active = next((c for c in source.calls if c.name == "AppState.addEventListener"), None)
    if active is not None and not read.listens:
        yield Seen(
            rule="fs-refetch-on-focus", line=active.line, symptoms=_MONEY + "|opening|tab",
            what="all of it is read again whenever the app comes to the front",
            do="one onSnapshot listener with a limit: after that only changed documents are read",
        )  # fmt: skip
    held = next((c for c in source.calls if c.last == "useIsFocused"), None)
    made = held.node.parent if held is not None else None
    name = made.child("name") if made is not None else None
    if held is None or name is None or read.listens:
        return
    for call in source.calls:
        if (
            call.last != "useEffect"
            or len(call.args) == 1
            or not call.args[0].holds(read.call.node)
        ):
            continue
        if any(True for _ in uses(call.args[1], name.text)):
            yield Seen(
                rule="fs-refetch-on-focus", line=held.line, symptoms=_MONEY + "|opening|tab",
                what="all of it is read again whenever the screen comes to the front "
                f"({name.text} is a dependency on line {call.args[1].line})",
                do="one onSnapshot listener with a limit, opened once: after that only changed "
                "documents are read; persistence keeps them between starts",
            )  # fmt: skip
            return


def _on_focus(source: Source, read: _Read) -> Iterator[Seen]:
    if read.listens or loop_of(read.call.node) is not None:
        return
    for call in source.calls:
        told = (
            call.last == "addListener" and literal(call.args[0] if call.args else None) == "focus"
        )
        if (call.last in _FOCUS or told) and any(a.holds(read.call.node) for a in call.args):
            yield Seen(
                rule="fs-refetch-on-focus", line=call.line, symptoms=_MONEY + "|opening|tab",
                what="all of it is read again whenever the screen comes to the front",
                do="one onSnapshot listener with a limit, opened once: after that only changed "
                "documents are read; persistentLocalCache keeps them between starts",
            )  # fmt: skip
            return
