"""Trials of the triggers: what each holds is tried, and gets through without it."""

from collections.abc import Iterator

from blueproof.advisors.model.design import Guard, Model, Table
from blueproof.advisors.model.guards import trigger
from blueproof.advisors.model.staging import final, numbered, stepped
from blueproof.advisors.model.trialling import (
    before,
    insert,
    needed,
    refused,
    seed,
    trial,
    users,
)
from blueproof.sql.names import quote


def guard_trials(model: Model) -> Iterator[str]:
    """A trial for each guard of each table."""
    write = {
        "append": _changed,
        "keep": _deleted,
        "capacity": _full,
        "moves": _summed,
        "states": _kept,
        "audit": _audited,
        "stocked": _stocked,
        "flow": stepped,
        "gapless": numbered,
        "frozen": final,
    }
    for table in model.tables:
        for guard in table.guards:
            what, lines = write[guard.kind](table, guard, model)
            seeded = [*users(model), *seed(model, needed(table, model), 1)]
            if guard.kind in {"moves", "stocked"}:
                seeded = [*users(model), *seed(model, before(table, model), 1)]
            taken = f"DROP TRIGGER {trigger(table, guard)} ON {quote(table.name)}"
            yield trial(what, [*seeded, *lines], taken)


def guards_say(model: Model) -> str:
    """What the triggers hold, in words."""
    found = [_says(t, g) for t in model.tables for g in t.guards]
    return "; ".join(dict.fromkeys(found))


def _says(table: Table, guard: Guard) -> str:
    of = guard.column.removesuffix("_id").replace("_", " ")
    below = " and never below zero" if guard.floor else ""
    return {
        "append": f"rows of {table.name} are not changed afterwards",
        "keep": "no row is deleted for good",
        "capacity": f"a {of} takes no more {table.name} than it has places",
        "moves": f"{guard.table}.{guard.figure} is the sum of {table.name}{below}",
        "states": f"each status in {table.name} is kept with who and when",
        "audit": f"each change of {table.name} is kept with who and when",
        "flow": f"a status in {table.name} takes only the steps that you name",
        "gapless": f"the numbers of {table.name} have no gap",
        "frozen": f"{table.name} are not changed once they are no draft",
        "stocked": f"no more of a {of} is out at one time than there are {guard.table}",
    }[guard.kind]


def _changed(table: Table, _guard: Guard, _model: Model) -> tuple[str, list[str]]:
    name, column = quote(table.name), quote(table.columns[-1].name)
    update = f"UPDATE {name} SET {column} = {column} WHERE id = -1;"
    return f"{table.name}: a row is changed afterwards", [
        refused(update, "restrict_violation", "a change of what was written"),
        refused(f"DELETE FROM {name} WHERE id = -1;", "restrict_violation", "a deletion"),
    ]


def _deleted(table: Table, _guard: Guard, _model: Model) -> tuple[str, list[str]]:
    delete = f"DELETE FROM {quote(table.name)} WHERE id = -1;"
    return f"{table.name}: a row is deleted for good", [
        refused(delete, "restrict_violation", "a deletion")
    ]


def _full(table: Table, guard: Guard, model: Model) -> tuple[str, list[str]]:
    """With one place, the second is refused; a second place takes it."""
    above = quote(guard.table)
    others = [k for k in table.links if k.column != guard.column and k.required]
    extra = [
        insert(model, model.by_name[k.table], 3, _on_first(model, model.by_name[k.table]))
        for k in others
        if k.table not in {table.name, guard.table}
    ]
    extra = list(dict.fromkeys(extra))
    links = {guard.column: "-1"} | {
        k.column: "-3" if k.table not in {table.name, guard.table} else "-1" for k in others
    }
    links |= {model.tenant_column: "-1"} if table in model.apart else {}
    links |= {c: "-1" for c in table.either[:1] if c not in links}
    second = insert(model, table, 3, {**links, **_apart_in_time(table)})
    return f"{table.name}: one more than the capacity of its {guard.column.removesuffix('_id')}", [
        f"UPDATE {above} SET {guard.figure} = 1 WHERE id = -1;",
        *extra,
        refused(second, "check_violation", "one more than there are places"),
        "-- With a second place it is taken.",
        f"UPDATE {above} SET {guard.figure} = 2 WHERE id = -1;",
        second,
    ]


def _apart_in_time(table: Table) -> dict[str, str]:
    """Times at which nothing of the first row is taken."""
    if not table.exclusive or table.times_of:
        return {}
    if table.span.type == "daterange":
        return {table.span.starts: "'2031-01-01'", table.span.ends: "'2031-01-31'"}
    return {
        table.span.starts: "'2031-01-01 09:00+00'",
        table.span.ends: "'2031-01-01 10:00+00'",
    }


def _on_first(model: Model, table: Table) -> dict[str, str]:
    """What makes a third row of a table rest on the first rows of its parents."""
    changed = {k.column: "-1" for k in table.links if k.required}
    changed |= dict.fromkeys(table.either[:1], "-1")
    return {**changed, model.tenant_column: "-1"} if table in model.apart else changed


def _summed(table: Table, guard: Guard, model: Model) -> tuple[str, list[str]]:
    """What is entered is added up; more than is there is refused where that is the rule."""
    row = insert(model, table, 1, {"amount": "5"})
    name, figure = quote(guard.table), guard.figure
    lines = [
        f"CREATE TEMPORARY TABLE was ON COMMIT DROP AS SELECT {figure} AS sum FROM {name} "
        "WHERE id = -1;",
        row,
        f"DO $$ BEGIN\n  IF (SELECT {figure} FROM {name} WHERE id = -1)\n"
        "    <> (SELECT sum + 5 FROM was) THEN\n"
        f"    RAISE EXCEPTION '{figure} is not the sum of what was entered';\n  END IF;\nEND $$;",
    ]
    if guard.floor:
        more = insert(model, table, 2, {**_on_first(model, table), "id": "-2", "amount": "-1000"})
        lines.append(refused(more, "check_violation", f"a {figure} below zero"))
    return f"{guard.table}.{figure}: the sum of its {table.name}, never less than is there", lines


def _kept(table: Table, guard: Guard, _model: Model) -> tuple[str, list[str]]:
    status = next(c for c in table.columns if c.name == "status")
    other = next((v for v in status.check.split("'")[1::2] if f"'{v}'" != status.sample), "changed")
    return f"{table.name}.status: each change is kept with who and when", [
        f"UPDATE {quote(table.name)} SET status = '{other}' WHERE id = -1;",
        f"DO $$ BEGIN\n  IF (SELECT count(*) FROM {quote(guard.table)} WHERE {guard.column} = -1\n"
        f"      AND status = '{other}' AND changed_by <> '') <> 1 THEN\n"
        "    RAISE EXCEPTION 'the change was not kept';\n  END IF;\nEND $$;",
    ]


def _audited(table: Table, guard: Guard, _model: Model) -> tuple[str, list[str]]:
    column = quote(table.columns[-1].name)
    return f"{table.name}: who changed what is kept", [
        f"UPDATE {quote(table.name)} SET {column} = {column} WHERE id = -1;",
        f"DO $$ BEGIN\n  IF NOT EXISTS (SELECT FROM {quote(guard.table)}\n"
        f"      WHERE table_name = '{table.name}' AND row_id = -1 AND before IS NOT NULL) THEN\n"
        "    RAISE EXCEPTION 'the change was not kept';\n  END IF;\nEND $$;",
    ]


def _stocked(table: Table, guard: Guard, model: Model) -> tuple[str, list[str]]:
    """With two units: two acts after one another, then one that is out during both."""
    act_link = next(k for k in table.links if k.column == guard.figure)
    act, unit = model.by_name[act_link.table], model.by_name[guard.table]
    apart = {model.tenant_column: "-1"} if table in model.apart else {}
    hours = (("09:00", "10:00"), ("10:00", "11:00"), ("09:30", "10:30"), ("09:30", "10:30"))
    lines = [insert(model, unit, 2, {**_on_first(model, unit), "id": "-2"})]  # one is there
    for n, (starts, ends) in enumerate(hours, start=1):
        times = {
            "starts_at": f"'2030-01-01 {starts}+00'",
            "ends_at": f"'2030-01-01 {ends}+00'",
        }
        if n > 1:  # the first stands there already
            lines.append(insert(model, act, n, {**_on_first(model, act), **times}))
        row = insert(
            model,
            table,
            n,
            {
                **_on_first(model, table),
                **apart,
                guard.figure: f"-{n}",
                "id": f"-{n}",
                "quantity": "1",
            },
        )
        last = n == len(hours)
        lines.append(refused(row, "check_violation", "a third of two at one time") if last else row)
    return f"{table.name}: more at one time than there are {guard.table}", lines
