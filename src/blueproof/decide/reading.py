"""From a brief to the needs of a choice: which facts set which dimension."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from blueproof.core.brief import Brief, Fact
from blueproof.decide.candidates import candidates, rejected, unfamiliar
from blueproof.decide.ceiling import ceiling_of, is_money
from blueproof.decide.connection import is_never_without
from blueproof.decide.deeds import amount, deeds_of
from blueproof.decide.demands import OF_EU, demands_of
from blueproof.decide.dimensions import BY_ID, TALK
from blueproof.decide.files_told import Files, files_of
from blueproof.decide.immutable import IMMUTABLE, asks_immutable
from blueproof.decide.needs import SSO, Needs
from blueproof.decide.people import DAILY_SHARE, People, daily_share, people_of, seats
from blueproof.decide.positions import positions_of, watchers_of
from blueproof.decide.records import records_of
from blueproof.decide.signing import SignOn, sign_on_of, signs_in
from blueproof.decide.talk import group_of, messages_of, messages_shared, spoken_of
from blueproof.decide.workload import is_moving

_CONSTRAINTS = {
    "eu-data": ("region", "eu"),
    "gdpr": ("region", "eu"),
    "us-data": ("region", "us"),
    "india-data": ("region", "elsewhere"),
    "hipaa": ("hipaa", "yes"),
    "self-hosted": ("self-hosted", "yes"),
    "on-premises": ("self-hosted", "yes"),
    "air-gapped": ("self-hosted", "yes"),
    "offline-required": ("offline", "yes"),
    "sql-reporting": ("reporting", "yes"),
    "hard-spending-cap": ("spending-cap", "yes"),
    "typescript-skills": ("skills", "typescript"),
    "sql-skills": ("skills", "sql"),
    "expo-go": ("expo-go", "yes"),
    "web-client-too": ("web", "yes"),
    "due-in-days": ("time", "days"),
    "due-in-weeks": ("time", "weeks"),
    "not-due": ("time", "months"),
}
_OPPOSITE = {"yes": "no", "eu": "anywhere", "us": "anywhere", "elsewhere": "anywhere"}
_SCALE = {
    "scale.group-size": "group-size",
    "scale.messages-per-user": "messages",
}
_RATES = {"writes per second": 1.0, "writes per minute": 1 / 60, "writes per hour": 1 / 3600}
_MONTH = 30 * 86_400  # seconds
_MOST_SEATS = 200
_AT_ONCE = 0.1  # of daily users at the busiest moment, likewise
_DAYS_A_WEEK, _MONTHS_DAYS = 7, 60
# Frameworks of the app itself; all but the last two are written in TypeScript.
CLIENTS = ("expo", "react-native", "nextjs", "react", "vue", "svelte", "angular", "ionic",
           "flutter", "swiftui")  # fmt: skip


# A server of one's own as one of the ways, not as a must.
_OWN_SERVER = re.compile(
    r"\b(?:do (?:i|we) (?:really |even )?need|or (?:just|simply|rather)|or (?:my|our) own|"
    r"or (?:to )?self[- ]?host|worth it)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=32)  # several ways ask it of one brief
def needs_of(brief: Brief) -> Needs:
    """The needs that a brief tells of; what it does not tell stays open."""
    features = [str(f.value) for f in brief.facts if f.key == "feature" and f.role != "negated"]
    known = dict(_known(brief))
    if "offline-sync" in features:
        known.setdefault("offline", "yes")
    options, current = candidates(brief)
    if known.get("self-hosted") == "yes" and _OWN_SERVER.search(brief.request):
        del known["self-hosted"]
    if _NOTHING.search(brief.request):
        known.setdefault("budget", "0")
    if wants_sql_reports(brief):
        known.setdefault("reporting", "yes")
    if "messages" in known and not {*features} & {*TALK}:
        features.append("chat")
    if features and signs_in(brief.request):  # alone it would decide what another need should
        features.append("authentication")
    if asks_immutable(brief.request):
        features.append(IMMUTABLE)
    if _fears_the_bill(brief):
        known.pop("spending-cap", None)
    demands = demands_of(brief.request)
    country = dict(demands).get("country", "")
    if country and country not in OF_EU:
        known.setdefault("region", "elsewhere")
    needs = Needs(
        features=tuple(sorted(set(features))),
        clients=tuple(c for c in CLIENTS if _names(brief, c)),
        options=options,
        current=current,
        ruled_out=tuple(dict.fromkeys((*rejected(brief), *_refused(brief)))),
        known=tuple(sorted(known.items())),
        writes=_writes(brief),
        developers=_developers(brief),
        files_gb=_gigabytes(brief, _STORED),
        downloads_gb=_gigabytes(brief, _FETCHED),
        daily_percent=_daily_percent(brief),
        thrifty=_is_thrifty(brief),
        demands=demands,
        unfamiliar=unfamiliar(brief),
        spoken=spoken_of(brief.request),
    )
    return _with_doings(needs, brief)


def told_files(brief: Brief) -> tuple[Files, ...]:
    """The files that the words tell of, with their sums and what was assumed of them."""
    return files_of(brief.request, people_of(brief))


def _with_doings(needs: Needs, brief: Brief) -> Needs:
    """The needs with what people do and send in a month, as the words tell it."""
    people = people_of(brief)
    files = told_files(brief)
    signs = sign_on_of(brief, people) if SSO in needs.features else SignOn()
    return replace(
        needs,
        sso_users=round(signs.users),
        sso_firms=signs.firms,
        uploads=round(sum(f.month for f in files)),
        uploads_mb=round(sum(f.month * f.mb for f in files)),
        fetches=round(max((f.views for f in files), default=0)),
        deeds=round(sum(d.month for d in deeds_of(brief.request, people))),
        records=round(sum(r.month for r in records_of(brief.request, people))),
        watchers=watchers_of(brief.request) if is_moving(needs) else 0,
        writes=_moved(needs, brief, people) or needs.writes,
        people=round(people.count),
        kept_months=_kept_months(brief),
        month=1 if people.growth else 0,
        staff=people.staff,
        together=people.together,
        currency=_currency(brief),
    )


def _moved(needs: Needs, brief: Brief, people: People) -> int:
    """The positions a month, where people who move send them at an interval."""
    if not is_moving(needs) or (needs.writes and not people.staff):
        return 0
    return round(positions_of(brief.request, people, _hours(brief)))


def _currency(brief: Brief) -> str:
    """The money in which the budget was told, where it is not US dollars."""
    ceiling = ceiling_of(brief)
    renamed = any(f.key == "budget" and not is_money(f) for f in brief.facts)
    return ceiling.currency if ceiling and ceiling.rate and not renamed else ""


_SQL_REPORTS = re.compile(
    r"\b(?:postgres\w*|sql|metabase|power ?bi|looker|tableau|superset)\b[^.;?!]{0,16}"
    r"\b(?:reports?|reporting|dashboards?|queries)\b|"
    r"\b(?:reports?|reporting|dashboards?|queries)\b[^.;?!]{0,24}"
    r"\b(?:in|with|by|via|from|on)\s+(?:\w+\s+)?"
    r"(?:sql|metabase|power ?bi|looker|tableau|superset)\b",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"\b(?:zero|0)[- ]budget\b|\bbudget (?:is |of )?(?:zero|0|nothing)\b(?!\s*(?:-|to)\s*\d)|"
    r"\b(?:must|has to|needs to) (?:be free|cost nothing)\b|\bcan(?:no|')t pay anything\b",
    re.IGNORECASE,
)


def wants_sql_reports(brief: Brief) -> bool:
    """Whether reports are to run in SQL or in a tool that speaks it."""
    return bool(_SQL_REPORTS.search(brief.request))


_AFRAID = re.compile(r"\b(?:scared|afraid|worr\w+|fear\w*|nervous|anxious)\b", re.IGNORECASE)
_CAP = re.compile(r"\b(?:caps?|limit\w*|stops?|never (?:more|over)|hard)\b", re.IGNORECASE)


def _fears_the_bill(brief: Brief) -> bool:
    """Whether a limit on spending rests on a fear alone: then a low bill is what is wanted."""
    told = [f for f in brief.facts if f.key == "constraint" and f.value == "hard-spending-cap"]
    return any(_AFRAID.search(f.quote) and not _CAP.search(f.quote) for f in told)


_FREE = re.compile(
    r"\bfree,? (?:please|pls|only|if possible|ideally)\b|\b(?:ideally|preferably) (?:for )?free\b",
    re.IGNORECASE,
)


def _is_thrifty(brief: Brief) -> bool:
    short = any(f.key == "constraint" and f.value == "tiny-budget" for f in brief.facts)
    return short or _fears_the_bill(brief) or bool(_FREE.search(brief.request))


_REFUSED = re.compile(
    r"\b(?:no|not|without|do ?n[o']?t want|don'?t like|hates?|hated|forbids?|avoid|anti|leav\w+)\W+"
    r"(?:(?:to|use|using|any|anything|from|with|by|the)\W+){0,3}(google|amazon)\b",
    re.IGNORECASE,
)
_OWNED = {"google": "firebase", "amazon": "aws"}


def _refused(brief: Brief) -> tuple[str, ...]:
    """The families of a company that the person will have nothing from."""
    return tuple(_OWNED[found[1].lower()] for found in _REFUSED.finditer(brief.request))


def _writes(brief: Brief) -> int:
    """Records a month that the rates in the words come to."""
    units = {unit.replace("writes", "device"): share for unit, share in _RATES.items()} | _RATES
    rates = [f for f in brief.facts if f.key in {"rate", "scale.devices"} and f.unit in units]
    return int(sum(float(f.value) * units[f.unit] for f in rates) * _MONTH * _hours(brief) / 24)


_HOURS = re.compile(
    r"\b(?P<a>\d{1,2})[ -]?(?:hours?|hrs?|h)\b[^.;?!]{0,12}\b(?:shifts?|a day|per day|daily)\b|"
    r"\bshifts?\b[^.;?!\d]{0,12}(?P<b>\d{1,2})[ -]?(?:hours?|hrs?|h)\b",
    re.IGNORECASE,
)
_DAY = 24


def _hours(brief: Brief) -> float:
    """For how many hours of a day people send, where they do it on a shift."""
    found = _HOURS.search(brief.request)
    return min(float(found["a"] or found["b"]), _DAY) if found else _DAY


_KEPT = re.compile(
    r"\b(?:last|past|over|keep\w*|kept|store\w*|history of|retain\w*|for|archive\w*)\s+"
    r"(?:the\s+|it\s+|them\s+|data\s+|all\s+|everything\s+|for\s+|at least\s+|last\s+|past\s+)*"
    r"(?P<many>\d+|one|two|three|five|ten|a)\s+(?P<unit>years?|months?)\b",
    re.IGNORECASE,
)
_ABOUT_DATA = re.compile(
    r"\b(?:charts?|history|keep\w*|kept|stor\w+|retain\w*|archiv\w*|data|legal|records?|immutab\w+|"
    r"lock\w*|unchang\w+|logs?|audit|messages?|retention)\b",
    re.IGNORECASE,
)


def _kept_months(brief: Brief) -> int:
    """For how many months data is kept, as told; 0 where it is not."""
    for found in _KEPT.finditer(brief.request):
        around = brief.request[max(0, found.start() - _BESIDE) : found.end() + _BESIDE]
        if _ABOUT_DATA.search(around):
            return round(amount(found["many"]) * (12 if found["unit"].startswith("y") else 1))
    return 0


_SIZES = {"MB": 1 / 1024, "GB": 1.0, "TB": 1024.0}
_STORED = re.compile(
    r"\b(?:images?|photos?|pictures?|videos?|files?|media|audio|stor(?:e|ed|age))\b", re.IGNORECASE
)
_FETCHED = re.compile(
    r"\b(?:download\w*|egress|bandwidth|traffic|served?|transfer\w*)\b", re.IGNORECASE
)
_BESIDE = 28  # characters around a size in which a word says what it is of


def _daily_percent(brief: Brief) -> int:
    """The share of the month's people who come on a day, where both were told."""
    people = _people(brief)
    daily = max(
        (f.value for f in brief.facts
         if f.key == "scale.daily-users" and not isinstance(f.value, str)), default=0.0
    )  # fmt: skip
    share = round(100 * daily_share(brief.request))
    return round(100 * daily / people) if people and 0 < daily <= people else share


def _gigabytes(brief: Brief, said: re.Pattern[str]) -> int:
    """The size told of files stored, or of what is fetched in a month."""
    found = [
        fact.value * _SIZES[unit]
        for fact in brief.facts
        if fact.key.startswith("scale.") and fact.span and not isinstance(fact.value, str)
        and (unit := fact.unit.partition(" ")[0]) in _SIZES
        and said.search(brief.request[fact.span[1] : fact.span[1] + _BESIDE])
    ]  # fmt: skip
    return int(max(found, default=0))


def _developers(brief: Brief) -> int:
    """The seats that are paid for: the developers told, at least one."""
    return int(max((n for n in seats(brief) if 1 <= n <= _MOST_SEATS), default=1))


def _names(brief: Brief, technology: str) -> bool:
    return any(f.key == "technology" and f.value == technology for f in brief.facts)


def _known(brief: Brief) -> Iterator[tuple[str, str]]:
    """Dimensions with their values; a value set by name comes last and so wins."""
    if _of_pairs(brief):
        yield "group-size", "2"
    yield from _of_talk(brief)
    yield from _from_figures(brief)
    for fact in brief.facts:
        if fact.key == "constraint" and fact.value in _CONSTRAINTS:
            name, value = _CONSTRAINTS[str(fact.value)]
            if name == "offline" and fact.role == "negated":
                continue  # "ours does not work offline" is a complaint, no wish
            yield name, _OPPOSITE.get(value, value) if fact.role == "negated" else value
    if is_never_without(brief.request):
        yield "offline", "no"
    ceiling = ceiling_of(brief)
    if ceiling:
        yield "budget", f"{ceiling.dollars:.2f}".rstrip("0").rstrip(".")
    for fact in brief.facts:
        if fact.key in BY_ID and not is_money(fact):
            yield fact.key, _written(fact)


def _of_talk(brief: Brief) -> Iterator[tuple[str, str]]:
    """The largest conversation, and the messages of one person a day, at least one."""
    group = group_of(brief.request)
    messages = messages_of(brief.request) or messages_shared(brief, people_of(brief))
    if group:
        yield "group-size", f"{group:.0f}"
    if messages:
        yield "messages", f"{max(messages, 1):.0f}"


def _of_pairs(brief: Brief) -> bool:
    """Whether every conversation is between two people."""
    told = {str(f.value): f.role for f in brief.facts if f.key in {"constraint", "feature"}}
    pairs, groups = told.get("pairs-only"), told.get("group-chat")
    return pairs not in {None, "negated"} and groups in {None, "negated"}


def _from_figures(brief: Brief) -> Iterator[tuple[str, str]]:
    """What the figures tell; people told by the month win over those told by the day."""
    people = _people(brief)
    for fact in brief.facts:
        yield from _from_scale(fact)
    if people:
        yield "users", f"{people:.0f}"


def _people(brief: Brief) -> float:
    """How many people use it in a month: as told, or the sum of the groups told of."""
    return people_of(brief).count


def _written(fact: Fact) -> str:
    """The value as the needs hold it: a number without a power of ten."""
    return (
        fact.value if isinstance(fact.value, str) else f"{fact.value:.10f}".rstrip("0").rstrip(".")
    )


def _from_scale(fact: Fact) -> Iterator[tuple[str, str]]:
    if isinstance(fact.value, str):
        return
    if fact.key in _SCALE:
        yield _SCALE[fact.key], f"{fact.value:.0f}"
    elif fact.key == "scale.daily-users":
        yield "users", f"{fact.value / DAILY_SHARE:.0f}"
    elif fact.key == "scale.concurrent-users":
        yield "users", f"{fact.value / DAILY_SHARE / _AT_ONCE:.0f}"
    elif fact.key == "deadline" and fact.unit == "days":
        steps = ((_DAYS_A_WEEK, "days"), (_MONTHS_DAYS, "weeks"))
        yield "time", next((name for most, name in steps if fact.value <= most), "months")


def has_data(brief: Brief) -> bool:
    """Whether tables, queries or plans were handed over; rules and a delivery's files are none."""
    return any(document.role not in {"delivery", "rules"} for document in brief.documents)
