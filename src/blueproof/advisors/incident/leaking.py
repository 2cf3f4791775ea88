"""Memory that grows until the process is ended: how fast, how long there is, and what holds it."""

from collections.abc import Iterator

from blueproof.advisors.incident.figures import duration, plain
from blueproof.advisors.incident.trouble import Cause, Reply, Trouble, later, now, source, words
from blueproof.core.advice import Step

_SIZE = r"(?P<{0}>\d+(?:\.\d+)?)\s?(?P<{1}>[MG])i?B?\b"
_GROWS = words(
    r"\b(?:grow\w*|climb\w*|increas\w+|goes|went|creep\w*|rises?|rising|leak\w*"
    r"|from)\b[^.?!\n\d]{0,40}?"
    rf"{_SIZE.format('low', 'low_unit')}[^.?!\n\d]{{0,30}}?(?:to|->|\u2192|until"
    rf"|up to)\s?(?:about |around |~)?"
    rf"{_SIZE.format('high', 'high_unit')}"
)
_WITHIN = words(
    r"\b(?:in|over|within|after|every|during|per)\s?(?:about |around |~|roughly "
    r"|the )?(?P<n>\d+(?:\.\d+)?|a|an|one)?"
    r"\s?(?P<unit>min\w*|hours?|hrs?|h|days?|d|weeks?)\b"
)
_MEMORY = words(r"\b(?:memory|ram|rss|heap|oom\w*|leak\w*|137)\b")
_CLIENTS = words(r"(?P<n>\d[\d,]*k?)\+? (?:\w+ )?(?:connected |open |concurrent )?(?:clients"
                 r"|sockets|connections"
                 r"|websockets|users online)\b")  # fmt: skip
_SOCKET = words(r"\b(?:websockets?|socket\.?io|sockets?|sse)\b")
_NODE = words(r"\b(?:node\w*|express|nest\w*|javascript|typescript|v8|pm2)\b")
_JAVA = words(r"\b(?:java|jvm|spring|kotlin|tomcat)\b")
_PYTHON = words(r"\b(?:python|django|flask|fastapi|celery|gunicorn)\b")
_CELERY = words(r"\bcelery\b")
_LANGUAGE = words(
    r"\b(?:switch\w*|rewrit\w+|mov\w+|port\w*)\b[^?]{0,30}\b(?:go|rust|java|node|elixir|\.net)\b"
)
_MORE_HEAP = words(r"\bmax[-_]old[-_]space|\b-?xmx\b|\b(?:rais|increas|bigger|more"
                   r"|doubl)\w*\b[^.?!]{0,24}\b(?:memory"
                   r"|heap|ram|limit|box|instance)")  # fmt: skip
_BEGAN = words(
    r"\b(?:started|began|only since|happen\w* since) (?P<what>(?:right |just )?(?:after|when|with"
    r"|since) [^.?!\n]{6,90})"
)
_KILLED = words(r"\boom[- ]?kill\w*|\b137\b|\bout of memory\b")
_LIMIT = words(
    rf"\blimits?\b[^.?!\n\d]{{0,20}}{_SIZE.format('size', 'unit')}"
    rf"|{_SIZE.format('size2', 'unit2')} (?:memory )?limit\b"
)
_OFTEN = words(
    r"\b(?:every|each|about every|once (?:an|a|every|per)|after(?: about)?)\s(?:about |around |~)?"
    r"(?P<n>\d+(?:\.\d+)?)?\s?(?P<per>min\w*|hours?|hrs?|h|days?|d|weeks?)\b"
)
_UNITS = {"M": 1, "G": 1024}
_HOURS = {"m": 1 / 60, "h": 1, "d": 24, "w": 168}


def leaking(text: str) -> Trouble | None:
    """The trouble of memory that grows by told figures; None where they are not told."""
    grown, within = _GROWS.search(text), None
    if not grown:
        return _killed(text)
    if not _MEMORY.search(text):
        return None
    within = _WITHIN.search(text, grown.end()) or _WITHIN.search(text)
    if not within:
        return None
    low = float(grown["low"]) * _UNITS[grown["low_unit"].upper()]
    high = float(grown["high"]) * _UNITS[grown["high_unit"].upper()]
    count = float(within["n"]) if within["n"] and within["n"][0].isdigit() else 1.0
    hours = count * _HOURS[within["unit"][0].lower()]
    if high <= low or not hours:
        return None
    return _trouble(text, (high - low) / hours, hours)


def _killed(text: str) -> Trouble | None:
    """The same, where only the limit and how often the process is killed are told."""
    limit, often = _LIMIT.search(text), _OFTEN.search(text)
    if not (limit and often and _KILLED.search(text)):
        return None
    size, unit = limit["size"] or limit["size2"], limit["unit"] or limit["unit2"]
    megabytes = float(size) * _UNITS[unit.upper()]
    count = float(often["n"]) if often["n"] and often["n"][0].isdigit() else 1.0
    hours = count * _HOURS[often["per"][0].lower()]
    return _trouble(text, megabytes / hours, hours, most=True)


def _trouble(text: str, an_hour: float, hours: float, *, most: bool = False) -> Trouble:
    sockets = bool(_SOCKET.search(text))
    wait = max(1.0, hours / 2)
    return Trouble(
        id="memory-grows",
        weight=6,
        says=(
            "Something is kept and never let go: "
            f"{'at most' if most else 'about'} {plain(an_hour)} MB an hour, so more "
            f"memory "
            f"only moves the end ({duration(hours * 3600)} now, twice that with twice the room)."
            f"{_kept(text) if sockets else ''}{_suspect(text, hours)}",
        ),
        causes=_causes(text, sockets=sockets),
        now=(
            *_recycled(text),
            now(
                f"Restart it on purpose before it is killed, every {duration(wait * 3600)}, one "
                "instance after the other, with SIGTERM that closes connections in small groups",
                "no exit 137 any more",
                "the plain restart",
            ),
            now(
                _snapshots(text),
                "one kind of object grows in number between both; its retainers name the map, list "
                "or listener that holds it",
            ),
        ),
        later=(
            later(
                "Take each entry out where its life ends (on close, on error and on a time-out), "
                "bound every cache by number and age, and bound what waits for a slow reader",
                "memory after a collection stays level over a day",
            ),
            later(
                "A gauge of each long-lived map's size beside the number of open connections, and "
                "an alarm (not a page) on memory after collection above 70 % of the limit",
            ),
        ),
        sources=(
            source(
                "https://github.com/nodejs/nodejs.org/blob/"
                "2018e3d2c5bc668990abeda498820435a6b85626/apps/site/pages/en/learn/diagnostics/"
                "memory/using-heap-snapshot.md",
                "Two heap snapshots, compared, show what leaks and the references that hold it; "
                "each stops the main thread and can double the heap",
            ),
        ),
        replies=(
            Reply(
                to=_LANGUAGE,
                says="No: what is kept is kept in any language; find it first, a rewrite takes "
                "months and the recycling below a day.",
            ),
            Reply(to=_MORE_HEAP, says="No: it only dies later, with longer collections before it."),
        ),
    )


def _recycled(text: str) -> Iterator[Step]:
    """What bounds a worker's memory where the framework has a setting for it."""
    if _CELERY.search(text):
        yield now(
            "Celery: worker_max_memory_per_child (in KB) at a quarter less than the machine's "
            "memory / the number of processes, and worker_max_tasks_per_child 100: a child that "
            "is above is replaced behind its task",
            "memory goes in steps and comes back",
            "both unset",
        )


def _suspect(text: str, hours: float) -> str:
    """What it began with, as it is told, and how soon one instance without it shows."""
    found = _BEGAN.search(text)
    if not found:
        return ""
    told = " ".join(found["what"].split()).strip(" ,:;")
    return (
        f" It began \u201c{told}\u201d: one instance without that, beside the others, tells within "
        f"{duration(hours * 3600)} whether it is that (a metric whose labels hold paths or ids "
        "grows like this, too)."
    )


def _kept(text: str) -> str:
    found = _CLIENTS.search(text)
    told = f" with {found['n']} clients" if found else ""
    return (
        f" On a socket service{told} the question is whether there are more socket objects in the "
        "snapshot than open connections: if so, closed ones are held by a map, room or listener "
        "that nobody clears; if as many, each one keeps too much (send buffers, compression)."
    )


def _snapshots(text: str) -> str:
    if _JAVA.search(text):
        return "jcmd PID GC.class_histogram twice, an hour apart, then jcmd PID GC.heap_dump"
    if _PYTHON.search(text) and not _NODE.search(text):
        return "memray attach PID for ten minutes, or tracemalloc snapshots an hour apart, compared"
    return (
        "Two heap snapshots an hour apart (node --heapsnapshot-signal=SIGUSR2 server.js, kill "
        "-USR2 PID) of one instance that may die: each stops it for up to a minute or more and "
        "can double its heap; compared in the Comparison view of Chrome DevTools, and "
        "process.memoryUsage() each minute in the log"
    )


def _causes(text: str, *, sockets: bool) -> tuple[Cause, ...]:
    causes = []
    if sockets:
        causes += [
            Cause(
                cause="Closed sockets stay in a map, a room or a listener",
                look="ss -tn state established '( sport = :PORT )' | wc -l, beside "
                "wss.clients.size and the number of Socket objects in the snapshot",
                shows="more objects than connections, and the gap grows",
            ),
            Cause(
                cause="Half-open connections: clients that are gone and never said so",
                look="the same ss count beside the clients that answered a ping in the last minute",
                shows="more established than answering: ping every 30 s, terminate what does not",
            ),
            Cause(
                cause="Slow clients let messages pile up, or compression keeps a context for each",
                look="the largest ws.bufferedAmount, and whether perMessageDeflate is on",
                shows="megabytes at some clients, or memory outside the heap",
            ),
        ]
    causes += [
        Cause(
            cause="A cache, list or listener at module level that is never bounded or cleared",
            look="the comparison of two snapshots, sorted by the difference in number",
            shows="one class or array that only grows",
        ),
        Cause(
            cause="Memory outside the heap: buffers, native modules, threads",
            look="jcmd PID VM.native_memory summary (with -XX:NativeMemoryTracking=summary)"
            if _JAVA.search(text)
            else "rss beside heapUsed, external and arrayBuffers each minute",
            shows="a level heap while the whole grows",
        ),
    ]  # fmt: skip
    return tuple(causes)
