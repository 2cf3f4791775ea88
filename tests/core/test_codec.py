"""The codec: to JSON and back without loss, and the schema that says what is written."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from blueproof.core.advice import Recommendation
from blueproof.core.blueprint import Blueprint, Ledger, Proof
from blueproof.core.brief import Brief
from blueproof.core.claim import Claim, PlanUses, SumsTo
from blueproof.core.codec import CodecError, decode, encode, json_schema
from blueproof.core.diagram import Diagram
from blueproof.core.scene import Excerpt

PLAIN: Mapping[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=5),
    bool: st.booleans(),
    int: st.integers(-(2**40), 2**40),
    float: st.floats(allow_nan=False, allow_infinity=False),
    Decimal: st.decimals(-(10**9), 10**9, places=2),
    date: st.dates(),
    NoneType: st.none(),
}


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a type that the codec knows."""
    if is_dataclass(hint):
        return st.deferred(lambda: records(hint))
    if get_origin(hint) in (Union, UnionType):
        return st.one_of(*map(values, get_args(hint)))
    if get_origin(hint) is Literal:
        return st.sampled_from(get_args(hint))
    if get_origin(hint) is tuple:
        inner = get_args(hint)
        if inner[-1] is Ellipsis:
            return st.lists(values(inner[0]), max_size=2).map(tuple)
        return st.tuples(*map(values, inner))
    return PLAIN[hint]


@st.composite
def records(draw: st.DrawFn, cls: Any) -> Any:
    """Any instance; one that its constructor refuses is mended or drawn anew."""
    hints = get_type_hints(cls)
    drawn = {
        f.name: draw(values(hints[f.name]))
        for f in fields(cls)
        if f.init and f.metadata.get("json", True)
    }
    try:
        return cls(**drawn)
    except ValueError:
        return cls(**mended(drawn))


def mended(drawn: dict[str, Any]) -> dict[str, Any]:
    """The fields with what the vocabulary's constructors ask for."""
    asked = {
        "because": ("why",), "reason": "why", "condition": "from 5 rows on", "quote": "words",
        "url": "https://example.org", "says": "so", "changes": ("much",), "proofs": ("p1",),
        "nodes": (), "edges": (), "recommendations": (), "span": None, "facts": (),
    }  # fmt: skip
    if "slot" not in drawn:
        del asked["proofs"]
    if "recommendations" in drawn:
        asked |= {"proofs": (), "changes": ()}
    return {**drawn, **{name: value for name, value in asked.items() if name in drawn}}


BROAD = settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)


@BROAD
@given(values(Blueprint))
def test_a_blueprint_survives_json(blueprint: Blueprint) -> None:
    text = json.dumps(encode(blueprint))
    assert decode(Blueprint, json.loads(text)) == blueprint


@BROAD
@given(st.one_of(values(Ledger), values(Recommendation), values(Brief), values(Diagram)))
def test_its_parts_survive_json(part: Any) -> None:
    assert decode(type(part), json.loads(json.dumps(encode(part)))) == part


@BROAD
@given(values(Blueprint))
def test_what_is_written_fits_the_schema(blueprint: Blueprint) -> None:
    schema = json_schema(Blueprint)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(encode(blueprint))


@BROAD
@given(values(Claim))
def test_every_claim_carries_its_kind(claim: Any) -> None:
    written = encode(claim, Claim)
    assert written["kind"] == type(claim).__name__
    assert decode(Claim, written) == claim
    assert "kind" not in encode(SumsTo(bill=Excerpt(text="x")))


@dataclass(frozen=True, kw_only=True)
class Inner:
    """Something inside."""

    size: int
    on: bool = False


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A sample."""

    name: str
    day: date
    price: Decimal
    share: float
    pair: tuple[str, int]
    many: tuple[Inner, ...] = ()
    one: Inner | None = None
    either: float | str = 0.0
    way: Literal["up", "down"] = "up"
    kind: Literal["sample"] = field(default="sample", init=False)
    secret: str = field(default="", metadata={"json": False})


GOOD: dict[str, Any] = {
    "name": "n", "day": "2026-01-01", "price": 0.1, "share": 1, "pair": ["a", 1],
    "many": [{"size": 1, "on": True}], "one": None, "either": "x", "way": "down", "kind": "sample",
}  # fmt: skip
WRONG: dict[str, list[Any]] = {
    "$": [5, None, [], "x"],
    "$.name": [None, 5, ["n"]],
    "$.day": [5, None, "soon", "2026-02-30"],
    "$.price": ["0.1", None, True],
    "$.share": ["1", True],
    "$.pair": ["a", ["a"], ["a", 1, 2]],
    "$.pair[1]": [["a", "1"], ["a", True], ["a", 1.5]],
    "$.many[0]": [[5], [{}], [{"size": 1, "more": 2, "less": 1}]],
    "$.many[1].size": [[{"size": 1}, {"size": "1"}], [{"size": 1}, {"size": True}]],
    "$.one.on": [{"size": 1, "on": 1}, {"size": 1, "on": None}],
    "$.either": [None, True, [], {}],
    "$.way": ["left", None, 1, []],
    "$.kind": ["other"],
}


def test_a_value_is_read_with_its_types() -> None:
    assert decode(Sample, GOOD) == Sample(
        name="n", day=date(2026, 1, 1), price=Decimal("0.1"), share=1, pair=("a", 1),
        many=(Inner(size=1, on=True),), either="x", way="down",
    )  # fmt: skip
    Draft202012Validator(json_schema(Sample)).validate(GOOD)
    assert encode(decode(Sample, GOOD)) == GOOD


@pytest.mark.parametrize(("place", "wrong"), [(p, w) for p, some in WRONG.items() for w in some])
def test_a_wrong_value_is_refused_with_its_place(place: str, wrong: Any) -> None:
    name = place[2:].partition("[")[0].partition(".")[0]
    value = {**GOOD, name: wrong} if name else wrong
    with pytest.raises(CodecError) as caught:
        decode(Sample, value)
    assert str(caught.value).startswith(f"{place}: ")
    assert not Draft202012Validator(json_schema(Sample)).is_valid(value) or place == "$.day"


def test_unknown_and_missing_fields_are_named() -> None:
    with pytest.raises(
        CodecError, match=r"^\$: expected only fields of Sample, found \['b', 'c'\]"
    ):
        decode(Sample, {**GOOD, "c": 1, "b": 2})
    with pytest.raises(CodecError, match=r"^\$: .*'day'"):
        decode(Sample, {k: v for k, v in GOOD.items() if k != "day"})
    with pytest.raises(CodecError, match="only fields"):
        decode(Sample, {**GOOD, "secret": "x"})


@pytest.mark.parametrize("kind", ["Nothing", None, 5, ["SumsTo"], {}])
def test_an_unknown_kind_of_claim_is_refused(kind: Any) -> None:
    with pytest.raises(CodecError, match="a known kind"):
        decode(Claim, {"kind": kind, "bill": {"text": "x"}})
    with pytest.raises(CodecError, match="a known kind"):
        decode(Claim, "SumsTo")


def test_what_a_constructor_refuses_is_refused_with_its_place() -> None:
    proof = Proof(id="p1", claim=SumsTo(bill=Excerpt(text="x")), verdict="proved", basis="none",
                  how="added up")  # fmt: skip
    with pytest.raises(CodecError, match=r"^\$: refuted without a reason"):
        decode(Proof, {**encode(proof), "verdict": "refuted"})


def test_the_schema_names_every_class_once_and_describes_it() -> None:
    schema = json_schema(Ledger)
    assert schema["$defs"]["PlanUses"]["description"] == (PlanUses.__doc__ or "").split("\n")[0]
    assert schema["$defs"]["PlanUses"]["properties"]["kind"] == {"const": "PlanUses"}
    assert schema["$defs"]["Proof"]["additionalProperties"] is False
    assert "seconds" not in schema["$defs"]["Proof"]["properties"]
