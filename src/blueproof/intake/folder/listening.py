"""The address that a Node service listens on: inside a container, only 0.0.0.0 is reached.

A server that listens on the loopback answers itself alone: no load balancer's health check ever
passes. Fastify does so unless it is told otherwise, with NestJS on top of it too.
"""

import re
from collections.abc import Iterator

from blueproof.intake.folder.found import Finding, Found, Text

_LOOP = r"[\"'`](?P<host>127\.0\.0\.1|localhost|::1)[\"'`]"
_VALUE = r"(?:[^,()\n{}]|\([^()\n]*\)){1,120}"
_BEHIND = re.compile(rf"\.listen\(\s*{_VALUE},\s*{_LOOP}")
_OPTIONS = r"(?:[^(){}]|\([^()]*\)|\{[^{}]*\}){0,300}?"
_NAMED = re.compile(
    rf"(?:\.listen|\bserve|\bBun\.serve)\(\s*\{{{_OPTIONS}\b(?:host|hostname)\s*:\s*{_LOOP}"
)
_GIVEN = re.compile(
    rf"\b(?:const|let|var)\s+(?P<name>\w+)\s*(?::\s*string\s*)?=\s*"
    rf"(?:process\.env(?:\.(?P<variable>[A-Z][A-Z0-9_]*)|\[[\"'](?P<quoted>[A-Z][A-Z0-9_]*)[\"']\])"
    rf"\s*(?:\?\?|\|\|)\s*)?{_LOOP}"
)
_DEFAULT = re.compile(
    rf"process\.env\.(?P<variable>[A-Z][A-Z0-9_]*HOST[A-Z_]*|HOST(?:NAME)?|BIND[A-Z_]*|ADDRESS"
    rf"|LISTEN[A-Z_]*)\s*(?:\?\?|\|\|)\s*{_LOOP}"
)
FASTIFY = "Fastify's default"
_FASTIFY = re.compile(r"[\"']fastify[\"']|\bFastifyAdapter\b")
_PLAIN = re.compile(rf"\.listen\(\s*(?:\{{(?P<options>{_OPTIONS})\}}|(?P<port>{_VALUE}))\s*[,)]")
_OBJECT = re.compile(
    r"[\w.]*(?:[oO]pt|[cC]onf|[sS]erver)[\w.]*"
)  # an object that may name the address
_NOTE = re.compile(r"^[ \t]*(?://|\*|/\*)|// ")
_LITERAL = re.compile(r"\.listen\(\s*(?:\{[^{}]{0,80}?\bport\s*:\s*)?(\d{2,5})\b")


def read_listening(file: Text) -> Iterator[Finding]:
    """Where a file listens: on the loopback alone, by which variable, and on which port."""
    if "listen(" not in file.text and "serve(" not in file.text:
        return
    literal = _spoken(file, _LITERAL)
    if literal:
        port = float(literal[1])
        yield Found(key="service.port", value=port, line=file.line(literal.start(1)))
    by_variable = _spoken(file, _DEFAULT) or _variable(file)
    if by_variable:
        yield Found(
            key="service.host-variable",
            value=_name(by_variable),
            line=file.line(by_variable.start("host")),
        )
        return
    found = _spoken(file, _BEHIND) or _spoken(file, _NAMED) or _constant(file)
    if found:
        yield Found(
            key="service.loopback", value=found["host"], line=file.line(found.start("host"))
        )
    elif silent := _without(file):
        known = _FASTIFY.search(file.text) is not None
        key, value = ("loopback", FASTIFY) if known else ("no-address", "none")
        yield Found(key=f"service.{key}", value=value, line=file.line(silent.start()))


def _name(found: re.Match[str]) -> str:
    named = found.groupdict()
    return next(v for v in (named.get("variable"), named.get("quoted")) if v)


def _variable(file: Text) -> re.Match[str] | None:
    """A name that holds a variable's value, or else the loopback, and is listened on."""
    for found in _GIVEN.finditer(file.text):
        if (found["variable"] or found["quoted"]) and _is_used(file, found["name"]):
            return found
    return None


def _constant(file: Text) -> re.Match[str] | None:
    for found in _GIVEN.finditer(file.text):
        plain = not (found["variable"] or found["quoted"])
        if plain and _is_used(file, found["name"]):
            return found
    return None


def _is_used(file: Text, name: str) -> bool:
    """Whether what is listened on bears this name."""
    used = re.compile(
        rf"\.listen\(\s*{_VALUE},\s*{name}\b|(?:\.listen|\bserve)\(\s*\{{{_OPTIONS}"
        rf"(?:\bhost(?:name)?\s*:\s*{name}\b|(?<![\w.]){name}\s*[,}}])"
    )
    return used.search(file.text) is not None


def _without(file: Text) -> re.Match[str] | None:
    """The place that listens and is given no address: with Fastify that is the loopback."""
    for found in _PLAIN.finditer(file.text):
        if _is_note(file, found.start()):
            continue
        options = found["options"]
        if options is not None:
            return None if re.search(r"\bhost(?:name)?\b|\.\.\.", options) else found
        alone = found[0].rstrip().endswith(")")
        return found if alone and not _OBJECT.fullmatch(found["port"].strip()) else None
    return None


def _is_note(file: Text, place: int) -> bool:
    begin = file.text.rfind("\n", 0, place) + 1
    return bool(_NOTE.search(file.text[begin:place]))


def _spoken(file: Text, pattern: re.Pattern[str]) -> re.Match[str] | None:
    """The first place that is no comment."""
    return next((m for m in pattern.finditer(file.text) if not _is_note(file, m.start())), None)
