"""Rates that a sentence only implies: so many, each so often, come to so much in all."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from blueproof.intake.words.number_nouns import PERIODS, noun_of
from blueproof.intake.words.numbers import Number
from blueproof.intake.words.rate_reader import SECONDS, Rate, Reader, Worked, paced, reader_of, said

__all__ = ["Rate", "read_rates"]

_ACTORS = frozenset(
    """users concurrent-users daily-users monthly-users people devices instances tenants
    developers connections services databases""".split()
)
_PLACES = frozenset("town city region country site location building warehouse store shop".split())
_EACH = frozenset({"each", "every", "apiece", "per"})
_TOTAL = frozenset("total altogether overall combined together sum aggregate across".split())
# What somebody does so often: verbs of which the figure after is one's own, not that of all.
_DOES = frozenset(
    """send sends sending post posts posting upload uploads uploading make makes making place
    places placing write writes writing submit submits submitting create creates creating do
    does doing perform performs performing open opens opening scan scans scanning push pushes
    pushing report reports reporting read reads reading emit emits emitting publish publishes
    publishing""".split()
)
# Words that may stand between those who report and how often they do.
_REPORTING = _DOES | frozenset(
    """gps location locations position positions ping pings pinging update updates updating
    heartbeat heartbeats poll polls polling sync syncs syncing check checks telemetry reading
    readings data status metric metrics measurement measurements refresh refreshes transmit
    transmits log logs tracking tracked call calls calling request requests""".split()
)
# Verbs of devices that report; what follows is what they tell: "their position and battery".
_SENDING = frozenset(
    """send sends sending report reports reporting push pushes pushing post posts posting emit emits
    emitting publish publishes publishing transmit transmits upload uploads""".split()
)
_READS = frozenset(
    "poll polls polling refresh refreshes call calls calling request requests".split()
)
_PLAIN = frozenset(
    """a an one the to our their its his that which who will would with and then of in on at via
    over api server backend database db app cloud once about roughly approximately around new one
    live , ( ) - each every mqtt http https by is are being it them us real-time table
    postgres""".split()
)
# Words that may stand between so many and what each of them has.
_HAVING = frozenset(
    "with each having have has hold holds holding opening opens open at using , ( x *".split()
)
_OWNING = _HAVING | frozenset(
    "and for who that pay paying pays send sending sends on about a of in ,".split()
)
_EACH_DOES = 3  # words of "each user uploads"
_MOST_BETWEEN = 9
_MOST_OF_ONE = 200  # more than this without an "each" is rather what all do together


@dataclass(frozen=True, kw_only=True, slots=True)
class _Interval:
    """How many seconds lie between two reports, the words before that, and where it ends."""

    seconds: Decimal
    before: tuple[str, ...]
    end: int
    parts: tuple[Number, ...] = ()


def read_rates(numbers: tuple[Number, ...], text: str) -> tuple[Rate, ...]:
    """The rates that the text joins from its figures, each within one sentence.

    Where it is not sure that the text joins them, there is none.
    """
    reader = reader_of(text)
    found: list[Rate] = []
    for index, number in enumerate(numbers):
        found += _of_one(reader, numbers, index) or _of_many(reader, number, numbers, index)
    return tuple(found)


def _of_many(reader: Reader, actors: Number, numbers: tuple[Number, ...], index: int) -> list[Rate]:
    """What so many come to, with the figures after them."""
    following = _following(reader, numbers, index)
    if not _acts(actors):
        return list(_turned(reader, actors, following))
    for way in (_product, _doing, _reporting):
        if rates := list(way(reader, actors, following)):
            return rates
    return []


def _acts(number: Number) -> bool:
    return (
        number.role in {"load", "size", "limit"}
        and not number.per
        and bool(number.unit)
        and (number.metric in _ACTORS or not number.metric)
    )


def _following(reader: Reader, numbers: tuple[Number, ...], index: int) -> tuple[Number, ...]:
    """The next figures of the sentence, at most three."""
    found: list[Number] = []
    for number in numbers[index + 1 : index + 4]:
        if not reader.joined(numbers[index], number):
            break
        found.append(number)
    return tuple(found)


def _product(reader: Reader, actors: Number, after: tuple[Number, ...]) -> Iterator[Rate]:
    """30 lambdas with 10 connections each; 200 users at $5 per user per month."""
    if not after or after[0].role == "duration" or after[0].unit in {"", actors.unit, "percent"}:
        return
    other = after[0]
    between = reader.words(actors.span[1], other.span[0])
    words = set(between)
    owned = other.per == actors.unit and words <= _OWNING
    shared = not other.per and words <= _HAVING and (
        reader.behind(other, 1) == ("each",) or "each" in words
    )  # fmt: skip
    if (owned or shared) and len(between) <= _MOST_BETWEEN:
        end = reader.end_of(other, 0) if shared and "each" not in words else 0
        yield _multiplied(reader, (actors, other), end=end)


def _turned(reader: Reader, own: Number, after: tuple[Number, ...]) -> Iterator[Rate]:
    """10 connections per lambda, 30 lambdas."""
    if not own.per or own.per in PERIODS or not after:
        return
    count = after[0]
    if count.unit != own.per or count.per or reader.behind(count, 1) == ("each",):
        return
    if not _TOTAL & set(reader.words(own.span[1], count.span[0])):
        yield _multiplied(reader, (count, own))


def _multiplied(reader: Reader, parts: tuple[Number, Number], *, end: int = 0) -> Rate:
    count, own = parts
    per = _second_per(own)
    value = count.value * own.value
    money = f" {own.unit}" if own.role == "price" or own.unit.isupper() else ""
    working = f"{said(count.value)} x {said(own.value)}{money} = {said(value)}{money}"
    working += paced(value, per, plain=not money)
    worked = Worked(value=value, unit=own.unit, per=per, working=working)
    return reader.rate(parts, worked, end=end)


def _second_per(number: Number) -> str:
    """The time in "50 messages per user per day"."""
    for word in reversed(number.quote.replace("/", " ").split()):
        noun = noun_of(word.lower())
        if noun and noun.name in PERIODS:
            return noun.name
    return ""


def _doing(reader: Reader, actors: Number, after: tuple[Number, ...]) -> Iterator[Rate]:
    """10k users send 50 messages a day."""
    own = next((n for n in after[:1] if n.role == "load" and n.unit not in {"", "time"}), None)
    if own is None:
        return
    between = reader.words(actors.span[1], own.span[0])
    words = {*between, *reader.behind(own, _EACH_DOES)}
    each = bool(words & {"each", "every"})
    per, size = _pace(reader, own, after[1:])
    if per not in PERIODS or not words & _DOES or words & _TOTAL or len(between) > _MOST_BETWEEN:
        return
    if each or (own.value <= _MOST_OF_ONE and per != "second" and not {"and", "but"} & words):
        yield from _all_of(reader, (actors, own), size, per)


def _pace(reader: Reader, own: Number, after: tuple[Number, ...]) -> tuple[str, Number | None]:
    """How often, and how big each one is: "3 photos of 4 MB a week"."""
    if own.per:
        return own.per, None
    size = after[0] if after else None
    if size is None or reader.words(own.span[1], size.span[0]) != ("of",):
        return "", None
    words = reader.behind(size, 2)
    noun = (
        noun_of(words[-1]) if len(words) > 1 and words[0] in {"a", "per", "every", "each"} else None
    )
    return (noun.name if noun else ""), size


def _all_of(
    reader: Reader, parts: tuple[Number, ...], size: Number | None, per: str, *, each: str = ""
) -> Iterator[Rate]:
    value = Decimal(1)
    for part in parts:
        value *= part.value
    shown = " x ".join(said(part.value) for part in parts)
    end = reader.end_of(size, 1) if size else 0  # past "a week"
    start = reader.start_of(parts[0], _EACH_DOES) if each else -1
    if len(parts) > 1:
        working = f"{shown} = {said(value)}{paced(value, per)}"
        worked = Worked(value=value, unit=parts[-1].unit, per=per, working=working, each=each)
        yield reader.rate(parts, worked, start=start, end=end)
    if size is not None:
        volume = value * size.value
        working = f"{shown} x {said(size.value)} {size.unit} = {said(volume)} {size.unit} per {per}"
        worked = Worked(value=volume, unit=size.unit, per=per, working=working, each=each)
        yield reader.rate((*parts, size), worked, start=start, end=end)


def _of_one(reader: Reader, numbers: tuple[Number, ...], index: int) -> list[Rate]:
    """Each user uploads 3 photos of 4 MB a week."""
    own = numbers[index]
    before = reader.before(own, _EACH_DOES)
    if own.role != "load" or len(before) < _EACH_DOES:
        return []
    noun = noun_of(before[1])
    per, size = _pace(reader, own, _following(reader, numbers, index))
    does = before[0] in {"each", "every"} and before[2] in _DOES
    if not does or noun is None or noun.metric not in _ACTORS or per not in PERIODS or not size:
        return []
    return list(_all_of(reader, (own,), size, per, each=noun.name))


def _reporting(reader: Reader, actors: Number, after: tuple[Number, ...]) -> Iterator[Rate]:
    """40 scooters in 3 towns every 8 s; 5000 devices post every minute."""
    if after and _is_each_one(after[0]):
        after = after[1:]
    places = after[:1] if after and _within(reader, actors, after[0]) else ()
    rest = after[len(places) :]
    every = _every(reader, places[0] if places else actors, rest)
    if every is None or not every.seconds:
        return
    cue = set(every.before) & _REPORTING
    strange = set(_until_sent(every.before, actors)) - _REPORTING - _PLAIN
    sends = cue or places or actors.metric == "devices"  # what a device does at intervals is report
    if sends and not strange and len(every.before) <= _MOST_BETWEEN:
        unit = "request" if cue & _READS else "write"
        yield _spread(reader, (actors, *places), every, unit)


def _is_each_one(number: Number) -> bool:
    """Whether a figure says no more than "a reading" does: "each sends 1 reading every 10 s"."""
    return number.value == 1 and not number.per and number.unit not in {*SECONDS, "time"}


def _until_sent(before: tuple[str, ...], actors: Number) -> tuple[str, ...]:
    """The words up to the one that says that devices send; what they send may be anything."""
    sent = next((n for n, word in enumerate(before) if word in _SENDING), None)
    return before if sent is None or actors.metric != "devices" else before[:sent]


def _within(reader: Reader, actors: Number, place: Number) -> bool:
    words = reader.words(actors.span[1], place.span[0])
    return place.unit in _PLACES and words in {("in",), ("in", "each", "of")} and not place.per


def _every(reader: Reader, last: Number, rest: tuple[Number, ...]) -> _Interval | None:
    """The interval that the next figure or words tell: every 8 s, twice a day, every minute."""
    if not rest or rest[0].unit not in {*SECONDS, "time"}:
        return _every_unit(reader, last, rest)
    told = rest[0]
    before = reader.words(last.span[1], told.span[0])
    if told.unit == "time":
        if told.per not in SECONDS or not told.value:
            return None
        seconds = SECONDS[told.per] / told.value
    elif told.role == "duration" and before[-1:] in {("every",), ("per",)}:
        seconds, before = told.value * SECONDS[told.unit], before[:-1]
    else:
        return None
    return _Interval(seconds=seconds, before=before, end=told.span[1], parts=(told,))


def _every_unit(reader: Reader, last: Number, rest: tuple[Number, ...]) -> _Interval | None:
    """The interval of "every minute", "each hour", where no figure comes before it."""
    words = reader.behind(last, _MOST_BETWEEN)
    for place, (word, following) in enumerate(pairwise(words)):
        noun = noun_of(following)
        if word in {"every", "each"} and noun and noun.name in PERIODS:
            end = reader.end_of(last, place + 1)
            free = not rest or rest[0].span[0] >= end
            told = _Interval(seconds=SECONDS[noun.name], before=words[:place], end=end)
            return told if free else None
    return None


def _spread(reader: Reader, counted: tuple[Number, ...], time: _Interval, unit: str) -> Rate:
    """So many, once in every interval."""
    total = Decimal(1)
    for part in counted:
        total *= part.value
    per = next((p for p in ("day", "hour") if time.seconds >= SECONDS[p]), "second")
    periods = time.seconds / SECONDS[per]
    value = total / periods
    shown = " x ".join(said(part.value) for part in counted)
    length = f"{said(periods)} s" if per == "second" else _so_long(periods, per)
    working = f"{shown} / {length} = {said(value)} per {per}"
    worked = Worked(value=value, unit=unit, per=per, working=working)
    return reader.rate((*counted, *time.parts), worked, end=time.end)


def _so_long(periods: Decimal, per: str) -> str:
    return f"{said(periods)} {per}" if periods == 1 else f"{said(periods)} {per}s"
