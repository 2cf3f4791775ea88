"""Amounts: what a figure or number words come to, and the ranges of two of them."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from blueproof.intake.words.money import SIGNS
from blueproof.intake.words.number_nouns import is_plural, noun_of
from blueproof.intake.words.number_tokens import Token, Tokens, at, lower_at

HUNDRED, THOUSAND, MILLION, BILLION = Decimal(100), Decimal(1000), Decimal(10**6), Decimal(10**9)
SCALES = {
    "hundred": HUNDRED, "thousand": THOUSAND, "k": THOUSAND, "million": MILLION, "mil": MILLION,
    "millions": MILLION, "mn": MILLION, "mio": MILLION, "mm": MILLION, "m": MILLION,
    "billion": BILLION, "billions": BILLION, "bn": BILLION, "b": BILLION, "bil": BILLION,
    "lakh": Decimal(10**5), "lakhs": Decimal(10**5), "lac": Decimal(10**5), "lacs": Decimal(10**5),
    "crore": Decimal(10**7), "crores": Decimal(10**7), "cr": Decimal(10**7),
    "trillion": Decimal(10**12), "grand": THOUSAND, "dozen": Decimal(12),
    "thousands": THOUSAND, "hundreds": HUNDRED, "dozens": Decimal(12), "tens": Decimal(10),
}  # fmt: skip
_VAGUE = frozenset("tens dozens hundreds thousands millions billions lakhs crores".split())
_ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
fifteen sixteen seventeen eighteen nineteen""".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
WORDS = {word: Decimal(value) for value, word in enumerate(_ONES)} | {
    word: Decimal(value * 10) for value, word in enumerate(_TENS, start=2)
}
_ARTICLES = {"a": Decimal(1), "an": Decimal(1), "half": Decimal("0.5"), "few": Decimal(3),
             "couple": Decimal(2), "several": Decimal(3)}  # fmt: skip
STARTERS = frozenset(WORDS) | frozenset(_ARTICLES) | _VAGUE
_GROUPED = {
    ",": re.compile(r"[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3}"),
    ".": re.compile(r"[0-9]{1,3}(?:\.[0-9]{3}){2,}"),
    "'": re.compile(r"[0-9]{1,3}(?:['\u2019][0-9]{3})+"),
    "_": re.compile(r"[0-9]+(?:_[0-9]+)+"),
}
_ONE_GROUP = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
_NUMERAL = re.compile(
    r"[0-9]*[.,]?[0-9]+|[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3}(?:\.[0-9]+)?|[0-9]+(?:_[0-9]+)+"
    r"|[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?|[0-9]{1,3}(?:['\u2019][0-9]{3})+(?:[.,][0-9]+)?"
)
_EXPONENT = re.compile(r"e[+]?([0-9]{1,2})")
_TENFOLD = frozenset(Decimal(10**power) for power in range(1, 6))
_MOST_DIGITS = 24
_MOST_WORDS = 12  # of a number in words
_DASHES = frozenset("-\u2013\u2014~")
_SPACES = frozenset(" \u00a0\u202f\u2009")


@dataclass(frozen=True, kw_only=True, slots=True)
class Amount:
    """An amount: its value and bounds, what is glued to it, and the token after it."""

    value: Decimal
    low: Decimal
    after: int
    tail: str = ""  # a unit glued to the figure
    scale: Decimal = Decimal(1)
    worded: bool = False
    approximate: bool = False


def read_amount(tokens: Tokens, index: int) -> Amount | None:
    """The amount that begins at this token, if one does; a range is one amount."""
    if lower_at(tokens, index) == "between":
        first = _single(tokens, index + 1)
        joined = first and _range(tokens, first, joiners=frozenset({"and", "to"}) | _DASHES)
        return joined if joined and joined is not first else None
    first = _single(tokens, index)
    sign = lower_at(tokens, index - 1) in SIGNS
    if first is None or lower_at(tokens, index - 1 - sign) == "from":
        return first
    return _range(tokens, first, joiners=frozenset({"to", "or"}) | _DASHES)


def _range(tokens: Tokens, first: Amount, *, joiners: frozenset[str]) -> Amount:
    joiner = at(tokens, first.after)
    if joiner.lower not in joiners or (
        joiner.lower == "or" and not first.worded and first.value > HUNDRED
    ):
        return first
    start = first.after + 1 + (lower_at(tokens, first.after + 1) in SIGNS)
    second = _single(tokens, start)
    if second is None or (first.tail and first.tail != second.tail):
        return first
    low = _low_of(first, second)
    if low >= second.value:
        return first
    return replace(second, low=low, approximate=False)


def _low_of(first: Amount, second: Amount) -> Decimal:
    """The lower bound; "50-100k" means 50k."""
    scaled = first.value * second.scale
    return scaled if first.scale == 1 and scaled < second.value else first.value


def _single(tokens: Tokens, index: int) -> Amount | None:
    token = at(tokens, index)
    if token.kind == "figure":
        return _figure(tokens, index, token)
    if token.kind == "word" and token.lower in STARTERS:
        return _worded(tokens, index)
    return None


def _figure(tokens: Tokens, index: int, token: Token) -> Amount | None:
    if len(token.text) > _MOST_DIGITS or not _NUMERAL.fullmatch(token.text):
        return None
    value, after = decimal_of(token.text), index + 1
    tail = token.tail.lower()
    if (
        not tail
        and lower_at(tokens, after) in {"'", "\u2019"}
        and lower_at(tokens, after + 1) == "s"
    ):
        after, tail = after + 2, "s"
    if exponent := _EXPONENT.fullmatch(tail):
        value, tail = value.scaleb(int(exponent[1])), ""
    elif not tail and _is_thousands(tokens, index):
        value *= THOUSAND
    elif not tail:
        value, after, tail = _spaced_groups(tokens, index, value)
        tail = tail.lower()
    return _scaled(tokens, after, value=value, tail=tail, upper=token.tail.isupper())


def _is_thousands(tokens: Tokens, index: int) -> bool:
    """Whether a point parts thousands, as in "60.000 users": of what is only whole, and in tens.

    People are whole whatever the last digit; of times and sizes a point is a decimal one.
    """
    text = at(tokens, index).text
    if not _ONE_GROUP.fullmatch(text):
        return False
    following = [lower_at(tokens, index + step) for step in (1, 2, 3)]
    if following[0] == "of":
        return text.endswith(".000")
    noun = next((noun for word in following if (noun := noun_of(word))), None)
    if noun is None or noun.kind not in {"load", "size"} or noun.per:
        return False
    return text.endswith("0") or noun.metric == "users"


def _spaced_groups(tokens: Tokens, index: int, value: Decimal) -> tuple[Decimal, int, str]:
    """The value of "1 000 000" with the token after it and its tail."""
    after, tail = index + 1, ""
    while not tail and value and value == int(value) and _is_group(tokens, after):
        token = at(tokens, after)
        value, tail, after = value * THOUSAND + int(token.text), token.tail, after + 1
    return value, after, tail


def _is_group(tokens: Tokens, index: int) -> bool:
    token, before = at(tokens, index), at(tokens, index - 1)
    return (
        token.kind == "figure"
        and len(token.text) == len("000")
        and token.text.isdigit()
        and token.text.endswith("0")
        and len(before.text) <= len("000")
        and before.text.isdigit()
        and token.start - before.end == 1
    )


def _scaled(tokens: Tokens, after: int, *, value: Decimal, tail: str, upper: bool) -> Amount:
    """The amount with the scale that is glued to it or follows it."""
    scale = Decimal(1)
    if tail in SCALES and (tail != "m" or means_million(tokens, after, upper=upper)):
        scale, tail = SCALES[tail], ""
    if not tail and _is_scale(tokens, after):
        scale, after = scale * SCALES[lower_at(tokens, after)], after + 1
    if tail == "s" and value in _TENFOLD and lower_at(tokens, after) in {"of", "or"}:
        return _so_many(tokens, after, value)
    value *= scale
    return Amount(value=value, low=value, after=after, tail=tail, scale=scale)


def _so_many(tokens: Tokens, after: int, value: Decimal) -> Amount:
    """The amount of "100s of users", "10s of millions of rows"."""
    if lower_at(tokens, after + 1) in _VAGUE:
        value, after = value * SCALES[lower_at(tokens, after + 1)], after + 2
    return Amount(value=value, low=value, after=after, scale=HUNDRED, approximate=True)


def _is_scale(tokens: Tokens, index: int) -> bool:
    token = at(tokens, index)
    if token.lower not in SCALES or token.lower in _VAGUE - {
        "millions",
        "billions",
        "lakhs",
        "crores",
    }:
        return False
    if token.lower == "m":
        return means_million(tokens, index + 1, upper=token.text.isupper())
    return not (
        token.lower == "b" and token.text == "B" and not noun_of(lower_at(tokens, index + 1))
    )


def means_million(tokens: Tokens, after: int, *, upper: bool) -> bool:
    """Whether an "m" before this token means million: not metres, minutes or megabytes."""
    following = [lower_at(tokens, after + step) for step in range(3)]
    if any((n := noun_of(w)) and n.kind not in {"time", "data"} for w in following):
        return following[0] not in {"timeout", "timeouts", "retry", "retries"}
    return upper and following[0] not in {"ram", "memory", "heap", "disk", "of"}


def decimal_of(text: str) -> Decimal:
    """The value of digits with separators, as 1,200.50 or 1.200,50 or 1 200 would be written."""
    text = text.replace("\u2019", "'")
    for sign, pattern in _GROUPED.items():
        whole, decimals = _split(text, sign)
        if pattern.fullmatch(whole):
            bare = re.sub(r"[^0-9]", "", whole)
            return Decimal(f"{bare}.{decimals}" if decimals else bare)
    if "." in text and "," in text and _ONE_GROUP.fullmatch(text.split(",")[0]):
        whole, _, decimals = text.replace(".", "").partition(",")
        return Decimal(f"{whole}.{decimals}") if decimals.isdigit() else Decimal(whole)
    plain = text.replace(",", ".") if text.count(",") + text.count(".") == 1 else ""
    return Decimal(plain or re.sub(r"[^0-9]", "", text))


def _split(text: str, sign: str) -> tuple[str, str]:
    """The digits before and after the decimal sign, when groups are set off by this one."""
    point = "," if sign == "." else "."
    whole, _, decimals = text.partition(point)
    return (whole, decimals) if not decimals or decimals.isdigit() else (text, "")


def _worded(tokens: Tokens, index: int) -> Amount | None:
    """Number words: "twenty five", "two hundred thousand", "a few hundred", "half a million"."""
    start = lower_at(tokens, index)
    if start in _VAGUE:
        return _vague(tokens, index)
    if start in _ARTICLES:
        return _article(tokens, index)
    return _number_words(tokens, index)


def _article(tokens: Tokens, index: int) -> Amount | None:
    """A scale after "a", "half a", "a few", "a couple of", "several"."""
    value, at_word, approximate = Decimal(1), index, False
    while at_word - index < _MOST_WORDS and (
        (word := lower_at(tokens, at_word)) in _ARTICLES or word == "of"
    ):
        value *= _ARTICLES.get(word, Decimal(1))
        approximate = approximate or word in {"few", "couple", "several"}
        at_word += 1
    scale = lower_at(tokens, at_word)
    if scale in {"hundred", "thousand", "million", "billion", "lakh", "crore", "dozen"} or (
        approximate and scale in _VAGUE | {"grand"}
    ):
        amount = value * SCALES[scale]
        return Amount(
            value=amount, low=amount, after=at_word + 1, scale=SCALES[scale], worded=True,
            approximate=approximate,
        )  # fmt: skip
    return None


def _vague(tokens: Tokens, index: int) -> Amount | None:
    """The least that "tens of thousands of" means; "thousands of" alone is no figure."""
    value, after = SCALES[lower_at(tokens, index)], index + 1
    if lower_at(tokens, after) == "of" and lower_at(tokens, after + 1) in _VAGUE:
        value, after = value * SCALES[lower_at(tokens, after + 1)], after + 2
    else:
        return None
    if lower_at(tokens, after) != "of" and not is_plural(lower_at(tokens, after)):
        return None
    return Amount(value=value, low=value, after=after, scale=HUNDRED, worded=True, approximate=True)


def _number_words(tokens: Tokens, index: int) -> Amount | None:
    total, current, after = Decimal(0), Decimal(0), index
    last = Decimal(0)
    while (
        after - index < _MOST_WORDS
        and (step := _next_word(tokens, after, last, begun=after > index)) is not None
    ):
        word, after = step
        if word in WORDS:
            current, last = current + WORDS[word], WORDS[word]
        elif word == "hundred":
            current, last = current * HUNDRED, HUNDRED
        else:
            total, current, last = total + current * SCALES[word], Decimal(0), THOUSAND
    value = total + current
    scale = next((s for s in (MILLION, THOUSAND, HUNDRED) if value >= s), Decimal(1))
    return Amount(value=value, low=value, after=after, scale=scale, worded=True)


def _next_word(tokens: Tokens, index: int, last: Decimal, *, begun: bool) -> tuple[str, int] | None:
    """The next number word and the token after it, if it goes on with the number before it."""
    word = lower_at(tokens, index)
    if begun and word in {"and", "-"} and lower_at(tokens, index + 1) in WORDS:
        index, word = index + 1, lower_at(tokens, index + 1)
        if lower_at(tokens, index - 1) == "and" and last < HUNDRED:
            return None
    if word in WORDS:
        value = WORDS[word]
        fits = not begun or last >= HUNDRED or (last >= WORDS["twenty"] and value < WORDS["ten"])
        return (word, index + 1) if fits else None
    scales = {
        "hundred",
        "thousand",
        "million",
        "billion",
        "lakh",
        "lakhs",
        "crore",
        "crores",
        "dozen",
    }
    return (word, index + 1) if begun and word in scales else None
