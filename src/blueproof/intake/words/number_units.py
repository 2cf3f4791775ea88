"""What a figure counts: the unit or head noun after it, and the time or thing it is said per."""

from dataclasses import dataclass, replace

from blueproof.intake.words.amounts import Amount
from blueproof.intake.words.money import currency_after
from blueproof.intake.words.number_nouns import (
    ADVERBS,
    GLUED_ONLY,
    IDLE,
    PERIODS,
    STOP_WORDS,
    Noun,
    is_plural,
    noun_of,
    singulars,
)
from blueproof.intake.words.number_tokens import Tokens, at, lower_at

PERCENT = Noun(name="percent", kind="share", metric="share")
FACTOR = Noun(name="time", kind="factor", metric="factor")
OFTEN = Noun(name="time", kind="load", metric="frequency")
MINUTE = Noun(name="minute", kind="time", metric="duration")
MONEY = Noun(name="", kind="money", metric="money")
METRE = Noun(name="metre", kind="size", metric="distance")
INSTANCE = Noun(name="instance", kind="instance", metric="instances")
_SHORT_DATA = {"g": "GB", "gi": "GB", "mi": "MB", "ki": "KB", "ti": "TB", "t": "TB"}
_MEGABYTE = Noun(name="MB", kind="data", metric="memory")
_METRES_OR_SO = dict.fromkeys(("radius", "away", "distance", "apart"), METRE) | dict.fromkeys(
    ("ram", "memory", "heap", "disk", "of"), _MEGABYTE
)
_COMPARING = frozenset(
    "faster slower more less as the bigger larger smaller cheaper higher lower".split()
)
_LIMITING = frozenset("limit limits quota cap timeout max maximum ceiling".split())
_ATTRIBUTIVE = frozenset({"cpu", "gpu"})  # metrics whose noun is the unit even before another noun
_MOST_WORDS = 4  # of a noun phrase
_MOST_BETWEEN = 4  # words between a noun and its "per day"
_PASSED_OVER = frozenset(
    {"of", "total", "more", "our", "my", "the", "your", "-", "+", "plus", "ish", "or", "so", "*"}
)
_AFTER_MORE = frozenset({"+", "plus"})
_MADE_BY = frozenset("partition backup snapshot report table".split())
_PRONE = frozenset({"us", "post"})  # units only in lower case: US and POST are something else


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrase:
    """What follows a figure: its noun, the words before it, its "per", and the token after all."""

    noun: Noun | None
    name: str
    after: int
    per: str = ""
    modifiers: tuple[str, ...] = ()
    or_more: bool = False
    noun_after: int = 0  # the token after its noun, where a "per" follows that


def read_phrase(tokens: Tokens, amount: Amount, *, currency: str) -> Phrase | None:
    """What the figure counts; None if what is glued to it says that it is no count at all."""
    phrase = _glued(tokens, amount) if amount.tail else _following(tokens, amount.after)
    if phrase is None:
        return None
    if currency:
        phrase = Phrase(noun=MONEY, name=currency, after=_past_more(tokens, amount.after))
    return with_per(tokens, phrase)


def _past_more(tokens: Tokens, index: int) -> int:
    return index + 1 if lower_at(tokens, index) in _AFTER_MORE else index


def _glued(tokens: Tokens, amount: Amount) -> Phrase | None:
    tail, after = amount.tail, amount.after
    if tail in {"x", "\u00d7"}:
        return _factor(tokens, after)
    if tail == "m":
        short = _METRES_OR_SO.get(lower_at(tokens, after), MINUTE)
        return Phrase(noun=short, name=short.name, after=after)
    if tail in _GLUED_MONEY and (code := _glued_currency(tail)):
        return Phrase(noun=MONEY, name=code, after=after)
    noun = noun_of(_SHORT_DATA.get(tail, tail).lower())
    if noun is None or not (
        noun.kind in {"time", "data"}
        or noun.per
        or noun.metric == "cpu"
        or len(tail) >= len("user")
    ):
        return None
    return Phrase(noun=noun, name=noun.name, after=after, per=noun.per)


_GLUED_MONEY = frozenset({"usd", "eur", "gbp", "inr", "cents", "bucks"})


def _glued_currency(word: str) -> str:
    """The code of the currency that the letters glued to a figure name."""
    return {"cents": "cent", "bucks": "USD"}.get(word, word.upper())


def _factor(tokens: Tokens, after: int) -> Phrase:
    following = at(tokens, after)
    if following.kind == "word" and "." in following.text:  # 2x t3.small
        return Phrase(noun=INSTANCE, name="instance", after=after + 1)
    if (noun := noun_of(following.lower)) and noun.kind in {"instance", "size"}:
        return Phrase(noun=noun, name=noun.name, after=after + 1)
    often = per_at(tokens, after, near=True)
    return Phrase(noun=OFTEN if often else FACTOR, name="time", after=after)


def _following(tokens: Tokens, after: int) -> Phrase:
    more = lower_at(tokens, after) in _AFTER_MORE
    index = after + 1 if more else after
    sign = lower_at(tokens, index)
    if sign == "times":
        factor = lower_at(tokens, index + 1) in _COMPARING
        return Phrase(noun=FACTOR if factor else OFTEN, name="time", after=index + 1)
    if sign == "%" or sign in {"percent", "pct", "perc"}:
        return Phrase(noun=PERCENT, name="percent", after=index + 1)
    if code := currency_after(tokens, index):
        return Phrase(noun=MONEY, name=code, after=index + 1, or_more=more)
    if sign in {"x", "\u00d7"} and at(tokens, index + 1).kind != "figure":
        return replace(_factor(tokens, index + 1), or_more=more)
    return replace(_noun_phrase(tokens, index), or_more=more)


def _noun_phrase(tokens: Tokens, index: int) -> Phrase:
    """The head noun: a plural before a singular, one we know before one we do not."""
    words = _phrase_words(tokens, index)
    none = Phrase(noun=None, name="", after=index)
    known = [(place, n) for place in words if (n := _noun_at(tokens, place))]
    if not known:
        return _unknown(tokens, words) or none
    head = next((k for k in known if k[1].kind in {"time", "data"} or k[1].metric in _ATTRIBUTIVE
                 or is_plural(lower_at(tokens, k[0])) or k[1].per), known[0])  # fmt: skip
    place, noun = head
    before = tuple(lower_at(tokens, p) for p in words if p < place)
    if _heads_on(tokens, place, noun):
        return _unknown(tokens, [place + 1]) or none
    return Phrase(noun=noun, name=noun.name, after=place + 1, modifiers=before, per=noun.per)


def _heads_on(tokens: Tokens, place: int, noun: Noun) -> bool:
    """Whether a plural that we do not know goes on: the attempts of "49 migration attempts"."""
    if noun.kind in {"time", "data", "instance"} or noun.metric in _ATTRIBUTIVE or noun.per:
        return False
    following = at(tokens, place + 1)
    single = not is_plural(lower_at(tokens, place)) and following.kind == "word"
    return single and bool(singulars(following.lower)) and following.lower not in STOP_WORDS


def _phrase_words(tokens: Tokens, index: int) -> list[int]:
    """The places of the words that may belong to the phrase after the figure."""
    while lower_at(tokens, index) in _PASSED_OVER and at(tokens, index).kind in {"word", "sign"}:
        index += 1
    places: list[int] = []
    while len(places) < _MOST_WORDS and at(tokens, index).kind == "word":
        if lower_at(tokens, index) in STOP_WORDS:
            break
        places.append(index)
        hyphen = lower_at(tokens, index + 1) == "-" and at(tokens, index + 1).glued
        index += 2 if hyphen else 1
    return places


def _noun_at(tokens: Tokens, place: int) -> Noun | None:
    token = at(tokens, place)
    if token.lower in GLUED_ONLY and not _sole_unit(tokens, place):
        return None
    if token.lower == "go" or (token.lower in _PRONE and token.text != token.lower):
        return None
    if lower_at(tokens, place + 1) == "/" and token.lower == "ops":
        return noun_of("iops")
    return noun_of(token.lower)


def _sole_unit(tokens: Tokens, place: int) -> bool:
    """Whether a lone letter such as the s of "8 s" stands right after its figure."""
    return at(tokens, place - 1).kind == "figure" and lower_at(tokens, place) in "shdwy"


def _unknown(tokens: Tokens, words: list[int]) -> Phrase | None:
    """A noun that no list has: the first plural in lower case."""
    for place in words:
        token = at(tokens, place)
        if lower_at(tokens, place + 1) in _LIMITING:  # 200 widget limit
            return Phrase(noun=None, name=token.lower, after=place + 1)
        if token.lower in IDLE or token.text.isupper() or "_" in token.text or "." in token.text:
            return None
        single = singulars(token.lower)
        if single and single[0] not in IDLE:
            before = tuple(lower_at(tokens, p) for p in words if p < place)
            return Phrase(noun=None, name=single[0], after=place + 1, modifiers=before)
    return None


def with_per(tokens: Tokens, phrase: Phrase) -> Phrase:
    """The phrase with its "per second", "a day", "/user/month" or "daily"."""
    if phrase.per:
        return phrase
    if phrase.name in _MADE_BY:  # monthly partitions are not partitions a month
        return phrase
    adverbs = [ADVERBS[m] for m in phrase.modifiers if m in ADVERBS]
    if adverbs and not _says_users(phrase):
        return replace(phrase, per=adverbs[0])
    index = phrase.after
    for step in range(_MOST_BETWEEN + 1):
        found = per_at(tokens, index, near=step == 0)
        if found:
            per, after = found
            second = per_at(tokens, after, near=True)
            after = second[1] if second else after
            return replace(phrase, per=per, after=after, noun_after=phrase.after)
        if at(tokens, index).kind != "word" or _ends(tokens, index, phrase):
            return phrase
        index += 1
    return phrase


def _ends(tokens: Tokens, index: int, phrase: Phrase) -> bool:
    """Whether a "per" after this word would not be the figure's own."""
    word = lower_at(tokens, index)
    if phrase.noun is PERCENT or (phrase.noun and phrase.noun.kind in {"time", "instance"}):
        return True
    if phrase.noun and phrase.noun.metric in {"users", "devices", "tenants", "connections"}:
        return word not in _COMING
    return word in _ENDING


_COMING = frozenset("sign signing up join joining register registering visit visiting new".split())
_ENDING = frozenset(
    """and or but that which who with for then if each once twice thrice times every time at when
    where while""".split()
)


def _says_users(phrase: Phrase) -> bool:
    return phrase.noun is not None and phrase.noun.metric == "users"


def per_at(tokens: Tokens, index: int, *, near: bool) -> tuple[str, int] | None:
    """The "per" that begins at this token and the token after it."""
    word, following = lower_at(tokens, index), lower_at(tokens, index + 1)
    if word in ADVERBS:
        return ADVERBS[word], index + 1
    if word in {"pm", "p.m", "p.a", "pa"} and near:
        return ("month" if word in {"pm", "p.m"} else "year"), index + 1
    if word in {"in", "within"} and near and following in {"a", "one"}:
        return per_at(tokens, index + 1, near=True)
    if (
        word not in {"per", "/", "a", "an", "each", "every", "one"}
        or at(tokens, index + 1).kind != "word"
    ):
        return None
    return _per_noun(tokens, index, time_only=word not in {"per", "/"} or not near)


def _per_noun(tokens: Tokens, index: int, *, time_only: bool) -> tuple[str, int] | None:
    word, following = lower_at(tokens, index), lower_at(tokens, index + 1)
    single = word != "/" and following in GLUED_ONLY
    noun = noun_of(following)
    if noun is not None and noun.name in PERIODS and not single:
        return noun.name, index + 2
    if time_only and word != "per":
        return None
    if noun is not None and not is_plural(following):
        return noun.name, index + 2
    known = word == "per" and following not in STOP_WORDS and at(tokens, index + 1).text.islower()
    return (following, index + 2) if known else None
