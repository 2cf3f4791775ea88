"""The starters of a brief as recommendations: whole trees of files, and what is checked of them."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

from blueproof.advisors.starter.case import StarterCase
from blueproof.core.advice import Artifact, Recommendation, Step
from blueproof.core.blueprint import Conclusion, Draft, Proof, Unproved
from blueproof.core.claim import Claim, PassesTests, RulesHold, Runner, TypeChecks
from blueproof.core.errors import UsageError
from blueproof.core.scene import Excerpt, File
from blueproof.starters.feature import SLOTS, App, Stack
from blueproof.starters.tree import tree

_RUNNERS: dict[Stack, tuple[Runner, ...]] = {
    "convex": ("convex", "lib"),
    "firebase": ("functions", "lib"),
}
_PROJECTS: dict[Stack, tuple[str, ...]] = {
    "convex": ("tsconfig.json", "convex/tsconfig.json"),
    "firebase": ("tsconfig.json", "functions/tsconfig.test.json", "rules-tests/tsconfig.json"),
}
# The tables of requests for each rules file, by their paths.
_TABLES = {
    "firestore.rules": r"rules-tests/(?!.*-storage)[a-z-]+\.yaml",
    "storage.rules": r"rules-tests/[a-z-]+-storage\.yaml",
}
_SETTINGS = frozenset({"package.json", "tsconfig.json", "vitest.config.mts"})
_WHAT = {
    "convex": "functions and schema",
    "firebase": "functions, security rules and indexes",
}


@dataclass(frozen=True, kw_only=True)
class Starter:
    """A tree of files for one back end, each path below the folder that it is handed over in."""

    stack: Stack
    app: App
    folder: str
    files: dict[str, str]


def starters(case: StarterCase) -> tuple[Starter, ...]:
    """The starter of each back end in question, less one that cannot hold what is asked."""
    return tuple(made for stack in case.stacks if (made := _made(case, stack)))


def _made(case: StarterCase, stack: Stack) -> Starter | None:
    folder = f"app-{stack}" if len(case.stacks) > 1 else "app"
    try:
        made = tree(stack, case.app)
    except UsageError:
        return None
    files = {f"{folder}/{path}": text for path, text in made.items()}
    return Starter(stack=stack, app=case.app, folder=folder, files=files)


def recommend(starter: Starter, needs: tuple[str, ...]) -> Recommendation:
    """The recommendation to begin with a starter; `needs` are the slots that it hangs on."""
    slot = SLOTS[starter.stack]
    tests = sum(".test." in path for path in starter.files)
    return Recommendation(
        slot=slot,
        choice=f"Begin with {starter.folder}: the {slot}, {len(starter.files)} files",
        because=(
            f"{_WHAT[starter.stack]} and the Expo client for {', '.join(starter.app.features)}; "
            f"{tests} files of tests; its README.md says how it is first run",
        ),
        claims=tuple(_claims(starter)),
        needs=needs,
    )


def begin(draft: Draft, case: StarterCase, needs: tuple[str, ...]) -> Draft:
    """The draft with the starters that its brief asks for."""
    made = starters(case)
    advice = tuple(recommend(starter, needs) for starter in made)
    files = (
        Artifact(path=path, purpose=f"the {slot}", text=text, needs=(slot,))
        for starter in made
        for slot in (SLOTS[starter.stack],)
        for path, text in starter.files.items()
    )
    brief = replace(draft.brief, assumptions=(*draft.brief.assumptions, *case.assumptions))
    return replace(
        draft,
        brief=brief if advice else draft.brief,
        recommendations=(*draft.recommendations, *advice),
        artifacts=(*draft.artifacts, *files),
        not_proved=(*draft.not_proved, *(_lacks(case) if advice else ())),
    )


def _lacks(case: StarterCase) -> Iterator[Unproved]:
    if case.lacking:
        missing = ", ".join(case.lacking)
        yield Unproved(statement=f"{missing}, which you asked for", why="not in the starter")


def _claims(starter: Starter) -> Iterator[Claim]:
    every = tuple(File(path=path, text=text) for path, text in starter.files.items())
    for project in _PROJECTS[starter.stack]:
        part = _part(starter, every, project.rpartition("/")[0])
        yield TypeChecks(files=part, project=f"{starter.folder}/{project}")
    app = Excerpt(text=json.dumps(asdict(starter.app)))
    for runner in _RUNNERS[starter.stack]:
        yield PassesTests(files=_part(starter, every, runner), runner=runner, app=app)
    yield from _rules(starter, every)


def _part(starter: Starter, files: tuple[File, ...], folder: str) -> tuple[File, ...]:
    """The files below a folder of the starter, and the settings above it; all where it is none."""
    top = f"{starter.folder}/"
    return tuple(
        file
        for file in files
        if not folder
        or file.path.startswith(f"{top}{folder}/")
        or file.path.removeprefix(top) in _SETTINGS
    )


def _rules(starter: Starter, files: tuple[File, ...]) -> Iterator[Claim]:
    """That rules decide as the tables beside them say, for each service that has any."""
    for name, tables in _TABLES.items():
        rules = next((f for f in files if f.path == f"{starter.folder}/{name}"), None)
        told = tuple(f for f in files if re.fullmatch(f"{starter.folder}/{tables}", f.path))
        if rules and told:
            yield RulesHold(rules=rules, tables=told)


def conclude(draft: Draft, proofs: tuple[Proof, ...]) -> Conclusion:
    """What is said of starters for a back end that is settled, once their claims are checked."""
    left = tuple(r for r in draft.recommendations if r.slot in SLOTS.values())
    tested = [p for p in proofs if isinstance(p.claim, PassesTests) and p.verdict == "proved"]
    passed = sum(int(p.measure("passed") or 0) for p in tested)
    checked = (
        f" Its types check, and {passed} of its own tests pass." if passed else " Not checked here."
    )
    if not left:
        return Conclusion(answer="No starter is handed over: what was written failed its checks.")
    first = left[0]
    folder = next(f.path.partition("/")[0] for f in draft.artifacts if first.slot in f.needs)
    return Conclusion(
        answer=f"{first.choice}.{checked}",
        steps=(
            Step(
                do=f"Follow {folder}/README.md",
                horizon="now",
                check="two phones see each other's messages",
                undo=f"delete {folder}",
            ),
        ),
    )
