"""What is said of IAM policies: yes or no, what they let through, what was tried on them."""

import re
from collections.abc import Iterator

from blueproof.advisors.policies.judging import Fault, faults, is_of_pages
from blueproof.advisors.policies.narrow import Narrow, narrowed
from blueproof.advisors.policies.resources import BLANKS, closed
from blueproof.cloud.policy import Policy, Verdict, policies_in
from blueproof.core.advice import Artifact, Finding, Step
from blueproof.core.blueprint import Conclusion, Unproved

_MOST_TOLD = 4
_WEBSITE = re.compile(
    r"\b(?:web ?site|static site|landing page|public site|web hosting)\b", re.IGNORECASE
)
_PATH = "iam/policy.json"
_CLOSED = "s3/bucket-policy.json"
# What nobody wants of a role, asked of every policy that is for one.
_STRANGE = (
    ("s3:DeleteBucket", "arn:aws:s3:::another-bucket"),
    ("s3:PutBucketPolicy", "arn:aws:s3:::another-bucket"),
    ("s3:GetObject", "arn:aws:s3:::another-bucket/private/x"),
    ("iam:CreateAccessKey", "arn:aws:iam::111111111111:user/admin"),
    ("iam:PassRole", "arn:aws:iam::111111111111:role/admin"),
    ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:111111111111:secret:other"),
    ("dynamodb:DeleteTable", "arn:aws:dynamodb:eu-west-1:111111111111:table/other"),
    ("kms:Decrypt", "arn:aws:kms:eu-west-1:111111111111:key/other"),
    ("logs:DeleteLogGroup", "arn:aws:logs:eu-west-1:111111111111:log-group:/other"),
    ("ec2:RunInstances", "arn:aws:ec2:eu-west-1:111111111111:instance/*"),
)


def told(words: str, policies: tuple[Policy, ...], *, said: str = "") -> Conclusion:
    """What is concluded of policies in a request; `said` is how a policy was named in words."""
    website = bool(_WEBSITE.search(words))
    found = [fault for policy in policies for fault in faults(policy, website=website)]
    pages = website and any(is_of_pages(s) for p in policies for s in p.statements)
    narrow = narrowed(words, policies[0]) if len(policies) == 1 and found else None
    shut = _closed(policies)
    identity = [p for p in policies if not any(s.principals for s in p.statements)]
    return Conclusion(
        answer=" ".join((*_answer(found, identity, narrow, said, pages=pages), *_shut(shut))),
        findings=tuple(
            Finding(rule=f"iam-{f.id}", where=said or "the policy", severity=f.severity,
                    says=f"{f.what}: {f.why}. Do: {f.do}.")
            for f in found
        ),
        steps=(*_put(shut), *_steps(found, narrow)),
        artifacts=(
            (Artifact(path=_PATH, text=narrow.text, purpose="the rights that the words tell of"),)
            if narrow else ()
        )
        + ((Artifact(path=_CLOSED, text=shut, purpose="the policy, closed"),) if shut else ()),
        not_proved=tuple(_unproved(policies, narrow)),
    )  # fmt: skip


def _answer(
    found: list[Fault], identity: list[Policy], narrow: Narrow | None, said: str, *, pages: bool
) -> Iterator[str]:
    grave = [f for f in found if f.severity == "harm"]
    if grave:
        yield f"No: {_numbered(found)}"
    elif found:
        yield f"Not dangerous, to be narrowed: {_numbered(found)}"
    elif pages:
        yield (
            "Right for a public website: anybody may read its objects one by one, and neither list "
            "nor write. It is a problem only if the bucket also holds what is not public. "
            "CloudFront with origin access control and Block Public Access on serves the same "
            "pages with HTTPS from a private bucket, and ends the finding."
        )
    else:
        yield "Yes, it is narrow: no wildcard reaches what is not named in it."
    tried = [(a, r, _any(identity, a, r)) for a, r in _STRANGE] if identity else []
    open_to = [a for a, _, verdict in tried if verdict == "allowed"]
    if found and said.endswith(":*"):
        yield "That is on Resource *; on one ARN it still deletes that one and opens it to others."
    if tried and not said:
        shown = f": {', '.join(open_to)}" if open_to else ""
        yield (
            f"Of {len(tried)} requests that such a role never needs, tried on it by AWS's rules, "
            f"it allows {len(open_to)}{shown}."
        )
    if narrow:
        own = policies_in(narrow.text)
        let = sum(_any(list(own), a, r) == "allowed" for a, r in narrow.needs)
        held = sum(_any(list(own), a, r) == "refused" for a, r in _STRANGE)
        yield (
            f"{_PATH} has only what you tell: {let} of {len(narrow.needs)} needed requests are "
            f"allowed by it and {held} of {len(_STRANGE)} of the others refused."
        )


def _closed(policies: tuple[Policy, ...]) -> str | None:
    """The one policy closed, if the judge finds nothing in it any more."""
    text = closed(policies[0]) if len(policies) == 1 else None
    return text if text and not any(map(faults, policies_in(text))) else None


def _shut(text: str | None) -> Iterator[str]:
    """What is said of the policy that is handed over closed."""
    if text:
        yield (
            f"{_CLOSED} is the same policy closed: AWS fills in what it asks for, and the same "
            "reading finds nothing open in it."
        )


def _put(text: str | None) -> Iterator[Step]:
    if text:
        fill = ", ".join(each for each in BLANKS if each in text)
        yield Step(
            do=f"fill in {fill} in {_CLOSED}, put it (aws s3api put-bucket-policy --bucket NAME "
            f"--policy file://{_CLOSED}) and switch Block Public Access on",
            horizon="now", undo="the policy before (aws s3api get-bucket-policy, saved first)",
            check="curl of an object by its S3 address gives 403, by the distribution 200",
        )  # fmt: skip


def _numbered(found: list[Fault]) -> str:
    if len(found) == 1:
        return f"{found[0].what}."
    return " ".join(f"{n}. {f.what}." for n, f in enumerate(found[:_MOST_TOLD], 1))


def _any(policies: list[Policy], action: str, resource: str) -> Verdict:
    verdicts = [p.decides(action, resource) for p in policies]
    return next((v for v in ("allowed", "depends") if v in verdicts), "refused")


def _steps(found: list[Fault], narrow: Narrow | None) -> Iterator[Step]:
    if narrow:
        fill = f", with {', '.join(narrow.blanks)} filled in" if narrow.blanks else ""
        yield Step(
            do=f"put {_PATH} in place of it{fill}; with a key of your own (SSE-KMS) add "
            "kms:Decrypt and kms:GenerateDataKey on that key's ARN",
            horizon="now", undo="the policy version before (aws iam set-default-policy-version)",
            check="the function works, and a read of another bucket gets AccessDenied",
        )  # fmt: skip
    for fault in found[:_MOST_TOLD]:
        if not narrow or fault.id not in {"service-everywhere", "resource-everywhere"}:
            yield Step(do=f"{fault.what}: {fault.do}", horizon="now", undo="",
                       check="IAM Access Analyzer's policy check shows no finding")  # fmt: skip
    if found and not narrow:
        yield Step(
            do="let IAM Access Analyzer write the policy from the calls of the last weeks "
            "(CloudTrail), and compare",
            horizon="next", check="", undo="",
        )  # fmt: skip


def _unproved(policies: tuple[Policy, ...], narrow: Narrow | None) -> Iterator[Unproved]:
    yield Unproved(
        statement="the other policies of the role, boundaries and service control policies",
        why="only what was handed over was read; AWS's own simulator needs your account",
    )
    if any(s.conditions for p in policies for s in p.statements):
        yield Unproved(statement="its conditions", why="their values are only known in a request")
    if narrow and narrow.blanks:
        yield Unproved(
            statement=f"the names {', '.join(narrow.blanks)} in {_PATH}", why="they were not told"
        )
