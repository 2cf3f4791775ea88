"""package.json, and the lock files that say which versions were resolved."""

import re
from collections.abc import Iterator

from blueproof.intake.folder.beginning import migrates
from blueproof.intake.folder.found import Counted, Finding, Found, Text, technology
from blueproof.intake.folder.packages import catalogue, plain_version, proved, version_of
from blueproof.intake.folder.tree import Tree, at, is_there, read_json

_START = re.compile(r"(?:\w+=\S+ )*(node (?!--run)[^&|;]*)$")
_STARTS = ("start:prod", "start:production", "start", "serve")
_WORKER = re.compile(
    r"(?:(?:start|run)[:-])?([\w-]*(?:worker|queue|consumer|scheduler|jobs?|cron)s?[\w-]*)"
    r"(?:[:-](?:start|prod|production))?"
)
_PROCESS = re.compile(r"^([\w-]{1,30}):[ \t]*([^\n]+)$", re.MULTILINE)
_MIGRATORS = ("prisma", "drizzle-kit", "knex", "sequelize-cli")
_PACKAGES = {  # the package of a program that a script runs, where it is called otherwise
    "sequelize": "sequelize-cli",
    "typeorm-ts-node-commonjs": "typeorm",
    "typeorm-ts-node-esm": "typeorm",
    "mikro-orm": "@mikro-orm/cli",
    "mikro-orm-esm": "@mikro-orm/cli",
    "tsc": "typescript",
    "dotenv": "dotenv-cli",
}
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
    yield from _scripts(tree, file.folder)


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


def _scripts(tree: Tree, folder: str) -> Iterator[Finding]:
    """The scripts that test and build, as names to run: what they hold may hold secrets."""
    for script, key in (("test", "test-command"), ("build", "build-command")):
        found = at(tree, "scripts", script)
        if is_there(found) and _NO_TEST not in found.text:
            yield Found(key=key, value=f"npm run {script}", line=found.line)
    yield from _running(tree, folder)


def _running(tree: Tree, folder: str) -> Iterator[Finding]:
    """How it is started, checked and migrated; scripts by their names, as above."""
    named = at(tree, "name")
    if named.text:
        yield Found(key="service.name", value=named.text, line=named.line)
    yield from _processes(tree, folder)
    yield from _at_start(tree)
    for key, names in _CHECKS:
        name = next((n for n in names if is_there(at(tree, "scripts", n))), "")
        if name:
            line = at(tree, "scripts", name).line
            yield Found(key=f"service.{key}", value=name, line=line)
    yield from _tools(tree)
    module = at(tree, "type")
    if module.text == "module":
        yield Found(key="service.module", value="esm", line=module.line)
    if is_there(at(tree, "workspaces")):
        yield Found(key="service.workspaces", value="yes", line=at(tree, "workspaces").line)


def _processes(tree: Tree, folder: str) -> Iterator[Finding]:
    """How node starts the service, and the workers beside it; a package may be one as a whole."""
    scripts = ((name, at(tree, "scripts", name)) for name in _STARTS)
    plain = next(((s, found) for _, s in scripts if (found := _START.match(s.text))), None)
    own = _WORKER.fullmatch(folder.rpartition("/")[2])
    if plain:
        start, line = plain[1][1].strip(), plain[0].line
        yield Found(key="runtime", value="node", line=line)
        key, value = ("worker", f"{own[1]}: {start}") if own else ("start", start)
        yield Found(key=f"service.{key}", value=value, line=line)
    for name, script in at(tree, "scripts").items():
        worker, runs = _WORKER.fullmatch(name), _START.match(script.text)
        if worker and runs and not own:
            value = f"{worker[1]}: {runs[1].strip()}"
            yield Found(key="service.worker", value=value, line=script.line)


def _at_start(tree: Tree) -> Iterator[Finding]:
    """A start that migrates first, by the script itself or by the one that npm runs before it."""
    for name in (*_STARTS, *(f"pre{name}" for name in _STARTS)):
        script = at(tree, "scripts", name)
        found = migrates(script.text)
        if found:
            yield Found(key="service.migrates-at-start", value=found, line=script.line)


def _tools(tree: Tree) -> Iterator[Finding]:
    """The programs that migrate and are among the packages for development, with their ranges."""
    names = next(names for key, names in _CHECKS if key == "migrate")
    scripts = (at(tree, "scripts", name) for name in names)
    script = next((s.text for s in scripts if is_there(s)), "")
    words = script.split() or _MIGRATORS  # without a script it is the ORM's own
    for name in dict.fromkeys(_PACKAGES.get(word, word) for word in words):
        wanted = at(tree, "devDependencies", name)
        if is_there(wanted) and not is_there(at(tree, "dependencies", name)):
            yield Found(key="service.migrate-tool", value=f"{name} {wanted.text}", line=wanted.line)


def read_processes(file: Text) -> Iterator[Finding]:
    """The workers that a Procfile starts with node."""
    for found in _PROCESS.finditer(file.text):
        worker, runs = _WORKER.fullmatch(found[1]), _START.match(found[2].strip())
        if worker and runs:
            value = f"{worker[1]}: {runs[1].strip()}"
            yield Found(key="service.worker", value=value, line=file.line(found.start()))


def read_lock(file: Text) -> Iterator[Finding]:
    """The package manager, and the versions that were resolved of the packages that matter."""
    yield Found(key="package-manager", value=_MANAGERS[file.name], line=1)
    yield Found(key="service.lock", value=file.path, line=1)
    if file.name == "yarn.lock" and "# yarn lockfile v1" in file.text[:400]:
        yield Found(key="service.yarn", value="classic", line=file.line_with("yarn lockfile v1"))
    known = catalogue("npm").versions
    seen: set[str] = set()
    for pattern in _LOCKS[file.name]:
        for found in pattern.finditer(file.text):
            name = found[1]
            if name in known and name not in seen:
                seen.add(name)
                yield from version_of("npm", name, found[2], file.line(found.start()))


def read_binary_lock(file: Text) -> Iterator[Finding]:
    """What the mere presence of bun.lockb says."""
    yield Found(key="package-manager", value="bun", line=1)
    yield Found(key="service.lock", value=file.path, line=1)


def read_workspace(file: Text) -> Iterator[Finding]:
    """What the presence of pnpm-workspace.yaml says, and whether it names packages."""
    yield Found(key="package-manager", value="pnpm", line=1)
    if re.search(r"^packages:", file.text, re.MULTILINE):
        yield Found(key="service.workspaces", value="yes", line=file.line_with("packages:"))


def read_node_version(file: Text) -> Iterator[Finding]:
    """A .nvmrc or .node-version."""
    number = plain_version(file.text[:40])
    if number:
        yield Found(key="runtime", value="node", line=1)
        yield Found(key="version.node", value=number, line=1)


def read_tsconfig(_: Text) -> Iterator[Finding]:
    """What the mere presence of a tsconfig.json says."""
    yield technology("typescript", 1)
