"""A sum of the person's own figures, reckoned again: products, totals and rates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import prod

from blueproof.advisors.premises.figures import MONEY, Figure, is_period, per_period
from blueproof.advisors.premises.statement import Judgement, Statement
from blueproof.advisors.premises.wording import money, spoken
from blueproof.facts.pattern import LatePattern

_SCALES = {
    "k": Decimal(1000),
    "thousand": Decimal(1000),
    "m": Decimal(1_000_000),
    "mil": Decimal(1_000_000),
    "million": Decimal(1_000_000),
    "b": Decimal(1_000_000_000),
    "bn": Decimal(1_000_000_000),
    "billion": Decimal(1_000_000_000),
}
_POWERS = {"KB": 1, "MB": 2, "GB": 3, "TB": 4}
_KILO = Decimal(1000)  # people reckon in thousands; who means 1,024 is within the tolerance
_FIGURE = (
    r"(?P<money{0}>[$€£])?(?P<value{0}>\d[\d,]*(?:\.\d+)?|\.\d+)"
    r"\s?(?P<scale{0}>k|thousand|mil|million|m|bn|billion|b)?(?P<data{0}>\s?[kmgt]i?b)?(?![\d.]*\d)"
)
_UNIT = r"(?:[ /-](?!(?:x|by|times)\b)[a-z/'-]+){0,4}?"  # "users", "messages per day"
_TIMES = r"\s*(?:x|\*|\u00d7|times|multiplied by)\s*"
_EQUALS = (
    r"\s*(?:=|==|≈|~=|->|→|equals?|is|are|makes?|gives?|comes? (?:out )?to|that'?s|totals?)\s*"
)
_ABOUT = (
    r"(?P<about>about|around|roughly|approx\w*|almost|nearly|at least|over|~|like)?[ ~]*(?:like )?"
)
_PRODUCT = LatePattern(
    rf"(?P<left>{_FIGURE.format('a')}{_UNIT}(?:{_TIMES}{_FIGURE.format('b')}{_UNIT})"
    rf"(?:{_TIMES}{_FIGURE.format('c')}{_UNIT})?(?:{_TIMES}{_FIGURE.format('d')}{_UNIT})?)"
    rf"{_EQUALS}{_ABOUT}(?P<right>{_FIGURE.format('z')})",
    re.IGNORECASE,
)
_TOTAL = LatePattern(
    rf"^(?P<parts>.*[$€£]\s?\d.*){_EQUALS.replace('is|are|', '')}{_ABOUT}"
    rf"(?P<right>{_FIGURE.format('z')})",
    re.IGNORECASE,
)
_RATE_EQUALS = LatePattern(
    r"^\W*(?:=|≈|equals|is|that'?s|which is|i\.?e\.?|makes|so|or|meaning)\W*"
    r"(?:about|around|roughly|~|at least|at most|like|over|almost|\s)*$",
    re.IGNORECASE,
)
_EXACT = Decimal("0.02")
_ROUGH = Decimal("0.15")
_BINARY = Decimal("0.11")  # a thousandfold or 1,024-fold, twice
_LEAST_PARTS = 2


def judge_arithmetic(statement: Statement) -> Judgement | None:
    """The verdict on the person's own reckoning; None where the statement has none."""
    return _product(statement.text) or _total(statement.text) or _rate(statement)


def _product(text: str) -> Judgement | None:
    found = _PRODUCT.search(text)
    if found is None:
        return None
    parts = [name for name in "abcd" if found[f"value{name}"]]
    if any(found[f"data{name}"] for name in parts) != bool(found["dataz"]):
        return None  # a size that comes from counts, or the other way round
    true = prod((_value(found, name) for name in parts), start=Decimal(1))
    sizes = bool(found["dataz"])
    near = max(_ROUGH if found["about"] else _EXACT, _BINARY if sizes else _EXACT)
    given = _value(found, "z")
    shown = _size(true) if sizes else spoken(true)
    return Judgement(
        verdict="right" if abs(true - given) <= true * near else "wrong",
        because=f"{_plain(found['left'])} = {money(true) if found['moneya'] else shown}",
    )


def _value(found: re.Match[str], name: str) -> Decimal:
    value = Decimal(found[f"value{name}"].replace(",", ""))
    value *= _SCALES.get((found[f"scale{name}"] or "").lower(), Decimal(1))
    data = (found[f"data{name}"] or "").strip().upper().replace("I", "")
    return value * _KILO ** _POWERS[data] if data else value


def _size(size: Decimal) -> str:
    for unit, power in reversed(_POWERS.items()):
        whole = _KILO**power
        if size >= whole:
            return f"{spoken(size / whole)} {unit}"
    return f"{spoken(size)} bytes"


def _plain(text: str) -> str:
    return re.sub(r"\s*[x*\u00d7]\s*(?=\d)", " x ", re.sub(r"\s+", " ", text)).strip()


def _total(text: str) -> Judgement | None:
    """A list of sums of money with its total."""
    found = _TOTAL.search(text)
    if found is None or not found["moneyz"]:
        return None
    parts = [
        _value(each, "p")
        for each in re.finditer(_FIGURE.format("p"), found["parts"], re.IGNORECASE)
        if each["moneyp"]
    ]
    if len(parts) < _LEAST_PARTS or re.search(r"[x*\u00d7/]\s*[$\d]", found["parts"]):
        return None
    true, given = sum(parts, Decimal(0)), _value(found, "z")
    return Judgement(
        verdict="right" if abs(true - given) <= true * _EXACT else "wrong",
        because=f"{' + '.join(map(money, parts))} = {money(true)}",
    )


@dataclass(frozen=True, kw_only=True)
class _Rates:
    """The same count per two periods."""

    first: Figure
    second: Figure


def _rate(statement: Statement) -> Judgement | None:
    """A count per one period that is said to be a count per another."""
    pair = next(_pairs(statement), None)
    if pair is None:
        return None
    first, second = pair.first, pair.second
    true = per_period(first.value, first.per, second.per)
    between = statement.text[first.end - statement.start : second.start - statement.start]
    least = "at least" in between and true >= second.value
    near = abs(true - second.value) <= true * _ROUGH
    return Judgement(
        verdict="right" if least or near else "wrong",
        because=f"{spoken(first.value)} a {first.per} = {spoken(true)} a {second.per}",
    )


def _pairs(statement: Statement) -> Iterator[_Rates]:
    figures = [f for f in statement.figures if f.unit != MONEY]
    for first, second in pairwise(figures):
        between = statement.text[first.end - statement.start : second.start - statement.start]
        rates = is_period(first.per) and is_period(second.per) and first.per != second.per
        if rates and first.unit == second.unit and _RATE_EQUALS.match(between):
            yield _Rates(first=first, second=second)
