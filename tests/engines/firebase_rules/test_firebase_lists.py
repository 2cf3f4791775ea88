"""Lists: an allowed query returns no document that may not be read, whatever the documents are."""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from itertools import combinations
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blueproof.engines.firebase_rules import Query, Request, Rules, decide, lists, read_rules
from blueproof.engines.firebase_rules.decide import decide_one
from blueproof.engines.firebase_rules.queries import alternatives, examples, satisfies
from blueproof.engines.firebase_rules.values import Timestamp

RULES = """rules_version = '2';
service cloud.firestore {{ match /databases/{{database}}/documents {{
  function same(value) {{ return request.auth.uid == value; }}
  function never(value) {{ return request.auth == null; }}
  function opened(data) {{ let state = data.state; return state == 'open' || data.n > 2; }}
  match /things/{{thing}} {{ allow list: if {condition}; }}
}} }}
"""
FIELDS = st.sampled_from(["state", "n", "tags", "owner"])
VALUES: st.SearchStrategy[Any] = st.sampled_from(
    ["open", "gone", "alice", 1, 2, 3, 2.0, 3.5, True, False, None, ["a"], ["a", "b"], {"x": 1}]
)
CONDITION_TEXTS = (
        "resource.data.state == 'open'", "resource.data.state != 'gone'", "resource.data.n > 2",
        "resource.data.n >= 2", "resource.data.n < 3", "resource.data.n == 2",
        "2 < resource.data.n",
        "resource.data.n != 2", "never(resource.data.owner)",
        "'a' in resource.data.tags", "same(resource.data.owner)", "opened(resource.data)",
        "'state' in resource.data", "resource.data.get('state', 'open') == 'open'",
        "resource.data.n is number", "resource.data.n is int", "resource.data.tags is list",
        "resource.data.state in ['open', 'gone']", "resource.data.tags.hasAny(['a', 'b'])",
        "resource.data.tags.hasAll(['a'])", "resource.data.keys().hasOnly(['state', 'n'])",
        "thing == 'x'", "resource.id == 'x'", "request.query.limit <= 10", "resource != null",
        "resource.data.state.size() == 4", "resource.data.n + 1 > 3", "true", "false",
        "(resource.data.n > 2 ? resource.data.state == 'open' : true)",
        "exists(/databases/$(database)/documents/users/$(resource.data.owner))",
)  # fmt: skip
ATOMS = st.sampled_from(CONDITION_TEXTS)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: (
        st.builds("({} && {})".format, inner, inner)
        | st.builds("({} || {})".format, inner, inner)
        | st.builds("!({})".format, inner)
    ),
    max_leaves=5,
)
LISTS = st.lists(VALUES, min_size=1, max_size=3)
CONSTRAINTS = (
    st.tuples(FIELDS, st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "array-contains"]), VALUES)
    | st.tuples(FIELDS, st.sampled_from(["in", "not-in", "array-contains-any"]), LISTS)
    | st.tuples(st.just("__name__"), st.just("=="), st.sampled_from(["x", "y"]))
)
QUERIES = st.builds(
    lambda where, order, limit: Query(where=tuple(where), order_by=tuple(order), limit=limit),
    st.lists(CONSTRAINTS, max_size=3),
    st.lists(st.tuples(FIELDS, st.just("asc")), max_size=1),
    st.sampled_from([None, 5, 50]),
)
# Queries that fit a condition, so that much is allowed.
FITTING: tuple[tuple[str, str, Any], ...] = (
    ("state", "==", "open"), ("state", "!=", "gone"), ("state", "in", ["open", "gone"]),
    ("n", ">", 2), ("n", ">=", 2), ("n", "<", 3), ("n", "==", 2), ("n", "in", [3, 4]),
    ("n", ">", 1), ("n", "<=", 3), ("tags", "array-contains", "a"), ("owner", "==", "alice"),
    ("tags", "array-contains-any", ["a", "b"]), ("state", "not-in", ["gone", "x"]),
    ("state", "!=", "x"), ("n", "!=", 2), ("__name__", "==", "x"),
)  # fmt: skip
QUERIES = QUERIES | st.builds(
    lambda where, limit: Query(where=tuple(where), limit=limit),
    st.lists(st.sampled_from(FITTING), min_size=1, max_size=3), st.sampled_from([5, None]),
)  # fmt: skip
DOCUMENTS = st.dictionaries(FIELDS, VALUES, max_size=4)


PLAIN: list[dict[str, Any]] = [
    {"state": state, "n": n, "tags": tags, "owner": owner}
    for state in ("open", "gone")
    for n in (1, 2, 2.0, 2.5, 3, 4)
    for tags in (["a"], ["a", "b"], ["b"])
    for owner in ("alice", "bob")
] + [{"state": "open"}, {"n": 2}, {"n": 3.5}, {"tags": ["a"]}, {"owner": "alice"}, {}]


@lru_cache(maxsize=8)
def rules_with(condition: str) -> Rules:
    return read_rules(RULES.format(condition=condition))


def unsound(condition: str, query: Query, documents: Iterable[dict[str, Any]]) -> list[Any]:
    """Documents that an allowed query could return and that may not be read; there are none.

    The proof alone is tried, without the examples that decide_list holds against it.
    """
    rules = rules_with(condition)
    request = Request(method="list", path="things", now=Timestamp(0), uid="alice", query=query)
    with mock.patch.object(lists, "refuting", return_value=iter(())):
        if not decide(rules, request, {}).allowed:
            return []
    return [
        (name, data)
        for facts in alternatives(query)
        for name in ("x", "y")
        for data in (*documents, *examples(facts))
        if satisfies(data, name, facts)
        and not decide_one(
            rules, replace(request, path=f"things/{name}"), {f"things/{name}": data}
        ).allowed
    ]


@pytest.mark.parametrize("condition", CONDITION_TEXTS)
def test_no_query_of_one_or_two_constraints_is_allowed_wrongly(condition: str) -> None:
    queries = [Query(where=where) for size in (1, 2) for where in combinations(FITTING, size)]
    for text in (condition, f"!({condition})"):
        for query in (Query(), Query(order_by=(("n", "asc"),)), *queries):
            assert unsound(text, query, PLAIN) == [], query


@given(CONDITIONS, QUERIES, st.lists(DOCUMENTS, min_size=5, max_size=25))
@settings(max_examples=150)
def test_no_result_of_an_allowed_query_is_denied(
    condition: str, query: Query, documents: list[dict[str, Any]]
) -> None:
    assert unsound(condition, query, documents) == []


@given(CONDITIONS, QUERIES)
@settings(max_examples=80)
def test_a_denied_query_could_return_a_document_that_is_denied(
    condition: str, query: Query
) -> None:
    rules = rules_with(condition)
    request = Request(method="list", path="things", now=Timestamp(0), uid="alice", query=query)
    decision = decide(rules, request, {})
    assert decision.why
    if decision.allowed is False:
        assert "the query could return things/" in decision.why[0].says


# True of every result by logic, but Google's emulator 1.19.9 denies the query.
NOT_CONCLUDED: tuple[tuple[str, tuple[tuple[str, str, Any], ...]], ...] = (
    ("resource.data.a is string", (("a", ">", "x"),)),
    ("resource.data.a is number", (("a", ">", 1),)),
    ("resource.data.a is list", (("a", "array-contains", 1),)),
    ("resource.data.a.hasAll(['x'])", (("a", "array-contains", "x"),)),
    ("!(resource.data.a == 2)", (("a", ">=", 3),)),
    ("!(resource.data.a > 3)", (("a", "<=", 2),)),
    ("!(resource.data.a == 2)", (("a", "!=", 2),)),
    ("resource.data.a > 1", (("a", ">", 1.5),)),
    ("resource.data.a != true", (("a", "==", 2), ("a", "<=", 5))),
    ("resource.data.a != 'bob'", (("a", "==", False), ("a", "<", 2))),
    ("resource.id == 'x'", (("__name__", "==", "x"),)),
)


@pytest.mark.parametrize(("condition", "where"), NOT_CONCLUDED)
def test_what_google_does_not_conclude_is_not_allowed(
    condition: str, where: tuple[tuple[str, str, Any], ...]
) -> None:
    request = Request(
        method="list", path="things", now=Timestamp(0), uid="alice", query=Query(where=where)
    )
    assert decide(rules_with(condition), request, {}).allowed is None


def test_to_order_by_a_field_does_not_prove_that_it_is_there() -> None:
    query = Query(order_by=(("state", "asc"),))
    request = Request(method="list", path="things", now=Timestamp(0), uid="alice", query=query)
    assert decide(rules_with("'state' in resource.data"), request, {}).allowed is None


def test_an_inequality_in_an_or_orders_so_that_no_result_lacks_its_field() -> None:
    query = Query(any_of=((("n", ">", 1), ("state", "==", "open")),))
    request = Request(method="list", path="things", now=Timestamp(0), uid="alice", query=query)
    assert decide(rules_with("'n' in resource.data"), request, {}).allowed is None
    assert decide(rules_with("'owner' in resource.data"), request, {}).allowed is False


def test_a_query_without_an_offset_has_the_offset_0() -> None:
    request = Request(method="list", path="things", now=Timestamp(0), uid="alice")
    assert decide(rules_with("request.query.offset == 0"), request, {}).allowed is True
