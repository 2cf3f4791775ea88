"""Where the data lie: the database with its class, what is split off it, and the cache."""

import math
from decimal import Decimal

from blueproof.advisors.architecture.compute import is_lambda
from blueproof.advisors.architecture.load import SECONDS, Load, counted
from blueproof.advisors.architecture.needs import Needs
from blueproof.advisors.architecture.part import HOURS, Limit, Part, Watch
from blueproof.advisors.architecture.sizing import (
    CACHED,
    CLASS_CARRIES,
    LARGEST_FROM,
    WRITES_CARRIED,
    class_of,
    is_careful,
    next_class,
)
from blueproof.costs.tiers import Charge
from blueproof.facts.load import fact

LAKE_GB = 2000.0  # kept, with indexes, from which on records go to files
LAKE_WRITES = 2000.0  # rows a second at the peak, likewise
HOT_GB = 200.0  # kept, from which on old months leave the database
HOT_MONTHS = 3.0
PARTITION_ROWS = 5_000_000.0  # a month, from which a table is split by month
_LEAST_GB = 20.0
_INGEST_SHARE = 0.05  # of calls that reach the database where records go past it
_RANKING_PEAK = 500.0
_SCANNED = 0.02  # of what is kept, that questions read in a day
_PARQUET = 0.35  # of the raw bytes that are left in columns, packed


def is_lake(load: Load, needs: Needs) -> bool:
    """Whether the records go to files in S3: too many to write or keep in one database."""
    if not load.events:
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
    return too_many or (needs.serverless and is_lambda(needs, load) and not needs.engine_told)


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


def _dec(value: float) -> Decimal:
    return Decimal(str(round(value, 4)))


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
        slot="database", choice=f"RDS for {needs.engine}, {name}, {mode}{also}",
        short=f"RDS {needs.engine} {name}{' Multi-AZ' if careful else ''}{also}", kind="store",
        because=tuple(_why(load, needs, size)),
        flip=f"Aurora from {CLASS_CARRIES:,.0f} requests a second, or 15 readers, or another region "
             f"within seconds; DynamoDB from {WRITES_CARRIED:,.0f} rows a second written, each read by "
             "its key alone",
        charges=(
            Charge(name=f"RDS: {name}, {'two copies' if careful else 'one copy'}"
                        f"{f', {readers} replicas' if readers else ''}",
                   quantity=_dec((copies + readers) * HOURS), unit="hours", price=price),
            Charge(name=f"RDS: storage, {'two copies' if careful else 'one copy'}",
                   quantity=_dec((copies + readers) * size), unit="GB-months",
                   price="aws.rds-gp3-gb-month"),
        ),
        facts=(price, "aws.rds-gp3-gb-month"),
        lines=(name, mode, f"{size:,.0f} GB"),
        watches=tuple(_watches(size)),
        limits=tuple(_limits(load, needs, peak)),
        gives_up="" if careful else "one zone lost means hours until it is restored, and at most five "
                 "minutes of data: Multi-AZ doubles this part's price",
    )  # fmt: skip


def _why(load: Load, needs: Needs, size: float) -> list[str]:
    peak = reaches(load, needs)
    says = [f"{peak:,.0f} requests a second at the peak ask it, and "
            f"{min(load.writes_peak, WRITES_CARRIED) if not is_lake(load, needs) else peak * 0.2:,.0f}"
            " rows a second are written: one writer carries that"]  # fmt: skip
    if load.events and not is_lake(load, needs):
        says.append(f"{counted(load.events)} {load.event_noun} a month are {load.event_mean:,.0f} a "
                    f"second on the mean{_fewer(load)}")  # fmt: skip
    else:
        says.append(f"{size:,.0f} GB of storage")
    if is_careful(needs, load):
        says.append("a second copy in another zone takes over in one to two minutes, without loss of "
                    "what was committed")  # fmt: skip
    return says


def _fewer(load: Load) -> str:
    """That most calls are no records, where that is so."""
    ratio = load.mean / load.event_mean if load.event_mean else 0.0
    return f": about one of {ratio:,.0f} requests brings one, the rest read" if ratio > 2 else ""


def _watches(size: float) -> list[Watch]:
    return [
        Watch(metric="RDS CPUUtilization", threshold="over 70 % for 10 minutes",
              then="Performance Insights: the heaviest query; then the next class"),
        Watch(metric="RDS DatabaseConnections", threshold="over 80 % of max_connections",
              then="smaller pools in the tasks, or RDS Proxy"),
        Watch(metric="RDS FreeStorageSpace", threshold=f"below {max(size * 0.15, 5):,.0f} GB",
              then="drop old partitions; storage autoscaling as a net"),
    ]  # fmt: skip


def _limits(load: Load, needs: Needs, peak: float) -> list[Limit]:
    name, _ = class_of(peak)
    larger = next_class(peak)
    found = []
    if larger:
        factor = larger[0] / peak if peak else 1.0
        found.append(Limit(at=load.peak * factor, now=load.peak, unit="requests a second",
            what=f"{name} at its CPU", then=f"queries queue: take {larger[1]} (a restart of a minute "
            "with Multi-AZ)"))  # fmt: skip
    else:
        found.append(Limit(at=load.peak * CLASS_CARRIES / peak, now=load.peak,
            unit="requests a second", what=f"{name}, the largest that is reckoned here",
            then="read replicas, then Aurora"))  # fmt: skip
    if load.events and not is_lake(load, needs):
        found.append(Limit(at=WRITES_CARRIED, now=load.writes_peak, unit="rows a second written",
            what="one writer", then="commits wait: write in batches from the queue"))  # fmt: skip
    return found


def keyed(load: Load, needs: Needs) -> Part:
    """DynamoDB for this load, whether it is taken or not."""
    writes, reads = load.writes * SECONDS, (load.mean - min(load.writes, load.mean)) * SECONDS
    units = math.ceil(load.event_bytes / 1024)
    gb = load.raw_gb * load.kept + load.stored_gb
    why = f"{load.writes_peak:,.0f} rows a second written at the peak, each by its key"
    if needs.serverless and load.writes_peak <= WRITES_CARRIED:
        why = "nothing may run by itself, and functions need no pool of connections with it"
    return Part(
        slot="database", choice="DynamoDB, on demand", short="DynamoDB", kind="store",
        because=(why,),
        flip=f"RDS for PostgreSQL where rows are joined or asked by more than their key, up to "
             f"{WRITES_CARRIED:,.0f} rows a second written",
        charges=(
            Charge(name="DynamoDB: writes", quantity=_dec(writes * units), unit="write units",
                   price="aws.dynamodb-writes-per-million", per=Decimal(1_000_000),
                   billed="million units"),
            Charge(name="DynamoDB: reads", quantity=_dec(reads), unit="read units",
                   price="aws.dynamodb-reads-per-million", per=Decimal(1_000_000),
                   billed="million units"),
            Charge(name="DynamoDB: storage", quantity=_dec(gb), unit="GB-months",
                   price="aws.dynamodb-gb-month", free="aws.dynamodb-free-gb"),
        ),
        facts=("aws.dynamodb-writes-per-million", "aws.dynamodb-partition-writes"),
        lines=("on demand", "in three zones by itself"),
        watches=(Watch(metric="DynamoDB ThrottledRequests", threshold="over 0 for 5 minutes",
                       then="look for one key that gets too much: 1,000 writes a second each"),),
        limits=(Limit(at=float(fact("aws.dynamodb-table-units").value), now=load.writes_peak, unit="rows a second written",
                      what="the account's default for a table", then="ask for more in time"),),
    )  # fmt: skip


def history(load: Load, needs: Needs) -> Part | None:
    """What becomes of many records: partitions, old months as files, or files from the start."""
    rows = load.events
    if is_lake(load, needs):
        return _lake(load, needs)
    if rows < PARTITION_ROWS or is_keyed(load, needs):
        return None
    whole, (_, cold) = load.growth_gb * load.kept, stored(load, needs)
    what = f"{load.raw_gb:,.0f} GB a month, {load.raw_gb * load.kept:,.0f} GB in {load.kept:g} months " \
           f"({whole:,.0f} with indexes)"  # fmt: skip
    then = f"detach partitions older than {HOT_MONTHS:g} months to Parquet in S3, asked with Athena"
    return Part(
        slot="history", choice="one table split by month" + (f"; {then}" if cold else ""),
        short="partitions by month" + (", older ones in S3" if cold else ""), kind="store",
        because=(f"{counted(rows)} {load.event_noun} of {load.event_bytes:,.0f} bytes are {what}",
                 "a month is dropped in a second, where a DELETE would write all of it once more"),
        flip=f"Parquet in S3 from the start (Firehose), from {LAKE_WRITES:,.0f} rows a second or "
             f"{LAKE_GB:,.0f} GB kept",
        charges=(Charge(name="S3: old months", quantity=_dec(cold), unit="GB-months",
                        price="aws.s3-gb-month"),) if cold else (),
        facts=("aws.rds-gp3-gb-month", "aws.s3-gb-month"),
        lines=(f"{load.growth_gb:,.0f} GB a month",),
        watches=(Watch(metric="partitions ahead", threshold="fewer than 2 months made in advance",
                       then="the job that makes them has stopped (pg_partman or a schedule)"),),
    )  # fmt: skip


def _lake(load: Load, needs: Needs) -> Part:
    step = float(fact("aws.firehose-step-bytes").value)
    billed = load.events * math.ceil(load.event_bytes / step) * step / (1 << 30)
    _, kept = stored(load, needs)
    scanned = kept * _SCANNED * 30 / 1024
    return Part(
        slot="history", choice="Firehose to Parquet in S3, asked with Athena", short="Firehose, S3, "
        "Athena", kind="store",
        because=(f"{counted(load.events)} {load.event_noun} a month, {load.writes_peak:,.0f} a second "
                 f"at the peak, {load.raw_gb:,.0f} GB a month and {load.raw_gb * load.kept:,.0f} GB in "
                 f"{load.kept:g} months: in RDS that is "
                 f"{load.growth_gb * load.kept:,.0f} GB with indexes, ten times the price of S3",
                 f"Firehose bills each record as {step / 1024:g} KB or more: pack several into one where "
                 "they are small",
                 "the database holds what screens show: the newest state and sums by hour or day"),
        flip=f"partitions in the database below {LAKE_WRITES:,.0f} rows a second and {LAKE_GB:,.0f} GB "
             "kept; Redshift or ClickHouse when many people ask all day, at some 10 TB scanned a day",
        charges=(
            Charge(name="Firehose: taken in", quantity=_dec(billed), unit="GB", price="aws.firehose-gb"),
            Charge(name="Firehose: to Parquet", quantity=_dec(billed), unit="GB",
                   price="aws.firehose-parquet-gb"),
            Charge(name="S3: history", quantity=_dec(kept), unit="GB-months", price="aws.s3-gb-month"),
            Charge(name="Athena: scanned", quantity=_dec(scanned), unit="TB",
                   price="athena.tb-scanned"),
        ),
        facts=("aws.firehose-gb", "aws.firehose-step-bytes", "aws.s3-gb-month", "athena.tb-scanned"),
        lines=(f"{load.raw_gb:,.0f} GB a month",),
        watches=(Watch(metric="Firehose DeliveryToS3.DataFreshness", threshold="over 15 minutes",
                       then="look at the error prefix in the bucket: a changed record format"),),
    )  # fmt: skip


def cache(load: Load, needs: Needs) -> Part | None:
    """A cache, where a number asks for one."""
    if not has_cache(load, needs):
        return None
    nodes = 2 if is_careful(needs, load) else 1
    large = load.peak >= LARGEST_FROM
    name, price = ("cache.m7g.large", "cache.valkey-m7g-large-hour") if large else (
        "cache.t4g.small", "aws.valkey-t4g.small-hour")  # fmt: skip
    why = f"{load.peak:,.0f} requests a second at the peak are more than the {LARGEST_FROM:,.0f} that " \
          f"one class is trusted with: a cache that answers {CACHED:.0%} of reads leaves " \
          f"{reaches(load, needs):,.0f}"  # fmt: skip
    if not large:
        why = "a ranking of all players is one sorted set; in the database each look counts rows"
    return Part(
        slot="cache", choice=f"ElastiCache for Valkey, {nodes} {name}", short=f"Valkey ({nodes} nodes)",
        kind="store", because=(why,),
        flip=f"none below {LARGEST_FROM:,.0f} requests a second at the peak" if large else
             "an index in the database does for some 100,000 players",
        charges=(Charge(name=f"Valkey: {name}", quantity=_dec(nodes * HOURS), unit="node-hours",
                        price=price),),
        facts=(price,), lines=(f"{nodes} {name}",),
        watches=(Watch(metric="Valkey DatabaseMemoryUsagePercentage", threshold="over 80 %",
                       then="shorter times to live, or the next node type"),),
    )  # fmt: skip
