"""Workflows of GitHub Actions as data: events, jobs, steps, and the permissions of each job."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import yaml

from blueproof.core.errors import InputError
from blueproof.engines.deployment.shell import Command, commands

_ALL = {"read-all": "read", "write-all": "write"}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a job: an action with its inputs, or a script."""

    name: str = ""
    id: str = ""
    uses: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    run: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    condition: str = ""

    @property
    def action(self) -> str:
        """The action's name without its version."""
        return self.uses.partition("@")[0]

    @cached_property
    def commands(self) -> tuple[Command, ...]:
        """What its script runs."""
        return commands(self.run)

    def runs(self, *words: str) -> bool:
        """Whether a command of its script begins with these words."""
        return any(c.runs(*words) for c in self.commands)

    @property
    def texts(self) -> tuple[str, ...]:
        """Every value in which an expression may stand."""
        return (self.run, self.condition, *self.given.values(), *self.env.values())


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job: where it runs, after which others, with which permissions, and its steps."""

    name: str
    needs: tuple[str, ...] = ()
    uses: str = ""
    condition: str = ""
    environment: str = ""
    permissions: Mapping[str, str] | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    services: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Every value in which an expression may stand."""
        return (self.condition, *self.env.values(), *(t for s in self.steps for t in s.texts))

    def first(self, *words: str) -> int:
        """The place of the first step that runs such a command; -1 if none does."""
        return next((n for n, s in enumerate(self.steps) if s.runs(*words)), -1)


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """One workflow: the events that start it, and its jobs."""

    path: str
    events: Mapping[str, Any]
    jobs: tuple[Job, ...]
    permissions: Mapping[str, str] | None = None
    concurrency: Mapping[str, Any] | None = None
    env: Mapping[str, str] = field(default_factory=dict)

    def granted(self, job: Job) -> Mapping[str, str] | None:
        """The permissions of a job: its own, else the workflow's; None if neither says any."""
        return self.permissions if job.permissions is None else job.permissions

    def job(self, name: str) -> Job | None:
        """The job of that name."""
        return next((j for j in self.jobs if j.name == name), None)


def read_workflow(path: str, text: str) -> Workflow:
    """The workflow in a text; InputError where it is none."""
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InputError(f"{path}: is not valid YAML: {error}") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("jobs"), dict):
        raise InputError(f"{path}: is no workflow: it has no jobs")
    # YAML 1.1 reads the bare key `on` as true.
    events = raw.get("on", raw.get(True))
    return Workflow(
        path=path,
        events=_events(events),
        permissions=_permissions(raw.get("permissions")),
        concurrency=_concurrency(raw.get("concurrency")),
        env=_texts(raw.get("env")),
        jobs=tuple(_job(name, held) for name, held in raw["jobs"].items()),
    )


def _events(raw: Any) -> dict[str, Any]:
    if isinstance(raw, dict):
        return raw
    return dict.fromkeys([raw] if isinstance(raw, str) else raw or [])


def _permissions(raw: Any) -> dict[str, str] | None:
    if isinstance(raw, str):
        return {"all": _ALL.get(raw, raw)}
    return None if raw is None else _texts(raw)


def _concurrency(raw: Any) -> dict[str, Any] | None:
    return {"group": raw} if isinstance(raw, str) else raw


def _job(name: str, raw: dict[str, Any]) -> Job:
    needs = raw.get("needs", ())
    place = raw.get("environment", "")
    return Job(
        name=name,
        needs=(needs,) if isinstance(needs, str) else tuple(needs),
        uses=str(raw.get("uses", "")),
        condition=str(raw.get("if", "")),
        environment=str(place.get("name", "") if isinstance(place, dict) else place),
        permissions=_permissions(raw.get("permissions")),
        env=_texts(raw.get("env")),
        services=raw.get("services") or {},
        outputs=_texts(raw.get("outputs")),
        steps=tuple(_step(step) for step in raw.get("steps") or ()),
    )


def _step(raw: dict[str, Any]) -> Step:
    return Step(
        name=str(raw.get("name", "")),
        id=str(raw.get("id", "")),
        uses=str(raw.get("uses", "")),
        given=_texts(raw.get("with")),
        run=str(raw.get("run", "")),
        env=_texts(raw.get("env")),
        condition=str(raw.get("if", "")),
    )


def _texts(raw: Any) -> dict[str, str]:
    return {str(k): "" if v is None else str(v) for k, v in (raw or {}).items()}
