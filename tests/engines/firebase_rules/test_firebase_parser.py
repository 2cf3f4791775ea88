"""Rules files are read, printed and read again; any other text is refused with a place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blueproof.engines.firebase_rules import RulesError, read_rules
from blueproof.engines.firebase_rules.parser import parse
from blueproof.engines.firebase_rules.printer import printed
from blueproof.engines.firebase_rules.syntax import (
    METHODS,
    Allow,
    Binary,
    Call,
    Expression,
    File,
    Function,
    Index,
    IsType,
    Let,
    ListLiteral,
    Literal,
    MapLiteral,
    Match,
    Member,
    MethodCall,
    Name,
    PathLiteral,
    Segment,
    Slice,
    Ternary,
    Unary,
    walk,
)

INSIDE = (
    "rules_version = '2';\n"
    "service cloud.firestore {{ match /databases/{{d}}/documents {{\n{}\n}} }}"
)
REFUSED = {
    "": ("expected 'service'", 1),
    "rules_version = '3'; service cloud.firestore {}": ("'3' is not known", 1),
    "service cloud.functions {}": ("service cloud.functions is not known", 1),
    "service cloud.firestore { match a {} }": ("begins with '/'", 1),
    "service cloud.firestore {\n match /a {\n allow fetch; } }": ("'fetch' is no method", 3),
    "service cloud.firestore {\n match /a {\n allow read: true; } }": ("expected 'if'", 3),
    "service cloud.firestore { match /a/{b=*} {} }": ("expected '*'", 1),
    "service cloud.firestore { match /a/{b {} }": ("expected '}'", 1),
    "service cloud.firestore {} x": ("'x' stands after", 1),
    "service cloud.firestore { function f() { let a = 1; } }": ("expected 'return'", 1),
    "service cloud.firestore { function f(a, a) { return a; } }": ("one name", 1),
    "service cloud.firestore { function true() { return 1; } }": ("expected a name", 1),
    INSIDE.format("match /a/{b=**}/{c=**} {}"): ("two {name=**}", 3),
    INSIDE.format("match /a/{b}/{b} {}"): ("one name", 3),
    INSIDE.format("function f() { return f(); }"): ("calls itself", 3),
    INSIDE.format("function f() { return g(); }\nfunction g() { return f(); }"): ("itself", 3),
    INSIDE.format("function f() { return 1; } function f() { return 2; }"): ("two functions", 3),
    INSIDE.format("function f(a) { return a; }\nfunction g() { return f(); }"): ("takes 1", 4),
    INSIDE.format("function f() { return nobody; }"): ("nobody is not known", 3),
    INSIDE.format("function f(a, b, c, d, e, f, g, h) { return a; }"): ("at most 7", 3),
    INSIDE.format("function f() { " + "let a = 1; " * 11 + "return a; }"): ("more than 10", 3),
    INSIDE.format("match /a {" * 10 + "}" * 10): ("more than 10 matches", 3),
    INSIDE.format("match /a" + "/a" * 100 + " {}"): ("more than 100 segments", 3),
    INSIDE.format("match " + "".join(f"/{{a{n}}}" for n in range(20)) + " {}"): ("20 wild", 3),
    INSIDE.format("function f0() { return 1; }\n" + "".join(
        f"function f{n}() {{ return f{n - 1}(); }}\n" for n in range(1, 21)
    )): ("more than 20 deep", 23),
    INSIDE.format("// " + "x" * 262_144): ("262,144 are allowed", 1),
    INSIDE.format("match /a { allow read: if " + "(" * 100 + "1" + ")" * 100 + "; }"): ("60", 3),
    INSIDE.format("match /a { allow read: if " + "1 == 1 && " * 300 + "true; }"): ("than 250", 1),
    "service cloud.firestore {}": ("a service has at least one", 1),
    INSIDE.format("match /a/{b} {\nmatch /c/{d} {} }"): ("a match has at least one", 4),
    INSIDE.format("function f() { let a = 1\nreturn a; }"): ("expected ';' after a let", 4),
    INSIDE.format("function f() { let a = 1\nlet b = 1; return a; }"): ("expected ';'", 4),
    "service cloud.firestore {\nfunction f() { let a = 1; return a; } }": ("let is there from", 2),
    INSIDE.format("match /a { allow get: if 1 is null; }"): ("there in Storage", 3),
    INSIDE.format("match /a { allow get: if /a/$(b) is path; }"): ("b is not known", 3),
    INSIDE.format("match /a { allow get: if (/a/$(math)).bind({}) is path; }"): ("a namespace", 3),
    "service cloud.firestore { match /d/{a=**}/x {} }": ("end of a path in rules_version '1'", 1),
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED, ids=[says for says, _ in REFUSED.values()])
def test_what_is_no_rules_is_refused_with_its_place(text: str) -> None:
    says, line = REFUSED[text]
    with pytest.raises(RulesError) as refusal:
        read_rules(text)
    assert says in str(refusal.value)
    assert refusal.value.line == line
    assert refusal.value.construct
    assert "\n" not in str(refusal.value)


def test_twenty_calls_inside_one_another_are_allowed() -> None:
    chain = "function f0() { return 1; }\n" + "".join(
        f"function f{n}() {{ return f{n - 1}(); }}\n" for n in range(1, 20)
    )
    assert read_rules(INSIDE.format(chain))


def test_a_function_may_be_used_before_it_is_written_and_without_semicolons() -> None:
    text = INSIDE.format("match /a/{b} { allow read: if f(b) }\nfunction f(x) { return x == 'b' }")
    assert read_rules(text).conditions


def test_a_node_knows_its_line_and_column() -> None:
    text = INSIDE.format("match /a/{b} {\n  allow read: if b == 'x';\n}")
    (comparison,) = [node for node in walk(parse(text)) if isinstance(node, Binary)]
    assert (comparison.line, comparison.column) == (4, 20)


WORDS = st.sampled_from(
    "rules_version = '2' ; service cloud . firestore { match /a /{b} /{c=**} allow read , : if "
    "request resource true false null && || == != < ! - + * / % in is string ? [ ] ( ) } function "
    "let return x 'text' 1 2.5 $( b'\\x00' // /* */ get exists math abs \n é \0 \"".split(" ")
)


def place(text: str) -> tuple[int, int]:
    """Where a text is refused; the first place if it is not."""
    try:
        read_rules(text)
    except RulesError as refusal:
        return refusal.line, refusal.column
    return 1, 1


@given(st.text() | st.lists(WORDS).map(" ".join))
@settings(max_examples=400)
def test_any_text_is_rules_or_is_refused(text: str) -> None:
    assert place(text) >= (1, 1)


@given(st.lists(WORDS).map(" ".join))
@settings(max_examples=400)
def test_any_text_inside_a_match_is_rules_or_is_refused(text: str) -> None:
    assert place(INSIDE.format(text)) >= (1, 1)
    assert place(INSIDE.format(f"match /a {{ allow get: if {text}; }}")) >= (1, 1)


NAMES = st.sampled_from(["a", "b", "uid", "request", "_x1", "read", "path"])
TEXTS = st.text(st.characters(exclude_categories=["Cs"], max_codepoint=0x2FFF), max_size=8)
LITERALS = (
    st.builds(lambda value: Literal(kind="int", value=value), st.integers(-(2**63), 2**63 - 1))
    | st.builds(lambda value: Literal(kind="float", value=value),
                st.floats(min_value=0, allow_infinity=False, allow_nan=False))
    | st.builds(lambda value: Literal(kind="string", value=value), TEXTS)
    | st.builds(lambda value: Literal(kind="bytes", value=value), st.binary(max_size=4))
    | st.builds(lambda value: Literal(kind="bool", value=value), st.booleans())
    | st.just(Literal(kind="null", value=None))
)  # fmt: skip
SIGNS = st.sampled_from("&& || == != < <= > >= + - * / % in".split())


def larger(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    several = st.lists(inner, max_size=3).map(tuple)
    return (
        st.builds(lambda sign, left, right: Binary(sign=sign, left=left, right=right),
                  SIGNS, inner, inner)
        | st.builds(lambda of: Unary(sign="!", of=of), inner)
        | st.builds(lambda of: Unary(sign="-", of=of), inner.filter(_no_number))
        | st.builds(lambda of, kind: IsType(of=of, type=kind), inner,
                    st.sampled_from(["string", "map", "int", "null"]))
        | st.builds(lambda test, yes, no: Ternary(test=test, yes=yes, no=no), inner, inner, inner)
        | st.builds(lambda of, name: Member(of=of, name=name), inner, NAMES)
        | st.builds(lambda of, at: Index(of=of, at=at), inner, inner)
        | st.builds(lambda of, start, end: Slice(of=of, start=start, end=end), inner, inner,
                    st.none() | inner)
        | st.builds(lambda of, end: Slice(of=of, start=None, end=end), inner, inner)
        | st.builds(lambda name, items: Call(name=name, arguments=items), NAMES, several)
        | st.builds(lambda of, name, items: MethodCall(of=of, name=name, arguments=items),
                    inner, NAMES, several)
        | st.builds(lambda items: ListLiteral(items=items), several)
        | st.builds(lambda pairs: MapLiteral(entries=tuple(pairs)),
                    st.lists(st.tuples(inner, inner), max_size=2))
        | st.builds(lambda parts: PathLiteral(segments=tuple(parts)),
                    st.lists(st.sampled_from(["a", "(default)", "b-c.d"]) | inner, min_size=1,
                             max_size=3))
    )  # fmt: skip


def _no_number(of: Expression) -> bool:
    """Whether a minus before it is not read as part of a number."""
    return not (isinstance(of, Literal) and of.kind == "int")


EXPRESSIONS = st.recursive(
    LITERALS | st.builds(lambda name: Name(name=name), NAMES), larger, max_leaves=12
)
SEGMENTS = st.builds(lambda text: Segment(text=text), st.sampled_from(["a", "users", "b-c.d"])) | (
    st.builds(lambda name, deep: Segment(name=name, deep=deep), NAMES, st.booleans())
)
FUNCTIONS = st.builds(
    lambda name, lets, body: Function(
        name=name, parameters=("p", "q"), lets=tuple(lets), body=body
    ),
    NAMES,
    st.lists(st.builds(lambda value: Let(name="l", value=value), EXPRESSIONS), max_size=2),
    EXPRESSIONS,
)
ALLOWS = st.builds(
    lambda methods, condition: Allow(methods=tuple(methods), condition=condition),
    st.lists(st.sampled_from(["read", "write", *METHODS]), min_size=1, max_size=3),
    st.none() | EXPRESSIONS,
)
MATCHES = st.builds(
    lambda path, functions, allows: Match(
        path=tuple(path), functions=tuple(functions), allows=tuple(allows), matches=()
    ),
    st.lists(SEGMENTS, min_size=1, max_size=3), st.lists(FUNCTIONS, max_size=1),
    st.lists(ALLOWS, max_size=2),
)  # fmt: skip
FILES = st.builds(
    lambda version, functions, matches: File(
        version=version, service="cloud.firestore", functions=tuple(functions),
        service_functions=(), matches=tuple(matches),
    ),
    st.sampled_from(["1", "2"]), st.lists(FUNCTIONS, max_size=1), st.lists(MATCHES, max_size=2),
)  # fmt: skip


@given(FILES)
@settings(max_examples=300)
def test_what_is_printed_reads_as_the_same_tree(file: File) -> None:
    assert parse(printed(file)) == file
