"""What is known of a pipeline, told for the one that runs it where the person is."""

from dataclasses import replace

from blueproof.core.blueprint import Conclusion
from blueproof.core.brief import Brief

_THEIRS = {
    "bitbucket": "Bitbucket Pipelines", "bitbucket-pipelines": "Bitbucket Pipelines",
    "gitlab": "GitLab CI", "gitlab-ci": "GitLab CI", "jenkins": "Jenkins", "circleci": "CircleCI",
    "azure-devops": "Azure Pipelines", "azure-pipelines": "Azure Pipelines",
}  # fmt: skip
_OURS = "GitHub Actions"
_GONE = frozenset({"rejected", "negated"})


def with_own_ci(conclusion: Conclusion, brief: Brief) -> Conclusion:
    """The conclusion with the CI that the words name in place of GitHub Actions."""
    named = {str(f.value): f.role for f in brief.facts if f.key == "technology"}
    theirs = next((_THEIRS[n] for n in named if n in _THEIRS and named[n] not in _GONE), "")
    kept = any(n in named and named[n] not in _GONE for n in ("github", "github-actions"))
    if not theirs or kept or _OURS in brief.request:
        return conclusion
    return replace(
        conclusion,
        answer=conclusion.answer.replace(_OURS, theirs),
        steps=tuple(replace(s, do=s.do.replace(_OURS, theirs)) for s in conclusion.steps),
    )
