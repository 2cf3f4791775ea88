"""A search without accents that an index can serve: unaccent() by a function that is IMMUTABLE.

unaccent(text) looks its dictionary up each time, so PostgreSQL lets no index hold it. The form that
names the dictionary does not: a function around it may be called IMMUTABLE, and be indexed.
"""

from dataclasses import dataclass

from sqlglot import exp

from blueproof.advisors.known.reproduction.searched import trigram_index
from blueproof.sql.trees import write_tree

CALL = "unaccent"
FUNCTION = "immutable_unaccent"
_MAKES = f"""CREATE FUNCTION {FUNCTION}(text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN public.unaccent('public.unaccent'::regdictionary, $1);
"""
_LIKE = (exp.Like, exp.ILike)
_COMPARED = (*_LIKE, exp.EQ)


@dataclass(frozen=True, kw_only=True)
class Unaccented:
    """The statement by the function that may be indexed, what makes that and the index, its undo.

    `index` is what CREATE INDEX says after its name.
    """

    read: str
    index: str
    made: str
    undo: str = (
        f"-- DROP INDEX CONCURRENTLY of the index that was made, then:\nDROP FUNCTION {FUNCTION};\n"
    )


def unaccented(tree: exp.Expr) -> Unaccented | None:
    """The query whose searched side is the function's; None where no column is unaccented so."""
    if not isinstance(tree, exp.Select) or tree.args.get("joins"):
        return None
    new = tree.copy()
    sides = [
        node.this
        for node in new.find_all(*_COMPARED)
        if node.this.find(exp.Column) and any(map(_is_call, node.this.find_all(exp.Anonymous)))
    ]
    if not sides or any(len(c.expressions) != 1 for side in sides for c in _calls(side)):
        return None
    for side in sides:
        for call in _calls(side):
            call.set("this", FUNCTION)
    index = trigram_index(new)
    if index is None:
        return None
    made = f"{_MAKES}CREATE INDEX {index};\n"
    return Unaccented(read=write_tree(new), index=index, made=made)


def _calls(side: exp.Expr) -> list[exp.Anonymous]:
    return [call for call in side.find_all(exp.Anonymous) if _is_call(call)]


def _is_call(call: exp.Anonymous) -> bool:
    return str(call.this).lower() == CALL
