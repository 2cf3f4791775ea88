"""Why each record and rule is built as it is, and what would take its place."""

from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.advisors.model.design import Model
from blueproof.advisors.model.nouns import plural, table_name
from blueproof.advisors.model.told import Need, Told


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """A decision on a need: what is done, why, instead of what, and the file that shows it."""

    slot: str
    choice: str
    because: str
    instead: str
    check: str


def patterns(told: Told, model: Model) -> Iterator[Pattern]:
    """A decision for each need that found a place, and one for what is read often."""
    seen: set[str] = set()
    for need in told.needs:
        pattern = _of(need, model)
        if pattern and pattern.slot not in seen and table_name(need.noun) in model.by_name:
            seen.add(pattern.slot)
            yield pattern
    read = [t.name for t in model.tables if t.indexes]
    if read:
        yield Pattern(
            slot="reads",
            choice=f"Index what you read often, by your words, in {', '.join(read)}",
            because="each index leads with what is asked for and ends with the order in which it "
            "is shown, so the newest rows are read without sorting",
            instead="each index is written with every row: leave out what is read seldom",
            check="reads",
        )


def _of(need: Need, model: Model) -> Pattern | None:
    write = {
        "history": _history,
        "tree": _tree,
        "either": _either,
        "unique": _unique,
        "append": _append,
        "states": _states,
        "movements": _movements,
        "capacity": _capacity,
        "languages": _languages,
        "soft": _soft,
        "audit": _audit,
        "handed": _handed,
        "stocked": _stocked,
    }
    return write[need.kind](need, model) if need.kind in write else None


def _history(need: Need, model: Model) -> Pattern:
    dated = next(
        (t.name for t in model.tables if any(c.name == "valid_from" for c in t.columns)), ""
    )
    kept = [t.name for t in model.tables if any(c.name == "agreed_price" for c in t.columns)]
    copied = f"; what was agreed is copied to {', '.join(kept)}" if kept else ""
    return Pattern(
        slot=f"history-{dated}",
        choice=f"Keep each price of a {need.noun} with the days on which it holds, in "
        f"{dated}{copied}",
        because="a price that is overwritten changes what was sold yesterday; no two prices hold "
        "on the same day",
        instead="where only the present price matters, one column will do",
        check="bookings",
    )


def _tree(need: Need, _model: Model) -> Pattern:
    name = table_name(need.noun)
    return Pattern(
        slot=f"tree-{name}",
        choice=f"Nest {plural(need.noun)} by parent_id, read with WITH RECURSIVE",
        because="moving a branch is one UPDATE, and a row can have no parent that is not there",
        instead="ltree paths where whole branches are read far more often than they are moved; "
        "a circle over several rows is not refused by a constraint",
        check="values",
    )


def _either(need: Need, _model: Model) -> Pattern:
    things = " or a ".join(need.of)
    return Pattern(
        slot=f"either-{table_name(need.noun)}",
        choice=f"Let a {need.noun} be of a {things} by a foreign key each, of which exactly one is "
        "given",
        because="a type and a number without a foreign key can point at a row that is not there",
        instead=f"a table of {plural(need.noun)} for each, where they differ in their columns",
        check="values",
    )


def _unique(need: Need, _model: Model) -> Pattern:
    what = " and ".join((*need.of, *need.columns))
    return Pattern(
        slot=f"unique-{table_name(need.noun)}-{'-'.join((*need.of, *need.columns))}",
        choice=f"Allow one {need.noun} for each {what}, by a unique constraint",
        because="a look before the INSERT lets two through at once; the constraint does not",
        instead="a partial unique index where cancelled rows are not to count",
        check="once",
    )


def _append(need: Need, _model: Model) -> Pattern:
    name = table_name(need.noun)
    return Pattern(
        slot=f"append-{name}",
        choice=f"Refuse UPDATE and DELETE on {name} by a trigger",
        because=f'you say "{need.words}"; a correction is a row of its own',
        instead="REVOKE UPDATE, DELETE from the app's role, where no other role writes",
        check="guards",
    )


def _states(need: Need, _model: Model) -> Pattern:
    return Pattern(
        slot=f"states-{table_name(need.noun)}",
        choice=f"Keep every status of a {need.noun} in {table_name(need.noun + ' status change')}, "
        "written by a trigger, with who and when",
        because="what the app forgets to write, the trigger writes",
        instead="the last status alone, where nobody asks how it came about",
        check="guards",
    )


def _movements(need: Need, model: Model) -> Pattern:
    name = table_name(need.noun)
    moves = next(
        (t.name for t in model.tables for g in t.guards if g.kind == "moves" and g.table == name),
        name,
    )
    figure = need.columns[0]
    return Pattern(
        slot=f"movements-{name}",
        choice=f"Enter every in and out in {moves}, and let a trigger alone write {name}.{figure}",
        because="the rows explain the figure, and the row lock of the UPDATE lets two takers of "
        "the last one wait for one another",
        instead="a bare counter is smaller and cannot be explained; a sum over all rows at each "
        "read needs no trigger and grows slow",
        check="guards",
    )


def _capacity(need: Need, _model: Model) -> Pattern:
    return Pattern(
        slot=f"capacity-{table_name(need.noun)}",
        choice=f"Count the {plural(need.noun)} of a {need.of[0]} in a trigger that locks the "
        f"{need.of[0]}",
        because="a count without the lock lets two take the last place at once",
        instead="a row for each place (numbered seats), where places differ: then a unique "
        "constraint does it",
        check="guards",
    )


def _languages(need: Need, _model: Model) -> Pattern:
    return Pattern(
        slot=f"languages-{table_name(need.noun)}",
        choice=f"Keep {', '.join(need.columns)} of a {need.noun} in a row for each language",
        because="a further language is rows, not a migration",
        instead="a column for each language, where there will never be a third",
        check="once",
    )


def _soft(need: Need, _model: Model) -> Pattern:
    return Pattern(
        slot="soft-delete",
        choice="Mark rows by deleted_at, and refuse DELETE by a trigger",
        because=f'you say "{need.words}"',
        instead="every query must then ask for deleted_at IS NULL: give the app views that do",
        check="guards",
    )


def _audit(need: Need, _model: Model) -> Pattern:
    return Pattern(
        slot=f"audit-{table_name(need.noun)}",
        choice=f"Write every change of {table_name(need.noun)} to audit_log by a trigger: before, "
        "after, who, when",
        because="what the app forgets to write, the trigger writes; the log itself is not changed",
        instead="history tables for each table, where old states are queried, not looked up",
        check="guards",
    )


def _handed(need: Need, _model: Model) -> Pattern:
    unit = need.of[0]
    name = table_name(f"{need.noun} {unit}")
    return Pattern(
        slot=f"handed-{name}",
        choice=f"Enter in {name} which {unit} is given for a {need.noun}, and when it goes out "
        "and comes back",
        because=f"a {need.noun} is of a kind and a number; the {unit} is known later, and each can "
        "come back on its own",
        instead=f"{unit}_id in the {need.noun} itself, where it is known from the start",
        check="bookings",
    )


def _stocked(need: Need, _model: Model) -> Pattern:
    model, unit = need.of
    return Pattern(
        slot=f"stocked-{table_name(need.noun)}",
        choice=f"Count, in a trigger that locks the {model}, the most that is out at one time "
        f"against its {plural(unit)}",
        because="no exclusion constraint counts, and a sum over all that overlap refuses some that "
        "are never out together",
        instead=f"a row for each {model} and day with CHECK (reserved <= there), where whole days "
        f"are booked; when the times of a {need.noun} are moved, its lines must be checked again",
        check="guards",
    )
