"""Photos, videos and recordings that the words tell of: how many a month, how large, who sees them.

"10-15 photos per visit" is a rate once the visits and the people are told. What is missing of a
rate is assumed and said: one visit a person and day, the size that phones send.
"""

import re
from dataclasses import dataclass

from blueproof.decide.chains import plural
from blueproof.decide.deeds import (
    RANGE,
    Deed,
    amount,
    deeds_of,
    middle,
    stem,
    times_of,
)
from blueproof.decide.people import People

_KINDS = {
    "photo": r"photos?|pictures?|pics?|images?|imgs?|selfies?|snaps?|receipts?",
    "video": r"videos?|clips?|reels?",
    "voice": r"voice[- ](?:messages?|notes?|memos?)|audio(?:[- ](?:files?|notes?|messages?))?|"
    r"recordings?|podcasts?",
    "file": r"pdfs?|documents?|files?|attachments?|uploads?",
}
_KIND = "|".join(f"(?P<{name}>{words})" for name, words in _KINDS.items())
_SIZE = (
    r"(?P<size>\d+(?:\.\d+)?)(?:\s*(?:-|\u2013|to)\s*(?P<upto>\d+(?:\.\d+)?))?"
    r"\s?(?P<unit>KB|MB|GB)\b"
)
# A video visit is a call, and no file.
_NO_CALL = (
    r"(?!\s*(?:visits?|calls?|consult\w*|appointments?|sessions?|chats?|meetings?|conferenc\w*|"
    r"interviews?|lessons?|rooms?|classes)\b)"
)
_FILES = re.compile(
    rf"{RANGE}\s+(?:(?:new|more|short|long|big|large|small|high-res|hd|4k|progress|before/after|"
    rf"product|profile|site|of|them|their|[a-z]{{2,11}}[a-rt-z])\s+){{0,2}}?(?:{_KIND})\b{_NO_CALL}",
    re.IGNORECASE,
)
# 2 MB of sensor data per workout
_SIZE_EACH = re.compile(
    rf"(?P<low>(?!))?(?P<high>(?!))?{_SIZE}\s+(?:of\s+)?(?:[a-z-]+\s+){{0,2}}?"
    r"(?P<photo>(?!))?(?P<video>(?!))?(?P<voice>(?!))?"
    r"(?P<file>data|logs?|telemetry|tracks?|csv|json|recordings?|samples?)\b"
    r"(?=\s*(?:per|for each|for every|each|a|/)\s)",
    re.IGNORECASE,
)
_ONE_OF_SIZE = re.compile(
    rf"\b(?P<low>an?|one)\s+(?P<high>(?!))?(?:~|about\s+)?{_SIZE}\s+(?:{_KIND})\b", re.IGNORECASE
)
# sermons as audio, 45 MB each, one per week
_SIZE_OFTEN = re.compile(
    r"\b(?P<photo>(?!))?(?:(?P<video>videos?|clips?|films?)|(?P<voice>sermons?|episodes?|songs?|audio|"
    r"recordings?|talks?|podcasts?|lectures?|tracks?)|(?P<file>files?|pdfs?|documents?|magazines?))\b"
    rf"[^.;?!\d]{{0,30}}{_SIZE}\s*(?:each|apiece)?\s*,?\s*(?:and\s+|about\s+)?{RANGE}"
    rf"(?=\s+(?:new\s+)?(?:per|a|each|every)\s+(?:day|week|month)\b)",
    re.IGNORECASE,
)
_BARE_SIZE = re.compile(_SIZE, re.IGNORECASE)
_LENGTH = re.compile(
    r"(?P<many>\d+(?:\.\d+)?|an?|one|two|half a)[- ]?(?P<unit>s(?:ec(?:ond)?s?)?|min(?:ute)?s?)\b",
    re.IGNORECASE,
)
_PER = re.compile(
    r"(?:\b(?:per|an?|each|every|for each|for every)\s+|/\s?)(?P<of>[a-z-]+)|"
    r"\b(?P<adverb>daily|weekly|monthly)\b",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"\b(?P<lead>each|every|per|an?)\s+(?P<of>[a-z-]+)\b(?P<rest>[^.;?!]*)$", re.IGNORECASE
)
_HOLDER = re.compile(
    r"\b(?P<of>[a-z-]+)\s+(?:with|having|has|have|contains?|includes?)\s+"
    r"(?:about\s+|around\s+|~\s*|up to\s+)?$",
    re.IGNORECASE,
)
_ACTING = re.compile(
    r"\b(?:users?|people|members?|students?|parents?|patients?|customers?|players?|drivers?|they|we|"
    r"everyone|each|reps?|technicians?)\b[^.;?!]{0,30}?\b(?:uploads?|posts?|sends?|takes?|shares?|"
    r"adds?|attach(?:es)?|shoots?|records?|saves?|makes?|snaps?|snap)\b[^.;?!]{0,20}$",
    re.IGNORECASE,
)
_PERSONS = frozenset(
    """user person member customer technician mechanic driver rep employee worker tech student
    patient player parent head visitor tenant guest teacher nurse inspector resident family
    athlete runner seller buyer uploads upload takes posts sends shares adds""".split()
)
_GROUPS = frozenset(
    """class team group club school family ward shop store site company room branch department
    course league village""".split()
)
# Words after "each" that hold no files: "watches each once".
_NOBODY = frozenset("once twice time other one several".split())
_ONCE = frozenset("profile account avatar".split())  # what each has one of, for good
_A_YEAR = 12  # months
_PERIODS = frozenset("hour shift day week month year".split())
_VIEWERS = (
    re.compile(
        r"\b(?P<many>\d[\d,]*)\s+(?:people\s+|members\s+|of them\s+|users\s+)?(?:then\s+)?"
        r"(?:listens?|watch|streams?|downloads?|tune in)\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?P<many>\d[\d,]*)\s+(?:people|members|parents|users|players|friends|followers|colleagues|others)"
        r"\)?[^.;?!]{0,12}\b(?:views?|sees?|watch(?:es)?|looks?|downloads?|opens?)\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:views?|viewed|watch(?:es|ed)?|sees?|seen|downloaded|opened|looks? at)\b"
        r"[^.;?!]{0,20}?(?P<many>once or twice|once|twice|\d[\d,]*)(?:\s*(?:times|x\b|people))?",
        re.IGNORECASE,
    ),
)  # fmt: skip
_SHOWN = re.compile(
    r"\b(?:social|feed|sharing|share with|gallery|stories|followers)\b", re.IGNORECASE
)
_TIMES = {"once": 1.0, "twice": 2.0, "once or twice": 1.5}
_LEAST, _REACH = 3.0, 70
_ROUND_MB = 10  # MB from which a size is said without decimals
# MB of a file as phones send it, where no size is told, and why.
SIZES = {
    "photo": (0.3, "shrunk on the phone before it is sent; as the camera takes it, ten times that"),
    "video": (20.0, "half a minute at 720p; tell us yours"),
    "voice": (0.25, "a minute of AAC at 32 kbit/s"),
    "file": (1.0, "some pages as a PDF"),
}
_MB_A_SECOND = {"voice": 0.25 / 60, "video": 20.0 / 30}
_SHOWN_TO = 10.0  # people who look at a file that is shared, where nothing is told


@dataclass(frozen=True, kw_only=True)
class Files:
    """One kind of file: how many a month, MB each, how often each is fetched, and the sum.

    `notes` are what was assumed of it, each with its reason.
    """

    kind: str
    month: float
    mb: float
    views: float
    working: str
    quote: str
    notes: tuple[str, ...] = ()


def files_of(text: str, people: People) -> tuple[Files, ...]:
    """The files that the words tell of, each mention once."""
    found: list[Files] = []
    deeds = deeds_of(text, people)
    for pattern in (_FILES, _ONE_OF_SIZE, _SIZE_EACH, _SIZE_OFTEN):
        for match in pattern.finditer(text):
            files = _files(match, text, people, deeds)
            if files and not any(f.kind == files.kind and f.month == files.month for f in found):
                found.append(files)
    return tuple(found)


def _files(
    match: re.Match[str], text: str, people: People, deeds: tuple[Deed, ...]
) -> Files | None:
    kind = next(name for name in _KINDS if match[name])
    each = middle(match) if match["low"] else 1.0
    rest = _clause(text[match.end() :])
    month, working, notes = _monthly(match, text, people, deeds)
    if not month:
        return None
    mb, why = _size(kind, match, rest)
    return Files(
        kind=kind,
        month=each * month,
        mb=mb,
        views=_views(text),
        working=f"{_plain(each)} x {working}" if working else _plain(each),
        quote=" ".join(match[0].split()),
        notes=(*notes, *((why,) if why else ())),
    )


def _plain(many: float) -> str:
    """A number as it is read: 12.5, 12,000."""
    return f"{many:,.1f}".removesuffix(".0")


def _clause(after: str) -> str:
    """What still speaks of the figure: to the sentence's end, not past the next figure's noun."""
    return re.split(r"[.;?!](?:\s|$)", after, maxsplit=1)[0][:_REACH]


def _monthly(
    match: re.Match[str], text: str, people: People, deeds: tuple[Deed, ...]
) -> tuple[float, str, tuple[str, ...]]:
    """How often a month these files come, the sum for it, and what was assumed."""
    before = re.split(r"[.;?!]\s", text[: match.start()])[-1]
    named = _named(before, _clause(text[match.end() :]))
    period = next((n for n in named if n in _PERIODS), "")
    persons = [n for n in named if n in _PERSONS]
    holders = [n for n in named if n not in _PERIODS and n not in _PERSONS]
    deed = next((d for d in deeds for h in holders if d.what == h), None)
    if deed is None and not period:
        deed = next(iter(deeds), None) if holders or not persons else None
    if deed and not (period and persons):
        return deed.month, f"{deed.month:,.0f} {plural(deed.what or 'time')} a month", ()
    if period and holders and not deed:
        return _of_holders(holders[0], period, people)
    if period:
        return _of_period(match, before, period, people, own=bool(persons))
    if people.count and (holders or persons or _ACTING.search(before)):
        return _once(holders, people)
    return 0.0, "", ()


def _of_period(
    match: re.Match[str], before: str, period: str, people: People, *, own: bool
) -> tuple[float, str, tuple[str, ...]]:
    many = middle(match) if match["low"] else 1.0
    acts = own or bool(_ACTING.search(before)) or (people.staff and many <= people.count)
    each = bool(acts and people.count)
    times = times_of(period, people, each=each)
    if each:
        who = people.noun or "user"
        return people.count * times, f"{people.count:,.0f} {plural(who)} x {times:.3g} a month", ()
    return times, f"{times:.3g} a month", ()


def _of_holders(holder: str, period: str, people: People) -> tuple[float, str, tuple[str, ...]]:
    """One photo per plant a week: one plant a person, unless the holder is a group of people."""
    if holder in _GROUPS or not people.count:
        return 0.0, "", ()
    times = times_of(period, people, each=True)
    who = people.noun or "user"
    note = f"one {holder} a {who}: how many was not told"
    return people.count * times, f"{people.count:,.0f} {plural(who)} x {times:.3g} a month", (note,)


def _once(holders: list[str], people: People) -> tuple[float, str, tuple[str, ...]]:
    """No rate was told: one of them a person and workday, or a month."""
    what = holders[0] if holders else "time"
    if what in _ONCE:
        # They come as people join: the bill spreads them over the first year.
        share = f"{people.count:,.0f} {plural(what)} over the first year"
        return people.count / _A_YEAR, share, (f"one {what} a {people.noun or 'user'}: not told",)
    days = people.days if people.staff else 1
    who = people.noun or "user"
    often = f"{days:.0f} a month"
    note = (
        f"one {what} a {who} and {'workday' if people.staff else 'month'}: how often was not told"
    )
    return people.count * days, f"{people.count:,.0f} {plural(who)} x {often}", (note,)


def _named(before: str, after: str) -> list[str]:
    """What the figure is for each of: visit, user, day."""
    found = [stem(m["of"] or _adverb(m["adverb"])) for m in _PER.finditer(_near(after))]
    if not found or all(n in _PERIODS for n in found):
        leading = _LEADING.search(before)
        holder = _HOLDER.search(before)
        if holder:
            found.append(stem(holder["of"]))
        elif leading and not (
            leading["of"].lower() in _PERIODS and leading["lead"] in {"a", "an", "per"}
        ):
            found.append(stem(leading["of"]) if leading["of"] not in _PERSONS else leading["of"])
    return [n for n in found if len(n) >= _LEAST and n not in _NOBODY]


def _near(after: str) -> str:
    """The words behind the figure as far as its own "per" may stand."""
    return re.split(r",\s*(?=~?\d|about|roughly|around)|\band\b", after, maxsplit=1)[0]


def _adverb(word: str) -> str:
    return {"daily": "day", "weekly": "week", "monthly": "month"}[word.lower()]


def _size(kind: str, match: re.Match[str], rest: str) -> tuple[float, str]:
    """MB of one file, and the note where it was assumed."""
    own = match.groupdict().get("size")
    told = match if own else _BARE_SIZE.search(f"{match[0]} {rest}")
    if told:
        most = float(told["upto"] or told["size"])
        mean = (float(told["size"]) + most) / 2
        return mean * {"kb": 1 / 1024, "mb": 1.0, "gb": 1024.0}[told["unit"].lower()], ""
    length = _LENGTH.search(f"{match[0]} {rest}") if kind in _MB_A_SECOND else None
    if length:
        many = 0.5 if length["many"].lower().startswith("half") else amount(length["many"])
        seconds = many * (60 if length["unit"].lower().startswith("m") else 1)
        mb = seconds * _MB_A_SECOND[kind]
        return mb, f"{megabytes(mb)} a {_said(kind)} of {seconds:.0f} s: {_coding(kind)}"
    mb, why = SIZES[kind]
    return mb, f"{megabytes(mb)} a {_said(kind)}: {why}"


def megabytes(mb: float) -> str:
    """A size as people say it.

    >>> megabytes(0.390625), megabytes(800.0)
    ('0.39 MB', '800 MB')
    """
    return f"{mb:,.0f} MB" if mb >= _ROUND_MB else f"{mb:.2g} MB"


def _coding(kind: str) -> str:
    return "AAC at 32 kbit/s" if kind == "voice" else "720p"


def _said(kind: str) -> str:
    return "voice message" if kind == "voice" else kind


def _views(text: str) -> float:
    """How often a file is fetched, as told; 0 where it is not."""
    for pattern in _VIEWERS:
        found = pattern.search(text)
        if found:
            many = found["many"].lower()
            return _TIMES.get(many) or amount(many)
    return _SHOWN_TO if _SHOWN.search(text) else 1.0
