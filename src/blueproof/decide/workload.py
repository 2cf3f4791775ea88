"""From people to quantities: what an app's users do in a month, every figure with its reason."""

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from blueproof.costs.quantities import PEAK
from blueproof.costs.usage import Usage
from blueproof.decide.needs import SSO, Needs
from blueproof.decide.talk import MOSTLY

DAYS = 30


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure of the model: value, unit, why it is so, and whether it was told or assumed."""

    id: str
    value: float
    unit: str
    why: str
    told: bool = False


@dataclass(frozen=True, kw_only=True)
class Workload:
    """The quantities of a month, and the figures they come from."""

    usage: Usage
    figures: tuple[Figure, ...]


_DAILY = Figure(
    id="daily share",
    value=0.2,
    unit="of monthly users a day",
    why="one in five is common for social apps; a tool for work has more, a shop less",
)
_AT_ONCE = Figure(
    id="at once",
    value=0.1,
    unit="of daily users at the busiest moment",
    why="sessions of some minutes that crowd into the evening",
)
_OPENS = Figure(
    id="opens",
    value=10,
    unit="screens opened a person and day",
    why="five visits, an inbox and a conversation each",
)
_MINUTES = Figure(
    id="minutes",
    value=20,
    unit="minutes connected a person and day",
    why="five visits of four minutes",
)
_USUAL = Figure(
    id="usual",
    value=5,
    unit="people in a usual conversation, or fewer",
    why="pairs, families and small teams; the largest group is asked for",
)
_TO_LARGEST = Figure(
    id="to the largest",
    value=0.1,
    unit="of messages to the largest group",
    why="most talk is between few",
)
_WATCHING = Figure(
    id="watching",
    value=0.3,
    unit="of a conversation's other members with it or the inbox open",
    why="a message is read at once by few; the others get a push",
)
_WRITES = Figure(
    id="writes",
    value=10,
    unit="records written a person and day",
    why="an app that is used, not watched, where no chat is asked for",
)
_CALLS = Figure(
    id="calls",
    value=4,
    unit="calls of server code a person and day",
    why="sign-in, profile, and what is not a plain read or write",
)
_TYPING = Figure(
    id="typing",
    value=1,
    unit="typing signals a message",
    why="sent at most every few seconds while somebody writes",
)
_POSITIONS = Figure(
    id="positions",
    value=120,
    unit="positions sent a person and day",
    why="every 10 seconds over 20 minutes",
)
_STAFF_DAILY = Figure(
    id="daily share",
    value=0.73,
    unit="of the staff a day",
    why="they work with it, on 22 of 30 days",
)
_STAFF_AT_ONCE = Figure(
    id="at once",
    value=0.5,
    unit="of the day's staff at the busiest moment",
    why="a shift works at the same hours",
)
_TOGETHER = Figure(
    id="at once",
    value=1.0,
    unit="of daily users at the busiest moment",
    why="you say that they are there together",
)
_RECORDS = Figure(
    id="records",
    value=5,
    unit="records written for each visit, order or the like",
    why="its head, its lines, and each change of its state",
)
_ATTACHED = Figure(
    id="attached",
    value=0.05,
    unit="of messages with a picture",
    why="one in twenty",
)
_PICTURE_MB = Figure(
    id="picture",
    value=0.3,
    unit="MB a picture",
    why="shrunk on the phone before it is sent",
)
_VOICE = Figure(
    id="voice",
    value=0.1,
    unit="of messages spoken",
    why="one in ten, where voice messages are offered",
)
_VOICE_MB = Figure(
    id="spoken",
    value=0.25,
    unit="MB a voice message",
    why="a minute of AAC at 32 kbit/s",
)
_KEPT = Figure(
    id="kept",
    value=12,
    unit="months of messages kept",
    why="a year after the start, nothing deleted",
)
_MACHINE_KB = Figure(
    id="machine record",
    value=0.2,
    unit="KB a record that machines send",
    why="an id, a time and a few numbers",
)
_STEADY = Decimal(3)  # the busiest second against the mean, where machines or a shift send evenly
_FILES = ("file-upload", "file-storage", "image-processing")
_TALK = ("chat", "group-chat")
_PRESENCE = ("presence", "typing-indicator")
_MOVING = ("location-tracking", "delivery-tracking", "ride-hailing")
_BYTES_A_GB, _KB_A_GB = Decimal(1024), Decimal(1024 * 1024)


@cache
def workload(needs: Needs, users: float) -> Workload:
    """The month of an app with these needs and this many monthly users."""
    figures = _figures(needs)
    by_id = {f.id: Decimal(str(f.value)) for f in figures}
    return Workload(usage=_usage(needs, Decimal(str(users)), by_id), figures=figures)


def _figures(needs: Needs) -> tuple[Figure, ...]:
    """The figures that the features call for."""
    features = {*needs.features}
    found = [_daily(needs), _at_once(needs), _OPENS, _MINUTES, _CALLS]
    if features & {*_TALK}:
        found += [_asked(needs, "messages"), _asked(needs, "group-size")]
        found += [_USUAL, _TO_LARGEST, _WATCHING, _kept(needs)]
    else:
        found += [_RECORDS if needs.deeds else _small(needs), _kept(needs)]
    if features & {*_PRESENCE}:
        found.append(_TYPING)
    if features & {*_MOVING} and not needs.writes:
        found.append(_POSITIONS)
    if features & {*_FILES} and not needs.uploads:
        found += [_ATTACHED, _PICTURE_MB]
    if "voice-messages" in features and not needs.uploads:
        found += [_voice(needs), _VOICE_MB]
    if needs.writes:
        found.append(
            Figure(id="machines", value=needs.writes, unit="records a month sent by machines",
                   why="your own figures, over 30 days", told=True)
        )  # fmt: skip
        found += [] if is_moving(needs) else [_MACHINE_KB]
    return tuple(found)


def _voice(needs: Needs) -> Figure:
    """The share of messages that are spoken: as told, most where only that is told, or few."""
    if not needs.spoken:
        return _VOICE
    mostly = needs.spoken == MOSTLY
    why = "most are spoken, as you say; taken for seven in ten" if mostly else "you said so"
    return replace(_VOICE, value=needs.spoken / 100, why=why, told=not mostly)


def _small(needs: Needs) -> Figure:
    """Records that were told in great numbers, or as many as are usual."""
    if not needs.records:
        return _WRITES
    return Figure(
        id="small records", value=needs.records, unit="small records a month",
        why="your own figures", told=True,
    )  # fmt: skip


def _readers(by_id: dict[str, Decimal]) -> Decimal:
    """The others in a conversation, over all messages: few go to the largest group."""
    largest = by_id["group-size"]
    usual = min(largest, by_id["usual"])
    share = by_id["to the largest"]
    return (1 - share) * (usual - 1) + share * (largest - 1)


def _daily(needs: Needs) -> Figure:
    """The share of people who come on a day, as told or assumed."""
    if needs.together:
        return replace(_TOGETHER, id="daily share", unit="of monthly users a day")
    if not needs.daily_percent:
        return _STAFF_DAILY if needs.staff else _DAILY
    return replace(_DAILY, value=needs.daily_percent / 100, why="your own figures", told=True)


def _kept(needs: Needs) -> Figure:
    """How many months of data there are in the bill's month; what is kept longer comes later."""
    month = needs.month or _KEPT.value
    told = needs.kept_months
    if told and told <= month:
        return replace(_KEPT, value=told, why="you said so", told=True)
    if needs.month:
        return replace(_KEPT, value=month, why=f"the bill is that of month {month:.0f}", told=True)
    return _KEPT


def _ramp(needs: Needs, users: Decimal, kept: Decimal) -> Decimal:
    """How much less was added in the months kept than this month adds, where people grew evenly."""
    if not needs.started or needs.month <= 1 or users <= needs.started:
        return Decimal(1)
    rise = 1 - Decimal(needs.started) / users
    return 1 - rise * min(kept / needs.month, Decimal(1)) / 2


def is_moving(needs: Needs) -> bool:
    """Whether the positions that are sent only matter while they are new."""
    return bool({*needs.features} & {*_MOVING})


def _at_once(needs: Needs) -> Figure:
    """The share of the day's people who are there at the busiest moment."""
    if needs.together:
        return _TOGETHER
    return _STAFF_AT_ONCE if needs.staff else _AT_ONCE


def _asked(needs: Needs, name: str) -> Figure:
    """A figure that is a question too."""
    told = needs.is_known(name)
    unit = {"messages": "messages a person and day", "group-size": "people in a conversation"}[name]
    why = "you said so" if told else "middle of what such apps report; tell us yours"
    return Figure(id=name, value=needs.number(name), unit=unit, why=why, told=told)


def _usage(needs: Needs, users: Decimal, by_id: dict[str, Decimal]) -> Usage:
    daily = users * by_id["daily share"]
    month = daily * DAYS
    talks = "messages" in by_id
    # A position replaces the one before: it is sent on, and no record is kept of it.
    # What was told of so many people grows with them.
    grown = users / needs.people if needs.people else Decimal(1)
    moved = needs.writes * grown if is_moving(needs) else Decimal(0)
    machines = Decimal(0) if moved else Decimal(needs.writes)
    deeds = month * by_id["messages"] if talks else _written(needs, month, grown, by_id)
    small = needs.records * grown if talks else Decimal(0)
    writes = deeds + machines
    # The writer's own screen is told too; without a conversation, one other screen listens.
    readers = _readers(by_id) if talks else Decimal(0)
    heard = 1 + readers * by_id["watching"] if talks else Decimal(1)
    typing = deeds * by_id.get("typing", Decimal(0))
    # What machines send was told; positions of people are assumed only where nothing was.
    moving = moved or month * by_id.get("positions", Decimal(0))
    files = deeds * by_id.get("attached", Decimal(0))
    spoken = deeds * by_id.get("voice", Decimal(0))
    mb = files * by_id.get("picture", Decimal(0)) + spoken * by_id.get("spoken", Decimal(0))
    others = max(heard - 1, Decimal(1))
    if needs.uploads:
        files, spoken, mb = needs.uploads * grown, Decimal(0), needs.uploads_mb * grown
        others = Decimal(max(needs.fetches, 1))
    gb = mb / _BYTES_A_GB
    kept = by_id["kept"] * _ramp(needs, users, by_id["kept"])
    return Usage(
        monthly_users=users,
        daily_users=daily,
        peak_connections=(daily * by_id["at once"]).to_integral_value(),
        connection_minutes=month * by_id["minutes"],
        writes=writes + small,
        deliveries=deeds * heard + machines + small,
        opens=month * by_id["opens"],
        signals=typing + moving,
        signals_heard=typing * max(heard - 1, Decimal(1)) + moving * max(needs.watchers, 1),
        calls=month * by_id["calls"],
        pushes=deeds * readers * (1 - by_id["watching"]) if talks else month,
        peak=_STEADY if moved + machines > deeds else PEAK,
        database_gb=(deeds + small + machines * by_id.get("machine record", Decimal(1)))
        * kept
        / _KB_A_GB,
        files_gb=Decimal(needs.files_gb) or gb * kept,
        uploads=files + spoken,
        downloads=(files + spoken) * others,
        download_gb=Decimal(needs.downloads_gb) or gb * others,
        developers=Decimal(needs.developers),
        signs_in=bool({"authentication", SSO} & {*needs.features}) or talks,
        federated=_federated(needs, users),
    )


def _federated(needs: Needs, users: Decimal) -> Decimal:
    """How many of so many people sign in with their firm's account: all, unless it is told."""
    if SSO not in needs.features:
        return Decimal(0)
    told = needs.sso_users and needs.people
    share = Decimal(needs.sso_users) / needs.people if told else Decimal(1)
    return (users * min(share, Decimal(1))).to_integral_value()


def _written(needs: Needs, month: Decimal, grown: Decimal, by_id: dict[str, Decimal]) -> Decimal:
    """The records that people write in a month: for what they do, as told, or as assumed."""
    small = needs.records * grown
    if needs.deeds:
        return needs.deeds * grown * by_id["records"] + small
    if small:
        return small
    return month * by_id["writes"]
