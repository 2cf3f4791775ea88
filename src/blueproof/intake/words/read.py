"""A request in words as a brief: every fact with the words it rests on, and what stayed unread."""

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import get_args

from blueproof.core.blueprint import QuestionKind
from blueproof.core.brief import Brief, Fact
from blueproof.intake.bill.facts import bill_in
from blueproof.intake.bill.pasted import without_bill
from blueproof.intake.plans import divided, with_plan
from blueproof.intake.words.details import read_details
from blueproof.intake.words.kinds import asking
from blueproof.intake.words.numbers import Number, read_numbers
from blueproof.intake.words.premises import read_beliefs
from blueproof.intake.words.rates import read_rates
from blueproof.intake.words.sayings import read_sayings
from blueproof.intake.words.signals import read_signals
from blueproof.intake.words.stances import Standing, read_standings
from blueproof.intake.words.technologies import Mention, index, read_technologies
from blueproof.intake.words.text import Text, Word
from blueproof.intake.words.thousands import with_commas
from blueproof.intake.words.topics import (
    Topic,
    read_constraints,
    read_features,
    read_problems,
)
from blueproof.intake.words.weighing import likely
from blueproof.sql.secrets import masked_words

_MOST_UNREAD = 8
_SAID = {"tried", "pain", "proposal", "premise"}  # whole sentences: their words may be unread
_CHOICE = 2.5  # as much as the strongest single word
_WISHES = re.compile(r"\b(?:need|want|looking|help|recommend|should)", re.IGNORECASE)
_FEW = 25  # words
_LAID_OUT = 0.8  # of 53 labelled requests like that more are to be judged than anything else
_NAME_LIKE = re.compile(r"^(?:[A-Z][a-z]+[A-Z][A-Za-z]*|[a-z]{2,}[A-Z][A-Za-z]+)$")


def read_request(request: str) -> Brief:
    """The brief of a request; secrets in it are masked before anything is read."""
    words, plan = divided(request)
    if plan:
        return with_plan(read_request(words), plan)
    request = with_commas(masked_words(request))
    text = Text(request)
    mentions = read_technologies(text)
    told = without_bill(request)  # what a bill names, nobody asks for
    plain = text if told == request else Text(told)
    numbers = read_numbers(told)
    features = read_features(plain)
    signals = read_signals(text, mentions, numbers, features)
    kind = _kind(text, signals)
    sentence = asking(text, kind)
    standings = read_standings(text, mentions, kind)
    problems = likely("problem", signals, _choosing(kind, standings))
    facts = (
        Fact(key="kind", value=kind, source="inferred", quote=sentence.text.strip())
        if sentence
        else Fact(key="kind", value=kind, source="assumed"),
        *(
            _quoted(request, "technology", s.mention.technology.id, s.mention, role=role)
            for s in standings
            for role in (("current", s.stance) if s.in_use else (s.stance,))
        ),
        *(_of_topic(request, "problem", t) for t in read_problems(plain, problems)),
        *(_of_topic(request, "feature", t) for t in features),
        *(_of_topic(request, "constraint", t) for t in read_constraints(plain, mentions)),
        *_of_numbers(request, numbers),
        *read_details(request),
        *bill_in(request),
        *(_said(s.kind, s.quote, (s.start, s.end)) for s in read_sayings(plain)),
        *(
            _said("premise", b.quote, (b.start, b.end))
            for b in read_beliefs(plain, mentions, numbers)
        ),
    )
    return Brief(request=request, facts=facts, not_understood=tuple(_unread(text, facts)))


def _choosing(kind: QuestionKind, standings: tuple[Standing, ...]) -> dict[str, float]:
    """What speaks for a choice: two options of a kind, and a question which one."""
    options = Counter(s.mention.technology.kind for s in standings if s.stance == "option")
    several = any(count > 1 for count in options.values())
    return {"choose-technology": _CHOICE} if several and kind == "which" else {}


def _kind(text: Text, signals: dict[str, float]) -> QuestionKind:
    """The likeliest kind of question."""
    likeliest = likely("kind", signals, _laid_out(text, signals))[0][0]
    return next(kind for kind in get_args(QuestionKind) if kind == likeliest)


def _laid_out(text: Text, signals: dict[str, float]) -> dict[str, float]:
    """What speaks for a judgement: a few words that neither ask nor tell of trouble."""
    asks = any(s.asks for s in text.sentences)
    asks = asks or bool(_WISHES.search(text.raw))
    plain = len(text.words) < _FEW and not asks and "tells:pain" not in signals
    return {"is-this-fine": _LAID_OUT} if plain else {}


def _quoted(request: str, key: str, value: str, at: Mention, *, role: str) -> Fact:
    return Fact(
        key=key,
        value=value,
        role=role,
        source="inferred",
        quote=request[at.start : at.end],
        span=(at.start, at.end),
    )


def _of_topic(request: str, key: str, topic: Topic) -> Fact:
    if topic.end == topic.start:  # from the kind of the question, no words of its own
        return Fact(key=key, value=topic.id, source="assumed")
    return Fact(
        key=key,
        value=topic.id,
        role="negated" if topic.negated else "",
        source="inferred",
        quote=request[topic.start : topic.end],
        span=(topic.start, topic.end),
    )


def _said(key: str, quote: str, span: tuple[int, int]) -> Fact:
    return Fact(key=key, value=quote, source="inferred", quote=quote, span=span)


def _of_numbers(request: str, numbers: tuple[Number, ...]) -> Iterator[Fact]:
    for number in numbers:
        if number.low != number.high:
            yield _of_number(request, number, number.low)
        yield _of_number(request, number, number.value)
    for rate in read_rates(numbers, request):
        start = min(a for a, _ in rate.parts)
        end = max(b for _, b in rate.parts)
        yield Fact(
            key="rate",
            value=float(rate.value),
            unit=_plural(rate.unit, rate.value) + (f" per {rate.per}" if rate.per else ""),
            role=rate.working,
            source="inferred",
            quote=request[start:end],
            span=(start, end),
        )


def _key_in(request: str, number: Number) -> str:
    if _is_ceiling(request, number):
        return "budget"
    if _is_group(request, number):
        return "scale.group-size"
    after = request[number.span[1] : number.span[1] + 34]
    at_once = number.metric in _PEOPLE and bool(_AT_ONCE.match(after))
    return "scale.concurrent-users" if at_once else _key(number)


def _of_number(request: str, number: Number, value: Decimal) -> Fact:
    return Fact(
        key=_key_in(request, number),
        value=float(value),
        unit=f"{number.unit} per {number.per}" if number.per else number.unit,
        role=number.role,
        source="inferred",
        quote=number.quote,
        span=number.span,
    )


_CEILING = re.compile(
    r"(?:\b(?:max(?:imum)?|at most|under|below|up to|less than|within|budget|afford"
    r"|(?:can|could|willing to|want to|like to) (?:pay|spend)"
    r"|keep (?:it|this|costs?))\b|(?:\b(?:no|not)|n'?t) (?:\w+ ){0,3}more than\b)[^.\n]{0,24}$",
    re.IGNORECASE,
)


def _plural(unit: str, value: Decimal) -> str:
    return unit if value == 1 or unit.isupper() or unit.endswith("s") else f"{unit}s"


_LIST_ITEM = re.compile(r"[,;\n-]\s*(?:about |around |~)?[$\u20ac]?$")
_CEILING_AFTER = re.compile(r"^\W{0,2}(?:max|tops|at most|or less|budget)\b", re.IGNORECASE)


def _is_ceiling(request: str, number: Number) -> bool:
    """Whether a sum a month is the most that may be spent."""
    start = number.span[0]
    before = request[max(0, start - 48) : start]
    after = request[number.span[1] : number.span[1] + 14]
    capped = bool(
        _CEILING.search(before) or _CEILING_AFTER.match(after) or _LIST_ITEM.search(before)
    )
    priced = number.role == "price" or not number.unit
    return priced and number.per == "month" and capped


_GROUPS = re.compile(
    r"\b(?:groups?|rooms?|conversations?|channels?|chats?|classes|teams)(?: chats?)?"
    r"(?: (?!(?:apps?|back|server|service|platform|product|tool|system|site|startup)\b)\w+)? "
    r"(?:of|up to|with)"
    r"(?: up to| about| around| at most)? ?[~<]?$",
    re.IGNORECASE,
)
_AT_ONCE = re.compile(
    r"^[^.,;]{0,20}\b(?:at (?:the same time|once)|simultaneous\w*|concurrent\w*)", re.IGNORECASE
)
_PEOPLE = {"users", "members", "concurrent-users", "people", ""}


def _is_group(request: str, number: Number) -> bool:
    """Whether it is how many people are in one conversation."""
    start = number.span[0]
    return number.metric in _PEOPLE and bool(_GROUPS.search(request[max(0, start - 40) : start]))


def _key(number: Number) -> str:
    if number.metric in {"budget", "deadline"}:
        return number.metric
    return f"scale.{number.metric or number.unit or 'number'}"


def _unread(text: Text, facts: tuple[Fact, ...]) -> Iterator[str]:
    """Words that look like names and are none that we know, each once."""
    seen: set[str] = set()
    spans = [f.span for f in facts if f.span and f.key not in _SAID]
    for word in text.prose:
        named = any(start <= word.start < end for start, end in spans)
        if not named and _looks_like_name(word) and word.text not in seen:
            seen.add(word.text)
            yield word.text
            if len(seen) == _MOST_UNREAD:
                return


def _looks_like_name(word: Word) -> bool:
    """Mixed capitals: how products are written. Never what holds a digit: it may be a secret."""
    known = word.lower in index().ids or word.lower in _ORDINARY
    return bool(_NAME_LIKE.match(word.text)) and not known


_ORDINARY = frozenset(
    "i ok id ids api apis sql nosql rest http https url urls json csv pdf ui ux db dbs os mvp poc "
    "etc usa us eu uk cpu ram gpu gb mb kb tb ms qps rps faq tldr tl dr imo aws am pm utc est pst "
    "ci cd crud ios dev prod qa b2b b2c saas p95 p99 p50 1st 2nd 3rd 4th mau dau sla slo iops ssd "
    "hdd create index select insert update delete alter table drop where from join limit and or "
    "not null on in is as set into values null true false explain analyze".split()
)
