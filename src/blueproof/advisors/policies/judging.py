"""What an IAM policy lets through that nobody needs, the worst first."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from blueproof.advisors.policies.resources import is_any_distribution, is_forged, keys_of
from blueproof.cloud.policy import Policy, Statement

# What all rights over a service come to, where they hold for everything in the account.
_OF_ALL = {
    "s3": "read, overwrite and delete the objects of every bucket in the account, and make a "
    "bucket public (s3:PutBucketPolicy)",
    "iam": "make users, keys and policies, and so give itself every right of the account",
    "sts": "take on every role that trusts the account",
    "dynamodb": "read, change and delete every table in the account",
    "secretsmanager": "read and change every secret in the account",
    "ssm": "read every parameter and run commands on every managed server",
    "kms": "decrypt with every key, and schedule keys for deletion",
    "rds": "delete and copy every database, and give its password anew",
    "ec2": "start and end every server, and open security groups",
    "lambda": "change the code of every function, and so act with the rights of each",
    "sqs": "read, send to and delete every queue",
    "sns": "send to and delete every topic",
    "ses": "send mail in your name",
    "logs": "read and delete the logs of everything, also the traces of a break-in",
    "cognito-idp": "change the password of every user",
    "cloudformation": "change every stack with the rights of its role",
}
_ESCALATES = re.compile(
    r"iam:(?:\*|PassRole|Create(?:AccessKey|LoginProfile|PolicyVersion|Role|User)"
    r"|(?:Attach|Put)\w+Policy|UpdateAssumeRolePolicy|AddUserToGroup|(?:Create|Put|Attach)\*)$",
    re.IGNORECASE,
)
# Actions that know no resource, for which "*" is right.
_WITHOUT_RESOURCE = re.compile(
    r"(?:ec2:Describe|\w[\w-]*:List(?!Bucket$)|ecr:GetAuthorizationToken|sts:GetCallerIdentity"
    r"|xray:Put|cloudwatch:PutMetricData|cloudwatch:(?:Get|List|Describe)|\w[\w-]*:Describe"
    r"|ec2:(?:Create|Delete)NetworkInterface|ec2:(?:Una|A)ssignPrivateIpAddresses|logs:CreateLogGroup"
    r"|s3:ListAllMyBuckets|ses:Send\w+|sns:Publish$|textract:|rekognition:Detect|comprehend:"
    r"|translate:|polly:|pricing:|ce:|tag:Get)",
    re.IGNORECASE,
)
_OBJECTS = re.compile(r"s3:(?:Get|Put|Delete)Object", re.IGNORECASE)
_BUCKETS = re.compile(r"s3:(?:ListBucket|GetBucketLocation)$", re.IGNORECASE)
_GITHUB = "token.actions.githubusercontent.com"
_ANY_SUBJECT = re.compile(r"^(?:\*|repo:\*|repo:[\w.-]+/\*|repo:\*/\*)(?::.*)?$")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something wrong in a policy: what it lets through or does not, why, and the mend."""

    id: str
    what: str
    why: str
    do: str
    severity: Literal["harm", "risk"] = "harm"


_RANKS = (
    "everybody", "any-distribution", "anyone-trusted", "any-repository", "all-rights",
    "escalation", "turned", "service-everywhere", "resource-everywhere",
    "service-whole", "never-matches",
)  # fmt: skip


def faults(policy: Policy, *, website: bool = False) -> tuple[Fault, ...]:
    """What is wrong, the worst first, each once; of a public website everybody reads the pages."""
    found = {
        f.what: f
        for s in policy.statements
        if s.allows and not (website and is_of_pages(s))
        for f in _of(s)
    }
    return tuple(sorted(found.values(), key=lambda f: _RANKS.index(f.id)))


def is_of_pages(one: Statement) -> bool:
    """Whether it lets everybody read the objects of a bucket, one by one, and no more."""
    reads = all(a.lower() in {"s3:getobject", "s3:getobjectversion"} for a in one.actions)
    return one.everyone and reads and all("/" in r for r in one.resources)


def _of(one: Statement) -> Iterator[Fault]:
    if one.is_trust and (one.principals or not one.resources):
        yield from _trust(one)
        return
    if one.everyone:
        yield from _public(one)
    if is_any_distribution(one):
        yield Fault(
            id="any-distribution",
            what=f"every CloudFront distribution, of strangers' accounts too, may "
            f"{', '.join(one.actions)} on {', '.join(one.resources)}",
            why="the service works for all its customers; a stranger names your bucket as the "
            "origin of a distribution of his own",
            do='add "Condition": {"StringEquals": {"AWS:SourceArn": '
            '"arn:aws:cloudfront::ACCOUNT_ID:distribution/DISTRIBUTION_ID"}}',
        )  # fmt: skip
    if {"NotAction", "NotResource"} & {*one.turned}:
        named = ", ".join(one.actions)
        yield Fault(
            id="turned",
            what=f"Allow with {' and '.join(one.turned)} ({named}) allows all the rest",
            why="it also holds for every service that AWS adds later",
            do="name what is needed by Action and Resource",
        )  # fmt: skip
        return
    everywhere = "*" in one.resources or any(
        re.fullmatch(r"arn:aws[\w-]*:[\w-]+:[^/]*\*", r) and r.endswith((":::*", ":*:*", ":*"))
        and ":log-group:" not in r
        for r in one.resources
    )  # fmt: skip
    for action in one.actions:
        yield from _rights(one, action, everywhere=everywhere)
    yield from _never(one)


def _rights(one: Statement, action: str, *, everywhere: bool) -> Iterator[Fault]:
    service, _, what = action.partition(":")
    on = "every resource" if everywhere else ", ".join(one.resources)
    if action == "*":
        yield Fault(
            id="all-rights", what=f"Action * on {on} is an administrator's right",
            why="one flaw in the code, or one leaked key, is the whole account",
            do="name the actions that the code calls, on the ARNs that it uses",
        )  # fmt: skip
    elif _ESCALATES.fullmatch(action) and everywhere:
        yield Fault(
            id="escalation", what=f"{action} on every resource leads to every right of the account",
            why="whoever has it gives himself, or a service that he starts, a stronger role",
            do="take it out, or name the one role's ARN (and iam:PassedToService for PassRole)",
        )  # fmt: skip
    elif what == "*" and everywhere:
        does = _OF_ALL.get(service, f"do everything in {service}, deleting included")
        yield Fault(
            id="service-everywhere", what=f"{action} on every resource may {does}",
            why="all of it goes with one flaw in the code that has the role",
            do=f"name the few {service} actions that are called, on the ARNs that are used",
        )  # fmt: skip
    elif what == "*":
        yield Fault(
            id="service-whole", severity="risk",
            what=f"{action} on {on} also allows to delete it and to change who may reach it",
            why="the code reads and writes, it needs no rights over the thing itself",
            do=f"name the {service} actions that are called",
        )  # fmt: skip
    elif everywhere and not one.conditions and not _WITHOUT_RESOURCE.match(action):
        yield Fault(
            id="resource-everywhere", severity="risk", what=f"{action} holds for every resource",
            why="what belongs to other apps in the account is within reach too",
            do="put the ARNs that are used in place of *",
        )  # fmt: skip


def _public(one: Statement) -> Iterator[Fault]:
    acts = ", ".join(one.actions)
    keys = ", ".join(keys_of(one))
    if is_forged(one):
        yield Fault(
            id="everybody",
            what=f"anybody on the internet may {acts} on {', '.join(one.resources)}, because "
            f"{keys} is chosen by the caller",
            why="curl sends any header that it is told to; no account and no signature is asked",
            do="name the role that does it as the principal, and take the condition out",
        )  # fmt: skip
        return
    if one.conditions:
        yield Fault(
            id="everybody", severity="risk", what=f"anybody may {acts} where {keys} fits",
            why="the condition alone decides; an account, VPC or source ARN is filled in by AWS",
            do="see that its values name only what is yours",
        )  # fmt: skip
        return
    yield Fault(
        id="everybody", what=f"anybody on the internet may {acts} on {', '.join(one.resources)}",
        why="it is a public policy: no account and no signature is asked",
        do="name the principal, switch Block Public Access on, and serve public files by "
        "CloudFront with origin access control",
    )  # fmt: skip


def _trust(one: Statement) -> Iterator[Fault]:
    keys = {k.lower(): v for of in one.conditions.values() for k, v in of.items()}
    if one.everyone and not one.conditions:
        yield Fault(
            id="anyone-trusted", what="every AWS account in the world may take on this role",
            why="Principal * in a trust policy asks for no more than any account's credentials",
            do="name the account or role, and an ExternalId for a vendor",
        )  # fmt: skip
    if any(_GITHUB in p for p in one.principals):
        subjects = keys.get(f"{_GITHUB}:sub", ())
        loose = [s for s in subjects if _ANY_SUBJECT.match(s)]
        if not subjects or loose:
            named = f"sub {loose[0]}" if loose else "no condition on sub"
            yield Fault(
                id="any-repository", what=f"{named}: workflows of other repositories may take on "
                "this role",
                why="GitHub signs tokens for every repository; sub alone says which one it is",
                do='StringEquals "token.actions.githubusercontent.com:sub": '
                '"repo:ORG/REPO:ref:refs/heads/main" (with an environment: '
                '"repo:ORG/REPO:environment:NAME"), and aud sts.amazonaws.com',
            )  # fmt: skip


def _never(one: Statement) -> Iterator[Fault]:
    """What can never match: a bucket named for objects, objects named for a bucket."""
    named = [r for r in one.resources if r.startswith("arn:aws:s3:::")]
    if not named or len(named) < len(one.resources):
        return
    plain = [r for r in named if "/" not in r and not r.endswith("*")]
    objects = [a for a in one.actions if _OBJECTS.match(a)]
    buckets = [a for a in one.actions if _BUCKETS.match(a)]
    if objects and len(plain) == len(named):
        yield Fault(
            id="never-matches", severity="risk",
            what=f"{objects[0]} on {plain[0]} never matches, and is refused",
            why="objects have the ARN with a slash and a key",
            do=f"write {plain[0]}/*",
        )  # fmt: skip
    if buckets and not plain and all("/" in r for r in named):
        yield Fault(
            id="never-matches", severity="risk",
            what=f"{buckets[0]} on {named[0]} never matches, and is refused",
            why="it is asked of the bucket, whose ARN has no slash",
            do=f"write {named[0].partition('/')[0]} in a statement of its own",
        )  # fmt: skip
