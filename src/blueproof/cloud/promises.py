"""What the files of a deployment promise, in words: advisors claim it, an engine judges it.

A promise is claimed where it has something to be about: `about` names kinds of resources, or
"migrate" and "test" for a service that does.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal

Part = Literal["infrastructure", "pipeline", "image"]


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A promise: which part of the deployment gives it, and what it says."""

    id: str
    part: Part
    says: str
    about: frozenset[str] = frozenset()

    def concerns(self, there: frozenset[str]) -> bool:
        """Whether it is about anything of what is there."""
        return not self.about or bool(self.about & there)


@cache
def promises() -> dict[str, Promise]:
    """The promises by id, in the order in which a deployment is read."""
    return {promise.id: promise for promise in _PROMISES}


def _about(kinds: str) -> frozenset[str]:
    return frozenset(kinds.split())


_STORES = _about("aws_db_instance aws_elasticache_replication_group")
_PROMISES = (
    Promise(
        id="trust-matrix",
        part="infrastructure",
        says="each role of the pipeline is taken on by the jobs that use it, and by no other "
        "branch, pull request, environment, repository or audience",
    ),
    Promise(
        id="trust-named",
        part="infrastructure",
        says="no role trusts anybody at all, or a whole account",
    ),
    Promise(
        id="pull-requests-hold-nothing",
        part="pipeline",
        says="what a pull request starts, from a fork too, is given no secret",
    ),
    Promise(
        id="actions-named",
        part="infrastructure",
        says="every action that changes something is named in full: no *, no s3:*",
    ),
    Promise(
        id="resources-named",
        part="infrastructure",
        says="what changes something is allowed on named resources, or under a condition, "
        "except where AWS knows neither",
    ),
    Promise(
        id="content-named",
        part="infrastructure",
        says="no role reads secrets, objects, rows or log lines of everything there is",
    ),
    Promise(
        id="roles-passed-by-name",
        part="infrastructure",
        says="a role is passed by its name, to the service that runs it",
    ),
    Promise(
        id="no-role-raises-itself",
        part="infrastructure",
        says="no role of the pipeline can change a role of the pipeline, or make users",
    ),
    Promise(
        id="roles-stay-bounded",
        part="infrastructure",
        says="whoever changes the service's roles can give them no more than a boundary allows",
    ),
    Promise(
        id="pull-requests-read",
        part="infrastructure",
        says="the role that pull requests take on changes nothing and reads no secret",
    ),
    Promise(
        id="only-the-front-is-open",
        part="infrastructure",
        says="only the load balancer is open to the internet, on 80 and 443",
        about=_about("aws_security_group"),
    ),
    Promise(
        id="data-is-private",
        part="infrastructure",
        says="no store has a public address or a way to the internet, and its door opens to "
        "the service alone",
        about=_STORES,
    ),
    Promise(
        id="stores-are-reached",
        part="infrastructure",
        says="what runs can reach its stores: a door out, and a door in",
        about=_STORES,
    ),
    Promise(
        id="one-port",
        part="infrastructure",
        says="load balancer, task, image and code mean the same port, and the way there is open",
        about=_about("aws_ecs_service"),
    ),
    Promise(
        id="nothing-in-plain",
        part="infrastructure",
        says="plain HTTP leads to HTTPS alone; database and cache are spoken to over TLS",
        about=_about("aws_lb_listener aws_db_instance aws_elasticache_replication_group"),
    ),
    Promise(
        id="no-secret-in-settings",
        part="infrastructure",
        says="no setting of a task, function, image or variable holds a secret's value",
    ),
    Promise(
        id="no-secret-in-workflows",
        part="pipeline",
        says="no workflow holds a secret's value; what tests use opens a store of their own run",
    ),
    Promise(
        id="no-secret-in-files",
        part="infrastructure",
        says="no file holds a key, a token, or an address with a password",
    ),
    Promise(
        id="no-secret-in-state",
        part="infrastructure",
        says="Terraform keeps no secret in its state, and shows none",
    ),
    Promise(
        id="no-key-that-lasts",
        part="pipeline",
        says="there is no user and no key of AWS: the pipeline takes roles on",
    ),
    Promise(
        id="state-is-locked",
        part="infrastructure",
        says="Terraform's state is kept in a backend, and whoever writes it holds a lock",
    ),
    Promise(
        id="buckets-are-closed",
        part="infrastructure",
        says="buckets are closed and encrypted; the state's keeps versions and is not destroyed",
    ),
    Promise(
        id="data-is-kept",
        part="infrastructure",
        says="databases are encrypted, backed up for a week and more, and not deleted by accident",
        about=_about("aws_db_instance aws_dynamodb_table"),
    ),
    Promise(
        id="logs-end",
        part="infrastructure",
        says="what runs writes to a declared log group, and every log group forgets",
    ),
    Promise(
        id="alarms-reach-somebody",
        part="infrastructure",
        says="every alarm reaches a subscribed topic; what people call and what may fill is "
        "watched",
    ),
    Promise(
        id="budget-tells",
        part="infrastructure",
        says="a budget tells somebody what the month costs",
    ),
    Promise(
        id="names-lead-somewhere",
        part="infrastructure",
        says="every reference of the infrastructure leads to something that is declared",
    ),
    Promise(
        id="roles-start-it",
        part="infrastructure",
        says="what runs has a role that its service may take on, with the image, the log and "
        "each secret in reach",
    ),
    Promise(
        id="roles-are-enough",
        part="pipeline",
        says="each job's role may do all that its scripts ask of AWS",
    ),
    Promise(
        id="variables-are-set",
        part="pipeline",
        says="every variable that a workflow reads is set by the guide, where it is read",
    ),
    Promise(
        id="one-owner",
        part="pipeline",
        says="task definition, image and count have one owner each: the pipeline or Terraform",
    ),
    Promise(
        id="actions-exist",
        part="pipeline",
        says="each action is used at the commit that its maintainers released under the tag "
        "beside it",
    ),
    Promise(
        id="jobs-may-little",
        part="pipeline",
        says="each job's token reads the repository; a token for AWS has who signs in",
    ),
    Promise(
        id="nothing-pasted",
        part="pipeline",
        says="no expression is pasted into a script",
    ),
    Promise(
        id="one-at-a-time",
        part="pipeline",
        says="runs that change something wait for one another, and none is cut off",
    ),
    Promise(
        id="built-once",
        part="pipeline",
        says="one job builds the image, and what runs is that image by its digest",
    ),
    Promise(
        id="tested-first",
        part="pipeline",
        says="the image is built after the tests",
        about=_about("test"),
    ),
    Promise(
        id="migrated-first",
        part="pipeline",
        says="migrations end well before people reach the new version",
        about=_about("migrate"),
    ),
    Promise(
        id="production-last",
        part="pipeline",
        says="production comes after every other environment",
    ),
    Promise(
        id="asked-after",
        part="pipeline",
        says="the new version is asked after the switch, and an error stops the run",
    ),
    Promise(
        id="goes-back",
        part="pipeline",
        says="a version that fails is taken back by itself, and the run says so",
    ),
    Promise(
        id="applied-after-approval",
        part="pipeline",
        says="pull requests show the plan; a saved plan is applied, in an environment that asks",
    ),
    Promise(
        id="tests-have-a-database",
        part="pipeline",
        says="the database of the tests starts, and the tests are told where it is",
        about=_about("aws_db_instance aws_elasticache_replication_group"),
    ),
    Promise(
        id="updates-come",
        part="pipeline",
        says="updates of packages, images, actions and providers come by themselves",
    ),
    Promise(
        id="not-root",
        part="image",
        says="what runs in the image is not root",
    ),
    Promise(
        id="stops-in-time",
        part="image",
        says="SIGTERM reaches node itself, whoever sends it waits long enough, and idle "
        "connections outlive the load balancer's",
    ),
    Promise(
        id="image-is-slim",
        part="image",
        says="what builds, and .env and .git, stay out of the image that runs",
    ),
    Promise(
        id="nothing-ended",
        part="image",
        says="no version of Node, PostgreSQL, Terraform, a runtime or an action in use has been "
        "ended",
    ),
    Promise(
        id="one-node",
        part="image",
        says="tests run on the line of Node that the image has",
        about=_about("node"),
    ),
    Promise(
        id="images-exist",
        part="image",
        says="each base image is at a tag that its maintainers list",
    ),
    Promise(
        id="guide-in-order",
        part="infrastructure",
        says="each command of the guide finds what the ones before have made, with every "
        "variable given",
    ),
    Promise(
        id="guide-goes-back",
        part="infrastructure",
        says="each stage of the guide says how to see that it worked, and how to undo it",
    ),
    Promise(
        id="inputs-are-given",
        part="pipeline",
        says="the pipeline gives Terraform every input that it must have",
    ),
    Promise(
        id="one-state",
        part="pipeline",
        says="guide and pipeline mean the same state",
    ),
    Promise(
        id="bill-is-whole",
        part="infrastructure",
        says="every resource that is made is in the bill, or is known to cost nothing",
    ),
)
