"""The tables that advice changes, with their neighbours, as a diagram."""

from blueproof.advisors.postgres.database import Database
from blueproof.core.advice import Recommendation
from blueproof.core.diagram import Diagram, Edge, Node
from blueproof.sql.statements import read_script

_MOST_NODES = 40
_MOST_LINES = 6


def changed_tables(database: Database, advice: tuple[Recommendation, ...]) -> tuple[Diagram, ...]:
    """One diagram of the tables touched and the ones they refer to; none if none is touched."""
    lines = _lines(database, advice)
    if not lines:
        return ()
    keys = [k for k in database.schema.foreign_keys if k.table in lines or k.references in lines]
    near = [t for k in keys for t in (k.table, k.references)]
    shown = list(dict.fromkeys((*lines, *near)))[:_MOST_NODES]
    edges = tuple(
        dict.fromkeys(
            Edge(source=k.table, target=k.references, label=", ".join(k.columns))
            for k in keys
            if k.table in shown and k.references in shown
        )
    )
    nodes = tuple(_node(database, table, lines.get(table, [])) for table in shown)
    title = "Tables that change, and the tables they refer to"
    return (Diagram(id="tables", title=title, nodes=nodes, edges=edges),)


def _lines(database: Database, advice: tuple[Recommendation, ...]) -> dict[str, list[str]]:
    """What changes at each table: + for an index made, a minus sign for one dropped."""
    lines: dict[str, list[str]] = {}
    owner = {i.name.rpartition(".")[2].strip('"'): i.table for i in database.schema.indexes}
    for each in advice:
        if each.schema_change is None:
            continue
        for statement in read_script(each.schema_change.text, path="change").statements:
            name = next((n for n in owner if n in statement.text), "")
            sign = {"CREATE": "+", "DROP": "\N{MINUS SIGN}"}.get(statement.words[0], "")
            if sign and statement.words[0] == "CREATE" and name:
                lines.setdefault(owner[name], []).append(f"{sign} {name}")
            elif sign:
                dropped = each.slot.removeprefix("index ")
                lines.setdefault(each.table, []).append(f"{sign} {dropped}")
    return lines


def _node(database: Database, table: str, changes: list[str]) -> Node:
    rows = f"{database.rows(table):,} rows"
    return Node(
        id=table,
        label=table,
        kind="table",
        lines=(rows, *changes)[:_MOST_LINES],
        emphasis="changed" if changes else "plain",
    )
