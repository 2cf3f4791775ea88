"""What is started: the server and the workers that a compose file, a Procfile or an image names."""

import re
from collections.abc import Iterator

from blueproof.intake.folder.found import Finding, Found, Text, technology
from blueproof.intake.folder.tree import Tree, at, is_there

# What takes jobs from a queue, or starts them at set times.
_WORKS = re.compile(
    r"\b(?:celery\b.*\b(?:worker|beat)|rq worker|rqworker|rqscheduler|arq|dramatiq|huey_consumer\S*"
    r"|taskiq worker|faktory_worker|sidekiq|resque|(?:manage\.py )(?:rqworker|qcluster|run_huey)"
    r"|bullmq|artisan (?:queue:work|horizon)|solid_queue\S*)\b"
)
_NAMED = re.compile(r"work|consum|jobs?\b|queue|beat|sched|cron|process", re.IGNORECASE)
_SERVES = re.compile(
    r"\b(?:gunicorn|uvicorn|hypercorn|daphne|granian|uwsgi|fastapi run|fastapi dev|flask run"
    r"|manage\.py runserver|puma|rails s(?:erver)?|unicorn)\b"
)
_ONCE = re.compile(
    r"\b(?:migrat\w*|upgrade head|db:\w+|collectstatic|seed|createsuperuser|pytest|test|lint|flower"
    r"|shell|bash$|tail -f|sleep)\b",
    re.IGNORECASE,
)
_DEVELOPS = re.compile(r" --reload\b| --debug\b")
_CMD = re.compile(r"^[ \t]*(?:CMD|ENTRYPOINT)[ \t]+(?P<words>[^\n]+)", re.MULTILINE)
_LINE = re.compile(r"^(?P<name>\w[\w-]{0,30}):[ \t]*(?P<words>\S[^\n]*)", re.MULTILINE)
_REDIS = (
    (re.compile(r"^rediss?://"), "service.redis-address"),
    (re.compile(r"^[\w.-]+:6379$"), "service.redis-place"),
)


_PROVE = (  # what a command proves of the language and what it is built with
    (re.compile(r"\bgunicorn\b"), "python", "gunicorn"),
    (re.compile(r"\b(?:uvicorn|fastapi (?:run|dev))\b"), "python", "uvicorn"),
    (re.compile(r"\bfastapi (?:run|dev)\b"), "python", "fastapi"),
    (re.compile(r"\bmanage\.py\b|\bwsgi:application\b"), "python", "django"),
    (re.compile(r"\bflask (?:run|db)\b"), "python", "flask"),
    (re.compile(r"\balembic\b"), "python", "alembic"),
    (re.compile(r"\bcelery\b"), "python", "celery"),
    (re.compile(r"\b(?:rq worker|rqworker)\b"), "python", "rq"),
    (re.compile(r"\barq\b"), "python", "arq"),
    (re.compile(r"\bdramatiq\b"), "python", "dramatiq"),
    (re.compile(r"\bsidekiq\b"), "ruby", "sidekiq"),
    (re.compile(r"\bpuma\b|\brails s"), "ruby", ""),
)


def read_started(name: str, service: Tree, line: int) -> Iterator[Finding]:
    """What one service of a compose file starts, if it is built there or names a command."""
    words = _words(at(service, "command")) or _words(at(service, "entrypoint"))
    yield from _proved(words, line)
    is_public = is_there(at(service, "ports"))
    if words and (is_there(at(service, "build")) or _WORKS.search(words) or _SERVES.search(words)):
        yield from _started(name, words, line, is_public=is_public)
    settings = at(service, "environment")
    if is_there(at(service, "build")):
        pairs = [(key, value.text, value.line) for key, value in settings.items()]
        pairs += [(*v.text.partition("=")[::2], v.line) for v in settings.each()]
        for key, value, at_line in pairs:
            told = next((fact for pattern, fact in _REDIS if pattern.match(value)), "")
            if told:
                yield Found(key=told, value=key, line=at_line)


def read_process_lines(file: Text) -> Iterator[Finding]:
    """What the lines of a Procfile start that no Node runs."""
    for found in _LINE.finditer(file.text):
        words = found["words"].strip()
        yield from _proved(words, file.line(found.start()))
        if _WORKS.search(words) or _SERVES.search(words):
            yield from _started(found["name"], words, file.line(found.start()), is_public=False)


def read_image_start(file: Text) -> Iterator[Finding]:
    """The server that the last line of a Dockerfile starts."""
    starts = list(_CMD.finditer(file.text))
    if starts and _SERVES.search(plain := _exec(starts[-1]["words"])):
        line = file.line(starts[-1].start())
        yield from _proved(plain, line)
        yield Found(key="service.serve", value=_DEVELOPS.sub("", plain), line=line)


def _proved(words: str, line: int) -> Iterator[Finding]:
    """The language and the libraries that a command proves."""
    for pattern, language, name in _PROVE:
        if pattern.search(words):
            yield Found(key="runtime", value=language, line=line)
            if name:
                yield technology(name, line)


def _started(name: str, words: str, line: int, *, is_public: bool) -> Iterator[Finding]:
    words = _DEVELOPS.sub("", words)
    if _WORKS.search(words):
        yield Found(key="service.process", value=f"{name}: {words}", line=line)
    elif _SERVES.search(words) or is_public:
        yield Found(key="service.serve", value=words, line=line)
    elif _NAMED.search(name) and not _ONCE.search(words):
        yield Found(key="service.process", value=f"{name}: {words}", line=line)


def _words(said: Tree) -> str:
    """A command as words, written as one text or as a list."""
    text = said.text or " ".join(part.text for part in said.each())
    return " ".join(_exec(text).split())


def _exec(words: str) -> str:
    """The words of a command in any form, without a shell in front."""
    if words.startswith("["):
        words = " ".join(re.findall(r"\"([^\"]*)\"", words))
    shell = re.fullmatch(r"(?:/bin/)?(?:ba)?sh -c [\"']?(.*?)[\"']?", words.strip(), re.DOTALL)
    return shell[1] if shell else words.strip()
