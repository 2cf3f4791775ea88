"""What trials are written with: rows that break no rule, and statements that must be refused."""

from collections.abc import Iterator

from blueproof.advisors.model.design import Column, Link, Model, Table
from blueproof.advisors.model.sql import is_apart
from blueproof.sql.names import quote

TRIAL, WITHOUT = "-- Trial: ", "-- Must fail after: "
USERS = {1: "00000000-0000-4000-8000-00000000000a", 2: "00000000-0000-4000-8000-00000000000b"}
Values = dict[str, str]
SECOND = 50  # added to the number of a row: the other one that a pair refers to
# Values for what may be empty and is given in a trial.
SAMPLES = {"timestamptz": "now()", "time": "'10:00'", "date": "'2030-01-01'", "text": "'x'"}


def trial(what: str, body: list[str], without: str = "") -> str:
    """One trial of a script: its name, what takes the protection away, and its statements."""
    taken = f"{WITHOUT}{without};\n" if without else ""
    return f"{TRIAL}{what}\n{taken}BEGIN;\n" + "\n".join(body) + "\nROLLBACK;\n"


def users(model: Model) -> Iterator[str]:
    """The people of a Supabase trial, where there are any."""
    if model.isolation == "supabase":
        values = ", ".join(f"('{user}')" for user in USERS.values())
        yield f"INSERT INTO auth.users (id) VALUES {values};"


def needed(table: Table, model: Model) -> tuple[Table, ...]:
    """The tables that a row of this one rests on, parents first, itself last."""
    wanted = {table.name, model.tenant, model.members} - {""}
    for each in reversed(model.tables):
        if each.name in wanted:
            wanted |= set(each.rests_on)
    return tuple(t for t in model.tables if t.name in wanted)


def before(table: Table, model: Model) -> tuple[Table, ...]:
    """What a row of the table rests on, without itself."""
    rests_on = needed(table, model)
    return rests_on[: rests_on.index(table)]


def seed(model: Model, tables: tuple[Table, ...], number: int) -> Iterator[str]:
    """A row in each table, all of one tenant; ids below zero are nobody's own."""
    if model.isolation == "setting":
        yield f"SELECT set_config('app.tenant_id', '{-number}', true);"
    for table in tables:
        yield insert(model, table, number)
        if any(t.apart and t.links[0].table == table.name for t in model.tables):
            above = {k.column: str(-number) for k in table.links if is_filled(k, table)}
            above |= {model.tenant_column: str(-number)} if is_apart(table, model) else {}
            yield insert(model, table, number + SECOND, above)


def is_filled(link: Link, table: Table) -> bool:
    """Whether trials give it a value: it must have one, or is what is not to be taken twice."""
    if link.column in table.either:
        return link.column == table.either[0]
    return link.required or link.column in table.exclusive


def insert(model: Model, table: Table, number: int, changed: Values | None = None) -> str:
    """An INSERT of row -number, which refers to the rows -number of its parents."""
    values: Values = {"id": str(-number)}
    if is_apart(table, model) or table.kind == "member":
        values[model.tenant_column] = str(-number)
    if table.kind == "member":
        values["user_id"] = f"'{USERS[number]}'"
    values |= {link.column: str(-number) for link in table.links if is_filled(link, table)}
    values |= {c: str(-number - SECOND) for c in table.apart[1:]}
    values |= {c.name: sample(c, table, number) for c in table.columns}
    values |= changed or {}
    names = ", ".join(map(quote, values))
    return (
        f"INSERT INTO {quote(table.name)} ({names}) OVERRIDING SYSTEM VALUE\n"
        f"  VALUES ({', '.join(values.values())});"
    )


def sample(column: Column, table: Table, number: int) -> str:
    """A value that breaks no rule; one of its own for each row where it is unique."""
    single = (column.name,) in table.unique
    return f"'x{number}'" if single and column.type == "text" else column.sample


def refused(statement: str, condition: str, said: str) -> str:
    """A statement that must be refused by this condition."""
    inner = statement.replace("\n", "\n  ")
    return (
        f"DO $$ BEGIN\n  {inner}\n  RAISE EXCEPTION 'not refused: {said}';\n"
        f"EXCEPTION WHEN {condition} THEN NULL;\nEND $$;"
    )
