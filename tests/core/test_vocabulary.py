"""The constructors of the vocabulary refuse what makes no sense."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueproof.core.advice import Recommendation
from blueproof.core.blueprint import Blueprint, Draft, Proof
from blueproof.core.brief import Brief, Document, Fact
from blueproof.core.claim import SumsTo
from blueproof.core.diagram import Diagram, Edge, Node
from blueproof.core.evidence import Citation, Measurement
from blueproof.core.money import CENT, Line, rounded
from blueproof.core.question import Question
from blueproof.core.scene import DatabaseScene, Excerpt

CLAIM = SumsTo(bill=Excerpt(text="bill"))
SOURCE = Citation(url="https://example.org", checked=date(2026, 1, 1), says="so it is")
REQUEST = "we have 5 million orders"


def fact(**facts: Any) -> Fact:
    return Fact(**{"key": "scale.orders", "value": 5e6, **facts})


def advice(**facts: Any) -> Recommendation:
    return Recommendation(
        **{"slot": "s", "choice": "c", "because": ("b",), "evidence": (SOURCE,), **facts}
    )


def proof(**facts: Any) -> Proof:
    known = {"id": "p1", "claim": CLAIM, "verdict": "proved", "basis": "real data", "how": "added"}
    return Proof(**{**known, **facts})


def blueprint(**facts: Any) -> Blueprint:
    return Blueprint(
        **{"shape": 1, "answer": "a", "question_kind": "review", "request": REQUEST, **facts}
    )


def question(**facts: Any) -> Question:
    return Question(
        **{
            "id": "q",
            "ask": "how many?",
            "why": "it decides",
            "key": "k",
            "changes": ("x",),
            **facts,
        }
    )


NONSENSE: dict[str, Callable[[], object]] = {
    "an inferred fact without a quote": lambda: fact(source="inferred"),
    "a quote that is not where it says": lambda: Brief(
        request=REQUEST, facts=(fact(source="inferred", quote="5 million", span=(0, 9)),)
    ),
    "a quote beyond the request": lambda: Brief(
        request=REQUEST, facts=(fact(source="inferred", quote="5 million", span=(90, 99)),)
    ),
    "an inferred quote that nobody wrote": lambda: Brief(
        request=REQUEST, facts=(fact(source="inferred", quote="9 million"),)
    ),
    "advice without a reason": lambda: advice(because=()),
    "advice without evidence": lambda: advice(evidence=()),
    "a question without consequence": lambda: question(changes=()),
    "a refutation without a reason": lambda: proof(verdict="refuted"),
    "something unchecked without a reason": lambda: proof(verdict="unchecked"),
    "a proof that hides its assumption": lambda: proof(basis="assumed statistics"),
    "two recommendations for one slot": lambda: Draft(
        brief=Brief(request=""), recommendations=(advice(), advice())
    ),
    "advice that rests on a refuted proof": lambda: blueprint(
        recommendations=(advice(proofs=("p1",)),), proofs=(proof(verdict="refuted", reason="no"),)
    ),
    "advice that rests on no proof that is there": lambda: blueprint(
        recommendations=(advice(proofs=("p9",)),), proofs=(proof(),)
    ),
    "advice whose claims nobody checked": lambda: blueprint(
        recommendations=(advice(evidence=(), claims=(CLAIM,)),)
    ),
    "a citation without an address": lambda: Citation(
        url="http://example.org", checked=SOURCE.checked, says="so"
    ),
    "a citation that says nothing": lambda: Citation(
        url=SOURCE.url, checked=SOURCE.checked, says=""
    ),
    "an edge to nowhere": lambda: Diagram(
        id="d", title="t", nodes=(Node(id="a", label="a"),), edges=(Edge(source="a", target="b"),)
    ),
    "two nodes with one id": lambda: Diagram(
        id="d", title="t", nodes=(Node(id="a", label="a"), Node(id="a", label="b"))
    ),
}


@pytest.mark.parametrize("what", NONSENSE)
def test_nonsense_is_refused(what: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        NONSENSE[what]()


def test_sense_is_accepted() -> None:
    inferred = fact(source="inferred", quote="5 million", span=(8, 17))
    brief = Brief(request=REQUEST, facts=(inferred, fact()))
    assert Draft(brief=brief, recommendations=(advice(), advice(slot="t"))).brief is brief
    kept = proof(verdict="unchecked", reason="no linter")
    assert blueprint(recommendations=(advice(proofs=("p1",)),), proofs=(kept,)).proof("p1") is kept
    assert proof(basis="assumed statistics", condition="from 5 rows on").verdict == "proved"
    assert question().changes == ("x",)


def test_a_proof_gives_its_figures_by_name() -> None:
    measured = (
        Measurement(name="cost", value=5.0), Measurement(name="plan", value="Seq Scan"),
    )  # fmt: skip
    assert proof(measured=measured).measure("cost") == 5.0
    assert proof(measured=measured).measure("plan") is None
    assert proof(measured=measured).measure("time") is None


def test_a_line_of_a_document_is_found_in_its_file() -> None:
    document = Document(role="schema", text="a\nb\nc\n", parts=(("one.sql", 1), ("two.sql", 3)))
    assert [document.place(n) for n in (1, 2, 3)] == [
        ("one.sql", 1),
        ("one.sql", 2),
        ("two.sql", 1),
    ]
    assert Document(role="queries", text="a").place(7) == ("queries", 7)


def test_a_brief_finds_the_document_of_a_part() -> None:
    schema = Document(role="schema", text="s")
    assert Brief(request="", documents=(schema,)).document("schema") is schema
    assert Brief(request="").document("schema") is None


def test_an_excerpt_says_where_it_stands() -> None:
    assert str(Excerpt(text="t", path="q.sql", statement=2)) == "q.sql#2"
    assert str(Excerpt(text="t", path="q.sql")) == "q.sql"
    assert str(Excerpt(text="t")) == "t"
    assert DatabaseScene(schema=Excerpt(text=""), statistics=Excerpt(text="")).kind == "database"


@given(st.decimals(-(10**9), 10**9, places=4), st.decimals(0, 10**3, places=4))
def test_an_amount_is_quantity_times_price_to_the_cent(quantity: Decimal, price: Decimal) -> None:
    line = Line(item="i", quantity=quantity, unit="u", price=price, fact="f", source="s")
    assert line.amount == line.amount.quantize(CENT)
    assert abs(line.amount - quantity * price) <= CENT / 2


def test_half_a_cent_is_rounded_away_from_zero() -> None:
    assert [rounded(Decimal(x)) for x in ("0.125", "-0.125", "0.124")] == [
        Decimal("0.13"), Decimal("-0.13"), Decimal("0.12"),
    ]  # fmt: skip
