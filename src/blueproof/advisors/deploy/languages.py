"""A service that is not written in Node.js: how it is built, started, migrated and tested.

Python and Go get an image of their own. For other languages the image stays the person's own, and
what is around it is the same: said as such, and not guessed.
"""

from dataclasses import dataclass, replace
from ipaddress import IPv4Address

from blueproof.advisors.deploy.jobs import queues_of, workers_in_words
from blueproof.advisors.deploy.service import FRAMEWORKS, ORMS, Service, Worker
from blueproof.advisors.deploy.told import Told
from blueproof.core.brief import Assumption
from blueproof.facts.pattern import LatePattern
from blueproof.facts.pinned import images

PYTHON = ("fastapi", "django", "flask", "starlette", "litestar", "celery", "gunicorn", "uvicorn",
          "django-rest-framework", "arq", "rq", "dramatiq", "alembic", "sqlalchemy")  # fmt: skip
GO = ("gin", "echo", "fiber", "chi", "asynq", "golang-migrate")
RUBY = ("ruby-on-rails", "rails", "sidekiq", "sinatra")
_TOLD = ("python", "django", "psycopg2")
_RAILS = ("ruby-on-rails", "rails")
JAVA = ("spring-boot", "spring", "quarkus", "micronaut", "kotlin")
_NAMED = (("python", PYTHON), ("go", GO), ("ruby", RUBY), ("java", JAVA))
_RUNTIMES = ("nodejs", "python", "go", "ruby", "java", "kotlin", "php", "dotnet", "elixir", "rust")
_KNOWN = frozenset(_RUNTIMES) - {"nodejs"}
NAMES = {
    "python": "Python", "go": "Go", "ruby": "Ruby", "java": "Java", "kotlin": "Kotlin",
    "php": "PHP", "dotnet": ".NET", "elixir": "Elixir", "rust": "Rust",
}  # fmt: skip
LINES = {"python": "3.13", "go": "1.27", "ruby": "3.4", "java": "21"}
_IMAGES = {"python": "python", "go": "golang", "ruby": "ruby", "java": "eclipse-temurin"}
_PORTS = {"python": 8000, "go": 8080, "ruby": 3000, "java": 8080}
_LOCKS = {"uv": "uv.lock", "poetry": "poetry.lock", "pip": "requirements.txt"}
_VERSION = LatePattern(r"(?i)\b(python|go|ruby|java|jdk)(?:lang)? ?v?(\d{1,2}(?:\.\d{1,2})?)\b")
_SLUG = LatePattern(r"[^a-z0-9]+")
_LONGEST_NAME = 20
_PORT_SAID = LatePattern(r"(?:--port[ =]|--bind[ =]\S*:|-b[ =]?\S*:|-p[ =])(\d{2,5})")
_MODULE = LatePattern(r"[a-z_]\w*(?:\.\w+)*\.[aw]sgi")  # gunicorn takes its "application"
_JAVA = "java -XX:MaxRAMPercentage=75 -jar app.jar"
_EVERYWHERE = str(IPv4Address(0))  # of the container: the load balancer reaches it
_UVICORN = ("--host", _EVERYWHERE, "--timeout-keep-alive", "65", "--timeout-graceful-shutdown",
            "25", "--proxy-headers", "--forwarded-allow-ips", "*")  # fmt: skip
_GUNICORN = ("--workers", "2", "--threads", "4", "--graceful-timeout", "25", "--keep-alive", "65",
             "--access-logfile", "-")  # fmt: skip


def language_of(told: Told) -> str:
    """The language: of the files first, of what words name next; "node" if neither says."""
    if told.technology(_RAILS) and not told.technology(FRAMEWORKS):
        return "ruby"  # its package.json is for what browsers get
    if told.has_manifest or (told.one("service.entry") and not told.one("service.serve")):
        return "node"
    if told.has_files:
        said = told.one("runtime")
        if said in _KNOWN:
            return said
    if told.technology((*FRAMEWORKS, *ORMS, "nodejs")):
        return "node"
    for language, names in _NAMED:
        if told.technology(names):
            return language
    return next((n for n in _RUNTIMES if n in _KNOWN and told.technology((n,))), "node")


@dataclass(frozen=True)
class _Start:
    """How the server is started, and what of it was assumed."""

    words: tuple[str, ...]
    assumed: tuple[Assumption, ...] = ()


def spoken(service: Service, told: Told, request: str) -> Service:
    """The service as its own language has it; what only Node has is taken out."""
    language = language_of(told)
    if language == "node":
        return _of_node(service, told, request)
    line = _line(told, language, request)
    port = int(float(told.one("port") or _port_of(told) or _PORTS.get(language, 8080)))
    started = _start(told, language, port)
    manager = _manager(told) if language == "python" else (
        _builder(told) if language == "java" else language)  # fmt: skip
    workers, guessed = workers_in_words(told, request, language)
    redis = service.redis or bool(workers and queues_of(told, language))
    return replace(
        service,
        language=language, line=line, manager=manager, lock=_lock(told, manager),
        name=_slug(told.one("service.project")) or service.name,
        framework=told.technology((*PYTHON, *_RAILS, *JAVA)), typescript=False, esm=False, entry="",
        build="",
        lint="", typecheck="", test=_test(told, language), orm=told.technology(("sqlalchemy",)),
        start=" ".join(started.words), port=port, migrate=_migrate(service, told, language),
        workers=(*_processes(told), *workers), redis=redis,
        health=told.one("health-route") or service.health, tools=(), loopback=(), has_lock=True,
        by_bun=False,
        scheduler="", sessions="", websockets=bool(told.one("service.websockets")),
        queue=queues_of(told, language),
        versions=tuple((n, v) for n in _TOLD if (v := told.one(f"version.{n}"))),
        adds_gunicorn=_adds_gunicorn(told, started.words),
        has_source_folder=_is_below_src(told), redis_addresses=told.all("service.redis-address"),
        redis_places=told.all("service.redis-place"),
        settings=_less_redis(service.settings, told),
        secrets=_with_master_key(_less_redis(service.secrets, told), told, language),
        assumed=(*_kept(service.assumed), *started.assumed, *guessed),
    )  # fmt: skip


def _of_node(service: Service, told: Told, request: str) -> Service:
    """A Node service with the worker that words alone tell of."""
    if service.workers:
        return replace(service, queue=queues_of(told, "node"))
    workers, guessed = workers_in_words(told, request, "node")
    return replace(
        service, workers=workers, queue=queues_of(told, "node"),
        redis=service.redis or bool(workers), assumed=(*service.assumed, *guessed),
    )  # fmt: skip


def _adds_gunicorn(told: Told, words: tuple[str, ...]) -> bool:
    """Whether gunicorn is to start it and its files, which were handed over, do not require it."""
    required = told.technology(("gunicorn",)) or "gunicorn" in told.one("service.serve")
    return words[:1] == ("gunicorn",) and not required


def _is_below_src(told: Told) -> bool:
    where = dict(told.where)
    return any(where.get(key, "").startswith("src/") for key in ("service.asgi", "service.wsgi"))


def _kept(assumed: tuple[Assumption, ...]) -> tuple[Assumption, ...]:
    return tuple(a for a in assumed if a.key != "scripts")


def _less_redis(names: tuple[str, ...], told: Told) -> tuple[str, ...]:
    """Variables less those that are given the address of Redis."""
    given = {*told.all("service.redis-address"), *told.all("service.redis-place")}
    return tuple(n for n in names if n not in given)


def _with_master_key(secrets: tuple[str, ...], told: Told, language: str) -> tuple[str, ...]:
    """The secrets with the key by which Rails reads its own, unless it is given the base."""
    rails = language == "ruby" and told.technology(_RAILS)
    known = {"RAILS_MASTER_KEY", "SECRET_KEY_BASE"} & {*secrets}
    return (*secrets, "RAILS_MASTER_KEY") if rails and not known else secrets


def _slug(name: str) -> str:
    return _SLUG.sub("-", name.lower()).strip("-")[:_LONGEST_NAME].strip("-")


def _line(told: Told, language: str, request: str) -> str:
    """The version line that there is an image of: the one in use, else the current."""
    name = _IMAGES.get(language, "")
    if not name:
        return ""
    named = _VERSION.search(request)
    spoken = {"jdk": "java"}.get(named[1].lower(), named[1].lower()) if named else ""
    usual = named[2] if named and spoken == language else LINES[language]
    current = LINES[language]
    if language == "python":
        current = _with_wheels(told, current)
        usual = usual if named else current
    said = ".".join(told.one(f"version.{language}", usual).split(".")[:2])
    known = {".".join(i.tag.partition("-")[0].split(".")[:2]) for i in images() if i.image == name}
    return said if said in known else current


# From which psycopg2-binary on PyPI has wheels of a Python for ARM: asked there on 2026-11-30.
WHEELS = (("3.14", (2, 9, 11)), ("3.13", (2, 9, 10)), ("3.12", (2, 9, 9)), ("3.11", (2, 9, 5)))


def _with_wheels(told: Told, usual: str) -> str:
    """The newest Python, the usual one at most, that the pinned psycopg2 has wheels for."""
    pinned = numbers(told.one("version.psycopg2"))
    if not pinned:
        return usual
    lines = [line for line, least in WHEELS if pinned >= least]
    fits = [line for line in lines if numbers(line) <= numbers(usual)]
    return next(iter(fits), usual)


def numbers(version: str) -> tuple[int, ...]:
    """A version as numbers; nothing where it is none.

    >>> numbers("2.9.10"), numbers("")
    ((2, 9, 10), ())
    """
    parts = version.split(".")
    return tuple(int(p) for p in parts) if all(p.isdigit() for p in parts) else ()


def _manager(told: Told) -> str:
    said = told.one("package-manager", "")
    if said in _LOCKS:
        return said
    return "poetry" if told.technology(("poetry",)) else (
        "uv" if told.technology(("uv",)) else "pip")  # fmt: skip


def _builder(told: Told) -> str:
    """What builds a project of Java: told by its files, else by words; "" where neither does."""
    said = told.one("package-manager")
    return said if said in {"gradle", "maven"} else told.technology(("gradle", "maven"))


def _lock(told: Told, manager: str) -> str:
    if manager in {"uv", "poetry"} and told.has_files and not told.one("service.python-lock"):
        return _LOCKS[manager]
    return told.one("service.python-lock") or _LOCKS.get(manager, "")


def _test(told: Told, language: str) -> str:
    usual = {"python": "pytest", "go": "go test ./..."}.get(language, "")
    return told.one("test-command", "" if told.has_files and language != "go" else usual)


def _port_of(told: Told) -> str:
    said = _PORT_SAID.search(told.one("service.serve"))
    return said[1] if said else ""


def _start(told: Told, language: str, port: int) -> _Start:
    """How the server is started, so that it waits for requests in flight when it is stopped."""
    said = tuple(told.one("service.serve").split())
    if language == "python":
        return _python(told, said, port)
    if language == "go":
        words = said or ("/bin/api",)
        why = "not said; the folder cmd/api is built to it"
        given = Assumption(key="start", value=" ".join(words), why=why)
        return _Start(words, () if said else (given,))
    if language == "ruby":
        words = said or tuple("bundle exec puma -C config/puma.rb".split())
        why = "not said; what Rails makes a new app with"
        return _Start(
            words, () if said else (Assumption(key="start", value=" ".join(words), why=why),)
        )
    return _Start(said or tuple(_JAVA.split()) if language == "java" else said)


def _python(told: Told, said: tuple[str, ...], port: int) -> _Start:
    by_asgi = told.technology(("fastapi", "starlette", "litestar")) or "uvicorn" in said
    target = next((w for w in said if ":" in w and "." not in w.partition(":")[2]
                   and not w.startswith("-") and not w[0].isdigit()), "")  # fmt: skip
    target = target or next((f"{w}:application" for w in said if _MODULE.fullmatch(w)), "")
    target = target or told.one("service.asgi" if by_asgi else "service.wsgi")
    usual = "app.main:app" if by_asgi else (
        "config.wsgi:application" if told.technology(("django",)) else "app:app")  # fmt: skip
    why = "no file names the application; the image starts it by this name"
    assumed = () if target else (Assumption(key="application", value=usual, why=why),)
    target = target or usual
    factory = ("--factory",) if target.endswith("()") and by_asgi else ()
    if by_asgi and "gunicorn" not in said:
        name = target.removesuffix("()")
        words = ("uvicorn", name, *factory, "--port", str(port), *_UVICORN)
        return _Start(words, assumed)
    kind = ("--worker-class", "uvicorn_worker.UvicornWorker") if by_asgi else ()
    return _Start(
        ("gunicorn", target, *kind, "--bind", f"{_EVERYWHERE}:{port}", *_GUNICORN), assumed
    )


def _migrate(service: Service, told: Told, language: str) -> str:
    """The command that migrates before the switch."""
    if service.database != "postgresql":
        return ""
    if language == "python":
        if told.technology(("django",)):
            return "python manage.py migrate --noinput"
        if told.technology(("alembic",)):
            return "alembic upgrade head"
        return "flask db upgrade" if told.technology(("flask-migrate",)) else ""
    if language == "ruby" and told.technology(RUBY[:2]):
        return "bundle exec rails db:migrate"
    return ""


def _processes(told: Told) -> tuple[Worker, ...]:
    """The processes beside the server that files name, each name once."""
    found: dict[str, Worker] = {}
    for said, where in told.places("service.process"):
        name, _, command = said.partition(": ")
        words, beats = _without_beat(tuple(command.split()))
        schedules = "celery beat" if "beat" in words else ""
        found.setdefault(name, Worker(_slug(name)[:10].strip("-"), words, "", where, schedules))
        if beats:
            found.setdefault("beat", Worker("beat", beats, "", where, "celery beat"))
    return tuple(found.values())


def _without_beat(words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A Celery worker without the beat inside it, and that beat as a process of its own.

    Each copy of the worker would send every timed job, and there are several at a deployment.
    """
    inside = {"-B", "--beat"} & {*words}
    if not inside or "worker" not in words:
        return words, ()
    before = words[: words.index("worker")]
    kept = tuple(word for word in words if word not in inside)
    return kept, (*before, *"beat --loglevel info --schedule /tmp/beat".split())
