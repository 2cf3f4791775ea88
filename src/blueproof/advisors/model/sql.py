"""The model as `schema.sql`: one file that PostgreSQL runs from top to bottom."""

import re
from collections.abc import Iterator

from blueproof.advisors.model.design import Column, Index, Link, Model, Table
from blueproof.advisors.model.guards import guards_sql
from blueproof.advisors.model.spanning import copied
from blueproof.sql.names import IDENTIFIER_BYTES, quote

_ID = "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
_SETTING = "app.tenant_id"


def schema_sql(model: Model) -> str:
    """The whole script."""
    parts = ["BEGIN;\n"]
    if any(t.exclusive for t in model.tables):
        parts.append("CREATE EXTENSION IF NOT EXISTS btree_gist;\n")
    parts += [_table(table, model) for table in model.tables]
    parts += [_later(t, k, model) for t in model.tables for k in t.later]
    parts += guards_sql(model)
    parts += _isolation(model)
    return "\n".join((*parts, "COMMIT;\n"))


def name_of(*parts: str) -> str:
    """A name of several parts, within PostgreSQL's limit."""
    return quote("_".join(parts)[:IDENTIFIER_BYTES])


def exclusion(table: Table, column: str) -> str:
    """The name of the constraint that no two rows overlap on a column."""
    return name_of(table.name, column, "no_overlap")


def reference(table: Table, column: str) -> str:
    """The name of the foreign key of a column."""
    return name_of(table.name, column, "fkey")


def check(table: Table, column: str) -> str:
    """The name of the rule on a column's values."""
    return name_of(table.name, column, "check")


def once(table: Table, columns: tuple[str, ...]) -> str:
    """The name of the constraint that each of these stands there once."""
    return name_of(table.name, *columns, "key")


def index_of(table: Table, index: Index) -> str:
    """The name of an index for what is read often."""
    plain = (re.sub(r"\W+", "_", c.removesuffix(" DESC")).strip("_") for c in index.columns)
    return name_of(table.name, *plain, "read")


def single_of(table: Table, column: str, flag: str) -> str:
    """The name of the index by which one row of each has a flag."""
    return name_of(table.name, column, flag, "idx")


def is_apart(table: Table, model: Model) -> bool:
    """Whether each row of the table belongs to one tenant."""
    return table in model.apart


def _table(table: Table, model: Model) -> str:
    lines = list(_lines(table, model))
    body = ",\n".join(f"  {line}" for line in lines)
    made = f"CREATE TABLE {quote(table.name)} (\n{body}\n);\n"
    return made + "".join(f"{line}\n" for line in _indexes(table, model))


def _later(table: Table, link: Link, model: Model) -> str:
    """A reference to a table that is made after this one."""
    name, column = quote(table.name), quote(link.column)
    apart = is_apart(table, model)
    key = (
        _key(table, link, model.tenant_column)
        if apart
        else f"CONSTRAINT {reference(table, link.column)} FOREIGN KEY ({column})\n"
        f"    REFERENCES {quote(link.table)} (id)"
    )
    first = f"{model.tenant_column}, " if apart else ""
    return (
        f"ALTER TABLE {name} ADD COLUMN {column} bigint;\n"
        f"ALTER TABLE {name} ADD {key};\n"
        f"CREATE INDEX {name_of(table.name, link.column, 'idx')} ON {name} ({first}{column});\n"
    )


def _lines(table: Table, model: Model) -> Iterator[str]:
    yield _ID
    apart, tenant = is_apart(table, model), model.tenant_column
    if apart or table.kind == "member":
        yield f"{tenant} bigint NOT NULL REFERENCES {quote(model.tenant)} (id)"
    if table.kind == "member":
        yield "user_id uuid NOT NULL REFERENCES auth.users (id) ON DELETE CASCADE"
    for link in table.links:
        needed = " NOT NULL" if link.required else ""
        if link.column == table.times_of and not apart:
            yield f"{quote(link.column)} bigint{needed}"
            continue
        whole = f" CONSTRAINT {reference(table, link.column)} REFERENCES {quote(link.table)} (id)"
        whole = "" if apart else whole
        yield f"{quote(link.column)} bigint{needed}{whole}"
    yield from (_column(table, c) for c in table.columns)
    if table.kind == "member":
        yield f"UNIQUE (user_id, {tenant})"
    if apart and _has_children(table, model):
        yield f"UNIQUE ({tenant}, id)"
    yield from _times_kept(table, model)
    for unique in table.unique:
        key = ", ".join(_within(unique, table, model))
        yield f"CONSTRAINT {once(table, unique)} UNIQUE ({key})"
    if apart:
        yield from (_key(table, link, tenant) for link in table.links)
    yield from _rules(table)


def _times_kept(table: Table, model: Model) -> Iterator[str]:
    """The times of an act in the rows of what it takes, and the key of the act that holds them."""
    apart = is_apart(table, model)
    tenant = (model.tenant_column,) if apart else ()
    for other in model.tables:
        if any(k.table == table.name and k.column == other.times_of for k in other.links):
            yield f"UNIQUE ({', '.join((*tenant, 'id', *copied(other)))})"
    if table.times_of and not apart:
        link = next(k for k in table.links if k.column == table.times_of)
        yield _key(table, link, "")


def _rules(table: Table) -> Iterator[str]:
    """What must hold between the columns of a row, or between rows."""
    if table.either:
        given = ", ".join(map(quote, table.either))
        yield f"CONSTRAINT {check(table, 'of_one')} CHECK (num_nonnulls({given}) = 1)"
    if table.tree:
        yield f"CONSTRAINT {check(table, table.tree)} CHECK ({table.tree} <> id)"
    if table.apart:
        one, two = map(quote, table.apart)
        yield f"CONSTRAINT {check(table, 'of_two')} CHECK ({one} <> {two})"
    for group in table.together:
        given, most = ", ".join(map(quote, group)), len(group)
        yield f"CONSTRAINT {check(table, group[0])} CHECK (num_nonnulls({given}) IN (0, {most}))"
    for column in table.exclusive:
        yield _no_overlap(table, column)


def _within(columns: tuple[str, ...], table: Table, model: Model) -> tuple[str, ...]:
    """Columns as they are unique: within a tenant where there are any."""
    first = (model.tenant_column,) if is_apart(table, model) else ()
    return tuple(quote(c) for c in (*first, *columns))


def _key(table: Table, link: Link, tenant: str) -> str:
    """A foreign key that stays within one tenant."""
    times = copied(table) if link.column == table.times_of else ()
    first = (tenant,) if tenant else ()
    own = ", ".join((*first, quote(link.column), *times))
    other = ", ".join((*first, "id", *times))
    name = reference(table, link.column)
    follows = " ON UPDATE CASCADE" if times else ""
    return (
        f"CONSTRAINT {name} FOREIGN KEY ({own})\n"
        f"    REFERENCES {quote(link.table)} ({other}){follows}"
    )


def _no_overlap(table: Table, column: str) -> str:
    where = "\n    WHERE (status <> 'cancelled')" if table.cancels else ""
    return (
        f"CONSTRAINT {exclusion(table, column)} EXCLUDE USING gist (\n"
        f"    {quote(column)} WITH =, {_range(table)} WITH &&\n  ){where}"
    )


def _range(table: Table) -> str:
    span = table.span
    bounds = ", '[]'" if span.type == "daterange" else ""
    return f"{span.type}({span.starts}, {span.ends}{bounds})"


def _column(table: Table, column: Column) -> str:
    parts = [quote(column.name), column.type]
    parts += ["NOT NULL"] if column.required else []
    parts += [f"DEFAULT {column.default}"] if column.default else []
    if column.check:
        parts.append(f"CONSTRAINT {check(table, column.name)} CHECK ({column.check})")
    return " ".join(parts)


def _indexes(table: Table, model: Model) -> Iterator[str]:
    """An index for each reference that no key begins with, and for what is read by time."""
    apart = is_apart(table, model)
    first = f"{model.tenant_column}, " if apart else ""
    for index in table.indexes:
        yield f'-- "{index.words}"'
        yield (
            f"CREATE INDEX {index_of(table, index)} ON {quote(table.name)} "
            f"({first}{', '.join(index.columns)});"
        )
    for column, flag in table.single:
        yield (
            f"CREATE UNIQUE INDEX {single_of(table, column, flag)} ON {quote(table.name)} "
            f"({first}{quote(column)}) WHERE {flag};"
        )
    led = {unique[0] for unique in table.unique} | {i.columns[0] for i in table.indexes}
    for link in table.links:
        if link.column not in led:
            by_time = ", starts_at" if table.timed else ""
            name = name_of(table.name, link.column, "idx")
            keys = f"{first}{quote(link.column)}{by_time}"
            yield f"CREATE INDEX {name} ON {quote(table.name)} ({keys});"
    if table.timed:
        yield (
            f"CREATE INDEX {name_of(table.name, 'starts_at', 'idx')} ON {quote(table.name)} "
            f"({first}starts_at);"
        )
    elif table.kind == "member" or (
        apart and not table.links and not table.unique and not _has_children(table, model)
    ):
        yield (
            f"CREATE INDEX {name_of(table.name, model.tenant_column, 'idx')} "
            f"ON {quote(table.name)} ({model.tenant_column});"
        )


def _has_children(table: Table, model: Model) -> bool:
    return any(table.name in {*t.parents, *(k.table for k in t.later)} for t in model.tables)


def _isolation(model: Model) -> Iterator[str]:
    if model.isolation == "supabase":
        yield _mine(model)
        yield from (_member_policy(t, model) for t in model.tables)
    elif model.isolation == "setting":
        yield (
            "-- Each transaction says whose it is: "
            "SELECT set_config('app.tenant_id', '17', true).\n"
            "-- Not said: no rows, never all. FORCE binds the tables' owner, too; a superuser or a "
            "role\n-- with BYPASSRLS it does not bind, so do not connect as one.\n"
        )
        yield from (_setting_policy(t, model) for t in model.tables)
    elif model.closed:
        yield _shut(model)


def _shut(model: Model) -> str:
    """Nobody reads or writes through the API until a policy says who."""
    shut = (f"ALTER TABLE {quote(t.name)} ENABLE ROW LEVEL SECURITY;\n" for t in model.tables)
    return (
        f"-- No policy yet: only the service role reads and writes these tables.\n{''.join(shut)}"
    )


def mine_of(model: Model) -> str:
    """The function that gives the tenants of whoever is signed in."""
    return f"private.my_{model.tenant}"


def _mine(model: Model) -> str:
    column, members = model.tenant_column, quote(model.members)
    return f"""\
-- As its owner, so that the policy on {model.members} does not ask itself.
CREATE SCHEMA IF NOT EXISTS private;
CREATE FUNCTION {mine_of(model)}() RETURNS SETOF bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
  AS $$ SELECT {column} FROM public.{members} WHERE user_id = (SELECT auth.uid()) $$;
GRANT USAGE ON SCHEMA private TO authenticated;
REVOKE ALL ON FUNCTION {mine_of(model)}() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION {mine_of(model)}() TO authenticated;
"""


def _member_policy(table: Table, model: Model) -> str:
    name = quote(table.name)
    column = "id" if table.kind == "tenant" else model.tenant_column
    mine = f"{column} IN (SELECT {mine_of(model)}())"
    if table.kind in {"tenant", "member"}:  # who belongs where is not the members' to change
        rights, policy = "SELECT", f"FOR SELECT TO authenticated\n  USING ({mine})"
    else:
        rights = "SELECT, INSERT, UPDATE, DELETE"
        policy = f"TO authenticated\n  USING ({mine})\n  WITH CHECK ({mine})"
    return (
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;\n"
        f"REVOKE ALL ON {name} FROM anon, authenticated;\n"
        f"GRANT {rights} ON {name} TO authenticated;\n"
        f"CREATE POLICY of_my_{model.tenant} ON {name} {policy};\n"
    )


def _setting_policy(table: Table, model: Model) -> str:
    name = quote(table.name)
    column = "id" if table.kind == "tenant" else model.tenant_column
    own = f"{column} = NULLIF(current_setting('{_SETTING}', true), '')::bigint"
    return (
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;\n"
        f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY;\n"
        f"CREATE POLICY of_the_tenant ON {name}\n  USING ({own})\n  WITH CHECK ({own});\n"
    )
