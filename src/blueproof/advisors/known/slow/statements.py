"""What serves a statement in the words of which no rows can be made: distances of PostGIS, upserts.

PostGIS is no part of the server that we carry, and what an upsert finds lies in the person's data:
the statement itself says what is to be changed, and nothing of it is run.
"""

import re
from collections.abc import Iterator

from sqlglot import exp

from blueproof.advisors.known.slow.remedies import POSTGIS, UPSERT, Remedy
from blueproof.sql.guessing.resolving import table_name
from blueproof.sql.guessing.seen import read_trees
from blueproof.sql.names import quote
from blueproof.sql.trees import brief, write_tree

_DISTANCES = frozenset({"st_distance", "st_distancesphere", "st_distance_sphere"})
_SEARCHES = frozenset(
    "st_dwithin st_intersects st_contains st_within st_covers st_coveredby st_overlaps".split()
)
_NOT_RUN = "PostGIS is not here, so it was not run"
_MOSTLY_THE_SAME = re.compile(
    r"\b(?:same|unchanged|identical|(?:did|do|does)(?:n't| not) change|nothing (?:has )?changed"
    r"|only \S+ ?(?:%|percent)? (?:\w+ ){0,3}chang\w+|no real changes?)\b"
    r"|\b(?:wal|bloat\w*|dead (?:rows|tuples)|n_dead_tup|replica\w* lags?|lag behind)\b",
    re.IGNORECASE,
)


def of_statements(texts: tuple[str, ...], words: str) -> tuple[Remedy, ...]:
    """The remedies that these statements call for, what decides most first."""
    found = [each for tree in read_trees(texts) for each in _of_tree(tree, words)]
    kinds = {(each.table, each.index or each.is_.partition(":")[0]): each for each in found[::-1]}
    return tuple(each for each in found if each in kinds.values())


def _of_tree(tree: exp.Expr, words: str) -> Iterator[Remedy]:
    if isinstance(tree, exp.Insert):
        yield from _upsert(tree, words)
    elif isinstance(tree, exp.Select):
        within = tuple(_within(tree))
        yield from within or _nearest(tree)
        yield from _converted(tree)


def _within(tree: exp.Select) -> Iterator[Remedy]:
    """ST_DWithin in place of a distance that is compared, which no index serves."""
    new = tree.copy()
    changed: list[exp.Expr] = []
    for node in list(new.find_all(exp.LT, exp.LTE, exp.GT, exp.GTE)):
        near = isinstance(node, exp.LT | exp.LTE)
        call, most = (node.this, node.expression) if near else (node.expression, node.this)
        sides = _sides(call) if _called(call) in _DISTANCES else None
        if sides is None or node.find_ancestor(exp.Case):
            continue
        one, two = sides
        if "sphere" in _called(call):
            one, two = (exp.cast(each.copy(), "geography") for each in (one, two))
        changed += [e for e in (one, two) if e.find(exp.Column)]
        node.replace(exp.func("ST_DWithin", one.copy(), two.copy(), most.copy()))
    for side in changed[:1]:
        index = _gist(tree, side)
        yield Remedy(
            is_=f"ST_DWithin in place of the comparison with ST_Distance, with a GiST index "
            f"({index[1]} on {index[0]}): {write_tree(new)}",
            because="the distance of every row is computed before it is compared, and no index "
            f"serves that; ST_DWithin looks up the box around the place first ({_NOT_RUN})",
            source=POSTGIS,
            table=index[0],
            index=index[1],
        )


def _nearest(tree: exp.Select) -> Iterator[Remedy]:
    """The order of a distance alone, by the operator that a GiST index serves."""
    order = tree.args.get("order")
    if order is None or not tree.args.get("limit"):
        return
    first, *others = order.expressions
    key = _meant(tree, first.this)
    sides = _of_distance(key)
    if sides is None or first.args.get("desc"):
        return
    column = next((side for side in sides if side.find(exp.Column)), None)
    if column is None or (isinstance(key, exp.Distance) and not others):
        return
    new = tree.copy()
    alone = exp.Ordered(this=exp.Distance(this=sides[0].copy(), expression=sides[1].copy()))
    new.set("order", exp.Order(expressions=[alone]))
    table, index = _gist(tree, column)
    rest = " and ".join(brief(each.this) for each in others)
    without = f", without {rest} behind it" if rest else ""
    why = (
        f"with {rest} as a further sort key the order is none that a GiST index has, so the "
        "distance of every row is computed and all are sorted; where ties matter, sort the few "
        f"nearest once more around it, or use PostgreSQL 13, which sorts incrementally ({_NOT_RUN})"
        if rest
        else f"a GiST index gives rows in the order of <-> one by one, and LIMIT stops it; no "
        f"index has the order of ST_Distance ({_NOT_RUN})"
    )
    yield Remedy(
        is_=f"the order by the distance alone{without}: {write_tree(new)}",
        because=why,
        source=POSTGIS,
    )
    if not others:
        yield Remedy(
            is_=f"a GiST index on {table} {index}",
            because="it is what <-> walks",
            source=POSTGIS,
            table=table,
            index=index,
        )


def _of_distance(key: exp.Expr) -> tuple[exp.Expr, exp.Expr] | None:
    """The two sides of a distance: a <-> b, or ST_Distance(a, b)."""
    if isinstance(key, exp.Distance):
        return key.this, key.expression
    return _sides(key) if _called(key) == "st_distance" else None


def _sides(call: exp.Expr) -> tuple[exp.Expr, exp.Expr] | None:
    """The first two arguments of a call; None where there are fewer."""
    found = call.expressions if isinstance(call, exp.Anonymous) else [*call.args.values()]
    found = [each for each in found if isinstance(each, exp.Expr)]
    return (found[0], found[1]) if len(found) > 1 else None


def _meant(tree: exp.Select, key: exp.Expr) -> exp.Expr:
    """A sort key, as what it is called by among the outputs."""
    if isinstance(key, exp.Column) and not key.table:
        for item in tree.expressions:
            if isinstance(item, exp.Alias) and item.alias == key.name:
                meant: exp.Expr = item.this
                return meant
    return key


def _converted(tree: exp.Select) -> Iterator[Remedy]:
    """An index on what a column is turned into before a search, as one on the column is no use."""
    where = tree.args.get("where")
    for call in where.find_all(exp.Anonymous) if where is not None else ():
        if _called(call) not in _SEARCHES:
            continue
        for side in _sides(call) or ():
            if isinstance(side, exp.Cast) and isinstance(side.this, exp.Column):
                table, index = _gist(tree, side)
                yield Remedy(
                    is_=f"a GiST index on the expression, {table} {index}",
                    because=f"an index on {brief(side.this)} does not serve {brief(side)} "
                    f"({_NOT_RUN})",
                    source=POSTGIS,
                    table=table,
                    index=index,
                )


def _gist(tree: exp.Select, side: exp.Expr) -> tuple[str, str]:
    """The table of a column and the index on what is made of it."""
    column = side if isinstance(side, exp.Column) else side.find(exp.Column)
    assert column is not None, "the caller has seen one"
    tables = {t.alias_or_name: t for t in tree.find_all(exp.Table)}
    home = tables.get(column.table) or next(iter(tables.values()))
    bare = side.copy()
    for each in bare.find_all(exp.Column):
        each.set("table", None)
    shown = brief(bare)
    return table_name(
        home
    ), f"USING gist ({shown if isinstance(bare, exp.Column) else f'({shown})'})"


def _called(node: exp.Expr | None) -> str:
    """The name of a function that is called, in small letters."""
    if isinstance(node, exp.StDistance):
        return "st_distance"
    return str(node.this).lower() if isinstance(node, exp.Anonymous) else ""


def _upsert(tree: exp.Insert, words: str) -> Iterator[Remedy]:
    """DO UPDATE of the rows that change alone, where most of them are said not to."""
    conflict = tree.args.get("conflict")
    items = conflict.expressions if conflict is not None else ()
    if (
        conflict is None
        or not items
        or conflict.args.get("where")
        or not _MOSTLY_THE_SAME.search(words)
    ):
        return
    target = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
    known = target.alias or quote(target.name)
    taken = [
        item.this.name
        for item in items
        if isinstance(item, exp.EQ)
        and isinstance(item.expression, exp.Column)
        and item.expression.table.lower() == "excluded"
    ]
    if not taken:
        return
    old = ", ".join(f"{known}.{quote(name)}" for name in taken)
    new = ", ".join(f"EXCLUDED.{quote(name)}" for name in taken)
    one = len(taken) == 1
    where = f"{old} IS DISTINCT FROM {new}" if one else f"({old}) IS DISTINCT FROM ({new})"
    yield Remedy(
        is_=f"the upsert with a condition that something changes: ... DO UPDATE SET "
        f"{', '.join(brief(item) for item in items)} WHERE {where}",
        because="DO UPDATE writes a new version of every row that it meets, with its entries in "
        "the indexes and in the WAL, and leaves the old one for VACUUM, though its values are the "
        "same; rows that the condition passes over are only locked",
        source=UPSERT,
    )
