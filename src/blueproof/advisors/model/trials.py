"""Checks of the model as SQL scripts: what must be refused is tried, and must be.

A script holds trials. Each begins with a line that names it and, where it shows a protection, one
with the statement that takes the protection away: the trial must then fail, or it shows nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.advisors.model.design import Link, Model, Table
from blueproof.advisors.model.guarding import guard_trials, guards_say
from blueproof.advisors.model.lookups import lookup_trials
from blueproof.advisors.model.sql import (
    exclusion,
    is_apart,
    once,
    reference,
    single_of,
)
from blueproof.advisors.model.trialling import (
    SAMPLES,
    SECOND,
    USERS,
    Values,
    before,
    insert,
    is_filled,
    needed,
    refused,
    sample,
    seed,
    trial,
    users,
)
from blueproof.advisors.model.valuing import value_trials
from blueproof.sql.names import quote

_HOURS = (
    ("'2030-01-01 09:30+00'", "'2030-01-01 10:00+00'"),
    ("'2030-01-01 10:00+00'", "'2030-01-01 11:00+00'"),
)
_DAYS = (("'2030-01-15'", "'2030-02-15'"), ("'2030-02-01'", "'2030-02-28'"))


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
        ("guards", guards_say(model), list(guard_trials(model))),
        (
            "reads",
            "what you read often is read by an index that is there for it",
            list(lookup_trials(model)),
        ),
        ("once", "what is there once cannot be entered twice", list(_once(model))),
        (
            "values",
            "values that break a rule are refused, column by column",
            list(value_trials(model)),
        ),
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


def _rows(model: Model) -> Iterator[str]:
    lines = [*users(model), *seed(model, model.tables, 1)]
    yield trial("a row in each table", lines)


def _bookings(model: Model) -> Iterator[str]:
    for table in (t for t in model.tables if t.exclusive):
        for column in table.exclusive:
            yield _overlapping(model, table, column)


def _overlapping(model: Model, table: Table, column: str) -> str:
    """A second booking of the same thing: refused where it overlaps, taken where it does not."""
    thing = column.removesuffix("_id").replace("_", " ")
    others = {c: "-3" for c in table.exclusive if c not in {column, *table.either}}
    if column in table.either:
        others |= {c: "-1" if c == column else "NULL" for c in table.either}
    second = [model.by_name[k.table] for k in table.links if others.get(k.column) == "-3"]
    extra = [insert(model, t, 3, _of_first(model, t)) for t in second]
    overlaps = _second(
        model,
        table,
        {
            "id": "-3",
            **others,
            **_taken(table, 0),
        },
    )
    if table.times_of:
        return _taken_twice(model, table, column)
    after = _second(
        model,
        table,
        {"id": "-4", **(others if column in table.either else {}), **_taken(table, 1)},
    )
    given = {c: "-1" if c == column else "NULL" for c in table.either}
    lines = [
        *users(model),
        *seed(model, before(table, model), 1),
        insert(model, table, 1, given if column in given else {}),
        *extra,
        refused(overlaps, "exclusion_violation", f"a second row for the same {thing}"),
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
    return trial(f"{table.name}: two of the same {thing} that overlap", lines, taken)


def _taken_twice(model: Model, table: Table, column: str) -> str:
    """A thing in two acts that overlap: refused; in one that begins when the first ends: taken."""
    thing = column.removesuffix("_id").replace("_", " ")
    act = model.by_name[next(k.table for k in table.links if k.column == table.times_of)]
    acts, rows = [], []
    for number, times in ((3, _taken(table, 0)), (4, _taken(table, 1))):
        acts.append(_second(model, act, {"id": f"-{number}", **times}))
        own = {"id": f"-{number}", column: "-1", table.times_of: f"-{number}", **times}
        rows.append(insert(model, table, number, {**_of_first(model, table), **own}))
    lines = [
        *users(model),
        *seed(model, needed(table, model), 1),
        *acts,
        refused(rows[0], "exclusion_violation", f"a second {act.noun} of the same {thing}"),
        "-- One that begins when the first ends is taken.",
        rows[1],
    ]
    moved = (
        f"UPDATE {quote(act.name)} SET {table.span.starts} = {_taken(table, 0)[table.span.starts]}"
    )
    lines.append(
        refused(
            f"{moved} WHERE id = -4;", "exclusion_violation", "an act that is moved onto another"
        )
    )
    if table.cancels:
        lines += [
            "-- A cancelled one makes room.",
            f"UPDATE {quote(act.name)} SET status = 'cancelled' WHERE id IN (-1, -4);",
            rows[0],
        ]
    taken = f"ALTER TABLE {quote(table.name)} DROP CONSTRAINT {exclusion(table, column)}"
    return trial(f"{table.name}: two of the same {thing} that overlap", lines, taken)


def _taken(table: Table, place: int) -> Values:
    """A time that overlaps the sample row's, and one that begins when that ends."""
    span = table.span
    times = _HOURS if span.type == "tstzrange" else _DAYS
    return dict(zip((span.starts, span.ends), times[place], strict=True))


def _of_first(model: Model, table: Table) -> Values:
    """What makes a third row of a parent one of the first tenant, on the first row's parents."""
    changed = {link.column: "-1" for link in table.links if is_filled(link, table)}
    changed |= {column: str(-1 - SECOND) for column in table.apart[1:]}
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
            *users(model),
            *seed(model, needed(table, model), 1),
            *seed(model, needed(table, model), 2),
            *_become(model, 1),
            f"DO $$ BEGIN\n  IF NOT EXISTS (SELECT FROM {name} WHERE {own} = -1) THEN\n"
            "    RAISE EXCEPTION 'does not see its own rows';\n  END IF;\n"
            f"  IF EXISTS (SELECT FROM {name} WHERE {own} <> -1) THEN\n"
            "    RAISE EXCEPTION 'sees the rows of another';\n  END IF;\nEND $$;",
            refused(forged, "insufficient_privilege", "a row in the name of another"),
            _unharmed(f"DELETE FROM {name} WHERE {own} = -2", "deleted the rows of another"),
            _unharmed(
                f"UPDATE {name} SET {_some(table)} WHERE {own} = -2", "changed the rows of another"
            ),
            *_become(model, 0),
            f"DO $$ BEGIN\n  IF EXISTS (SELECT FROM {name}) THEN\n"
            "    RAISE EXCEPTION 'nobody sees rows';\n  END IF;\nEND $$;",
        ]
        yield trial(
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
    user = USERS.get(number, "")
    claims = f'{{"sub": "{user}", "role": "authenticated"}}' if user else ""
    yield "SET LOCAL ROLE authenticated;"
    yield f"SELECT set_config('request.jwt.claims', '{claims}', true),"
    yield f"  set_config('request.jwt.claim.sub', '{user}', true);"


def _references(model: Model) -> Iterator[str]:
    for table in model.tables:
        for link in table.links:
            yield _stray(model, table, link)
        for link in table.later:
            yield _stray_later(model, table, link)


def _stray_later(model: Model, table: Table, link: Link) -> str:
    """A row that is made to refer to one that is not there."""
    change = f"UPDATE {quote(table.name)} SET {quote(link.column)} = -9 WHERE id = -1;"
    lines = [
        *users(model),
        *seed(model, needed(table, model), 1),
        refused(change, "foreign_key_violation", f"{link.column} that is not there"),
    ]
    taken = f"ALTER TABLE {quote(table.name)} DROP CONSTRAINT {reference(table, link.column)}"
    return trial(f"{table.name}.{link.column}: a row that is not there", lines, taken)


def _stray(model: Model, table: Table, link: Link) -> str:
    """A row that refers to another tenant's row, or to none that is there."""
    second = before(table, model)
    other = list(seed(model, second, 2)) if is_apart(table, model) else []
    back = (
        ["SELECT set_config('app.tenant_id', '-1', true);"] if model.isolation == "setting" else []
    )
    wrong = "-2" if is_apart(table, model) else "-9"
    none = dict.fromkeys((c for c in table.either if c != link.column), "NULL")
    none = none if link.column in table.either else {}
    changed = {"id": "-7", **_of_first(model, table), **none, **_none_out(table)}
    changed |= _whole(table, link.column)
    changed[link.column] = wrong
    row = insert(model, table, 7, changed)
    whose = "of another" if is_apart(table, model) else "that is not there"
    lines = [
        *users(model),
        *seed(model, second, 1),
        *other,
        *back,
        refused(row, "foreign_key_violation", f"{link.column} {whose}"),
    ]
    taken = f"ALTER TABLE {quote(table.name)} DROP CONSTRAINT {reference(table, link.column)}"
    return trial(f"{table.name}.{link.column}: a row {whose}", lines, taken)


def _whole(table: Table, column: str) -> Values:
    """What must be there where a reference is."""
    group = next((g for g in table.together if column in g), ())
    return {c.name: SAMPLES[c.type] for c in table.columns if c.name in group}


def _once(model: Model) -> Iterator[str]:
    for table in model.tables:
        counted = any(g.kind == "gapless" for g in table.guards)
        for unique in table.unique:
            if counted and "number" in unique:
                continue  # nobody but the counter gives numbers
            first = {c.name: sample(c, table, 1) for c in table.columns if c.name in unique}
            first |= _none_out(table)
            row = insert(model, table, 8, {**_of_first(model, table), **first, "id": "-8"})
            lines = [
                *users(model),
                *seed(model, needed(table, model), 1),
                refused(row, "unique_violation", f"{' and '.join(unique)} a second time"),
            ]
            taken = f"ALTER TABLE {quote(table.name)} DROP CONSTRAINT {once(table, unique)}"
            yield trial(f"{table.name}: the same {' and '.join(unique)} twice", lines, taken)
        yield from (_single(model, table, *each) for each in table.single)


def _single(model: Model, table: Table, column: str, flag: str) -> str:
    """A second row of the same with a flag that one has at most."""
    links = _of_first(model, table)
    keys = {c for u in table.unique for c in u}
    own = {c.name: "2" for c in table.columns if c.name in keys and c.type == "integer"}
    second = insert(model, table, 8, {**links, **own, "id": "-8", flag: "true"})
    lines = [
        *users(model),
        *seed(model, needed(table, model), 1),
        f"UPDATE {quote(table.name)} SET {flag} = true WHERE id = -1;",
        refused(second, "unique_violation", f"a second one that is {flag}"),
        second.replace("true", "false"),
    ]
    taken = f"DROP INDEX {single_of(table, column, flag)}"
    return trial(f"{table.name}: a second one that is {flag}", lines, taken)


def _none_out(table: Table) -> Values:
    """Where units are counted: a row of none, so that the count has nothing to refuse."""
    return {"quantity": "0"} if any(g.kind == "stocked" for g in table.guards) else {}
