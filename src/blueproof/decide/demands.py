"""What the words demand of a back end beside its features, and how an option stands to it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.facts.demands import Held, Verdict, demands

Told = tuple[str, str]  # a demand's id, and its amount or country, "" where it has none
_NOT = re.compile(
    r"\b(?:no need (?:for|of)|not? (?:really )?(?:need|require)\w*|without|"
    r"don'?t (?:need|want|care)|do not (?:need|want)|"
    r"(?:is|are)(?:n'?t| not) (?:needed|required))\b[^.;?!,]{0,40}$|"
    r"\b(?:no|not|without)\s+(?:an?\s+|any\s+)?$",
    re.IGNORECASE,
)
_AFTER_NOT = re.compile(
    r"^[^.;?!,]{0,25}\b(?:is|are)(?:n'?t| not) (?:needed|required|necessary)|"
    r"^[^.;?!,]{0,12}\bis optional",
    re.IGNORECASE,
)
_POINT = re.compile(
    r"\bpoint[- ]in[- ]time\b|\bpitr\b|\b(?:to|at) any (?:minute|second|moment|point|hour)\b",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"\b(?P<many>\d{1,3}|an?|one|two|three|four|five|six|seven|ten|fourteen|thirty)[- ]?"
    r"(?P<unit>day|week|month)s?\b",
    re.IGNORECASE,
)
_WORDS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
          "seven": 7, "ten": 10, "fourteen": 14, "thirty": 30}  # fmt: skip
_DAYS = {"day": 1, "week": 7, "month": 30}
_PRIVATE = re.compile(
    r"\bprivate[- ](?:end[- ]?points?|links?|subnets?|network(?:ing)?|connectivity)\b|"
    r"\bprivatelink\b|\bvpc[- ](?:peering|only|internal)\b|"
    r"\bno (?:public|internet) (?:access|endpoints?|ip|address|exposure|facing)\b|"
    r"\b(?:not|never)\s+(?:be\s+)?(?:publicly\s+)?(?:reachable|accessible|exposed|open|visible)"
    r"\b[^.;?!]{0,24}\b(?:public|internet)\b|\b(?:not|never) be on the (?:public )?internet\b|"
    r"\bnot publicly (?:reachable|accessible|exposed)\b",
    re.IGNORECASE,
)
_KEYS = re.compile(
    r"\bcustomer[- ](?:managed|held|owned) (?:encryption )?keys?\b|\bcmeks?\b|\bcmks?\b|"
    r"\b(?:byok|bring (?:your|our|my) own (?:encryption )?keys?)\b|"
    r"\b(?:our|my) own (?:encryption|kms|hsm|master) keys?\b|"
    r"\bencryption keys?\b[^.;?!]{0,16}\b(?:must|have to|has to|need to|should)\b[^.;?!]{0,12}"
    r"\b(?:our|ours|us)\b|\bkeys? (?:that )?(?:we|only we) (?:control|hold|manage|own)\b",
    re.IGNORECASE,
)
_OTHER_KEYS = re.compile(r"\b(?:openai|anthropic|llm|gpt|api keys?|ssh)\b", re.IGNORECASE)
_SOC2 = re.compile(
    r"\bsoc[- ]?2\b[^.;?!]{0,40}\b(?:reports?|vendors?|providers?|certifi\w+|complian\w+|attest\w+|"
    r"audited|type)\b|\b(?:vendors?|providers?|backend|must|need\w*|require\w*|demand\w*|ask\w*|"
    r"want\w*|insist\w*)\b[^.;?!]{0,40}\bsoc[- ]?2\b",
    re.IGNORECASE,
)
_AGREEMENT = re.compile(
    r"\bdpas?\b|\bdata processing (?:agreement|addendum|contract)s?\b|\bavv\b"
    r"|\bauftragsverarbeitung\w*|\bprocessor agreements?\b",
    re.IGNORECASE,
)
_DUMP = re.compile(
    r"\b(?:plain|normal|standard|full|regular|simple|real) (?:postgres(?:ql)?|pg|sql)[- ]?dumps?\b"
    r"|\b(?:postgres(?:ql)?|pg)[-_ ]?dumps?\b[^.;?!]{0,40}\b(?:leave|leaving|move|moving|exit|away"
    r"|elsewhere|any ?time|whenever|out)\b"
    r"|\b(?:leave|leaving|move|moving|exit|away|walk|get out)\b[^.;?!]{0,50}"
    r"\b(?:postgres(?:ql)?|pg)[-_ ]?dumps?\b",
    re.IGNORECASE,
)
# What a country and its people are called; those of the EU are spoken of as the EU elsewhere.
_COUNTRIES = {
    "Australia": r"australian?", "Brazil": r"bra[sz]il(?:ian)?", "Canada": r"canad(?:a|ian)",
    "India": r"indian?", "Israel": r"israeli?", "Japan": r"japan(?:ese)?",
    "New Zealand": r"new zealand", "Norway": r"norw(?:ay|egian)", "Singapore": r"singapore(?:an)?",
    "South Africa": r"south african?", "South Korea": r"(?:south )?korean?",
    "Switzerland": r"switzerland|swiss", "the United Kingdom": r"uk|united kingdom|britain|british",
    "Saudi Arabia": r"saudi(?: arabian?)?", "the UAE": r"uae|emirates|dubai",
    "Turkey": r"turk(?:ey|ish)", "Indonesia": r"indonesian?", "Mexico": r"mexic(?:o|an)",
}  # fmt: skip
OF_EU = {
    "Belgium": r"belgium", "Finland": r"finland", "France": r"france", "Germany": r"germany",
    "Ireland": r"ireland", "Italy": r"italy", "Poland": r"poland", "Spain": r"spain",
    "Sweden": r"sweden", "the Netherlands": r"(?:the )?netherlands", "Austria": r"austria",
    "Denmark": r"denmark", "Portugal": r"portugal",
}  # fmt: skip
_EU = re.compile(r"\b(?:eu|europe\w*|gdpr|dsgvo)\b", re.IGNORECASE)
_KEPT = (
    r"(?:stay\w*|remain\w*|be kept|kept|keep|live|lives|reside\w*|stored?|hosted?|held|processed|"
    r"located|not leave|never leave|can'?t leave|cannot leave|leave|leaves|outside(?: of)?)"
)


@dataclass(frozen=True, kw_only=True)
class Stand:
    """How an option stands to a demand: the verdict, its sentence, and what it takes."""

    demand: str
    amount: str
    must: str
    verdict: Verdict
    says: str
    held: Held | None = None

    @property
    def price(self) -> str:
        """The price fact of the add-on that holds the amount; "" where there is none."""
        plans = self.held.plans if self.held else ()
        return next((price for most, price in plans if float(self.amount) <= most), "")


def demands_of(text: str) -> tuple[Told, ...]:
    """The demands that the words make, in the order of their ids.

    >>> demands_of("We must restore to any minute of the last two weeks")
    (('point-in-time-restore', '14'),)
    """
    return tuple(sorted(_told(text)))


def _told(text: str) -> Iterator[Told]:
    country = country_of(text)
    if country:
        yield "country", country
    days = _days(text)
    if days:
        yield "point-in-time-restore", f"{days}"
    if _says(_PRIVATE, text):
        yield "private-network", ""
    if _says(_KEYS, text) and not _OTHER_KEYS.search(text):
        yield "customer-keys", ""
    if _says(_SOC2, text):
        yield "soc2-report", ""
    if _says(_DUMP, text):
        yield "postgres-dump", ""
    if _says(_AGREEMENT, text):
        yield "processing-agreement", ""


def _says(pattern: re.Pattern[str], text: str) -> bool:
    """Whether the words demand it, and do not say that it is not needed."""
    return any(
        not _NOT.search(text[: found.start()]) and not _AFTER_NOT.search(text[found.end() :])
        for found in pattern.finditer(text)
    )


def _days(text: str) -> int:
    """How far back a restore to a minute has to go: 1 where only such a one is asked; else 0."""
    for sentence in re.split(r"[.;?!\n](?:\s|$)", text):
        if _says(_POINT, sentence):
            spans = _SPAN.finditer(sentence)
            return max((_length(found) for found in spans), default=1)
    return 0


def _length(span: re.Match[str]) -> int:
    many = span["many"].lower()
    return (_WORDS.get(many) or int(many)) * _DAYS[span["unit"].lower()]


def country_of(text: str) -> str:
    """The country in which data must be kept, as the words say it; "" where none is named.

    >>> country_of("Data must stay in Switzerland"), country_of("our users are in Canada")
    ('Switzerland', '')
    """
    known = _COUNTRIES if _EU.search(text) else {**_COUNTRIES, **OF_EU}
    return next((name for name, words in known.items() if _must_stay(words, text)), "")


def _must_stay(words: str, text: str) -> bool:
    inside = rf"\b{_KEPT}\s+(?:\w+\s+){{0,2}}?(?:in|inside|within|on)?\s*(?:the\s+)?(?:{words})\b"
    rights = rf"\b(?:{words})\s+(?:data residency|soil|data cent(?:er|re)s?|servers?|region)\b"
    said = rf"\b(?:data residency|data sovereignty)\s+(?:in|for)\s+(?:the\s+)?(?:{words})\b"
    about = r"\b(?:data|records?|everything|information|servers?|hosted|residency|soil|region)\b"
    return any(
        re.search(pattern, sentence, re.IGNORECASE) and re.search(about, sentence, re.IGNORECASE)
        for sentence in re.split(r"[.;?!\n](?:\s|$)", text)
        for pattern in (inside, rights, said)
    )


def stands(option: str, told: tuple[Told, ...]) -> tuple[Stand, ...]:
    """How an option stands to each demand that was told."""
    return tuple(_stand(option, name, amount) for name, amount in told)


def _stand(option: str, name: str, amount: str) -> Stand:
    demand = demands()[name]
    held = demand.held[option]
    must = demand.must.format(amount=amount)
    verdict, says = held.verdict, held.says
    if held.most is not None and float(amount) > held.most:
        verdict, says = "no", f"{says}; you need {amount} {demand.unit}"
    if name == "country":
        verdict, says = _placed(held, amount)
    return Stand(demand=name, amount=amount, must=must, verdict=verdict, says=says, held=held)


def _placed(held: Held, country: str) -> tuple[Verdict, str]:
    """Whether there is a region in the country, and what is said of it."""
    if country in held.places:
        return held.verdict, held.says.format(place=held.places[country])
    if country in held.unsure:
        return "unknown", f"whether every part has a region in {country} is not known here"
    return "no", f"it has no region in {country}"
