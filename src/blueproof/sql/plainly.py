"""One spelling for what SQL lets people say in several, so that each need be read only once."""

from sqlglot import exp

from blueproof.sql.filters import filters, put
from blueproof.sql.selected import name_of

_MIRRORED: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.EQ: exp.EQ, exp.NEQ: exp.NEQ, exp.GT: exp.LT, exp.GTE: exp.LTE, exp.LT: exp.GT,
    exp.LTE: exp.GTE,
}  # fmt: skip


def say_plainly(tree: exp.Expr) -> None:
    """Change a tree to the commonest spelling of the same.

    SOME to ANY, FETCH FIRST to LIMIT, OVER w to its window, NOT (a IS DISTINCT FROM b) to IS NOT
    DISTINCT FROM, (condition) IS TRUE in WHERE to the condition, 1 = n to n = 1, NOT from
    within what it denies to before it.
    """
    for step in (_denied, _any, _limit, _window, _same, _true, _column_first):
        step(tree)


def _denied(tree: exp.Expr) -> None:
    """NOT apart from what it denies, which newer readers keep as a mark of that."""
    for node in list(tree.find_all(exp.Is, exp.Like, exp.ILike)):
        if node.args.get("negate"):
            bare = node.copy()
            bare.set("negate", None)
            node.replace(exp.Not(this=bare))


def _any(tree: exp.Expr) -> None:
    for call in list(tree.find_all(exp.Anonymous)):
        alone = len(call.expressions) == 1 and isinstance(call.parent, exp.Binary)
        if str(call.this).upper() == "SOME" and alone:
            call.replace(exp.Any(this=exp.Paren(this=call.expressions[0].copy())))


def _limit(tree: exp.Expr) -> None:
    for fetch in list(tree.find_all(exp.Fetch)):
        options = fetch.args.get("limit_options")
        ties = options is not None and (
            options.args.get("with_ties") or options.args.get("percent")
        )
        if not ties and fetch.args.get("count") is not None:
            fetch.replace(exp.Limit(expression=fetch.args["count"].copy()))


def _window(tree: exp.Expr) -> None:
    """OVER w as what WINDOW says of w, where that says it all."""
    for select in list(tree.find_all(exp.Select)):
        windows = select.args.get("windows") or []
        told = {name_of(w.this): w for w in windows}
        named = [w for w in select.find_all(exp.Window) if w.args.get("alias") and w not in windows]
        plain = all(set(_said(w)) <= {"this", "partition_by", "order", "spec"} for w in windows)
        if not windows or not plain:
            continue
        if not all(name_of(w.args["alias"]) in told and _is_bare(w) for w in named):
            continue
        for window in named:
            for key, value in _said(told[name_of(window.args["alias"])]).items():
                if key != "this":
                    copies = [v.copy() for v in value] if isinstance(value, list) else value.copy()
                    window.set(key, copies)
            window.set("alias", None)
        select.set("windows", None)


def _said(window: exp.Expr) -> dict[str, exp.Expr | list[exp.Expr]]:
    return {k: v for k, v in window.args.items() if v}


def _is_bare(window: exp.Window) -> bool:
    return set(_said(window)) <= {"this", "alias", "over"}


def _same(tree: exp.Expr) -> None:
    for no in list(tree.find_all(exp.Not)):
        inner = no.this.unnest()
        if isinstance(inner, exp.NullSafeNEQ):
            no.replace(exp.NullSafeEQ(this=inner.this, expression=inner.expression))


def _true(tree: exp.Expr) -> None:
    """A condition that is held to be true: in WHERE and ON it is that anyway."""
    for node in list(filters(tree)):
        told = isinstance(node, exp.Is) and isinstance(node.expression, exp.Boolean)
        if not told or not node.expression.this or not isinstance(node.this, exp.Paren):
            continue
        inner = node.this.unnest()
        if isinstance(inner, exp.Predicate):
            put(node, inner.copy())


def _column_first(tree: exp.Expr) -> None:
    for node in list(tree.find_all(*_MIRRORED)):
        left, right = node.this, node.expression
        if isinstance(left, exp.Literal | exp.Parameter) and isinstance(right, exp.Column):
            node.replace(_MIRRORED[type(node)](this=right.copy(), expression=left.copy()))
