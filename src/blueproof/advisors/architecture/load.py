"""The load that an architecture is made for: told, worked out of what is told, or assumed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from blueproof.advisors.architecture.attached import attached_in
from blueproof.advisors.architecture.cues import CROWD_REQUESTS, FILE_MB, PEAK_TIMES
from blueproof.advisors.architecture.words import Words
from blueproof.core.brief import Assumption, Brief

SECONDS = 30 * 86_400  # of a month
BUSY_PEAK = 3.0  # likewise against a rate that is told per second: that is of usual hours already
DAY_HOURS = 12.0  # that "daytime" lasts
PEAK_HOURS = 2.0  # a day for which the busiest load lasts, where no window is told
RARE_DAYS = 30.0  # of which one has the peak, where it is a sale or a launch
WARM_HOURS = 0.5  # before a known peak, in which tasks are started
USER_REQUESTS = 400.0  # a month, of one who comes in the month
DAILY_REQUESTS = 20.0  # a day, of one who comes that day
WRITES = 0.2  # of requests that write, where nothing tells
NEW_ROWS = 0.02  # of requests that leave a new row for good, where nothing tells
ROW_BYTES = 1000.0
READING_BYTES = 200.0  # of what a device sends
DEVICE_REQUESTS = 10.0  # a day that people make for one device, beside what it sends
ROW_OVERHEAD = 1.6  # a row with its header and two indexes, against its bytes alone
KEPT_MONTHS = 12.0
HOOK_MONTHS = 1.0  # that a payload is kept to be played again
RESPONSE_KB = 8.0  # of an answer to a person
RECEIPT_KB = 0.5  # of an answer that only says that a record came in
DOWNLOADS = 3.0  # of a file that was uploaded
SIZES = (1_000.0, 10_000.0, 100_000.0)  # monthly users, where no load is told
GB = 1_000_000_000.0


@dataclass(frozen=True, kw_only=True)
class Load:
    """A month of the system: rates in requests a second, sizes in bytes, times in hours a day.

    `events` are records that come in for good (a month), of `event_bytes` each, `kept` months;
    `files` are uploads a month of `file_mb`; `hours` is how long the peak lasts on a day.
    """

    users: float
    monthly: float
    usual: float
    peak: float
    hours: float
    window: str
    events: float
    event_noun: str
    event_bytes: float
    kept: float
    files: float
    file_mb: float
    devices: float
    stored_gb: float
    sent_gb: float
    answer_kb: float
    rows: float
    told: frozenset[str]

    @property
    def mean(self) -> float:
        """Requests a second over the whole month."""
        return self.monthly / SECONDS

    @property
    def event_mean(self) -> float:
        """Records a second over the whole month."""
        return self.events / SECONDS

    @property
    def writes(self) -> float:
        """Rows a second written on the mean: the records told, else a share of requests."""
        return self.event_mean or self.mean * WRITES

    @property
    def new_rows(self) -> float:
        """Rows a month that stay: the records told, else a share of requests."""
        return self.events or max(self.monthly * NEW_ROWS, self.files)

    @property
    def writes_peak(self) -> float:
        """Rows a second that are written when requests are at their peak."""
        return self.writes * (self.peak / self.mean if self.mean else 1.0)

    @property
    def are_events(self) -> bool:
        """Whether the requests are the records: each call brings one, and none else is told."""
        return bool(self.events) and self.monthly == self.events

    @property
    def response_kb(self) -> float:
        """KB of one answer."""
        return self.answer_kb or (RECEIPT_KB if self.are_events else RESPONSE_KB)

    @property
    def growth_gb(self) -> float:
        """What the records add to a database in a month, with indexes."""
        return self.new_rows * self.event_bytes * ROW_OVERHEAD / GB

    @property
    def raw_gb(self) -> float:
        """What the records add in a month, as they come in."""
        return self.new_rows * self.event_bytes / GB

    def times(self, factor: float) -> "Load":
        """The same business, so many times as large."""
        return replace(
            self,
            users=self.users * factor,
            monthly=self.monthly * factor,
            usual=self.usual * factor,
            peak=self.peak * factor,
            events=self.events * factor,
            files=self.files * factor,
            devices=self.devices * factor,
            stored_gb=self.stored_gb * factor,
            sent_gb=self.sent_gb * factor,
        )


def load_of(brief: Brief, users: float = 0.0) -> Load:
    """The load of a brief; `users` is the size that is assumed where none is told."""
    words = Words(brief)
    told = set()
    people = words.users or (words.daily_users and words.daily_users * 5) or 0.0
    events, noun = words.events
    files, file_mb = _files(words, events)
    monthly, usual, peak = _rates(words, people or users, events)
    for name, value in (
        ("users", people),
        ("rate", words.usual or words.peak or words.monthly),
        ("events", events),
        ("peak", words.peak),
        ("window", words.window),
        ("bytes", words.row_bytes),
        ("kept", words.kept_months),
        ("files", files if file_mb != words.file_mb else words.files),
        ("file", file_mb),
    ):
        if value:
            told.add(name)
    return Load(
        users=people or (0.0 if told & {"rate", "events", "files"} else users),
        monthly=monthly,
        usual=usual,
        peak=peak,
        hours=(words.window_hours or PEAK_HOURS) / (RARE_DAYS if words.is_rare else 1.0),
        window=words.window,
        events=events,
        event_noun=noun,
        event_bytes=words.row_bytes or (READING_BYTES if words.devices and events else ROW_BYTES),
        kept=words.kept_months or (HOOK_MONTHS if noun.startswith("webhook") else KEPT_MONTHS),
        files=files,
        file_mb=file_mb or FILE_MB,
        devices=words.devices,
        stored_gb=words.stored_gb,
        sent_gb=words.sent_gb,
        answer_kb=words.response_kb,
        rows=words.rows,
        told=frozenset(told),
    )


def _files(words: Words, events: float) -> tuple[float, float]:
    """Files a month, and the megabytes of one: those that come with each record, else as told."""
    attached = attached_in(words.brief.request) if events else ()
    if not attached:
        files = words.files or (events if words.file_mb and not words.row_bytes else 0.0)
        return files, words.file_mb
    count = sum(each.each for each in attached)
    return events * count, sum(each.each * each.mb for each in attached) / count


def _rates(words: Words, people: float, events: float) -> tuple[float, float, float]:
    """Requests a month, a second in usual hours, and at the peak."""
    if words.usual:
        share = DAY_HOURS / 24 if words.by_day else 1.0
        monthly = words.monthly or words.usual * SECONDS * share
        return monthly, words.usual, max(words.peak or words.usual * BUSY_PEAK, words.usual)
    if words.monthly:
        monthly = words.monthly
    elif words.peak:
        monthly = words.peak / PEAK_TIMES * SECONDS
        if not words.users and events * 2 >= monthly:  # the calls that are told to peak bring them
            monthly = events
    elif words.devices and events:
        monthly = words.devices * DEVICE_REQUESTS * 30
    elif events:
        monthly = max(events, people * USER_REQUESTS) if words.users else events
    elif words.daily_users:
        monthly = words.daily_users * DAILY_REQUESTS * 30
    else:
        monthly = people * USER_REQUESTS
    mean = monthly / SECONDS
    steady = events and monthly == events and not words.peak
    return monthly, mean, words.peak or mean * (BUSY_PEAK if steady else PEAK_TIMES)


def assumed(load: Load, brief: Brief) -> tuple[Assumption, ...]:
    """What the load rests on and nobody told."""
    words = Words(brief)
    return (*_of_rates(load, words), *_of_records(load))


def _of_rates(load: Load, words: Words) -> Iterator[Assumption]:
    """What is assumed of requests: how many, of whom, when."""
    if not load.told & {"rate", "users", "events", "files"}:
        yield _assumed(
            "monthly users",
            f"{load.users:,.0f}",
            "no load is told; the bills show 1,000, 10,000 and 100,000",
        )
    if load.devices and load.events and "rate" not in load.told:
        yield _assumed(
            "requests of people for a device",
            f"{DEVICE_REQUESTS:g} a day",
            "not told; what devices send comes apart",
        )
    if not load.told & {"rate", "events"} and load.users:
        each = f"{DAILY_REQUESTS:g} a day" if words.daily_users else f"{USER_REQUESTS:g} a month"
        yield _assumed("requests of a user", each, "not told; it sets the rate")
    if "peak" not in load.told:
        times = load.peak / max(load.usual, 1e-9)
        yield _assumed(
            "requests a second at the peak",
            f"{load.peak:,.0f}",
            f"not told; {times:.0f} times the usual rate",
        )
    elif not words.usual and not words.monthly:
        yield _assumed(
            "requests a second on average",
            f"{load.mean:,.1f}",
            "only the peak is told: a tenth of it over the month",
        )
    if words.rush and words.rush == load.peak:
        yield _assumed(
            "requests of each in the crowd", f"{CROWD_REQUESTS:g}", "not told; it sets the peak"
        )
    if words.by_day and words.usual:
        yield _assumed(
            "daytime", f"{DAY_HOURS:g} hours", f"so {counted(load.monthly)} requests a month"
        )
    if words.is_rare:
        yield _assumed("the peak comes", "on one day of the month", "a sale or a launch is named")
    elif not load.window and not words.window_hours:
        yield _assumed(
            "the peak lasts",
            f"{PEAK_HOURS:g} hours a day",
            "not told; it sets how long more tasks run",
        )


def _of_records(load: Load) -> Iterator[Assumption]:
    """What is assumed of what is written and kept."""
    if not load.answer_kb:
        yield _assumed(
            "KB an answer", f"{load.response_kb:g}", "not told; it sets what data out costs"
        )
    if not load.events:
        yield _assumed(
            "requests that write",
            f"{WRITES:.0%}, and one in {1 / NEW_ROWS:.0f} leaves a new row",
            "not told; it sets the storage",
        )
    if "bytes" not in load.told:
        yield _assumed("a row", f"{load.event_bytes:,.0f} bytes", "not told; it sets the storage")
    if "kept" not in load.told:
        yield _assumed("data are kept", f"{load.kept:g} months", "not told")


def _assumed(key: str, value: str, why: str) -> Assumption:
    return Assumption(key=key, value=value, why=why)


def counted(number: float) -> str:
    """A count as people say it.

    >>> counted(1_036_800_000), counted(40_000_000), counted(12_500), counted(850)
    ('1.04B', '40M', '12,500', '850')
    """
    for step, letter in ((1e9, "B"), (1e6, "M")):
        if number >= step:
            return f"{number / step:,.3g}{letter}"
    return f"{number:,.0f}"
