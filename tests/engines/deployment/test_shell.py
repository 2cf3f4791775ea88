"""Scripts are read as the commands that they run; what nothing runs is not among them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueproof.engines.deployment.shell import commands

CASES = {
    "aws ecs wait services-stable": [("aws", "ecs", "wait", "services-stable")],
    "# aws ecs wait": [],
    "ls # aws ecs wait": [("ls",)],
    "echo 'aws ecs wait; rm x'": [("echo", "aws ecs wait; rm x")],
    'echo "aws; rm x"': [("echo", "aws; rm x")],
    "a && b || c; d | e": [("a",), ("b",), ("c",), ("d",), ("e",)],
    "if ! test -f x; then rm x; fi": [("test", "-f", "x"), ("rm", "x")],
    "a \\\n  b": [("a", "b")],
    "X=1 Y=2 run it": [("run", "it")],
    "printf 'a\\nb'": [("printf", "a\\nb")],
    "echo a#b": [("echo", "a#b")],
}


@pytest.mark.parametrize("script", CASES)
def test_the_commands_of_a_script(script: str) -> None:
    assert [c.words for c in commands(script)] == CASES[script]


def test_what_is_substituted_runs_first() -> None:
    inner, outer = commands('export A="$(aws s3 ls "$B" | head -1)-$C"')[0:2], commands("x")
    assert inner[0].words == ("aws", "s3", "ls", "$B")
    assert outer[0].words == ("x",)
    last = commands('export A="$(aws s3 ls "$B")-$C"')[-1]
    assert last.sets == ("A",)
    assert last.reads == ("C",)


def test_variables_in_single_quotes_are_not_read() -> None:
    assert commands("echo '$A' \"$B\" ${C%%/*} $D/e")[0].reads == ("B", "C", "D")


def test_options_are_found_in_both_forms() -> None:
    (command,) = commands('terraform -chdir=infra apply -var image="$I"')
    assert command.runs("terraform", "apply")
    assert command.option("-chdir") == "infra"
    assert command.option("-var") == "image=$I"
    assert command.option("-none") == ""


@given(st.text(alphabet="ab $(){}'\"\\\n#;|&=`<>-", max_size=60))
def test_any_text_is_read_to_its_end(script: str) -> None:
    for command in commands(script):
        assert command.words or command.sets
