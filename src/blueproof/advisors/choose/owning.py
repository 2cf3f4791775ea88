"""Whether a request is about the choice of a back end.

Apart from the choice itself: every request is asked this, and few need what decides.
"""

import re

from blueproof.advisors.choose.own_stack import is_put_against
from blueproof.core.brief import Brief
from blueproof.decide.candidates import family_of
from blueproof.decide.needs import Needs
from blueproof.decide.reading import CLIENTS, needs_of

# Main problems that are no choice: something is wrong, or is built already.
# Other back ends of the same kind: one of ours beside them is a choice of back end.
_RIVALS = frozenset({"pocketbase", "appwrite", "nhost", "hasura", "back4app", "parse", "playfab"})
_FAILING = frozenset({
    "troubleshoot", "db-performance", "connections", "schema-migration", "deploy-cicd",
    "iac-structure", "monitoring",
})  # fmt: skip
# Technologies by which one sees that there is a back end already.
_SERVERS = frozenset(
    "postgresql mysql mariadb mongodb redis sqlite prisma drizzle-orm drizzle typeorm sequelize "
    "knex express fastify nestjs hono django flask fastapi ruby-on-rails laravel spring-boot "
    "nodejs amazon-rds amazon-aurora aws-lambda amazon-ecs aws-fargate amazon-ec2 dotnet "
    "amazon-api-gateway kubernetes docker heroku graphql hasura strapi".split()
)
# "We want to be able to take a plain Postgres dump": what is wished for is not there.
_WISHED = re.compile(
    r"\b(?:want|wish|like|need|must|should|able|prefer|hope)\b[^.?!;]{0,60}"
    r"\b(?:dump|export|leave|move|migrate|portable|standard|plain)\b[^.?!;]*",
    re.IGNORECASE,
)
_APP = re.compile(r"\b(?:apps?|mvp|saas|marketplace|startup)\b", re.IGNORECASE)
_BUILT = frozenset({"db-performance", "connections", "schema-migration"})
_WANTED = re.compile(
    r"\b(?:need|want|build|choos|which|what|looking for|recommend|suggest|best)\w*\b.{0,60}"
    r"\b(?:back[- ]?end|baas|database|db|server side)\b",
    re.IGNORECASE,
)
# That something is to be made: with it a single feature tells of an app, alone of a detail.
_MADE = re.compile(
    r"\b(?:build|mak|creat|develop|plan|start|launch|writ|design|need|want|work)\w*\b"
    r"|\bidea for\b|\bback[- ]?end\b",
    re.IGNORECASE,
)
_PRICE = re.compile(r"\b(?:cost|price|pricing|bill|pay|expensive|cheap|how much)", re.IGNORECASE)
_SEEKING = frozenset({"which", "build"})
# Main problems in which the back end itself is still open; of all others it is taken as given.
_OPEN = frozenset({"choose-technology", "cost", "realtime", "scale"})
_JUDGING = frozenset({"yes-no", "is-this-fine", "which"})


def owns(brief: Brief) -> bool:
    """Whether the request is a choice of back end for an app, or what one would cost.

    It is where two of the families are options; or where an app with features is to get a back end,
    no other kind of technology is chosen, and nothing is failing.
    """
    return not is_put_against(brief) and _owns(brief)  # one of the two is not weighed here


def _owns(brief: Brief) -> bool:
    needs = needs_of(brief)
    told = [f for f in brief.facts if f.key == "problem"]
    problems = [str(f.value) for f in told]
    if len(needs.options) > 1 and not _BUILT & {*problems[:1]}:
        return True
    if needs.options and {*needs.current} - {*needs.options}:
        return True  # to stay or to go
    hurts = any(f.key == "pain" for f in brief.facts)
    chosen = needs.options or _WANTED.search(brief.request)
    failing = _FAILING & ({*problems[:1]} if chosen else {*problems})
    if (hurts and failing) or (not needs.options and _asks_why(brief)):
        return False
    candidates = [str(f.value) for f in brief.facts if f.key == "technology" and f.role == "option"]
    strange = [c for c in candidates if not family_of(c) and c not in CLIENTS]
    if strange and not (needs.options and {*strange} <= _RIVALS):
        return False
    solo = needs.options == ("aws",)  # a cloud of which the request may mean anything
    fresh = bool(needs.clients) and not needs.current  # no back end yet
    if "choose-technology" in problems and ((needs.options and not solo) or fresh):
        return bool(needs.features or needs.clients or _APP.search(brief.request))
    app = bool(needs.clients) or bool(_APP.search(brief.request))
    sought = "choose-technology" in problems or any(
        f.key == "kind" and f.value in _SEEKING for f in brief.facts
    )
    wanted = app and sought and bool(_WANTED.search(brief.request))
    made = len(needs.features) > 1 or bool(needs.features and _MADE.search(brief.request))
    tells = made or (app and needs.is_known("users"))
    return wanted or (tells and _is_new(brief, needs, problems)) or asks_price(brief)


def tells_of_app(brief: Brief) -> bool:
    """Whether the words speak of an app, of a back end for it or of what one costs."""
    spoken = _WANTED.search(brief.request) or _APP.search(brief.request)
    return bool(spoken) or asks_price(brief)


def _asks_why(brief: Brief) -> bool:
    """Whether it asks why something is as it is, which no choice answers; a guess is not enough."""
    return any(f.key == "kind" and f.value == "why" and f.source != "assumed" for f in brief.facts)


def _is_new(brief: Brief, needs: Needs, problems: list[str]) -> bool:
    """Whether an app is told of that has no back end yet, or whose back end is put in question."""
    if needs.options and any(f.key == "kind" and f.value in _JUDGING for f in brief.facts):
        return bool(_OPEN & {*problems})
    if not _OPEN.issuperset(problems[:1]):
        return False
    built = has_servers(brief)
    hurts = any(f.key == "pain" for f in brief.facts)
    app = bool(needs.clients) or bool(_APP.search(brief.request))
    return app and not built and not hurts and not needs.current


def has_servers(brief: Brief) -> bool:
    """Whether the words or files tell of a back end of another make, and not of a wish for one."""
    wished = " ".join(m[0].lower() for m in _WISHED.finditer(brief.request))
    return any(
        f.key == "technology"
        and f.role == "current"
        and f.value in _SERVERS
        and not (f.quote and f.quote.lower() in wished)
        for f in brief.facts
    )


def asks_price(brief: Brief) -> bool:
    """Whether it asks what one of the families costs."""
    needs = needs_of(brief)
    how_much = any(f.key == "kind" and f.value == "how-much" for f in brief.facts)
    named = {*needs.options, *needs.current} - {"aws"}
    told = needs.is_known("users") or (needs.features and _PRICE.search(brief.request))
    return how_much and bool(named) and bool(told)
