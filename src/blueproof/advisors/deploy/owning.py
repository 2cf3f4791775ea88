"""Whether a request is about bringing a service to AWS."""

import re

from blueproof.advisors.deploy.languages import GO, JAVA, PYTHON, RUBY
from blueproof.advisors.deploy.service import FRAMEWORKS, ORMS
from blueproof.core.brief import Brief

_ELSEWHERE = frozenset(
    "vercel netlify render fly-io railway heroku google-cloud azure digitalocean hetzner "
    "cloudflare-workers supabase firebase convex kubernetes amazon-eks google-cloud-run "
    "google-kubernetes-engine elastic-beanstalk".split()
)
_AWS = frozenset(
    "aws amazon-ecs aws-fargate aws-lambda amazon-ec2 amazon-ecr amazon-rds amazon-api-gateway "
    "application-load-balancer".split()
)
# A service in one of these can be deployed: its image is written, or what is around it is.
_WRITTEN = frozenset(
    (*FRAMEWORKS, *ORMS, "nodejs", *PYTHON, *GO, *RUBY, *JAVA, "bullmq", "python", "go", "ruby",
     "java", "docker-compose")
)  # fmt: skip
_DEPLOYS = re.compile(
    r"\b(?:deploy\w*|host(?:ing|ed)?|ship(?:ping)?|releas\w+|roll(?:ing)? out|ci ?/ ?cd|pipeline"
    r"|go(?:ing)? live|put .{0,30}\b(?:on|into|in) (?:aws|production|prod)"
    r"|(?:which|what) aws (?:service|compute)\b[^.?!]{0,30}\brun (?:it|this|that|our|my|the)"
    r"|where (?:on|in) aws\b[^.?!]{0,30}\brun (?:it|this|that|our|my|the))\b",
    re.IGNORECASE,
)
# Deploying, and to where, in one breath: then that is what is asked for, whatever else is named.
_TO_AWS = re.compile(
    r"\b(?:deploy(?:ing)?|host|ship|bring|move|put|release|roll out|pipeline|ci ?/ ?cd)\b"
    r"(?:[^.?!]|\.(?=\w)){0,90}?(?:\b(?:to|on|onto|into|in|with|via|using) |[-=]> ?|\u2192 ?)"
    r"(?:aws|amazon|(?:aws )?lambda|(?:ecs )?fargate|ecs|ec2)\b",
    re.IGNORECASE,
)
# "want push to main = deployed on AWS": what shall happen, not where it runs today.
_SHALL_BE = re.compile(
    r"(?:=|-> ?|\b(?:means?|gets?|be|it|auto(?:matically)?)\b) ?-?deployed (?:to|on|onto|in) "
    r"(?:aws|amazon|(?:aws )?lambda|(?:ecs )?fargate|ecs|ec2)\b",
    re.IGNORECASE,
)
# "What is the cleanest setup?"
_WAY = re.compile(
    r"\bwhat(?:'s| is| would be) (?:the|a) (?:[\w-]+ ){0,3}?(?:set-?up|way|approach|architecture"
    r"|strategy|path|pipeline)\b",
    re.IGNORECASE,
)
# It is wished for as a whole, whatever is asked beside it ("what's wrong with my Dockerfile too?").
_WISHED = re.compile(
    r"\b(?:need|want|looking for|would like|set(?:ting)? up|build|give (?:me|us)"
    r"|how (?:do|can|should))\b(?:[^.?!]|\.(?=\w)){0,90}$",
    re.IGNORECASE,
)
# A delivery that somebody is to be given: "Set up CI/CD for this API please."
_ORDERED = re.compile(
    r"(?:^|[.!?\n]\s*|\b(?:please|pls|can you|could you|i|we|to) )"
    r"(?:set ?up|build|create|make|write|add|give|need|want|design|help)\b"
    r"(?:[^.?!]|\.(?=\w)){0,60}?\b(?:ci ?/ ?cd|pipeline|deploy(?:ment|ing|s)?)\b",
    re.IGNORECASE,
)
# Both files of a delivery are ordered for an app: then it is AWS unless another host is named.
_FILES = re.compile(
    r"\b(?:give|write|make|create|generate|build|set ?up|need|want|produce)\b"
    r"(?:[^.?!]|\.(?=\w)){0,40}?\b(?:workflows?|pipelines?|github actions|terraform)\b"
    r"(?:[^.?!]|\.(?=\w)){0,40}?"
    r"\b(?:for|to deploy) (?:this|our|my|the|an?) (?:[\w.-]+ ){0,3}?"
    r"(?:app|api|service|server|backend)",
    re.IGNORECASE,
)
# It begins with what is to be made: "Pipeline for our API to AWS ECS."
_BEGINS = re.compile(
    r"^\s*(?:an? |the )?(?:ci ?/ ?cd|(?:deploy(?:ment)? )?pipeline|deployment)(?: pipeline)? for\b",
    re.IGNORECASE,
)
# What is asked is how a schema is changed, whatever deploys it.
_SCHEMA = re.compile(r"\b(?:schemas?|columns?|migrations?|alter table|renam\w+)\b", re.IGNORECASE)
# Beside these, migrations are one step of a delivery.
_DELIVERED = re.compile(
    r"\b(?:staging|approvals?|github actions|gitlab ci|ecs|fargate|roll(?:ed|ing)? back)\b",
    re.IGNORECASE,
)
# How a new version takes the place of the old one is a choice of its own, where no delivery is
# ordered.
_KINDS = r"(?:rolling(?: updates?| deploy\w*)?|blue[ /-]?green|canary|all[ -]at[ -]once|linear)"
_STRATEGY = re.compile(
    rf"\b{_KINDS}\b[^.?!\n]{{0,40}}(?:\bor\b|\bvs\.?|,|/)[^.?!\n]{{0,30}}\b{_KINDS}\b"
    r"|\bshould (?:we|i)\b[^.?!\n]{0,40}\b(?:blue[ /-]?green|canary)\b",
    re.IGNORECASE,
)
_FAILS = frozenset({"troubleshoot", "connections", "db-performance"})
# Main problems beside which deploying is what is asked for; where one fails, the failure is.
_BESIDE = frozenset({
    "deploy-cicd", "aws-architecture", "choose-technology", "iac-structure", "migration", "cost",
})  # fmt: skip
_ASKED = frozenset({"how", "which", "build", "how-much", "yes-no", "is-this-fine", "review"})


def deploys(brief: Brief) -> bool:
    """Whether the request is about bringing a Node service to AWS."""
    named = {
        str(f.value): f.role
        for f in brief.facts
        if f.key == "technology" and f.role not in {"negated", "rejected"}
    }
    problems = [str(f.value) for f in brief.facts if f.key == "problem"]
    asked = (str(f.value) for f in brief.facts if f.key == "kind" and f.source != "assumed")
    kind = next(asked, "how")
    going = any(named.get(n) == "target" for n in _AWS)
    about = _brings(brief, problems, going=going)
    started = {"service.entry", "service.serve", "runtime"}
    service = bool(_WRITTEN & set(named)) or any(f.key in started for f in brief.facts)
    ordered = bool(_FILES.search(brief.request))
    aws = bool(_AWS & set(named)) or (ordered and "terraform" in named)
    elsewhere = any(named.get(n) in {"target", "option"} for n in _ELSEWHERE)
    wanted = kind in _ASKED or _is_wished(brief) or bool(_WAY.search(brief.request))
    beside = _is_wished(brief) or not (_of_schemas(brief) or _STRATEGY.search(brief.request))
    return about and service and aws and not elsewhere and wanted and beside


def _is_wished(brief: Brief) -> bool:
    """Whether the words that bring it to AWS are what somebody wishes."""
    begun = (
        _FILES.search(brief.request)
        or _BEGINS.search(brief.request)
        or _ORDERED.search(brief.request)
    )
    return bool(begun) or any(
        _WISHED.search(brief.request[: found.start()])
        for pattern in (_TO_AWS, _SHALL_BE)
        for found in pattern.finditer(brief.request)
    )


def _of_schemas(brief: Brief) -> bool:
    """Whether the sentence that asks is about changes of a schema, and not about deploying."""
    asked = " ".join(f.quote for f in brief.facts if f.key == "kind")
    of_delivery = (_DEPLOYS, _TO_AWS, _DELIVERED)
    return bool(_SCHEMA.search(asked)) and not any(each.search(asked) for each in of_delivery)


def _brings(brief: Brief, problems: list[str], *, going: bool) -> bool:
    """Whether the service is to be brought there; `going` is whether AWS is where to."""
    main = next(iter(problems), "")
    begins = bool(_BEGINS.search(brief.request))
    if _FILES.search(brief.request):
        return True
    if _TO_AWS.search(brief.request) and (begins or main not in _FAILS):
        return True
    if main not in _BESIDE:
        return False
    if _SHALL_BE.search(brief.request) and _is_wished(brief):
        return True
    if "deploy-cicd" in problems or (main == "migration" and going):
        return True
    spoken = bool(_DEPLOYS.search(brief.request))
    return spoken and (going or main != "cost")
