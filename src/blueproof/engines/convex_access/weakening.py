"""Whether a person's own tests notice when a guard is taken out of their functions.

Each guard is taken out in a copy, and their tests run on it: code of theirs is executed, with our
rights. Where no test fails, the weakened copy is read again: only where the reading then lets
something through that it refused before is there a test to write.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from blueproof.core.errors import EngineError, InputError
from blueproof.engines.convex_access.reading import Guard, PublicFunction, Reading, read
from blueproof.engines.typescript import testing
from blueproof.engines.typescript.convex import generated
from blueproof.engines.typescript.laying import Files
from blueproof.engines.typescript.testing import Tested
from blueproof.engines.typescript.trees import GET, MODULES, tree

_ENDINGS = frozenset(
    ".ts .tsx .js .jsx .mjs .cjs .mts .cts .json .jsonc .yaml .sql .txt .md".split()
)
_LEFT_OUT = frozenset((MODULES, "dist", "build", "coverage", "android", "ios"))
_MOST_FILES, _MOST_BYTES = 4_000, 1 << 20
_AT_ONCE = 2
_WEAKER = {"refused": 0, "cannot tell": 1, "open": 2}


@dataclass(frozen=True, kw_only=True)
class Unnoticed:
    """A guard that no test misses; `opens` is what is let through without it, if anything is.

    Of `opens` each is the function, the attack and the verdict without the guard.
    """

    guard: Guard
    opens: tuple[tuple[PublicFunction, str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Weakened:
    """What came of taking out each guard: how many there were, and those not noticed."""

    guards: int
    tests: int
    unnoticed: tuple[Unnoticed, ...]


def weaken(folder: Path, before: Reading) -> Weakened:
    """Their tests, with each guard of their functions taken out in turn.

    InputError where there are no tests below the folder, or tests fail with every guard in place.
    EngineError without the packages that they need.
    """
    root, below = folder.parent, folder.name
    files, packages = _files(root, below), _packages(root)
    ready = generated(files, packages).files if below == "convex" else files

    def run(given: Files) -> Tested:
        return testing.tested(given, packages, "", below, None)

    sound = run(ready)
    if sound.failed or not sound.passed:
        raise InputError(
            f"tests fail before anything is weakened: {(*sound.failed, 'none ran')[0]}"
        )
    guards = tuple(_guards(before))
    left = _survivors(ready, below, guards, run)
    return Weakened(
        guards=len(guards),
        tests=sound.passed,
        unnoticed=tuple(
            Unnoticed(guard=guard, opens=tuple(_opened(before, ready, below, guard)))
            for guard in left
        ),
    )


def _guards(reading: Reading) -> Iterator[Guard]:
    """Each guard once, though several functions pass it."""
    found = {(g.file, g.start): g for function in reading.functions for g in function.guards}
    yield from (guard for _, guard in sorted(found.items()))


def _survivors(
    files: Files, below: str, guards: Sequence[Guard], run: Callable[[Files], Tested]
) -> list[Guard]:
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        results = pool.map(lambda guard: run(without(files, below, guard)), guards)
        return [
            guard
            for guard, seen in zip(guards, results, strict=True)
            if seen.passed and not seen.failed
        ]


def without(files: Files, below: str, guard: Guard) -> Files:
    """The files with a guard taken out; `below` is the folder that its file lies in."""
    path = f"{below}/{guard.file}"
    units = files[path].encode("utf-16-le")
    start, end = units[: 2 * guard.start], units[2 * guard.end :]
    return {**files, path: (start + guard.replace.encode("utf-16-le") + end).decode("utf-16-le")}


def _opened(
    before: Reading, files: Files, below: str, guard: Guard
) -> Iterator[tuple[PublicFunction, str, str]]:
    """What is let through without a guard and was not before."""
    known = {(f.name, a.attack): a.verdict for f in before.functions for a in f.attempts}
    with tempfile.TemporaryDirectory(prefix="blueproof-weaker-") as name:
        for path, text in without(files, below, guard).items():
            if path.startswith(f"{below}/"):
                file = Path(name) / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
        after = read(Path(name) / below)
    for function in after.functions:
        for attempt in function.attempts:
            then = known.get((function.name, attempt.attack), "refused")
            if _WEAKER[attempt.verdict] > _WEAKER[then]:
                yield function, attempt.attack, attempt.verdict


def _packages(root: Path) -> Path:
    """Where their packages are, else our tree."""
    runner = Path(MODULES) / "vitest" / "vitest.mjs"
    test = Path(MODULES) / "convex-test"
    for place in (root, *root.parents):
        if (place / runner).is_file() and (place / test).is_dir():
            return place
    ours = tree("convex")
    if ours is None:
        raise EngineError(f"vitest and convex-test are not here: {GET}, or npm install")
    return ours


def _files(root: Path, below: str) -> Mapping[str, str]:
    """The text of a project, as far as tests of a back end can need it."""
    found = dict[str, str]()
    for path, file in _walked(root):
        if len(found) >= _MOST_FILES:
            raise InputError(f"{root} holds more than {_MOST_FILES} files: is it the project?")
        found[path] = file.read_text(encoding="utf-8", errors="replace")
    if not any(".test." in path for path in found if path.startswith(f"{below}/")):
        raise InputError(f"there are no tests (*.test.ts) below {root / below} to run")
    return found


def _walked(root: Path) -> Iterator[tuple[str, Path]]:
    for entry in sorted(root.iterdir()):
        if entry.name.startswith(".") or entry.name in _LEFT_OUT or entry.is_symlink():
            continue
        if entry.is_dir():
            yield from ((f"{entry.name}/{path}", file) for path, file in _walked(entry))
        elif entry.suffix in _ENDINGS and entry.stat().st_size <= _MOST_BYTES:
            yield entry.name, entry


def sketch(function: PublicFunction, attack: str) -> str:
    """A test that would notice, to be filled in: who attacks, and with whose id."""
    module, _, name = function.name.partition(":")
    target = ".".join(("api", *module.split("/"), name))
    who = "t" if attack == "anonymous" else 't.withIdentity({ subject: "stranger" })'
    args = ", ".join(f"{name}: {_sample(kind)}" for name, kind in function.args)
    return (
        f'test("{function.name} refuses {attack}", async () => {{\n'
        "  const t = convexTest(schema, modules);\n"
        "  // store what belongs to somebody else: its ids go below\n"
        f"  await expect({who}.{function.kind}({target}, {{ {args} }})).rejects.toThrow();\n"
        "});"
    )


def _sample(kind: str) -> str:
    return {
        "id": "theirs", "string": '"x"', "number": "1", "float64": "1", "boolean": "true",
        "array": "[]", "paginationOpts": "{ numItems: 10, cursor: null }",
    }.get(kind, "undefined")  # fmt: skip
