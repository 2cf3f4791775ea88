"""Which entries of what is known speak to a request, the best first, and how surely.

SQLite's full-text search (BM25) says which entries have the request's rare words. On top come
signs that it cannot see: a whole phrase that people ask by, an error's text, a limit's own figure,
and whether the request names the product.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache, cached_property

from blueproof.advisors.known.contrary import (
    is_denied,
    speaks_against,
    without_questions,
    without_table_names,
)
from blueproof.advisors.known.entries import everything, kind_of
from blueproof.advisors.known.found import Found
from blueproof.advisors.known.full_text import full_text
from blueproof.advisors.known.index import index, written
from blueproof.advisors.known.measures import figure_in
from blueproof.advisors.known.phrases import longer, nearest
from blueproof.advisors.known.signals import certainty, in_words, of_kind, standing, words_of
from blueproof.core.brief import Brief
from blueproof.facts.entries import Charge, Choice, Entry, Failure, Limit, Pattern
from blueproof.facts.kin import broad, is_of_rivals, kin
from blueproof.facts.words import stems, stems_by_sentence

# Likelihoods from which the first answers, and from which it does where that is said to be unsure.
CERTAIN, LIKELY = 0.65, 0.42
_WHOLLY_SAID = 0.9  # of a way to ask
_MOST_UNKNOWN = 2
ALONE = 3.0  # the lead of the only entry that was found
_WEIGHED = 10  # entries, by their scores, of which the signals say the order
_MOST = 60  # entries that are looked at more closely
_LIMIT_ASKED = re.compile(
    r"\b(?:max(?:imum)?|limits?|quotas?|at most)\b"
    r"|\bhow (?P<how>large|big|long|many|often)\b|\b(?P<time>time ?outs?|duration)\b",
    re.IGNORECASE,
)
_WHETHER = re.compile(
    r"(?:^|[.!?] )\W*(?:can|could|does|do|is|will|may)\b"
    r"|(?<!how )(?<!what )(?<!where )(?<!why )(?<!when )\b(?:can|could) (?:i|we|it|you)\b"
)
_SYMPTOM = re.compile(
    r"\b(?:slow\w*|fail\w*|errors?|lost|stuck|hangs?|drops?|dropped|dies|crash\w*|twice|wrong"
    r"|never|"
    r"killed|denied|refused|exceeded|exhausted|blocks|blocked|(?:dead)?locks|deadlock|vanish\w*|"
    r"times? ?out|(?:can|does|do|is|are|did|was)(?: ?not|n'?t)|cannot|although|suddenly|randomly|"
    r"still)\b|\w_error\b|\w(?:Error|Exception)\b",
    re.IGNORECASE,
)
_MONEY = re.compile(r"\b(?:bill\w*|cost\w*|pric\w+|expensive|pay(?:ing)?|\$\d)", re.IGNORECASE)
_OF_TIME = re.compile(r"second|minute|hour|day|ms\b", re.IGNORECASE)
_OF_SIZE = re.compile(r"\b[KMGT]?i?B\b|byte|character", re.IGNORECASE)
_MESSAGES = frozenset({"message", "notification", "push"})  # what people call one another
# No word that people say, as "Multi-AZ" is one.
_USAGE_TYPE = re.compile(r"(?=\S*(?:[a-z][A-Z]|:))[A-Z]\w*[a-z]\w*[-:]\w[\w:-]*")
_CHOOSING = frozenset({"which", "yes-no", "is-this-fine"})
_BUILDING = frozenset({"how", "build"})
_OF_TROUBLE = frozenset({"how", "why"})  # kinds of question that ask for the cure of what is told
_COLUMNS = (4.0, 3.0, 1.0)  # weights of asks, title, body
_PRINTED = 3.0  # an error's own text, where it is long or a code
_QUOTED = 1.5  # what that lifts it by
_LONG_TEXT = 3  # stems of a text that no other sentence has by chance
_FIGURE = 1.0  # a limit's own figure
_UNNAMED = 0.3  # what that is worth where its product is not named: many have a figure in common
_WORDS = 1.5  # the rare words that it has, as a share of the entry that has most
_PHRASE = 1.8
_LONGER = 0.15  # for each word of a phrase beyond two: it tells more than "gdpr delete" does
_NAMED, _NEAR, _OTHER = 0.9, 0.3, -0.9
_RIVAL_CODE = -0.45  # a pattern's code where the request names another engine than it runs on
_CONTRARY = -1.5  # what the request says against the entry
_TOPIC = 0.25
_FITS = 0.4  # a kind of entry that answers this kind of question
_COVERED = 0.35  # for each option more that a choice compares
_ELSEWHERE = 0.3  # what an error's text is worth where other products are named than its own


class Asked:
    """A request as ranking sees it: its stems sentence by sentence, products, topics, figures."""

    def __init__(self, brief: Brief) -> None:
        self.text = " ".join(brief.request.lower().replace(",", "").split())
        self.products = {
            str(f.value) for f in brief.facts if f.key == "technology" and f.role != "rejected"
        }
        self.options = {
            str(f.value) for f in brief.facts if f.key == "technology" and f.role == "option"
        }
        self.kin = kin(self.products)
        self.topics = {str(f.value) for f in brief.facts if f.key in {"problem", "feature"}}
        self.figures = {
            (f.value, f.unit.partition(" ")[0]) for f in brief.facts if not isinstance(f.value, str)
        }
        self.sentences = stems_by_sentence(without_table_names(brief.request))
        self.kind = next((str(f.value) for f in brief.facts if f.key == "kind"), "")
        asks_cure = "?" not in brief.request or self.kind in _OF_TROUBLE
        self.hurts = any(f.key == "pain" for f in brief.facts) or (
            asks_cure and bool(_SYMPTOM.search(without_questions(brief.request)))
        )
        said = any(f.key == "problem" and f.value == "cost" and f.quote for f in brief.facts)
        self.of_money = said or bool(_MONEY.search(brief.request))
        self.measure = _measure(brief.request) or self._whether()
        self.brief = brief

    def _whether(self) -> Callable[[str], bool] | None:
        """Which units a limit has by which "can it wait for 24 hours?" is answered; None: none."""
        if not _WHETHER.search(self.text):
            return None
        alike = [unit for _, unit in self.figures if _OF_TIME.search(unit) or _OF_SIZE.search(unit)]
        timed = any(_OF_TIME.search(unit) for unit in alike)
        sized = any(_OF_SIZE.search(unit) for unit in alike)
        if not alike:
            return None
        return lambda unit: bool(
            (timed and _OF_TIME.search(unit)) or (sized and _OF_SIZE.search(unit))
        )

    @cached_property
    def stems(self) -> tuple[str, ...]:
        """Every stem of the request once."""
        return tuple(dict.fromkeys(s for sentence in self.sentences for s in sentence))


def ranked(brief: Brief) -> tuple[Found, ...]:
    """The entries that speak to the request, the best first."""
    asked = Asked(brief)
    relevance = {**dict.fromkeys(_billed(asked), 0.0), **_relevance(asked)}
    found = (_found(everything()[name], asked, share) for name, share in relevance.items())
    first = sorted(found, key=lambda f: (-f.score, f.entry.id))
    weighed = [replace(f, signals=_signals(f, asked)) for f in first[:_WEIGHED]]
    return (*sorted(weighed, key=lambda f: -_place(f)), *first[_WEIGHED:])


def _place(found: Found) -> float:
    """What an entry stands by; a quoted error tells what few of the fitted questions have.

    A usage type of a bill names one charge and nothing else.
    """
    quoted = _QUOTED * (2 if isinstance(found.entry, Charge) else 1)
    return standing(found.signals) + quoted * (found.signals["printed"] >= _PRINTED)


def assured(found: tuple[Found, ...]) -> Found | None:
    """The first, where it surely answers."""
    return _first_from(found, CERTAIN)


def probable(found: tuple[Found, ...]) -> Found | None:
    """The first, where it likely answers, or surely; an error's whole text is likely enough."""
    quoted = found[:1] and found[0].signals["printed"] >= _PRINTED and may_answer(found[0])
    return found[0] if quoted else _first_from(found, LIKELY)


def _first_from(found: tuple[Found, ...], least: float) -> Found | None:
    return found[0] if found and likelihood(found) >= least else None


def likelihood(found: tuple[Found, ...]) -> float:
    """How likely the first answers, 0 to 1; 0 where something speaks against it."""
    if not found or not may_answer(found[0]):
        return 0.0
    ahead = [standing(each.signals) for each in found[:2]]
    return certainty(found[0].signals, ahead[0] - ahead[1] if len(ahead) > 1 else ALONE)


def may_answer(first: Found) -> bool:
    """Whether nothing speaks against it; a limit must be asked for, or be there word for word."""
    unasked = isinstance(first.entry, Limit) and first.signals["fits"] < 0
    return first.may_answer and not (unasked and first.share < _WHOLLY_SAID)


def _signals(found: Found, asked: Asked) -> Mapping[str, float]:
    """What is seen of an entry, as `signals` explains it, with what is known here."""
    fits = _fits(found.entry, asked)
    return {
        **in_words(found.entry, asked.stems, asked.sentences),
        **of_kind(found.entry),
        "score": found.score,
        "product": _product(found.entry, asked),
        "fits": fits,
        "limit asked": fits if isinstance(found.entry, Limit) else 0.0,
        "printed": _printed_weight(found.printed),
        "contrary": float(found.contrary),
        "told": float(_told(found.entry, asked)),
        "unnamed": float(not asked.products),
        "unknown": _unknown(found.entry, asked),
    }


def _measure(request: str) -> Callable[[str], bool] | None:
    """Which units the limit has that is asked for: "how long" is no size; None where none is."""
    found = _LIMIT_ASKED.search(request)
    if found is None:
        return None
    how = (found["how"] or ("long" if found["time"] else "")).lower()
    if how == "long":
        return lambda unit: bool(_OF_TIME.search(unit))
    if how in {"large", "big"}:
        return lambda unit: bool(_OF_SIZE.search(unit))
    if how in {"many", "often"}:
        return lambda unit: not _OF_SIZE.fullmatch(unit) and not _OF_TIME.fullmatch(unit)
    return lambda _unit: True


def _found(entry: Entry, asked: Asked, relevance: float) -> Found:
    share, phrase = nearest(entry, asked.sentences)
    printed = _printed(entry, asked)
    product = _product(entry, asked)
    score = (
        _WORDS * relevance
        + _PHRASE * share**2
        + _LONGER * share**2 * longer(phrase)
        + product
        + _topics(entry, asked)
        + _fits(entry, asked)
    )
    score += _printed_weight(printed) * (1 if product >= 0 else _ELSEWHERE)
    score += _FIGURE * _figure(entry, asked) * (1 if product > 0 else _UNNAMED)
    contrary = speaks_against(entry, asked.brief.request, hurts=asked.hurts)
    score += _CONTRARY * contrary
    return Found(
        entry=entry,
        score=score,
        share=share,
        phrase=phrase,
        printed=printed,
        contrary=contrary or (product == _OTHER and is_of_rivals(asked.products, entry.of)),
    )


def _product(entry: Entry, asked: Asked) -> float:
    """Whether the request names the product, one that stands near it, or others instead."""
    if not asked.products:
        return 0.0
    if is_of_rivals(asked.products, entry.of):
        return _RIVAL_CODE if isinstance(entry, Pattern) else _OTHER
    if asked.products & {*entry.of}:
        return _NAMED
    if asked.kin & {*entry.of}:
        return _NEAR
    rivals = asked.products - broad()
    return _OTHER if rivals and not isinstance(entry, Pattern) else 0.0  # patterns have no product


def _unknown(entry: Entry, asked: Asked) -> float:
    """How many of the products named the entry does not know; two at most."""
    near = {*entry.of, *kin(entry.of)}
    others = asked.products - broad() - near
    unknown = sum(not {*stems(p)} & words_of(entry.id) and not kin([p]) & near for p in others)
    return float(min(_MOST_UNKNOWN, unknown))


def _figure(entry: Entry, asked: Asked) -> bool:
    if not isinstance(entry, Limit):
        return False
    unit = entry.unit.partition(" ")[0].removesuffix("s")
    return any(
        (value == entry.value and (of.removesuffix("s") == unit or {of, unit} <= _MESSAGES))
        or f" {value:g} {of}" in entry.says  # as "after 60 seconds by default"
        for value, of in asked.figures
    )


def _topics(entry: Entry, asked: Asked) -> float:
    if isinstance(entry, Choice):
        return _TOPIC * len(asked.topics & {*entry.problems})
    if isinstance(entry, Pattern):
        return _TOPIC * len(asked.topics & {*entry.problems, *entry.features})
    return 0.0


def _fits(entry: Entry, asked: Asked) -> float:
    """Whether entries of this kind answer questions of that kind."""
    match entry:
        case Limit():
            wanted = bool(asked.measure and asked.measure(entry.unit))
            meant = _figure(entry, asked) and asked.products & {*entry.of}
            return 2 * _FITS if wanted else 0.0 if meant else -_FITS
        case Failure():
            return _FITS if asked.hurts or asked.kind == "why" else -_FITS
        case Choice():
            chooses = asked.kind in _CHOOSING and not asked.hurts
            told = 2 * _FITS * _told(entry, asked)
            return _FITS * chooses + told + _COVERED * _covered(entry, asked)
        case Pattern():
            return -_FITS if asked.hurts else _FITS if asked.kind in _BUILDING else 0.0
        case Charge():
            vague = entry.id.endswith(("-other", "-whole"))  # several charges in one
            money = 1 if asked.of_money else -1 if "cost" in asked.topics else -2
            return _FITS * (money - vague)
        case _:
            return 0.0


def _covered(entry: Choice, asked: Asked) -> int:
    """How many of the options a choice is between, beyond the first; three options at most."""
    return min(2, max(0, len(asked.options & {*entry.of}) - 1))


def _told(entry: Entry, asked: Asked) -> bool:
    """Whether the request gives the figure that decides a choice."""
    figure = entry.figure if isinstance(entry, Choice) else None
    return bool(figure and figure_in(figure, asked.brief))


def _printed(entry: Entry, asked: Asked) -> str:
    """The text of an error, or a usage type of a bill, as the request quotes it; the longest."""
    texts = entry.texts if isinstance(entry, Failure) else tuple(_usage_types(entry))
    here = [t for t in texts if _stands(t, asked.text)]
    return max(here, key=len, default="")


def _usage_types(entry: Entry) -> Iterator[str]:
    """The ways in which bills alone write a charge: "NatGateway-Bytes"."""
    for each in entry.matches if isinstance(entry, Charge) else ():
        if _USAGE_TYPE.fullmatch(each):
            yield each


@cache
def _charges() -> tuple[tuple[str, str], ...]:
    """Every usage type with the id of its charge."""
    return tuple((t, e.id) for e in everything().values() for t in _usage_types(e))


def _billed(asked: Asked) -> Iterator[str]:
    """The charges whose usage type is quoted: it need have no word in common with their texts."""
    if _USAGE_TYPE.search(asked.brief.request):
        yield from (name for text, name in _charges() if _stands(text, asked.text))


def _printed_weight(printed: str) -> float:
    """What the text of an error tells: "already exists" less than "53300" or a whole sentence."""
    if _USAGE_TYPE.fullmatch(printed) or any(sign.isdigit() for sign in printed):
        return _PRINTED
    return _PRINTED * min(1.0, len(stems(printed)) / _LONG_TEXT)


def _stands(text: str, request: str) -> bool:
    """Whether the request quotes the text, and not to say that there is nothing of it."""
    plain = " ".join(text.lower().replace(",", "").split())  # people leave commas out
    found = re.finditer(rf"(?<!\w){re.escape(plain)}(?!\w)", request)
    return any(not is_denied(request, each.end()) for each in found)


@cache
def table() -> sqlite3.Connection:
    """The entries in a full-text index in memory, each text as stems."""
    return full_text(written(), lambda: index().entries)


def _relevance(asked: Asked) -> Mapping[str, float]:
    """The entries with the request's words, each with its BM25 as a share of the best."""
    if not asked.stems:
        return {}
    words = " OR ".join(f'"{stem}"' for stem in asked.stems)
    weights = ", ".join(map(str, (0.0, *_COLUMNS)))
    rows = (
        table()
        .execute(
            f"SELECT id, -bm25(entries, {weights}) AS score FROM entries "
            "WHERE entries MATCH ? ORDER BY score DESC LIMIT ?",
            (words, _MOST),
        )
        .fetchall()
    )
    best = max((score for _, score in rows), default=1.0)
    return {name: score / best for name, score in rows}


def kinds(found: tuple[Found, ...]) -> tuple[str, ...]:
    """The kinds of what was found, in order: for whoever measures."""
    return tuple(kind_of(f.entry) for f in found)
