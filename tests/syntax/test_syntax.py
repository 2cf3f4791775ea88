"""A program as data: chains of calls, loops, and places that fit the text."""

import pytest

from blueproof.syntax.calls import calls, is_awaited
from blueproof.syntax.node import Node, is_damaged, language_of, parse
from blueproof.syntax.places import function_of, literal, loop_of, name_of


def tree(text: str, path: str = "a.ts") -> Node:
    found = parse(text, path)
    assert found is not None
    return found


def test_a_chain_is_one_call_with_all_its_names() -> None:
    (call, inner) = calls(tree("await db.from('a').update({ n: f(1) }).eq('id', 2);"))
    assert call.name == "db.from.update.eq"
    assert [len(link.args or ()) for link in call.links] == [0, 1, 1, 2]
    assert inner.name == "f"
    assert is_awaited(call.node)
    assert not is_awaited(inner.node)


def test_what_is_called_on_an_awaited_call_is_one_chain() -> None:
    (call,) = calls(tree("const n = (await fetch(url)).json();"))
    assert call.name == "fetch.json"


def test_places_fit_the_text_where_letters_take_several_bytes() -> None:
    text = "// Größe 💾\nconst a = größe('ä');\n"
    (call,) = calls(tree(text))
    assert text[call.node.start : call.node.end] == "größe('ä')"
    assert call.line == 2


@pytest.mark.parametrize(
    ("code", "loops"),
    [
        ("for (const a of many) { f(a); }", True),
        ("many.map((a) => f(a));", True),
        ("for (const a of f()) { }", False),
        ("for (const batch of many) { f(batch); }", False),
        ("for (const a of ['x', 'y']) { f(a); }", False),
        ("function g() { for (const a of many) { later(function () { f(a); }); } }", True),
        ("for (const a of many) { async function g() { f(a); } }", False),
    ],
)
def test_a_loop_repeats_a_call_for_each_of_many(code: str, loops: bool) -> None:  # noqa: FBT001
    call = next(c for c in calls(tree(code)) if c.name == "f")
    assert (loop_of(call.node) is not None) == loops


def test_python_is_read_the_same_way() -> None:
    text = "async def g(ids):\n    for i in ids:\n        await c.execute(f'SELECT {i}')\n"
    call = next(c for c in calls(tree(text, "a.py")) if c.last == "execute")
    assert loop_of(call.node) is not None
    assert literal(call.args[0]) == "SELECT ${}"
    near = function_of(call.node)
    assert near is not None
    assert name_of(near) == "g"


def test_other_languages_are_not_parsed_and_broken_text_is_known() -> None:
    assert language_of("main.go") == "other"
    assert parse("package main", "main.go") is None
    assert is_damaged(tree("function ( {"))
    assert not is_damaged(tree("const A = () => <b>x</b>;", "a.tsx"))
