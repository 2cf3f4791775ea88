"""What becomes of many records, and the cache: partitions, old months as files, or a lake."""

import math

from blueproof.advisors.architecture.database import (
    HOT_MONTHS,
    LAKE_GB,
    LAKE_WRITES,
    has_cache,
    is_keyed,
    is_lake,
    reaches,
    stored,
)
from blueproof.advisors.architecture.load import Load, counted
from blueproof.advisors.architecture.needs import Needs
from blueproof.advisors.architecture.part import HOURS, Part, Watch, exact
from blueproof.advisors.architecture.sizing import CACHED, LARGEST_FROM, is_careful
from blueproof.costs.tiers import Charge
from blueproof.facts.load import fact

PARTITION_ROWS = 5_000_000.0  # a month, from which a table is split by month
_SCANNED = 0.02  # of what is kept, that questions read in a day


def history(load: Load, needs: Needs) -> Part | None:
    """What becomes of many records: partitions, old months as files, or files from the start."""
    rows = load.events
    if is_lake(load, needs):
        return _lake(load, needs)
    if rows < PARTITION_ROWS or is_keyed(load, needs):
        return None
    whole, (_, cold) = load.growth_gb * load.kept, stored(load, needs)
    what = (
        f"{load.raw_gb:,.0f} GB a month, {load.raw_gb * load.kept:,.0f} GB in {load.kept:g} months "
        f"({whole:,.0f} with indexes)"
    )
    then = f"detach partitions older than {HOT_MONTHS:g} months to Parquet in S3, asked with Athena"
    return Part(
        slot="history",
        choice="one table split by month" + (f"; {then}" if cold else ""),
        short="monthly partitions" + (" (older ones in S3)" if cold else ""),
        kind="store",
        because=(
            f"{counted(rows)} {load.event_noun} of {load.event_bytes:,.0f} bytes are {what}",
            "a month is dropped in a second, where a DELETE would write all of it once more",
        ),
        flip=f"Parquet in S3 from the start (Firehose), from {LAKE_WRITES:,.0f} rows a second or "
        f"{LAKE_GB:,.0f} GB kept",
        charges=(
            Charge(
                name="S3: old months",
                quantity=exact(cold),
                unit="GB-months",
                price="aws.s3-gb-month",
            ),
        )
        if cold
        else (),
        facts=("aws.rds-gp3-gb-month", "aws.s3-gb-month"),
        lines=(f"{load.growth_gb:,.0f} GB a month",),
        watches=(
            Watch(
                metric="partitions ahead",
                threshold="fewer than 2 months made in advance",
                then="the job that makes them has stopped (pg_partman or a schedule)",
            ),
        ),
    )


def _lake(load: Load, needs: Needs) -> Part:
    step = float(fact("aws.firehose-step-bytes").value)
    billed = load.events * math.ceil(load.event_bytes / step) * step / (1 << 30)
    _, kept = stored(load, needs)
    scanned = kept * _SCANNED * 30 / 1024
    return Part(
        slot="history",
        choice="Firehose to Parquet in S3, asked with Athena",
        short="Firehose, S3, Athena",
        kind="store",
        because=(
            f"{counted(load.events)} {load.event_noun} a month, {load.writes_peak:,.0f} a second "
            f"at the peak, {load.raw_gb:,.0f} GB a month and {load.raw_gb * load.kept:,.0f} GB in "
            f"{load.kept:g} months: in RDS that is {load.growth_gb * load.kept:,.0f} GB with "
            "indexes, ten times the price of S3",
            f"Firehose bills each record as {step / 1024:g} KB or more: pack several into one "
            "where they are small",
            "the database holds what screens show: the newest state and sums by hour or day",
        ),
        flip=f"partitions in the database below {LAKE_WRITES:,.0f} rows a second and "
        f"{LAKE_GB:,.0f} GB kept; Redshift or ClickHouse when many people ask all day, at some 10 "
        "TB scanned a day",
        charges=(
            Charge(
                name="Firehose: taken in",
                quantity=exact(billed),
                unit="GB",
                price="aws.firehose-gb",
            ),
            Charge(
                name="Firehose: to Parquet",
                quantity=exact(billed),
                unit="GB",
                price="aws.firehose-parquet-gb",
            ),
            Charge(
                name="S3: history", quantity=exact(kept), unit="GB-months", price="aws.s3-gb-month"
            ),
            Charge(
                name="Athena: scanned",
                quantity=exact(scanned),
                unit="TB",
                price="athena.tb-scanned",
            ),
        ),
        facts=(
            "aws.firehose-gb",
            "aws.firehose-step-bytes",
            "aws.s3-gb-month",
            "athena.tb-scanned",
        ),
        lines=(f"{load.raw_gb:,.0f} GB a month",),
        watches=(
            Watch(
                metric="Firehose DeliveryToS3.DataFreshness",
                threshold="over 15 minutes",
                then="look at the error prefix in the bucket: a changed record format",
            ),
        ),
    )


def cache(load: Load, needs: Needs) -> Part | None:
    """A cache, where a number asks for one."""
    if not has_cache(load, needs):
        return None
    nodes = 2 if is_careful(needs, load) else 1
    large = load.peak >= LARGEST_FROM
    name, price = (
        ("cache.m7g.large", "cache.valkey-m7g-large-hour")
        if large
        else ("cache.t4g.small", "aws.valkey-t4g.small-hour")
    )
    why = (
        f"{load.peak:,.0f} requests a second at the peak are more than the {LARGEST_FROM:,.0f} "
        f"that one class is trusted with: a cache that answers {CACHED:.0%} of reads leaves "
        f"{reaches(load, needs):,.0f}"
    )
    if not large:
        why = "a ranking of all players is one sorted set; in the database each look counts rows"
    return Part(
        slot="cache",
        choice=f"ElastiCache for Valkey, {nodes} {name}",
        short=f"Valkey ({nodes} nodes)",
        kind="store",
        because=(why,),
        flip=f"none below {LARGEST_FROM:,.0f} requests a second at the peak"
        if large
        else "an index in the database does for some 100,000 players",
        charges=(
            Charge(
                name=f"Valkey: {name}",
                quantity=exact(nodes * HOURS),
                unit="node-hours",
                price=price,
            ),
        ),
        facts=(price,),
        lines=(f"{nodes} {name}",),
        watches=(
            Watch(
                metric="Valkey DatabaseMemoryUsagePercentage",
                threshold="over 80 %",
                then="shorter times to live, or the next node type",
            ),
        ),
    )
