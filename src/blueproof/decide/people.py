"""Who uses the app, as the words tell it: how many, what they are called, and how they work.

Staff come on every working day and at the same hours; customers come when they like. A bill that
takes 420 technicians for 420 monthly users, of whom one in five comes on a day, is far too low.
"""

import re
from dataclasses import dataclass, replace

from blueproof.core.brief import Brief, Fact
from blueproof.decide.chains import people_in
from blueproof.decide.growth import Growth, growth_of

DAYS, WORKDAYS = 30, 22  # of a month
DAILY_SHARE = 0.2  # of monthly users a day, where nothing is told
_PEOPLE = ("scale.users", "scale.people", "scale.members")
# Callings: whoever is counted by one works with the app.
STAFF = frozenset(
    """technician mechanic driver rep representative employee staff worker crew nurse doctor
    inspector courier rider guard cleaner janitor plumber electrician installer surveyor auditor
    agent officer operator engineer carer caregiver teacher trainer colleague salesperson
    salespeople salesman merchandiser picker packer farmhand forester ranger sailor seafarer
    waiter cook chef barista paramedic firefighter dispatcher foreman supervisor manager tech
    builder roofer painter gardener assessor adjuster promoter porter steward seat""".split()
)
# Callings of people who come to such an app as customers do, unless it is told otherwise.
_OUTSIDE = frozenset("teacher rider agent trainer manager".split())
_MAKERS = re.compile(r"\b(?:dev(?:eloper)?s?|programmers?|engineers?|coders?)\b", re.IGNORECASE)
_COMPANY_STAFF = re.compile(r"\b(?:employees?|staff|colleagues?|workers?)\b", re.IGNORECASE)
_OTHERS = 0.5  # of those who grow, up to which another group stands beside them
_A_GROUP = 0.02  # of the largest group, from which a smaller one is added to it
_A_TEAM = 20  # employees from which they are whom the app is for, not those who build it
_DEVICES = re.compile(
    r"\b(\d[\d,]*)\s+(?:[a-z-]+\s+){0,2}?(scanner|handheld|tablet|terminal|kiosk)s\b", re.IGNORECASE
)
_COME = re.compile(
    r"\b(\d{1,2})\s?%\s+(?!(?:off|discount|more|less|cheaper)\b)"
    r"(?:of (?:them|us|the(?:m|se)?|our|all)\s+)?(?:[a-z]+\s+){0,4}?"
    r"(?:daily|every day|each day|per day|a day|on (?:any|a given) day)\b",
    re.IGNORECASE,
)
_AT_WORK = re.compile(
    r"\b(?:internal (?:app|tool)|field (?:software|sales|service|crew|team|app)|on shift|shifts?|"
    r"back office|head office|our (?:employees|staff|drivers|couriers|techs?|technicians))\b",
    re.IGNORECASE,
)
_LIVE = re.compile(
    r"\b(?:in the (?:hall|room|audience|stadium|arena)|live (?:voting|poll\w*|quiz\w*|q&a|event)|"
    r"(?:all )?at the same time|simultaneous\w*|all at once)\b",
    re.IGNORECASE,
)
_HOMES = re.compile(
    r"\b(?:housing|landlords?|apartments?|flats?|rent(?:al|ed|ing)?)\b", re.IGNORECASE
)
_NUMBER = r"(\d[\d,. ]*\d|\d)(k?)"
_EACH_PLACE = re.compile(
    rf"{_NUMBER}\s+(?:\w+\s+)?(?:companies|firms|customers|tenants|clients|schools|clubs|shops|"
    r"stores|teams|offices|branches|sites|organi[sz]ations|orgs|clinics|hotels|restaurants|gyms|"
    r"hospitals|farms|salons|warehouses|churches)\b"
    rf"[^.;?!]{{0,48}}?\b{_NUMBER}\s+(seats|users|employees|people|members|staff|workers|parents|students|pupils|kids|"
    r"patients|residents|players|teachers|customers|subscribers|agents|drivers|guests|nurses)\s+"
    r"(?:each|per|a)\b",
    re.IGNORECASE,
)
_OF_EACH_PLACE = re.compile(
    rf"{_NUMBER}\s+(people|users|employees|members|staff|workers|parents|students|pupils|kids|"
    r"patients|residents|players|customers|drivers|guests|nurses)\s+(?:per|a|each|in each|in every)"
    r"\s+(compan(?:y|ies)|firm|school|club|shop|store|team|office|branch|site|clinic|hotel|"
    rf"restaurant|class|gym|hospital|farm|salon|warehouse|church)\b[^.;?!]{{0,30}}?\b{_NUMBER}\s+\4(?:s|es)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(rf"\b{_NUMBER}(?!\s?[%$\u20ac\u00a3])", re.IGNORECASE)
_PLACE = re.compile(
    r"\s+(?:(?!and\b|with\b)\w+\s+){0,2}?(?:compan(?:y|ies)|firms|schools|clubs|shops|stores|teams|"
    r"offices|branches|sites|organi[sz]ations|orgs|clinics|hotels|restaurants|gyms|hospitals|farms|"
    r"businesses|agencies|salons|dealers|warehouses|churches)\b",
    re.IGNORECASE,
)
_CUSTOMER = re.compile(
    r"\s+(?:\w+\s+){0,2}?(?:customers|tenants|clients|accounts)\b", re.IGNORECASE
)
_CREWS = re.compile(
    rf"\b(crew|team|staff)s?\s+of\s+(?:about\s+|~\s*)?{_NUMBER}\s+(?:per|a|each|on each|in each)\s+"
    rf"(\w+)[^.;?!]{{0,20}}?\b{_NUMBER}\s+\4s\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class People:
    """How many people use it in a month and what they are called; `staff` work with it daily.

    `together` are all there at the same moment (a hall that votes). No people told: 0. Where they
    are to grow, `count` are those of now. `share` come on a day (0: not told).
    `mixed` is that smaller groups are among them, so that not all are what `noun` says.
    """

    count: float = 0.0
    noun: str = ""
    staff: bool = False
    together: bool = False
    growth: Growth | None = None
    share: float = 0.0
    mixed: bool = False

    @property
    def days(self) -> float:
        """On how many days of a month one of them comes."""
        if self.share:
            return DAYS * self.share
        return WORKDAYS if self.staff else DAYS * (1.0 if self.together else DAILY_SHARE)


def people_of(brief: Brief) -> People:
    """The people that the words tell of, or the devices that they work with."""
    found = _people_of(brief)
    devices = None if found.count else _DEVICES.search(brief.request)
    if devices:
        count = float(devices[1].replace(",", ""))
        return People(count=count, noun=devices[2].lower(), staff=True)
    return replace(found, share=daily_share(brief.request)) if found.count else found


def daily_share(text: str) -> float:
    """The share of the month's people who come on a day, told in per cent; 0 where it is not.

    >>> daily_share("20k monthly users, 40% open it daily"), daily_share("20% off a day pass")
    (0.4, 0.0)
    """
    found = _COME.search(text)
    return int(found[1]) / 100 if found else 0.0


def _people_of(brief: Brief) -> People:
    text = brief.request
    together = bool(_LIVE.search(text))
    product = _of_products(text)
    if product and not _monthly_told(list(brief.facts)):
        count, noun, works = product
        count, growth = _of_places(count, growth_of(text), text)
        return People(count=count, noun=noun, staff=works, together=together, growth=growth)
    told = [f for f in brief.facts if not isinstance(f.value, str) and f.role != "limit"]
    count = _monthly_told(told) or _counted(told, text)
    noun = _noun(told, count, text)
    largest = max((_monthly(f) for f in told if _are_people(f, text)), default=0.0)
    mixed = bool(noun) and count > largest
    staff = noun in STAFF and (noun not in _OUTSIDE or bool(_AT_WORK.search(text)))
    growth = growth_of(text)
    count, growth = _now(count, growth if growth and not _counts(growth, text, _PLACE) else None)
    return People(
        count=count,
        noun=noun,
        staff=staff and count > 0,
        together=together,
        growth=growth,
        mixed=mixed,
    )


def _of_places(count: float, growth: Growth | None, text: str) -> tuple[float, Growth | None]:
    """The people of now and their growth, where it is told in places that have so many each."""
    if growth is None or not (_counts(growth, text, _PLACE) or _counts(growth, text, _CUSTOMER)):
        return count, None
    told = {_value(found[1], found[2]) for found in _FIGURE.finditer(text)}
    for places in (growth.now, growth.later):
        each = count / places
        if each in told:
            grown = replace(growth, now=growth.now * each, later=growth.later * each)
            return grown.now, grown
    return count, None


def _counts(growth: Growth, text: str, noun: re.Pattern[str]) -> bool:
    """Whether what grows is called so: companies and schools, say, not those who are there."""
    return any(
        _value(found[1], found[2]) == growth.now and noun.match(text[found.end() :])
        for found in _FIGURE.finditer(text)
    )


def _now(count: float, growth: Growth | None) -> tuple[float, Growth | None]:
    """The people of now, and their growth where it is theirs, not that of orders or of money."""
    if growth and count >= growth.later:
        return count - growth.later + growth.now, growth
    if growth and growth.now <= count <= (1 + _OTHERS) * growth.now:
        return count, growth
    return count, None


def houses_tenants(text: str) -> bool:
    """Whether "tenants" are people who rent homes, not customers of a shared system."""
    return bool(_HOMES.search(text))


def seats(brief: Brief) -> list[float]:
    """The numbers of those who build it, who each get a seat."""
    return [
        f.value for f in brief.facts
        if f.key == "scale.developers" and not isinstance(f.value, str)
        and not (_COMPANY_STAFF.search(f.quote) and f.value >= _A_TEAM)
    ]  # fmt: skip


def places_of(text: str) -> float:
    """How many firms, schools or the like there are, of which each has people; 0: not told."""
    each, of_each = _EACH_PLACE.search(text), _OF_EACH_PLACE.search(text)
    if each:
        return _value(each[1], each[2])
    firms = of_each and of_each[4].lower() not in {"class", "team"}
    return _value(of_each[5], of_each[6]) if of_each and firms else 0.0


def _of_products(text: str) -> tuple[float, str, bool] | None:
    """40 companies with 50 seats each; a crew of 25 per vessel, 60 vessels; longer chains."""
    chained, what = people_in(text)
    if chained:
        return chained, what, what in STAFF - _OUTSIDE
    found = _EACH_PLACE.search(text)
    if found:
        noun = found[5].lower().removesuffix("s")
        each = _value(found[3], found[4])
        works = noun in STAFF and noun not in _OUTSIDE
        return _value(found[1], found[2]) * each, "person" if noun == "seat" else noun, works
    found = _OF_EACH_PLACE.search(text)
    if found:
        noun = found[3].lower().removesuffix("s")
        count = _value(found[1], found[2]) * _value(found[5], found[6])
        return count, "person" if noun == "people" else noun, noun in STAFF - _OUTSIDE
    found = _CREWS.search(text)
    if found:
        return _value(found[2], found[3]) * _value(found[5], found[6]), "person", True
    return None


def _value(digits: str, thousands: str) -> float:
    plain = digits.replace(",", "").replace(" ", "")
    return float(plain.strip(".")) * (1000 if thousands else 1)


def _monthly_told(told: list[Fact]) -> float:
    return max((_monthly(f) for f in told if f.key == "scale.monthly-users"), default=0.0)


def _counted(told: list[Fact], text: str) -> float:
    """The people counted by figures; several groups of them are added up."""
    # "two people" is seldom how many use it; whoever counts users writes figures.
    written = [f for f in told if _are_people(f, text) and any(sign.isdigit() for sign in f.quote)]
    named: dict[str, float] = {}
    for fact in written:
        if _monthly(fact) >= 1:
            named[fact.unit] = max(named.get(fact.unit, 0.0), _monthly(fact))
    plain = [n for unit, n in named.items() if unit.partition(" ")[0] in {"user", "subscriber"}]
    if plain:
        return max(plain)
    # "everyone in the team (15 people)" beside 12,000 parents is no further group.
    least = max(named.values(), default=0.0) * _A_GROUP
    return sum(n for n in named.values() if n >= least)


def _are_people(fact: Fact, text: str) -> bool:
    unit = fact.unit.partition(" ")[0]
    if fact.key == "scale.developers":
        large = not isinstance(fact.value, str) and fact.value >= _A_TEAM
        return large and bool(_COMPANY_STAFF.search(fact.quote))
    if fact.key == "scale.tenants":
        return "tenant" in fact.quote.lower() and houses_tenants(text) and not _is_share(fact, text)
    if fact.key in _PEOPLE:
        return True
    return fact.key == f"scale.{unit}" and unit in STAFF and not _MAKERS.search(fact.quote)


def _is_share(fact: Fact, text: str) -> bool:
    """Whether the figure is the second of "1 in 10"."""
    return bool(fact.span and text[: fact.span[0]].rstrip().endswith(" in"))


def _noun(told: list[Fact], count: float, text: str) -> str:
    """What the largest group of people is called, in the singular."""
    groups = [f for f in told if _are_people(f, text) and _monthly(f) <= count]
    largest = max(groups, key=_monthly, default=None)
    if largest is None:
        return ""
    if largest.key == "scale.developers":
        return "employee"
    return largest.unit.partition(" ")[0]


def _monthly(fact: Fact) -> float:
    """A count of people as one of a month."""
    value = 0.0 if isinstance(fact.value, str) else fact.value
    return value / 12 if fact.unit.endswith("per year") else value
