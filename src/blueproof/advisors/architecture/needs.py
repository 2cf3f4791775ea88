"""What the words ask an architecture to do, and what they bind it to."""

import re
from dataclasses import dataclass

from blueproof.advisors.architecture.load import Load
from blueproof.advisors.architecture.words import Words
from blueproof.core.brief import Brief
from blueproof.facts.regions import regions

_ONE_ZONE = re.compile(
    r"\b(?:surviv\w+|tolerat\w+|withstand|los(?:e|es|ing|s of)|outage of|failure of|without)\b"
    r"[^.?!]{0,40}\b(?:azs?\b|availability zones?|zones?|data ?cent(?:er|re)s?)"
    r"|\bmulti[- ]az\b|\bhighly available\b|\bhigh availability\b"
    r"|\bHA (?:required|needed|is a must|set-?up)\b"
    r"|\b99\.(?:9|95|99|999) ?%|\b(?:two|three|2|3) azs?\b",
    re.IGNORECASE,
)
_RELAXED = re.compile(
    r"\b(?:internal tool|side project|hobby|prototype|mvp|poc|proof of concept|downtime is "
    r"(?:ok|fine)"
    r"|can be down)\b",
    re.IGNORECASE,
)
_REGION_LOSS = re.compile(
    r"\b(?:surviv\w+|los(?:e|es|ing|s of)|outage of)\b[^.?!]{0,30}\bregion\b|\bmulti[- ]region\b",
    re.IGNORECASE,
)
_WEB = re.compile(
    r"\b(?:websockets?|socket\.io|real[- ]?time|live (?:updates?|positions?|map|scores?)"
    r"|push to (?:the )?(?:client|browser|app)s?|chat)\b",
    re.IGNORECASE,
)
_MQTT = re.compile(
    r"\bmqtt\b|\biot\b|\bfirmware\b|\bdevices?\b[^.?!]{0,40}\b(?:send|report|publish)",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"\b(?:webhooks?|e?mails?|notif\w+|receipts?|invoices?|thumbnails?|resiz\w+|transcod\w+|reports?"
    r"|async\w*|background|queue\w*|payments?|import\w*|orders?|payouts?|ocr|pdfs?|sync\w*)\b",
    re.IGNORECASE,
)
_RECEIVES = re.compile(r"\b(?:webhooks?|callbacks?)\b", re.IGNORECASE)
_STEPS = re.compile(
    r"\b(?:workflows?|saga|multi[- ]step|transcod\w+|several steps|approval (?:flow|process)|etl"
    r"|orchestrat\w+)\b",
    re.IGNORECASE,
)
_TIMED = re.compile(
    r"\b(?:every night|nightly|cron|scheduled?|every (?:hour|day|morning|week)|daily (?:job|import"
    r"|report|batch)|reminders?|batch)\b",
    re.IGNORECASE,
)
_SEARCH = re.compile(r"\b(?:full[- ]?text|search\w*|autocomplete|facets?)\b", re.IGNORECASE)
_LOGIN = re.compile(
    r"\b(?:log ?ins?|sign[- ]?(?:in|up)s?|auth(?:entication)?|user accounts?|sso|social login|mfa"
    r"|passwords?)\b",
    re.IGNORECASE,
)
_OWN_LOGIN = re.compile(
    r"\b(?:auth0|clerk|keycloak|workos|okta|firebase auth|own auth|entra)\b", re.IGNORECASE
)
_RANKING = re.compile(
    r"\b(?:leader ?boards?|rankings?|high ?scores?|matchmaking|presence)\b", re.IGNORECASE
)
_FILES = re.compile(
    r"\b(?:file uploads?|uploads?|photos?|pictures?|videos?|media|attachments?|documents? storage"
    r"|pdfs?|scans?|recordings?)\b",
    re.IGNORECASE,
)
_SITE = re.compile(
    r"\b(?:e-?commerce|web ?shops?|online (?:shop|store)s?|shops?|web ?sites?|spa|front[- ]?end"
    r"|react|next\.?js|vue|angular|cdn|static)\b",
    re.IGNORECASE,
)
_ANALYSED = re.compile(
    r"\b(?:analytics|dashboards?|ad[- ]?hoc|bi tool|reports?|reporting|data lake|athena|redshift"
    r"|telemetry|clickstream|tracking events)\b",
    re.IGNORECASE,
)
_MAIL = re.compile(r"\b(?:e-?mails?|newsletters?|receipts?)\b", re.IGNORECASE)
_CALLS_OUT = re.compile(
    r"\b(?:stripe|payments?|psp|paypal|third[- ]party|external apis?|webhooks? to|partners?|openai"
    r"|sap|erp|twilio)\b",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"\b(?:payments?|pay(?:outs?|roll)|checkouts?|orders|bookings?|reservations?|e-?commerce"
    r"|(?:web|online) ?(?:shop|store)s?|tickets?|banking|wallets?|invoic\w+)\b",
    re.IGNORECASE,
)
_CONTAINERS = re.compile(
    r"\b(?:containers?|docker|ecs|fargate|eks|kubernetes|k8s|pods?)\b", re.IGNORECASE
)
_SERVERLESS = re.compile(r"\b(?:serverless|lambdas?)\b", re.IGNORECASE)
_JVM = frozenset({"java", "kotlin", "ktor", "spring-boot", "scala", "quarkus", "micronaut"})
_FAST = frozenset({"go", "rust", "dotnet", "asp-net-core", "csharp", "elixir", "phoenix"})
_SLOW = frozenset(
    {
        "python",
        "django",
        "flask",
        "fastapi",
        "php",
        "laravel",
        "symfony",
        "ruby",
        "ruby-on-rails",
        "wordpress",
        "magento",
    }
)
_SEARCHED = frozenset({"amazon-opensearch-service", "opensearch", "elasticsearch"})
_SERVERS = frozenset(
    {
        "django",
        "ruby-on-rails",
        "laravel",
        "symfony",
        "spring-boot",
        "wordpress",
        "magento",
        "php",
    }
)
_IS_SERVER = re.compile(r"\bmonolith\b|\b(?:ec2|vm)\b", re.IGNORECASE)
_MYSQL = frozenset({"mysql", "mariadb", "wordpress", "magento"})
_STRICT = frozenset({"hipaa", "pci", "soc2", "iso27001"})


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What it must do and keep to. `language` is jvm, fast, slow, node or "" where none is told."""

    sockets: bool
    mqtt: bool
    later: bool
    receives: bool
    steps: bool
    timed: bool
    search: bool
    login: bool
    ranking: bool
    files: bool
    site: bool
    analysed: bool
    mail: bool
    calls_out: bool
    survives: bool
    survives_region: bool
    relaxed: bool
    money: bool
    strict: frozenset[str]
    containers: bool
    is_server: bool
    serverless: bool
    language: str
    engine: str
    engine_told: bool
    latency_ms: float
    team: float
    region: str
    region_told: bool


def needs_in(brief: Brief, load: Load) -> Needs:
    """The needs that the words of a brief tell of."""
    text = _wanted(brief)
    words = Words(brief)
    bound = {str(f.value) for f in brief.facts if f.key == "constraint" and f.role != "negated"}
    named = {str(f.value) for f in brief.facts if f.key == "technology"}
    region = _region(brief)
    return Needs(
        sockets=bool(_WEB.search(text)),
        mqtt=bool(_MQTT.search(text)) or bool(load.devices and load.told & {"events"}),
        receives=bool(_RECEIVES.search(text)),
        later=bool(_LATER.search(text)),
        steps=bool(_STEPS.search(text)),
        timed=bool(_TIMED.search(text)),
        search=bool(_SEARCH.search(text)) or bool(named & _SEARCHED),
        login=bool(_LOGIN.search(text)) and not _OWN_LOGIN.search(text),
        ranking=bool(_RANKING.search(text)),
        files=bool(load.files) or bool(_FILES.search(text)),
        site=bool(_SITE.search(text)),
        analysed=bool(_ANALYSED.search(text)),
        mail=bool(_MAIL.search(text)),
        calls_out=bool(_CALLS_OUT.search(text)),
        survives=bool(_ONE_ZONE.search(text)) or "high-availability" in bound,
        survives_region=bool(_REGION_LOSS.search(text)),
        money=bool(_MONEY.search(text)),
        relaxed=bool(_RELAXED.search(text)),
        strict=frozenset(bound & _STRICT),
        containers=bool(_CONTAINERS.search(text)),
        is_server=bool(named & _SERVERS) or bool(_IS_SERVER.search(text)),
        serverless="serverless-only" in bound or bool(_SERVERLESS.search(text)),
        language=_language(named),
        engine="MySQL" if named & _MYSQL else "PostgreSQL",
        engine_told=bool(named & (_MYSQL | {"postgresql", "amazon-rds", "amazon-aurora"})),
        latency_ms=words.latency_ms,
        team=words.team,
        region=region or _home(bound, brief),
        region_told=bool(region),
    )


_DENIED = re.compile(
    r"\b(?:no|not|without|don'?t need|doesn'?t need|no need for|never)\b[^.,;?!]{0,40}",
    re.IGNORECASE,
)


def _wanted(brief: Brief) -> str:
    """The words without what they say is not needed, and without their figures of money."""
    kept = re.sub(r"\bnot sure\b", " ", brief.request)
    return _DENIED.sub(" ", kept)


def _language(named: set[str]) -> str:
    if named & _JVM:
        return "jvm"
    if named & _FAST:
        return "fast"
    if named & _SLOW:
        return "slow"
    return "node" if named & {"nodejs", "nestjs", "express", "fastify", "typescript"} else ""


def _region(brief: Brief) -> str:
    """The region that the words name, as AWS writes it."""
    codes = frozenset(regions().values())
    told = [str(f.value) for f in brief.facts if f.key == "host-region" and f.value in codes]
    return next(iter(told), "") or _place(brief.request)


def _place(text: str) -> str:
    """The region of a place that stands by itself in the words ("Frankfurt")."""
    words = text.lower()
    found = (
        code for name, code in regions().items() if re.search(rf"\b{re.escape(name)}\b", words)
    )
    return next(found, "")


def _home(bound: set[str], brief: Brief) -> str:
    """A region where the data may be kept, where none is named."""
    europe = bound & {"eu-data", "gdpr"} or any(
        (f.key == "budget" and f.unit.startswith("EUR")) or (f.key, f.value) == ("region", "eu")
        for f in brief.facts
    )
    return "eu-west-1" if europe else "us-east-1"
