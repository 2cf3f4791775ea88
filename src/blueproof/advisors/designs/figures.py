"""The figures that a design works with: read from the request, worked out, and written down."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, DivisionByZero, InvalidOperation

from blueproof.advisors.designs.entries import Design, Line
from blueproof.advisors.designs.stores import fits, store_of
from blueproof.costs.formula import names_in, worked_out

_HOLE = re.compile(r"\{(\w+)\}")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_TIMES = {"k": 10**3, "thousand": 10**3, "m": 10**6, "mio": 10**6, "million": 10**6,
          "bn": 10**9, "billion": 10**9}  # fmt: skip
_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
          "ten": 10, "eleven": 11, "twelve": 12, "twenty": 20, "thirty": 30, "forty": 40,
          "fifty": 50, "hundred": 100}  # fmt: skip
_MILLION = Decimal(1_000_000)
_WHOLE, _TENTHS = 20, Decimal(1)
Known = dict[str, Decimal | str]


def known(request: str, design: Design) -> Known:
    """The figures and nouns of a design that the request tells, with what they make.

    A pattern's `#` is the figure, and its group `noun` what is counted by it.
    """
    found: Known = {}
    for name, each in design.figures.items():
        hit = each.search(request)
        if not hit:
            continue
        groups = {k: v for k, v in hit.groupdict().items() if v}
        number = next((v for k, v in groups.items() if k != "noun"), "")
        if number:
            found[name] = value_of(number)
        if groups.get("noun"):
            plural = " ".join(groups["noun"].split()).lower()
            found |= {f"{name}_noun": plural, f"{name}_one": one_of(plural)}
    for name, formula in design.formulas.items():
        numbers = {k: v for k, v in found.items() if isinstance(v, Decimal)}
        if name not in found and names_in(formula) <= set(numbers):
            try:
                found[name] = worked_out(formula, numbers)
            except (DivisionByZero, InvalidOperation):
                continue
    return found


def one_of(plural: str) -> str:
    """The singular of a noun as data files count by.

    >>> [one_of(x) for x in ("agencies", "buses", "warehouses", "churches", "org")]
    ['agency', 'bus', 'warehouse', 'church', 'org']
    """
    if plural.endswith("ies"):
        return f"{plural[:-3]}y"
    return re.sub(r"(?<=ss)es$|(?<=bus)es$|(?<=ch)es$|(?<=x)es$|(?<=[^s])s$", "", plural)


def value_of(text: str) -> Decimal:
    """A number as it is written.

    >>> [int(value_of(x)) for x in ("22k", "9,500", "1.500", "1.5 million", "twelve")]
    [22000, 9500, 1500, 1500000, 12]
    """
    text = " ".join(text.lower().split())
    if text in _WORDS:
        return Decimal(_WORDS[text])
    digits = re.match(r"[\d.,]+", text)
    assert digits
    number, unit = digits[0].rstrip(".,"), text[digits.end() :].strip()
    grouped = _THOUSANDS.fullmatch(number)
    plain = re.sub(r"[.,]", "", number) if grouped else number.replace(",", ".")
    if plain.count(".") > 1:
        plain = plain.replace(".", "")
    return Decimal(plain) * _TIMES.get(unit, 1)


def said(value: Decimal) -> str:
    """A figure as it is said.

    >>> [said(Decimal(x)) for x in ("560000", "16800000", "0.694", "12.5", "140")]
    ['560,000', '16.8 million', '0.69', '12.5', '140']
    """
    if value >= _MILLION:
        return f"{(value / _MILLION):,.1f}".removesuffix(".0") + " million"
    if value == value.to_integral_value() or value >= _WHOLE:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= _TENTHS else f"{value:.2g}"


def filled(text: str, figures: Mapping[str, Decimal | str]) -> str | None:
    """The sentence with its holes filled; None where one cannot be."""
    if any(name not in figures for name in _HOLE.findall(text)):
        return None

    def put(hole: re.Match[str]) -> str:
        value = figures[hole[1]]
        return said(value) if isinstance(value, Decimal) else value

    return _HOLE.sub(put, text)


def sayable(lines: Iterable[Line], request: str, figures: Known) -> tuple[tuple[Line, str], ...]:
    """The lines that can be said of this request, each with its sentence."""
    found = []
    store = store_of(request)
    for line in lines:
        if line.stores and store not in line.stores:
            continue
        if line.when and not line.when.search(request):
            continue
        if line.unless and line.unless.search(request):
            continue
        text = filled(line.says, figures)
        if text and fits(text, store):
            found.append((line, " ".join(text.split())))
    return tuple(found)
