"""A page that code cites has the date on which it was opened, not that of another page."""

import ast
from pathlib import Path

ADVISORS = Path(__file__).parents[3] / "src" / "blueproof" / "advisors"


def borrowed(text: str) -> list[int]:
    """The lines of citations of a written address that take the date of something else."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        given = {k.arg: k.value for k in node.keywords}
        if node.func.id == "Citation" and isinstance(given.get("url"), ast.Constant):
            date = given.get("checked")
            found += [node.lineno] if isinstance(date, ast.Attribute) else []
    return found


def test_a_borrowed_date_is_found() -> None:
    call = 'Citation(url="https://a.example", checked={}, says="x")'
    assert borrowed(call.format('fact("b").checked')) == [1]
    assert borrowed(call.format("date(2026, 12, 1)")) == []
    assert borrowed("Citation(url=f.source, checked=f.checked, says=f.says)") == []


def test_each_cited_page_has_its_own_date() -> None:
    texts = {p: p.read_text(encoding="utf-8") for p in sorted(ADVISORS.rglob("*.py"))}
    assert [(p.name, lines) for p, text in texts.items() if (lines := borrowed(text))] == []
