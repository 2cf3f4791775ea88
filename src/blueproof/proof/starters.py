"""Claims about starters: the compiler accepts their types, and their own tests pass."""

import importlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path, PurePosixPath

from blueproof.core.claim import PassesTests, RulesHold, Runner, TypeChecks
from blueproof.core.errors import BlueproofError, EngineError, InputError
from blueproof.core.evidence import Measurement
from blueproof.core.scene import DatabaseScene
from blueproof.engines.typescript import running, trees
from blueproof.engines.typescript.passed import remembered
from blueproof.engines.typescript.testing import Tested
from blueproof.proof.bench import Bench
from blueproof.proof.outcome import Outcome, listed, texts, unchecked
from blueproof.starters.feature import App, Stack

_NODE = "blueproof doctor --install node"
# Which packages a project is checked with, by the folder of its settings; else those of the client.
_TREES: Mapping[str, trees.Name] = {
    "convex": "convex",
    "functions": "firebase-functions",
    "rules-tests": "client",
    "lib": "convex",  # of the packages its tests need vitest alone
}
_STANDS_FOR = {
    "convex": "convex-test in the place of Convex: no limits on size and time, one at a time",
    "functions": "stand-ins for Google's emulators: no rules, and transactions never conflict",
    "lib": "without a device, a screen or a back end",
}
_KEPT = "a run that passed stands for these very files until blueproof prove runs them again"
# Who makes the files of a starter's back end, and so knows which code is ours.
_STACKS: Mapping[Runner, tuple[Stack, ...]] = {
    "convex": ("convex",),
    "functions": ("firebase",),
    "lib": ("convex", "firebase"),
}
_PLAIN = {"name": r"[a-z][a-z0-9-]*", "identifier": r"[a-z][a-z0-9.]*", "title": r"[\w .,&()-]+"}


def type_checks(claim: TypeChecks, _scene: DatabaseScene | None, _bench: Bench) -> Outcome:
    """The compiler has no complaint, and passes by no file of the project."""
    from blueproof.engines.typescript import compiling, convex

    folder = str(PurePosixPath(claim.project).parent).removeprefix(".")
    part = PurePosixPath(folder).name
    name = _TREES.get(part, "client")
    how = f"tsc --noEmit -p {claim.project}, with {trees.told(name)}"
    tree, lacks = _ready(name)
    if tree is None:
        return unchecked(lacks, how)
    root = _parent(folder) if part in _TREES else folder
    try:
        files = convex.generated(_below(root, texts(claim.files)), trees.tree("convex"))
        found = compiling.check(files.files, tree, claim.project.removeprefix(root).lstrip("/"))
    except EngineError as error:
        return unchecked(str(error), how)
    wrong = (
        *map(str, found.complaints),
        *(f"{path}: no setting of the project leads to it" for path in found.passed_by),
    )
    return Outcome(
        verdict="refuted" if wrong or not found.files else "proved",
        basis="real data",
        how=how,
        measured=(
            Measurement(name="files", value=len(found.files), unit="files"),
            Measurement(name="complaints", value=len(wrong), unit="complaints"),
        ),
        reason=listed(wrong) if found.files else "no file is part of the project",
    )


def passes_tests(claim: PassesTests, _scene: DatabaseScene | None, bench: Bench) -> Outcome:
    """Every test that is meant for the app passes, and there is one."""
    name = _TREES[claim.runner]
    how = f"vitest, with {trees.told(name)}; {_STANDS_FOR[claim.runner]}; {_KEPT}"
    files = _below(_root(claim), texts(claim.files))
    tests = [path for path in files if path.startswith(f"{claim.runner}/") and ".test." in path]
    if not tests:
        return Outcome(verdict="refuted", basis="none", how=how, reason="there is no test")
    strange = changed(files, claim.app.text, claim.runner)
    if strange:
        # Whoever repeats a proof on somebody's folder must not run somebody's code by it.
        return unchecked(f"{strange}, and only our own code is run", how)
    tree, lacks = _ready(name)
    if tree is None:
        return unchecked(lacks, how)
    try:
        run = importlib.import_module(f"blueproof.engines.typescript.{claim.runner}").tested
        seen = run(files, tree) if bench.anew else remembered(files, tree, run)
    except EngineError as error:
        return unchecked(str(error), how)
    return Outcome(
        verdict="refuted" if seen.failed or not seen.passed else "proved",
        basis="simulated",
        how=how,
        measured=tuple(_counted(seen)),
        reason=listed(seen.failed) if seen.failed or seen.passed else "no test ran",
    )


def rules_hold(claim: RulesHold, _scene: DatabaseScene | None, _bench: Bench) -> Outcome:
    """Every request in the tables is decided as expected, and there is one that is refused."""
    from blueproof.engines.firebase_rules.rules import read_rules
    from blueproof.engines.firebase_rules.table import read_table, run_table

    how = "decided by our evaluator of security rules, not by Google's"
    rules = read_rules(claim.rules.text)
    tables = (read_table(each.text, name=each.path) for each in claim.tables)
    decided = [(each.name, one) for each in tables for one in run_table(rules, each)]
    wrong = tuple(f"{name}: {one.case.name}" for name, one in decided if not one.passed)
    refused = sum(not one.case.expected for _, one in decided)
    return Outcome(
        verdict="refuted" if wrong or not refused else "proved",
        basis="simulated",
        how=how,
        measured=(
            Measurement(name="requests", value=len(decided), unit="requests"),
            Measurement(name="refused", value=refused, unit="requests"),
        ),
        reason=listed(wrong) if wrong or refused else "no request is refused in the tables",
    )


def _counted(seen: Tested) -> Iterator[Measurement]:
    total = seen.passed + len(seen.failed)
    yield Measurement(name="passed", value=seen.passed, unit=f"of {total} tests")
    if seen.skipped:
        yield Measurement(name="not meant for this app", value=seen.skipped, unit="tests")


def changed(files: Mapping[str, str], app: str, runner: Runner) -> str:
    """The first of the files that is not what we hand over for the app, in words; "" if none is."""
    try:
        made = handed(read_app(app), runner)
    except (BlueproofError, ValueError) as error:
        return f"the app is none that we make: {error}"
    strange = [next((p for p, text in files.items() if own.get(p) != text), "") for own in made]
    return "" if "" in strange else f"{strange[0]} was changed"


def handed(app: App, runner: Runner) -> tuple[dict[str, str], ...]:
    """Every file of the starter that we make for an app, by path; for each stack that it may be."""
    from blueproof.starters.tree import tree

    return tuple(tree(stack, app) for stack in _STACKS[runner])


def read_app(text: str) -> App:
    """The app of a starter from its JSON; InputError for words that code could hide in."""
    try:
        raw = json.loads(text)
        app = App(**{**raw, "features": tuple(raw["features"])})
    except (ValueError, KeyError, TypeError) as error:
        names = ", ".join(field.name for field in fields(App))
        raise InputError(f"the app is not told as JSON of {names}") from error
    for key, plain in _PLAIN.items():
        if not re.fullmatch(plain, str(getattr(app, key))):
            raise InputError(f"the app's {key} is none that we would write")
    if type(app.group) is not int or not all(isinstance(name, str) for name in app.features):
        raise InputError("the app's group is a whole number, its features are names")
    return app


def _ready(name: trees.Name) -> tuple[Path | None, str]:
    """The tree to check with, or None and what is lacking, with the command that gets it."""
    if running.node() is None:
        least = ".".join(map(str, running.LEAST))
        return None, f"Node {least} or later is not here: {_NODE}"
    tree = trees.tree(name)
    return tree, "" if tree else f"the packages of {name} are not here: {trees.GET}"


def _root(claim: PassesTests) -> str:
    """The folder that the starter lies in: above the runner's own folder."""
    found = (file.path.split("/") for file in claim.files)
    inside = [parts for parts in found if claim.runner in parts[:-1]]
    return min(("/".join(parts[: parts.index(claim.runner)]) for parts in inside), default="")


def _parent(folder: str) -> str:
    return str(PurePosixPath(folder).parent).removeprefix(".")


def _below(root: str, files: Mapping[str, str]) -> dict[str, str]:
    """The files of a folder by their paths in it."""
    start = f"{root}/" if root else ""
    return {p.removeprefix(start): text for p, text in files.items() if p.startswith(start)}
