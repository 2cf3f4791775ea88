"""Join by each side of an OR by itself.

JOIN ... ON a.x = b.id OR a.y = b.id can only be a nested loop: every pair of rows is tried, for
neither a hash nor a merge join takes an OR. Two joins, one a side, can each be fast; the second
leaves out the pairs that the first has given.
"""

from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.filters import untrue
from blueproof.sql.scopes import Scopes, all_of, columns, conjuncts, disjuncts, is_bare
from blueproof.sql.selected import has, is_merging, orders_outputs, output_order, outputs
from blueproof.sql.trees import brief, write_tree

LIST = Citation(
    url="https://mail.spinics.net/lists/pgsql/msg217057.html",
    checked=date(2026, 11, 29),
    says="of the three ways to join only the nested loop takes a condition with OR; a UNION in its "
    "place must not merge rows that the join gives twice",
)


def turn(asked: Asked) -> Iterator[Rewrite]:
    """A UNION ALL of the joins of either side, or an EXISTS for each."""
    yield from _of_exists(asked)
    asked.take_back()
    yield from _of_join(asked)


def _of_exists(asked: Asked) -> Iterator[Rewrite]:
    """Each EXISTS of a row that is tied by one column or another: one EXISTS a side."""
    tree = asked.tree()
    if tree is None:
        return
    said = []
    for exists in list(tree.find_all(exp.Exists)):
        inner = exists.this
        where = inner.args.get("where") if isinstance(inner, exp.Select) else None
        if where is None or has(inner, "order", "with_"):
            continue
        for part in conjuncts(where.this):
            sides = list(_sides(part))
            if len(sides) > 1 and all(_ties(asked.scopes, s, inner) for s in sides):
                said.append(brief(part))
                _ask_each(exists, part, sides)
                break
    if said:
        yield Rewrite(
            title="Ask for each side of the OR by itself",
            text=write_tree(tree),
            because=tuple(
                f"{asked.query.name} looks for a row by {each}: no hash or merge join takes an OR, "
                "so every pair of rows is tried"
                for each in said
            ),
        )


def _sides(part: exp.Expr) -> Iterator[exp.Expr]:
    """The sides of an OR, and those of a column that is IN a list of columns."""
    if isinstance(part, exp.In) and any(isinstance(e, exp.Column) for e in part.expressions):
        for value in part.expressions:
            side = exp.EQ(this=part.this.copy(), expression=value.copy())
            side.parent = part.parent  # so that its columns can be looked up from there
            yield side
    else:
        yield from disjuncts(part)


def _ties(scopes: Scopes, side: exp.Expr, inner: exp.Select) -> bool:
    """Whether a side says that a column of the subquery is equal to one from outside of it."""
    here = {id(s.node) for s in scopes.sources(inner)}
    pairs = [c for c in conjuncts(side) if isinstance(c, exp.EQ)]
    owners = [[id(o.node) for c in columns(p) if (o := scopes.owner(c))] for p in pairs]
    tied = any({n in here for n in each} == {True, False} for each in owners)
    return tied and not side.find(exp.Select)


def _ask_each(exists: exp.Expr, part: exp.Expr, sides: list[exp.Expr]) -> None:
    arms: list[exp.Expr] = []
    for side in sides:
        arm = exists.copy()
        twin = next(n for n in arm.this.args["where"].walk() if n == part)
        whole = twin.parent if isinstance(twin.parent, exp.Paren) else twin
        whole.replace(side.copy())
        arms.append(arm)
    whole = exp.or_(*arms, copy=False)
    exists.replace(whole if isinstance(exists.parent, exp.Where) else exp.Paren(this=whole))


def _of_join(asked: Asked) -> Iterator[Rewrite]:
    """The joins of either side, the second without the pairs of the first."""
    tree = asked.tree()
    if not isinstance(tree, exp.Select) or not is_bare(tree) or has(tree, "order"):
        return
    sources = asked.scopes.sources(tree)
    merging = any(s.join is not None and is_merging(s.join) for s in sources)
    if merging or not orders_outputs(tree, outputs(tree, asked.scopes)):
        return
    if any(s.side for s in sources):
        return
    where = tree.args.get("where")
    held = [s.join.args.get("on") for s in sources if s.join is not None]
    for part in [c for e in (*held, where.this if where else None) for c in conjuncts(e)]:
        sides = list(_sides(part))
        if len(sides) <= 1 or not all(_joins(asked.scopes, s) for s in sides):
            continue
        yield Rewrite(
            title="Join by each side of the OR by itself",
            text=write_tree(_union(asked.scopes, tree, part, sides)),
            because=(
                f"{asked.query.name} joins on {brief(part)}: no hash or merge join takes an OR, so "
                "every pair of rows is tried",
            ),
            trade_offs=("the text is longer: a change to the query must be made on each side",),
        )


def _joins(scopes: Scopes, side: exp.Expr) -> bool:
    """Whether a side of the OR joins two relations by columns that are equal."""
    pairs = [c for c in conjuncts(side) if isinstance(c, exp.EQ)]
    owners = [{o.alias for c in columns(p) if (o := scopes.owner(c)) is not None} for p in pairs]
    return any(len(each) > 1 for each in owners) and not side.find(exp.Select)


def _union(scopes: Scopes, tree: exp.Select, part: exp.Expr, sides: list[exp.Expr]) -> exp.Query:
    """One arm a side; each later one asks that none of the sides before it is true."""
    others = [untrue(scopes, side) for side in sides]
    arms = []
    for number, side in enumerate(sides):
        arm = tree.copy()
        twin = next(n for n in arm.walk() if n == part and type(n) is type(part))
        whole = twin.parent if isinstance(twin.parent, exp.Paren) else twin
        whole.replace(all_of((side, *others[:number])) or side)
        arm.set("order", None)
        arms.append(arm)
    union: exp.Query = arms[0]
    for arm in arms[1:]:
        union = exp.union(union, arm, distinct=False, copy=False)
    union.set("order", output_order(tree, outputs(tree, scopes)))
    return union


_TABLES = """
CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE transfers (
  id bigint PRIMARY KEY, sender_id bigint, receiver_id bigint, amount numeric NOT NULL
);
"""
_EITHER = """-- name: transfers_of_users
SELECT t.amount, u.name FROM transfers t JOIN users u ON {} {};
"""
_OR = "t.sender_id = u.id OR t.receiver_id = u.id"
_LARGE = ("transfers=1M", "users=50k")

REWRITING = Rewriting(
    id="pg-or-join",
    title="Join by each side of an OR by itself",
    guide=__doc__ or "",
    evidence=(LIST,),
    turn=turn,
    cases=(
        Case(name="either party of a transfer", given=_TABLES, rows=_LARGE,
             queries=_EITHER.format(_OR, "")),
        Case(name="after a comma, with an order and another condition", rows=("transfers=100k",),
             given=_TABLES.replace("PRIMARY KEY", "NOT NULL"),
             queries=f"SELECT t.id, u.name FROM transfers t, users u WHERE ({_OR}) "
             "AND t.amount > $1 ORDER BY id, name;"),
        Case(name="either column of a list", given=_TABLES, rows=_LARGE,
             queries=_EITHER.format("u.id IN (t.sender_id, t.receiver_id)", "")),
        Case(name="users without any transfer", given=_TABLES, rows=_LARGE,
             queries="SELECT u.name FROM users u WHERE NOT EXISTS (SELECT 1 FROM transfers t "
             "WHERE (t.sender_id = u.id OR t.receiver_id = u.id) AND t.amount > $1);"),
        Case(name="an OR about the transfer alone", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT u.name FROM users u WHERE EXISTS (SELECT 1 FROM transfers t "
             "WHERE t.sender_id = u.id AND (t.amount > $1 OR t.amount < 0));"),
        Case(name="one column is compared", given=_TABLES, rows=_LARGE, fires=False,
             queries=_EITHER.format("t.sender_id = u.id", "")),
        Case(name="transfers of nobody come out, too", given=_TABLES, fires=False,
             rows=("transfers=2k", "users=1k"),
             queries=_EITHER.replace("JOIN", "LEFT JOIN").format(_OR, "")),
        Case(name="each transfer is counted once", given=_TABLES, fires=False,
             rows=("transfers=2k", "users=1k"),
             queries=f"SELECT count(*) AS n FROM transfers t JOIN users u ON {_OR};"),
        Case(name="one user's", given=_TABLES, rows=_LARGE, fires=False,
             queries=_EITHER.format(_OR, "WHERE t.id = $1")),
    ),
)  # fmt: skip
