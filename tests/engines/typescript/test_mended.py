"""A mended file is held against the file that it was, by the compiler."""

import pytest

from blueproof.engines.typescript.mended import compiler, held_against

BEFORE = "import { useThing } from './thing';\nexport const n: number = useThing().missing.name;\n"


@pytest.fixture(autouse=True)
def _compiler() -> None:
    if not compiler():
        pytest.skip("the compiler is not here: blueproof doctor --install starters")


def test_a_name_that_is_not_there_is_held_against_it() -> None:
    after = f"{BEFORE}export const m = increment(1);\n"
    (held,) = held_against({"a.ts": BEFORE}, {"a.ts": after})
    assert held.code == "TS2304"
    assert "increment" in held.text


def test_what_the_file_had_already_and_what_it_imports_are_not() -> None:
    old = f"{BEFORE}export const x: number = 'a';\n"
    assert held_against({"a.ts": old}, {"a.ts": f"{old}export const y = useThing();\n"}) == ()


def test_a_name_that_was_missing_before_is_not_held_against_it_for_another_proposal() -> None:
    before = "const [user] = await f(users);\nsend(user);\nexport {};\n"
    after = before.replace("send(user)", "await send(user)")
    assert held_against({"a.ts": before}, {"a.ts": after}) == ()
