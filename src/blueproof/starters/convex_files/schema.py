"""convex/schema.ts: the tables of every feature; one may add fields and indexes to another's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from blueproof.starters.convex_files.typescript import Named, file, imports, listed, record, text
from blueproof.starters.feature import App, Feature


@dataclass
class Table:
    """A table while it is laid together: validators by field, fields by index."""

    fields: dict[str, str] = field(default_factory=dict)
    indexes: dict[str, Sequence[str]] = field(default_factory=dict)
    search: dict[str, Mapping[str, str | Sequence[str]]] = field(default_factory=dict)

    def add(self, data: Mapping[str, Mapping[str, object]]) -> None:
        """Add a feature's part; a field or index that is there already is a mistake of ours."""
        for name in ("fields", "indexes", "search"):
            mine, more = getattr(self, name), data.get(name, {})
            assert not mine.keys() & more.keys(), f"{name} given twice: {more}"
            mine.update(more)


def tables(features: Sequence[Feature]) -> dict[str, Table]:
    """Every table by name, in the order in which features bring them."""
    found: dict[str, Table] = {}
    for feature in features:
        for name, data in feature.data.get("tables", {}).items():
            found.setdefault(name, Table()).add(data)
    return found


def schema(features: Sequence[Feature], _app: App) -> str:
    """The schema, Convex Auth's own tables included."""
    defined = {name: _defined(table) for name, table in tables(features).items()}
    head = imports(
        [
            Named("@convex-dev/auth/server", "authTables"),
            Named("convex/server", "defineSchema"),
            Named("convex/server", "defineTable"),
            Named("convex/values", "v"),
        ]
    )
    lines = "".join(f"  {name}: {table},\n" for name, table in defined.items())
    return file(head, f"export default defineSchema({{\n  ...authTables,\n{lines}}});")


def _defined(table: Table) -> str:
    indexes = [f".index({text(name)}, {_names(on)})" for name, on in table.indexes.items()]
    searches = [f".searchIndex({text(name)}, {_search(on)})" for name, on in table.search.items()]
    calls = [*indexes, *searches]
    chained = "".join(f"\n    {call}" for call in calls) if len(calls) > 1 else "".join(calls)
    return f"defineTable({record(table.fields, '  ')}){chained}"


def _names(fields: Sequence[str]) -> str:
    return listed([text(name) for name in fields], "[", "]")


def _search(on: Mapping[str, str | Sequence[str]]) -> str:
    filters = on.get("filterFields", ())
    return (
        f"{{ searchField: {text(str(on['searchField']))}, filterFields: {_names(list(filters))} }}"
    )
