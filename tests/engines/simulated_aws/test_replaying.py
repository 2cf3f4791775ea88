"""A guide's commands are read and carried out as a shell would, or said not to be."""

import pytest

from blueproof.engines.simulated_aws.replaying import Answer, Call, Replay
from blueproof.engines.simulated_aws.words import UnreadError, pipelines


class Heard:
    """Answers every program with its own words."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.kept: dict[str, str] = {}

    def answer(self, call: Call) -> Answer:
        self.calls.append(call)
        return Answer(out="told\n", wrong="no" if call.words[0] == "fails" else "")

    def keep(self, path: str, text: str) -> None:
        self.kept[path] = text


def played(script: str) -> tuple[Heard, Replay]:
    heard = Heard()
    replay = Replay(answers=heard.answer, keeps=heard.keep)
    replay.play(script, "1. Begin")
    return heard, replay


WORDS = {
    "run a b": ("run", "a", "b"),
    "run 'a b' \"c d\"": ("run", "a b", "c d"),
    "run a\\\n  b # said": ("run", "a", "b"),
    "X=1\nrun $X ${X}2 '$X' \"$X\"": ("run", "1", "12", "$X", "1"),
    'export U=host/api/x\nrun "${U%%/*}" ${U%/*} ${U##*/} ${U#*/}': (
        "run", "host", "host/api", "x", "api/x",
    ),
    "run ${UNSET:-else}": ("run", "else"),
    'X=$(other "$(inner)")\nrun "$X:a"': ("run", "told:a"),
    "run it's\\ one'": ("run", "its\\ one"),
    "run '' b": ("run", "", "b"),
    "run @sha256:$(date +%s)": ("run", "@sha256:told"),
}  # fmt: skip


@pytest.mark.parametrize("script", WORDS)
def test_words_come_out_as_in_a_shell(script: str) -> None:
    heard, replay = played(script)
    assert heard.calls[-1].words == WORDS[script]
    assert replay.failures == []


def test_a_pipe_hands_the_output_on_and_a_file_takes_it() -> None:
    heard, _ = played("first | second > infra/a.tf")
    assert heard.calls[1].given == "told\n"
    assert heard.kept == {"infra/a.tf": "told\n"}


def test_what_printf_writes_is_what_a_shell_writes() -> None:
    heard, _ = played("printf 'terraform {\\n  backend \"s3\" {}\\n}\\n' > a/b.tf")
    assert heard.kept == {"a/b.tf": 'terraform {\n  backend "s3" {}\n}\n'}


@pytest.mark.parametrize("path", ["/etc/passwd", "../outside", "a/../../b"])
def test_a_file_outside_of_the_repository_is_not_written(path: str) -> None:
    heard, replay = played(f"run > {path}")
    assert heard.kept == {}
    assert replay.failures == [f"1. Begin: writes {path}, outside of the repository"]


def test_only_exported_variables_reach_a_program() -> None:
    heard, _ = played("A=1\nexport B=2 C=$A\nD=4 run")
    assert heard.calls[-1].exported == {"B": "2", "C": "1", "D": "4"}


def test_a_variable_read_before_it_is_set_is_a_failure_once() -> None:
    _, replay = played('run "$IMAGE" "$IMAGE"\nexport IMAGE=x')
    assert replay.failures == ["1. Begin: IMAGE is read before it is set"]


def test_a_command_that_fails_is_a_failure_inside_a_substitution_too() -> None:
    _, replay = played("X=$(fails now)\nrun")
    assert replay.failures == ["1. Begin: fails now: no"]
    assert replay.done == 1


@pytest.mark.parametrize(
    "script",
    ["if true; then a; fi", "a || b", "cat <<EOF", "a 2> b", "a `b`", "for x in y; do a; done",
     "a 'b", "echo $(a", "echo $?", "a &"],
)  # fmt: skip
def test_what_is_not_read_is_said_and_runs_nothing(script: str) -> None:
    with pytest.raises(UnreadError):
        pipelines(script)
    heard, replay = played(script)
    assert heard.calls == []
    assert len(replay.skipped) == 1


def test_dots_that_a_person_fills_in_are_filled_in() -> None:
    heard, _ = played('export S=\'{"A": "..."}\'\nrun "$S"')
    assert heard.calls[-1].words == ("run", '{"A": "filled-in"}')
