"""Functions that run at once: each instance of a serverless function holds its own connections.

How many functions somebody has says nothing of it; how many run at the same moment does.
"""

import re
from dataclasses import dataclass

from blueproof.core.brief import Brief
from blueproof.costs.db_class import default_connections
from blueproof.facts.load import fact
from blueproof.facts.pattern import LatePattern

SERVERLESS = frozenset(
    "aws-lambda vercel vercel-functions netlify netlify-functions cloud-functions "
    "google-cloud-functions azure-functions supabase-edge-functions serverless-framework".split()
)
_GIB, _MB = 1 << 30, 1_000_000
ROOM = 0.8  # of what the server allows, that functions may take: people and jobs come in, too
_NUMBER = r"(?P<many>\d{1,3}(?:,\d{3})+|\d{2,5})(?:-?ish)?"
_AT_ONCE = (
    LatePattern(
        rf"\bconcurren\w*\b(?:[^.;?!\n\d]{{0,36}}?)\b{_NUMBER}(?![\d.,]*\s?(?:ms|s|%|GB|MB)\b)",
        re.IGNORECASE,
    ),
    LatePattern(
        rf"(?<![\d.,]){_NUMBER}\s*(?:\w+\s+)?(?:concurren\w+|simultaneous\w*|parallel)\s+(?:\w+\s+)?"
        r"(?:executions?|invocations?|lambdas?|functions?|instances?|requests?)\b",
        re.IGNORECASE,
    ),
    LatePattern(
        rf"(?<![\d.,]){_NUMBER}\s+(?:\w+\s+)?(?:executions?|invocations?|lambdas?|functions?|instances?)"
        r"\s+(?:\w+\s+){0,2}?(?:at once|at the same time|at a time|in parallel|concurrently)\b",
        re.IGNORECASE,
    ),
)
# Of one instance, "each with concurrency 80", or kept warm: not how many run at once.
_NOT_REACHED = LatePattern(r"\b(?:provisioned|each|with|set)\W*$", re.IGNORECASE)
_EACH = (
    LatePattern(r"\bconnection_?limit\s*(?:=|:|of|is|to|at)?\s*(?P<pool>\d{1,3})\b", re.IGNORECASE),
    LatePattern(
        r"\bpool(?:[ _-]?size)?\b[^.;?!\n\d]{0,16}?(?P<pool>\d{1,3})\b(?! ?(?:ms|s|%))",
        re.IGNORECASE,
    ),
    LatePattern(
        r"\b(?P<pool>\d{1,3})\s+connections?\s+(?:each|per (?:function|lambda|instance|client))\b",
        re.IGNORECASE,
    ),
    # "Somebody raised it to 50 per task", where pools are what is spoken of.
    LatePattern(
        r"\bpool(?:s|ing)?\b(?s:.{0,90}?)\b(?P<pool>\d{1,3})\s+(?:connections?\s+)?(?:per|in each)"
        r"\s+(?:task|pod|instance|container|process|dyno|server|replica|worker)\b",
        re.IGNORECASE,
    ),
    LatePattern(r"\b(?:max|connections?)\s*[:=]\s*(?P<pool>\d{1,3})\b", re.IGNORECASE),
)
# Those that are there at the peak, whatever they were before: "autoscaled to 14".
_COPIES = r"(?:tasks?|pods?|instances?|containers?|dynos?|servers?|replicas|workers?)"
_SCALED = (
    LatePattern(
        r"\b(?:auto-?)?scal\w+(?: (?:out|up|it|us))?\s+(?:from \d+ )?to (?P<many>\d{1,4})\b",
        re.IGNORECASE,
    ),
    LatePattern(
        r"\b(?:rais|increas|bump|grew|grow|upp|doubl|went|go)\w*\s+(?:the |our )?"
        rf"(?:(?:number|count) of )?(?:\w+ ){{0,3}}?(?:{_COPIES} (?:count )?)?"
        rf"(?:from \d+ )?to (?P<many>\d{{1,4}})(?= {_COPIES}\b)",
        re.IGNORECASE,
    ),
    LatePattern(
        rf"\b(?:rais|increas|bump|grew|grow|upp|doubl)\w*\s+(?:the |our )?(?:(?:number|count) of )?"
        rf"(?:\w+ )?{_COPIES} (?:count )?(?:from \d+ )?to (?P<many>\d{{1,4}})\b",
        re.IGNORECASE,
    ),
)
_TASKS = LatePattern(rf"\b{_COPIES}\b", re.IGNORECASE)
_CLASS = LatePattern(r"\bdb\.(?P<family>[a-z]\d[a-z]*)\.(?P<size>\w+)\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class AtOnce:
    """So many functions at once with so many connections each, on a class of RDS ("" if unknown).

    `most` is what the class allows by default, 0 where it is not told.
    """

    many: int
    each: int
    of_class: str = ""
    most: int = 0

    @property
    def total(self) -> int:
        """How many connections they hold."""
        return self.many * self.each

    @property
    def is_over(self) -> bool:
        """Whether the server refuses some."""
        return 0 < self.most < self.total

    @property
    def is_over_in_a_deploy(self) -> bool:
        """Whether the server refuses some while new copies start beside the old ones."""
        return 0 < self.most < 2 * self.total

    @property
    def sum(self) -> str:
        """The sum, held against what the class allows."""
        made = f"{self.many:,} at once x {self.each} each = {self.total:,} connections"
        if not self.most:
            return made
        held = f"the {self.most:,} that RDS allows a {self.of_class} by default"
        return f"{made}, {self.total / self.most:.2g} times {held}" if self.is_over else (
            f"{made}, within {held}"
        )  # fmt: skip

    @property
    def pool_that_fits(self) -> int:
        """The largest pool of each that leaves room for people and jobs.

        Where the pools fit but for a deploy, it is one that fits twice.
        """
        copies = self.many if self.is_over else 2 * self.many
        return max(1, int(self.most * ROOM) // copies)

    @property
    def remedy(self) -> str:
        """What one connection each comes to, and how many may run at once."""
        room = int(self.most * ROOM)
        if self.many <= room:
            return (
                f"One connection each makes {self.many:,}, which fits; reserved concurrency of all "
                f"of them at most {room:,} keeps it so"
            )
        return (
            f"Even one each makes {self.many:,}: reserved concurrency of all of them at most "
            f"{room:,} (four fifths) until a pooler stands between"
        )

    @property
    def raised(self) -> str:
        """What so many connections want of memory, which is what raising the limit comes to."""
        each = fact("aws.limit-rds-connection-bytes").value
        memory = self.total * each / _GIB
        return (
            f"Raising max_connections to {self.total:,} alone: RDS reckons {each / _MB:.1f} MB for "
            f"each, {memory:.0f} GB in all, and gives a {self.of_class} {self.most:,} by its memory"
        )


def scaled_out(brief: Brief) -> AtOnce | None:
    """How many tasks stand there since they were scaled, and the pool of each; None if untold."""
    text = brief.request
    told = (int(m["many"]) for each in _SCALED for m in each.finditer(text))
    many = max(told, default=0)
    return _held(brief, many) if many and _TASKS.search(text) else None


def at_once(brief: Brief) -> AtOnce | None:
    """How many functions run at once, and what they open; None where one of both is not told."""
    if not any(f.key == "technology" and f.value in SERVERLESS for f in brief.facts):
        return None
    text = brief.request
    many = max(
        (
            int(m["many"].replace(",", ""))
            for each in _AT_ONCE
            for m in each.finditer(text)
            if not _NOT_REACHED.search(text[: m.start()])
        ),
        default=0,
    )
    return _held(brief, many) if many else None


def _held(brief: Brief, many: int) -> AtOnce | None:
    text = brief.request
    pool = next((int(m["pool"]) for p in _EACH if (m := p.search(text))), 0)
    if not pool:
        return None
    named = _CLASS.search(text)
    rds = any(f.key == "technology" and f.value == "amazon-rds" for f in brief.facts)
    most = default_connections(named["family"], named["size"]) if named and rds else None
    return AtOnce(many=many, each=pool, of_class=named[0] if most and named else "", most=most or 0)
