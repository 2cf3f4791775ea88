"""A policy that is narrow enough, from what the words say is read and written where."""

import json
import re
from dataclasses import dataclass

from blueproof.cloud.policy import Policy

_PREFIX = r"(?:the )?[`'\"]?(?P<{0}>[\w.-]+(?:/[\w.-]+)*/)[`'\"]?"
_READS = re.compile(
    r"\b(?:read|get|download|load|fetch|take)(?:s|ing)?(?: \w+){0,3}? (?:from|in|under|of) "
    + _PREFIX.format("reads"),
    re.IGNORECASE,
)
_WRITES = re.compile(
    r"\b(?:write|put|upload|save|store)(?:s|ing)?(?: \w+){0,3}?(?: (?:to|into|in|under))? "
    + _PREFIX.format("writes"),
    re.IGNORECASE,
)
_DELETES = re.compile(
    r"\b(?:delet|remov|clean)\w+\b[^.?!\n]{0,40}\b(?:file|object|upload|image)", re.IGNORECASE
)
_BUCKET = re.compile(
    r"\bbucket (?:is |named |called )?[`'\"](?P<a>[a-z0-9][\w.-]{2,62})[`'\"]"
    r"|\barn:aws:s3:::(?P<b>[a-z0-9][\w.-]{2,62})"
)
_LAMBDA = re.compile(r"\blambdas?\b|\bfunctions?\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Narrow:
    """A policy to put in place, and what of it is to be filled in."""

    text: str
    blanks: tuple[str, ...]
    needs: tuple[tuple[str, str], ...]


def narrowed(words: str, policy: Policy) -> Narrow | None:
    """The policy for what is told of S3 and logs; None where the words tell no place."""
    reads, writes = _READS.search(words), _WRITES.search(words)
    if not (reads or writes) or not _only_known(policy):
        return None
    named = _BUCKET.search(words)
    bucket = (named["a"] or named["b"]) if named else "BUCKET"
    root = f"arn:aws:s3:::{bucket}"
    wanted: list[tuple[str, str, tuple[str, ...]]] = []
    if reads:
        wanted.append(("ReadOriginals", f"{root}/{reads['reads']}*", ("s3:GetObject",)))
    if writes:
        wanted.append(("WriteResults", f"{root}/{writes['writes']}*", ("s3:PutObject",)))
    if reads and _DELETES.search(words):
        wanted.append(("RemoveOriginals", f"{root}/{reads['reads']}*", ("s3:DeleteObject",)))
    blanks = [] if named else ["BUCKET"]
    if _LAMBDA.search(words) or _logs(policy):
        group = "arn:aws:logs:REGION:ACCOUNT:log-group:/aws/lambda/FUNCTION:*"
        wanted.append(("WriteLogs", group, ("logs:CreateLogStream", "logs:PutLogEvents")))
        blanks += ["REGION", "ACCOUNT", "FUNCTION"]
    statements = [
        {"Sid": sid, "Effect": "Allow", "Action": [*actions], "Resource": resource}
        for sid, resource, actions in wanted
    ]
    text = json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2)
    needs = tuple((a, r.replace("*", "x")) for _, r, actions in wanted for a in actions)
    return Narrow(text=f"{text}\n", blanks=tuple(blanks), needs=needs)


def _only_known(policy: Policy) -> bool:
    """Whether it is of S3 and logs alone; what else is needed the words do not tell."""
    services = {a.partition(":")[0] for s in policy.statements for a in s.actions}
    return services <= {"s3", "logs"}


def _logs(policy: Policy) -> bool:
    return any(a.startswith("logs:") for s in policy.statements for a in s.actions)
