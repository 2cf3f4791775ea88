"""Trials of the indexes: on thousands of rows the planner takes each for what it is there for."""

from collections.abc import Iterator

from blueproof.advisors.model.design import Column, Index, Model, Table
from blueproof.advisors.model.sql import exclusion as exclusion_of
from blueproof.advisors.model.sql import index_of, is_apart, once, reference
from blueproof.advisors.model.trialling import seed, trial, users
from blueproof.sql.names import quote

_ROWS = 20_000
_GROUPS = 400


def lookup_trials(model: Model) -> Iterator[str]:
    """A trial for each index that is there for what is read often."""
    for table in model.tables:
        for index in table.indexes:
            yield _trial(model, table, index)


def query_of(model: Model, table: Table, index: Index) -> str:
    """The query that an index answers."""
    own = f"{model.tenant_column} = -1 AND " if is_apart(table, model) else ""
    order = f" ORDER BY {index.order} LIMIT 50" if index.order else ""
    return f"SELECT * FROM {quote(table.name)} WHERE {own}{index.where}{order}"


def _trial(model: Model, table: Table, index: Index) -> str:
    """References and uniqueness are taken away for the rows' sake; they cost a read nothing."""
    name = quote(table.name)
    dropped = [reference(table, k.column) for k in table.links]
    dropped += [once(table, u) for u in table.unique]
    dropped += [exclusion_of(table, c) for c in table.exclusive]
    apart = is_apart(table, model)
    tenants = [t for t in model.tables if t.name in {model.tenant, model.members}]
    lines = [
        *users(model),
        *(seed(model, tuple(tenants), 1) if apart else ()),
        *(f"ALTER TABLE {name} DROP CONSTRAINT {each};" for each in dropped),
        f"ALTER TABLE {name} DISABLE TRIGGER USER;",
        _many(model, table),
        f"ANALYZE {name};",
        f"""\
DO $$ DECLARE line text; plan text := '';
BEGIN
  FOR line IN EXECUTE $q$EXPLAIN {query_of(model, table, index)}$q$ LOOP
    plan := plan || line;
  END LOOP;
  IF position('{index_of(table, index).strip(chr(34))}' IN plan) = 0 THEN
    RAISE EXCEPTION 'the plan is without the index: %', plan;
  END IF;
END $$;""",
    ]
    taken = f"DROP INDEX {index_of(table, index)}"
    what = f"{table.name} by {', '.join(index.columns)}: read without its index"
    return trial(what, lines, taken)


def _many(model: Model, table: Table) -> str:
    """Thousands of rows, of some hundreds of each thing that they hang on."""
    values = {"id": "-n"}
    if is_apart(table, model):
        values[model.tenant_column] = "-1"
    values |= {k.column: f"-(n % {_GROUPS}) - 1" for k in table.links if k.column != table.tree}
    for column in table.either[1:]:
        values.pop(column, None)
    values |= {c.name: _spread(c) for c in table.columns}
    names = ", ".join(map(quote, values))
    return (
        f"INSERT INTO {quote(table.name)} ({names}) OVERRIDING SYSTEM VALUE\n"
        f"  SELECT {', '.join(values.values())} FROM generate_series(1, {_ROWS}) AS n;"
    )


def _spread(column: Column) -> str:
    """Values that differ from row to row, where the rule on them lets them."""
    if column.name == "created_at":
        return "now() - n * interval '1 minute'"
    if column.type == "text" and (not column.check or column.check.endswith("<> ''")):
        return "'x' || n"
    return column.sample
