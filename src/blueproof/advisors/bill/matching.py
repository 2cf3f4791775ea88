"""Which charge that we know a line of a bill is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase

from blueproof.advisors.bill.told import kept
from blueproof.core.brief import Brief, Fact
from blueproof.facts.entries import Charge, charges
from blueproof.facts.words import stems

_NAMED = 8  # letters that a named product is worth, where a word such as "reads" is on many bills
_TELLING = 10  # letters that tell of a charge whose product is not named, where others are
_LEAST = 3  # letters of a piece that may stand for a line
_MOSTLY = re.compile(
    r"\b(?:mostly|mainly|nearly all|almost all|basically all|all of it|is all|all)\s+(?:is |the "
    r"|of it )?"
    r"(?P<what>[A-Za-z][\w -]{2,40})",
    re.IGNORECASE,
)
# What stands on a bill and is no use of anything: it is added up, and no step lowers it.
_NO_USE = re.compile(
    r"\b(?:vat|mwst|ust|gst|hst|pst|iva|tva|btw|(?:sales |value added )?tax(?:es)?|steuer)\b"
    r"|\b(?:promotional |promo |free |startup |welcome |loyalty )?(?:credits?|discount|rabatt|"
    r"refund|gutschrift|adjustment|rounding|savings? plan negation|sustained use)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the person's bill, what was used where it says so, and the charge it is."""

    item: str
    amount: Decimal
    currency: str
    charge: Charge | None
    quantity: Decimal | None = None
    unit: str = ""
    told: str = ""  # the line as it was written

    @property
    def is_use(self) -> bool:
        """Whether something was used for it: no tax, credit or discount."""
        return self.charge is not None or not _NO_USE.search(self.item)


def lines_of(brief: Brief) -> tuple[Line, ...]:
    """The lines of the bill in the brief, the dearest first."""
    products = frozenset(str(f.value) for f in brief.facts if f.key == "technology")
    stays = kept(brief.request)
    used = {
        f.role: (Decimal(str(f.value)), f.unit)
        for f in brief.facts
        if f.key == "bill-usage" and not isinstance(f.value, str)
    }
    found = (
        _line(f, used.get(f.role), _finest(f, products, stays))
        for f in brief.facts
        if f.key == "bill"
    )
    return tuple(sorted(found, key=lambda line: (-line.amount, line.item)))


def _finest(fact: Fact, products: frozenset[str], stays: tuple[str, ...]) -> Charge | None:
    """The charge of a line; where that is several, the one that it mostly is, if it says so."""
    found = charge_of(fact.role, products, stays)
    mostly = _MOSTLY.search(fact.quote)
    if found is None or mostly is None or not found.id.endswith(("-other", "-whole")):
        return found
    finer = charge_of(f"{fact.role} {mostly['what']}", products, stays)
    return finer if finer and not finer.id.endswith(("-other", "-whole")) else found


def _line(fact: Fact, used: tuple[Decimal, str] | None, charge: Charge | None) -> Line:
    """The line; a tax, a credit or a discount is no charge, but one on a thing is a part of it."""
    free = fact.value == 0 or str(fact.value).startswith("-") or _NO_USE.search(fact.role)
    return Line(
        item=fact.role,
        amount=Decimal(str(fact.value)),
        currency=fact.unit,
        charge=charge if charge and (charge.joins or not free) else None,
        quantity=used[0] if used else None,
        unit=used[1] if used else "",
        told=fact.quote,
    )


def charge_of(item: str, products: frozenset[str], stays: tuple[str, ...] = ()) -> Charge | None:
    """The charge whose longest piece stands in the line's name; None where there is none.

    A charge that is cut by giving up what `stays` is left out.
    """
    found = []
    on_aws = any(map(_is_aws, products))  # a bill of one of its services is one of all
    clouds = {cloud for each in products for cloud in [_cloud(each)] if cloud}
    for charge in charges().values():
        of = {_cloud(each) for each in charge.of} - {""}
        if clouds and of and not of & clouds:
            continue
        if any(next(_weights(charge, each), 0) for each in stays):
            continue
        weight = max(_weights(charge, item), default=0)
        named = bool(products & {*charge.of}) or (on_aws and any(map(_is_aws, charge.of)))
        if weight and (named or not products or weight >= _TELLING):
            found.append((weight + _NAMED * named, charge))
    return max(found, key=lambda each: (each[0], each[1].id))[1] if found else None


def _cloud(product: str) -> str:
    """Which of the three clouds a product is of; "" for none."""
    if _is_aws(product) or product in {
        "elastic-load-balancing",
        "elastic-ip",
        "application-load-balancer",
        "network-load-balancer",
        "vpc-endpoint",
    }:
        return "aws"
    if product.startswith(("google", "cloud-", "firebase", "bigquery", "artifact-", "compute-e")):
        return "google" if not product.startswith("cloudflare") else ""
    return "azure" if product.startswith("azure") else ""


def _is_aws(product: str) -> bool:
    return product.startswith(("aws", "amazon", "nat-gateway"))


def _weights(charge: Charge, item: str) -> Iterator[int]:
    """How many letters of the line's name each piece of the charge stands for."""
    plain, words = item.lower(), {*stems(item)}
    for piece in charge.matches:
        if len(piece) >= _LEAST and fnmatchcase(plain, f"*{piece.lower()}*"):
            yield len(piece)
        elif (told := {*stems(piece)}) and told <= words:
            yield sum(map(len, told))
