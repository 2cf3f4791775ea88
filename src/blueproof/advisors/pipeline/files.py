"""The files of a delivery as they were handed over, with all that is wrong in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from blueproof.advisors.pipeline import gitlab_faults, image_faults, trust, workflow_faults
from blueproof.advisors.pipeline.fault import Fault, mended
from blueproof.advisors.pipeline.gitlab_pipeline import GitlabPipeline, read_gitlab
from blueproof.advisors.pipeline.infra.review import is_infra, review
from blueproof.advisors.pipeline.workflow import Workflow, read_workflow
from blueproof.core.brief import Brief

_WORKFLOW = re.compile(r"(?:.*/)?\.github/workflows/[^/]+\.ya?ml")
_IMAGE = re.compile(r"(?:.*/)?(?:(?:[\w.-]+\.)?[Dd]ockerfile(?:\.[\w-]+)?|Containerfile)")
_REFUSED = re.compile(r"AssumeRoleWithWebIdentity|assume role|not authorized", re.IGNORECASE)
_NO_CREDENTIALS = re.compile(r"credentials could not be loaded", re.IGNORECASE)
_SKIPPED = re.compile(r"\bskipp?(?:ed|s|ing)\b|\bnever (?:runs|deploys|starts)\b", re.IGNORECASE)
_NO_CONNECTION = re.compile(r"connection refused|ECONNREFUSED|can(?:not|'t) connect", re.IGNORECASE)
_OLD = re.compile(r"\bold (?:one|image|version|code)|\bstale\b|nothing changes", re.IGNORECASE)
_SLOW = re.compile(r"\bslow|\btakes? (?:\d+|ages|long)|\bminutes?\b|\bmin\b", re.IGNORECASE)
_RED = re.compile(r"\b(?:red|failing|failed) tests?\b", re.IGNORECASE)
_GITLAB = re.compile(r"(?:.*/)?\.gitlab-ci\.ya?ml")
_DAEMON = re.compile(r"docker daemon|docker:237[56]|/var/run/docker\.sock", re.IGNORECASE)
_ABSENT = re.compile(
    r"(?:does ?n[o']t|never|not) (?:even )?(?:show(?:ing)? up|appear\w*|run|start|deploy\w*|added"
    r"|created|there|trigger\w*)|\bmissing from the pipeline|\bnot in the pipeline",
    re.IGNORECASE,
)
_CONNECTIONS = re.compile(
    r"too many (?:clients|connections)|remaining connection slots|\bconnections?\b|\bpool\b",
    re.IGNORECASE,
)
_TIMES_OUT = re.compile(r"\b50[34]\b|time[sd]? ?out|twice|duplicate", re.IGNORECASE)
_OVERTAKES = re.compile(r"\bovert\w+|\bat once\b|\brace|\bconcurren\w+", re.IGNORECASE)
_STOPS = re.compile(r"\bto stop\b|\bshut ?down\b|\bSIGTERM\b|\bSIGKILL\b|\b502s?\b", re.IGNORECASE)
# What people complain of, and the faults that do it, the likeliest first.
_MEANT: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (_REFUSED, ("subject-does-not-match", "no-id-token")),
    (_NO_CREDENTIALS, ("no-id-token",)),
    (_SKIPPED, ("ref-is-no-branch",)),
    (_NO_CONNECTION, ("service-without-port",)),
    (_OLD, ("old-image", "image-latest")),
    (_SLOW, ("copied-before-install", "no-layer-cache", "no-package-cache")),
    (_STOPS, ("swallows-sigterm",)),
    (_RED, ("deploys-beside-tests", "deploys-before-tests", "nothing-tested")),
    (_OVERTAKES, ("no-concurrency", "no-resource-group")),
    (_ABSENT, ("other-branch", "needs-no-job", "no-such-stage", "rules-and-only", "no-script")),
    (_DAEMON, ("no-daemon", "tls-port")),
    (_CONNECTIONS, ("pool-of-each-run", "pool-too-large")),
    (_TIMES_OUT, ("longer-than-the-api", "seen-twice")),
)
IGNORED = ".git\n.github\n.env\n.env.*\n**/node_modules\n**/__pycache__\n.venv\n**/*.log\n"


@dataclass(frozen=True)
class Files:
    """The texts by path, and what the request says of them."""

    texts: dict[str, str]
    request: str

    @cached_property
    def workflows(self) -> tuple[Workflow, ...]:
        """The workflows that can be read."""
        found = (read_workflow(p, t) for p, t in self.texts.items() if _WORKFLOW.fullmatch(p))
        return tuple(workflow for workflow in found if workflow)

    @cached_property
    def policies(self) -> tuple[str, ...]:
        """The paths of trust policies for GitHub's runs."""
        return tuple(p for p, t in self.texts.items() if p.endswith(".json") and "sts:Assume" in t)

    @cached_property
    def roles(self) -> tuple[str, ...]:
        """The names of the roles that jobs take on."""
        given = (
            step.given["role-to-assume"].text
            for workflow in self.workflows for job in workflow.jobs for step in job.steps
            if "role-to-assume" in step.given
        )  # fmt: skip
        return tuple(arn.rpartition("/")[2] for arn in given if ":role/" in arn)

    @cached_property
    def images(self) -> tuple[str, ...]:
        """The paths of Dockerfiles."""
        return tuple(path for path in self.texts if _IMAGE.fullmatch(path))

    @cached_property
    def infra(self) -> dict[str, str]:
        """The texts of infrastructure code by path."""
        return {p: t for p, t in self.texts.items() if is_infra(p, t)}

    @cached_property
    def pipelines(self) -> tuple[GitlabPipeline, ...]:
        """The pipelines of GitLab that can be read."""
        found = (read_gitlab(p, t) for p, t in self.texts.items() if _GITLAB.fullmatch(p))
        return tuple(pipeline for pipeline in found if isinstance(pipeline, GitlabPipeline))

    @cached_property
    def broken(self) -> tuple[Fault, ...]:
        """The faults of pipelines of GitLab that do not parse."""
        return tuple(self._broken())

    def _broken(self) -> Iterator[Fault]:
        for path, text in self.texts.items():
            found = read_gitlab(path, text) if _GITLAB.fullmatch(path) else None
            if isinstance(found, tuple):
                yield Fault(
                    rule="does-not-parse", path=path, line=found[0], rank="breaks",
                    says=f"the file is no YAML, so there is no pipeline at all: {found[1]}",
                )  # fmt: skip

    @cached_property
    def faults(self) -> tuple[Fault, ...]:
        """Everything that is wrong: what is complained of, what breaks, then safety, then speed."""
        refused = bool(_REFUSED.search(self.request))
        found: list[Fault] = []
        for path in self.policies:
            found += trust.faults(path, self.texts[path], self.workflows)
        for workflow in self.workflows:
            found += workflow_faults.faults(workflow, self.workflows, refused=refused)
        for path in self.images:
            found += image_faults.faults(
                path, self.texts[path], self._beside(path, "package.json") or "",
                self._beside(path, ".dockerignore"),
            )  # fmt: skip
        found += self.broken
        for pipeline in self.pipelines:
            found += gitlab_faults.faults(pipeline)
        if self.infra:
            found += review(self.infra)[1]
        return tuple(sorted(found, key=lambda f: (self._told(f), *f.order)))

    @property
    def meant(self) -> tuple[Fault, ...]:
        """The likeliest fault of each thing that the request complains of, in its order."""
        found: dict[re.Pattern[str], Fault] = {}
        for fault in self.faults:
            for pattern, rules in _MEANT:
                if fault.rule in rules and pattern.search(self.request):
                    found.setdefault(pattern, fault)
        return tuple(found.values())

    def _told(self, fault: Fault) -> tuple[int, int]:
        """Where the request complains of what this fault does; behind its end if it does not."""
        places = (
            (said.start(), rules.index(fault.rule))
            for pattern, rules in _MEANT
            if fault.rule in rules and (said := pattern.search(self.request))
        )
        return min(places, default=(len(self.request), 0))

    def _beside(self, path: str, name: str) -> str | None:
        folder = path.rpartition("/")[0]
        return self.texts.get(f"{folder}/{name}".lstrip("/"))

    def mended(self) -> dict[str, str]:
        """The files with what can be mended in them mended, by path; only those that change."""
        found = {}
        for path, text in self.texts.items():
            own = tuple(f for f in self.faults if f.path == path and f.edits)
            if own:
                found[path] = mended(text, own)
        if any(f.rule == "no-dockerignore" for f in self.faults):
            image = next(f.path for f in self.faults if f.rule == "no-dockerignore")
            folder = image.rpartition("/")[0]
            found.setdefault(f"{folder}/.dockerignore".lstrip("/"), IGNORED)
        return found


def files_of(brief: Brief) -> Files:
    """The files of delivery of a brief."""
    texts = {d.parts[0][0]: d.text for d in brief.documents if d.role == "delivery"}
    return Files(texts, brief.request)
