"""What DDL that was told says of tables: their columns, and what refers to what."""

from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from blueproof.sql.guessing.resolving import Known, identifier, table_name
from blueproof.sql.guessing.tables import Link


def read_known(tables: tuple[str, ...]) -> Known:
    """The tables that DDL makes, with their columns."""
    known: dict[str, frozenset[str]] = {}
    for text in tables:
        tree = sqlglot.parse_one(text, read="postgres")
        if isinstance(tree, exp.Create) and isinstance(tree.this, exp.Schema):
            columns = (c for c in tree.this.expressions if isinstance(c, exp.ColumnDef))
            names = frozenset(identifier(c.this) for c in columns)
            known[table_name(tree.this.this)] = names
    return known


def read_references(tables: tuple[str, ...]) -> Iterator[Link]:
    """The foreign keys of one column that DDL makes, with the table or by ALTER TABLE."""
    for text in tables:
        try:
            tree = sqlglot.parse_one(text, read="postgres")
        except SqlglotError:
            continue
        named = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
        if not isinstance(tree, exp.Create | exp.Alter) or not isinstance(named, exp.Table):
            continue
        for reference in tree.find_all(exp.Reference):
            columns = list(_referring(reference))
            target = reference.this.find(exp.Table)
            keys = [identifier(i) for i in reference.this.expressions or ()
                    if isinstance(i, exp.Identifier)]  # fmt: skip
            if len(columns) == 1 and target is not None and len(keys) <= 1:
                yield Link(
                    table=table_name(named),
                    column=columns[0],
                    parent=table_name(target),
                    key=keys[0] if keys else "",
                    cascades=_cascades(reference),
                )


def _referring(reference: exp.Reference) -> Iterator[str]:
    """The columns that a REFERENCES is said of."""
    outer = reference.find_ancestor(exp.ForeignKey, exp.ColumnDef)
    if isinstance(outer, exp.ColumnDef):
        yield identifier(outer.this)
    elif outer is not None:
        yield from (identifier(i) for i in outer.expressions if isinstance(i, exp.Identifier))


def _cascades(reference: exp.Reference) -> bool:
    told = (str(each).upper() for each in reference.args.get("options") or ())
    return any(each == "ON DELETE CASCADE" for each in told)
