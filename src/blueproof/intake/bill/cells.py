"""The cells of a bill's row: which name what was paid for, and which say how much was used."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from blueproof.intake.bill.lines import amount_of

GAP = re.compile(r"\s{2,}|[ ]*\t[ \t]*|\s*\|\s*")
_BYTES = r"[kKMGTP]i?B(?:ytes?)?|[Bb]ytes?|[Gg]igabytes?|[Tt]erabytes?"
_TIME = r"(?:[hH]|[hH](?:ou)?rs?|[sS]|[sS]ec(?:ond)?s?|[mM]o(?:nth)?s?)"
_COUNTED = (
    "requests?|reads?|writes?|deletes?|ops|operations?|messages?|invocations?|calls?|events?|"
    "users?|MAUs?|builds?|min(?:ute)?s?|counts?|units?|seats?|hosts?|credits?|SMS|segments?|"
    "transformations?|images?|connections?|series|metrics?|spans?|sessions?|queries|rows?|emails?|"
    "vCPUs?|LCU|ACU|CU|containers?|nodes?|instances?|gateways?|functions?|dynos?|branch(?:es)?"
)
_UNIT = rf"(?:(?:{_BYTES}|{_COUNTED})(?:[ -]?(?:per )?{_TIME}(?![\w-]))?|{_TIME})(?![\w-])"
_FIGURE = r"\d[\d.,'\u2019\u202f]*(?:\s?(?:[KMBkm]|million|thousand|billion|bn|mn)(?![\w-]))?"
_QUANTITY = re.compile(rf"(?P<figure>{_FIGURE})\s?(?P<unit>{_UNIT})?", re.ASCII)
_CELL = re.compile(
    rf"[~(]?\s*{_FIGURE}\s?(?:[x\u00d7@]|%|/|$|\(|{_UNIT}|[\w/ -]{{1,16}}$)", re.ASCII
)
# A quantity behind the name: of "Ingested Logs 2,900 GB", of "M30, 744 h", of "seats 14 x".
_BEHIND = re.compile(
    rf"(?:[\s,:(]+|\s[\u2013-]\s)(?P<said>~?(?:{_FIGURE}\s?{_UNIT}|\d[\d.,]*\s?(?:[KMB]|million|billion)(?!\w)"
    rf"|\d{{1,3}}(?:[,.]\d{{3}})+(?![\w.,])|\d+\s?[x\u00d7@])"
    r"(?:\s(?:over|overage|extra|used|included|total))?(?:\s*\([^()]*\))?)\)?[\s,:]*$"
)
_UNIT_ALONE = re.compile(_UNIT)
_TIMES = {"k": 10**3, "thousand": 10**3, "m": 10**6, "million": 10**6, "mn": 10**6,
          "b": 10**9, "billion": 10**9, "bn": 10**9}  # fmt: skip
_PRICE = re.compile(
    r"^[@x\u00d7]?\s*[-(]?\s?[$€£]|[$€£]\)?$|^(?:USD|EUR|GBP)\s?\d|\d\s?(?:USD|EUR|GBP)$"
)
_EMPTY = frozenset({"", "-", "\u2013", "\u2014", "n/a"})


@dataclass(frozen=True, kw_only=True)
class Named:
    """What a row was paid for, and how much of it was used; None where it does not say."""

    item: str
    quantity: Decimal | None = None
    unit: str = ""


def named(cells: Iterable[str], *, european: bool = False) -> Named:
    """What the cells before the money say.

    >>> named(["Cloud Logging", "Log Storage cost", "3,910 GiB"])
    Named(item='Cloud Logging: Log Storage cost', quantity=Decimal('3910'), unit='GiB')
    >>> named(["Ingested Logs 2.9 TB (2 TB over)"])
    Named(item='Ingested Logs', quantity=Decimal('2.9'), unit='TB')
    >>> named(["Point in Time Recovery (7 days)"])
    Named(item='Point in Time Recovery (7 days)', quantity=None, unit='')
    """
    names: list[str] = []
    found: list[Named | None] = []
    for cell in (each.strip(" *`:") for each in cells):
        if cell in _EMPTY or _PRICE.search(cell):
            continue
        if found and found[-1] and not found[-1].unit and _UNIT_ALONE.fullmatch(cell):
            found[-1] = replace(found[-1], unit=cell)
            continue
        if names and _CELL.match(cell):
            found.append(used(cell, european=european))
            continue
        name, behind = cell, _BEHIND.search(cell)
        if behind and re.search(r"[A-Za-z]{2}", cell[: behind.start()]):
            found.append(used(behind["said"], european=european))
            name = cell[: behind.start()]
        if names and cell.startswith("(") and cell.endswith(")"):
            names[-1] = f"{names[-1]} {cell}"
            continue
        names.append(name.strip(" -:,|"))
    told = [each for each in found if each]
    best = next((each for each in told if each.unit), told[0] if told else Named(item=""))
    item = ": ".join(dict.fromkeys(each for each in names if each))
    return Named(item=item, quantity=best.quantity, unit=best.unit)


def used(said: str, *, european: bool = False) -> Named | None:
    """The quantity and the unit in a text, without a name; None where there is none."""
    found = _QUANTITY.search(said)
    quantity = quantity_of(found["figure"], european=european) if found else None
    if not found or quantity is None:
        return None
    return Named(item="", quantity=quantity, unit=found["unit"] or "")


def quantity_of(figure: str, *, european: bool = False) -> Decimal | None:
    """A figure with its "K" or "million" behind it; None where it is none.

    >>> quantity_of("620M"), quantity_of("1.5 million"), quantity_of("1.900", european=True)
    (Decimal('620000000'), Decimal('1500000.0'), Decimal('1900'))
    """
    found = re.fullmatch(r"([\d.,'\u2019\u202f]+?)\s?([A-Za-z]*)", figure.strip())
    if not found:
        return None
    value = amount_of(found[1].rstrip(".,"), european=european)
    return value * _TIMES.get(found[2].lower(), 1) if value is not None else None
