"""What blueproof rules says of each case, gap, weakening and attack, as data and in words."""

import base64
from typing import Any

from blueproof.engines.firebase_rules.attacks import Attack
from blueproof.engines.firebase_rules.coverage import Gap
from blueproof.engines.firebase_rules.finding import Finding
from blueproof.engines.firebase_rules.mutants import Survivor
from blueproof.engines.firebase_rules.requests import Decision, Query, Request
from blueproof.engines.firebase_rules.table import Outcome
from blueproof.engines.firebase_rules.values import Timestamp

SIMULATED = "simulated by our evaluator, not Google's"
_ANSWERS = {True: "allow", False: "deny", None: "not decidable here"}
_SHOWN = 100  # signs of a value in a line


def finding_record(finding: Finding) -> dict[str, Any]:
    """A lint's finding."""
    return {
        "id": finding.id, "line": finding.line, "what": finding.what, "why": finding.why,
        "do": finding.do,
    }  # fmt: skip


def case_record(outcome: Outcome) -> dict[str, Any]:
    """A case, what was expected and what was decided."""
    return {
        "name": outcome.case.name,
        "expected": _ANSWERS[outcome.case.expected],
        "passed": outcome.passed,
        "source": outcome.case.source,
        **_decided(outcome.decision),
    }


def _decided(decision: Decision) -> dict[str, Any]:
    return {
        "decided": _ANSWERS[decision.allowed],
        "why": [
            {"line": reason.line, "outcome": reason.outcome, "says": reason.says}
            for reason in decision.why
        ],
        "look_ups": list(decision.look_ups),
    }


def gap_record(gap: Gap) -> dict[str, Any]:
    """A condition that was not seen both ways."""
    return {"line": gap.line, "condition": gap.text, "never": gap.never}


def survivor_record(survivor: Survivor) -> dict[str, Any]:
    """A weakening that no case notices."""
    missing = survivor.missing
    return {
        "line": survivor.mutant.line,
        "what": survivor.mutant.what,
        "missing": None if missing is None else request_record(missing),
    }


def attack_record(attack: Attack) -> dict[str, Any]:
    """An attempt and its decision."""
    return {
        "kind": attack.kind, "who": attack.who, "succeeds": attack.succeeds,
        "intended": attack.intended, **request_record(attack.request),
        **_decided(attack.decision),
    }  # fmt: skip


def request_record(request: Request) -> dict[str, Any]:
    """A request in the words of a table."""
    query = request.query
    record: dict[str, Any] = {"as": request.uid, "do": request.method, "path": request.path}
    if request.data is not None:
        record["data"] = _plain(request.data)
    if request.method == "list":
        record["query"] = {
            "where": _plain(_where(query)), "limit": query.limit,
            "collection_group": query.collection_group,
        }  # fmt: skip
    return record


def _where(query: Query) -> list[Any]:
    """The constraints of a query as a table has them."""
    every = [{"or": [list(each) for each in either]} for either in query.any_of]
    return [*(list(each) for each in query.where), *every]


def _plain(value: Any) -> Any:
    """A value as JSON has it; what JSON has not becomes text."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Timestamp):
        return value.moment().isoformat().replace("+00:00", "Z")
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def missing_case(survivor: Survivor) -> str:
    """The case that would notice a weakening, in one line."""
    request = survivor.missing
    if request is None:
        return "no request was found that it lets through: perhaps the guard is not needed"
    who = request.uid or "nobody"
    data = f" with {_short(request.data)}" if request.data is not None else ""
    if request.method == "list":
        query = request.query
        where = _where(query)
        asked = f"where {where}" if where else "without where"
        data = f" {_short(asked)}, limit {query.limit}"
    return f"missing case: {who} must not {request.method} {request.path}{data}"


def _short(value: Any) -> str:
    text = str(_plain(value))
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
