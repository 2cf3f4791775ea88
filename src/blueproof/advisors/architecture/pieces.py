"""Services that people propose, each held against this load: its price, and what it is for."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from blueproof.advisors.architecture import database
from blueproof.advisors.architecture.compute import function_charges, is_lambda
from blueproof.advisors.architecture.design import Design
from blueproof.advisors.architecture.load import SECONDS, Load, counted
from blueproof.advisors.architecture.part import HOURS, Part, exact
from blueproof.advisors.architecture.pricing import cost
from blueproof.advisors.architecture.sizing import LARGEST_FROM, WRITES_CARRIED, is_careful
from blueproof.core.evidence import Citation
from blueproof.costs.tiers import Charge
from blueproof.facts.load import fact

Verdict = Literal["too much", "fits", "not needed"]
_EKS = Citation(
    url="https://github.com/awslabs/startups/blob/main/advisor/plugins/aws-startup-advisor/skills/"
    "architect-for-startups/references/eks.md",
    checked=date(2026, 11, 29),
    says="AWS reckons 20 to 40% of one engineer for upgrades, roles and networking of a cluster",
)
_ENGINEERS = 15.0  # from which a platform of one's own is worth it, by the same source
_BROKERS = 3
_BROKER_GB = 100.0
_STREAM_RATE = 1000.0
_IOS = 1.0  # reads or writes of storage for a request


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One piece of what is proposed: the word for it, the place it would take, what it costs.

    `charges` are what it is billed beside or in place of the part there; `instead` is whether it
    takes that part's place on the bill.
    """

    quote: str
    technology: str
    slot: str
    verdict: Verdict
    says: str
    good_for: str
    charges: tuple[Charge, ...] = ()
    instead: bool = False
    evidence: tuple[Citation, ...] = ()


def _money(amount: Decimal) -> str:
    return f"${amount:,.0f}"


def priced(design: Design, charges: tuple[Charge, ...]) -> Decimal:
    """What charges come to in the region, in US dollars a month."""
    part = Part(slot="", choice="", short="", kind="service", because=(), flip="", charges=charges)
    return cost(part, design.needs.region)


def _ours(design: Design, slot: str) -> tuple[str, Decimal]:
    part = design.part(slot)
    return (part.short, cost(part, design.needs.region)) if part else ("nothing", Decimal(0))


def _kubernetes(design: Design, quote: str) -> Piece:
    charges = (
        Charge(
            name="EKS: cluster", quantity=exact(HOURS), unit="hours", price="aws.eks-cluster-hour"
        ),
    )
    team = design.needs.team
    many = team >= _ENGINEERS
    who = f"your {team:,.0f} engineers" if team else "a small team"
    says = (
        f"{_money(priced(design, charges))} a month for the cluster before its first pod, and 20 "
        "to 40 % of one engineer for upgrades, roles and networking; ECS runs the same containers "
        f"without either, and {who} would feel it"
    )
    if many:
        says = (
            f"with {team:,.0f} engineers a platform of your own can pay; the cluster alone is "
            f"{_money(priced(design, charges))} a month"
        )
    return Piece(
        quote=quote,
        technology="amazon-eks",
        slot="compute",
        verdict="fits" if many else "too much",
        says=says,
        good_for="several teams that deploy apart, operators, or people who run Kubernetes already",
        charges=charges,
        evidence=(_EKS, fact("aws.eks-cluster-hour").citation),
    )


def _rate(load: Load) -> float:
    """Messages a second on the mean."""
    return load.event_mean or load.mean * 0.1


def _kafka(design: Design, quote: str) -> Piece:
    load = design.load
    charges = (
        Charge(
            name="MSK: three brokers m5.large",
            quantity=exact(_BROKERS * HOURS),
            unit="broker-hours",
            price="aws.msk-m5.large-hour",
        ),
        Charge(
            name="MSK: disks",
            quantity=exact(_BROKERS * _BROKER_GB),
            unit="GB-months",
            price="aws.msk-gb-month",
        ),
    )
    rate = _rate(load)
    much = rate < _STREAM_RATE
    noun = load.event_noun if load.events else "messages"
    ours, price = _ours(design, "queue")
    than = f"; {ours} carries them for {_money(price)}" if price else ""
    says = (
        f"{rate:,.0f} {noun} a second on the mean; three brokers kafka.m5.large cost "
        f"{_money(priced(design, charges))} a month whether they are busy or not{than}"
    )
    return Piece(
        quote=quote,
        technology="amazon-msk",
        slot="queue",
        verdict="too much" if much else "fits",
        says=says,
        good_for=f"programs that speak Kafka already, or several readers that replay the past "
        f"at more than {_STREAM_RATE:,.0f} a second",
        charges=charges,
        instead=True,
        evidence=(fact("aws.msk-m5.large-hour").citation,),
    )


def _kinesis(design: Design, quote: str) -> Piece:
    load = design.load
    gb = load.raw_gb if load.events else load.mean * SECONDS * 1000 / 1e9
    charges = (
        Charge(
            name="Kinesis: stream, on demand",
            quantity=exact(HOURS),
            unit="hours",
            price="kinesis.on-demand-stream-hour",
        ),
        Charge(
            name="Kinesis: data in", quantity=exact(gb), unit="GB", price="kinesis.on-demand-gb-in"
        ),
        Charge(
            name="Kinesis: data out",
            quantity=exact(gb),
            unit="GB",
            price="kinesis.on-demand-gb-out",
        ),
    )
    rate = _rate(load)
    verdict: Verdict = "too much" if rate < _STREAM_RATE else "fits"
    place = "history" if database.is_lake(load, design.needs) else "queue"
    ours, price = _ours(design, place)
    return Piece(
        quote=quote,
        technology="amazon-kinesis",
        slot=place,
        verdict=verdict,
        says=f"{rate:,.0f} a second on the mean; the stream costs "
        f"{_money(priced(design, charges))} a month and what reads it is yours to write, {ours} "
        f"{_money(price)} with what keeps the data",
        good_for="several readers in order, each at its own pace",
        charges=charges,
        evidence=(fact("kinesis.on-demand-stream-hour").citation,),
    )


_FAR_LESS, _FELT = 4, 100  # times cheaper, and US dollars a month, from which a price decides


def _dynamodb(design: Design, quote: str) -> Piece:
    load, needs = design.load, design.needs
    part = database.keyed(load, needs)
    theirs = cost(part, needs.region)
    ours, price = _ours(design, "database")
    right = Piece(
        quote=quote,
        technology="amazon-dynamodb",
        slot="database",
        verdict="fits",
        says=part.because[0],
        good_for="",
        evidence=(fact(part.facts[0]).citation,),
    )
    if ours == part.short:
        return right
    if theirs * _FAR_LESS <= price and theirs + _FELT <= price:
        says = (
            f"{_money(theirs)} a month on demand against {_money(price)} of {ours}, which is "
            "sized for the peak all month: put what is read and written by one key there, and "
            "what is joined and summed into a smaller RDS"
        )
        return replace(right, says=says)
    kept = f", {load.raw_gb * load.kept:,.0f} GB kept among them" if load.events else ""
    return Piece(
        quote=quote,
        technology="amazon-dynamodb",
        slot="database",
        verdict="not needed",
        says=f"{_money(theirs)} a month for these reads and writes on demand{kept}, {ours} "
        f"{_money(price)}: {load.writes_peak:,.0f} rows a second written at the peak are well "
        "within one server, which joins, sums and checks as well",
        good_for=f"more than {WRITES_CARRIED:,.0f} rows a second, or each access by one key",
        charges=part.charges,
        instead=True,
        evidence=(fact(part.facts[0]).citation,),
    )


def _aurora(design: Design, quote: str) -> Piece:
    load = design.load
    size, _ = database.stored(load, design.needs)
    careful = 2 if is_careful(design.needs, load) else 1
    charges = (
        Charge(
            name="Aurora: r6g.large",
            quantity=exact(careful * HOURS),
            unit="hours",
            price="aws.aurora-r6g.large-hour",
        ),
        Charge(
            name="Aurora: storage",
            quantity=exact(size),
            unit="GB-months",
            price="aws.aurora-gb-month",
        ),
        Charge(
            name="Aurora: reads and writes of storage",
            quantity=exact(load.monthly * _IOS),
            unit="requests",
            price="aws.aurora-ios-million",
            per=Decimal(1_000_000),
            billed="million requests",
        ),
    )
    theirs, (ours, price) = priced(design, charges), _ours(design, "database")
    over = theirs > price
    return Piece(
        quote=quote,
        technology="amazon-aurora",
        slot="database",
        verdict="too much" if over else "fits",
        says=f"{_money(theirs)} a month with {careful} smallest r6g.large and one access of "
        f"storage a request, {ours} {_money(price)}; {load.peak:,.0f} requests a second need no "
        "shared storage",
        good_for="many readers, failover within half a minute, another region within seconds",
        charges=charges,
        instead=True,
        evidence=(fact("aws.aurora-r6g.large-hour").citation,),
    )


def _cache(design: Design, quote: str) -> Piece:
    load = design.load
    charges = (
        Charge(
            name="Cache: 2 cache.t4g.small",
            quantity=exact(2 * HOURS),
            unit="node-hours",
            price="aws.valkey-t4g.small-hour",
        ),
    )
    if part := design.part("cache"):
        return Piece(
            quote=quote,
            technology="amazon-elasticache",
            slot="cache",
            verdict="fits",
            says=part.because[0],
            good_for="",
            evidence=(fact(part.facts[0]).citation,),
        )
    return Piece(
        quote=quote,
        technology="amazon-elasticache",
        slot="cache",
        verdict="not needed",
        says=f"two small nodes cost {_money(priced(design, charges))} a month, and "
        f"{load.peak:,.0f} requests a second are what the database answers by itself",
        good_for=f"more than {LARGEST_FROM:,.0f} requests a second, rankings, or "
        "answers that take long and may be old",
        charges=charges,
        evidence=(fact("aws.valkey-t4g.small-hour").citation,),
    )


def _search(design: Design, quote: str) -> Piece:
    charges = (
        Charge(
            name="OpenSearch: 2 m7g.large",
            quantity=exact(2 * HOURS),
            unit="hours",
            price="opensearch.m7g-large-hour",
        ),
    )
    part = design.part("search")
    fits = part is not None and part.choice.startswith("OpenSearch")
    return Piece(
        quote=quote,
        technology="amazon-opensearch-service",
        slot="search",
        verdict="fits" if fits else "not needed",
        says=f"two m7g.large cost {_money(priced(design, charges))} a month"
        + (
            ""
            if fits
            else ", and a copy of the data that must be kept in step; the database's own "
            "search does until some 5M documents"
        ),
        good_for="many millions of documents, facets, typing errors",
        charges=charges,
        evidence=(fact("opensearch.m7g-large-hour").citation,),
    )


def _lambda(design: Design, quote: str) -> Piece:
    charges = function_charges(design.load)
    if is_lambda(design.needs, design.load):
        return Piece(
            quote=quote,
            technology="aws-lambda",
            slot="compute",
            verdict="fits",
            says=f"{counted(design.load.monthly)} requests a month are cheapest there",
            good_for="",
            evidence=(fact("aws.lambda-arm-gb-second").citation,),
        )
    both = sum((_ours(design, slot)[1] for slot in ("compute", "way in")), Decimal(0))
    return Piece(
        quote=quote,
        technology="aws-lambda",
        slot="compute",
        verdict="not needed",
        says=f"{_money(priced(design, charges))} a month with its HTTP API for these requests, "
        f"tasks with their balancer {_money(both)}",
        good_for="load that sleeps, or small jobs beside it",
        charges=charges,
        instead=True,
        evidence=(fact("aws.lambda-arm-gb-second").citation,),
    )


def _redshift(design: Design, quote: str) -> Piece:
    load = design.load
    node = fact("aws.redshift-ra3.4xlarge-hour")
    ours, price = _ours(design, "history")
    kept = load.raw_gb * load.kept
    return Piece(
        quote=quote,
        technology="amazon-redshift",
        slot="history",
        verdict="not needed",
        says=f"one node ra3.4xlarge costs ${float(node.value) * HOURS:,.0f} a month; "
        f"{kept:,.0f} GB in Parquet are asked where they lie, {ours} for {_money(price)}",
        good_for="many people who ask all day, or joins of many large tables",
        evidence=(node.citation,),
    )


def _services(design: Design, quote: str) -> Piece:
    team = design.needs.team
    who = f"{team:,.0f} engineers" if team else "one team"
    return Piece(
        quote=quote,
        technology="microservices",
        slot="compute",
        verdict="fits" if team >= _ENGINEERS else "too much",
        says="each service wants two tasks, a pipeline, alarms and a contract with the "
        f"others; {who} move faster in one program with clear modules, and a worker beside it",
        good_for="teams that must deploy apart",
        evidence=(_EKS,),
    )


JUDGES = {
    "amazon-eks": _kubernetes,
    "amazon-msk": _kafka,
    "amazon-kinesis": _kinesis,
    "amazon-dynamodb": _dynamodb,
    "amazon-aurora": _aurora,
    "amazon-aurora-serverless": _aurora,
    "amazon-elasticache": _cache,
    "amazon-opensearch-service": _search,
    "aws-lambda": _lambda,
    "microservices": _services,
    "amazon-redshift": _redshift,
}
