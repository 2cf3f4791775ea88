"""What the words propose or have already, piece by piece: its price at this load, its use."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from blueproof.advisors.architecture import database
from blueproof.advisors.architecture.compute import function_charges, is_lambda
from blueproof.advisors.architecture.design import Design
from blueproof.advisors.architecture.load import SECONDS, Load, counted
from blueproof.advisors.architecture.part import HOURS, Part
from blueproof.advisors.architecture.pricing import bill_of_parts, cost
from blueproof.core.blueprint import Premise
from blueproof.core.evidence import Citation
from blueproof.core.money import Bill
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


def pieces(design: Design) -> tuple[Piece, ...]:
    """The pieces that the words name, in their order, each once."""
    found: list[Piece] = []
    for quote, technology in _named(design):
        piece = _judged(design, quote, technology)
        if piece and not any(
            p.slot == piece.slot and p.technology == piece.technology for p in found
        ):
            found.append(piece)
    return tuple(found)


def _named(design: Design) -> Iterator[tuple[str, str]]:
    """Names with the technology that they stand for; Kafka that is run by MSK is one thing."""
    facts = [
        f for f in design.brief.facts
        if f.key == "technology" and f.role not in {"negated", "rejected"}
    ]  # fmt: skip
    names = {str(f.value) for f in facts}
    for each in facts:
        name = _SAME.get(str(each.value), str(each.value))
        if each.value == "kafka" and "amazon-msk" in names:
            continue
        yield each.quote or str(each.value), name
    for each in design.brief.facts:
        if (each.key, each.value) == ("feature", "microservices") and each.role != "negated":
            yield each.quote, "microservices"


_SAME = {"kafka": "amazon-msk", "kubernetes": "amazon-eks", "redis": "amazon-elasticache",
         "valkey": "amazon-elasticache", "dynamodb": "amazon-dynamodb",
         "opensearch": "amazon-opensearch-service"}  # fmt: skip


def _judged(design: Design, quote: str, technology: str) -> Piece | None:
    made = _JUDGES.get(technology)
    return made(design, quote) if made else None


def _dec(value: float) -> Decimal:
    return Decimal(str(round(value, 4)))


def _money(amount: Decimal) -> str:
    return f"${amount:,.0f}"


def _price(design: Design, charges: tuple[Charge, ...]) -> Decimal:
    part = Part(slot="", choice="", short="", kind="service", because=(), flip="", charges=charges)
    return cost(part, design.needs.region)


def _ours(design: Design, slot: str) -> tuple[str, Decimal]:
    part = design.part(slot)
    return (part.short, cost(part, design.needs.region)) if part else ("nothing", Decimal(0))


def _kubernetes(design: Design, quote: str) -> Piece:
    charges = (Charge(name="EKS: cluster", quantity=_dec(HOURS), unit="hours",
                      price="aws.eks-cluster-hour"),)  # fmt: skip
    team = design.needs.team
    many = team >= _ENGINEERS
    who = f"your {team:,.0f} engineers" if team else "a small team"
    says = (
        f"{_money(_price(design, charges))} a month for the cluster before its first pod, and 20 to 40 % "
        f"of one engineer for upgrades, roles and networking; ECS runs the same containers without "
        f"either, and {who} would feel it"
    )
    if many:
        says = f"with {team:,.0f} engineers a platform of your own can pay; the cluster alone is " \
               f"{_money(_price(design, charges))} a month"  # fmt: skip
    return Piece(
        quote=quote, technology="amazon-eks", slot="compute", verdict="fits" if many else "too much",
        says=says, good_for="several teams that deploy apart, operators, or people who run Kubernetes "
        "already", charges=charges, evidence=(_EKS, fact("aws.eks-cluster-hour").citation),
    )  # fmt: skip


def _rate(load: Load) -> float:
    """Messages a second on the mean."""
    return load.event_mean or load.mean * 0.1


def _kafka(design: Design, quote: str) -> Piece:
    load = design.load
    charges = (
        Charge(name="MSK: three brokers m5.large", quantity=_dec(_BROKERS * HOURS), unit="broker-hours",
               price="aws.msk-m5.large-hour"),
        Charge(name="MSK: disks", quantity=_dec(_BROKERS * _BROKER_GB), unit="GB-months",
               price="aws.msk-gb-month"),
    )  # fmt: skip
    rate = _rate(load)
    much = rate < _STREAM_RATE
    noun = load.event_noun if load.events else "messages"
    ours, price = _ours(design, "queue")
    than = f"; {ours} carries them for {_money(price)}" if price else ""
    says = f"{rate:,.0f} {noun} a second on the mean; three brokers kafka.m5.large cost " \
           f"{_money(_price(design, charges))} a month whether they are busy or not{than}"  # fmt: skip
    return Piece(
        quote=quote, technology="amazon-msk", slot="queue", verdict="too much" if much else "fits",
        says=says, good_for=f"programs that speak Kafka already, or several readers that replay the past "
        f"at more than {_STREAM_RATE:,.0f} a second", charges=charges, instead=True,
        evidence=(fact("aws.msk-m5.large-hour").citation,),
    )  # fmt: skip


def _kinesis(design: Design, quote: str) -> Piece:
    load = design.load
    gb = load.raw_gb if load.events else load.mean * SECONDS * 1000 / 1e9
    charges = (
        Charge(name="Kinesis: stream, on demand", quantity=_dec(HOURS), unit="hours",
               price="kinesis.on-demand-stream-hour"),
        Charge(name="Kinesis: data in", quantity=_dec(gb), unit="GB", price="kinesis.on-demand-gb-in"),
        Charge(name="Kinesis: data out", quantity=_dec(gb), unit="GB",
               price="kinesis.on-demand-gb-out"),
    )  # fmt: skip
    rate = _rate(load)
    verdict: Verdict = "too much" if rate < _STREAM_RATE else "fits"
    place = "history" if database.is_lake(load, design.needs) else "queue"
    ours, price = _ours(design, place)
    return Piece(
        quote=quote, technology="amazon-kinesis", slot=place, verdict=verdict,
        says=f"{rate:,.0f} a second on the mean; the stream costs {_money(_price(design, charges))} a month "
        f"and what reads it is yours to write, {ours} {_money(price)} with what keeps the data",
        good_for="several readers in order, each at its own pace", charges=charges,
        evidence=(fact("kinesis.on-demand-stream-hour").citation,),
    )  # fmt: skip


def _dynamodb(design: Design, quote: str) -> Piece:
    load, needs = design.load, design.needs
    part = database.keyed(load, needs)
    theirs = cost(part, needs.region)
    ours, price = _ours(design, "database")
    if ours == part.short:
        return Piece(quote=quote, technology="amazon-dynamodb", slot="database", verdict="fits",
                     says=part.because[0], good_for="",
                     evidence=(fact(part.facts[0]).citation,))  # fmt: skip
    kept = f", {load.raw_gb * load.kept:,.0f} GB kept among them" if load.events else ""
    return Piece(
        quote=quote, technology="amazon-dynamodb", slot="database",
        verdict="not needed",
        says=f"{_money(theirs)} a month for these reads and writes on demand{kept}, {ours} "
        f"{_money(price)}: {load.writes_peak:,.0f} rows a second written at the peak are well within one "
        "server, which joins, sums and checks as well",
        good_for=f"more than {database.WRITES_CARRIED:,.0f} rows a second, or each access by one key",
        charges=part.charges, instead=True, evidence=(fact(part.facts[0]).citation,),
    )  # fmt: skip


def _aurora(design: Design, quote: str) -> Piece:
    load = design.load
    size, _ = database.stored(load, design.needs)
    careful = 2 if database.is_careful(design.needs, load) else 1
    charges = (
        Charge(name="Aurora: r6g.large", quantity=_dec(careful * HOURS), unit="hours",
               price="aws.aurora-r6g.large-hour"),
        Charge(name="Aurora: storage", quantity=_dec(size), unit="GB-months",
               price="aws.aurora-gb-month"),
        Charge(name="Aurora: reads and writes of storage", quantity=_dec(load.monthly * _IOS),
               unit="requests", price="aws.aurora-ios-million", per=Decimal(1_000_000),
               billed="million requests"),
    )  # fmt: skip
    theirs, (ours, price) = _price(design, charges), _ours(design, "database")
    over = theirs > price
    return Piece(
        quote=quote, technology="amazon-aurora", slot="database",
        verdict="too much" if over else "fits",
        says=f"{_money(theirs)} a month with {careful} smallest r6g.large and one access of storage a "
        f"request, {ours} {_money(price)}; {load.peak:,.0f} requests a second need no shared storage",
        good_for="many readers, failover within half a minute, another region within seconds",
        charges=charges, instead=True, evidence=(fact("aws.aurora-r6g.large-hour").citation,),
    )  # fmt: skip


def _cache(design: Design, quote: str) -> Piece:
    load = design.load
    charges = (Charge(name="Cache: 2 cache.t4g.small", quantity=_dec(2 * HOURS), unit="node-hours",
                      price="aws.valkey-t4g.small-hour"),)  # fmt: skip
    if part := design.part("cache"):
        return Piece(quote=quote, technology="amazon-elasticache", slot="cache", verdict="fits",
                     says=part.because[0], good_for="",
                     evidence=(fact(part.facts[0]).citation,))  # fmt: skip
    return Piece(
        quote=quote, technology="amazon-elasticache", slot="cache", verdict="not needed",
        says=f"two small nodes cost {_money(_price(design, charges))} a month, and "
        f"{load.peak:,.0f} requests a second are what the database answers by itself",
        good_for=f"more than {database.LARGEST_FROM:,.0f} requests a second, rankings, or answers that "
        "take long and may be old", charges=charges,
        evidence=(fact("aws.valkey-t4g.small-hour").citation,),
    )  # fmt: skip


def _search(design: Design, quote: str) -> Piece:
    charges = (Charge(name="OpenSearch: 2 m7g.large", quantity=_dec(2 * HOURS), unit="hours",
                      price="opensearch.m7g-large-hour"),)  # fmt: skip
    part = design.part("search")
    fits = part is not None and part.choice.startswith("OpenSearch")
    return Piece(
        quote=quote, technology="amazon-opensearch-service", slot="search",
        verdict="fits" if fits else "not needed",
        says=f"two m7g.large cost {_money(_price(design, charges))} a month" + (
            "" if fits else ", and a copy of the data that must be kept in step; the database's own "
            "search does until some 5M documents"),
        good_for="many millions of documents, facets, typing errors", charges=charges,
        evidence=(fact("opensearch.m7g-large-hour").citation,),
    )  # fmt: skip


def _lambda(design: Design, quote: str) -> Piece:
    charges = function_charges(design.load)
    if is_lambda(design.needs, design.load):
        return Piece(quote=quote, technology="aws-lambda", slot="compute", verdict="fits",
                     says=f"{counted(design.load.monthly)} requests a month are cheapest there",
                     good_for="", evidence=(fact("aws.lambda-arm-gb-second").citation,))  # fmt: skip
    both = sum((_ours(design, slot)[1] for slot in ("compute", "way in")), Decimal(0))
    return Piece(
        quote=quote, technology="aws-lambda", slot="compute", verdict="not needed",
        says=f"{_money(_price(design, charges))} a month with its HTTP API for these requests, tasks with "
        f"their balancer {_money(both)}", good_for="load that sleeps, or small jobs beside it",
        charges=charges, instead=True, evidence=(fact("aws.lambda-arm-gb-second").citation,),
    )  # fmt: skip


def _services(design: Design, quote: str) -> Piece:
    team = design.needs.team
    who = f"{team:,.0f} engineers" if team else "one team"
    return Piece(
        quote=quote, technology="microservices", slot="compute",
        verdict="fits" if team >= _ENGINEERS else "too much",
        says=f"each service wants two tasks, a pipeline, alarms and a contract with the others; {who} "
        "move faster in one program with clear modules, and a worker beside it",
        good_for="teams that must deploy apart", evidence=(_EKS,),
    )  # fmt: skip


_JUDGES = {
    "amazon-eks": _kubernetes, "amazon-msk": _kafka, "amazon-kinesis": _kinesis,
    "amazon-dynamodb": _dynamodb, "amazon-aurora": _aurora, "amazon-aurora-serverless": _aurora,
    "amazon-elasticache": _cache, "amazon-opensearch-service": _search, "aws-lambda": _lambda,
    "microservices": _services,
}  # fmt: skip


def against(found: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """The pieces that are not taken."""
    return tuple(p for p in found if p.verdict != "fits")


def premises(found: tuple[Piece, ...]) -> tuple[Premise, ...]:
    """The pieces as what was said, with the verdict on each."""
    return tuple(
        Premise(
            quote=p.quote,
            claim=f"{p.quote} is right here",
            verdict="right" if p.verdict == "fits" else "wrong",
            because=p.says + (f"; worth it for {p.good_for}" if p.verdict != "fits" else ""),
            evidence=p.evidence,
        )
        for p in found
    )


def bill_as_proposed(design: Design, found: tuple[Piece, ...]) -> Bill | None:
    """What it costs with the pieces that are not taken in the places of ours."""
    wrong = [p for p in against(found) if p.charges]
    if not wrong:
        return None
    gone = {p.slot for p in wrong if p.instead}
    if any(p.technology == "aws-lambda" for p in wrong):
        gone |= {"way in"}
    kept = tuple(p for p in design.parts if p.slot not in gone)
    theirs = tuple(
        Part(slot=p.slot, choice=p.quote, short=p.quote, kind="service", because=(), flip="",
             charges=p.charges) for p in wrong
    )  # fmt: skip
    names = ", ".join(p.quote for p in wrong)
    size = design.bill.size
    return bill_of_parts((*kept, *theirs), size=size, region=design.needs.region,
                         option=f"with {names}")  # fmt: skip
