"""A table of cases: rules, documents, requests and what is expected of each.

service: firestore
rules: |  ...            or rules_file: beside.rules
now: 2026-01-01T00:00:00Z
documents: {users/alice: {name: Alice}}
cases:
- name: a person reads their own profile
as: {uid: alice, token: {email: a@example.com}}
do: get
path: users/alice
expect: allow
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import Any

from blueproof.core.errors import InputError
from blueproof.engines.firebase_rules.decide import decide
from blueproof.engines.firebase_rules.requests import Decision, Query, Request
from blueproof.engines.firebase_rules.rules import Rules, read_rules
from blueproof.engines.firebase_rules.runs import Data
from blueproof.engines.firebase_rules.syntax import METHODS
from blueproof.engines.firebase_rules.values import Timestamp
from blueproof.engines.firebase_rules.yaml_values import as_timestamp, as_value, read_yaml

SERVICES = {"firestore": "cloud.firestore", "storage": "firebase.storage"}
OPERATORS = (
    "==", "!=", "<", "<=", ">", ">=", "in", "not-in", "array-contains", "array-contains-any",
)  # fmt: skip
_TABLE = frozenset("service rules rules_file now documents firestore cases about source".split())
_CASE = frozenset(
    "name as do path collection_group data query after expect source about now".split()
)
_QUERY = frozenset("limit offset where order_by".split())
_ANSWERS = {"allow": True, "deny": False}
_NOW = "2026-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One request and whether it should be allowed."""

    name: str
    request: Request
    expected: bool
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Cases, the documents that exist, and the rules if the table has any of its own."""

    name: str
    service: str
    rules: Rules | None
    documents: Mapping[str, Data]
    firestore: Mapping[str, Data] = field(default_factory=dict)
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case and what was decided."""

    case: Case
    decision: Decision

    @property
    def passed(self) -> bool:
        """Whether it was decided as expected."""
        return self.decision.allowed is self.case.expected


def run_table(rules: Rules, table: Table) -> tuple[Outcome, ...]:
    """Every case of a table, decided."""
    return tuple(_outcome(rules, table, case) for case in table.cases)


def _outcome(rules: Rules, table: Table, case: Case) -> Outcome:
    try:
        decision = decide(rules, case.request, table.documents, firestore=table.firestore)
    except InputError as error:
        raise InputError(f"{table.name}: case {case.name!r}: {error}") from None
    return Outcome(case, decision)


def load_table(path: File) -> Table:
    """The table in a file. Raises InputError, RulesError for rules inside."""
    return read_table(_text(path), name=str(path), folder=path.parent)


def read_table(text: str, *, name: str, folder: File | None = None) -> Table:
    """The table that a YAML text holds; `rules_file` is sought in the folder."""
    given = read_yaml(text, name)
    try:
        _known(given, _TABLE, "the table")
        return _table(given, name, folder)
    except InputError as error:
        if str(error).startswith(name):
            raise
        raise InputError(f"{name}: {error}") from None


def _text(path: File) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise InputError(f"{path} cannot be read: {why}") from None


def _table(given: dict[str, Any], name: str, folder: File | None) -> Table:
    service = given.get("service", "firestore")
    if service not in SERVICES:
        raise InputError(f"no service {service!r}: {' or '.join(SERVICES)}")
    now = _moment(given.get("now", _NOW))
    rules = _rules(given, folder)
    if rules and rules.service != SERVICES[service]:
        raise InputError(f"the rules are for {rules.service}, the table says {service}")
    documents = _documents(given.get("documents"), now, "documents", even=service == "firestore")
    cases = given.get("cases")
    if not isinstance(cases, list) or not cases:
        raise InputError("there are no cases")
    return Table(
        name=name, service=SERVICES[service], rules=rules, documents=documents,
        firestore=_documents(given.get("firestore"), now, "firestore", even=True),
        cases=tuple(_case(case, place, now, documents) for place, case in enumerate(cases, 1)),
    )  # fmt: skip


def _rules(given: dict[str, Any], folder: File | None) -> Rules | None:
    if "rules" in given and "rules_file" in given:
        raise InputError("the table has rules and rules_file: one of the two")
    if "rules" in given:
        return read_rules(_string(given["rules"], "rules"))
    if "rules_file" in given and folder is not None:
        return read_rules(_text(folder / _string(given["rules_file"], "rules_file")))
    return None


def _moment(given: Any) -> Timestamp:
    if isinstance(given, str):
        try:
            return as_timestamp(given)
        except (ValueError, OverflowError):
            raise InputError(f"now is no moment such as {_NOW}: {given!r}") from None
    value = as_value(given, Timestamp(0))
    if not isinstance(value, Timestamp):
        raise InputError(f"now is no moment such as {_NOW}: {given!r}")
    return value


def _documents(given: Any, now: Timestamp, what: str, *, even: bool) -> dict[str, Data]:
    """Documents by path; in Firestore a path has an even number of segments."""
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise InputError(f"{what} is a map from paths to data")
    found = dict[str, Data]()
    for path, data in given.items():
        value = as_value({} if data is None else data, now)
        if not isinstance(value, dict):
            raise InputError(f"{what}: the data of {path} is no map")
        name = _string(path, f"a path in {what}").strip("/")
        if "" in name.split("/") or (even and name.count("/") % 2 == 0):
            raise InputError(f"{what}: {path!r} is no path of a document")
        found[name] = value
    return found


def _case(given: Any, place: int, now: Timestamp, documents: dict[str, Data]) -> Case:
    name = given.get("name", f"case {place}") if isinstance(given, dict) else f"case {place}"
    try:
        _known(given, _CASE, "the case")
        now = _moment(given["now"]) if "now" in given else now
        request = _request(given, now, documents)
        return Case(
            name=str(name), request=request, expected=_expected(given.get("expect")),
            source=str(given.get("source", "")),
        )  # fmt: skip
    except InputError as error:
        raise InputError(f"case {place} ({name}): {error}") from None


def _expected(given: Any) -> bool:
    if given not in _ANSWERS:
        raise InputError("expect is allow or deny")
    return _ANSWERS[given]


def _request(given: dict[str, Any], now: Timestamp, documents: dict[str, Data]) -> Request:
    method = given.get("do")
    if method not in METHODS:
        raise InputError(f"do is one of {', '.join(METHODS)}")
    group = given.get("collection_group", "")
    path = _string(given.get("path", group), "path").strip("/")
    if not path:
        raise InputError("there is no path")
    if method == "create" and path in documents:
        raise InputError(f"{path} is among the documents: to write it is an update")
    uid, token = _person(given.get("as"))
    data = given.get("data")
    if method in {"create", "update"} and not isinstance(data, dict):
        raise InputError(f"{method} needs data: the document as it will be")
    after = {
        name.strip("/"): None if value is None else as_value(value, now)
        for name, value in (given.get("after") or {}).items()
    }
    return Request(
        method=method, path=path, now=now, uid=uid, token=as_value(token, now),
        data=None if data is None else as_value(data, now),
        query=_query(given.get("query"), str(group), now), after=after,
    )  # fmt: skip


def _person(given: Any) -> tuple[str | None, dict[str, Any]]:
    if given is None:
        return None, {}
    if isinstance(given, str):
        return given, {"sub": given}
    if not isinstance(given, dict) or not {*given} <= {"uid", "token"} or "uid" not in given:
        raise InputError("as is null, a uid, or {uid: ..., token: {...}}")
    uid = _string(given["uid"], "uid")
    return uid, {"sub": uid, **(given.get("token") or {})}


def _query(given: Any, group: str, now: Timestamp) -> Query:
    if given is None:
        return Query(collection_group=group)
    _known(given, _QUERY, "the query")
    asked = given.get("where") or []
    if not isinstance(asked, list):
        raise InputError("where is a list of constraints")
    where = tuple(_constraint(each, now) for each in asked if not isinstance(each, dict))
    any_of = tuple(_either(each, now) for each in asked if isinstance(each, dict))
    order = tuple(
        (str(each[0]), str(each[1]) if len(each) > 1 else "asc") if isinstance(each, list)
        else (str(each), "asc") for each in given.get("order_by") or ()
    )  # fmt: skip
    for name in ("limit", "offset"):
        if not isinstance(given.get(name, 0), int):
            raise InputError(f"{name} is a number")
    return Query(
        where=where, any_of=any_of, order_by=order, limit=given.get("limit"),
        offset=given.get("offset"), collection_group=group,
    )  # fmt: skip


def _either(given: dict[str, Any], now: Timestamp) -> tuple[tuple[str, str, Any], ...]:
    """`{or: [constraint, constraint]}`."""
    _known(given, frozenset({"or"}), "a constraint")
    if not isinstance(given.get("or"), list) or not given["or"]:
        raise InputError("or is a list of constraints")
    return tuple(_constraint(each, now) for each in given["or"])


def _constraint(given: Any, now: Timestamp) -> tuple[str, str, Any]:
    if not isinstance(given, list) or len(given) != len(("field", "operator", "value")):
        raise InputError(f"a constraint is [field, operator, value], not {given!r}")
    field_name, sign, value = given
    if sign not in OPERATORS:
        raise InputError(f"no operator {sign!r}: {', '.join(OPERATORS)}")
    return str(field_name), sign, as_value(value, now)


def _known(given: Any, keys: frozenset[str], what: str) -> None:
    if not isinstance(given, dict):
        raise InputError(f"{what} is no map")
    unknown = [str(key) for key in given if key not in keys]
    if unknown:
        raise InputError(f"{what} has no {unknown[0]!r}: {', '.join(sorted(keys))}")


def _string(given: Any, what: str) -> str:
    if not isinstance(given, str):
        raise InputError(f"{what} is no text: {given!r}")
    return given
