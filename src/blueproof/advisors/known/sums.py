"""Sums that the figures of a request ask for: connections, busy workers, retries, fan-out, bytes.

Each is written out with its parts, so that a reader sees where a figure comes from; none is made
where the request already states its result, which is then judged as a premise.
"""

import re
from collections.abc import Callable, Iterator
from math import prod

from blueproof.advisors.known.at_once import SERVERLESS, at_once
from blueproof.advisors.known.ids_left import ids_left
from blueproof.core.brief import Brief, Fact
from blueproof.costs.db_class import default_connections
from blueproof.costs.pools import busy, enough, waiting_share
from blueproof.facts.entries import limits
from blueproof.facts.pattern import LatePattern

_GROUPS = ("instances", "replicas", "services")
_HELD = frozenset({"scale.latency", "scale.duration"})
# Of the slowest requests, which no mean can be made of.
_SLOWEST = LatePattern(
    r"\bp ?9\d(?:\.\d)?\b|\b9\dth\b|\bpercentile\b|\bworst\b|\blongest\b|\bin transaction\b"
    r"|\bup to\b",
    re.IGNORECASE,
)
# Those that were there at the peak: "20 tasks autoscaled to 45, each with pool max 25".
_SCALED = LatePattern(
    r"\b\d+ (?:[\w-]+ ){0,2}?(?:tasks|pods|instances|containers|dynos|servers|workers|replicas)\b"
    r"[^.?!\n\d]{0,30}?\bto (?P<count>\d{1,4})\b[^.?!\n]{0,40}?\bpool\w*"
    r"(?:[ _-](?:max|size|of|with|is))*:? ?(?P<pool>\d{1,3})\b",
    re.IGNORECASE,
)
_ROUND = 10_000  # from here on whole numbers are said
_NEAR = 28  # characters before or after a figure that say what it is
_OWN_BEFORE = LatePattern(
    r"(?:pool(?:[ _-]?size)?(?: of| is| set to)?|connection_limit|size)\W{0,4}(?:up to )?$"
    r"|\b(?:each|every|with|per)\b[^.?!]{0,20}$",
    re.IGNORECASE,
)
_OWN_AFTER = LatePattern(r"\b(?:each|per|apiece|every)\b", re.IGNORECASE)
_CEILING = LatePattern(
    r"(?:max_connections|\blimit|\ballows?|\bat most|\bmaximum|\bplan has|\bup to|\bonly has)"
    r"\W{0,4}(?:(?:is|of|at|=|only) ?){0,2}\W{0,2}(?P<most>\d[\d,]*)"
    r"(?![\d.]*\s?(?:ms|s|%|[KMG]i?B)\b)",
    re.IGNORECASE,
)
_GROUP = LatePattern(
    r"(?P<count>\d+) (?:[\w.-]+ ){0,2}?(?:pods?|lambdas?|instances?|tasks?|dynos?|workers?"
    r"|containers?|servers?|process(?:es)?|replicas?|functions?|machines?|apps?)\b"
    r"[^.;\d]{0,12}?\b(?:with|x|of|each|having|holding|opening)\b[^.;,\d]{0,24}?(?P<pool>\d+)",
    re.IGNORECASE,
)
# What is proposed: "should we raise connection_limit to 50?"
_RAISED = LatePattern(
    r"\b(?:rais|increas|set|bump|put|chang)\w*\b[^.?!]{0,30}?(?:connection_?limit"
    r"|pool(?:[ _-]?size)?|max(?:imum)? connections?)[^.?!\d]{0,12}\bto (?P<pool>\d{1,4})\b"
    r"(?![.,]\d| ?(?:ms|s|%)\b)",
    re.IGNORECASE,
)
_DB_CLASS = LatePattern(r"\bdb\.(?P<family>[a-z]\d[a-z]*)\.(?P<size>\w+)\b", re.IGNORECASE)
_HOW_MANY = LatePattern(
    r"\b(?:how many|what(?:'s| is) the (?:max\w*|limit)|max(?:imum)?)\b[^.?!]{0,20}"
    r"\bconnections?\b|\bmax_connections\b[^.!]{0,30}\?",
    re.IGNORECASE,
)
_OTHER_ENGINE = LatePattern(r"\b(?:aurora|mysql|mariadb|oracle|sql server)\b", re.IGNORECASE)
_ONE_MORE = LatePattern(
    r"\b(?:and |, )an? \w+(?: job| worker| service)? with (?P<pool>\d+)\b", re.IGNORECASE
)
_SEVERAL = 2
_POOLED = LatePattern(
    r"\bpool|\bconnections?\b|\bworkers?\b|\bthreads?\b|\bconcurren", re.IGNORECASE
)
_RETRIES = LatePattern(
    r"\bretr(?:y|ies|ied|ying)\b\D{0,24}(?P<times>\d+)(?: times|x\b| more| attempts)?"
    r"|\b(?P<times_before>\d+) retries\b",
    re.IGNORECASE,
)
_MORE_TIMES = LatePattern(r"\band (?:the |its? )?\w+ (?P<times>\d+) times\b", re.IGNORECASE)
_DELIVERED = LatePattern(
    r"\bfan[- ]?out|\bbroadcast|\bgoes to\b|\bdeliver|\bmembers?\b", re.IGNORECASE
)
_LINE = LatePattern(r"(?P<value>\d+(?:\.\d+)?)\s?(?P<unit>[MG])(?:bit/s|bps|bit)\b", re.IGNORECASE)
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800,
            "month": 2_592_000}  # fmt: skip
_BYTES = {"B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}
_MONTH = 2_592_000  # 30 days
_OWN_LIMITS = ("amazon-rds", "amazon-aurora", "supabase", "neon", "heroku", "google-cloud-sql")
_TWO_FIGURES = 100
_FEW = 0.01  # of those who come may wait
_LAYERS = 8  # of retries; more is no stack of services


def sums(brief: Brief) -> Iterator[str]:
    """The sums that this request's figures make, each one sentence without a full stop."""
    makers: tuple[Callable[[Brief], Iterator[str]], ...] = (
        _connections, _busy, _retries, _deliveries, _volume, _transfer, ids_left,
    )  # fmt: skip
    for maker in makers:
        yield from maker(brief)


def _numbers(brief: Brief, key: str) -> list[Fact]:
    return [f for f in brief.facts if f.key == f"scale.{key}" and not isinstance(f.value, str)]


def _before(brief: Brief, fact: Fact) -> str:
    return brief.request[max(0, fact.span[0] - _NEAR) : fact.span[0]] if fact.span else ""


def _after(brief: Brief, fact: Fact) -> str:
    return brief.request[fact.span[1] : fact.span[1] + _NEAR] if fact.span else ""


def _is_own(brief: Brief, fact: Fact) -> bool:
    """Whether a number of connections is what each instance opens."""
    before, after = _before(brief, fact), re.split(r"[.,?!;]", _after(brief, fact))[0]
    said = _OWN_BEFORE.search(before) or _OWN_AFTER.search(f"{fact.quote} {after}")
    return bool(said) and "max_connections" not in before


def _connections(brief: Brief) -> Iterator[str]:
    """Instances times the pool of each, against the server's limit."""
    running = at_once(brief)
    if running:
        yield running.sum
        return
    made = _product(brief)
    if made is None:
        yield from _of_class(brief)
        return
    total, text = made
    if any(f.unit == "function" for f in _numbers(brief, "instances")) and _names(
        brief, *SERVERLESS
    ):
        yield f"{text}, if one instance of each runs: what counts is how many run at once"
        return
    told = {m["most"].replace(",", ""): m for m in _CEILING.finditer(brief.request)}
    parts = text.partition(" = ")[0].split()
    ceilings = [float(most) for most in told if most not in parts and float(most) > _pool(brief)]
    if ceilings:
        yield f"{text}, {_held(total, ceilings[0])} that you name"
    elif named := _class_limit(brief):
        yield f"{text}, {_held(total, named[0])} that RDS allows a {named[1]} by default"
    elif _names(brief, "postgresql") and not _names(brief, *_OWN_LIMITS):
        most = limits()["pg.max-connections"].value
        yield f"{text}, {_held(total, most)} that PostgreSQL takes by default"
    else:
        yield text


def overruled(brief: Brief) -> str:
    """The sum of the connections that a proposed pool makes, where the server refuses them."""
    if not _RAISED.search(brief.request):
        return ""
    return next((each for each in _connections(brief) if " times the " in each), "")


def _pool(brief: Brief) -> float:
    """The pool that is proposed; what is below it is no ceiling of a server, but the pool now."""
    raised = _RAISED.search(brief.request)
    return float(raised["pool"]) if raised else 0.0


def _class_limit(brief: Brief) -> tuple[float, str] | None:
    """What RDS for PostgreSQL allows the instance class that is named, by default."""
    named = _DB_CLASS.search(brief.request)
    if named is None or not _names(brief, "postgresql") or not _names(brief, "amazon-rds"):
        return None
    most = default_connections(named["family"], named["size"])
    return (float(most), named[0]) if most else None


def _of_class(brief: Brief) -> Iterator[str]:
    """What an instance class allows, where that is what is asked."""
    named = _DB_CLASS.search(brief.request)
    if named is None or not _HOW_MANY.search(brief.request) or _OTHER_ENGINE.search(brief.request):
        return
    most = default_connections(named["family"], named["size"])
    if most:
        yield (
            f"{most:,} connections by default on a {named[0]} with RDS for PostgreSQL: its memory "
            "/ 9,531,392 bytes, a little less in practice, since the system takes some of it first"
        )


def _groups(request: str) -> tuple[float, str] | None:
    """Several kinds of instances, each with a pool of its own, added up; None below two kinds."""
    found = [(int(m["count"]), int(m["pool"])) for m in _GROUP.finditer(request)]
    found += [(1, int(m["pool"])) for m in _ONE_MORE.finditer(request)] if found else []
    if len(found) < _SEVERAL:
        return None
    parts = [f"{count} x {pool}" if count > 1 else f"{pool}" for count, pool in found]
    total = sum(count * pool for count, pool in found)
    return total, f"{' + '.join(parts)} = {_plain(total)} connections"


def _scaled(request: str) -> tuple[float, str] | None:
    """What the instances open that were there at the peak; None where none were added."""
    scaled = _SCALED.search(request)
    if not scaled:
        return None
    total = float(scaled["count"]) * float(scaled["pool"])
    return total, f"{scaled['count']} x {scaled['pool']} = {_plain(total)} connections"


def _product(brief: Brief) -> tuple[float, str] | None:
    """How many connections all instances open, and the sum; None where it is not told."""
    several = _groups(brief.request) or _scaled(brief.request)
    if several:
        return several
    rate = next((f for f in brief.facts if f.key == "rate" and f.unit == "connections"), None)
    if rate and not isinstance(rate.value, str):
        return rate.value, f"{rate.role.partition(' = ')[0]} = {_plain(rate.value)} connections"
    groups = [f for key in _GROUPS for f in _numbers(brief, key)]
    raised = _RAISED.search(brief.request)
    if raised and len(groups) == 1:
        total = float(groups[0].value) * float(raised["pool"])
        return total, f"{groups[0].quote} x {raised['pool']} = {_plain(total)} connections"
    told = _numbers(brief, "connections")
    own = [f for f in told if _is_own(brief, f)]
    if len(groups) != 1 or len(own) != 1:
        return None
    total = float(groups[0].value) * float(own[0].value)
    if any(float(f.value) == total for f in told if f is not own[0]):
        return None  # the person has reckoned it
    return total, f"{groups[0].quote} x {_plain(own[0].value)} = {_plain(total)} connections"


def _held(total: float, most: float) -> str:
    if total <= most:
        return f"within the {_plain(most)}"
    times = total / most
    return (
        f"{times:,.2g} times the {_plain(most)}"
        if times < _TWO_FIGURES
        else (f"{times:,.0f} times the {_plain(most)}")
    )


def _busy(brief: Brief) -> Iterator[str]:
    """Arrivals times how long each holds a connection or worker, and how many let few wait."""
    held = [
        f for f in brief.facts
        if f.key in _HELD and _in_seconds(f) and not _SLOWEST.search(_before(brief, f))
    ]  # fmt: skip
    rates = [f for f in brief.facts if _per_second(f) and f.key == "scale.requests"]
    if len(held) != 1 or not rates or not _POOLED.search(brief.request):
        return
    rate = max(rates, key=lambda f: float(f.value))
    each = [f for f in _numbers(brief, "requests") if not f.unit.count(" per ")]
    times = float(each[0].value) if len(each) == 1 else 1
    load = busy((_per_second(rate) or 0) * times, _in_seconds(held[0]) or 0)
    of_each = f" x {_plain(times)}" if times != 1 else ""
    yield (
        f"{rate.quote}{of_each} x {held[0].quote} keep {_plain(load)} busy on average, and "
        f"{enough(load, _FEW)} let at most 1 % wait"
    )
    pools = [*_numbers(brief, "connections"), *(c for c in _numbers(brief, "cpu") if _threads(c))]
    if len(pools) == 1:
        share = waiting_share(int(float(pools[0].value)), load)
        told = "are never caught up with" if share == 1 else f"let {share:.0%} wait"
        yield f"your {_plain(pools[0].value)} {told} at that load"


def _threads(fact: Fact) -> bool:
    return fact.unit.startswith(("thread", "worker"))


def _retries(brief: Brief) -> Iterator[str]:
    """What layers that each try again make of one call."""
    found = [m["times"] or m["times_before"] for m in _RETRIES.finditer(brief.request)]
    found += [m["times"] for m in _MORE_TIMES.finditer(brief.request) if found]
    layers = [1 + int(times) for times in found][:_LAYERS]
    if not layers:
        return
    most = prod(layers)
    stack = f"{len(layers)} layers of retries" if len(layers) > 1 else "These retries"
    parts = f"{' x '.join(map(str, layers))} = " if len(layers) > 1 else ""
    rate = max(
        (r for f in brief.facts if f.key == "scale.requests" and (r := _per_second(f))), default=0
    )
    told = f", {_plain(rate)} a second up to {_plain(rate * most)}" if rate else ""
    yield f"{stack} make up to {parts}{most} calls of one{told}"


def _deliveries(brief: Brief) -> Iterator[str]:
    """Messages times those who get each."""
    people = [f for f in brief.facts if f.key in {"scale.users", "scale.group-size"}]
    messages = [f for f in _numbers(brief, "messages") if _per_second(f)]
    if len(people) == 1 and len(messages) == 1 and _DELIVERED.search(brief.request):
        rate = (_per_second(messages[0]) or 0) * float(people[0].value)
        yield f"{messages[0].quote} to {people[0].quote} = {_plain(rate)} deliveries a second"


def _volume(brief: Brief) -> Iterator[str]:
    """Bytes of each times how many there are, a second and in a month."""
    for size in brief.facts:
        unit, _, of = size.unit.partition(" per ")
        if unit not in _BYTES or not of or of in _SECONDS or isinstance(size.value, str):
            continue
        for rate in brief.facts:
            what = rate.unit.partition(" per ")[0].removesuffix("s")
            if what == of.removesuffix("s") and (each := _per_second(rate)):
                a_second = float(size.value) * _BYTES[unit] * each
                yield (
                    f"{size.quote} x {rate.quote} = {_bytes(a_second)} a second, "
                    f"{_bytes(a_second * _MONTH)} in 30 days"
                )
                return


def _transfer(brief: Brief) -> Iterator[str]:
    """How long a size takes over a line."""
    sizes = [f for f in _numbers(brief, "storage") if f.unit in _BYTES]
    lines = list(_LINE.finditer(brief.request))
    if len(sizes) == 1 and len(lines) == 1:
        line = lines[0]
        bits = float(line["value"]) * (1e9 if line["unit"].lower() == "g" else 1e6)
        seconds = float(sizes[0].value) * _BYTES[sizes[0].unit] * 8 / bits
        yield f"{sizes[0].quote} over {line[0]} take at least {_time(seconds)}"


def _in_seconds(fact: Fact) -> float | None:
    if isinstance(fact.value, str):
        return None
    unit = fact.unit.partition(" per ")[0]
    return {"ms": 0.001, "second": 1.0, "us": 1e-6}.get(unit, 0.0) * fact.value or None


def _per_second(fact: Fact) -> float | None:
    """A rate a second; None where the fact is no rate."""
    period = fact.unit.partition(" per ")[2]
    if isinstance(fact.value, str) or period not in _SECONDS:
        return None
    return fact.value / _SECONDS[period]


def _names(brief: Brief, *products: str) -> bool:
    return any(f.key == "technology" and f.value in products for f in brief.facts)


def _plain(value: float | str) -> str:
    return f"{float(value):,.4g}" if float(value) < _ROUND else f"{float(value):,.0f}"


def _bytes(count: float) -> str:
    for unit in ("TB", "GB", "MB", "KB"):
        if count >= _BYTES[unit]:
            return f"{count / _BYTES[unit]:,.3g} {unit}"
    return f"{count:,.0f} B"


def _time(seconds: float) -> str:
    for unit in ("day", "hour", "minute"):
        if seconds >= 2 * _SECONDS[unit]:
            return f"{seconds / _SECONDS[unit]:,.3g} {unit}s"
    return f"{seconds:,.3g} seconds"
