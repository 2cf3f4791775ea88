"""The tables as a picture, and as Mermaid's entity-relationship diagram."""

from collections.abc import Iterator

from blueproof.advisors.model.design import Model, Table
from blueproof.core.diagram import Diagram, Edge, Node

_MOST_LINES = 6


def picture(model: Model) -> Diagram:
    """Each table as a box; an arrow goes from a table to what it refers to."""
    return Diagram(
        id="data-model",
        title="The tables and what they refer to",
        nodes=tuple(
            Node(
                id=t.name,
                label=t.name,
                kind="table",
                emphasis="added",
                lines=tuple(c.name for c in t.columns if c.name != "created_at")[:_MOST_LINES],
            )
            for t in model.tables
        ),
        edges=tuple(
            Edge(source=t.name, target=p) for t in model.tables for p in _parents(t, model)
        ),
    )


def _parents(table: Table, model: Model) -> Iterator[str]:
    yield from table.parents
    if model.tenant and table.name != model.tenant and not table.parents:
        yield model.tenant


def mermaid(model: Model) -> str:
    """The same for a page that draws Mermaid."""
    lines = ["erDiagram"]
    for table in model.tables:
        lines.append(f"  {table.name} {{")
        lines.append("    bigint id PK")
        lines += [f"    bigint {k.column} FK" for k in table.links]
        lines += [
            f"    {c.type.partition('(')[0].replace(' ', '_')} {c.name}" for c in table.columns
        ]
        lines.append("  }")
    for table in model.tables:
        optional = {k.table for k in table.links if not k.required}
        lines += [
            f"  {p} {'|o' if p in optional else '||'}--o{{ {table.name} : has"
            for p in _parents(table, model)
        ]
    return "\n".join(lines) + "\n"
