"""The step of the guide that says on GitHub who must approve, and what its plans allow."""

from blueproof.advisors.deploy.load import Form
from blueproof.advisors.deploy.parts.bootstrap import INFRA
from blueproof.advisors.deploy.parts.grants import environments
from blueproof.advisors.deploy.parts.stage import Stage

BY_HAND = "PRODUCTION_BY_HAND"  # the variable that keeps a push out of production
_APPROVED = frozenset({"production", INFRA})


def approving(form: Form) -> Stage:
    """The environments, the branch that may use them, and you as the one who approves."""
    names = (*environments(form), INFRA)
    return Stage(
        title="Say who must approve",
        why=f"Only runs in the environments {', '.join(names)} can take the roles on that change "
        "something, and only runs of main may use them. Required reviewers are there for public "
        "repositories on every plan, for private ones on GitHub Enterprise alone. "
        + _without(form)
        + ("" if form.staging else " With reviewers a deploy asks twice: before its image is "
           "built, and before it is switched.")
        + " Infrastructure is planned on main before you are asked, and the saved plan of that run "
        "is what is applied: read it in the run's summary, then approve. Terraform refuses it "
        "where the state has changed since. Whoever may read the repository can download it for "
        "7 days. Where nobody is asked, a started run applies what it has just planned.",
        commands=("export ME=$(gh api user --jq .id)",
                  f"gh variable set {BY_HAND} --body false",
                  *(line for name in names for line in _made(name))),
        check='`gh api "repos/$REPOSITORY/environments/production" --jq '
        "'.protection_rules[].type'` prints required_reviewers and branch_policy",
        undo='`gh api -X DELETE "repos/$REPOSITORY/environments/NAME"`',
    )  # fmt: skip


def _without(form: Form) -> str:
    """What to do on a plan that has no reviewers for private repositories."""
    held = (
        "a push then ends at staging, and production waits until somebody starts "
        if form.staging
        else "a push then only builds the image, and production waits until somebody starts "
    )
    return (
        "For a private repository on Pro or Team leave `-F 'reviewers...'` out and set "
        f"{BY_HAND} to true: {held}"
        "`gh workflow run deploy.yml -f digest=sha256:...` with the digest that the run shows, and "
        "infrastructure until somebody starts `gh workflow run infra.yml --ref main`. On "
        "Free a private repository has no environments: make it Pro or Team first."
    )


def _made(name: str) -> tuple[str, ...]:
    reviewed = (
        " -F 'reviewers[][type]=User' -F \"reviewers[][id]=$ME\"" if name in _APPROVED else ""
    )
    return (
        f'gh api -X PUT "repos/$REPOSITORY/environments/{name}"{reviewed} \\',
        "  -F 'deployment_branch_policy[protected_branches]=false' "
        "-F 'deployment_branch_policy[custom_branch_policies]=true'",
        f'gh api -X POST "repos/$REPOSITORY/environments/{name}/deployment-branch-policies" '
        "-f name=main",
    )
