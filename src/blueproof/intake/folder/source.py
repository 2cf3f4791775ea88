"""The project's own source: routes, the port, imports that prove a service. Searched, never run."""

import re
from collections.abc import Iterator

from blueproof.intake.folder.found import Counted, Finding, Found, Text, feature, technology
from blueproof.intake.folder.resources import known

_ROUTE = re.compile(
    r"""\.(get|post|put|patch|delete|GET|POST|PUT|PATCH|DELETE|Get|Post|Put|Patch|Delete)"""
    r"""(?:<[^>\n]*>)?\(\s*["'`](/[^"'`\s]{0,120})["'`]\s*[,)]"""
)
_ROUTER = re.compile(
    r"\b(?:\w*[aA]pp|\w*[rR]outer|server|fastify|api|\w*[rR]outes|r|e|mux|bp|blueprint)\Z"
)
_LONGEST_NAME = 40
_DECORATED = re.compile(
    r"^[ \t]*@(Get|Post|Put|Patch|Delete)\(\s*(?:[\"'`]([^\"'`\n]*)[\"'`])?", re.MULTILINE
)
_CONTROLLER = re.compile(r"@Controller\(\s*(?:[\"'`]([^\"'`\n]*)[\"'`])?")
_FLASK = re.compile(r"^[ \t]*@\w+\.route\(\s*[\"'](/[^\"'\n]*)[\"']", re.MULTILINE)
_DJANGO = re.compile(
    r"^[ \t]*(?:re_)?path\(\s*r?[\"']([^\"'\n]*)[\"']\s*,(?!\s*include)", re.MULTILINE
)
_HANDLE = re.compile(r"\.HandleFunc\(\s*\"(?:[A-Z]+ )?(/[^\"\n]*)\"")
_HEALTH = re.compile(
    r"/?(?:[\w-]+/)*(?:health|healthz|healthcheck|health-check|livez|readyz|ping)"
    r"(?:/(?:live|liveness))?/?"
)
_LIVE = re.compile(r"/?(?:[\w-]+/)*(?:livez|(?:health|healthz)/(?:live|liveness))/?")
_READY = re.compile(r"/?(?:[\w-]+/)*(?:readyz|(?:health|healthz)/(?:ready|readiness))/?")
_PORT = re.compile(
    r"""\bPORT\b["'\])]*\s*(?:\|\||\?\?|,)\s*["']?(\d{4,5})\b|\blisten\(\s*(\d{4,5})\b"""
    r"""|\bListenAndServe\(\s*":(\d{4,5})"|\bport\s*[=:]\s*(\d{4,5})\b"""
    r"""|\bPORT["']?\s*:[^\n]{1,80}?\bdefault["']?\s*[(:]\s*["']?(\d{4,5})\b"""
)
_FIREBASE = re.compile(
    r"""["'](?:firebase|firebase-admin)/(auth|firestore|database|storage|messaging|functions)(?:/\w+)?["']"""
)
_SERVICES = {
    "auth": "firebase-auth",
    "firestore": "cloud-firestore",
    "database": "firebase-realtime-database",
    "storage": "firebase-storage",
    "messaging": "firebase-cloud-messaging",
    "functions": "cloud-functions",
}
_FEATURES = {
    "auth": "authentication",
    "storage": "file-storage",
    "messaging": "push-notifications",
}
_TRIGGER = re.compile(
    r"^(?:export const (\w+)|exports\.(\w+))\s*=\s*"
    r"(?:functions\b|on(?:Request|Call|Schedule|Document\w+|Value\w+|Object\w+|Message\w+)\b)",
    re.MULTILINE,
)
_CDK = re.compile(r"""["']aws-cdk-lib/([\w-]+)["']|from aws_cdk(?: import ([\w, ]+)|\.(\w+))""")
_SUPABASE = (
    (re.compile(r"\bsupabase\.auth\.\w+"), ("supabase-auth", "authentication")),
    (re.compile(r"\bsupabase\s*\.storage\b"), ("supabase-storage", "file-storage")),
    (re.compile(r"\bsupabase\s*\.channel\("), ("supabase-realtime", "realtime-sync")),
)
_APP_ROUTER = re.compile(r"(?:^|/)app/(.*/)?route\.(?:ts|js|tsx|jsx)$")
_PAGES_API = re.compile(r"(?:^|/)pages/api/.+\.(?:ts|js|tsx|jsx)$")


def read_code(file: Text) -> Iterator[Finding]:
    """What a file of source proves. A word is looked for first: that is much faster."""
    yield from _routes(file)
    if any(word in file.text for word in ("PORT", "listen(", "Listen", "port =", "port:", "port=")):
        yield from _port(file)
    if "firebase" in file.text:
        yield from _firebase(file)
    if "aws-cdk-lib" in file.text or "aws_cdk" in file.text:
        yield from _cdk(file)
    if "supabase" in file.text:
        yield from _supabase(file)


def _port(file: Text) -> Iterator[Finding]:
    port = _PORT.search(file.text)
    if port:
        number = next(group for group in port.groups() if group)
        yield Found(key="port", value=float(number), line=file.line(port.start()))


def _routes(file: Text) -> Iterator[Finding]:
    for path, line, name in (*_written(file), *_declared(file), *_by_place(file)):
        yield Counted(metric="routes", name=name, line=line)
        if _HEALTH.fullmatch(path.lower()):
            yield Found(key="health-route", value=f"/{path.strip('/')}", line=line)
        for key, pattern in (("liveness", _LIVE), ("readiness", _READY)):
            if pattern.fullmatch(path.lower()):
                value = f"/{path.strip('/')}"
                yield Found(key=f"service.{key}-route", value=value, line=line)


def _written(file: Text) -> Iterator[tuple[str, int, str]]:
    """Routes of Express, Fastify, Hono, FastAPI, Gin, Flask, Django, Go: path, line, name."""
    for found in _ROUTE.finditer(file.text):
        if not _ROUTER.search(file.text, max(0, found.start() - _LONGEST_NAME), found.start()):
            continue
        name = f"{file.path} {found[1].upper()} {found[2]}"
        yield found[2], file.line(found.start()), name
    patterns = (
        (_FLASK, ".route(" in file.text),
        (_HANDLE, "HandleFunc" in file.text),
        (_DJANGO, file.name == "urls.py"),
    )
    for pattern in (pattern for pattern, may_be in patterns if may_be):
        for found in pattern.finditer(file.text):
            yield found[1], file.line(found.start(1)), f"{file.path} {found[1]}"


def _declared(file: Text) -> Iterator[tuple[str, int, str]]:
    """Routes of NestJS."""
    controller = _CONTROLLER.search(file.text) if "@Controller" in file.text else None
    if not controller:
        return
    for found in _DECORATED.finditer(file.text):
        path = "/".join(part.strip("/") for part in (controller[1], found[2]) if part)
        yield path, file.line(found.start(1)), f"{file.path} {found[1]} /{path}"


def _by_place(file: Text) -> Iterator[tuple[str, int, str]]:
    """Routes of Next.js, where the file's path is the route."""
    found = _APP_ROUTER.search(file.path)
    if found:
        yield (found[1] or "").strip("/"), 1, file.path
    elif _PAGES_API.search(file.path):
        yield file.path.partition("pages/")[2].rpartition(".")[0], 1, file.path


def _firebase(file: Text) -> Iterator[Finding]:
    for used in _FIREBASE.finditer(file.text):
        line = file.line(used.start())
        yield technology(_SERVICES[used[1]], line)
        if used[1] in _FEATURES:
            yield feature(_FEATURES[used[1]], line)
    if "firebase-functions" in file.text:
        for trigger in _TRIGGER.finditer(file.text):
            name = f"{file.path}:{trigger[1] or trigger[2]}"
            yield Counted(metric="functions", name=name, line=file.line(trigger.start()))


def _cdk(file: Text) -> Iterator[Finding]:
    for used in _CDK.finditer(file.text):
        names = used[1] or used[2] or used[3]
        for name in re.findall(r"[\w-]+", names):
            for found in known("cdk", name.replace("_", "-")):
                yield technology(found, file.line(used.start()))
    if "aws-cdk-lib" in file.text and "Fargate" in file.text:
        yield technology("aws-fargate", file.line_with("Fargate"))
    if "aws-cdk-lib" in file.text and "ApplicationLoadBalanc" in file.text:
        yield technology("application-load-balancer", file.line_with("ApplicationLoadBalanc"))


def _supabase(file: Text) -> Iterator[Finding]:
    for pattern, (service, proved) in _SUPABASE:
        found = pattern.search(file.text)
        if found:
            yield technology(service, file.line(found.start()))
            yield feature(proved, file.line(found.start()))
