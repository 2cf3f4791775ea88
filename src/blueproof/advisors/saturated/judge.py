"""What is full by the measurements that are told, as the beginning of an answer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from blueproof.advisors.fits.telling import Headline
from blueproof.advisors.known.entries import everything
from blueproof.advisors.saturated.queueing import queue_of
from blueproof.advisors.saturated.reading import Fleet, Metric, fleet, gp2_gigabytes, metric
from blueproof.core.advice import Finding, Step
from blueproof.core.blueprint import Conclusion, Unproved
from blueproof.core.brief import Brief

_PER_GIB, _LEAST, _MOST = 3, 100, 16_000  # IOPS of gp2
_GP3, _WIDE, _GP3_WIDE = 3_000, 400, 12_000  # IOPS of gp3, and of RDS from so many GiB on
_NEAR = 0.9  # of a limit, from which it is reached
_LOW = 5  # percent or credits that are as good as none
_DEEP = 10  # waiting operations of a disk that is late
_BUSY = 80  # percent of a processor
_RULE = "known-answer"
_PER_CORE = 2  # server connections, the rule of thumb of the entry on pools
_POOLS = "connections-pods-times-workers"
_CREDITS, _DISKS = "rds-burst-credits", "rds-gp3-or-io2"
_MEASURED = re.compile(r"iops|balance|credits", re.IGNORECASE)
_OF_EC2 = re.compile(r"\b(?:ec2|ebs|volumes?|self-?hosted)\b", re.IGNORECASE)
_OF_RDS = re.compile(r"\brds\b|\bdb\.\w", re.IGNORECASE)
_RDS_TO_GP3 = (
    "aws rds modify-db-instance --db-instance-identifier DB --storage-type gp3 "
    "--apply-immediately (the instance goes on; it is slower while the disk is converted)"
)
_EBS_TO_GP3 = "aws ec2 modify-volume --volume-id VOLUME --volume-type gp3 (the volume stays in use)"
_LESS_READ = Step(
    do="Find what reads the disk: pg_stat_statements by shared_blks_read; an index takes reads "
    "away for good, and so does a class with more memory",
    horizon="next",
    check="ReadIOPS at the peak",
    undo="",
)


@dataclass(frozen=True, kw_only=True)
class Full:
    """Something that is full: what is said of it, what to do, and where the figures are from."""

    says: str
    steps: tuple[Step, ...]
    entry: str


def saturated(brief: Brief) -> tuple[Headline, tuple[Step, ...]] | None:
    """What is full and whether the plan relieves it, with steps; None where nothing shows it."""
    text = brief.request
    full = tuple(_full(text)) if _MEASURED.search(text) else ()
    full = full or tuple(_queued(text))
    if not full:
        return None
    there = fleet(text)
    sentences = (*_plan(there, full[0]), *(each.says for each in full), *_beside(text, there))
    entries = (everything()[each.entry] for each in full)
    findings = tuple(
        Finding(rule=_RULE, where="published", says=e.says, evidence=(e.citation,)) for e in entries
    )
    headline = Headline(sentences=sentences, findings=findings, decides=True, settles=False)
    return headline, tuple(step for each in full for step in each.steps)


def with_saturated(
    conclusion: Conclusion, found: tuple[Headline, tuple[Step, ...]] | None
) -> Conclusion:
    """The conclusion on what is full in place of that on what it might be."""
    if found is None:
        return conclusion
    why = "it is read from the figures that you tell; each step says what shows that it helped"
    return replace(
        conclusion,
        answer="",
        steps=found[1],
        hypotheses=(),
        findings=(),
        open_questions=(),
        artifacts=(),
        not_proved=(Unproved(statement="what is full", why=why),),
    )


def _full(text: str) -> Iterator[Full]:
    disk = _disk(text)
    if disk:
        yield disk
    balance = metric(text, r"CPU ?Credit ?Balance", r"cpu credits?")
    if balance and balance.value <= _LOW and disk is None:
        yield Full(
            says=f"The CPU credits are gone ({balance.quote}): a t class runs above its base speed "
            "on credits; T3 and T4g go on in unlimited mode and the surplus is billed, T2 slows "
            "down.",
            steps=(),
            entry=_CREDITS,
        )


def _queued(text: str) -> Iterator[Full]:
    """The processor with a queue of connections before it."""
    queue = queue_of(text)
    if queue is None:
        return
    few = _PER_CORE * queue.cores
    named = "\u201d nor \u201c".join(queue.growing)
    no = f"{'Neither' if len(queue.growing) > 1 else 'Not'} \u201c{named}\u201d first: " * bool(
        named
    )
    busy = f" ({queue.busy})" if queue.busy else ""
    quiet = "; that the same is quick when it is quiet shows the queue" if queue.quiet else ""
    yield Full(
        says=f"{no}{queue.sum} connections stand before {queue.cores} cores{busy}, which run "
        f"{queue.cores} statements at a time, so the others wait for their turn{quiet}. With "
        f"PgBouncer in transaction mode and about {few} server connections the same work goes "
        "through without the crowd.",
        steps=(
            Step(
                do=f"PgBouncer in transaction mode, default_pool_size {few} (two a core), before "
                f"the database; or pools that add up to {few} to {2 * few}",
                horizon="now",
                check="active sessions in pg_stat_activity at the peak stay near the cores",
                undo="the old pool size; no data is changed",
            ),
            Step(
                do="What is slow then is the query itself: EXPLAIN (ANALYZE, BUFFERS) of it at the "
                "peak, with the tables, for its index",
                horizon="next", check="", undo="",
            ),
        ),
        entry=_POOLS,
    )  # fmt: skip


def _disk(text: str) -> Full | None:
    """The disk, where its balance is gone or its operations stand at what its size gives."""
    size = gp2_gigabytes(text)
    balance = metric(text, r"Burst ?Balance")
    iops = metric(text, r"(?:Read|Write|total|disk)?[ +]*IOPS")
    depth = metric(text, r"Disk ?Queue ?Depth", r"queue depth")
    limit = min(_MOST, max(_LEAST, _PER_GIB * size)) if size else 0
    at_limit = bool(limit and iops and _NEAR * limit <= iops.value <= limit / _NEAR)
    spent = balance is not None and balance.value <= _LOW
    if not (spent or at_limit):
        return None
    told = [m.quote for m in (iops, balance, _deep(depth)) if m]
    shown = ", ".join(told)
    gives = f"{_gives(size, limit)} once its burst is spent, and yours shows it" if size else ""
    says = f"{gives}: {shown}" if gives else f"its burst is spent ({shown})"
    own = bool(_OF_EC2.search(text)) and not _OF_RDS.search(text)
    wide = not own and size is not None and size >= _WIDE
    base = _GP3_WIDE if wide else _GP3
    more = f"gp3 gives {base:,} IOPS{f' from {_WIDE} GiB on' if wide else ' at any size'}"
    bought = ", so more must be bought with it (--iops)" if limit >= base else ""
    return Full(
        says=f"The disk is the limit: {says}. {more}, is no dearer a GB, and is switched while the "
        f"disk is in use{bought}.",
        steps=(_to_gp3(own=own, bought=bool(bought)), _LESS_READ),
        entry=_DISKS,
    )


def _to_gp3(*, own: bool, bought: bool) -> Step:
    do = _EBS_TO_GP3 if own else _RDS_TO_GP3
    return Step(
        do=re.sub(r"(?<=-type gp3)", " --iops NUMBER", do, count=1) if bought else do,
        horizon="now",
        check="the queue's depth near 0 and more IOPS than the old ceiling at the next peak",
        undo="back to gp2 once the conversion is done",
    )


def _gives(size: float, limit: float) -> str:
    """What gp2 gives by its size, within its least and most."""
    plain = _PER_GIB * size
    bound = f", {limit:,g} at the {'least' if limit > plain else 'most'}" if limit != plain else ""
    return f"gp2 of {size:,g} GB gives {_PER_GIB} x {size:,g} = {plain:,g} IOPS{bound}"


def _deep(depth: Metric | None) -> Metric | None:
    return depth if depth and depth.value >= _DEEP else None


def _plan(there: Fleet, first: Full) -> Iterator[str]:
    """Whether what is planned helps: more of what waits makes the queue longer."""
    if there.more:
        of = "the database's disk" if first.entry == _DISKS else "the database"
        yield f"No, \u201c{there.more}\u201d will not help: they wait for {of}."


def _beside(text: str, there: Fleet) -> Iterator[str]:
    """The connections, and processors that have room."""
    held = metric(text, r"Database ?Connections")
    if there.running and there.pool:
        most = there.running * there.pool
        if held and _NEAR * most <= held.value <= most:
            yield f"The pools are full as well: {held.value:,g} of {there.running} x {there.pool}."
        if there.planned:
            asked = there.planned * there.pool
            yield f"{there.planned} would hold up to {asked:,} connections to the same disk."
    processor = metric(text, r"RDS CPU(?:Utilization)?", r"database CPU", r"CPUUtilization")
    if processor and processor.value < _BUSY:
        yield f"The processor is not it ({processor.quote})."
