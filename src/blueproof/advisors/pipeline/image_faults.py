"""What is wrong in a Dockerfile: what breaks, then what is unsafe, then what builds slowly."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.advisors.pipeline.fault import Edit, Fault
from blueproof.facts.pinned import images

_INSTRUCTION = re.compile(r"^\s*(?P<keyword>[A-Za-z]+)\s+(?P<rest>.*)$", re.DOTALL)
_SECRET = re.compile(r"SECRET|PASSW|TOKEN|API_?KEY|PRIVATE|CREDENTIAL", re.IGNORECASE)
_STRUCK = "***"
_ALL = re.compile(r"\.(?:/)?\s+\S+$")
_LINES_OF = {"node": "24", "python": "3.13", "golang": "1.27"}
_SHELL = re.compile(r"[$&|;<>`*]")


@dataclass(frozen=True)
class _Install:
    """How packages are installed: what shows it, the files that decide them, the right command."""

    shows: re.Pattern[str]
    files: str
    command: str
    base: str


_INSTALLS = (
    _Install(re.compile(r"\bnpm (?:install|i|ci)\b(?!\s+-g)(?!\s+[a-z@])"),
             "package.json package-lock.json", "npm ci", "node"),
    _Install(re.compile(r"\byarn(?: install)?(?:\s+--[\w-]+)*\s*$"), "package.json yarn.lock",
             "", "node"),
    _Install(re.compile(r"\bpnpm (?:install|i)\b"), "package.json pnpm-lock.yaml", "", "node"),
    _Install(re.compile(r"\bpip3? install\b.*-r\s*(?P<file>\S+)"), "{file}", "", "python"),
    _Install(re.compile(r"\bpoetry install\b"), "pyproject.toml poetry.lock", "", "python"),
    _Install(re.compile(r"\buv sync\b"), "pyproject.toml uv.lock", "", "python"),
    _Install(re.compile(r"\bgo mod download\b"), "go.mod go.sum", "", "golang"),
    _Install(re.compile(r"\bbundle install\b"), "Gemfile Gemfile.lock", "", "ruby"),
    _Install(re.compile(r"\bcomposer install\b"), "composer.json composer.lock", "", "php"),
)  # fmt: skip


@dataclass(frozen=True)
class _Instruction:
    """An instruction: its keyword, the rest of it, its lines."""

    keyword: str
    rest: str
    first: int
    last: int


def faults(path: str, text: str, manifest: str, ignored: str | None) -> Iterator[Fault]:
    """All faults of a Dockerfile; `manifest` is package.json, `ignored` .dockerignore if known."""
    found = tuple(_instructions(text))
    if not any(i.keyword == "FROM" for i in found):
        return
    yield from _started(path, found, manifest)
    yield from _secrets(path, found)
    yield from _bases(path, found)
    yield from _root(path, found)
    yield from _order(path, found)
    yield from _everything(path, found, ignored)


def _instructions(text: str) -> Iterator[_Instruction]:
    first, held = 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        if not held and (not bare or bare.startswith("#")):
            continue
        if bare.startswith("#"):
            continue
        first = first if held else number
        held += line.rstrip().removesuffix("\\") + " " if bare.endswith("\\") else line
        if bare.endswith("\\"):
            continue
        said = _INSTRUCTION.match(held)
        if said:
            rest = " ".join(said["rest"].split())
            yield _Instruction(said["keyword"].upper(), rest, first, number)
        held = ""


def _started(path: str, found: tuple[_Instruction, ...], manifest: str) -> Iterator[Fault]:
    """A start that swallows SIGTERM: a shell in between, or npm."""
    last = next((i for i in reversed(found) if i.keyword in {"CMD", "ENTRYPOINT"}), None)
    if last is None:
        return
    is_list = last.rest.startswith("[")
    words = _words(last.rest)
    by_npm = words[:1] in (["npm"], ["yarn"], ["pnpm"])
    if is_list and not by_npm:
        return
    new = words
    if by_npm:
        new = _of_manifest(manifest, words)
    elif _SHELL.search(last.rest) and not is_list:
        new = ["sh", "-c", f"exec {last.rest}"]
    right = f"{last.keyword} {json.dumps(new)}" if new else 'CMD ["node", "dist/server.js"]'
    yield Fault(
        rule="swallows-sigterm", path=path, line=last.first, rank="breaks",
        says=("npm" if by_npm else "a shell")
        + " is started in place of the service and passes no SIGTERM on: each stop waits for its "
        "time to run out (10 s with Docker, 30 s on ECS) and cuts off what is in flight"
        + ("" if new else "; the file is the one that start in package.json names"),
        right=right,
        edits=(Edit(first=last.first, last=last.last, lines=(right,)),) if new else (),
    )  # fmt: skip


def _words(rest: str) -> list[str]:
    try:
        said = json.loads(rest) if rest.startswith("[") else shlex.split(rest)
    except ValueError:
        return rest.split()
    return [str(word) for word in said]


def _of_manifest(manifest: str, words: list[str]) -> list[str]:
    """What the script of package.json starts, if that is node itself; [] if it is not known."""
    name = next((w for w in words[1:] if w not in {"run", "--"} and not w.startswith("-")), "start")
    try:
        script = str(json.loads(manifest).get("scripts", {}).get(name, "")) if manifest else ""
    except ValueError:
        script = ""
    said = script.split()
    return said if said[:1] == ["node"] and not _SHELL.search(script) else []


def _secrets(path: str, found: tuple[_Instruction, ...]) -> Iterator[Fault]:
    """Values that everybody who has the image can read."""
    for each in found:
        if each.keyword not in {"ENV", "ARG"}:
            continue
        names = [
            part.partition("=")[0] for part in (each.rest.split() if "=" in each.rest else
                                                [each.rest.replace(" ", "=", 1)])
            if _STRUCK in part
        ]  # fmt: skip
        if not names:
            continue
        kept = [p for p in each.rest.split() if _STRUCK not in p] if "=" in each.rest else []
        lines = (f"{each.keyword} {' '.join(kept)}",) if kept else ()
        yield Fault(
            rule="secret-in-image", path=path, line=each.first, rank="security",
            says=f"{', '.join(names)} stands here with its value: every copy of the image and the "
            "history of the repository hold it. Rotate it now, then give it to the task from "
            "Secrets Manager",
            right=f'secrets = [{{ name = "{names[0]}", valueFrom = "arn:aws:secretsmanager:..." }}]'
            " in the task definition",
            edits=(Edit(first=each.first, last=each.last, lines=lines),),
        )  # fmt: skip


def _bases(path: str, found: tuple[_Instruction, ...]) -> Iterator[Fault]:
    """Images that are another one tomorrow."""
    named: set[str] = set()
    for each in (i for i in found if i.keyword == "FROM"):
        words = [w for w in each.rest.split() if not w.startswith("--")]
        image, _, tag = words[0].partition(":")
        if [word.lower() for word in words[1:2]] == ["as"]:
            named.add(words[-1].lower())
        loose = tag in {"", "latest"} and "@" not in image and "$" not in image
        if not loose or image.lower() in {*named, "scratch"}:
            continue
        line = _LINES_OF.get(image, "")
        known = next((i for i in images() if i.image == image and i.tag.startswith(line)), None)
        # As large as before: what compiles its packages is in the one without slim.
        name = known.name.replace("-slim", "") if known else ""
        right = f"FROM {each.rest.replace(words[0], name, 1)}" if known and line else ""
        yield Fault(
            rule="image-not-pinned", path=path, line=each.first, rank="breaks",
            says=f"{words[0]} is another image tomorrow: a build that passed fails, or runs on a "
            "version that nobody tested",
            right=right or f"FROM {image}:VERSION",
            edits=(Edit(first=each.first, last=each.last, lines=(right,)),) if right else (),
        )  # fmt: skip


def _root(path: str, found: tuple[_Instruction, ...]) -> Iterator[Fault]:
    stages = [n for n, i in enumerate(found) if i.keyword == "FROM"]
    last = found[stages[-1] :]
    users = [i for i in last if i.keyword == "USER"]
    if users and users[-1].rest.partition(":")[0] not in {"root", "0"}:
        return
    before = next((i for i in last if i.keyword in {"CMD", "ENTRYPOINT"}), None)
    line = before.first if before else last[-1].last + 1
    yield Fault(
        rule="runs-as-root", path=path, line=users[-1].first if users else last[0].first,
        rank="security",
        says="the service runs as root: who breaks out of it owns what the host lets root do",
        right="USER 1000",
        edits=(Edit(first=users[-1].first, last=users[-1].last, lines=("USER 1000",)),) if users
        else (Edit(first=line, last=line - 1, lines=("USER 1000",)),),
    )  # fmt: skip


def _order(path: str, found: tuple[_Instruction, ...]) -> Iterator[Fault]:
    """Packages that are installed again whenever a file changes, and not as locked."""
    copied: _Instruction | None = None
    for each in found:
        if each.keyword == "FROM":
            copied = None
        if each.keyword in {"COPY", "ADD"} and _ALL.match(each.rest):
            copied = copied or each
        if each.keyword != "RUN":
            continue
        for install in _INSTALLS:
            said = install.shows.search(each.rest)
            if said:
                yield from _installed(path, copied, each, install, said)
                break


def _installed(
    path: str, copied: _Instruction | None, run: _Instruction, install: _Install,
    said: re.Match[str],
) -> Iterator[Fault]:  # fmt: skip
    right = _as_locked(run.rest, install)
    given = {"file": said["file"]} if "file" in said.re.groupindex else {}
    files = install.files.format(**given)
    if copied is None:
        if right != run.rest:
            yield Fault(
                rule="npm-install", path=path, line=run.first, rank="speed",
                says="npm install may take newer versions than were tested",
                right=f"RUN {right}",
                edits=(Edit(first=run.first, last=run.last, lines=(f"RUN {right}",)),),
            )  # fmt: skip
        return
    yield Fault(
        rule="copied-before-install", path=path, line=copied.first, rank="speed",
        says="every file is copied before the packages are installed (line "
        f"{run.first}), so each commit installs them anew. Copy {files.replace(' ', ' and ')} "
        "first, install, then copy the rest"
        + ("; npm install may take newer versions than were tested" if "npm ci" in right
           and "npm ci" not in run.rest else ""),
        right=f"COPY {files} ./",
        edits=(
            Edit(first=copied.first, last=copied.last,
                 lines=(f"COPY {files} ./", f"RUN {right}", "COPY . .")),
            Edit(first=run.first, last=run.last, lines=()),
        ),
    )  # fmt: skip


def _as_locked(command: str, install: _Install) -> str:
    if install.command == "npm ci":
        return re.sub(r"\bnpm (?:install|i)\b", "npm ci", command)
    if install.base == "python" and "pip" in command and "--no-cache-dir" not in command:
        return re.sub(r"\b(pip3? install)\b", r"\1 --no-cache-dir", command, count=1)
    return command


def _everything(path: str, found: tuple[_Instruction, ...], ignored: str | None) -> Iterator[Fault]:
    """All files of the folder in the image, .git and .env with them."""
    copied = next((i for i in found if i.keyword in {"COPY", "ADD"} and _ALL.match(i.rest)), None)
    if copied is None or (ignored is not None and ".env" in ignored and ".git" in ignored):
        return
    yield Fault(
        rule="no-dockerignore", path=path, line=copied.first, rank="security",
        says="COPY . takes everything: .git, .env and what was installed on your machine, unless a "
        ".dockerignore leaves them out, and none was handed over",
        right=".dockerignore (handed over)",
    )  # fmt: skip
