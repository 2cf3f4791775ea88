"""Checks of the model as SQL scripts: what must be refused is tried, and must be.

A script holds trials. Each begins with a line that names it and, where it shows a protection, one
with the statement that takes the protection away: the trial must then fail, or it shows nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.advisors.model.design import Column, Link, Model, Table
from blueproof.advisors.model.sql import check, exclusion, is_apart, once, reference
from blueproof.sql.names import quote

TRIAL, WITHOUT = "-- Trial: ", "-- Must fail after: "
_USERS = {1: "00000000-0000-4000-8000-00000000000a", 2: "00000000-0000-4000-8000-00000000000b"}
Values = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Script:
    """One file of trials, and what they show when all of them pass."""

    path: str
    says: str
    text: str


def scripts(model: Model) -> tuple[Script, ...]:
    """All scripts of a model; one without trials is left out."""
    made = (
        (
            "rows",
            f"schema.sql runs, and each of its {len(model.tables)} tables takes a row",
            list(_rows(model)),
        ),
        ("bookings", _booked_says(model), list(_bookings(model))),
        (
            "tenants",
            f"nobody of one {_one(model)} reads or writes rows of another, in any table",
            list(_tenants(model)),
        ),
        (
            "references",
            f"no row refers to a row of another {_one(model)}"
            if model.tenant
            else "no row refers to one that is not there",
            list(_references(model)),
        ),
        ("once", "what is there once cannot be entered twice", list(_once(model))),
        ("values", "values that break a rule are refused, column by column", list(_values(model))),
    )
    return tuple(_script(name, says, trials) for name, says, trials in made if trials)


def _script(name: str, says: str, trials: list[str]) -> Script:
    head = f"-- Shows that {says}.\n-- Leaves nothing behind; needs the tables of schema.sql.\n\n"
    return Script(path=f"checks/{name}.sql", says=says, text=head + "\n".join(trials))


def _one(model: Model) -> str:
    """The tenant's noun."""
    return model.by_name[model.tenant].noun if model.tenant else ""


def _booked_says(model: Model) -> str:
    table = next((t for t in model.tables if t.exclusive), None)
    if table is None:
        return ""
    things = " or ".join(c.removesuffix("_id").replace("_", " ") for c in table.exclusive)
    return f"of two overlapping {table.name} of the same {things} the second is refused"


def _trial(what: str, body: list[str], without: str = "") -> str:
    taken = f"{WITHOUT}{without};\n" if without else ""
    return f"{TRIAL}{what}\n{taken}BEGIN;\n" + "\n".join(body) + "\nROLLBACK;\n"


def _rows(model: Model) -> Iterator[str]:
    lines = [*_users(model), *_seed(model, model.tables, 1)]
    yield _trial("a row in each table", lines)


def _users(model: Model) -> Iterator[str]:
    if model.isolation == "supabase":
        values = ", ".join(f"('{user}')" for user in _USERS.values())
        yield f"INSERT INTO auth.users (id) VALUES {values};"


def _needed(table: Table, model: Model) -> tuple[Table, ...]:
    """The tables that a row of this one rests on, parents first, itself last."""
    wanted = {table.name, model.tenant, model.members} - {""}
    for each in reversed(model.tables):
        if each.name in wanted:
            wanted |= set(each.parents)
    return tuple(t for t in model.tables if t.name in wanted)


def _before(table: Table, model: Model) -> tuple[Table, ...]:
    """What a row of the table rests on, without itself."""
    needed = _needed(table, model)
    return needed[: needed.index(table)]


def _seed(model: Model, tables: tuple[Table, ...], number: int) -> Iterator[str]:
    """A row in each table, all of one tenant; ids below zero are nobody's own."""
    if model.isolation == "setting":
        yield f"SELECT set_config('app.tenant_id', '{-number}', true);"
    for table in tables:
        yield insert(model, table, number)


def _is_filled(link: Link, table: Table) -> bool:
    """Whether trials give it a value: it must have one, or is what is not to be taken twice."""
    return link.required or link.column in table.exclusive


def insert(model: Model, table: Table, number: int, changed: Values | None = None) -> str:
    """An INSERT of row -number, which refers to the rows -number of its parents."""
    values: Values = {"id": str(-number)}
    if is_apart(table, model) or table.kind == "member":
        values[model.tenant_column] = str(-number)
    if table.kind == "member":
        values["user_id"] = f"'{_USERS[number]}'"
    values |= {link.column: str(-number) for link in table.links if _is_filled(link, table)}
    values |= {c.name: _sample(c, table, number) for c in table.columns}
    values |= changed or {}
    names = ", ".join(map(quote, values))
    return (
        f"INSERT INTO {quote(table.name)} ({names}) OVERRIDING SYSTEM VALUE\n"
        f"  VALUES ({', '.join(values.values())});"
    )


def _sample(column: Column, table: Table, number: int) -> str:
    single = (column.name,) in table.unique
    return f"'x{number}'" if single and column.type == "text" else column.sample


def _refused(statement: str, condition: str, said: str) -> str:
    inner = statement.replace("\n", "\n  ")
    return (
        f"DO $$ BEGIN\n  {inner}\n  RAISE EXCEPTION 'not refused: {said}';\n"
        f"EXCEPTION WHEN {condition} THEN NULL;\nEND $$;"
    )


def _bookings(model: Model) -> Iterator[str]:
    for table in (t for t in model.tables if t.exclusive):
        for column in table.exclusive:
            yield _overlapping(model, table, column)


def _overlapping(model: Model, table: Table, column: str) -> str:
    """A second booking of the same thing: refused where it overlaps, taken where it does not."""
    thing = column.removesuffix("_id").replace("_", " ")
    others = {c: "-3" for c in table.exclusive if c != column}
    second = [model.by_name[k.table] for k in table.links if k.column in others]
    extra = [insert(model, t, 3, _of_first(model, t)) for t in second]
    overlaps = _second(
        model,
        table,
        {
            "id": "-3",
            **others,
            "starts_at": "'2030-01-01 09:30+00'",
            "ends_at": "'2030-01-01 10:00+00'",
        },
    )
    after = _second(
        model,
        table,
        {"id": "-4", "starts_at": "'2030-01-01 10:00+00'", "ends_at": "'2030-01-01 11:00+00'"},
    )
    lines = [
        *_users(model),
        *_seed(model, _needed(table, model), 1),
        *extra,
        _refused(overlaps, "exclusion_violation", f"a second row for the same {thing}"),
        "-- One that begins when the first ends is taken.",
        after,
    ]
    if table.cancels:
        lines += [
            "-- A cancelled one makes room.",
            f"UPDATE {quote(table.name)} SET status = 'cancelled' WHERE id = -1;",
            overlaps,
        ]
    taken = f"ALTER TABLE {quote(table.name)} DROP CONSTRAINT {exclusion(table, column)}"
    return _trial(f"{table.name}: two of the same {thing} that overlap", lines, taken)


def _of_first(model: Model, table: Table) -> Values:
    """What makes a third row of a parent one of the first tenant, on the first row's parents."""
    changed = {link.column: "-1" for link in table.links if _is_filled(link, table)}
    return {**changed, model.tenant_column: "-1"} if is_apart(table, model) else changed


def _second(model: Model, table: Table, changed: Values) -> str:
    return insert(
        model, table, int(changed["id"].lstrip("-")), {**_of_first(model, table), **changed}
    )


def _tenants(model: Model) -> Iterator[str]:
    """For each table: somebody of the first tenant, and the rows of the second."""
    if not model.isolation:
        return
    for table in model.tables:
        name = quote(table.name)
        own = "id" if table.kind == "tenant" else model.tenant_column
        forged = insert(model, table, 2, {"id": "-5"} if table.kind != "tenant" else {"id": "-6"})
        lines = [
            *_users(model),
            *_seed(model, _needed(table, model), 1),
            *_seed(model, _needed(table, model), 2),
            *_become(model, 1),
            f"DO $$ BEGIN\n  IF NOT EXISTS (SELECT FROM {name} WHERE {own} = -1) THEN\n"
            "    RAISE EXCEPTION 'does not see its own rows';\n  END IF;\n"
            f"  IF EXISTS (SELECT FROM {name} WHERE {own} <> -1) THEN\n"
            "    RAISE EXCEPTION 'sees the rows of another';\n  END IF;\nEND $$;",
            _refused(forged, "insufficient_privilege", "a row in the name of another"),
            _unharmed(f"DELETE FROM {name} WHERE {own} = -2", "deleted the rows of another"),
            _unharmed(
                f"UPDATE {name} SET {_some(table)} WHERE {own} = -2", "changed the rows of another"
            ),
            *_become(model, 0),
            f"DO $$ BEGIN\n  IF EXISTS (SELECT FROM {name}) THEN\n"
            "    RAISE EXCEPTION 'nobody sees rows';\n  END IF;\nEND $$;",
        ]
        yield _trial(
            f"{table.name}: the rows of another",
            lines,
            f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY",
        )


def _some(table: Table) -> str:
    """A change of a column that changes nothing else."""
    name = quote(table.columns[-1].name)
    return f"{name} = {name}"


def _unharmed(statement: str, said: str) -> str:
    return (
        f"DO $$ BEGIN\n  {statement};\n  IF FOUND THEN RAISE EXCEPTION '{said}'; END IF;\n"
        "EXCEPTION WHEN insufficient_privilege THEN NULL;\nEND $$;"
    )


def _become(model: Model, number: int) -> Iterator[str]:
    """Be somebody of a tenant from here on; 0 is nobody."""
    if model.isolation == "setting":
        yield f"SELECT set_config('app.tenant_id', '{-number or ''}', true);"
        return
    user = _USERS.get(number, "")
    claims = f'{{"sub": "{user}", "role": "authenticated"}}' if user else ""
    yield "SET LOCAL ROLE authenticated;"
    yield f"SELECT set_config('request.jwt.claims', '{claims}', true),"
    yield f"  set_config('request.jwt.claim.sub', '{user}', true);"


def _references(model: Model) -> Iterator[str]:
    for table in model.tables:
        for link in table.links:
            yield _stray(model, table, link)


def _stray(model: Model, table: Table, link: Link) -> str:
    """A row that refers to another tenant's row, or to none that is there."""
    second = _before(table, model)
    other = list(_seed(model, second, 2)) if is_apart(table, model) else []
    back = (
        ["SELECT set_config('app.tenant_id', '-1', true);"] if model.isolation == "setting" else []
    )
    wrong = "-2" if is_apart(table, model) else "-9"
    changed = {"id": "-7", **_of_first(model, table), link.column: wrong}
    row = insert(model, table, 7, changed)
    whose = "of another" if is_apart(table, model) else "that is not there"
    lines = [
        *_users(model),
        *_seed(model, second, 1),
        *other,
        *back,
        _refused(row, "foreign_key_violation", f"{link.column} {whose}"),
    ]
    taken = f"ALTER TABLE {quote(table.name)} DROP CONSTRAINT {reference(table, link.column)}"
    return _trial(f"{table.name}.{link.column}: a row {whose}", lines, taken)


def _once(model: Model) -> Iterator[str]:
    for table in model.tables:
        for unique in table.unique:
            first = {c.name: _sample(c, table, 1) for c in table.columns if c.name in unique}
            row = insert(model, table, 8, {**_of_first(model, table), **first, "id": "-8"})
            lines = [
                *_users(model),
                *_seed(model, _needed(table, model), 1),
                _refused(row, "unique_violation", f"{' and '.join(unique)} a second time"),
            ]
            taken = f"ALTER TABLE {quote(table.name)} DROP CONSTRAINT {once(table, unique)}"
            yield _trial(f"{table.name}: the same {' and '.join(unique)} twice", lines, taken)


def _values(model: Model) -> Iterator[str]:
    for table in model.tables:
        for column in (c for c in table.columns if c.breaks and c.check):
            parents = _before(table, model)
            row = insert(model, table, 1, {column.name: column.breaks})
            lines = [
                *_users(model),
                *_seed(model, parents, 1),
                _refused(row, "check_violation", f"{column.name} {_plain(column.breaks)}"),
            ]
            taken = f"ALTER TABLE {quote(table.name)} DROP CONSTRAINT {check(table, column.name)}"
            yield _trial(f"{table.name}.{column.name}: {column.breaks}", lines, taken)


def _plain(value: str) -> str:
    return value.replace("'", "")
