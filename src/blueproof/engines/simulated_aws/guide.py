"""A guide's shell blocks replayed: first without anything behind them, then on the simulated AWS.

The rehearsal takes no second and finds what is in the wrong order, an output that no stack has and
a variable that is not given; the replay finds what only an apply can.
"""

import re
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from blueproof.cloud.stack import Stack
from blueproof.core.errors import EngineError
from blueproof.engines.simulated_aws.commands import carry_out
from blueproof.engines.simulated_aws.judging import Asked
from blueproof.engines.simulated_aws.replaying import Answer, Call, Replay
from blueproof.engines.simulated_aws.serving import SimulatedAws
from blueproof.engines.simulated_aws.terraforming import Ran, Terraform

_BLOCK = re.compile(r"^```(\w*)\s*$")
_HEADING = re.compile(r"^#{2,3}\s+(.*)$")
_SHELLS = ("sh", "bash", "shell", "console")


@dataclass(frozen=True)
class Block:
    """A shell block, and the heading above it."""

    title: str
    script: str


def blocks(text: str) -> tuple[Block, ...]:
    """The shell blocks of a guide in Markdown, in order."""
    found, title, language, lines = list[Block](), "", "", list[str]()
    for line in text.splitlines():
        fence, heading = _BLOCK.match(line), _HEADING.match(line)
        if fence and language:
            if language in _SHELLS:
                found.append(Block(title, "\n".join(lines)))
            language, lines = "", []
        elif fence:
            language = fence[1] or "text"
        elif language:
            lines.append(line)
        elif heading:
            title = heading[1]
    return tuple(found)


def rehearse(text: str, stacks: tuple[Stack, ...]) -> tuple[str, ...]:
    """What is wrong with a guide as far as it and the stacks tell, as sentences."""
    rehearsal = _Rehearsal({stack.folder: stack for stack in stacks})
    replay = Replay(answers=rehearsal.answer, keeps=lambda _path, _text: None)
    for block in blocks(text):
        replay.play(block.script, block.title)
    never = [s.folder for s in stacks if s.folder not in rehearsal.applied]
    found = [*replay.failures, *(f"{folder} is never applied" for folder in never)]
    return tuple(dict.fromkeys(found))


@dataclass
class _Rehearsal:
    """Answers as if everything went well, and complaints about the order."""

    stacks: Mapping[str, Stack]
    begun: set[str] = field(default_factory=set)
    applied: set[str] = field(default_factory=set)

    def answer(self, call: Call) -> Answer:
        """What a program would say, or what is wrong with calling it here."""
        if call.words[0] != "terraform":
            return Answer(out=f"<{' '.join(call.plain[:3])}>")
        folder, words = _folder(call.words)
        stack = self.stacks.get(folder)
        if stack is None:
            return Answer(wrong=f"there is no stack in {folder or 'this folder'}")
        if words[0] == "init":
            self.begun.add(folder)
        if words[0] == "apply":
            return Answer(wrong="; ".join(self._apply(stack, words, call.exported)))
        if words[0] == "output":
            return self._output(stack, words)
        return Answer()

    def _apply(
        self, stack: Stack, words: tuple[str, ...], exported: Mapping[str, str]
    ) -> Iterator[str]:
        if stack.folder not in self.begun:
            yield "it is applied before terraform init"
        self.applied.add(stack.folder)
        given = {*_given(words), *(n[7:] for n in exported if n.startswith("TF_VAR_"))}
        known = {variable.name for variable in stack.variables}
        if not any(word.startswith("-var-file") for word in words):
            lacks = [v.name for v in stack.variables if v.must_be_set and v.name not in given]
            yield from (f"the variable {name} is not given" for name in lacks)
        yield from (f"there is no variable {name}" for name in _given(words) if name not in known)

    def _output(self, stack: Stack, words: tuple[str, ...]) -> Answer:
        if stack.folder not in self.applied:
            return Answer(out="<output>", wrong="it is read before the stack is applied")
        names = [word for word in words[1:] if not word.startswith("-")]
        known = {output.name for output in stack.outputs}
        lacks = [name for name in names if name not in known]
        wrong = f"{stack.folder} has no output {lacks[0]}" if lacks else ""
        return Answer(out="<output>", wrong=wrong)


def _folder(words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The folder that `-chdir` names, and the words from the action on."""
    folder = next((w.partition("=")[2] for w in words if w.startswith("-chdir=")), "")
    rest = tuple(w for w in words[1:] if not w.startswith("-chdir="))
    return folder.strip("/"), rest or ("help",)


def _given(words: tuple[str, ...]) -> tuple[str, ...]:
    """The names of the variables on a command line."""
    pairs = zip(words, (*words[1:], ""), strict=True)
    found = [w[5:] if w.startswith("-var=") else after for w, after in pairs
             if w == "-var" or w.startswith("-var=")]  # fmt: skip
    return tuple(each.partition("=")[0] for each in found)


@dataclass
class Guided:
    """The answers of the simulated AWS, of Terraform on it, and of what stands for the rest."""

    aws: SimulatedAws
    terraform: Terraform
    repository: str
    runs: list[tuple[str, Ran]] = field(default_factory=list)
    states: list[tuple[str, str]] = field(default_factory=list)
    called: list[tuple[str, Asked]] = field(default_factory=list)

    def follow(self, text: str) -> Replay:
        """Carries a whole guide out."""
        replay = Replay(answers=self.answer, keeps=self._keep)
        for block in blocks(text):
            replay.play(block.script, block.title)
        return replay

    def answer(self, call: Call) -> Answer:
        """What a program says, or stands for it."""
        known = {
            "terraform": self._terraform,
            "aws": self._aws,
            "docker": self._docker,
            "gh": self._github,
        }
        program = call.words[0]
        if program in known:
            return known[program](call)
        if program == "openssl" and call.plain[1] == "rand":
            return Answer(out=f"{secrets.token_hex(int(call.words[-1]))}\n")
        if program == "date":
            return Answer(out=f"{int(time.time())}\n")
        return Answer(skipped=program)

    def _aws(self, call: Call) -> Answer:
        if call.plain[1:3] == ("ecr", "get-login-password"):
            return Answer(out="password\n", skipped="aws ecr get-login-password")
        return carry_out(self.aws, call.words)

    def _github(self, call: Call) -> Answer:
        """Nobody is asked; the repository's name is the one that was given."""
        own = call.plain[1:3] == ("repo", "view")
        return Answer(out=f"{self.repository}\n" if own else "", skipped=_name(call))

    def _terraform(self, call: Call) -> Answer:
        folder, words = _folder(call.words)
        before = len(self.aws.called())
        try:
            ran = self.terraform.run(call.words[1:], call.exported)
        except EngineError as error:
            return Answer(skipped=str(error))
        if words[0] == "apply":
            self.runs.append((folder, ran))
            self.called += [(folder, asked) for asked in self.aws.called()[before:]]
            self.states.append((folder, self.terraform.state(folder)))
        if words[0] == "output" and not ran.wrong and not ran.out.strip():
            return Answer(wrong="the output is empty")
        return Answer(out=ran.out, wrong=ran.wrong)

    def _docker(self, call: Call) -> Answer:
        """Nothing is built; where an image is pushed, a stand-in comes into the registry."""
        if call.plain[1:2] != ("push",):
            return Answer(skipped=_name(call))
        name, _, tag = call.plain[2].rpartition("/")[2].partition(":")
        wrong = put_image(self.aws, name, tag)
        return Answer(wrong=wrong, skipped="" if wrong else _name(call))

    def _keep(self, path: str, text: str) -> None:
        target = Path(self.terraform.root, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def put_image(aws: SimulatedAws, repository: str, tag: str) -> str:
    """Puts an image of nothing into the registry; says what is wrong where it is refused."""
    words = ("aws", "ecr", "put-image", "--repository-name", repository, "--image-tag", tag,
             "--image-manifest", _MANIFEST)  # fmt: skip
    return carry_out(aws, words).wrong


_MANIFEST = (
    ' {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", '
    '"config": {"mediaType": "application/vnd.oci.image.config.v1+json", "size": 2, '
    f'"digest": "sha256:{"0" * 64}"}}, "layers": []}}'
)


def _name(call: Call) -> str:
    """The name of a program with its subcommands: "gh variable set"."""
    depth = 3 if call.words[0] == "gh" and call.plain[1:2] != ("api",) else 2
    return " ".join(call.plain[:depth])
