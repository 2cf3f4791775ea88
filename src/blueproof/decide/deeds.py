"""What happens how often, as the words tell it: visits a day, orders a week, in all or by one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from blueproof.decide.chains import total_of
from blueproof.decide.people import STAFF, People

DAYS = {"hour": 1 / 24, "shift": 1, "day": 1, "week": 7, "month": 30, "year": 365,
        "daily": 1, "weekly": 7, "monthly": 30}  # fmt: skip
_MONTH = 30
_OF_ONE = 40  # deeds a day from which a figure is rather what all do together

NUMBER = (
    r"(?:\d[\d,]*(?:\.\d+)?\s?k?(?![\w%])|"
    r"\b(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty)\b)"
)
RANGE = rf"(?P<low>{NUMBER})(?:\s*(?:-|\u2013|to|or)\s*(?P<high>{NUMBER}))?"
PERIOD = r"(?:hour|shift|day|week|month|year)"
_DEED = (
    r"(?P<deed>visit|job|inspection|order|booking|delivery|deliverie|trip|ride|ticket|report|"
    r"appointment|listing|form|checklist|claim|transaction|sale|stop|route|session|workout|entry|"
    r"entrie|case|survey|audit|task|shipment|parcel|request|post|lesson|match|game|meal|"
    r"reservation|recipe|item|house|site|property|propertie|apartment|tour|call-out|incident|"
    r"install|installation|pickup|repair|treatment|consultation|round|quote|lead|"
    r"swap|registration|check-in|invoice|receipt|measurement|observation|walk|sighting)s?"
)
_WHO = (
    r"(?:user|person|people|member|customer|technician|mechanic|driver|rep|employee|worker|tech|"
    r"head|one|student|patient|player|parent|each|nurse|carer|caregiver|doctor|inspector|courier|"
    r"coach|teacher|agent|guard|cleaner|surveyor|installer|auditor|everyone|everybody|volunteer|"
    r"engineer|officer|crew member|field worker|team member|rider|colleague|operator)"
)
_RATE = re.compile(
    rf"{RANGE}\s+(?:[a-z&-]+\s+){{0,2}}?{_DEED}(?![a-z])"
    rf"(?P<own>\s*(?:per|an?|each|every|/|by each)\s*{_WHO})?"
    rf"(?:\s+(?:(?P<apiece>each|apiece)|in total|altogether|overall))?"
    rf"\s*(?:,\s*)?(?:(?:per|an?|each|every|/)\s*(?P<period>{PERIOD})\b|(?P<adverb>daily|weekly|monthly))"
    rf"(?P<after>\s*(?:per|for each|each|by each)\s*{_WHO}\b)?",
    re.IGNORECASE,
)
_SHARE = re.compile(
    rf"(?:(?P<a>\d+|one) in (?P<b>\d+|ten|five|four|three|twenty)|(?P<percent>\d+(?:\.\d+)?)\s?%)"
    rf"\s+(?:of\s+(?:the\s+|our\s+|all\s+)?)?[a-z]+\s+[a-z]+\s+(?P<many>an?|one|\d+)\b"
    rf"[^.;]{{0,24}}?\b(?:an?|per|each|every)\s+(?P<period>{PERIOD})\b",
    re.IGNORECASE,
)
_EACH_DOES = re.compile(
    rf"\b(?:(?:each|every|per|an?)\s+(?:of\s+(?:them|us|these|the\s+\w+)|{_WHO})|everyone|everybody|"
    rf"(?:{_WHO}s|they|who|we)\s+each|each\s+[a-z]+s)\b[^.;?!]{{0,40}}$",
    re.IGNORECASE,
)
_ANYBODY = frozenset("each one person people user head".split())
_GROUP = re.compile(rf"(?P<many>\d[\d,]*)\s+(?:[a-z-]+\s+)?(?P<who>{_WHO}s)\b", re.IGNORECASE)
# "12 clinics do 40 appointments each a week": each place, not each of the people.
_EACH_PLACE = re.compile(
    r"(?P<many>\d[\d,]*)\s+(?:\w+\s+)?(?:clinics|shops|stores|schools|clubs|teams|branches|sites|"
    r"offices|hotels|restaurants|hospitals|companies|warehouses|depots|practices)\b[^.;?!]{0,40}$",
    re.IGNORECASE,
)
_IN_ALL = re.compile(r"^\W*(?:in total|altogether|overall|in all|together)\b", re.IGNORECASE)
# Requests of a server are no deeds; those that people file are named by what they ask for.
_FILED = re.compile(
    r"\b(?:repair|service|support|maintenance|leave|change|purchase|help|booking|transport)\s+$",
    re.IGNORECASE,
)
_WORDS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
          "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "twenty": 20}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One thing that people do: what, how many a month in all, and the words that say it."""

    what: str
    month: float
    quote: str


def amount(words: str) -> float:
    """A number as it is written: 1,200; 3k; ten.

    >>> amount("1,200"), amount("3k"), amount("ten")
    (1200.0, 3000.0, 10.0)
    """
    plain = words.strip().lower().replace(",", "").replace(" ", "")
    if plain in _WORDS:
        return float(_WORDS[plain])
    return float(plain.removesuffix("k")) * (1000 if plain.endswith("k") else 1)


def middle(found: re.Match[str]) -> float:
    """The middle of a range, or the one number told."""
    low = amount(found["low"])
    high = amount(found["high"]) if found["high"] else low
    return (low + high) / 2


def times_of(period: str, people: People, *, each: bool) -> float:
    """How often a month has this period; one's own day is a day on which one comes."""
    days = DAYS[period.lower()]
    return people.days if each and days == 1 else _MONTH / days


def deeds_of(text: str, people: People) -> tuple[Deed, ...]:
    """The deeds that the words tell with how often they happen."""
    return (*_rates(text, people), *_shares(text, people))


def _rates(text: str, people: People) -> Iterator[Deed]:
    for found in _RATE.finditer(text):
        before, after = text[: found.start()], text[found.end() :]
        period = found["period"] or found["adverb"]
        many = middle(found)
        served = stem(found["deed"]) == "request" and not _FILED.search(text[: found.start("deed")])
        if served or period.lower() == "hour":
            continue
        places = _EACH_PLACE.search(before) if found["apiece"] else None
        if places:
            often = times_of(period, people, each=False) * amount(places["many"])
            yield Deed(
                what=stem(found["deed"]), month=many * often, quote=" ".join(found[0].split())
            )
            continue
        own = found["own"] or found["after"] or found["apiece"] or _EACH_DOES.search(before)
        few = people.staff and many <= _OF_ONE and many < people.count
        each = bool((own or few) and not _IN_ALL.match(after) and people.count)
        whose = _named(found, text, people) if each else None
        yield Deed(
            what=stem(found["deed"]),
            month=many
            * times_of(period, whose or people, each=each)
            * (whose.count if whose else people.count if each else 1),
            quote=" ".join(found[0].split()),
        )


def _named(found: re.Match[str], text: str, people: People) -> People | None:
    """The smaller group of whom the rate tells: 12 visits a day per doctor, of 25 doctors."""
    who = re.search(rf"{_WHO}\b", found["own"] or found["after"] or "", re.IGNORECASE)
    if who and who[0].lower() not in _ANYBODY:
        noun, count = stem(who[0]), total_of(who[0], text)
    else:
        told = list(_GROUP.finditer(text[: found.start()]))
        if not told:
            return None
        noun, count = stem(told[-1]["who"]), amount(told[-1]["many"])
    smaller = 0 < count < people.count
    return replace(people, count=count, staff=noun in STAFF or people.staff) if smaller else None


def _shares(text: str, people: People) -> Iterator[Deed]:
    """1 in 10 tenants files one a month."""
    for found in _SHARE.finditer(text):
        if people.count:
            share = (
                float(found["percent"]) / 100
                if found["percent"]
                else amount(found["a"]) / amount(found["b"])
            )
            often = amount(found["many"]) * times_of(found["period"], people, each=True)
            month = people.count * share * often
            yield Deed(what="", month=month, quote=" ".join(found[0].split()))


def stem(noun: str) -> str:
    """A noun without its plural: visits, deliveries.

    >>> stem("visits"), stem("deliveries"), stem("photo")
    ('visit', 'delivery', 'photo')
    """
    lower = noun.lower()
    if lower.endswith("ies"):
        return f"{lower[:-3]}y"
    if lower.endswith("ie"):
        return f"{lower[:-2]}y"
    return lower[:-1] if lower.endswith("s") and not lower.endswith("ss") else lower
