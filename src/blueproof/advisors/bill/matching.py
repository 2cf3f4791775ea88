"""Which charge that we know a line of a bill is, and what it could lose."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase

from blueproof.advisors.bill.told import kept
from blueproof.core.brief import Brief
from blueproof.core.money import rounded
from blueproof.facts.entries import Charge, charges
from blueproof.facts.words import stems

_NAMED = 8  # letters that a named product is worth, where a word such as "reads" is on many bills
_TELLING = 10  # letters that tell of a charge whose product is not named, where others are
_LEAST = 3  # letters of a piece that may stand for a line


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the person's bill and the charge it is, where we know it."""

    item: str
    amount: Decimal
    currency: str
    charge: Charge | None

    @property
    def saving(self) -> Decimal:
        """What the charge's step takes away at most, a month."""
        share = Decimal(str(self.charge.saves)) if self.charge else Decimal(0)
        return rounded(self.amount * share)


def lines_of(brief: Brief) -> tuple[Line, ...]:
    """The lines of the bill in the brief, the dearest first."""
    products = frozenset(str(f.value) for f in brief.facts if f.key == "technology")
    stays = kept(brief.request)
    found = (
        Line(
            item=f.role,
            amount=Decimal(str(f.value)),
            currency=f.unit,
            charge=charge_of(f.role, products, stays),
        )
        for f in brief.facts
        if f.key == "bill" and not isinstance(f.value, str)
    )
    return tuple(sorted(found, key=lambda line: (-line.amount, line.item)))


def charge_of(item: str, products: frozenset[str], stays: tuple[str, ...] = ()) -> Charge | None:
    """The charge whose longest piece stands in the line's name; None where there is none.

    A charge that is cut by giving up what `stays` is left out.
    """
    found = []
    on_aws = any(map(_is_aws, products))  # a bill of one of its services is one of all
    for charge in charges().values():
        if any(next(_weights(charge, each), 0) for each in stays):
            continue
        weight = max(_weights(charge, item), default=0)
        named = bool(products & {*charge.of}) or (on_aws and any(map(_is_aws, charge.of)))
        if weight and (named or not products or weight >= _TELLING):
            found.append((weight + _NAMED * named, charge))
    return max(found, key=lambda each: (each[0], each[1].id))[1] if found else None


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
