"""Who runs beside the service: processes of its image, services with images of their own, others.

What is told of a repository is narrowed to the one service that the delivery is written for; what
is left becomes its company: written too where that can be done, and named with a reason where not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from blueproof.advisors.deploy.members import Member, chief, members_of, scripts_of
from blueproof.advisors.deploy.service import Beside, Service, Worker
from blueproof.advisors.deploy.told import folder_of
from blueproof.core.brief import Brief, Fact

_LONGEST = 10  # a name goes behind the service's and its environment's
_SLUG = re.compile(r"[^a-z0-9]+")
_SECRET = re.compile(r"SECRET|PASSW|TOKEN|_KEY$|API_?KEY|PRIVATE|CREDENTIAL|_DSN$|WEBHOOK_URL$")
_POSTGRES = re.compile(r"^postgres(?:ql)?(?:\+\w+)?://")
_REDIS = re.compile(r"^rediss?://")
_PLACE = re.compile(r"^[\w.-]+:6379$")
_OWN = frozenset({"PORT", "NODE_ENV", "TZ"})  # given by the task, or of no account
_BUILT = frozenset({"technology", "feature", "runtime"})
_SCRIPTS = frozenset({
    "build-command", "test-command", "service.lint", "service.typecheck", "service.migrate",
})  # fmt: skip
_SAME = frozenset({"service.serve", "port", "service.process", "health-route"})


@dataclass(frozen=True)
class Company:
    """The members of a repository, the one that is delivered as the service, and those written."""

    members: tuple[Member, ...]
    main: Member | None
    workers: tuple[Worker, ...] = ()
    besides: tuple[Beside, ...] = ()

    @property
    def context(self) -> str:
        """The folder that the service's image is built from, as a compose file says; "" if none."""
        return self.main.folder if self.main else ""


def company_of(brief: Brief, root: str) -> Company:
    """The company of a brief; `root` is the folder of what listens, as its files tell."""
    # A package that is a worker as a whole runs from the repository's one image.
    within = {
        folder_of(f.where) for f in brief.facts
        if f.key == "service.worker" and "package.json" in f.where
    }  # fmt: skip
    members = tuple(
        m for m in members_of(brief) if m.image_file in _texts(brief) or m.folder not in within
    )
    main = chief(members, root)
    if main is None:
        return Company(members, None)
    built = [m for m in members if m.is_built and m is not main and m.kind == "service"]
    same = [m for m in built if m.image == main.image and m.command and not m.port]
    others = [m for m in built if m not in same and _is_written(m)]
    return Company(
        members, main, tuple(_worker(m) for m in same),
        tuple(_beside(m, main, has_image=m.image_file in _texts(brief)) for m in others),
    )  # fmt: skip


def _texts(brief: Brief) -> frozenset[str]:
    return frozenset(d.parts[0][0] for d in brief.documents if d.role == "delivery")


def _is_written(member: Member) -> bool:
    """Whether its way to AWS is written: it is published, or nothing connects to it."""
    return member.is_public or not member.port


def slug(name: str) -> str:
    """A name that fits behind the service's own."""
    return _SLUG.sub("-", name.lower()).strip("-")[:_LONGEST].strip("-")


def _worker(member: Member) -> Worker:
    return Worker(slug(member.name), member.command, member.folder, member.where)


def _beside(member: Member, main: Member, *, has_image: bool) -> Beside:
    names = tuple(name for name, _ in member.variables if name not in _OWN)
    given = dict(member.variables)
    stores = {
        name: "database" if _POSTGRES.match(value) else "redis"
        for name, value in given.items() if _POSTGRES.match(value) or _REDIS.match(value)
    }  # fmt: skip
    plain = [name for name in names if name not in stores]
    secret = tuple(n for n in plain if _SECRET.search(n.upper()))
    health = member.health or ("/" if member.framework in {"next", "nuxt"} else "/healthz")
    return Beside(
        name=slug(member.name), where=member.where, folder=member.folder,
        image_file=member.image_file or "Dockerfile", command=member.command,
        port=member.port, health=health, shares_image=member.image == main.image,
        stores=tuple(sorted(stores.items())), secrets=secret,
        settings=tuple(n for n in plain if n not in secret), is_told=bool(member.health),
        has_image=has_image,
    )  # fmt: skip


def with_built(beside: Beside, built: Service) -> Beside:
    """Another service with what its own files tell, and a Dockerfile that is written for it.

    Without a name for its Dockerfile where its language is one that none is written for.
    """
    if not built.is_imaged:
        return replace(beside, image_file="")
    stores = dict(beside.stores)
    if "DATABASE_URL" in built.secrets:
        stores.setdefault("DATABASE_URL", "database")
    stores |= {n: "redis" for n in ("REDIS_URL",) if n in (*built.settings, *built.secrets)}
    port = 0 if not beside.port else built.port if built.told("service.port") else beside.port
    return replace(
        beside, built=built, folder="", image_file=f"Dockerfile.{beside.name}", port=port,
        stores=tuple(sorted(stores.items())), health=built.health or beside.health,
        is_told=bool(built.health),
        secrets=tuple(n for n in dict.fromkeys((*beside.secrets, *built.secrets))
                      if n not in stores),
        settings=tuple(n for n in dict.fromkeys((*beside.settings, *built.settings))
                       if n not in stores and n not in _OWN),
    )  # fmt: skip


def narrowed(brief: Brief, company: Company) -> Brief:
    """The brief without what its files tell of the other members."""
    main = company.main
    if main is None:
        return brief
    others = [m for m in company.members if m is not main and m.is_built]
    kept = tuple(
        own for f in brief.facts
        if (own := _own(f, main, brief) if any(_is_of(f, o, main, brief) for o in others) else f)
    )  # fmt: skip
    facts = (*kept, *_given(main, kept))
    return brief if facts == brief.facts else replace(brief, facts=facts)


def _given(main: Member, facts: tuple[Fact, ...]) -> Iterator[Fact]:
    """What the compose file gives the service and no source told of: its settings and secrets."""
    known = {str(f.value) for f in facts if f.key.startswith("service.")}
    for name, value in main.variables:
        stored = _POSTGRES.match(value) or _REDIS.match(value) or _PLACE.match(value)
        if stored or name in _OWN or name in known:
            continue
        key = "service.secret" if _SECRET.search(name.upper()) else "service.setting"
        yield Fact(key=key, value=name, source="file", where=main.where)


def _own(fact: Fact, main: Member, brief: Brief) -> Fact | None:
    """The fact as the service's own package tells it too: of each script one place is kept."""
    if fact.key not in _SCRIPTS:
        return None
    path = f"{main.folder}/package.json".lstrip("/")
    text = next((d.text for d in brief.documents if d.parts and d.parts[0][0] == path), "")
    script = str(fact.value).rpartition(" ")[2]
    if script not in scripts_of(text):
        return None
    before = text[: text.find(f'"{script}"')]
    return replace(fact, where=f"{path}:{before.count(chr(10)) + 1}")


def _is_of(fact: Fact, other: Member, main: Member, brief: Brief) -> bool:
    """Whether a fact is told by another member's files, or by its lines of the compose file."""
    path, _, line = fact.where.rpartition(":")
    if fact.source != "file":
        return False
    if path == other.where.rpartition(":")[0] and other.lines[0] and line.isdigit():
        inside = other.lines[0] <= int(line) <= other.lines[1]
        return inside and _is_composed_of(fact, other, main)
    beside = bool(other.folder) and other.image != main.image and _within(path, other.folder)
    if not beside or (main.folder and _within(main.folder, other.folder)):
        return False
    if fact.key == "technology" and other.kind != "front end":
        return not _has(brief, main.folder, path.rpartition("/")[2])
    return not fact.key.startswith("scale.")


def _is_composed_of(fact: Fact, other: Member, main: Member) -> bool:
    """Whether a fact in another's lines is not the service's too, whose image it may share."""
    if other.image == main.image and other.kind == "service":
        return fact.key in _SAME - {"service.process"} and not _works(other)
    return fact.key in _SAME or fact.key in _BUILT or fact.key == "test-command"


def _works(other: Member) -> bool:
    return bool(other.command) and not other.port


def _has(brief: Brief, folder: str, name: str) -> bool:
    """Whether the service's own folder has a file of that name: its packages may be the same."""
    wanted = f"{folder}/{name}".lstrip("/")
    told = (f.where.rpartition(":")[0] for f in brief.facts)
    handed = (d.parts[0][0] for d in brief.documents if d.parts)
    return wanted in {*told, *handed}


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


_MANIFESTS = {"python": ("requirements.txt", "pyproject.toml", "Pipfile"), "go": ("go.mod",)}


def in_company(service: Service, company: Company, brief: Brief) -> Service:
    """The service with those beside it, and with the folder that its image is made of."""
    named = {w.name for w in service.workers}
    missing = tuple(w for w in company.workers if w.name not in named and service.is_node)
    workers = (*service.workers, *missing)
    seen = {w.name for w in workers}
    besides = tuple(b for b in company.besides if b.name not in seen)
    return replace(
        service, workers=workers, besides=besides, context=_context(service, company, brief),
        members=tuple(plan_lines(company, service=service.name)),
    )  # fmt: skip


def told(service: Service, company: Company) -> Service:
    """The service with the sentence on who was found, behind the clauses on each."""
    return replace(service, found=summary(service, company))


def _context(service: Service, company: Company, brief: Brief) -> str:
    """The folder of the packages, where the root of the repository has none."""
    paths = {f.where.rpartition(":")[0] for f in brief.facts if f.source == "file"}
    paths |= {d.parts[0][0] for d in brief.documents if d.parts}
    if service.is_node:
        below = service.root and not service.workspaces and "package.json" not in paths
        return service.root if below else ""
    names = _MANIFESTS.get(service.language, ())
    if any(name in paths for name in names):
        return ""
    found = sorted({p.rpartition("/")[0] for p in paths if p.rpartition("/")[2] in names})
    if company.context and (company.context in found or not found):
        return company.context
    return found[0] if len(found) == 1 else ""


def plan_lines(company: Company, *, service: str) -> Iterator[str]:
    """One clause for each member: what becomes of it; none where the service stands alone."""
    if not _is_more(company):
        return
    for member in company.members:
        yield f"{member.name} ({member.where}): {_fate(member, company, service)}"


def summary(service: Service, company: Company) -> str:
    """In one sentence which members are written, and which are not."""
    if not service.members:
        return ""
    fates = {m.name: _fate(m, company, service.name) for m in company.members}
    left = [name for name, fate in fates.items() if fate.startswith(("not written", "static"))]
    out = [name for name, fate in fates.items() if "not deployed" in fate]
    written = [name for name in fates if name not in {*left, *out}]
    parts = [f"written for {', '.join(written)}"]
    parts += [f"not written for {', '.join(left)}"] if left else []
    parts += [f"not deployed {', '.join(out)}"] if out else []
    return f"{len(fates)} parts were found: {'; '.join(parts)}. Why says what becomes of each."


def _is_more(company: Company) -> bool:
    """Whether anything is there beside the service, its jobs, and stores that are made for it."""
    main = company.main
    if main is None:
        return False
    known = {"RDS for PostgreSQL", "ElastiCache for Valkey"}
    for member in company.members:
        stored = member.kind in {"store", "tool"} and (
            member.instead in known or not member.instead
        )
        same = member.is_built and member.image == main.image and member.kind in {"once", "service"}
        if member is not main and not stored and not (same and not member.port):
            return True
    return False


def _fate(member: Member, company: Company, service: str) -> str:
    if member is company.main:
        return f"the service {service} of these files, with the load balancer in front"
    if member.kind == "store":
        return member.instead
    by_kind = {
        "tool": "for development or tests: not deployed",
        "edge": "not deployed: the load balancer takes its place, with certificate and redirect; "
        "carry rewrites and headers of its file into the app",
        "once": "not a service: what migrates runs as one task before each switch",
        "timed": "not written: an aws_scheduler_schedule that runs its command "
        f"(`{' '.join(member.command) or 'of its image'}`) as a task at its times",
        "front end": "static files, not written here: its build into S3 behind CloudFront, or it "
        "stays where it is (Vercel, Netlify)",
        "image": f"not written: somebody else's image ({member.framework or 'without a name'})",
    }
    if member.kind != "service":
        return by_kind[member.kind]
    beside = next((b for b in company.besides if b.name == slug(member.name)), None)
    if beside is None:
        if any(w.name == slug(member.name) for w in company.workers):
            return "an ECS service of the same image, without a way in"
        return (
            f"not written: others call it inside at port {member.port}, which takes ECS Service "
            "Connect under the same name; everything else is as for a service that is published"
        )
    image = "the same image" if beside.shares_image else "an image of its own"
    way = f"behind the same load balancer as {beside.name}.DOMAIN" if beside.port else (
        "without a way in")  # fmt: skip
    return f"an ECS service of its own in the same cluster, from {image}, {way}"
