"""What the words propose or have already, piece by piece, and the bill of the proposal."""

from collections.abc import Iterator

from blueproof.advisors.architecture.design import Design
from blueproof.advisors.architecture.part import Part
from blueproof.advisors.architecture.pieces import JUDGES, Piece
from blueproof.advisors.architecture.pricing import bill_of_parts
from blueproof.core.blueprint import Premise
from blueproof.core.money import Bill


def pieces(design: Design) -> tuple[Piece, ...]:
    """The pieces that the words name, in their order, each once."""
    found: list[Piece] = []
    for quote, technology in _named(design):
        piece = _judged(design, quote, technology)
        if piece and not any(
            p.slot == piece.slot and p.technology == piece.technology for p in found
        ):
            found.append(piece)
    return tuple(found)


def _named(design: Design) -> Iterator[tuple[str, str]]:
    """Names with the technology that they stand for; Kafka that is run by MSK is one thing."""
    facts = [
        f
        for f in design.brief.facts
        if f.key == "technology" and f.role not in {"negated", "rejected"}
    ]
    names = {str(f.value) for f in facts}
    for each in facts:
        name = _SAME.get(str(each.value), str(each.value))
        if each.value == "kafka" and "amazon-msk" in names:
            continue
        yield each.quote or str(each.value), name
    for each in design.brief.facts:
        if (each.key, each.value) == ("feature", "microservices") and each.role != "negated":
            yield each.quote, "microservices"


_SAME = {
    "kafka": "amazon-msk",
    "kubernetes": "amazon-eks",
    "redis": "amazon-elasticache",
    "valkey": "amazon-elasticache",
    "dynamodb": "amazon-dynamodb",
    "opensearch": "amazon-opensearch-service",
}


def _judged(design: Design, quote: str, technology: str) -> Piece | None:
    made = JUDGES.get(technology)
    return made(design, quote) if made else None


def against(found: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """The pieces that are not taken."""
    return tuple(p for p in found if p.verdict != "fits")


def premises(found: tuple[Piece, ...]) -> tuple[Premise, ...]:
    """The pieces as what was said, with the verdict on each."""
    return tuple(
        Premise(
            quote=p.quote,
            claim=f"{p.quote} is right here",
            verdict="right" if p.verdict == "fits" else "wrong",
            because=p.says + (f"; worth it for {p.good_for}" if p.verdict != "fits" else ""),
            evidence=p.evidence,
        )
        for p in found
    )


def bill_as_proposed(design: Design, found: tuple[Piece, ...]) -> Bill | None:
    """What it costs with the pieces that are not taken in the places of ours."""
    wrong = [p for p in against(found) if p.charges]
    if not wrong:
        return None
    gone = {p.slot for p in wrong if p.instead}
    if any(p.technology == "aws-lambda" for p in wrong):
        gone |= {"way in"}
    kept = tuple(p for p in design.parts if p.slot not in gone)
    theirs = tuple(
        Part(
            slot=p.slot,
            choice=p.quote,
            short=p.quote,
            kind="service",
            because=(),
            flip="",
            charges=p.charges,
        )
        for p in wrong
    )
    names = ", ".join(p.quote for p in wrong)
    size = design.bill.size
    return bill_of_parts(
        (*kept, *theirs), size=size, region=design.needs.region, option=f"with {names}"
    )
