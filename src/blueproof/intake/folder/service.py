"""What a Node service's own source says of how it runs: stopping, settings, uploads, jobs."""

import re
from collections.abc import Iterator

from blueproof.intake.folder.found import Finding, Found, Text

_NOTE = re.compile(r"^[ \t]*(?://|\*|/\*)")
_SIGTERM = re.compile(
    r"process\.(?:on|once)\(\s*[\"'`]SIGTERM|\benableShutdownHooks\(|\bcloseWithGrace\("
    r"|\bcreateTerminus\(|\bcreateHttpTerminator\(|\bwithLifecycle\("
)
_KEEP_ALIVE = re.compile(r"\bkeepAliveTimeout\s*[=:]|\bwithLifecycle\(")
_ENTRY = re.compile(r"\.listen\(|\bNestFactory\.create\w*[<(]")
_READY = re.compile(r"[\"'`](/(?:[\w-]+/)*(?:ready|readyz|readiness))[\"'`]|\bwithLifecycle\(")
_SETTING = re.compile(
    r"\bprocess\.env(?:\.([A-Z][A-Z0-9_]+)|\[\s*[\"']([A-Z][A-Z0-9_]+)[\"']\s*\])"
)
_SECRET = re.compile(r"(?:SECRET|TOKEN|PASSWORD|PASSWD|_KEY|DSN|DATABASE_URL|REDIS_URL)")
_PUBLIC = re.compile(r"(?:PUBLIC|PUBLISHABLE)")
_OURS = frozenset({"NODE_ENV", "PORT", "HOST", "CI"})
_DISK = re.compile(r"\bmulter\(\s*\{\s*dest\b|\bmulter\.diskStorage\(")
_SESSION = re.compile(r"\bsession\(\s*\{(?:(?!\bstore\b)[^}])*\}\s*\)")
_SCHEDULES = (
    (re.compile(r"[\"']node-cron[\"']"), "node-cron"),
    (re.compile(r"[\"']@nestjs/schedule[\"']"), "@nestjs/schedule"),
    (re.compile(r"[\"'](?:cron|croner)[\"']"), "cron"),
)
_LIBRARIES = ("express-session",)


def read_service(file: Text) -> Iterator[Finding]:
    """What one file of source proves; a word is looked for first, because that is faster."""
    text = file.text
    if "process.env" in text:
        yield from _settings(file)
    for word, pattern, key, value in (
        ("listen(", _ENTRY, "service.entry", file.path),
        ("NestFactory", _ENTRY, "service.entry", file.path),
        ("SIGTERM", _SIGTERM, "service.sigterm", "handled"),
        ("enableShutdownHooks", _SIGTERM, "service.sigterm", "handled"),
        ("ermin", _SIGTERM, "service.sigterm", "handled"),
        ("closeWithGrace", _SIGTERM, "service.sigterm", "handled"),
        ("withLifecycle", _SIGTERM, "service.sigterm", "handled"),
        ("keepAliveTimeout", _KEEP_ALIVE, "service.keep-alive", "set"),
        ("withLifecycle", _KEEP_ALIVE, "service.keep-alive", "set"),
        ("ready", _READY, "service.readiness-route", "/readyz"),
        ("multer", _DISK, "service.upload", "disk"),
    ):
        found = _spoken(file, pattern) if word in text else None
        if found:
            written = found[1] if pattern is _READY and found[1] else value
            yield Found(key=key, value=written, line=file.line(found.start()))
    if any(name in text for name in _LIBRARIES) and (found := _spoken(file, _SESSION)):
        yield Found(key="service.sessions", value="memory", line=file.line(found.start()))
    for pattern, name in _SCHEDULES:
        if "cron" in text or "schedule" in text:
            found = _spoken(file, pattern)
            if found:
                yield Found(key="service.scheduler", value=name, line=file.line(found.start()))


def _spoken(file: Text, pattern: re.Pattern[str]) -> re.Match[str] | None:
    """The first place that is no comment."""
    for found in pattern.finditer(file.text):
        begin = file.text.rfind("\n", 0, found.start()) + 1
        before = file.text[begin : found.start()]
        if not _NOTE.match(before) and "// " not in before:
            return found
    return None


def _settings(file: Text) -> Iterator[Finding]:
    """The names of environment variables that are read, and which of them are secrets."""
    for found in _SETTING.finditer(file.text):
        name = found[1] or found[2]
        if name in _OURS:
            continue
        secret = _SECRET.search(name) and not _PUBLIC.search(name)
        key = "service.secret" if secret else "service.setting"
        yield Found(key=key, value=name, line=file.line(found.start()))
