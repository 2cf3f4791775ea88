"""Trials of what a row passes through: steps, numbers without gaps, what is final."""

from blueproof.advisors.model.design import Guard, Model, Table
from blueproof.advisors.model.trialling import insert, refused
from blueproof.sql.names import quote

Tried = tuple[str, list[str]]


def stepped(table: Table, guard: Guard, _model: Model) -> Tried:
    """A step that is allowed is taken, one that is not is refused."""
    name, first = quote(table.name), guard.pairs[0][0]
    states = dict.fromkeys(s for pair in guard.pairs for s in pair)
    onward = [two for one, two in guard.pairs if one == first]
    wrong = next(s for s in states if s != first and (first, s) not in guard.pairs)
    jump = f"UPDATE {name} SET status = '{wrong}' WHERE id = -1;"
    return f"{table.name}.status: from {first} to {wrong}", [
        refused(jump, "check_violation", f"a step from {first} to {wrong}"),
        f"UPDATE {name} SET status = '{onward[0]}' WHERE id = -1;",
    ]


def numbered(table: Table, guard: Guard, model: Model) -> Tried:
    """Two numbers follow one another, one is not taken away, and none is made up."""
    name = quote(table.name)
    links = {k.column: "-1" for k in table.links if k.required}
    links |= {model.tenant_column: "-1"} if table in model.apart else {}
    done = next((c.check.split("'")[3] for c in table.columns if c.name == "status"), "")
    issue = f"UPDATE {name} SET status = '{done}' WHERE id = " if guard.floor else ""
    other = insert(model, table, 7, links)
    steps = [f"{issue}-1;", other, f"{issue}-7;"] if issue else [other]
    return f"{table.name}.number: given without a gap", [
        *steps,
        f"DO $$ BEGIN\n  IF (SELECT array_agg(number ORDER BY id DESC) FROM {name}\n"
        "      WHERE id IN (-1, -7)) IS DISTINCT FROM ARRAY[1, 2] THEN\n"
        "    RAISE EXCEPTION 'the numbers do not follow one another';\n  END IF;\nEND $$;",
        _refused_twice(f"DELETE FROM {name} WHERE id = -7;"),
        _refused_twice(f"UPDATE {name} SET number = 9 WHERE id = -7;"),
    ]


def _refused_twice(statement: str) -> str:
    """A statement that the counter's trigger refuses, or that on final rows does."""
    return refused(statement, "check_violation OR restrict_violation", "a gap in the numbers")


def final(table: Table, guard: Guard, model: Model) -> Tried:
    """What is no draft any more is not changed, nor are its lines."""
    above = model.by_name[guard.table] if guard.table else table
    status = next(c for c in above.columns if c.name == "status")
    done = status.check.split("'")[3]
    column = quote(next(c.name for c in reversed(table.columns) if c.name != "status"))
    issue = f"UPDATE {quote(above.name)} SET status = '{done}' WHERE id = -1;"
    change = f"UPDATE {quote(table.name)} SET {_other(table, column)} WHERE id = -1;"
    before = [] if guard.table else [change]
    return f"{table.name}: changed after it is {done}", [
        *before,
        issue,
        refused(change, "restrict_violation", "a change of what is final"),
        refused(
            f"DELETE FROM {quote(table.name)} WHERE id = -1;",
            "restrict_violation",
            "a deletion of what is final",
        ),
    ]


def _other(table: Table, column: str) -> str:
    """A change that changes something."""
    made = any(c.name == "created_at" for c in table.columns)
    return "created_at = created_at - interval '1 hour'" if made else f"{column} = {column}"
