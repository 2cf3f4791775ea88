"""Index the referencing side of a foreign key whose trigger takes the time.

The triggers of foreign keys run once for each row that is deleted or whose key is updated. Without
an index on the referencing column each run reads the whole referencing table; the plan of the
DELETE itself shows nothing of it but the trigger's time.
"""

import re
from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, matters
from blueproof.advisors.plan.sources import FOREIGN_KEY
from blueproof.advisors.plan.wording import number, of_total, shown_ms
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import ReadPlan, Trigger

ID = "plan-trigger"
_SHARE = 0.1  # of the execution
_GUESSED = re.compile(r"^(?P<table>.+?)_(?P<column>[a-z0-9]+(?:_id)?)_fkey\d*$")
_FIND = (
    "SELECT conrelid::regclass, pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = '{}'"
)


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """An index for each foreign key's trigger that takes long, a look at each other trigger."""
    for trigger in plan.triggers:
        if trigger.ms >= _SHARE * plan.total_ms and matters(plan, trigger.ms, trigger.calls):
            yield _advise(plan, trigger)


def _advise(plan: ReadPlan, trigger: Trigger) -> Remedy:
    name = trigger.constraint or trigger.name
    each = shown_ms(trigger.ms / max(trigger.calls, 1))
    return Remedy(
        rule=ID,
        slot=f"trigger {name}",
        choice=_key(trigger)
        if trigger.constraint
        else f"Look into what trigger {name} runs: {each} a row",
        because=(
            f"trigger {name} takes {of_total(plan, trigger.ms)}: {number(trigger.calls)} calls of "
            f"{each}",
            "a foreign key's check is one indexed lookup; at so long a call it reads a whole table"
            if trigger.constraint
            else "it is code of yours that runs for every row",
        ),
        evidence=(FOREIGN_KEY,),
        milliseconds=trigger.ms,
        shown_by=f"the time of trigger {name} falls under a tenth of a millisecond a call",
    )


def _key(trigger: Trigger) -> str:
    """The index, as far as the constraint's name tells table and column, else how to find both."""
    found = _GUESSED.match(trigger.constraint)
    look = _FIND.format(trigger.constraint.replace("'", "''"))
    if found is None:
        return f"Index the column that references: {look};"
    table, column = found["table"], found["column"]
    return f"CREATE INDEX CONCURRENTLY ON {table} ({column}); (by the key's name; sure: {look})"


RULE = Rule(
    id=ID,
    stage="query",
    title="Index the referencing side of a foreign key whose trigger takes the time",
    guide=__doc__ or "",
    evidence=(FOREIGN_KEY,),
    check=check,
    cases=(
        Case(
            name="deleting customers with orders that have no index",
            given="""\
Delete on customers  (cost=0..9 rows=0 width=0) (actual time=5..5 rows=0 loops=1)
  ->  Seq Scan on customers  (cost=0..9 rows=9 width=6) (actual time=1..4 rows=90 loops=1)
        Filter: (id < 90)
Trigger for constraint orders_customer_id_fkey: time=9000.0 calls=90
Execution Time: 9006.0 ms
""",
        ),
        Case(
            name="a quick check",
            given="""\
Delete on customers  (cost=0..9 rows=0 width=0) (actual time=5..5 rows=0 loops=1)
  ->  Seq Scan on customers  (cost=0..9 rows=9 width=6) (actual time=1..4 rows=90 loops=1)
        Filter: (id < 90)
Trigger for constraint orders_customer_id_fkey: time=0.2 calls=90
Execution Time: 6.0 ms
""",
            fires=False,
        ),
    ),
)
