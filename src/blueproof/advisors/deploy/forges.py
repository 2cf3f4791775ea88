"""Where the repository lies, as words and files say it: on GitHub, or on which GitLab."""

from blueproof.advisors.deploy.told import Told
from blueproof.core.brief import Brief
from blueproof.facts.pattern import LatePattern

_HOSTED = "https://gitlab.com"
_OWN = LatePattern(
    r"(?i)\bhttps?://(?P<address>(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?)"
    r"|\b(?P<bare>(?:git|gitlab|code|scm)[\w-]*(?:\.[\w-]+){2,})\b"
)
_NOT_OWN = LatePattern(r"(?i)^(?:www\.)?(?:docs\.)?(?:gitlab|github)\.com$|amazonaws\.com$|\.yml$")
_NEAR = 60  # characters between the word GitLab and its address
# What is read of GitHub's workflows alone, and so is not promised of another pipeline.
OF_GITHUB = frozenset({
    "trust-matrix", "pull-requests-hold-nothing", "no-secret-in-workflows", "roles-are-enough",
    "variables-are-set", "actions-exist", "jobs-may-little", "nothing-pasted", "one-at-a-time",
    "built-once", "tested-first", "migrated-first", "production-last", "asked-after", "goes-back",
    "applied-after-approval", "tests-have-a-database", "updates-come", "one-node",
    "pull-requests-read", "inputs-are-given", "one-state",
})  # fmt: skip


def forge_of(brief: Brief, told: Told) -> str:
    """The address of the GitLab that it lies on; "" where it is GitHub, or nobody says."""
    named = {
        str(f.value): f for f in brief.facts
        if f.key == "technology" and f.role not in {"rejected", "negated", "option"}
    }  # fmt: skip
    by_name = "gitlab-ci" in named or ("gitlab" in named and "github" not in named)
    if not by_name or "github-actions" in named or told.all("service.workflow"):
        return ""
    return _address(brief.request) or _HOSTED


def _address(request: str) -> str:
    """The address of a GitLab of one's own, where the words name it."""
    lower = request.lower()
    for found in _OWN.finditer(request):
        name = found["address"] or found["bare"]
        around = lower[max(0, found.start() - _NEAR) : found.end() + _NEAR]
        if not _NOT_OWN.search(name) and "gitlab" in around:
            return f"https://{name.lower()}"
    return ""
