"""What was made, read from Terraform's states: resources by kind, and the roles among them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from blueproof.core.errors import EngineError
from blueproof.engines.simulated_aws.judging import Asked, allowed

GITHUB = "token.actions.githubusercontent.com"


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role: its name, who may take it on, and what its policies hold, as JSON."""

    name: str
    arn: str
    trust: str
    policies: tuple[str, ...] = ()

    @property
    def subjects(self) -> tuple[str, ...]:
        """The subjects of GitHub's tokens that its trust names; none where GitHub is no matter."""
        found: list[str] = []
        for statement in listed(json.loads(self.trust)["Statement"]):
            for pairs in statement.get("Condition", {}).values():
                found += listed(pairs.get(f"{GITHUB}:sub", []))
        return tuple(found)

    @property
    def by_github(self) -> bool:
        """Whether GitHub's runs take it on; else a service of AWS does."""
        return "AssumeRoleWithWebIdentity" in self.trust

    @property
    def statements(self) -> tuple[Mapping[str, Any], ...]:
        """The statements of all its policies."""
        return tuple(s for p in self.policies for s in listed(json.loads(p)["Statement"]))

    def may(self, action: str, resource: str) -> bool:
        """Whether its policies let it, if every condition on the request could be met."""
        bare = [{k: v for k, v in s.items() if k != "Condition"} for s in self.statements]
        document = json.dumps({"Statement": bare})
        return bool(bare) and allowed([document], Asked(action=action, resource=resource))


@dataclass(frozen=True)
class Thing:
    """One resource in a state: which stack it is of, its kind, and its attributes."""

    folder: str
    kind: str
    attributes: Mapping[str, Any]

    @property
    def arn(self) -> str:
        """Its name (ARN); "" if it has none."""
        found = self.attributes.get("arn") or ""
        if not found and str(self.attributes.get("id", "")).startswith("arn:"):
            found = self.attributes["id"]
        return str(found)

    def text(self, name: str) -> str:
        """An attribute as text; "" if it is not set."""
        found = self.attributes.get(name)
        return "" if found is None else str(found)


@dataclass(frozen=True)
class Made:
    """All that was made, in whichever stacks."""

    things: tuple[Thing, ...]

    def of(self, *kinds: str) -> tuple[Thing, ...]:
        """The resources of some kinds."""
        return tuple(t for t in self.things if t.kind in kinds)

    @property
    def arns(self) -> tuple[str, ...]:
        """The names of everything that has one."""
        return tuple(t.arn for t in self.things if t.arn)

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles with the policies written for them."""
        return tuple(self._role(t) for t in self.of("aws_iam_role"))

    @property
    def memory(self) -> tuple[Thing, ...]:
        """The buckets beside the roles that GitHub takes on: they hold Terraform's state."""
        pipeline = {
            t.folder
            for t in self.of("aws_iam_role")
            if "AssumeRoleWithWebIdentity" in t.text("assume_role_policy")
        }
        return tuple(t for t in self.of("aws_s3_bucket") if t.folder in pipeline)

    def _role(self, thing: Thing) -> Role:
        name = thing.text("name")
        own = [t for t in self.of("aws_iam_role_policy") if t.text("role") == name]
        return Role(
            name=name,
            arn=thing.arn,
            trust=thing.text("assume_role_policy"),
            policies=tuple(t.text("policy") for t in own),
        )


def read_states(states: Iterable[tuple[str, str]]) -> Made:
    """What states hold, each with its folder; EngineError where one is no state."""
    return Made(tuple(thing for folder, text in states for thing in _things(folder, text)))


def _things(folder: str, text: str) -> Iterator[Thing]:
    try:
        resources = json.loads(text)["resources"]
    except (ValueError, KeyError) as error:
        raise EngineError(f"{folder}: Terraform's state cannot be read") from error
    for resource in resources:
        if resource["mode"] == "managed":
            for instance in resource["instances"]:
                yield Thing(folder, resource["type"], instance["attributes"])


def listed(value: Any) -> list[Any]:
    """A value that may be one or a list of them, as a list."""
    return value if isinstance(value, list) else [value]
