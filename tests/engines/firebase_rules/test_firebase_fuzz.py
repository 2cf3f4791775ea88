"""Whatever a condition is made of, a request is decided, and no other error comes out."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from blueproof.engines.firebase_rules import Query, Request, Rules, RulesError, decide, read_rules
from blueproof.engines.firebase_rules.lint import lint
from blueproof.engines.firebase_rules.values import Timestamp

TABLE = (Path(__file__).parent / "expressions.txt").read_text(encoding="utf-8")
ROWS = [line.split(None, 1)[1] for line in TABLE.splitlines() if line and line[0] not in "# "]
PIECES = st.sampled_from(
    [row.split("==")[0].strip() for row in ROWS]
    + ["request.resource.data", "resource.data", "resource", "request", "b", "request.auth", "null",
       "request.time", "1", "'a'", "[1]", "{}", "request.query.limit"]
)  # fmt: skip
SIGNS = st.sampled_from("&& || == != < + - * / % in".split())
AFTER = st.sampled_from(
    ["size()", "keys()", "data", "a", "toSet()", "get('a', 1)", "diff({})", "hasAll(['a'])", "id",
     "matches('a')", "split('a')", "values()", "toUtf8()", "seconds()", "bind({})"]
)  # fmt: skip
CALLED = st.sampled_from(
    ["int", "float", "string", "path", "debug", "exists", "get", "bool", "getAfter", "math.abs",
     "math.round", "math.sqrt", "hashing.md5", "timestamp.value", "duration.abs"]
)  # fmt: skip
CONDITIONS = st.recursive(
    PIECES,
    lambda inner: (
        st.builds("({}) {} ({})".format, inner, SIGNS, inner)
        | st.builds("!({})".format, inner)
        | st.builds("-({})".format, inner)
        | st.builds("({}).{}".format, inner, AFTER)
        | st.builds("({})[{}]".format, inner, inner)
        | st.builds("({})[{}:{}]".format, inner, inner, inner)
        | st.builds("({} ? {} : {})".format, inner, inner, inner)
        | st.builds("{}({})".format, CALLED, inner)
    ),
    max_leaves=6,
)
RULES = """rules_version = '2';
service cloud.firestore {{ match /databases/{{database}}/documents {{
  match /a/{{b}} {{ allow read, write: if {condition}; }}
}} }}
"""
DATA = {"a": 1, "b": [1, 2.5, "x"], "c": {"d": None}}
WRITES = (("get", None), ("create", DATA), ("update", {"a": 2}), ("delete", None))
QUERIES = (
    Query(),
    Query(where=(("a", "==", 1),), limit=5),
    Query(where=(("b", "array-contains", "x"), ("a", ">", 0)), order_by=(("c", "asc"),)),
)


def read(condition: str) -> Rules | None:
    try:
        return read_rules(RULES.format(condition=condition))
    except RulesError:
        return None


@given(CONDITIONS)
@settings(max_examples=250)
def test_every_condition_that_can_be_read_is_decided(condition: str) -> None:
    rules = read(condition)
    if rules is None:
        return
    now = Timestamp(10**18)
    for method, data in WRITES:
        documents = {} if method == "create" else {"a/b": DATA}
        request = Request(method=method, path="a/b", now=now, uid="u", data=data)
        assert decide(rules, request, documents).why
    for query in QUERIES:
        assert decide(rules, Request(method="list", path="a", now=now, query=query), {}).why
    assert all(finding.line == 3 for finding in lint(rules))
