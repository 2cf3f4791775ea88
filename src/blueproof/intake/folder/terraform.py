"""Terraform's *.tf: which resources there are, and where they stand.

No parser of HCL: blocks are found by their opening line and their brace at the line's start, as
`terraform fmt` writes them; comments and the text of heredocs are struck out first.
"""

import re
from collections.abc import Iterator

from blueproof.intake.folder.found import Counted, Finding, Found, Text, technology
from blueproof.intake.folder.packages import plain_version
from blueproof.intake.folder.resources import REGION, known, read_runtime

_BLOCK = re.compile(r'^[ \t]*resource[ \t]+"([\w-]+)"[ \t]+"([\w-]+)"[ \t]*\{', re.MULTILINE)
_PROVIDER = re.compile(r'^[ \t]*provider[ \t]+"([\w-]+)"[ \t]*\{', re.MULTILINE)
_TERRAFORM = re.compile(
    r"^[ \t]*(?:terraform|resource|provider|module|variable|output|data|locals)\b[^\n]*\{",
    re.MULTILINE,
)
_COMMENT = re.compile(r'("(?:[^"\\\n]|\\.)*")|#[^\n]*|//[^\n]*|/\*.*?\*/', re.DOTALL)
_HEREDOC = re.compile(r"<<-?[ \t]*(\w{1,40})[ \t]*$")
_LONGEST_BLOCK = 20_000  # characters
_DEFAULT_REGION = re.compile(
    r'^[ \t]*variable[ \t]+"(?:aws_)?region"[ \t]*\{[^}]*?default[ \t]*=[ \t]*"([\w-]+)"',
    re.MULTILINE,
)
_ENGINES = {
    "postgres": "postgresql",
    "aurora-postgresql": "postgresql",
    "mysql": "mysql",
    "aurora-mysql": "mysql",
    "mariadb": "mariadb",
    "redis": "redis",
    "valkey": "valkey",
    "memcached": "memcached",
}
_MODULES = {  # of the public registry, and what they make
    "terraform-aws-modules/vpc/aws": "amazon-vpc",
    "terraform-aws-modules/rds/aws": "amazon-rds",
    "terraform-aws-modules/rds-aurora/aws": "amazon-aurora",
    "terraform-aws-modules/ecs/aws": "amazon-ecs",
    "terraform-aws-modules/eks/aws": "amazon-eks",
    "terraform-aws-modules/lambda/aws": "aws-lambda",
    "terraform-aws-modules/alb/aws": "application-load-balancer",
    "terraform-aws-modules/s3-bucket/aws": "amazon-s3",
    "terraform-aws-modules/sqs/aws": "amazon-sqs",
    "terraform-aws-modules/cloudfront/aws": "amazon-cloudfront",
    "terraform-aws-modules/dynamodb-table/aws": "amazon-dynamodb",
}
_SOURCE = re.compile(r'^[ \t]*source[ \t]*=[ \t]*"([\w./-]+)"', re.MULTILINE)


def read_terraform(file: Text) -> Iterator[Finding]:
    """What a file of Terraform says."""
    text = Text(path=file.path, text=_bare(file.text))
    start = _TERRAFORM.search(text.text)
    if not start:
        return
    yield technology("terraform", text.line(start.start()))
    for block in _BLOCK.finditer(text.text):
        body = _body(text.text, block.end())
        yield from _resource(text, block, body)
    for source in _SOURCE.finditer(text.text):
        name = _MODULES.get(source[1])
        if name:
            yield technology(name, text.line(source.start()))
    yield from _regions(text)


def _bare(text: str) -> str:
    """The text with its comments and heredocs emptied; their lines stay, so numbers hold."""
    lines, ending = [], ""
    for line in text.split("\n"):
        opened = _HEREDOC.search(line) if not ending else None
        lines.append("" if ending else line)
        if opened:
            ending = opened[1]
        elif line.strip() == ending:
            ending = ""
    return _COMMENT.sub(lambda m: m[1] or "\n" * m[0].count("\n"), "\n".join(lines))


def _body(text: str, start: int) -> str:
    """What stands between a block's opening brace and the one that closes it."""
    following = text.find("\nresource ", start, start + _LONGEST_BLOCK)
    text = text[start : following if following > 0 else start + _LONGEST_BLOCK]
    depth = 1
    for brace in re.finditer(r'"(?:[^"\\\n]|\\.)*"|[{}]', text):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if not depth:
            return text[: brace.start()]
    return text


def _resource(file: Text, block: re.Match[str], body: str) -> Iterator[Finding]:
    kind, name = block[1], block[2]
    line = file.line(block.start())
    names = _load_balancer(body) if kind in {"aws_lb", "aws_alb"} else known("terraform", kind)
    yield Counted(metric="resources", name=f"{file.folder}:{kind}.{name}", line=line)
    yield from (technology(found, line) for found in names)
    if kind == "aws_lambda_function":
        yield Counted(metric="functions", name=f"{file.folder}:{name}", line=line)
    if "FARGATE" in body and kind.startswith("aws_ecs_"):
        yield technology("aws-fargate", line)
    if kind.startswith(("aws_db_", "aws_rds_", "aws_elasticache_")):
        yield from _engine(body, line)
    yield from read_runtime(_set(body, "runtime"), line)


def _load_balancer(body: str) -> tuple[str, ...]:
    kind = _set(body, "load_balancer_type") or "application"
    return (f"{kind}-load-balancer",) if kind in {"application", "network", "gateway"} else ()


def _set(body: str, name: str) -> str:
    found = re.search(rf'^[ \t]*{name}[ \t]*=[ \t]*"([\w.-]+)"', body, re.MULTILINE)
    return found[1] if found else ""


def _engine(body: str, line: int) -> Iterator[Finding]:
    said = _set(body, "engine")
    name = _ENGINES.get(said, "")
    if not name:
        return
    yield technology(name, line)
    if said.startswith("aurora"):
        yield technology("amazon-aurora", line)
    number = plain_version(_set(body, "engine_version"))
    if number:
        yield Found(key=f"version.{name}", value=number, line=line)


def _regions(file: Text) -> Iterator[Finding]:
    for provider in _PROVIDER.finditer(file.text):
        body = _body(file.text, provider.end())
        region = _set(body, "region")
        if REGION.fullmatch(region):
            line = file.line_with("region", provider.end())
            yield Found(key="host-region", value=region, line=line)
    default = _DEFAULT_REGION.search(file.text)
    if default and REGION.fullmatch(default[1]):
        yield Found(key="host-region", value=default[1], line=file.line(default.start(1)))
