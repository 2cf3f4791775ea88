"""A workflow of GitHub Actions with the lines of what stands in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml

_DEPLOYS = re.compile(
    r"\baws (?:ecs (?:update-service|deploy|run-task)|lambda update-function-code|s3 sync"
    r"|deploy create-deployment|cloudformation deploy|ssm send-command|elasticbeanstalk)\b"
    r"|\bcdk deploy\b|\bterraform apply\b|\b(?:sls|serverless) deploy\b|\bsam deploy\b"
    r"|\bdocker push\b|\bkubectl (?:apply|set image|rollout)\b|\bhelm upgrade\b|\bssh\b|\brsync\b"
    r"|(?:^|/)deploy[\w-]*\.sh\b",
    re.MULTILINE,
)
_DEPLOYING = re.compile(r"amazon-ecs-deploy|aws-actions/amazon-ecr-login|appleboy/ssh|codedeploy")
_TESTS = re.compile(
    r"\b(?:npm|pnpm|yarn)(?: run)? (?:t|test)\b|\bpytest\b|\bgo test\b|\bmanage\.py test\b|\btox\b"
    r"|\bnode --(?:test|run test)\b|\bjest\b|\bvitest\b|\brspec\b|\brails test\b|\bmvn\b.*\btest\b"
    r"|\bgradlew?\b.*\b(?:test|check)\b|\bcargo test\b|\bmake test\b"
)


@dataclass(frozen=True)
class Said:
    """A scalar with its line, counted from 1."""

    text: str
    line: int


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step: its lines, what it uses or runs, what it is given."""

    first: int
    last: int
    uses: Said | None
    run: Said | None
    given: dict[str, Said]

    @property
    def action(self) -> str:
        """The action's name without its version."""
        return self.uses.text.partition("@")[0] if self.uses else ""

    @property
    def deploys(self) -> bool:
        """Whether it changes what runs, or pushes what is to run."""
        return bool(_DEPLOYING.search(self.action)) or bool(
            self.run and _DEPLOYS.search(self.run.text)
        )

    @property
    def tests(self) -> bool:
        """Whether it runs the tests."""
        return bool(self.run and _TESTS.search(self.run.text))


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job: where it begins, what it waits for, where it deploys to, what it may."""

    name: str
    line: int
    body: int
    needs: tuple[str, ...]
    environment: Said | None
    permissions: dict[str, Said] | None
    permissions_line: int
    steps: tuple[Step, ...]
    uses: str

    @property
    def deploys(self) -> bool:
        """Whether one of its steps deploys."""
        return any(step.deploys for step in self.steps)

    @property
    def tests(self) -> bool:
        """Whether one of its steps runs tests."""
        return any(step.tests for step in self.steps)


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """A workflow file, read without being run."""

    path: str
    text: str
    root: Any

    @cached_property
    def lines(self) -> list[str]:
        """Its lines."""
        return self.text.splitlines()

    @cached_property
    def top(self) -> dict[str, tuple[Any, Any]]:
        """Its first keys, each with the nodes of key and value."""
        return pairs(self.root)

    @property
    def events(self) -> dict[str, Any]:
        """What starts it, each with the node of its settings, None where it has none."""
        node = (self.top.get("on") or self.top.get("true") or (None, None))[1]
        if isinstance(node, yaml.ScalarNode):
            return {node.value: None}
        if isinstance(node, yaml.SequenceNode):
            return {each.value: None for each in node.value}
        return {key: value for key, (_, value) in pairs(node).items()}

    @property
    def branches(self) -> tuple[str, ...]:
        """The branches whose pushes start it; none where it names none."""
        said = pairs(self.events.get("push")).get("branches")
        return tuple(texts(said[1])) if said else ()

    @property
    def permissions(self) -> tuple[dict[str, Said] | None, int]:
        """What its token may for every job, and the line; None where that is not said."""
        said = self.top.get("permissions")
        return (granted(said[1]), _line(said[0])) if said else (None, 0)

    @cached_property
    def jobs(self) -> tuple[Job, ...]:
        """Its jobs in order."""
        said = self.top.get("jobs")
        return tuple(_jobs(said[1])) if said else ()


def read_workflow(path: str, text: str) -> Workflow | None:
    """The workflow; None where the text is no YAML with jobs."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return None
    found = Workflow(path=path, text=text, root=root)
    return found if found.jobs else None


def pairs(node: Any) -> dict[str, tuple[Any, Any]]:
    """The entries of a mapping; none where it is none."""
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {str(key.value): (key, value) for key, value in node.value}


def texts(node: Any) -> Iterator[str]:
    """The texts of a list, or the one text."""
    if isinstance(node, yaml.ScalarNode):
        yield str(node.value)
    if isinstance(node, yaml.SequenceNode):
        yield from (str(each.value) for each in node.value)


def granted(node: Any) -> dict[str, Said]:
    """Permissions by name; those given in one word under "*"."""
    if isinstance(node, yaml.ScalarNode):
        return {"*": _said(node)}
    return {key: _said(value) for key, (_, value) in pairs(node).items()}


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1


def _said(node: Any) -> Said:
    return Said(str(node.value), _line(node))


def _scalar(found: tuple[Any, Any] | None) -> Said | None:
    if not found or not isinstance(found[1], yaml.ScalarNode):
        return None
    return _said(found[1])


def _jobs(node: Any) -> Iterator[Job]:
    for name, (key, value) in pairs(node).items():
        inside = pairs(value)
        if not inside:
            continue
        environment = inside.get("environment")
        named = _scalar(environment)
        if environment and named is None:
            named = _scalar(pairs(environment[1]).get("name"))
        permissions = inside.get("permissions")
        uses = _scalar(inside.get("uses"))
        yield Job(
            name=name,
            line=_line(key),
            body=_line(value),
            needs=tuple(texts(inside["needs"][1])) if "needs" in inside else (),
            environment=named,
            permissions=granted(permissions[1]) if permissions else None,
            permissions_line=_line(permissions[0]) if permissions else 0,
            steps=tuple(_steps(inside["steps"][1])) if "steps" in inside else (),
            uses=uses.text if uses else "",
        )


def _steps(node: Any) -> Iterator[Step]:
    if not isinstance(node, yaml.SequenceNode):
        return
    for each in node.value:
        inside = pairs(each)
        last = each.end_mark
        end = last.line if last.column == 0 or last.line > each.start_mark.line else last.line + 1
        given = inside.get("with")
        yield Step(
            first=_line(each),
            last=max(_line(each), _end(each, end)),
            uses=_scalar(inside.get("uses")),
            run=_scalar(inside.get("run")),
            given={k: _said(v) for k, (_, v) in pairs(given[1]).items()} if given else {},
        )


def _end(node: Any, marked: int) -> int:
    """The last line of a step: the end of its last value, without the blanks that follow."""
    last = node
    while isinstance(last, yaml.MappingNode | yaml.SequenceNode) and last.value:
        last = last.value[-1][1] if isinstance(last, yaml.MappingNode) else last.value[-1]
    if isinstance(last, yaml.ScalarNode) and last.style in {"|", ">"}:
        return int(last.start_mark.line) + 1 + len(str(last.value).rstrip("\n").split("\n"))
    if isinstance(last, yaml.ScalarNode):
        return int(last.end_mark.line) + 1
    return int(marked)
