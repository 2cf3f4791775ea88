"""Starters as they are handed over: each variant compiles, passes its tests, and differs."""

import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.starter.advise import Starter, recommend
from blueproof.engines.typescript import convex, functions, trees
from blueproof.engines.typescript.weakened import Weakness, made
from blueproof.proof.bench import Bench
from blueproof.proof.prove import check
from blueproof.starters.feature import App, Stack, features
from blueproof.starters.tree import tree

EVERYTHING = (
    *("anonymous", "apple", "attachments", "chat", "edits", "email", "google", "groups"),
    *("offline", "presence", "push", "reactions", "receipts", "roles", "safety", "seed", "web"),
)
SETS = {
    "everything": (EVERYTHING, 50),
    "no attachments": (("chat", "email", "push", "safety", "seed"), 2),
    "groups of 500": (("chat", "email", "google", "apple", "groups", "push", "receipts"), 500),
    "anonymous only": (("anonymous", "chat", "safety"), 2),
    "no push": (tuple(f for f in EVERYTHING if f != "push"), 50),
    "web and roles": (("apple", "chat", "email", "google", "roles", "safety", "seed", "web"), 2),
}
STACKS: tuple[Stack, ...] = ("convex", "firebase")


def weaknesses(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml_file.load(
        Path(__file__).with_name(name).read_text(encoding="utf-8")
    )
    return found


WEAKNESSES = weaknesses("convex_weaknesses.yaml")
FUNCTION_WEAKNESSES = weaknesses("firebase_function_weaknesses.yaml")


@cache
def app(name: str) -> App:
    features, group = SETS[name]
    return App(
        name="chat", title="Chat", identifier="com.example.chat",
        features=tuple(sorted(features)), group=group,
    )  # fmt: skip


def test_no_two_variants_are_alike() -> None:
    for stack in STACKS:
        trees_of = [tuple(tree(stack, app(name)).items()) for name in SETS]
        assert len(set(trees_of)) == len(SETS)


@pytest.mark.nightly
@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("name", SETS)
def test_each_variant_compiles_and_passes_its_tests(name: str, stack: Stack) -> None:
    files = {f"app/{path}": text for path, text in tree(stack, app(name)).items()}
    starter = Starter(stack=stack, app=app(name), folder="app", files=files)
    claims = recommend(starter, ()).claims
    assert len(claims) >= 3
    with Bench() as bench:
        for claim in claims:
            outcome = check(claim, None, bench)
            if outcome.verdict == "unchecked" and "CI" not in os.environ:
                pytest.skip(outcome.reason)
            assert (outcome.verdict, outcome.reason) == ("proved", "")


@pytest.mark.nightly
@pytest.mark.parametrize("at", range(len(WEAKNESSES)))
def test_each_seeded_weakness_is_noticed(at: int) -> None:
    """By the one file of tests that is there for it."""
    told = WEAKNESSES[at]
    files = weaker("convex", told, told["noticed_by"])
    assert convex.tested(files, packages("convex")).failed


@pytest.mark.nightly
@pytest.mark.parametrize("at", range(len(FUNCTION_WEAKNESSES)))
def test_each_seeded_weakness_of_a_function_is_noticed(at: int) -> None:
    """As above, of Firebase: a test fails, and not the file that could not be loaded."""
    told = FUNCTION_WEAKNESSES[at]
    test = f"functions/tests/{told['noticed_by']}.test.ts"
    files = weaker("firebase", told, test)
    seen = functions.tested(files, packages("firebase-functions"))
    titles = re.findall(r'^it\("((?:[^"\\]|\\.)+)"', files[test], re.MULTILINE)
    assert any(title in failure for failure in seen.failed for title in titles)


def test_every_seeded_weakness_of_a_function_fits_its_file() -> None:
    assert len(FUNCTION_WEAKNESSES) >= 26
    for told in FUNCTION_WEAKNESSES:
        assert told["file"] in features("firebase")[told["feature"]].files
        test = f"functions/tests/{told['noticed_by']}.test.ts"
        assert test in weaker("firebase", told, test)


def packages(name: trees.Name) -> Path:
    """A tree of packages; without it skips, and in CI fails."""
    found = trees.tree(name)
    if found is None and "CI" not in os.environ:
        pytest.skip(trees.GET)
    assert found is not None, trees.GET
    return found


def weaker(stack: Stack, told: dict[str, Any], noticed_by: str) -> dict[str, str]:
    """The app with everything, a weakness seeded, and one file of tests alone."""
    files = {
        path: text
        for path, text in tree(stack, app("everything")).items()
        if ".test." not in path or path == noticed_by
    }
    weakness = Weakness(file=told["file"], find=told["find"], replace=told["replace"])
    return dict(made(files, weakness))
