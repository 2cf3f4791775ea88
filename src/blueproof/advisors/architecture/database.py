"""Where the data lie: the database with its class, what is split off it, and the cache."""

import math
from decimal import Decimal

from blueproof.advisors.architecture.compute import is_lambda
from blueproof.advisors.architecture.load import SECONDS, Load, counted
from blueproof.advisors.architecture.needs import Needs
from blueproof.advisors.architecture.part import HOURS, Limit, Part, Watch, exact
from blueproof.advisors.architecture.sizing import (
    CACHED,
    CLASS_CARRIES,
    LARGEST_FROM,
    MILLISECONDS,
    WRITES_CARRIED,
    class_of,
    is_careful,
    next_class,
    tasks_of,
)
from blueproof.costs.db_class import default_connections
from blueproof.costs.tiers import Charge
from blueproof.facts.load import fact

# Records that belong to somebody's money: they are joined and changed, so they stay in tables.
TRADED = frozenset(
    {
        "order",
        "transaction",
        "payment",
        "purchase",
        "sale",
        "booking",
        "trade",
        "invoice",
        "ticket",
        "transfer",
        "claim",
        "reservation",
        "checkout",
        "ride",
        "trip",
        "delivery",
        "shipment",
        "donation",
        "appointment",
    }
)
LAKE_GB = 2000.0  # kept, with indexes, from which on records go to files
LAKE_WRITES = 2000.0  # rows a second at the peak, likewise
HOT_GB = 200.0  # kept, from which on old months leave the database
HOT_MONTHS = 3.0
MANY_READS = 2.0  # requests for each record, from which most only read
POOL = 10  # connections of one task
_LEAST_GB = 20.0
_INGEST_SHARE = 0.05  # of calls that reach the database where records go past it
_RANKING_PEAK = 500.0
_PARQUET = 0.35  # of the raw bytes that are left in columns, packed


def is_lake(load: Load, needs: Needs) -> bool:
    """Whether the records go to files in S3: too many to write or keep in one database."""
    if not load.events or load.event_noun.rstrip("s") in TRADED:
        return False
    kept = load.growth_gb * load.kept
    return (
        kept >= LAKE_GB or load.writes_peak >= LAKE_WRITES or (needs.mqtt and kept >= LAKE_GB / 4)
    )


def reaches(load: Load, needs: Needs) -> float:
    """Requests a second at the peak that ask the database, behind a cache where there is one."""
    peak = load.peak
    if is_lake(load, needs) and load.are_events:
        return peak * _INGEST_SHARE
    if peak >= LARGEST_FROM:
        writes = min(load.writes_peak, peak)
        return writes + (peak - writes) * (1 - CACHED)
    return peak


def has_cache(load: Load, needs: Needs) -> bool:
    """Whether a number asks for a cache: more reads than one database answers, or a ranking."""
    lake = is_lake(load, needs) and load.are_events
    return (load.peak >= LARGEST_FROM and not lake) or (
        needs.ranking and load.peak >= _RANKING_PEAK
    )


def is_keyed(load: Load, needs: Needs) -> bool:
    """Whether it is DynamoDB: more rows a second than one database writes, or no server at all."""
    too_many = load.writes_peak > WRITES_CARRIED and not is_lake(load, needs)
    asked = needs.engine_told or needs.search or needs.analysed
    return too_many or (needs.serverless and not asked and is_lambda(needs, load))


def stored(load: Load, needs: Needs) -> tuple[float, float]:
    """Gigabytes in the database and in files, once as many months are there as are kept."""
    if is_lake(load, needs):
        return max(_LEAST_GB, load.stored_gb), load.raw_gb * load.kept * _PARQUET
    whole = load.growth_gb * load.kept
    if whole > HOT_GB and load.kept > HOT_MONTHS:
        cold = load.raw_gb * (load.kept - HOT_MONTHS) * _PARQUET
        return max(_LEAST_GB, load.growth_gb * HOT_MONTHS + load.stored_gb), cold
    return max(_LEAST_GB, whole + load.stored_gb), 0.0


def database(load: Load, needs: Needs) -> Part:
    """The database."""
    return keyed(load, needs) if is_keyed(load, needs) else _relational(load, needs)


def _relational(load: Load, needs: Needs) -> Part:
    peak, careful = reaches(load, needs), is_careful(needs, load)
    name, price = class_of(peak)
    copies = 2 if careful else 1
    readers = max(math.ceil((peak - CLASS_CARRIES) / CLASS_CARRIES), 0)
    size, _ = stored(load, needs)
    size = math.ceil(size / 10) * 10
    mode = "Multi-AZ" if careful else "one zone"
    also = f" and {readers} read replica{'s' if readers > 1 else ''}" if readers else ""
    return Part(
        slot="database",
        choice=f"RDS for {needs.engine}, {name}, {mode}{also}",
        short=f"RDS {needs.engine} {name}{' Multi-AZ' if careful else ''}{also}",
        kind="store",
        because=tuple(_why(load, needs, size)),
        flip=f"Aurora from {CLASS_CARRIES:,.0f} requests a second, or 15 readers, or another "
        f"region within seconds; DynamoDB from {WRITES_CARRIED:,.0f} rows a second written, each "
        "read by its key alone",
        charges=(
            Charge(
                name=f"RDS: {name}, {'two copies' if careful else 'one copy'}"
                f"{f', {readers} replicas' if readers else ''}",
                quantity=exact((copies + readers) * HOURS),
                unit="hours",
                price=price,
            ),
            Charge(
                name=f"RDS: storage, {'two copies' if careful else 'one copy'}",
                quantity=exact((copies + readers) * size),
                unit="GB-months",
                price="aws.rds-gp3-gb-month",
            ),
        ),
        facts=(price, "aws.rds-gp3-gb-month"),
        lines=(name, mode, f"{size:,.0f} GB"),
        watches=tuple(_watches(size)),
        limits=tuple(_limits(load, needs, peak)),
        gives_up=""
        if careful
        else "one zone lost means hours until it is restored, and at most five "
        "minutes of data: Multi-AZ doubles this part's price",
    )


def _why(load: Load, needs: Needs, size: float) -> list[str]:
    peak = reaches(load, needs)
    says = [
        f"{peak:,.0f} requests a second at the peak ask it, and "
        f"{min(load.writes_peak, WRITES_CARRIED) if not is_lake(load, needs) else peak * 0.2:,.0f} "
        "rows a second are written: one writer carries that"
    ]
    if load.events and not is_lake(load, needs):
        says.append(
            f"{counted(load.events)} {load.event_noun} a month are {load.event_mean:,.0f} a second "
            f"on the mean{_fewer(load)}"
        )
    else:
        says.append(f"{size:,.0f} GB of storage")
    if held := _held(load, needs):
        says.append(held)
    if is_careful(needs, load):
        says.append(
            "a second copy in another zone takes over in one to two minutes, without loss of what "
            "was committed"
        )
    return says


def _held(load: Load, needs: Needs) -> str:
    """How many connections are held at the peak, against what the class allows."""
    name = class_of(reaches(load, needs))[0]
    allowed = default_connections(*name.split(".")[1:])
    if allowed is None:
        return ""
    if is_lambda(needs, load):
        count = math.ceil(load.peak * MILLISECONDS / 1000)
        who = f"{count:,.0f} function{'s' if count > 1 else ''} at once hold a connection each"
    else:
        tasks = tasks_of(needs, load).peak
        count = tasks * POOL
        who = f"{tasks} tasks with a pool of {POOL} hold {count:,.0f} connections"
    return f"{who}, {allowed:,.0f} are allowed by default{_proxied(count, allowed)}"


def _proxied(at_once: int, allowed: int) -> str:
    """That a pool must stand between, where functions come near what is allowed."""
    return ": put RDS Proxy between" if at_once * 2 > allowed else ""


def _fewer(load: Load) -> str:
    """That most calls are no records, where that is so."""
    ratio = load.mean / load.event_mean if load.event_mean else 0.0
    return (
        f": about one of {ratio:,.0f} requests brings one, the rest read"
        if ratio > MANY_READS
        else ""
    )


def _watches(size: float) -> list[Watch]:
    return [
        Watch(
            metric="RDS CPUUtilization",
            threshold="over 70 % for 10 minutes",
            then="Performance Insights: the heaviest query; then the next class",
        ),
        Watch(
            metric="RDS DatabaseConnections",
            threshold="over 80 % of max_connections",
            then="smaller pools in the tasks, or RDS Proxy",
        ),
        Watch(
            metric="RDS FreeStorageSpace",
            threshold=f"below {max(size * 0.15, 5):,.0f} GB",
            then="drop old partitions; storage autoscaling as a net",
        ),
    ]


def _limits(load: Load, needs: Needs, peak: float) -> list[Limit]:
    name, _ = class_of(peak)
    larger = next_class(peak)
    found = []
    if larger:
        factor = larger[0] / peak if peak else 1.0
        found.append(
            Limit(
                at=load.peak * factor,
                now=load.peak,
                unit="requests a second",
                what=f"{name} at its CPU",
                then="queries queue",
                act=f"take {larger[1]} (with Multi-AZ a minute of restart)",
            )
        )
    else:
        found.append(
            Limit(
                at=load.peak * CLASS_CARRIES / peak,
                now=load.peak,
                unit="requests a second",
                what=f"{name}, the largest that is reckoned here",
                then="queries queue",
                act="add read replicas, then Aurora",
            )
        )
    if load.events and not is_lake(load, needs):
        found.append(
            Limit(
                at=WRITES_CARRIED,
                now=load.writes_peak,
                unit="rows a second written",
                what="one writer",
                then="commits wait",
                act="write in batches from a queue",
            )
        )
    return found


def keyed(load: Load, needs: Needs) -> Part:
    """DynamoDB for this load, whether it is taken or not."""
    why = f"{load.writes_peak:,.0f} rows a second written at the peak, each by its key"
    if needs.serverless and load.writes_peak <= WRITES_CARRIED:
        why = "functions need no pool of connections with it, and it bills nothing while idle"
    return Part(
        slot="database",
        choice="DynamoDB, on demand",
        short="DynamoDB",
        kind="store",
        because=(why,),
        flip=f"RDS for PostgreSQL where rows are joined or asked by more than their key, up to "
        f"{WRITES_CARRIED:,.0f} rows a second written",
        charges=_units(load),
        facts=("aws.dynamodb-writes-per-million", "aws.dynamodb-partition-writes"),
        lines=("on demand", "in three zones by itself"),
        watches=(
            Watch(
                metric="DynamoDB ThrottledRequests",
                threshold="over 0 for 5 minutes",
                then="look for one key that gets too much: 1,000 writes a second each",
            ),
        ),
        limits=(
            Limit(
                at=float(fact("aws.dynamodb-table-units").value),
                now=load.writes_peak,
                unit="rows a second written",
                what="the account's default for a table",
                then="writes are throttled",
                act="ask AWS for more in time",
            ),
        ),
    )


def _units(load: Load) -> tuple[Charge, ...]:
    """What DynamoDB bills for these reads and writes."""
    writes, reads = load.writes * SECONDS, (load.mean - min(load.writes, load.mean)) * SECONDS
    units = math.ceil(load.event_bytes / 1024)
    gb = load.raw_gb * load.kept + load.stored_gb
    return (
        Charge(
            name="DynamoDB: writes",
            quantity=exact(writes * units),
            unit="write units",
            price="aws.dynamodb-writes-per-million",
            per=Decimal(1_000_000),
            billed="million units",
        ),
        Charge(
            name="DynamoDB: reads",
            quantity=exact(reads),
            unit="read units",
            price="aws.dynamodb-reads-per-million",
            per=Decimal(1_000_000),
            billed="million units",
        ),
        Charge(
            name="DynamoDB: storage",
            quantity=exact(gb),
            unit="GB-months",
            price="aws.dynamodb-gb-month",
            free="aws.dynamodb-free-gb",
        ),
    )
