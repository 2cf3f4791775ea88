"""What a Python service's own source says of how it is started, and which variables it reads."""

import re
from collections.abc import Iterator

from blueproof.intake.folder.found import Finding, Found, Text
from blueproof.intake.folder.variables import told

_APP = re.compile(
    r"^(?P<name>\w+)(?:\s*:\s*[\w.]+)?\s*=\s*(?P<of>FastAPI|Starlette|Litestar|Flask|Celery)\(",
    re.MULTILINE,
)
_FACTORY = re.compile(r"^def (?P<name>create_app|make_app|get_app|build_app)\(\s*\)", re.MULTILINE)
_KEYS = {
    "FastAPI": "service.asgi", "Starlette": "service.asgi", "Litestar": "service.asgi",
    "Flask": "service.wsgi", "Celery": "service.celery",
}  # fmt: skip
_READ = re.compile(
    r"\b(?:os\.)?(?:environ\s*(?:\.get\(|\[)|getenv\()\s*[\"']([A-Z][A-Z0-9_]{1,63})[\"']"
    r"|\b(?:env|config)(?:\.\w+)?\(\s*[\"']([A-Z][A-Z0-9_]{2,63})[\"']"
)
_SETTINGS = re.compile(
    r"^class \w+\([^)\n]*BaseSettings[^)\n]*\):\n(?P<body>(?:[ \t]+[^\n]*\n|[ \t]*\n)+)",
    re.MULTILINE,
)
_FIELD = re.compile(
    r"^(?:    |\t)([a-zA-Z][a-zA-Z0-9_]{2,63})[ \t]*:[ \t]*[A-Za-z\"']", re.MULTILINE
)
_DJANGO = re.compile(r"^WSGI_APPLICATION\s*=\s*[\"']([\w.]+)\.(\w+)[\"']", re.MULTILINE)
_SOURCE = re.compile(r"^src/")


def read_python_service(file: Text) -> Iterator[Finding]:
    """What one file of Python proves of the service."""
    text = file.text
    if "(" in text:
        for found in _APP.finditer(text):
            value = f"{_module(file.path)}:{found['name']}"
            yield Found(key=_KEYS[found["of"]], value=value, line=file.line(found.start()))
    factory = _FACTORY.search(text)
    if factory and ("FastAPI(" in text or "Flask(" in text):
        key = "service.asgi" if "FastAPI(" in text else "service.wsgi"
        value = f"{_module(file.path)}:{factory['name']}()"
        yield Found(key=key, value=value, line=file.line(factory.start()))
    named = _DJANGO.search(text)
    if named:
        value = f"{named[1]}:{named[2]}"
        yield Found(key="service.wsgi", value=value, line=file.line(named.start()))
    yield from _variables(file)


def _variables(file: Text) -> Iterator[Finding]:
    if "env" in file.text or "config(" in file.text:
        for found in _READ.finditer(file.text):
            yield from told(found[1] or found[2], file.line(found.start()))
    if "BaseSettings" in file.text:
        for settings in _SETTINGS.finditer(file.text):
            for field in _FIELD.finditer(settings["body"]):
                if not field[1].startswith("model_"):
                    place = settings.start("body") + field.start(1)
                    yield from told(field[1].upper(), file.line(place))


def _module(path: str) -> str:
    """How Python imports a file: "app/main.py" is app.main; a folder src is on the path."""
    return _SOURCE.sub("", path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
