"""Timers in the source of the service itself: with several tasks each of them runs the job."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from blueproof.advisors.deploy.service import Service
from blueproof.advisors.deploy.told import Told
from blueproof.core.brief import Brief

_TIMER = re.compile(
    r"\b(?:setInterval|schedule\.scheduleJob)\(|"
    r"\b(?:BackgroundScheduler|AsyncIOScheduler)\(|@repeat_every\("
)
_LINE_NOTE = re.compile(r"(?://|#|^\s*\*)")
# It does work that shows outside of the process: rows, mails, calls, files.
_WORK = re.compile(
    r"\bawait\b|\.(?:query|execute|findMany|updateMany|deleteMany|save|send\w*)\(|\bfetch\(|"
    r"\b(?:send|remind|notify|charge|bill|invoice|sync|import|export|report|digest|expire|archive|"
    r"process|renew|retry|clean\w*Old|delete|publish)\w*\b"
)
# It minds the process's own memory or connections: each copy needs its own.
_OF_ITSELF = re.compile(
    r"(?i)(?<![a-z])ping|heart.?beat|keep.?alive|metric|gauge|histogram|\bcache|evict|prune|memoryUsage|"
    r"event.?loop|\bgc\b|\.clear\(|stats|flushLog|refresh(?:Config|Flags|Token|Keys)|reload|sockets?"
)
_SCREEN = re.compile(r"from [\"'](?:react|vue|svelte|react-native)|\buseEffect\b|\bdocument\.")
_SCREENS = re.compile(r"(?:^|/)(?:public|static|client|frontend|web|mobile)/|\.(?:tsx|jsx|vue)$")
_MOST = 600  # characters of a call that are looked at


def timers_of(brief: Brief, service: Service, told: Told) -> tuple[tuple[str, str], ...]:
    """What the service's process repeats by itself, each with its file and line.

    Left out are files of screens, of other packages and of processes that run beside it, and
    timers that only mind the process itself.
    """
    beside = {PurePosixPath(word).stem for w in service.workers for word in w.command}
    found: list[tuple[str, str]] = []
    for document in brief.documents:
        if document.role != "code":
            continue
        path = document.parts[0][0]
        if PurePosixPath(path).stem in beside or not told.is_own(path):
            continue
        if _SCREENS.search(path) or _SCREEN.search(document.text):
            continue
        found += [(name, f"{path}:{line}") for name, line in _timers(document.text)]
    return tuple(found)


def _timers(text: str) -> Iterator[tuple[str, int]]:
    for found in _TIMER.finditer(text):
        begin = text.rfind("\n", 0, found.start()) + 1
        if _LINE_NOTE.search(text[begin : found.start()]):
            continue
        name = found[0].strip("@(")
        said = _call(text, found.end()) if name == "setInterval" else ""
        if name == "setInterval" and (_OF_ITSELF.search(said) or not _WORK.search(said)):
            continue
        yield name, text.count("\n", 0, found.start()) + 1


def _call(text: str, begin: int) -> str:
    """What stands between the parentheses of a call, as far as it is looked at."""
    depth = 1
    for at in range(begin, min(len(text), begin + _MOST)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if not depth:
            return text[begin:at]
    return text[begin : begin + _MOST]
