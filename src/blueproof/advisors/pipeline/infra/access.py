"""What stands open: doors of the network, rights, keys."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from blueproof.advisors.pipeline.fault import Fault
from blueproof.advisors.pipeline.infra import sources
from blueproof.advisors.pipeline.infra.made import Infra, Made, Reference, blocks, texts
from blueproof.advisors.pipeline.infra.stores import opens

_DOORS = {22: "SSH", 3389: "RDP", 5432: "PostgreSQL", 3306: "MySQL", 6379: "Redis",
          27017: "MongoDB", 9200: "OpenSearch", 1433: "SQL Server", 11211: "Memcached"}  # fmt: skip
_RULES = ("aws_security_group_rule", "aws_vpc_security_group_ingress_rule")
_ADMIN = "AdministratorAccess"
_ISSUER = "token.actions.githubusercontent.com"


def faults(infra: Infra) -> Iterator[Fault]:
    """The faults of groups, policies and keys."""
    for made in infra.of("aws_security_group"):
        yield from _door(made, opens(made, ports=tuple(_DOORS)))
    for made in infra.of(*_RULES):
        yield from _rule(made)
    for made in infra.made:
        if made.kind.startswith("aws_iam_"):
            yield from _rights(made)
    for made in infra.settings:
        if made.kind == "provider":
            yield from _keys(made)


def _door(made: Made, ports: tuple[str, ...]) -> Iterator[Fault]:
    if not ports:
        return
    named = ", ".join(_called(p) for p in dict.fromkeys(ports))
    yield Fault(
        rule="open-to-all", path=made.path, line=made.line_with("0.0.0.0/0"), rank="security",
        says=f"{made.address} lets the whole internet reach {named}",
        right="security_groups = [the group of the service]; for people Session Manager in place "
        "of SSH",
    )  # fmt: skip


def _called(port: str) -> str:
    if port == "all":
        return "every port"
    inside = [f"{n} ({name})" for n, name in _DOORS.items() if port == str(n)]
    return inside[0] if inside else f"ports {port}"


def _rule(made: Made) -> Iterator[Fault]:
    if made.text("type") == "egress":
        return
    as_group = Made(kind=made.kind, name=made.name, path=made.path, line=made.line,
                    lines=made.lines, told={"ingress": {
                        **made.told, "cidr_blocks": [*texts(made.get("cidr_blocks")),
                                                     *texts(made.get("cidr_ipv4"))],
                        "protocol": made.get("protocol") or made.get("ip_protocol"),
                    }})  # fmt: skip
    yield from _door(as_group, opens(as_group, ports=tuple(_DOORS)))


def _rights(made: Made) -> Iterator[Fault]:
    if made.kind == "aws_iam_access_key":
        yield Fault(
            rule="key-that-lasts", path=made.path, line=made.line, rank="security",
            says=f"{made.address} makes a key that never ends, and its secret lies in the state",
            right="a role: taken on by the service, or by the pipeline with OIDC",
            evidence=(sources.KEYS,),
        )  # fmt: skip
    if _ADMIN in made.whole:
        yield Fault(
            rule="admin", path=made.path, line=made.line_with(_ADMIN), rank="security",
            says=f"{made.address} may do everything in the account ({_ADMIN})",
            right="a policy with the actions and resources that it needs",
            evidence=(sources.LEAST,),
        )  # fmt: skip
    for policy in _policies(made):
        for statement in blocks(policy, "Statement"):
            yield from _statement(made, statement)


def _policies(made: Made) -> Iterator[Mapping[str, Any]]:
    inline = [
        p.get("policy") or p.get("PolicyDocument") or p.get("policy_document")
        for key in ("inline_policy", "policies", "Policies")
        for p in made.blocks(key)
    ]
    for said in (made.get("policy"), made.get("assume_role_policy"), *inline):
        if isinstance(said, Mapping):
            yield said
        elif isinstance(said, str) and not isinstance(said, Reference) and "{" in said:
            try:
                found = json.loads(said)
            except ValueError:
                continue
            if isinstance(found, Mapping):
                yield found


def _statement(made: Made, statement: Mapping[str, Any]) -> Iterator[Fault]:
    if statement.get("Effect") != "Allow":
        return
    actions = texts(statement.get("Action"))
    everywhere = "*" in texts(statement.get("Resource"))
    if "*" in actions and everywhere:
        yield Fault(
            rule="admin", path=made.path, line=made.line_with("Action"), rank="security",
            says=f"{made.address} allows every action on every resource",
            right="the actions and resources that it needs", evidence=(sources.LEAST,),
        )  # fmt: skip
    elif everywhere and "iam:PassRole" in actions:
        yield Fault(
            rule="passes-any-role", path=made.path, line=made.line_with("PassRole"),
            rank="security",
            says=f"{made.address} may hand any role to a service (iam:PassRole on *), an admin's "
            "too: that is as good as admin",
            right="Resource = the ARNs of the task and execution roles",
            evidence=(sources.PASSING,),
        )  # fmt: skip
    elif everywhere and any(re.fullmatch(r"(?:s3|dynamodb|secretsmanager|kms|iam|ec2|ecs):\*", a)
                            for a in actions):  # fmt: skip
        wide = next(a for a in actions if a.endswith(":*"))
        yield Fault(
            rule="wide-rights", path=made.path, line=made.line_with(wide), rank="security",
            says=f"{made.address} allows {wide} on every resource of the account",
            right="the actions used, on the ARNs used", evidence=(sources.LEAST,),
        )  # fmt: skip
    if _ISSUER in json.dumps(statement.get("Principal", ""), default=str) or (
        "AssumeRoleWithWebIdentity" in str(actions) and _ISSUER in made.whole
    ):  # fmt: skip
        yield from _trust(made, statement)


def _trust(made: Made, statement: Mapping[str, Any]) -> Iterator[Fault]:
    condition = json.dumps(statement.get("Condition", {}), default=str)
    if f"{_ISSUER}:sub" not in condition:
        yield Fault(
            rule="no-subject", path=made.path, line=made.line, rank="security",
            says=f"{made.address} trusts GitHub without naming the subject: a workflow of any "
            "repository on GitHub can take the role on",
            right=f'StringEquals "{_ISSUER}:sub" = "repo:OWNER/REPO:environment:production"',
            evidence=(sources.OIDC,),
        )  # fmt: skip


def _keys(made: Made) -> Iterator[Fault]:
    for key in ("access_key", "secret_key"):
        said = made.get(key)
        if isinstance(said, str) and not isinstance(said, Reference):
            yield Fault(
                rule="keys-in-code", path=made.path, line=made.at(key), rank="security",
                says="a key of AWS stands in the provider block, so it is in git: deactivate it "
                "today in IAM, then delete it",
                right="no keys here: a profile or SSO on laptops, a role by OIDC in the pipeline",
                evidence=(sources.KEYS,),
            )  # fmt: skip
            return
