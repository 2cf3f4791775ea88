"""Jobs beside requests: which queue they come from, how long one takes, what runs them."""

import re

from blueproof.advisors.deploy.service import MOST_STOP, Worker
from blueproof.advisors.deploy.told import Told
from blueproof.core.brief import Assumption

_QUEUES = {
    "python": ("celery", "rq", "arq", "dramatiq", "huey", "taskiq"),
    "node": ("bullmq",),
    "go": ("asynq",),
    "ruby": ("sidekiq",),
}
_USUAL = {
    "celery": "celery -A app worker --loglevel info",
    "rq": "rq worker",
    "arq": "arq app.worker.WorkerSettings",
    "dramatiq": "dramatiq app.tasks",
    "bullmq": "node dist/worker.js",
    "asynq": "/bin/worker",
    "sidekiq": "bundle exec sidekiq",
}
_WORKER = re.compile(r"\b(?:workers?|consumers?|background (?:jobs?|tasks?))\b", re.IGNORECASE)
_BEAT = re.compile(r"\bbeat\b|\bcelery[- ]beat\b|\bscheduled (?:jobs|tasks)\b", re.IGNORECASE)
_UNITS = {"s": 1, "m": 60, "h": 3600}
_LASTS = re.compile(
    r"(?P<number>\d+(?:[.,]\d+)?)[ -]?(?P<unit>s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?)\b",
    re.IGNORECASE,
)
_IN_WORDS = re.compile(
    r"\b(?:up to|takes?|at most|around|about|than) (?P<number>an?|one|half an|a quarter of an) "
    r"(?P<unit>minute|hour)\b",
    re.IGNORECASE,
)
_WORDS = {"half an": 0.5, "a quarter of an": 0.25}
_OF_JOBS = re.compile(
    r"\b(?:jobs?|tasks?|work(?:er)?s?|imports?|exports?|renders?|rendering|reports?|transcod\w*"
    r"|process(?:es|ing)|statements?|encod\w*|train\w*)\b",
    re.IGNORECASE,
)
_NOT_LONG = re.compile(
    r"\b(?:downtime|build|every|per|an?|rollback|roll back|deploy\w* (?:takes?|in)|p9[59]|latency"
    r"|timeout|cache|expire\w*)\b[^,.;]{0,12}$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")


def queues_of(told: Told, language: str) -> str:
    """The library by which jobs are taken; "" if there is none."""
    return told.technology(_QUEUES.get(language, ()))


def workers_in_words(
    told: Told, request: str, language: str
) -> tuple[tuple[Worker, ...], tuple[Assumption, ...]]:
    """The workers that words alone tell of, started as is usual; none where files name some."""
    queue = queues_of(told, language)
    if not queue or told.all("service.process") or told.all("service.worker"):
        return (), ()
    if not (_WORKER.search(request) or queue != "bullmq"):
        return (), ()
    found = [Worker("worker", tuple(_USUAL.get(queue, "").split()))]
    if queue == "celery" and _BEAT.search(request):
        words = tuple("celery -A app beat --loglevel info --schedule /tmp/beat".split())
        found.append(Worker("beat", words, schedules="celery beat"))
    app = told.one("service.celery").partition(":")[0]
    if queue == "celery" and app:
        found = [_named(worker, app) for worker in found]
        return tuple(found), ()
    why = f"no file names the command; each {queue} process starts by it"
    value = "; ".join(" ".join(worker.command) for worker in found)
    return tuple(found), (Assumption(key="worker command", value=value, why=why),)


def _named(worker: Worker, app: str) -> Worker:
    words = tuple(app if word == "app" else word for word in worker.command)
    return Worker(worker.name, words, worker.folder, worker.where, worker.schedules)


def longest_job(request: str) -> int:
    """The seconds that the longest job takes, as words tell it; 0 if they do not.

    >>> longest_job("jobs: pdf rendering, 20 s to 12 minutes, else 30/hour")
    720
    >>> longest_job("Go 1.23, jobs take up to a minute")
    60
    >>> longest_job("2-3 min downtime each time and killed jobs")
    0
    """
    found = [0]
    for sentence in _SENTENCE.split(request):
        if not _OF_JOBS.search(sentence):
            continue
        for said in _LASTS.finditer(sentence):
            behind = sentence[said.end() : said.end() + 12].lstrip().lower()
            if _NOT_LONG.search(sentence[: said.start()]) or behind.startswith("downtime"):
                continue
            number = float(said["number"].replace(",", "."))
            found.append(int(number * _UNITS[said["unit"][0].lower()]))
        for said in _IN_WORDS.finditer(sentence):
            times = _WORDS.get(said["number"].lower(), 1)
            found.append(int(times * _UNITS[said["unit"][0].lower()]))
    return max(found)


def lasting(seconds: int) -> str:
    """A time as people say it.

    >>> lasting(720), lasting(45)
    ('12 min', '45 s')
    """
    return f"{seconds // 60} min" if seconds >= MOST_STOP else f"{seconds} s"
