"""package.json, and the lock files that say which versions were resolved."""

import re
from collections.abc import Iterator

from blueproof.intake.folder.found import Counted, Finding, Found, Text, technology
from blueproof.intake.folder.packages import catalogue, plain_version, proved, version_of
from blueproof.intake.folder.tree import Tree, at, is_there, read_json

_START = re.compile(r"(?:\w+=\S+ )*(node\b[^&|;]*)$")
_CHECKS = (
    ("lint", ("lint",)),
    ("typecheck", ("typecheck", "type-check", "check-types", "tsc")),
    ("migrate", ("migrate", "migrate:deploy", "db:migrate", "db:deploy", "migration:run",
                 "migrations:run", "migrate:up", "db:migrate:deploy")),
)  # fmt: skip
_NO_TEST = "no test specified"
_MANAGERS = {  # the lock file that each leaves
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
    "bun.lock": "bun",
}
_NPM_LOCK = re.compile(
    r'"(?:(?:(?!node_modules/)[\w.-]+/){0,3}node_modules/)?((?:@[\w.-]+/)?[\w.-]+)":'
    r'\s*\{\s*"version":\s*"([^"]+)"'
)
_PNPM_IMPORTER = re.compile(
    r"^ {2,8}'?((?:@[\w.-]+/)?[\w.-]+)'?:\n(?: +specifier: [^\n]*\n)? +version: '?(\d[^('\s]*)",
    re.MULTILINE,
)
_PNPM_PACKAGE = re.compile(
    r"^ {2}'?/?((?:@[\w.-]+/)?[\w.-]+)[@/](\d[^(:'_\s]*)[^\n]*:$", re.MULTILINE
)
_YARN = re.compile(
    r'^"?((?:@[\w.-]+/)?[\w.-]+)@[^\n]*:\n {2}"?version"?:? "?(\d[^"\n]*)', re.MULTILINE
)
_BUN = re.compile(r'"[^"\n]+": \["((?:@[\w.-]+/)?[\w.-]+)@(\d[^"]*)"')
_LOCKS = {
    "package-lock.json": (_NPM_LOCK,),
    "npm-shrinkwrap.json": (_NPM_LOCK,),
    "pnpm-lock.yaml": (_PNPM_IMPORTER, _PNPM_PACKAGE),
    "yarn.lock": (_YARN,),
    "bun.lock": (_BUN,),
}


def read_manifest(file: Text) -> Iterator[Finding]:
    """What a package.json says: packages, their declared versions, scripts, engines."""
    tree = read_json(file)
    yield Counted(metric="packages", name=file.path, line=1)
    for section in ("dependencies", "optionalDependencies", "devDependencies"):
        for name, wanted in at(tree, section).items():
            found = list(proved("npm", name, wanted.line, developing=section == "devDependencies"))
            yield from found
            if found or section != "devDependencies":
                yield from version_of("npm", name, _range(wanted.text), wanted.line)
        if is_there(at(tree, section, "expo-dev-client")):
            line = at(tree, section, "expo-dev-client").line
            yield Found(key="constraint", value="no-expo-go", line=line)
    yield from _engines(tree)
    yield from _scripts(tree)


def _range(said: str) -> str:
    """A range of versions; a link, a tag or a reference to a catalogue has none."""
    return said.removeprefix("npm:") if re.match(r"[\^~>=v\s]*\d", said) else ""


def _engines(tree: Tree) -> Iterator[Finding]:
    manager = at(tree, "packageManager")
    name, _, number = manager.text.partition("@")
    if name in _MANAGERS.values():
        yield Found(key="package-manager", value=name, line=manager.line)
        if plain_version(number):
            value = plain_version(number)
            yield Found(key=f"version.{name}", value=value, line=manager.line)
    for runtime in ("node", "bun"):
        engine = at(tree, "engines", runtime)
        if plain_version(engine.text):
            yield Found(key="runtime", value=runtime, line=engine.line)
            value = plain_version(engine.text)
            yield Found(key=f"version.{runtime}", value=value, line=engine.line)


def _scripts(tree: Tree) -> Iterator[Finding]:
    """The scripts that test and build, as names to run: what they hold may hold secrets."""
    for script, key in (("test", "test-command"), ("build", "build-command")):
        found = at(tree, "scripts", script)
        if is_there(found) and _NO_TEST not in found.text:
            yield Found(key=key, value=f"npm run {script}", line=found.line)
    yield from _running(tree)


def _running(tree: Tree) -> Iterator[Finding]:
    """How it is started, checked and migrated; scripts by their names, as above."""
    start = at(tree, "scripts", "start")
    plain = _START.match(start.text)
    if plain:
        yield Found(key="runtime", value="node", line=start.line)
        yield Found(key="service.start", value=plain[1].strip(), line=start.line)
    for key, names in _CHECKS:
        name = next((n for n in names if is_there(at(tree, "scripts", n))), "")
        if name:
            line = at(tree, "scripts", name).line
            yield Found(key=f"service.{key}", value=name, line=line)
    module = at(tree, "type")
    if module.text == "module":
        yield Found(key="service.module", value="esm", line=module.line)


def read_lock(file: Text) -> Iterator[Finding]:
    """The package manager, and the versions that were resolved of the packages that matter."""
    yield Found(key="package-manager", value=_MANAGERS[file.name], line=1)
    known = catalogue("npm").versions
    seen: set[str] = set()
    for pattern in _LOCKS[file.name]:
        for found in pattern.finditer(file.text):
            name = found[1]
            if name in known and name not in seen:
                seen.add(name)
                yield from version_of("npm", name, found[2], file.line(found.start()))


def read_binary_lock(_: Text) -> Iterator[Finding]:
    """What the mere presence of bun.lockb says."""
    yield Found(key="package-manager", value="bun", line=1)


def read_workspace(_: Text) -> Iterator[Finding]:
    """What the mere presence of pnpm-workspace.yaml says."""
    yield Found(key="package-manager", value="pnpm", line=1)


def read_node_version(file: Text) -> Iterator[Finding]:
    """A .nvmrc or .node-version."""
    number = plain_version(file.text[:40])
    if number:
        yield Found(key="runtime", value="node", line=1)
        yield Found(key="version.node", value=number, line=1)


def read_tsconfig(_: Text) -> Iterator[Finding]:
    """What the mere presence of a tsconfig.json says."""
    yield technology("typescript", 1)
