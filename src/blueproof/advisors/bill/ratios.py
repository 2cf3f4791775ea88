"""What of a bill is out of the ordinary for the load that is told: figures divided, and compared.

What is ordinary is our assumption, and is said to be one; the figures are the person's own.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from blueproof.advisors.bill.items import Unusual
from blueproof.advisors.bill.matching import Line
from blueproof.advisors.bill.quantities import HOURS_A_MONTH, counted, gigabytes, hours, size, vcpus
from blueproof.advisors.bill.surroundings import Load
from blueproof.facts.load import fact

_LOGS = frozenset({
    "gcp-cloud-logging", "aws-logs-ingestion", "datadog-log-ingestion", "supabase-logs-ingest",
    "azure-log-analytics", "azure-application-insights", "new-relic-data-ingest",
    "grafana-cloud-logs-traces",
})  # fmt: skip
_INDEXED = frozenset({"datadog-log-indexing"})
_EGRESS = frozenset({
    "gcp-internet-egress", "aws-cloudfront-egress", "firestore-egress",
    "firebase-storage-egress", "firebase-hosting", "supabase-egress", "supabase-cached-egress",
    "vercel-fast-data-transfer", "rtdb-download", "render-bandwidth", "fly-network",
    "railway-egress", "neon-egress", "convex-storage-egress", "azure-bandwidth",
    "atlas-data-transfer",
})  # fmt: skip
_FILES = frozenset({
    "firebase-storage-egress", "firebase-hosting", "aws-cloudfront-egress",
    "supabase-cached-egress", "vercel-fast-data-transfer",
})  # fmt: skip
_DATABASES = frozenset({
    "gcp-cloud-sql", "aws-rds-instance", "aws-rds-multi-az", "azure-postgres-compute",
})  # fmt: skip
_NAT = frozenset({"gcp-cloud-nat", "aws-nat-gateway-bytes", "aws-nat-gateway"})
_INTERNET = frozenset({"gcp-internet-egress", "aws-internet-egress"})

# What is ordinary, assumed: a request logs two lines of some 0.5 to 1 KB; a screen shows some 20
# documents and a person sees ten a day; an answer of an API has some 10 KB; a vCPU of a database
# serves some dozens of requests a second; a table is read in whole some times a month.
_LOG_KB, _MUCH_LOG_KB = Decimal(2), Decimal(5)
_EVENTS, _MANY_EVENTS = Decimal(2), Decimal(4)
_READS, _MANY_READS = Decimal(200), Decimal(500)
_WRITES, _MANY_WRITES = Decimal(20), Decimal(60)
_ANSWER_KB, _LARGE_ANSWER_KB = Decimal(10), Decimal(40)
_MUCH_EGRESS_MB = Decimal(50)
_FEW_A_VCPU, _EASY_A_VCPU = Decimal(10), Decimal(20)
_MOST_HALVINGS = 2  # what is measured after each
_FEWEST_VCPUS = Decimal(4)  # that are left; with fewer a database has little memory too
_SCANS = Decimal(10)
_MANY_SMS = Decimal(1)
_FREE_GB, _CLOUDFRONT = Decimal(1024), Decimal("0.085")  # as the charge says, with its source
_BY_THE_HOUR = {
    "aws-nat-gateway-hours": "gateways",
    "aws-load-balancer-hours": "load balancers",
    "aws-eks-cluster-hours": "clusters",
    "gcp-gke-clusters": "clusters",
    "azure-kubernetes": "clusters",
    "azure-application-gateway": "gateways",
}
_SMS = frozenset({"firebase-phone-sms", "twilio-sms"})
_SEATS = frozenset({"vercel-seats", "github-seats", "sentry-seats-and-plan", "docker-hub-seats"})
_BY_IDS = Decimal("0.9")  # of the series, made by the values of ids, we assume
_CPU = re.compile(
    r"\bcpu\b[^\d%\n]{0,16}(?P<of>\d{1,2})\s?%|(?P<at>\d{1,2})\s?% cpu", re.IGNORECASE
)
_IDLE = 25  # percent of CPU, from where down the class below is worth a look, we assume
_MACHINES = {
    "database": ("aws-rds", "gcp-cloud-sql", "azure-postgres", "supabase-compute"),
    "machines": ("aws-ec2", "gcp-compute", "aws-elasticache"),
}
_NO_MACHINE = ("storage", "iops", "backup", "backups", "snapshots", "io", "ec2-other", "egress")
_INCLUDED = {
    "vercel-fast-data-transfer": "vercel.transfer-included",
    "supabase-egress": "supabase.pro.egress-gb",
}
_TEN = 10  # from which on a figure is whole


def unusual_in(lines: tuple[Line, ...], load: Load) -> dict[str, Unusual]:
    """What is out of the ordinary, by the charge whose lines it is."""
    by_charge: dict[str, list[Line]] = {}
    for line in lines:
        if line.charge:
            by_charge.setdefault(line.charge.id, []).append(line)
    return {
        charge: unusual
        for charge, of in by_charge.items()
        for unusual in _of(charge, of, by_charge, load)
    }


def _of(
    charge: str, lines: list[Line], by_charge: dict[str, list[Line]], load: Load
) -> Iterator[Unusual]:
    """What is unusual of one charge, at most one thing."""
    yield from _told_idle(charge, lines, load)
    yield from _against_load(charge, lines, load)
    yield from _beyond_included(charge, lines, load)
    if charge == "datadog-custom-metrics" and load.tags:
        yield _by_ids(lines, load.tags)
    if charge in _NAT:
        beside = [line for each in _INTERNET for line in by_charge.get(each, ())]
        yield from _through_nat(gigabytes(lines), gigabytes(beside))
    elif charge in _BY_THE_HOUR:
        yield from _several(lines, _BY_THE_HOUR[charge])
    elif charge == "aws-internet-egress":
        yield from _by_cloudfront(lines)
    elif charge == "gcp-bigquery-analysis":
        yield from _scanned(lines, by_charge.get("gcp-bigquery-storage", []))


def _told_idle(charge: str, lines: list[Line], load: Load) -> Iterator[Unusual]:
    """A machine whose CPU is told to be idle: each class costs twice the one below it."""
    kind = next((kind for kind, of in _MACHINES.items() if charge.startswith(of)), "")
    if not kind or charge.endswith(_NO_MACHINE):
        return
    found = (m for line in lines for m in [_CPU.search(line.told)] if m)
    told = next((int(m["of"] or m["at"]) for m in found), None)
    busy = told if told is not None else dict(load.idle).get(kind)
    if busy is not None and busy <= _IDLE:
        yield Unusual(
            sum=f"{lines[0].item} runs at {busy}% CPU",
            reading="so the class below, with half the vCPUs, half the memory and half the price, "
            f"would run at about {busy * 2}%: look at memory and connections first",
            share=Decimal("0.5"),
            why="one class down",
            do="Take the class below in the next maintenance window, after a look at free memory, "
            "connections and the busiest hour of the month",
        )


def _beyond_included(charge: str, lines: list[Line], load: Load) -> Iterator[Unusual]:
    """Traffic of a site of pictures, of which the plan includes a part: the rest can go."""
    name = _INCLUDED.get(charge)
    sent = gigabytes(lines)
    if not name or not sent or not load.media:
        return
    included = fact(name).value
    if sent > included:
        over = sent - included
        yield Unusual(
            sum=f"{number(sent)} GB - {number(included)} GB included = {number(over)} GB paid",
            reading=f"so the line is gone once {over / sent:.0%} of the bytes, which your "
            f"{load.media} are likely to be, come from elsewhere",
            share=Decimal(1),
            why=f"if {load.media} are {over / sent:.0%} of the bytes (assumed)",
            do=f"Serve the {load.media} from Cloudflare R2, which takes nothing for data out, "
            f"under "
            "a domain of yours, in widths that are shown, as AVIF or WebP",
        )


def _by_ids(lines: list[Line], tags: tuple[str, ...]) -> Unusual:
    """Metrics whose tags hold ids: each value makes a series of its own."""
    count = counted(lines)
    named = " and ".join(tags)
    return Unusual(
        sum=f"{number(count)} custom metrics" if count else "Custom metrics",
        reading=f"because each value of {named} is a series of its own, which no alert needs",
        share=_BY_IDS,
        why=f"if nine of ten series come from {named} (assumed)",
        do=f"Drop {named} from the metrics' tags in the code or the agent, not only by Metrics "
        "without "
        "Limits, and keep such ids in logs and traces; first list the monitors that group by them",
    )


def _against_load(charge: str, lines: list[Line], load: Load) -> Iterator[Unusual]:
    """What is unusual for the requests, users or developers that are told."""
    if charge in _LOGS and load.requests:
        yield from _log_size(lines, load.requests)
    elif charge in _INDEXED and load.requests:
        yield from _log_events(counted(lines), load.requests)
    elif charge in {"firestore-reads", "firestore-writes"}:
        yield from _a_user_a_day(counted(lines), load, reads=charge.endswith("reads"))
    elif charge in _DATABASES and load.a_second:
        yield from _idle(vcpus(lines), load.a_second)
    elif charge in _EGRESS:
        yield from _sent(lines, load, files=charge in _FILES)
    elif charge in _SEATS and load.developers:
        yield from _seats(counted(lines), load.developers)
    elif charge in _SMS and load.users:
        yield from _sms(counted(lines), load.users)


def _log_size(lines: list[Line], requests: Decimal) -> Iterator[Unusual]:
    each = _kilobytes(gigabytes(lines), requests)
    if each and each > _MUCH_LOG_KB:
        yield Unusual(
            sum=f"{size(lines)} of log / {number(requests)} requests = {number(each)} KB a request",
            reading=f"where two lines have some {_LOG_KB} KB (our assumption): somebody logs whole "
            "requests or answers",
            share=1 - _LOG_KB / each,
            why=f"what is above {_LOG_KB} KB a request",
        )


def _log_events(events: Decimal | None, requests: Decimal) -> Iterator[Unusual]:
    each = events / requests if events else None
    if each and each > _MANY_EVENTS:
        yield Unusual(
            sum=f"{number(events)} events / {number(requests)} requests = {number(each)} a request",
            reading=f"where {_EVENTS} would do (our assumption)",
            share=1 - _EVENTS / each,
            why=f"what is above {_EVENTS} events a request",
        )


def _a_user_a_day(count: Decimal | None, load: Load, *, reads: bool) -> Iterator[Unusual]:
    users, who = (load.daily, "daily user") if load.daily else (load.users, "monthly user")
    if not count or not users:
        return
    each, what = count / 30 / users, "reads" if reads else "writes"
    usual, many = (_READS, _MANY_READS) if reads else (_WRITES, _MANY_WRITES)
    if each > many:
        yield Unusual(
            sum=f"{number(count)} {what} / 30 days / {number(users)} {who}s = {number(each)} "
            f"{what} a user a day",
            reading=f"where {usual} are much (our assumption): "
            + ("lists are read again and again" if reads else "something is written on a timer"),
            share=1 - usual / each,
            why=f"what is above {usual} {what} a user a day",
        )


def _idle(cpus: Decimal | None, a_second: Decimal) -> Iterator[Unusual]:
    if not cpus or a_second / cpus >= _FEW_A_VCPU:
        return
    left, halvings = cpus, 0
    least = max(a_second / _EASY_A_VCPU, _FEWEST_VCPUS)
    while halvings < _MOST_HALVINGS and left / 2 >= least:
        left, halvings = left / 2, halvings + 1
    if halvings:
        yield Unusual(
            sum=f"{number(a_second)} req/s / {number(cpus)} vCPUs = {number(a_second / cpus)} "
            "requests a second for each vCPU",
            reading=f"where {_EASY_A_VCPU} are no effort (our assumption), unless queries are "
            f"heavy: {number(left)} vCPUs would carry it, one size at a time",
            share=1 - left / cpus,
            why=f"the step to {number(left)} vCPUs",
        )


def _through_nat(through: Decimal | None, out: Decimal | None) -> Iterator[Unusual]:
    if through and out and through > out * Decimal("1.5"):
        yield Unusual(
            sum=f"{number(through)} GB through the gateway, and only {number(out)} GB went out to "
            f"the internet: {number(through - out)} GB are calls of the cloud's own services, or "
            "downloads",
            reading="which need no gateway where they go to the cloud's own services",
            share=(through - out) / through,
            why=f"the {number(through - out)} GB that did not leave",
        )


def _sent(lines: list[Line], load: Load, *, files: bool) -> Iterator[Unusual]:
    sent = gigabytes(lines)
    each = _kilobytes(sent, load.requests) if load.requests and not files else None
    if each and each > _LARGE_ANSWER_KB:
        yield Unusual(
            sum=f"{size(lines)} / {number(load.requests)} requests = {number(each)} KB an answer",
            reading=f"where JSON of an API has some {_ANSWER_KB} KB (our assumption): files pass "
            "the API, or lists are sent whole and not compressed",
        )
    elif sent and load.users and sent * 1000 / load.users > _MUCH_EGRESS_MB:
        yield Unusual(
            sum=f"{size(lines)} / {number(load.users)} users = "
            f"{number(sent * 1000 / load.users)} MB a user a month",
            reading="which is images or files, hardly data of an app (our assumption: those are "
            f"below {_MUCH_EGRESS_MB} MB)",
        )


def _by_cloudfront(lines: list[Line]) -> Iterator[Unusual]:
    """What a CDN in front takes away: its first terabyte costs nothing, and the rest less."""
    sent, paid = gigabytes(lines), sum((line.amount for line in lines), start=Decimal(0))
    if sent and sent > _FREE_GB and lines[0].currency == "USD":
        left = (sent - _FREE_GB) * _CLOUDFRONT
        yield Unusual(
            sum=f"{number(sent)} GB, of which CloudFront sends {number(_FREE_GB)} GB for nothing "
            f"and the rest for {_CLOUDFRONT} USD a GB = ${left:,.0f}",
            reading="so caching and smaller files save more than moving them does",
            share=max(1 - left / paid, Decimal(0)) if paid else None,
        )


def _scanned(queries: list[Line], tables: list[Line]) -> Iterator[Unusual]:
    read, stored = gigabytes(queries), gigabytes(tables)
    if read and stored and read / stored > _SCANS:
        yield Unusual(
            sum=f"{size(queries)} read / {size(tables)} stored: everything is read "
            f"{number(read / stored)} times a month",
            reading="so queries read whole tables: partition and cluster them",
        )


def _sms(sent: Decimal | None, users: Decimal) -> Iterator[Unusual]:
    if sent and sent / users > _MANY_SMS:
        yield Unusual(
            sum=f"{number(sent)} SMS / {number(users)} users = {number(sent / users)} a user a "
            "month",
            reading="where a login that lasts needs less than one (our assumption): codes are "
            "asked for by bots, or sent at every start",
            share=1 - _MANY_SMS * users / sent,
            why=f"what is above {_MANY_SMS} a user",
        )


def _several(lines: list[Line], things: str) -> Iterator[Unusual]:
    """How many things run all month, where it is more than one."""
    told = [each for line in lines for each in [hours(line)] if each is not None]
    count = round(sum(told, start=Decimal(0)) / HOURS_A_MONTH)
    if count > 1:
        yield Unusual(
            sum=f"{number(sum(told, start=Decimal(0)))} hours are {count} {things} all month",
            reading="where one may do",
            share=1 - Decimal(1) / count,
            why="all but one",
        )


def _seats(paid: Decimal | None, developers: Decimal) -> Iterator[Unusual]:
    if paid and paid > developers:
        yield Unusual(
            sum=f"{number(paid)} seats, and you name {number(developers)} developers: "
            f"{number(paid - developers)} seats belong to others",
            reading="who may only need to look",
            share=(paid - developers) / paid,
            why=f"the {number(paid - developers)} seats of others",
        )


def _kilobytes(sent: Decimal | None, requests: Decimal) -> Decimal | None:
    return sent * 10**6 / requests if sent else None


def number(value: Decimal | None) -> str:
    """A figure as people say it: "92M", "45", "0.35".

    >>> number(Decimal("90720000")), number(Decimal("43.1")), number(Decimal("2.19"))
    ('90.7M', '43', '2.2')
    """
    figure = value or Decimal(0)
    for times, sign in ((10**9, "B"), (10**6, "M")):
        if figure >= times:
            return f"{float(figure / times):.3g}{sign}"
    if figure >= _TEN:
        return f"{figure:,.0f}"
    return f"{figure:.1f}".removesuffix(".0") if figure >= 1 else f"{figure:.2f}"
