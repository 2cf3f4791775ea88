"""blueproof pattern: a way to build something that breaks without it, with its code."""

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

import click

from blueproof.cli.pages import print_page
from blueproof.core.errors import UsageError
from blueproof.facts.entries import Pattern, patterns
from blueproof.render.blocks import Block, Bullets, Code, Page, Paragraph, Section


@click.command()
@click.argument("name", required=False)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False),
              help="Write the pattern's code into this folder.")  # fmt: skip
def command(name: str | None, out: Path | None) -> None:
    """Show a pattern: when, when not, steps, code; without a NAME, list the patterns."""
    known = patterns()
    if name is None:
        for each in known.values():
            click.echo(f"{each.id:28} {each.name}")
        return
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
        raise UsageError(f"no pattern {name!r}: {hint}")
    print_page(_page(known[name]))
    if out:
        _write(known[name], out)


def _write(pattern: Pattern, out: Path) -> None:
    """Write the code; a file that is there with another text is kept, and nothing is written."""
    texts = {out / code.path: pattern.text(code.path) for code in pattern.code}
    for path, text in texts.items():
        if path.exists() and path.read_text(encoding="utf-8", errors="replace") != text:
            raise UsageError(f"{path} is there with another text: name another folder with --out")
    out.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
        click.echo(f"wrote {path}", err=True)


def _page(pattern: Pattern) -> Page:
    return Page(
        title=pattern.name,
        lead=f"{pattern.idea}.",
        sections=(
            _list("when", "When", (pattern.without, *pattern.when)),
            _list("not", "When not", (*pattern.when_not, f"Turns where {pattern.unless}")),
            _list("steps", "Steps", pattern.steps, ordered=True),
            _list("numbers", "Figures", tuple(f"{n.says} ({n.url})" for n in pattern.numbers)),
            _list("look", "What to watch", (pattern.look,)),
            Section(id="code", title="Code", blocks=tuple(_code(pattern))),
        ),
    )


def _list(anchor: str, title: str, items: tuple[str, ...], *, ordered: bool = False) -> Section:
    shown = tuple(f"{item[:1].upper()}{item[1:]}." for item in items if item)
    return Section(id=anchor, title=title, blocks=(Bullets(items=shown, ordered=ordered),))


def _code(pattern: Pattern) -> Iterator[Block]:
    for code in pattern.code:
        yield Paragraph(text=f"`{code.path}`: {code.purpose}", tone="muted")
        language = "sql" if code.path.endswith(".sql") else "typescript"
        yield Code(text=pattern.text(code.path).rstrip("\n"), language=language)
    yield Paragraph(
        text=f"Tested on a real PostgreSQL against what is done without it: {pattern.unprotected}."
    )
