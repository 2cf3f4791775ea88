"""A .gitlab-ci.yml with the lines of what stands in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from blueproof.advisors.pipeline.workflow import pairs

_KEYWORDS = frozenset(
    "image services stages variables before_script after_script cache include workflow default "
    "pages spec".split()
)
USUAL = (".pre", "build", "test", "deploy", ".post")
_DEEPEST = 8  # what extends more often goes in a circle
_BRANCH = re.compile(r"\$CI_COMMIT_(?:BRANCH|REF_NAME)\s*==\s*[\"']([\w./-]+)[\"']")


@dataclass(frozen=True, kw_only=True)
class GitlabJob:
    """A job with what it says, what it takes over included."""

    name: str
    line: int
    last: int
    told: dict[str, Any]
    nodes: dict[str, tuple[Any, Any]]

    @property
    def script(self) -> tuple[tuple[int, str], ...]:
        """The commands with their lines."""
        return tuple(
            (node.start_mark.line + 1, str(node.value))
            for key in ("before_script", "script", "after_script") if key in self.nodes
            for node in _scalars(self.nodes[key][1])
        )  # fmt: skip

    @property
    def text(self) -> str:
        """The commands as one text."""
        return "\n".join(words for _, words in self.script)

    def at(self, key: str) -> int:
        """The line of a key of it; its own where that is not set."""
        found = self.nodes.get(key)
        return found[0].start_mark.line + 1 if found else self.line

    @property
    def needs(self) -> tuple[tuple[str, int], ...]:
        """The jobs of this pipeline that it needs, with their lines."""
        found = [*_named(self.nodes.get("needs")), *_named(self.nodes.get("dependencies"))]
        return tuple(found)

    @property
    def image(self) -> str:
        """The name of its image."""
        said = self.told.get("image")
        return str(said.get("name", "")) if isinstance(said, dict) else str(said or "")

    @property
    def has_entrypoint(self) -> bool:
        """Whether it sets the entry point of its image itself."""
        said = self.told.get("image")
        return isinstance(said, dict) and "entrypoint" in said

    @property
    def services(self) -> tuple[str, ...]:
        """The names of its services."""
        said = self.told.get("services")
        return tuple(
            str(each.get("name", "")) if isinstance(each, dict) else str(each)
            for each in (said if isinstance(said, list) else ())
        )

    @property
    def variables(self) -> dict[str, str]:
        """Its variables."""
        said = self.told.get("variables")
        return {str(k): str(v) for k, v in said.items()} if isinstance(said, dict) else {}

    @property
    def branches(self) -> frozenset[str]:
        """The branches that it is for, where it names them; nothing where it is for any."""
        only, rules = self.told.get("only"), self.told.get("rules")
        if isinstance(only, dict):
            only = only.get("refs")
        if isinstance(only, str):
            only = [only]
        if isinstance(only, list):
            named = [str(o) for o in only]
            general = {"branches", "merge_requests", "pushes", "tags", "web", "schedules", "api"}
            return frozenset() if {*named} & general else frozenset(
                n for n in named if not n.startswith("/"))  # fmt: skip
        found: set[str] = set()
        for rule in rules if isinstance(rules, list) else ():
            said = str(rule.get("if", "")) if isinstance(rule, dict) else ""
            if isinstance(rule, dict) and rule.get("when") == "never":
                continue
            named = _BRANCH.findall(said)
            if not named:
                return frozenset()
            found |= {*named}
        return frozenset(found)


@dataclass(frozen=True, kw_only=True)
class GitlabPipeline:
    """A pipeline: its jobs, its stages, what it says for all of them."""

    path: str
    text: str
    jobs: tuple[GitlabJob, ...]
    stages: tuple[str, ...]
    told: dict[str, Any]

    @property
    def lines(self) -> list[str]:
        """Its lines."""
        return self.text.splitlines()

    @property
    def includes(self) -> bool:
        """Whether jobs may come from other files."""
        return "include" in self.told


def read_gitlab(path: str, text: str) -> GitlabPipeline | tuple[int, str] | None:
    """The pipeline; where and why it does not parse; None where it is none."""
    try:
        root = yaml.compose(text, Loader=_Loader)
        told = _Loader(text).get_single_data()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return (mark.line + 1 if mark else 1), str(getattr(error, "problem", "") or error)
    if not isinstance(told, dict):
        return None
    stages = told.get("stages")
    return GitlabPipeline(
        path=path, text=text, told=told, jobs=tuple(_jobs(root, told)),
        stages=(".pre", *map(str, stages), ".post") if isinstance(stages, list) else USUAL,
    )  # fmt: skip


def _jobs(root: Any, told: dict[str, Any]) -> Iterator[GitlabJob]:
    usual: dict[str, Any] = {k: told[k] for k in ("image", "services") if k in told}
    default = told.get("default")
    usual |= default if isinstance(default, dict) else {}
    for name, (key, node) in pairs(root).items():
        own = told.get(name)
        if name in _KEYWORDS or name.startswith(".") or not isinstance(own, dict):
            continue
        held, nodes = _taken_over(own, node, told, root)
        yield GitlabJob(
            name=name, line=key.start_mark.line + 1, last=_last(node),
            told={**usual, **held}, nodes=nodes,
        )  # fmt: skip


def _taken_over(
    own: dict[str, Any], node: Any, told: dict[str, Any], root: Any, depth: int = 0
) -> tuple[dict[str, Any], dict[str, tuple[Any, Any]]]:
    """What a job says, with what it extends below it."""
    parents = own.get("extends")
    held: dict[str, Any] = {}
    nodes: dict[str, tuple[Any, Any]] = {}
    for parent in [parents] if isinstance(parents, str) else parents or ():
        above = told.get(str(parent))
        found = pairs(root).get(str(parent))
        if isinstance(above, dict) and found and depth < _DEEPEST:
            more, below = _taken_over(above, found[1], told, root, depth + 1)
            held |= more
            nodes |= below
    return {**held, **own}, {**nodes, **pairs(node)}


def _last(node: Any) -> int:
    end = node.end_mark
    return int(end.line) if end.column == 0 else int(end.line) + 1


def _scalars(node: Any) -> Iterator[Any]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _scalars(each)


def _named(found: tuple[Any, Any] | None) -> Iterator[tuple[str, int]]:
    if not found or not isinstance(found[1], yaml.SequenceNode):
        return
    for each in found[1].value:
        if isinstance(each, yaml.ScalarNode):
            yield str(each.value), each.start_mark.line + 1
        elif isinstance(each, yaml.MappingNode):
            inner = pairs(each)
            optional = inner.get("optional")
            if {"pipeline", "project"} & {*inner} or (
                optional and getattr(optional[1], "value", "") == "true"
            ):
                continue
            job = inner.get("job")
            if job and isinstance(job[1], yaml.ScalarNode):
                yield str(job[1].value), job[1].start_mark.line + 1


class _Loader(yaml.SafeLoader):
    """YAML with GitLab's own tags."""


def _reference(_loader: yaml.SafeLoader, _tag: str, _node: yaml.Node) -> str:
    return "!reference"


_Loader.add_multi_constructor("!", _reference)
