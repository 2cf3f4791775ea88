"""Deciding: matches, defaults, limits of a request, and the reasons that are given."""

from typing import Any

import pytest

from blueproof.core.errors import InputError
from blueproof.engines.firebase_rules import (
    Decision,
    Query,
    Request,
    Rules,
    decide,
    decide_batch,
    read_rules,
)
from blueproof.engines.firebase_rules.values import Timestamp

NOW = Timestamp(0)


def rules(body: str, version: str = "rules_version = '2';") -> Rules:
    start = "service cloud.firestore { match /databases/{database}/documents {"
    return read_rules(f"{version}\n{start}\n{body}\n}} }}")


def ask(of: Rules, path: str, method: str = "get", **more: Any) -> Decision:
    documents = more.pop("documents", {})
    return decide(of, Request(method=method, path=path, now=NOW, **more), documents)


@pytest.mark.parametrize(
    ("pattern", "path", "matched"),
    [
        ("/users/{uid}", "users/a", "yes"),
        ("/users/{uid}", "users/a/b/c", "no"),
        ("/users/alice", "users/alice", "yes"),
        ("/users/alice", "users/bob", "no"),
        ("/users/{rest=**}", "users/a", "yes"),
        ("/users/{rest=**}", "users/a/b/c", "yes"),
        ("/users/{uid}/{rest=**}", "users/a", "yes"),
        ("/users/{uid}/{rest=**}", "rooms/a", "no"),
        ("/{rest=**}", "users/a", "yes"),
        ("/{rest=**}/posts/{post}", "posts/p", "yes"),
        ("/{rest=**}/posts/{post}", "users/a/posts/p", "yes"),
        ("/{rest=**}/posts/{post}", "users/a/notes/p", "no"),
        ("/a/{rest=**}/z/{last}", "a/b/y/c", "no"),
        ("/a/{rest=**}/z/{last}", "a/b/c/d/z/c", "yes"),
        ("/a/{id}/{rest=**}/z/{last}", "a/b/z/c", "yes"),
        ("/a/{id}/{rest=**}/z/{last}", "a/b/c/d/z/c", "yes"),
    ],
)
def test_a_match_covers_the_paths_that_it_says(pattern: str, path: str, matched: str) -> None:
    allowed = ask(rules(f"match {pattern} {{ allow get; }}"), path).allowed
    assert allowed is (matched == "yes")


def test_the_first_version_matches_one_segment_or_more() -> None:
    first = rules("match /users/{uid}/{rest=**} { allow get; }", version="")
    assert ask(first, "users/a").allowed is False
    assert ask(first, "users/a/b/c").allowed is True


def test_a_recursive_wildcard_is_a_path_and_a_single_one_a_string() -> None:
    body = "match /users/{uid}/{rest=**} { allow get: if rest == /b/c && uid is string; }"
    assert ask(rules(body), "users/a/b/c").allowed


def test_nothing_is_allowed_by_default_and_the_reason_says_what_is_missing() -> None:
    some = rules("match /users/{uid} { allow create: if true; }")
    decision = ask(some, "users/a")
    assert decision.allowed is False
    assert "no allow get in /databases/{database}/documents/users/{uid}" in decision.why[0].says
    assert "no match" in ask(some, "rooms/r").why[0].says


def test_overlapping_matches_grant_if_one_does_and_each_reason_is_given() -> None:
    body = """match /a/{b} { allow get: if false; allow read: if request.auth != null; }
    match /{all=**} { allow get: if request.auth.token.admin == true; }"""
    assert ask(rules(body), "a/b", uid="x").allowed
    assert ask(rules(body), "a/b", uid="x").why[0].line == 3
    denied = ask(rules(body), "a/b")
    assert [(reason.line, reason.outcome) for reason in denied.why] == [
        (3, "false"), (3, "false"), (4, "error"),
    ]  # fmt: skip


def test_the_reason_names_the_condition_inside_a_function() -> None:
    body = """function own(uid) {
      return request.auth != null && request.auth.uid == uid;
    }
    match /a/{b} { allow get: if own(b); }"""
    (reason,) = ask(rules(body), "a/b", uid="x").why
    assert reason.says == "request.auth.uid == uid is false (line 4)"


def test_which_conditions_were_true_false_or_without_value_is_told() -> None:
    some = rules("match /a/{b} { allow get: if b == 'b' && (b == 'c' || resource.data.x); }")
    decision = ask(some, "a/b")
    texts = [condition.text for condition in some.conditions]
    assert [texts[place] for place in decision.true] == ["b == 'b'"]
    assert [texts[place] for place in decision.false] == ["b == 'c'"]
    assert [texts[place] for place in decision.no_value] == ["resource.data.x"]


def look_ups(count: int, rest: str = "true") -> str:
    asked = " && ".join(
        f"!exists(/databases/$(database)/documents/a/a{number})" for number in range(count)
    )
    return f"match /x/{{y}} {{ allow get: if {asked} && {rest}; }}"


def test_ten_documents_may_be_looked_up_and_the_eleventh_denies_the_request() -> None:
    assert ask(rules(look_ups(10)), "x/y").allowed is True
    body = look_ups(11) + "match /{all=**} { allow get: if true; }"
    decision = ask(rules(body), "x/y")
    assert decision.allowed is False
    assert "more than 10 documents" in decision.why[-1].says
    assert len(decision.look_ups) == 10


def test_a_document_looked_up_again_does_not_count() -> None:
    again = "!exists(/databases/$(database)/documents/a/a0)"
    assert ask(rules(look_ups(10, again)), "x/y").allowed is True


def test_what_is_not_evaluated_looks_nothing_up() -> None:
    body = "match /x/{y} { allow get: if true || exists(/databases/$(database)/documents/a/b); }"
    assert ask(rules(body), "x/y").look_ups == ()


def test_an_exceeded_limit_is_not_absorbed() -> None:
    absorbed = look_ups(11).replace("if ", "if (").replace("true;", "true) || true;")
    assert ask(rules(absorbed), "x/y").allowed is False


def test_more_than_a_thousand_expressions_deny_the_request() -> None:
    def body(count: int) -> str:
        rows = [" && ".join(["1 == 1"] * min(100, count - start)) for start in range(0, count, 100)]
        chain = " && ".join(f"({row})" for row in rows)
        return f"match /x/{{y}} {{ allow get: if {chain}; }}"

    assert ask(rules(body(333)), "x/y").expressions == 999
    assert ask(rules(body(333)), "x/y").allowed is True
    denied = ask(rules(body(334)), "x/y")
    assert denied.allowed is False
    assert "1,000 expressions" in denied.why[0].says


def test_what_is_undecided_is_not_granted_but_another_allow_may_grant() -> None:
    undecided = "match /a/{b} { allow get: if math.ceil(1.0 / 0.0) == 1.0; }"
    decision = ask(rules(undecided), "a/b")
    assert decision.allowed is None
    assert "not documented" in decision.why[0].says
    assert ask(rules(undecided + "match /a/{b} { allow get; }"), "a/b").allowed is True


def test_a_delete_leaves_nothing_and_a_batch_is_seen_as_it_will_be() -> None:
    body = """match /a/{b} {
      allow delete: if !existsAfter(/databases/$(database)/documents/a/b)
        && getAfter(/databases/$(database)/documents/c/d).data.x == 2;
    }"""
    documents = {"a/b": {}, "c/d": {"x": 1}}
    assert ask(rules(body), "a/b", "delete", documents=documents).allowed is False
    after = {"c/d": {"x": 2}}
    assert ask(rules(body), "a/b", "delete", documents=documents, after=after).allowed is True


def test_on_a_create_there_is_no_resource_even_if_the_caller_has_such_a_document() -> None:
    body = (
        "match /a/{b} { allow create: if resource == null; allow update: if resource.data.x == 1; }"
    )
    documents = {"a/b": {"x": 1}}
    for method in ("create", "update"):
        decision = ask(rules(body), "a/b", method, data={}, documents=documents)
        assert decision.allowed is True


def test_a_batch_sees_all_its_writes_and_has_twenty_look_ups_together() -> None:
    body = """function free(id) { return !exists(/databases/$(database)/documents/x/$(id)); }
    function other(id) { return getAfter(/databases/$(database)/documents/a/$(id)).data.other; }
    match /a/{b} {
      allow create: if other(request.resource.data.other) == b
        && free('1') && free('2') && free('3') && free('4');
    }"""
    some = rules(body)

    def pair(number: int) -> list[Request]:
        ends = (f"l{number}", f"r{number}")
        return [
            Request(method="create", path=f"a/{one}", now=NOW, data={"other": other})
            for one, other in (ends, ends[::-1])
        ]

    assert [d.allowed for d in decide_batch(some, pair(1), {})] == [True, True]
    assert decide(some, pair(1)[0], {}).allowed is False
    assert {d.allowed for d in decide_batch(some, [*pair(1), *pair(2)], {})} == {True}
    six = decide_batch(some, [*pair(1), *pair(2), *pair(3)], {})
    assert {d.allowed for d in six} == {False}
    assert "30 documents are looked up, 20 are allowed" in six[0].why[0].says


def test_functions_see_the_wildcards_around_them_and_inner_ones_win() -> None:
    body = """function tag() { return 'outer'; }
    match /a/{b} {
      function tag() { return b; }
      allow get: if tag() == 'b';
      match /c/{d} { allow get: if tag() == 'b' && d == 'd'; }
    }
    match /e/{f} { allow get: if tag() == 'outer'; }"""
    some = rules(body)
    assert [ask(some, path).allowed for path in ("a/b", "a/b/c/d", "e/f")] == [True] * 3


def test_a_function_of_the_file_comes_before_one_of_the_language() -> None:
    body = "function exists(x) { return true; } match /a/{b} { allow get: if exists(1); }"
    assert ask(rules(body), "a/b").allowed


def test_a_request_that_makes_no_sense_is_refused() -> None:
    some = rules("match /a/{b} { allow get; }")
    for path, method in (("a", "get"), ("a//b", "get"), ("a/b", "fetch"), ("a/b", "list")):
        with pytest.raises(InputError):
            ask(some, path, method)


def test_a_query_of_too_many_alternatives_is_refused() -> None:
    some = rules("match /a/{b} { allow list; }")
    many = [*range(20)]
    where = (("a", "in", many), ("b", "in", many))
    with pytest.raises(InputError, match="200 alternatives"):
        ask(some, "a", "list", query=Query(where=where))


def test_what_a_list_cannot_tell_is_not_decided_and_says_where() -> None:
    some = rules("match /a/{b} {\n allow list: if request.path != null; }")
    decision = ask(some, "a", "list")
    assert decision.allowed is None
    assert decision.why[0].line == 4
    assert "request.path" in decision.why[0].says
