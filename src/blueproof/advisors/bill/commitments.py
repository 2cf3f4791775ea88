"""A commitment that is asked for beside a bill, weighed: a Savings Plan or reserved instances."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from blueproof.core.advice import Recommendation
from blueproof.core.evidence import Citation
from blueproof.facts.load import fact

_ASKED = re.compile(
    r"\b(?P<what>(?:compute |ec2 (?:instance )?|database )?savings? plans?"
    r"|reserved instances?|RIs?\b|reservations?)\b",
    re.IGNORECASE,
)
_YEARS = re.compile(r"\b(?P<years>3|three|1|one)[ -]?(?:yr|year)s?\b", re.IGNORECASE)
_UPFRONT = re.compile(r"\b(?:all|no|partial)[ -]?up[ -]?front\b|\bup[ -]?front\b", re.IGNORECASE)
_MOVES = re.compile(
    r"\b(?:mov(?:e|ing)|migrat\w+|switch\w*|go(?:ing)?) (?:everything |it |over )?(?:to|off|from"
    r"|away)"
    r"(?: (?:aws|ec2))? ?(?P<to>fargate|lambda|eks|ecs|graviton|hetzner|gcp|azure|fly\S*|railway"
    r"|vercel"
    r"|serverless|kubernetes|arm)?",
    re.IGNORECASE,
)
_COVERED = frozenset(
    {"fargate", "lambda", "eks", "ecs", "graviton", "arm", "kubernetes", "serverless"}
)
_FOR_DATABASE = re.compile(
    r"(?:savings? plans?|reserved instances?|RIs?|reservations?)[^.?!\n]{0,40}\b"
    r"(?:rds|aurora|database|postgres\w*|db)\b|\b(?:rds|database|db)\b[^.?!\n]{0,12}"
    r"(?:savings? plans?|reserved|RIs?\b|reservations?)",
    re.IGNORECASE,
)
_AURORA = re.compile(r"\baurora\b", re.IGNORECASE)
_HOURS = 730
_COMPUTE = ("aws-ec2", "aws-fargate", "aws-lambda")
_LEAST_FOR = Decimal(50)  # US dollars of compute a month, below which no commitment pays its risk


def asks_commitment(request: str) -> bool:
    """Whether a Savings Plan or reserved instances are spoken of."""
    return _ASKED.search(request) is not None


def is_compute(charge: str) -> bool:
    """Whether a Compute Savings Plan covers a charge."""
    return charge.startswith(_COMPUTE) and not charge.endswith(("-other", "-data", "-transfer"))


def is_database(charge: str) -> bool:
    """Whether reserved database instances or a Database Savings Plan cover a charge."""
    return charge.startswith(("aws-rds", "aws-aurora"))


def of_database(request: str) -> bool:
    """Whether the commitment that is asked for is one for a database."""
    return _FOR_DATABASE.search(request) is not None


def weighed_database(request: str, paid: Decimal, saved: Decimal) -> Iterator[str]:
    """What is said of a commitment for a database: `paid` a month, `saved` by the steps."""
    asked, years = _ASKED.search(request), _YEARS.search(request)
    if asked is None:
        return
    name = f"{years[0]} {asked['what']}" if years else asked["what"]
    yield (
        f"The {name} for the database: not before it has its right class. Reserve what then "
        "runs, at "
        f"most ${paid:,.0f} - ${saved:,.0f} = ${paid - saved:,.0f} a month."
    )
    if _AURORA.search(request):
        yield (
            "A reservation is bound to its engine and family, so a move to Aurora would leave it "
            "paid and "
            "unused; a Database Savings Plan moves along, but leaves out older classes such as "
            "db.r5."
        )
    yield (
        "Begin with one year without upfront payment once no change of class or engine is "
        "planned; it "
        "covers no storage, and with a discount of 30% pays once the instance runs for over 70% "
        "of the "
        "term."
    )


def weighed(request: str, compute: Decimal, saved: Decimal) -> Iterator[str]:
    """What is said of it: `compute` dollars a month, of which the steps take `saved` away."""
    asked = _ASKED.search(request)
    if asked is None:
        return
    years, upfront = _YEARS.search(request), _UPFRONT.search(request)
    long = years is not None and years["years"].lower() in {"3", "three"}
    name = " ".join(
        x
        for x in (f"{years[0]}" if years else "", asked["what"], upfront[0] if upfront else "")
        if x
    )
    left = compute - saved
    if left < _LEAST_FOR:
        yield f"The {name}: not for ${left:,.0f} of compute; its risk exceeds its discount."
        return
    yield (
        f"The {name}: not before the steps. It binds dollars an hour, used or not; after them at "
        "most "
        f"${compute:,.0f} - ${saved:,.0f} = ${left:,.0f} of compute a month is left to commit, "
        f"${left / _HOURS:,.2f} an hour at today's prices, and less where you shrink further."
    )
    yield from _of_moving(request)
    first = (
        "one year, no upfront, for some 70% of that (assumed)"
        if long or upfront
        else "one year, no upfront"
    )
    days = fact("aws.savings-plan-return-days").value
    yield (
        f"Begin with {first}; it covers EC2, Fargate and Lambda, but no RDS, NAT, logs or S3, "
        "and can be "
        f"given back only within {days} days in the same month. Three years pay where the load has "
        "stood still for months. Its discount is on the Recommendations page and in no sum here."
    )


def _of_moving(request: str) -> Iterator[str]:
    found = _MOVES.search(request)
    if not found:
        return
    target = (found["to"] or "").lower()
    if target in _COVERED:
        yield (
            f"A Compute Savings Plan moves along to {found['to']}; an EC2 Instance plan or "
            "reserved "
            "instances would stay behind, paid and unused."
        )
    elif target:
        yield "If you may leave AWS within the term, commit to nothing: what is unused is lost."


def recommended(request: str) -> Iterator[Recommendation]:
    """The commitment as a piece of advice, with its sources."""
    if not asks_commitment(request):
        return
    if of_database(request):
        yield Recommendation(
            slot="the commitment",
            choice="one year without upfront payment, once the class and the engine stay",
            because=("a reservation is bound to its engine and family, and storage has none",),
            evidence=(
                Citation(
                    url="https://raw.githubusercontent.com/aws/agent-toolkit-for-aws/main/skills/"
                    "specialized-skills/database-skills/amazon-aurora-mysql/references/"
                    "commitment-pricing-mechanics.md",
                    checked=date(2026, 11, 29),
                    says="reserved instances hold for a family and engine; Database Savings Plans "
                    "leave "
                    "out older families such as db.r5",
                ),
            ),
        )
        return
    back = fact("aws.savings-plan-return-days")
    yield Recommendation(
        slot="the commitment",
        choice="a one-year Compute Savings Plan without upfront, after the steps",
        because=("unused commitment is lost each hour, and the steps shrink what it could cover",),
        evidence=(
            back.citation,
            Citation(
                url="https://docs.aws.amazon.com/prescriptive-guidance/latest/"
                "optimize-costs-microsoft-workloads/savings-plans.html",
                checked=date(2026, 12, 1),
                says="Compute Savings Plans apply to EC2 of any family, size and region, to "
                "Fargate and to Lambda; the hourly commitment cannot be changed",
            ),
        ),
    )
