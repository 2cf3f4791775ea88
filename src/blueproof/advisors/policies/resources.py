"""Policies of a resource, as of a bucket: whom their conditions let in, and the same one closed.

A condition closes a statement for everybody only where AWS itself fills in the value. Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html and
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from blueproof.cloud.policy import Policy, Statement

# What the caller writes into the request, or picks by how it is made.
_BY_CALLER = frozenset({
    "aws:referer", "aws:useragent", "aws:securetransport", "s3:x-amz-acl", "s3:prefix",
    "s3:x-amz-server-side-encryption", "s3:max-keys", "s3:delimiter", "aws:currenttime",
})  # fmt: skip
_OF_THE_SENDER = frozenset({
    "aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths",
})  # fmt: skip
_CLOUDFRONT = "Service:cloudfront.amazonaws.com"
_DISTRIBUTION = "arn:aws:cloudfront::ACCOUNT_ID:distribution/DISTRIBUTION_ID"
_ROLE = "AWS:arn:aws:iam::ACCOUNT_ID:role/DEPLOY_ROLE"
BLANKS = ("ACCOUNT_ID", "DISTRIBUTION_ID", "DEPLOY_ROLE")


def keys_of(one: Statement) -> tuple[str, ...]:
    """The keys that its conditions ask for, as they are written, in order."""
    return tuple(sorted({key for of in one.conditions.values() for key in of}))


def is_forged(one: Statement) -> bool:
    """Whether all that its conditions ask for is written by the caller himself."""
    return bool(one.conditions) and all(key.lower() in _BY_CALLER for key in keys_of(one))


def is_any_distribution(one: Statement) -> bool:
    """Whether CloudFront is let in for whomever it works, distributions of strangers included."""
    asked = {key.lower() for key in keys_of(one)}
    return one.allows and _CLOUDFRONT in one.principals and not asked & _OF_THE_SENDER


def closed(policy: Policy) -> str | None:
    """The policy with its open statements closed, as JSON; None where that cannot be written."""
    if not any(map(_is_open, policy.statements)) or any(s.turned for s in policy.statements):
        return None
    kept = [_closed(s) for s in policy.statements if not _is_read_by_all(s)]
    written = [_written(each) for each in kept]
    if not written:
        return None
    return json.dumps({"Version": "2012-10-17", "Statement": written}, indent=2) + "\n"


def _is_open(one: Statement) -> bool:
    return is_any_distribution(one) or (one.allows and one.everyone and is_forged(one))


def _is_read_by_all(one: Statement) -> bool:
    """Whether everybody reads by a header that he writes: CloudFront is the way in their place."""
    reads = all(a.lower() in {"s3:getobject", "s3:getobjectversion"} for a in one.actions)
    return one.allows and one.everyone and is_forged(one) and reads


def _closed(one: Statement) -> Statement:
    if is_any_distribution(one):
        equal = {**one.conditions.get("StringEquals", {}), "AWS:SourceArn": (_DISTRIBUTION,)}
        return replace(one, conditions={**one.conditions, "StringEquals": equal})
    if one.allows and one.everyone and is_forged(one):
        return replace(one, principals=(_ROLE,), conditions={})
    return one


def _written(one: Statement) -> dict[str, Any]:
    read: dict[str, Any] = {"Effect": "Allow" if one.allows else "Deny"}
    read |= {"Principal": _principal(one)} if one.principals else {}
    read |= {"Action": list(one.actions), "Resource": list(one.resources)}
    if one.conditions:
        read["Condition"] = {
            op: {key: list(values) for key, values in of.items()}
            for op, of in one.conditions.items()
        }
    return read


def _principal(one: Statement) -> dict[str, list[str]] | str:
    if "*" in one.principals:
        return "*"
    by: dict[str, list[str]] = {}
    for kind, named in _named(one):
        by.setdefault(kind, []).append(named)
    return by


def _named(one: Statement) -> Iterator[tuple[str, str]]:
    for each in one.principals:
        kind, _, named = each.partition(":")
        yield kind, named
