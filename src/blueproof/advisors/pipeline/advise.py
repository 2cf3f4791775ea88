"""The advice on a delivery that is there: each fault with its line, and the mended files."""

from collections.abc import Iterator
from datetime import date
from difflib import unified_diff
from typing import Literal

from blueproof.advisors.pipeline.fault import ORDER, Fault, Rank
from blueproof.advisors.pipeline.files import Files
from blueproof.advisors.pipeline.infra.review import CHECKS
from blueproof.core.advice import Artifact, Finding, Recommendation, Step
from blueproof.core.blueprint import Conclusion, Draft, QuestionKind, Unproved
from blueproof.core.brief import Brief
from blueproof.core.claim import Validates
from blueproof.core.evidence import Citation
from blueproof.core.scene import File

DOCKER = Citation(
    url="https://docs.docker.com/build/building/best-practices/",
    checked=date(2026, 11, 30),
    says="a layer is built again from the first change on, so what changes seldom comes first; a "
    "tag can be moved to another image; a service that can run without root names a USER",
)
TRUST = "iam/deploy-trust.json"
_ISSUER = "token.actions.githubusercontent.com"
_TRUST_TEXT = f"""\
{{
  "Version": "2012-10-17",
  "Statement": [
    {{
      "Effect": "Allow",
      "Principal": {{ "Federated": "arn:aws:iam::ACCOUNT:oidc-provider/{_ISSUER}" }},
      "Action": "sts:AssumeRoleWithWebIdentity",
      "Condition": {{
        "StringEquals": {{
          "{_ISSUER}:aud": "sts.amazonaws.com",
          "{_ISSUER}:sub": "repo:OWNER/REPO:ref:refs/heads/main"
        }}
      }}
    }}
  ]
}}
"""
SLOT = "the mended files"
_PATCH = ".patch"
STRUCK_OUT = "***"  # in the place of a secret, where files are read
_SEVERITY: dict[Rank, Literal["harm", "risk", "note"]] = {
    "breaks": "harm", "security": "risk", "speed": "note",
}  # fmt: skip
_MOST_TOLD = 3  # faults that the answer tells
_OUT = frozenset({"secret-in-image", "password-in-code", "keys-in-code", "secret-in-environment"})
_OPEN = frozenset({"database-open", "open-to-all", "keys-in-code", "password-in-code", "admin"})
_LIMIT = 240  # characters of one of them there


def advise(files: Files, brief: Brief, kind: QuestionKind) -> Draft:
    """The draft: the faults as findings, and the files with what can be mended mended."""
    made = _made(files)
    return Draft(
        brief=brief,
        question_kind=kind,
        findings=tuple(_finding(fault) for fault in files.faults),
        recommendations=tuple(_recommended(files, made)),
        artifacts=tuple(
            Artifact(
                path=path,
                purpose="for the role" if path == TRUST else "yours, mended",
                text=text,
                needs=(SLOT,),
            )
            for path, text in made.items()
        ),
    )


def _made(files: Files) -> dict[str, str]:
    """The mended files, and a trust policy where a role takes the place of a key.

    A file with a secret, which was struck out when it was read, is mended by a patch: the file
    itself would put the stroke in the secret's place.
    """
    whole = files.mended()
    made = dict(
        _whole_or_patch(path, files.texts.get(path, ""), text) for path, text in whole.items()
    )
    made = {path: text for path, text in made.items() if STRUCK_OUT not in text}  # cannot apply
    if made and any(f.rule == "keys-that-last" for f in files.faults) and not files.policies:
        made[TRUST] = _TRUST_TEXT
    return made


def _whole_or_patch(path: str, before: str, text: str) -> tuple[str, str]:
    """The path and text to hand over: the file, or the changed lines alone as a patch."""
    if STRUCK_OUT not in text:
        return path, text
    lines = unified_diff(
        before.splitlines(keepends=True), text.splitlines(keepends=True),
        f"a/{path}", f"b/{path}", n=0,
    )  # fmt: skip
    return f"{path}{_PATCH}", "".join(lines)


def _finding(fault: Fault) -> Finding:
    right = f". Right: `{fault.right}`" if fault.right else ""
    return Finding(
        rule=fault.rule, where=fault.where, says=f"{fault.says}{right}",
        severity=_SEVERITY[fault.rank],
        evidence=fault.evidence,
    )  # fmt: skip


def _recommended(files: Files, made: dict[str, str]) -> Iterator[Recommendation]:
    if not made:
        return
    workflows = tuple(
        File(text=text, path=path)
        for path, text in made.items()
        if ".github/workflows/" in path and not path.endswith(_PATCH)
    )
    mended = [f for f in files.faults if f.edits]
    left = "; ".join(f"{f.rule} ({f.where})" for f in files.faults if not f.edits)
    yield Recommendation(
        slot=SLOT,
        choice=f"{', '.join(made)}: {len(mended)} of {len(files.faults)} faults mended",
        because=(
            "each is your own file with those lines changed, or the changed lines as a patch where "
            "it holds a secret; a diff shows them",
            *((f"left to you: {left}",) if left else ()),
        ),
        claims=(Validates(tool="workflow schema", files=workflows),) if workflows else (),
        evidence=tuple(dict.fromkeys(c for f in files.faults for c in f.evidence))
        or (DOCKER,),
    )  # fmt: skip


def conclude(files: Files, draft: Draft) -> Conclusion:
    """What is said: what is complained of first, then what else breaks, and what to do."""
    return Conclusion(
        answer=_answer(files),
        steps=tuple(_steps(files, draft)),
        findings=draft.findings,
        not_proved=(
            Unproved(
                statement="that AWS takes the rest of it",
                why="the files are read, not planned: `terraform plan`, or for a template a change "
                "set, against your account tells",
            )
            if files.infra
            else Unproved(
                statement="that the mended pipeline deploys",
                why="nothing is run here: no image is built, and AWS is not asked",
            ),
        ),
    )


def _answer(files: Files) -> str:
    if not files.faults:
        return _nothing(files)
    told = _told(files)
    lead = _lead(files)
    said = " ".join(f"{f.where}: {_short(f.says)}." for f in told)
    counts = {rank: sum(f.rank == rank for f in files.faults) for rank in ORDER}
    grave = next((f for f in files.faults if f.rule == "secret-in-image" and f not in told), None)
    urgent = f" Urgent beside it: {grave.where}: {_short(grave.says)}." if grave else ""
    handed = "; the mended files are beside this" if files.mended() else ""
    last = "cost or speed" if files.infra else "speed"
    rest = (
        f" In all: {counts['breaks']} to do with what breaks, {counts['security']} with security, "
        f"{counts['speed']} with {last}{handed}."
    )
    return f"{lead}{said}{urgent}{rest}"


def _told(files: Files) -> tuple[Fault, ...]:
    """What the answer tells: what is complained of, then the gravest, each thing once."""
    meant = files.meant
    if not (files.infra or files.pipelines):
        return (meant or files.faults)[:_MOST_TOLD]
    rest = (f for f in files.faults if f.rule not in {m.rule for m in meant})
    once: dict[str, Fault] = {}
    for fault in (*meant, *rest):
        once.setdefault(fault.rule, fault)
    return tuple(once.values())[:_MOST_TOLD]


def _lead(files: Files) -> str:
    """Whether infrastructure code may be applied as it stands, where it is judged as a whole."""
    if not files.infra or files.meant:
        return ""
    if any(f.rank == "breaks" or f.rule in _OPEN for f in files.faults):
        return "Do not apply it as it stands. "
    return "Nothing in it fails or loses data; mend these before production. "


def _nothing(files: Files) -> str:
    """What is said of files in which nothing was found."""
    return (
        f"I find nothing wrong in {', '.join(sorted((*files.infra, *_paths(files))))}: {CHECKS} "
        "were looked at, by reading alone. What reading cannot tell is what stands in the account "
        "already: run `terraform plan` and look for lines with destroy or replace before you apply."
        if files.infra
        else f"I find nothing wrong in {', '.join(_paths(files))}, by reading it. If a job fails, "
        "bring the last 30 lines of its log."
    )


def _paths(files: Files) -> tuple[str, ...]:
    return tuple(p.path for p in files.pipelines)


def _short(says: str) -> str:
    first = says if len(says) <= _LIMIT else says.split(". ", maxsplit=1)[0]
    return first.rstrip(".")


def _steps(files: Files, draft: Draft) -> Iterator[Step]:
    made = {artifact.path for artifact in draft.artifacts}
    role = next(iter(files.roles), "ROLE")
    for fault in files.faults:
        if fault.rule in _OUT:
            yield Step(
                do=f"Rotate what stands in {fault.where}: it is out, and stays in "
                f"{'the layers of the image and in ' if 'image' in fault.rule else ''}git",
                horizon="now", check="the old value is refused", undo="none is wanted",
            )  # fmt: skip
    for path in files.policies:
        if path in made:
            yield Step(
                do=f"Put the trust policy in: `aws iam update-assume-role-policy --role-name {role}"
                f" --policy-document file://{path}`",
                horizon="now",
                check=f"`aws iam get-role --role-name {role} --query "
                "Role.AssumeRolePolicyDocument` shows it, and the job's sign-in step is green",
                undo="put the old file in by the same command", needs=(SLOT,),
            )  # fmt: skip
    if any(f.rule == "keys-that-last" for f in files.faults):
        yield Step(
            do=f"Make the role that the workflow takes on: {TRUST} here, with your owner, "
            "repository, account and branch; name it in the variable AWS_DEPLOY_ROLE_ARN, and "
            "delete the key once a run was green",
            horizon="now", check="`gh secret list` shows no key of AWS",
            undo="take the old lines back", needs=(SLOT,),
        )  # fmt: skip
    for path in (p for p in made if p.endswith(_PATCH)):
        yield Step(
            do=f"`git apply --unidiff-zero {path}` in your repository: the file holds a secret, "
            "which is not repeated here, so only the changed lines are handed over; a secret in "
            "a file of the repository belongs into the secrets of the repository",
            horizon="now", check="`git diff` shows the lines of the findings, and no others",
            undo="git checkout the file", needs=(SLOT,),
        )  # fmt: skip
    copied = [p for p in made if p not in {*files.policies, TRUST} and not p.endswith(_PATCH)]
    if copied:
        yield Step(
            do=f"Copy {', '.join(sorted(copied))} over yours and look at `git diff`",
            horizon="now", check="`terraform plan` shows no destroy and no replace that was not "
            "meant" if files.infra else "the run of the pull request is green",
            undo="git checkout the files", needs=(SLOT,),
        )  # fmt: skip
