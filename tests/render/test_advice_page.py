"""A recommendation's section: what comes first is no objection."""

from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

from blueproof.core.advice import Recommendation
from blueproof.core.blueprint import Blueprint
from blueproof.core.evidence import Citation
from blueproof.render.advice_page import recommendation_section
from blueproof.render.blocks import Block, Bullets, Paragraph

DOCS = Citation(url="https://example.com", checked=date(2026, 1, 1), says="it does")
ADVICE = Recommendation(
    slot="starter", choice="Begin with app", because=("it fits",), proofs=(), evidence=(DOCS,)
)
BLUEPRINT = Blueprint(shape=1, answer="", question_kind="which", request="")


def blocks(**more: Any) -> tuple[Block, ...]:
    advice = replace(ADVICE, **more)
    return recommendation_section(BLUEPRINT, advice, 1).blocks


def against(found: tuple[Block, ...]) -> tuple[str, ...]:
    """What stands below the heading of what speaks against it."""
    for heading, below in pairwise(found):
        if isinstance(heading, Paragraph) and heading.text.startswith("What speaks against"):
            assert isinstance(below, Bullets)
            return below.items
    return ()


def test_what_is_to_be_done_first_stands_before_and_not_among_the_objections() -> None:
    found = blocks(needs=("back end", "rewrite of orders"))
    assert Paragraph(text="Do this first: back end, rewrite of orders.") in found
    assert against(found) == ()


def test_trade_offs_are_objections() -> None:
    assert against(blocks(trade_offs=("it is young",), needs=("back end",))) == ("it is young.",)
