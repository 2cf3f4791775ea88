"""A query that a program runs once for each key of a list, written for all keys at once.

A plain query holds its column against an array: = ANY ($1). One that counts, groups or keeps the
first rows of each key is asked for each key of the array beside it (LATERAL).
"""

from dataclasses import dataclass

from sqlglot import exp

from blueproof.sql.schema import Schema
from blueproof.sql.scopes import Scopes, conjuncts
from blueproof.sql.selected import Output, name_of, outputs, ref
from blueproof.sql.trees import read_tree, write_tree

_OF_ALL = ("group", "having", "distinct", "limit", "offset", "windows", "with_", "locks", "qualify")


@dataclass(frozen=True, kw_only=True)
class Batched:
    """A query for an array of keys, in place of the parameter `number`.

    `twice` is the query run for two keys one after the other, `both` the new one for an array of
    these two: they must give the same rows. `column` is what the keys are held against, `added`
    whether the query gives it out only now.
    """

    text: str
    number: int
    column: str
    twice: str
    both: str
    added: bool


@dataclass(frozen=True, kw_only=True)
class _Key:
    """The comparison of a column with the parameter that changes from call to call."""

    column: exp.Column
    number: int
    type: str


def batched(text: str, schema: Schema) -> Batched | None:
    """The query for all keys at once; None where it is not seen by which parameter it is run.

    `text` has $1..$n for its parameters.
    """
    tree = read_tree(text)
    if not isinstance(tree, exp.Select):
        return None
    key = _key(tree, Scopes(schema))
    if key is None:
        return None
    highest = max(_numbers(tree))
    return (_each if _of_all(tree) else _plain)(tree, key, highest, Scopes(schema))


def _key(tree: exp.Select, scopes: Scopes) -> _Key | None:
    """The one comparison with a parameter used nowhere else; of several that with a reference."""
    where, used = tree.args.get("where"), _numbers(tree)
    found: list[_Key] = []
    for each in conjuncts(where.this if where else None):
        if not isinstance(each, exp.EQ) or not isinstance(each.this, exp.Column):
            continue
        value, owned = each.expression, scopes.column(each.this)
        if not isinstance(value, exp.Parameter) or owned is None:
            continue
        number = int(value.this.this)
        if used.count(number) == 1:
            found.append(_Key(column=each.this, number=number, type=owned[1].type))
    refers = [k for k in found if name_of(k.column) == "id" or name_of(k.column).endswith("_id")]
    kept = refers or found
    return kept[0] if len(kept) == 1 or refers else None


def _numbers(tree: exp.Expr) -> list[int]:
    return [int(p.this.this) for p in tree.find_all(exp.Parameter) if str(p.this.this).isdigit()]


def _of_all(tree: exp.Select) -> bool:
    """Whether what the query gives depends on all rows of a key together."""
    return any(tree.args.get(part) for part in _OF_ALL) or any(
        tree.find_all(exp.AggFunc, exp.Window)
    )


def _plain(tree: exp.Select, key: _Key, highest: int, scopes: Scopes) -> Batched:
    given, column = outputs(tree, scopes), key.column
    added = bool(given) and not any(_is(each, column, scopes) for each in given)
    if added:
        tree.append("expressions", column.copy())
    order = tree.args.get("order")
    if order is not None:
        order.set("expressions", [exp.Ordered(this=column.copy()), *order.expressions])
    first, second = f"${key.number}::{key.type}", f"${highest + 1}::{key.type}"
    bare = tree.copy()
    bare.set("order", None)

    def held(select: exp.Select, value: str) -> str:
        text = write_tree(select)
        return text.replace(_MARK, value)

    for each in (tree, bare):
        _mark(each, key)
    return Batched(
        text=held(tree, f"ANY (${key.number}::{key.type}[])"),
        number=key.number,
        column=name_of(column),
        twice=f"{held(bare, first)}\nUNION ALL\n{held(bare, second)}"
        f"\nAND {second} IS DISTINCT FROM {first}",
        both=held(bare, f"ANY (ARRAY[{first}, {second}])"),
        added=added,
    )


def _each(tree: exp.Select, key: _Key, highest: int, _scopes: Scopes) -> Batched:
    _mark(tree, key)
    text, name = write_tree(tree), name_of(key.column)
    first, second = f"${key.number}::{key.type}", f"${highest + 1}::{key.type}"
    inner = text.replace(_MARK, ref("keys", name))
    head = f"SELECT keys.{name}, found.*\nFROM "
    lateral = f"CROSS JOIN LATERAL (\n{_indented(inner)}\n) AS found"

    def alone(value: str) -> str:
        return (
            f"SELECT {value} AS {name}, found.*\nFROM (\n{text.replace(_MARK, value)}\n) AS found"
        )

    return Batched(
        text=f"{head}unnest(${key.number}::{key.type}[]) AS keys ({name})\n{lateral}",
        number=key.number,
        column=name,
        twice=f"{alone(first)}\nUNION ALL\n{alone(second)}"
        f"\nWHERE {second} IS DISTINCT FROM {first}",
        both=f"{head}(SELECT DISTINCT unnest(ARRAY[{first}, {second}]) AS {name}) AS keys\n"
        f"{lateral}",
        added=True,
    )


_MARK = "the_key_of_this_call"


def _mark(tree: exp.Select, key: _Key) -> None:
    """Put a mark where the key stands, which is then replaced in the text."""
    for node in list(tree.find_all(exp.Parameter)):
        if str(node.this.this) == str(key.number):
            node.replace(exp.column(_MARK))


def _is(output: Output, column: exp.Column, scopes: Scopes) -> bool:
    value = output.value
    return isinstance(value, exp.Column) and scopes.column(value) == scopes.column(column)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
