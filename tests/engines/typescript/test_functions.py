"""Cloud Functions: their types, and tests that call their handlers."""

from pathlib import Path

import pytest

from blueproof.engines.typescript import functions
from blueproof.engines.typescript.functions import complaints
from npm import tree
from typescript_samples import altered, read

UNREAD = read("unread")
SOURCE = "functions/src/unread.ts"


@pytest.fixture(scope="module")
def packages() -> Path:
    return tree("firebase-functions")


def test_a_sound_function_type_checks(packages: Path) -> None:
    assert complaints(UNREAD, packages) == ()


def test_a_parameter_that_the_path_has_not_is_found(packages: Path) -> None:
    (complaint,) = complaints(altered(UNREAD, SOURCE, "params.id}", "params.room}"), packages)
    assert (complaint.path, complaint.code) == (SOURCE, "TS2339")


def test_a_handler_is_called_by_its_tests(packages: Path) -> None:
    seen = functions.tested(UNREAD, packages)
    assert (seen.passed, seen.failed, seen.skipped) == (2, (), 0)


def test_tests_are_found_where_their_settings_look_for_them(packages: Path) -> None:
    settings = 'export default { test: { dir: "tests" } };\n'
    files = {**UNREAD, "functions/vitest.config.mts": settings}
    assert functions.tested(files, packages).passed == 2


def test_the_project_s_own_settings_at_the_root_do_not_disturb(packages: Path) -> None:
    files = {**UNREAD, "tsconfig.json": '{"extends": "expo/tsconfig.base", "include": ["**/*"]}'}
    outside = altered(files, "functions/tsconfig.json", '"src", "tests"', '"src"')
    assert functions.tested(outside, packages).passed == 2


def test_a_handler_that_counts_for_the_author_fails(packages: Path) -> None:
    seen = functions.tested(altered(UNREAD, SOURCE, '!== message["author"]', '!== ""'), packages)
    (failure,) = seen.failed
    assert failure.startswith("functions/tests/unread.test.ts: a message counts for everybody")
