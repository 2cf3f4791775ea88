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
_MOST_PARTS = 20
One = Callable[[exp.Expr, Scopes], Turned | None]
Places = Callable[[exp.Expr], Iterable[exp.Expr]]


def turn_conditions(
    asked: Asked, one: One, *, title: str, places: Places = filters, instead: bool = True
) -> Iterator[Rewrite]:
    """The query with every condition turned that `one` has other words for; none for none."""
    copies = asked.copies
    if copies is None:
        return
    tree = copies.borrow()
    said: list[str] = []
    trade_offs: list[str] = []
    for node in list(places(tree)):
        turned = one(node, asked.scopes) or _in_parts(node, one, asked.scopes)
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
    else:
        copies.give_back(tree)


def _in_parts(node: exp.Expr, one: One, scopes: Scopes) -> Turned | None:
    """IN (a, b) as = a OR = b, and BETWEEN as >= AND <=, where `one` has words for each of them."""
    if isinstance(node, exp.Between) and not node.args.get("symmetric"):
        pairs: list[tuple[type[exp.Binary], exp.Expr]] = [
            (exp.GTE, node.args["low"]),
            (exp.LTE, node.args["high"]),
        ]
        joined: type[exp.Connector] = exp.And
    else:
        pairs = [(exp.EQ, value) for value in _listed(node)]
        joined = exp.Or
    if not 0 < len(pairs) <= _MOST_PARTS or isinstance(node.this.unnest(), exp.Column):
        return None
    turned = [_placed(node, sign(this=node.this.copy(), expression=v.copy()), one, scopes)
              for sign, v in pairs]  # fmt: skip
    found = [t for t in turned if t is not None]
    if len(found) < len(pairs):
        return None
    parts = [read_part(t.text) for t in found]
    text = _as_list(parts) if joined is exp.Or else None
    return Turned(
        text=text or brief(joined_by(joined, parts)),
        why=found[0].why,
        trade_offs=tuple(dict.fromkeys(o for t in found for o in t.trade_offs)),
    )


def _listed(node: exp.Expr) -> list[exp.Expr]:
    """The values of x IN (1, 2) and of x = ANY (ARRAY[1, 2])."""
    if isinstance(node, exp.In):
        return list(node.expressions)
    right = node.expression.this if isinstance(node, exp.EQ) and _is_any(node) else None
    array = right.unnest() if right is not None else None
    return list(array.expressions) if isinstance(array, exp.Array) else []


def _is_any(node: exp.EQ) -> bool:
    return isinstance(node.expression, exp.Any)


def _placed(node: exp.Expr, part: exp.Expr, one: One, scopes: Scopes) -> Turned | None:
    """What `one` makes of a part, which stands for that time where the whole does."""
    node.replace(part)
    turned = one(part, scopes)
    part.replace(node)
    return turned


def _as_list(parts: list[exp.Expr]) -> str | None:
    """Equalities of one value as IN."""
    left = {brief(p.this) for p in parts if isinstance(p, exp.EQ)}
    plain = len(left) == 1 and len(parts) > 1 and all(isinstance(p, exp.EQ) for p in parts)
    return f"{left.pop()} IN ({', '.join(brief(p.expression) for p in parts)})" if plain else None


def joined_by(kind: type[exp.Connector], parts: list[exp.Expr]) -> exp.Expr:
    """Conditions joined by AND or OR, parentheses around each that is itself joined.

    >>> brief(joined_by(exp.Or, [read_part("a AND b"), read_part("c")]))
    '(a AND b) OR c'
    """
    whole: exp.Expr | None = None
    for part in parts:
        bare = exp.Paren(this=part) if isinstance(part, exp.Connector) else part
        whole = bare if whole is None else kind(this=whole, expression=bare)
    assert whole is not None, "there is one at least"
    return whole
