"""blueproof limits: the limits and quotas of a product, with their sources."""

import json
from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from blueproof.core.errors import UsageError
from blueproof.facts.entries import Limit, limits
from blueproof.intake.words.technologies import Technology, index, technology

_VALUE = 26  # characters of the first column at most


@click.command()
@click.argument("words", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the limits as JSON.")
def command(words: tuple[str, ...], *, as_json: bool) -> None:
    """Show the limits of a PRODUCT, such as lambda or "api gateway"; without one, list products.

    Further words narrow: blueproof limits lambda payload.
    """
    if not words:
        _print_products()
        return
    shown = _narrowed(*_split(words))
    if as_json:
        click.echo(json.dumps([_record(limit) for limit in shown], indent=1, ensure_ascii=False))
    else:
        _print(shown, Console(highlight=False))


def _split(words: tuple[str, ...]) -> tuple[Technology, tuple[str, ...]]:
    """The product that the first words name, the longest name first, and the words after it."""
    for count in range(len(words), 0, -1):
        found = technology(" ".join(words[:count]))
        if found and _of(found):
            return found, words[count:]
    known = technology(words[0])
    near = get_close_matches(words[0].lower(), _products(), n=1)
    hint = f"did you mean {near[0]}?" if near else "blueproof limits lists the products"
    what = f"no limits of {known.name} are known" if known else f"no product {words[0]!r} is known"
    raise UsageError(f"{what}: {hint}")


def _of(product: Technology) -> tuple[Limit, ...]:
    """The limits of a product and of its parts."""
    ids = {product.id} | {t.id for t in index().by_id.values() if t.part_of == product.id}
    return tuple(limit for limit in limits().values() if ids & {*limit.of})


def _narrowed(product: Technology, words: tuple[str, ...]) -> tuple[Limit, ...]:
    every = _of(product)
    kept = tuple(limit for limit in every if all(_has(limit, word.lower()) for word in words))
    if not kept:
        raise UsageError(
            f"no limit of {product.name} is about {' '.join(words)!r}: without these words there "
            f"are {len(every)}"
        )
    return kept


def _has(limit: Limit, word: str) -> bool:
    return word in " ".join((limit.what, limit.says, *limit.asks)).lower()


def _products() -> dict[str, int]:
    """The products that have limits, each with how many."""
    counts = Counter(name for limit in limits().values() for name in limit.of)
    return dict(sorted(counts.items()))


def _print_products() -> None:
    for name, count in _products().items():
        click.echo(f"{count:4} {name}")


def _print(shown: tuple[Limit, ...], console: Console) -> None:
    table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(style="bold", max_width=_VALUE, overflow="fold")
    table.add_column(overflow="fold")
    products = Counter(limit.of[0] for limit in shown)
    for product in products:
        if len(products) > 1:
            table.add_row("", Text(_name(product), style="bold underline"))
        for limit in shown:
            if limit.of[0] == product:
                table.add_row(f"{limit.value:,.10g} {limit.unit}", _told(limit))
    console.print(table)
    sources = Counter((limit.source, limit.checked) for limit in shown)
    for (source, checked), count in sorted(sources.items()):
        console.print(Text(f"{count:3} from {source}, read {checked}", style="dim"))


def _name(product: str) -> str:
    found = index().by_id.get(product)
    return found.name if found else product


def _told(limit: Limit) -> Text:
    text = Text(limit.what)
    for line in _lines(limit):
        text.append(f"\n{line}", style="dim")
    return text


def _lines(limit: Limit) -> Iterator[str]:
    yield "hard" if limit.hard else f"can be raised: {limit.raised}"
    if limit.at:
        yield f"at it: {limit.at}"
    if limit.instead:
        yield f"way round: {limit.instead}"
    if limit.confidence != "high":
        yield "from a secondary source"


def _record(limit: Limit) -> dict[str, object]:
    return {
        "id": limit.id, "of": limit.of, "what": limit.what, "value": limit.value,
        "unit": limit.unit, "says": limit.says, "hard": limit.hard, "raise": limit.raised,
        "at": limit.at, "instead": limit.instead, "source": limit.source,
        "checked": limit.checked.isoformat(), "confidence": limit.confidence,
    }  # fmt: skip
