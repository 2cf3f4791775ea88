"""Sums that the person's figures ask for: products written out, and quantities at a price."""

import re
from collections.abc import Iterator
from decimal import Decimal
from math import prod

_SCALES = {
    "k": 3, "thousand": 3, "m": 6, "mio": 6, "million": 6, "b": 9, "bn": 9, "billion": 9,
}  # fmt: skip
_BINARY = {"gb": Decimal(1), "tb": Decimal(1000)}  # vendors bill a TB as 1,000 GB, or nearly
_FIGURE = r"\$?\d[\d,]*(?:\.\d+)?(?:\s?(?:k|thousand|mio|million|m|bn|billion|b))?\b"
_NOUN = r"(?:[ -](?!(?:x|by|times|at|is)\b)[a-z/%-]+){0,4}"
_CHAIN = re.compile(
    rf"{_FIGURE}{_NOUN}(?:\s*(?:(?<![a-z])x|\*"
    rf"|\u00d7)\s*{_FIGURE}{_NOUN}){{1,5}}(?P<claimed>\s*(?:=|is\b|->))?",
    re.IGNORECASE,
)
_PRICED = re.compile(
    rf"(?P<count>{_FIGURE})\s?(?P<size>TB|GB)?(?:\s(?!(?:at|TB|GB|MB)\b)[\w/-]+){{0,6}}? "
    rf"(?:at|@|x)\s"
    rf"(?P<price>\$\d[\d,]*(?:\.\d+)?)(?:\s?(?:/|per|a)\s?(?P<per>{_FIGURE}|million|thousand"
    rf"|GB)?)?",
    re.IGNORECASE,
)
_OF_SECONDS = re.compile(r"\d+(?:\s*\*\s*(?:24|60|1000))+")
_ONE = re.compile(_FIGURE, re.IGNORECASE)
_WORDS = {"million": Decimal(1_000_000), "thousand": Decimal(1000)}


def products(request: str) -> tuple[str, ...]:
    """The sums of a request that gives figures and no result, each written out with its result.

    >>> products("12 tasks x 2 vCPU x $0.04048 per vCPU-hour x 730 h, how much?")
    ('12 x 2 x $0.04048 x 730 = $709.21',)
    >>> products("45 million reads a month at $0.03 per 100k, sum please")
    ('45 million at $0.03 per 100k = $13.50',)
    >>> products("200 x 5 = 1000 connections")
    ()
    >>> products("minimumInterval is 15 * 60")
    ()
    >>> products("a limiter with windowMs 1000 and max 4")
    ()
    """
    return tuple(dict.fromkeys((*_chains(request), *_priced(request))))


def _chains(request: str) -> Iterator[str]:
    for found in _CHAIN.finditer(request):
        parts = [m[0].strip() for m in _ONE.finditer(found[0])]
        if _OF_SECONDS.fullmatch(found[0].strip()):
            continue  # a time as code writes it, 15 * 60: nobody asks for its product
        if not found["claimed"] and len(parts) > 1:
            whole = prod((_value(p) for p in parts), start=Decimal(1))
            yield f"{' x '.join(parts)} = {_said(whole, money='$' in found[0])}"


def _priced(request: str) -> Iterator[str]:
    for found in _PRICED.finditer(request):
        per = (found["per"] or "").strip()
        if " x " in found[0] or not (per or found["size"]):
            continue
        count = _value(found["count"]) * _BINARY.get((found["size"] or "GB").lower(), Decimal(1))
        share = _WORDS.get(per.lower()) or (_value(per) if per[:1].isdigit() else Decimal(1))
        total = count / share * _value(found["price"])
        size = f" {found['size']}" if found["size"] else ""
        of = f" per {per}" if per else ""
        yield f"{found['count'].strip()}{size} at {found['price']}{of} = {_said(total, money=True)}"


def _value(text: str) -> Decimal:
    plain = text.replace("$", "").replace(",", "").strip().lower()
    digits = re.match(r"\d+(?:\.\d+)?", plain)
    assert digits is not None
    return Decimal(digits[0]).scaleb(_SCALES.get(plain[digits.end() :].strip(), 0))


def _said(value: Decimal, *, money: bool) -> str:
    if money:
        return f"${value:,.2f}"
    return f"{value:,f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:,f}"
