"""What a Node service's own source says of how it runs: stopping, settings, uploads, jobs."""

import re
from collections.abc import Iterator

from blueproof.intake.folder.found import Finding, Found, Text
from blueproof.intake.folder.variables import read_variables

_NOTE = re.compile(r"^[ \t]*(?://|\*|/\*)")
_SIGTERM = re.compile(
    r"process\.(?:on|once)\(\s*[\"'`]SIGTERM|\benableShutdownHooks\(|\bcloseWithGrace\("
    r"|\bcreateTerminus\(|\bcreateHttpTerminator\(|\bwithLifecycle\("
)
_KEEP_ALIVE = re.compile(r"\bkeepAliveTimeout\s*[=:]|\bwithLifecycle\(")
_ENTRY = re.compile(
    r"\.listen\(|\bNestFactory\.create[<(]|\bserve\(\s*(?:\{|app\b)"
)  # a context alone serves nobody
_PREFIX = re.compile(r"\.setGlobalPrefix\(\s*[\"'`]/?([\w./-]{1,60})[\"'`]")
_BUCKET = re.compile(r"\bnew S3Client\(|\bnew S3\(|\bmulterS3\(")
_READY = re.compile(r"[\"'`](/(?:[\w-]+/)*(?:ready|readyz|readiness))[\"'`]|\bwithLifecycle\(")
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
    yield from read_variables(file)
    for word, pattern, key, value in (
        ("listen(", _ENTRY, "service.entry", file.path),
        ("NestFactory", _ENTRY, "service.entry", file.path),
        ("@hono/node-server", _ENTRY, "service.entry", file.path),
        ("SIGTERM", _SIGTERM, "service.sigterm", "handled"),
        ("enableShutdownHooks", _SIGTERM, "service.sigterm", "handled"),
        ("ermin", _SIGTERM, "service.sigterm", "handled"),
        ("closeWithGrace", _SIGTERM, "service.sigterm", "handled"),
        ("withLifecycle", _SIGTERM, "service.sigterm", "handled"),
        ("keepAliveTimeout", _KEEP_ALIVE, "service.keep-alive", "set"),
        ("withLifecycle", _KEEP_ALIVE, "service.keep-alive", "set"),
        ("read", _READY, "service.readiness-route", "/readyz"),
        ("multer", _DISK, "service.upload", "disk"),
        ("S3", _BUCKET, "service.upload", "bucket"),
        ("setGlobalPrefix", _PREFIX, "service.prefix", ""),
    ):
        found = _spoken(file, pattern) if word in text else None
        if found:
            written = found[1] if pattern in {_READY, _PREFIX} and found[1] else value
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
