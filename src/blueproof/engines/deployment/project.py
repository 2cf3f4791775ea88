"""The files of a deployment, parsed once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from blueproof.cloud.reading import folders, read_stack
from blueproof.cloud.stack import Resource, Stack
from blueproof.engines.deployment import dockerfile, guide
from blueproof.engines.deployment.policies import Role, roles
from blueproof.engines.deployment.values import Values
from blueproof.engines.deployment.workflow import Workflow, read_workflow

# The repository that the trust is tried with; any name would do.
REPOSITORY = "acme/shop"
_GIVEN = {"repository": REPOSITORY}
_WORKFLOWS = ".github/workflows/"


@dataclass(frozen=True)
class Project:
    """Files by path, and what they mean; InputError where one of them does not parse."""

    files: tuple[tuple[str, str], ...]

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The texts by path."""
        return dict(self.files)

    @cached_property
    def stacks(self) -> tuple[Stack, ...]:
        """The Terraform stacks, one a folder."""
        return tuple(read_stack(self.texts, folder) for folder in folders(self.texts))

    @cached_property
    def workflows(self) -> tuple[Workflow, ...]:
        """The workflows."""
        return tuple(
            read_workflow(path, text)
            for path, text in self.files
            if path.startswith(_WORKFLOWS) and path.endswith((".yml", ".yaml"))
        )

    @cached_property
    def image(self) -> tuple[dockerfile.Stage, ...]:
        """The stages of the Dockerfile; none if there is none."""
        return dockerfile.stages(self.texts.get("Dockerfile", ""))

    @cached_property
    def guide(self) -> tuple[guide.Stage, ...]:
        """The stages of the guide; none if there is none."""
        return guide.stages(self.texts.get("GUIDE.md", ""))

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """The roles of all stacks."""
        return tuple(role for stack in self.stacks for role in roles(stack, _GIVEN))

    def values(self, stack: Stack) -> Values:
        """The values of a stack, with a repository given."""
        return Values(stack, _GIVEN)

    def of(self, *kinds: str) -> tuple[tuple[Stack, Resource], ...]:
        """The resources of some kinds, each with its stack."""
        return tuple((stack, r) for stack in self.stacks for r in stack.of(*kinds))


def place(stack: Stack, resource: Resource) -> str:
    """Where a resource stands, as it is named in a verdict."""
    return f"{stack.folder}/{resource.file}: {resource.address}"


@lru_cache(maxsize=4)
def project_of(files: tuple[tuple[str, str], ...]) -> Project:
    """The project of these files; the last few are kept, for many rules look at the same."""
    return Project(files)
