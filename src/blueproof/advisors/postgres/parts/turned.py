"""Rewrites that say a query's conditions in other words, one condition at a time."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite
from blueproof.sql.filters import filters, put
from blueproof.sql.scopes import Scopes
from blueproof.sql.trees import brief, read_part, write_tree


@dataclass(frozen=True, kw_only=True)
class Turned:
    """A condition in other words, that takes the same rows; `why` says what was amiss with it."""

    text: str
    why: str
    trade_offs: tuple[str, ...] = ()


AS_WRITTEN = "as written"  # in a node's meta: the person's words, where they were joined first
One = Callable[[exp.Expr, Scopes], Turned | None]
Places = Callable[[exp.Expr], Iterable[exp.Expr]]


def turn_conditions(
    asked: Asked, one: One, *, title: str, places: Places = filters, instead: bool = True
) -> Iterator[Rewrite]:
    """The query with every condition turned that `one` has other words for; none for none."""
    tree = asked.tree()
    if tree is None:
        return
    said: list[str] = []
    trade_offs: list[str] = []
    for node in list(places(tree)):
        turned = one(node, asked.scopes)
        if turned is not None:
            written = node.meta.get(AS_WRITTEN) or brief(node)
            said.append(f"{asked.query.name} asks {written}: {turned.why}")
            trade_offs += turned.trade_offs
            put(node, read_part(turned.text))
    if said:
        yield Rewrite(
            title=title,
            text=write_tree(tree),
            because=tuple(dict.fromkeys(said)),
            trade_offs=tuple(dict.fromkeys(trade_offs)),
            instead=instead,
        )
