"""What a request says of what surrounds a bill: its environments, and the load that it carries."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from blueproof.core.brief import Brief
from blueproof.facts.pattern import LatePattern

Environment = Literal["production", "other", ""]
_OTHER = (
    r"(?:staging|stage|dev(?!\w)(?! team)|development"
    r"|test(?:ing)?(?= (?:env|cluster|project|db|database|instance|server|system))"
    r"|qa|uat|sandbox|previews?|non-?prod\w*|pre-?prod\w*)"
)
_NONE = LatePattern(
    r"\b(?:only|just|solely|purely)\s+(?:have\s+|run\s+|got\s+|a\s+|one\s+|the\s+)*prod"
    r"|\bprod(?:uction)?[ -]only\b|\bonly (?:in )?prod"
    r"|\b(?:one|single|1)\s+(?:prod\w*\s+)?environment\b"
    r"|\b(?:no|without|don'?t have|haven'?t|have no|not have)\s+(?:a\s+|any\s+|separate\s+)*"
    rf"{_OTHER}\b",
    re.IGNORECASE,
)
_ONE = LatePattern(
    r"\b(?:1|one|a single|single|only one|the only)\s+(?:[\w.-]+\s+){0,2}?"
    r"(?:postgres\w*|mysql|mariadb|mongo\w*|redis|database|db|rds|aurora|instance|cluster|server"
    r"|project|cloud sql)\b",
    re.IGNORECASE,
)
_SOME = LatePattern(rf"\b{_OTHER}\b", re.IGNORECASE)
_PRODUCTION = LatePattern(r"(?<![a-z])prod(?:uction)?(?![a-z])(?!uct)", re.IGNORECASE)
_DAYS = 30  # of a month
_MONTH = {
    "second": Decimal(_DAYS * 86_400),
    "minute": Decimal(_DAYS * 1_440),
    "hour": Decimal(_DAYS * 24),
    "day": Decimal(_DAYS),
    "week": Decimal(_DAYS) / 7,
    "month": Decimal(1),
    "year": Decimal(1) / 12,
}


def environment_of(name: str) -> Environment:
    """Which environment a line's own name tells; "" where none.

    >>> environment_of("staging-cluster M30"), environment_of("prod-db"), environment_of("RDS")
    ('other', 'production', '')
    """
    apart = re.sub(r"[_.:/-]", " ", name)
    if _SOME.search(apart):
        return "other"
    return "production" if _PRODUCTION.search(apart) else ""


def environments(brief: Brief) -> Environment:
    """What a request tells of its environments: only production, others too, or nothing."""
    request = brief.request
    if _NONE.search(request):
        return "production"
    if _SOME.search(request) or any(
        environment_of(f.role) == "other" for f in brief.facts if f.key == "bill"
    ):
        return "other"
    return "production" if _ONE.search(request) else ""


def not_production(brief: Brief) -> str:
    """The person's word for what is not production, as "staging"; "" where they name none."""
    found = _SOME.search(brief.request)
    return found[0].lower() if found else ""


_CPU = re.compile(
    r"\bcpu\b[^\d%\n]{0,24}(?P<of>\d{1,2})\s?%|(?P<at>\d{1,2})\s?% ?(?:of )?(?:the )?cpu",
    re.IGNORECASE,
)
_DATABASE = re.compile(r"\b(?:rds|aurora|postgres\w*|mysql|db|database|sql)\b", re.IGNORECASE)
_SERVERS = re.compile(r"\b(?:ec2|instances?|servers?|boxes|machines|vms?|nodes?)\b", re.IGNORECASE)
_ID_TAGS = re.compile(
    r"\b(?:(?:user|request|session|trace|container|customer|tenant|order|device|pod|host|build)"
    r"[ _-]?(?:uu)?ids?|pod[ _-]?names?|full urls?|raw paths?|email(?:s| address))\b",
    re.IGNORECASE,
)
_MEDIA = re.compile(
    r"\b(?:photos|images|pictures|videos|thumbnails|avatars|recordings|wallpapers|artwork)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Load:
    """What is served in a month and who works on it, as told; None where it is not told."""

    requests: Decimal | None = None
    a_second: Decimal | None = None
    users: Decimal | None = None
    daily: Decimal | None = None
    developers: Decimal | None = None
    media: str = ""  # their word for pictures or video, where they name such
    idle: tuple[tuple[str, int], ...] = ()  # "database" or "machines" at so many percent of CPU
    tags: tuple[str, ...] = ()  # tags of metrics that hold an id, as they name them


def load_of(brief: Brief) -> Load:
    """The load that a request tells: requests and users."""
    requests = _told(brief, "scale.requests", per_month=True)
    users = _told(brief, "scale.monthly-users") or _told(brief, "scale.users")
    daily = _told(brief, "scale.daily-users") or _told(brief, "scale.active", of="per day")
    return Load(
        requests=requests,
        a_second=requests / _MONTH["second"] if requests else None,
        users=users or None,
        daily=daily or None,
        developers=_told(brief, "scale.developers"),
        media=_media(brief.request),
        idle=tuple(_idle(brief.request)),
        tags=tuple(dict.fromkeys(m[0].lower() for m in _ID_TAGS.finditer(brief.request))),
    )


def _idle(request: str) -> Iterator[tuple[str, int]]:
    """What sentences of the request tell of CPU: of a database or of machines."""
    for sentence in re.split(r"[.!?](?=\s|$)|\n", request):
        cpu = _CPU.search(sentence)
        if cpu and _DATABASE.search(sentence):
            yield "database", int(cpu["of"] or cpu["at"])
        elif cpu and _SERVERS.search(sentence):
            yield "machines", int(cpu["of"] or cpu["at"])


def _media(request: str) -> str:
    found = _MEDIA.search(request)
    return found[0].lower() if found else ""


def _told(brief: Brief, key: str, *, per_month: bool = False, of: str = "") -> Decimal | None:
    """The largest figure of a kind; requests as many as in a month."""
    found = []
    for fact in brief.facts:
        if fact.key != key or isinstance(fact.value, str) or fact.value <= 0:
            continue
        per = re.search(r"per (\w+)", fact.unit)
        if per_month and (not per or per[1] not in _MONTH):
            continue
        if not per_month and of not in fact.unit:
            continue
        times = _MONTH[per[1]] if per_month and per else Decimal(1)
        found.append(Decimal(str(fact.value)) * times)
    return max(found, default=None)
