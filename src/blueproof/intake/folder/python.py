"""Python projects: what they require, Django's settings, which Python."""

import re
from collections.abc import Iterator

from blueproof.intake.folder.found import Counted, Finding, Found, Text, technology
from blueproof.intake.folder.packages import plain_version, proved, version_of
from blueproof.intake.folder.tree import Tree, at, is_there, read_toml

_REQUIREMENT = re.compile(r"([A-Za-z0-9][\w.-]*)\s*(?:\[([^\]]*)\])?\s*([^;#]*)")
_DJANGO_ENGINE = re.compile(
    r"""["']ENGINE["']\s*:\s*["'](?:django\.db\.backends|[\w.]*)\.(\w+)["']""", re.IGNORECASE
)
_ENGINES = {
    "postgresql": "postgresql",
    "postgis": "postgresql",
    "mysql": "mysql",
    "sqlite3": "sqlite",
    "oracle": "oracle",
}
_MODEL = re.compile(r"^class\s+(\w+)\(([^)]*\bmodels\.Model\b[^)]*)\):", re.MULTILINE)
_ALCHEMY = re.compile(r"^[ \t]+__tablename__\s*=\s*[\"'](\w+)[\"']", re.MULTILINE)
_CACHES = (
    (re.compile(r"\bchannels_redis\b|\bdjango_redis\b|cache\.RedisCache|redis://"), "redis"),
    (re.compile(r"\bchannels\b[\"']"), "django-channels"),
)
_PROJECT = (  # places of a pyproject.toml that list requirements, and whether for development
    (("project", "dependencies"), False),
    (("project", "optional-dependencies"), True),
    (("dependency-groups",), True),
    (("tool", "poetry", "dependencies"), False),
    (("tool", "poetry", "dev-dependencies"), True),
    (("tool", "poetry", "group", "dev", "dependencies"), True),
)


def read_requirements(file: Text) -> Iterator[Finding]:
    """A requirements.txt; one whose name says dev or test is for development."""
    developing = bool(re.search(r"dev|test|lint|docs", file.name))
    yield Found(key="package-manager", value="pip", line=1)
    for number, line in enumerate(file.text.splitlines(), start=1):
        if not line.lstrip().startswith(("#", "-", "git+", "http")):
            yield from _required(line.strip(), number, developing=developing)


def _required(said: str, line: int, *, developing: bool) -> Iterator[Finding]:
    found = _REQUIREMENT.match(said)
    if not found:
        return
    name = re.sub(r"[-_.]+", "-", found[1]).lower()
    yield from proved("pypi", name, line, developing=developing)
    if not found[3].startswith("@"):  # what follows is an address
        yield from version_of("pypi", name, found[3], line)
    if name == "pytest":
        yield Found(key="test-command", value="pytest", line=line)


def read_pyproject(file: Text) -> Iterator[Finding]:
    """What a pyproject.toml says."""
    tree = read_toml(file)
    python = at(tree, "project", "requires-python")
    python = python if python.text else at(tree, "tool", "poetry", "dependencies", "python")
    if plain_version(python.text):
        yield Found(key="runtime", value="python", line=python.line)
        yield Found(key="version.python", value=plain_version(python.text), line=python.line)
    name = at(tree, "project", "name")
    name = name if name.text else at(tree, "tool", "poetry", "name")
    if name.text:
        yield Found(key="service.project", value=name.text, line=name.line)
    for manager in ("poetry", "uv", "pdm"):
        if is_there(at(tree, "tool", manager)):
            line = at(tree, "tool", manager).line
            yield Found(key="package-manager", value=manager, line=line)
    for keys, developing in _PROJECT:
        yield from _listed(at(tree, *keys), developing=developing)


def _listed(tree: Tree, *, developing: bool) -> Iterator[Finding]:
    """Requirements as a list of texts, a table of name = version, or groups of lists."""
    for said in tree.each():
        yield from _required(said.text, said.line, developing=developing)
    for name, value in tree.items():
        if value.text or is_there(at(value, "version")):
            wanted = value.text or at(value, "version").text
            yield from _required(f"{name} {wanted}", value.line, developing=developing)
        else:
            for said in value.each():
                yield from _required(said.text, said.line, developing=developing)


def read_python_version(file: Text) -> Iterator[Finding]:
    """A .python-version, or the runtime.txt of Heroku."""
    number = plain_version(file.text[:40])
    if number:
        yield Found(key="runtime", value="python", line=1)
        yield Found(key="version.python", value=number, line=1)


def read_pip_lock(file: Text) -> Iterator[Finding]:
    """What the mere presence of a lock file says."""
    managers = {"poetry.lock": "poetry", "uv.lock": "uv", "Pipfile.lock": "pipenv"}
    yield Found(key="package-manager", value=managers[file.name], line=1)
    yield Found(key="service.python-lock", value=file.path, line=1)


def read_manage(file: Text) -> Iterator[Finding]:
    """Django's manage.py."""
    if "django" in file.text:
        yield technology("django", file.line_with("django"))
        yield Found(key="orm", value="django", line=file.line_with("django"))
        yield Found(key="runtime", value="python", line=1)


def read_settings(file: Text) -> Iterator[Finding]:
    """Django's settings: databases, caches."""
    if "INSTALLED_APPS" not in file.text and "DATABASES" not in file.text:
        return
    yield technology("django", file.line_with("INSTALLED_APPS"))
    for said in _DJANGO_ENGINE.finditer(file.text):
        name = _ENGINES.get(said[1].lower())
        if name:
            yield technology(name, file.line(said.start(1)))
    for pattern, name in _CACHES:
        found = pattern.search(file.text)
        if found:
            yield technology(name, file.line(found.start()))


def read_models(file: Text) -> Iterator[Finding]:
    """The tables that models of Django or SQLAlchemy declare."""
    for model in _MODEL.finditer(file.text):
        name = f"{file.folder}:{model[1]}"
        yield Counted(metric="tables", name=name, line=file.line(model.start()))
    for table in _ALCHEMY.finditer(file.text):
        yield Counted(metric="tables", name=table[1], line=file.line(table.start()))
