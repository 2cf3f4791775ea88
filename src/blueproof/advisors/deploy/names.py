"""The names that the words tell: repository, account, domain, network, database.

What was told stands in the guide and in the files; what was not is looked up by a command there.
"""

import json
import re
from dataclasses import dataclass

_PATH = r"(?P<name>[A-Za-z0-9][\w.-]*(?:/[A-Za-z0-9](?:[\w.-]*\w)?)+)"
_REPOSITORY = (
    re.compile(r"\bgithub\.com[/:]" + _PATH, re.IGNORECASE),
    re.compile(r"\bgitlab\.com[/:]" + _PATH, re.IGNORECASE),
    re.compile(
        r"\b(?:repo(?:sitory)?|project(?: path)?)(?: is| path| name)?\s*[:=]?\s*\(?[`'\"]?" + _PATH,
        re.IGNORECASE,
    ),
    re.compile(r"\bgit(?:hub|lab)\s*[:(]?\s*\(?[`'\"]" + _PATH, re.IGNORECASE),
)
_APART = re.compile(
    r"\borg(?:ani[sz]ation)?(?: is| name)?\s*[:=]?\s*[`'\"]?(?P<owner>[\w-]+)[`'\"]?,?\s+(?:and )?"
    r"(?:the )?repo(?:sitory)?(?: is| name)?\s*[:=]?\s*[`'\"]?(?P<name>[\w.-]*\w)",
    re.IGNORECASE,
)
# What stands before a slash in a sentence, or in a repository, and is nobody's name.
_NOBODY = frozenset(
    "actions apps app packages services service src infra libs lib ci cd dev staging main and or "
    "docker aws ecr test tests http https backend frontend api read push pull org owner".split()
)
_ACCOUNT = re.compile(
    r"\baccount(?: id| number)?\b[^\w\n]{0,4}(?:is )?(?P<id>\d{12})\b", re.IGNORECASE
)
_DOMAIN = re.compile(
    r"\b(?:domain|hostname)(?: name)?\b[^\w\n.]{0,3}(?:is |will be |should be |= ?)?[`'\"]?"
    r"(?:https?://)?(?P<name>[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})\b",
    re.IGNORECASE,
)
_INSTANCE = re.compile(
    r"\b(?P<id>[a-z][a-z0-9-]*)\.(?!cluster-)[a-z0-9]+\.[a-z0-9-]+\.rds\.amazonaws\.com"
)
_VPC = re.compile(r"\bvpc-[0-9a-f]{8,17}\b")
_SUBNETS = re.compile(
    r"\b(?P<side>public|private) subnets?\b(?P<rest>[^.;\n]{0,160})", re.IGNORECASE
)
_SUBNET = re.compile(r"\bsubnet-[0-9a-z]{6,17}\b")
_SECOND = frozenset("co com org net gov ac edu".split())  # of "shop.co.uk", which is one name


@dataclass(frozen=True, kw_only=True)
class Names:
    """What the words name, each "" or empty where they do not.

    `repository` is owner/name, `account` twelve digits, `domain` the API's name in `zone`.
    """

    repository: str = ""
    account: str = ""
    domain: str = ""
    zone: str = ""
    database: str = ""
    vpc: str = ""
    public_subnets: tuple[str, ...] = ()
    private_subnets: tuple[str, ...] = ()


def names_of(request: str) -> Names:
    """What a request names; where it names two of a kind, none is taken."""
    domain, zone = _domain(request)
    return Names(
        repository=_repository(request),
        account=_only([found["id"] for found in _ACCOUNT.finditer(request)]),
        domain=domain,
        zone=zone,
        database=_only([found["id"] for found in _INSTANCE.finditer(request)]),
        vpc=_only(_VPC.findall(request)),
        public_subnets=_subnets(request, "public"),
        private_subnets=_subnets(request, "private"),
    )


def _only(found: list[str]) -> str:
    return found[0] if len(set(found)) == 1 else ""


def _repository(request: str) -> str:
    for pattern in _REPOSITORY:
        named = [found["name"].removesuffix(".git") for found in pattern.finditer(request)]
        if pattern is _REPOSITORY[0]:  # what follows owner/name is a page or a file of it
            named = ["/".join(name.split("/")[:2]) for name in named]
        named = [name for name in named if name.partition("/")[0].lower() not in _NOBODY]
        if named:
            return _only(named)
    return _only([f"{found['owner']}/{found['name']}" for found in _APART.finditer(request)])


def _domain(request: str) -> tuple[str, str]:
    """The API's name and the zone it is in; a bare domain gets an "api." in front."""
    name = _only([found["name"].lower() for found in _DOMAIN.finditer(request)])
    if not name or name.endswith("amazonaws.com"):
        return "", ""
    labels = name.split(".")
    least = 3 if labels[-2] in _SECOND and len(labels[-1]) == len("uk") else 2
    if len(labels) <= least:
        return f"api.{name}", name
    return name, ".".join(labels[1:])


def _subnets(request: str, side: str) -> tuple[str, ...]:
    for found in _SUBNETS.finditer(request):
        if found["side"].lower() == side:
            named = tuple(dict.fromkeys(_SUBNET.findall(found["rest"])))
            if len(named) > 1:
                return named
    return ()


_REPOSITORY_LINE = re.compile(r"^export REPOSITORY=.*$", re.MULTILINE)
_REGION_LINE = re.compile(r"^export AWS_REGION=.*$", re.MULTILINE)
_NETWORK_LINE = re.compile(r"^export VPC_ID=(?:vpc-.*|\$\(.*\\\n.*)$", re.MULTILINE)


def filled_in(text: str, names: Names) -> str:
    """The guide with the names that were told in place of what looks them up."""
    if names.repository:
        text = _REPOSITORY_LINE.sub(f"export REPOSITORY={names.repository}", text)
    if names.account:
        asked = "$(aws sts get-caller-identity --query Account --output text)"
        text = _REGION_LINE.sub(
            lambda line: f'test "{asked}" = {names.account} # stop where this fails\n{line[0]}',
            text,
            count=1,
        )
    if names.domain:
        told = f"export DOMAIN={names.domain} ZONE={names.zone}"
        text = text.replace("export DOMAIN=api.example.com ZONE=example.com", told)
    if names.database:
        text = re.sub(
            r"^export DATABASE_INSTANCE=.*$",
            f"export DATABASE_INSTANCE={names.database}",
            text,
            flags=re.MULTILINE,
        )
    if names.vpc:
        text = _NETWORK_LINE.sub(f"export VPC_ID={names.vpc}", text)
    for side, told_ids in (("PUBLIC", names.public_subnets), ("PRIVATE", names.private_subnets)):
        if told_ids:
            line = f"export {side}_SUBNETS='{json.dumps(list(told_ids), separators=(',', ':'))}'"
            text = re.sub(rf"^export {side}_SUBNETS=.*\\\n.*$", line, text, flags=re.MULTILINE)
    return text
