"""Weaknesses that tests notice, and those that they do not."""

from collections.abc import Mapping

import pytest

from blueproof.core.errors import EngineError, InputError
from blueproof.engines.typescript import convex, testing
from blueproof.engines.typescript.weakened import Weakness, made, survivors
from npm import tree
from typescript_samples import read

CHAT = read("chat")


def weakness(find: str, put: str = "", file: str = "convex/messages.ts") -> Weakness:
    return Weakness(file=file, find=find, replace=put)


def run(files: Mapping[str, str]) -> testing.Tested:
    """Tests of a file that says what holds: one a word."""
    wrong = tuple(word for word in ("members", "once") if word not in files["a.ts"])
    broken = "(((" in files["a.ts"]
    failed = ("a.ts: broken",) if broken else wrong
    return testing.Tested(
        passed=0 if broken else 2 - len(wrong), failed=failed, skipped=0, seconds=0.0
    )


def test_what_no_test_notices_survives() -> None:
    files = {"a.ts": "members once long"}
    members, long = weakness("members", file="a.ts"), weakness("long", file="a.ts")
    assert survivors(files, (members, long), run) == (long,)


@pytest.mark.parametrize(
    ("find", "put", "says"),
    [
        ("nobody", "", r"a\.ts: 'nobody' stands there 0 times"),
        ("m", "", r"stands there 3 times"),
        ("once", "once", "must change one place"),
        ("once", "(((", "breaks the code: no test passes"),
    ],
)
def test_a_weakness_that_is_none_is_an_error_that_names_it(find: str, put: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        survivors({"a.ts": "members once m"}, (weakness(find, put, "a.ts"),), run)


def test_a_file_that_is_not_there_is_an_error() -> None:
    with pytest.raises(InputError, match="there is no such file"):
        made({}, weakness("a"))


def test_tests_that_fail_by_themselves_notice_nothing() -> None:
    with pytest.raises(EngineError, match="before anything is weakened"):
        survivors({"a.ts": "members"}, (weakness("members", file="a.ts"),), run)


def test_the_sample_s_tests_notice_members_and_repeats_but_not_length() -> None:
    packages = tree("convex")
    membership = weakness("if (found === null) throw", "if (false) throw")
    repeats = weakness("if (before === null)", "if (before !== undefined)")
    length = weakness('if (text.length > LONGEST) throw new Error("The message is too long.");')
    left = survivors(
        CHAT, (membership, length, repeats), lambda files: convex.tested(files, packages)
    )
    assert left == (length,)
