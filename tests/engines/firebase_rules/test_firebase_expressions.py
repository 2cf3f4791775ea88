"""What every operator, method and function comes to, from a table of expressions."""

import re
from pathlib import Path

import pytest

from blueproof.engines.firebase_rules import Request, RulesError, decide, read_rules
from blueproof.engines.firebase_rules.functions import CONVERSIONS, NAMESPACES
from blueproof.engines.firebase_rules.methods import METHODS
from blueproof.engines.firebase_rules.scopes import LOOK_UPS
from blueproof.engines.firebase_rules.yaml_values import as_timestamp

TABLE = (Path(__file__).parent / "expressions.txt").read_text(encoding="utf-8")
ROWS = [line.split(None, 1) for line in TABLE.splitlines() if line and not line.startswith("#")]
NOW = as_timestamp("2026-01-15T12:34:56.123456789Z")
RULES = """rules_version = '2';
service cloud.firestore {{
  match /databases/{{database}}/documents {{
    match /things/{{thing}} {{ allow create: if {expression}
    ; }}
  }}
}}
"""
REQUEST = Request(
    method="create",
    path="things/t",
    now=NOW,
    uid="alice",
    token={"email": "a@example.com"},
    data={
        "n": 5, "x": 2.5, "s": "text", "list": [1, 2], "map": {"a": 1}, "at": NOW, "nothing": None,
    },
    after={"rooms/r": {"open": False}, "rooms/gone": None},
)  # fmt: skip
DOCUMENTS = {"rooms/r": {"open": True}, "rooms/gone": {}}


def outcome(expression: str) -> str:
    try:
        rules = read_rules(RULES.format(expression=expression))
    except RulesError as refusal:
        return "refused" if refusal.line >= 4 and refusal.construct else "refused without place"
    decision = decide(rules, REQUEST, DOCUMENTS)
    (reason,) = decision.why
    assert decision.allowed is {"granted": True, "undecided": None}.get(reason.outcome, False)
    return {"granted": "true"}.get(reason.outcome, reason.outcome)


@pytest.mark.parametrize(("expected", "expression"), ROWS, ids=[row[1] for row in ROWS])
def test_an_expression_comes_to_what_the_table_says(expected: str, expression: str) -> None:
    assert outcome(expression) == expected


def test_every_method_of_every_type_is_in_the_table() -> None:
    written = "\n".join(expression for _, expression in ROWS)
    names = {name for methods in METHODS.values() for name in methods}
    assert {name for name in names if f".{name}(" not in written} == set()


def test_every_function_is_in_the_table() -> None:
    written = "\n".join(expression for _, expression in ROWS)
    names = {f"{space}.{name}" for space, names in NAMESPACES.items() for name in names}
    every = {*names, *CONVERSIONS, *LOOK_UPS}
    assert {name for name in every if not re.search(rf"\b{name}\(", written)} == set()
