"""Which column is the key of a table that nobody describes."""

from collections.abc import Iterator, Mapping

from sqlglot import exp

from blueproof.sql.guessing.kinds import is_called, is_key, snake, stem_of
from blueproof.sql.guessing.resolving import Known, placed
from blueproof.sql.guessing.seen import Columns, read_trees


def own_key(table: str, columns: frozenset[str]) -> str:
    """The column that is a table's key: its id, or the one named after it (projects.project_id).

    >>> own_key("projects", frozenset({"project_id"})), own_key("projects", frozenset())
    ('project_id', 'id')
    """
    plain = min(
        (n for n in sorted(columns) if is_key(n)), key=lambda n: snake(n) != "id", default=""
    )
    named = (name for name in sorted(columns) if is_called(table, stem_of(name)))
    return plain or next(named, "id")


def own_keys(queries: tuple[str, ...], seen: Columns, known: Known) -> Mapping[str, str]:
    """The key of each table: by its name, else by a GROUP BY that holds only where it is the key.

    Tables that all begin alike are called by what follows: app_user and app_user_login by user_id.
    """
    begins = _beginning(tuple(seen))
    told = dict(_determining(queries, known))
    keys = {}
    for table, columns in seen.items():
        names = frozenset(columns)
        own = own_key(table, names)
        short = table.removeprefix(begins)
        own = own if own in names else own_key(short, names)
        keys[table] = own if own in names else told.get(table, own)
    return keys


def _beginning(tables: tuple[str, ...]) -> str:
    """What the names of several tables have in common before the last _ of it; "" if nothing."""
    first = tables[0].split("_") if len(tables) > 1 else []
    for length in range(len(first) - 1, 0, -1):
        begins = "_".join([*first[:length], ""])
        if all(table.startswith(begins) for table in tables):
            return begins
    return ""


def _determining(queries: tuple[str, ...], known: Known) -> Iterator[tuple[str, str]]:
    """Tables with a column that is grouped by where others of theirs are shown as they are."""
    for tree in read_trees(queries):
        homes = {id(p.node): (p.table, p.column) for p in placed(tree, known)}
        for select in tree.find_all(exp.Select):
            group = select.args.get("group")
            plain = [e for e in group.expressions if isinstance(e, exp.Column)] if group else []
            by = [homes[id(e)] for e in plain if id(e) in homes]
            for table in {table for table, _ in by}:
                columns = [column for each, column in by if each == table]
                bare = {homes[id(c)] for c in _bare(select) if id(c) in homes}
                if len(columns) == 1 and {t for t, c in bare if (t, c) not in by} >= {table}:
                    yield table, columns[0]


def _bare(select: exp.Select) -> Iterator[exp.Column]:
    """The columns that are put out outside of figures and subqueries."""
    for item in select.expressions:
        for column in item.find_all(exp.Column):
            if column.find_ancestor(exp.AggFunc, exp.Window, exp.Select) is select:
                yield column
