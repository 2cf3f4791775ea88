"""What was guessed, what would change it, and what is worth asking."""

from collections.abc import Iterator
from dataclasses import replace

from blueproof.advisors.model.answering import LOOSE, OVERLAP, SEVERAL, asked_again
from blueproof.advisors.model.design import Model
from blueproof.advisors.model.nouns import column_name, plural
from blueproof.advisors.model.told import Told
from blueproof.core.brief import Assumption
from blueproof.core.question import Question

_ASK = "assumed; tell me if not"
_MOST_ASKED = 2


def listed(model: Model) -> str:
    """The tables' names."""
    return ", ".join(t.name for t in model.tables)


def assumptions(told: Told, model: Model) -> Iterator[Assumption]:
    """Everything that the words do not say."""
    for noun in told.nouns:
        guessed = [r.parent for r in told.relations if r.child == noun and r.why and not r.many]
        if guessed:
            yield Assumption(
                key=f"each {noun} is of one",
                value=", one ".join(guessed),
                why=f"{_ASK}: your words do not say it, and such things usually are",
            )
    if told.tenant_why:
        yield Assumption(key="kept apart by", value=told.tenant, why=f"{_ASK}: {told.tenant_why}")
    for table in model.tables:
        either = [link.column for link in table.links if not link.required and table.timed]
        if len(either) > 1:
            yield Assumption(
                key=f"{table.name}.{' and '.join(either)}",
                value="may be empty: one of them is taken, not all",
                why=_ASK,
            )
    if told.closed:
        yield Assumption(
            key="who may read and write",
            value="nobody yet: row-level security is on in every table, and no policy is written",
            why="tell me for each table who may read and who may write",
        )
    if told.isolation == "supabase":
        yield Assumption(
            key=f"who may see a {told.tenant}",
            value=f"its members, by {model.members}",
            why=f"{_ASK}: any member reads and writes all of its rows",
        )
    added = [
        f"{t.name} ({', '.join(names)})"
        for t in model.tables
        if (names := [c.name for c in t.columns if not c.said and c.name != "created_at"])
    ]
    if added:
        yield Assumption(
            key="columns that you did not name",
            value="; ".join(added),
            why=f"{_ASK}: what such a table seldom lacks",
        )
    if told.tenant:
        yield Assumption(
            key=f"one row for each {told.tenant}",
            value="yes",
            why=f"{_ASK}: who goes to two {plural(told.tenant)} has a row at each, so "
            "that neither sees the other's",
        )


def flips(told: Told) -> Iterator[str]:
    """What turns the model into another."""
    asked = asked_again(told)
    if asked:
        yield (
            f"where a {asked.child} may have several {plural(asked.parent)}, a table between the "
            f"two takes the place of {column_name(asked.parent)}"
        )
    if told.tenant:
        yield (
            f"where each {told.tenant} gets a database of its own, {column_name(told.tenant)} and "
            "the policies go"
        )
    if told.exclusive:
        yield (
            f"where several may share a {told.exclusive[-1]} at a time, its exclusion constraint "
            "goes, and a count takes its place"
        )


def questions(told: Told) -> Iterator[Question]:
    """At most two questions, of which each answer changes tables."""
    asked = []
    if told.loose:
        noun = told.loose[0]
        asked.append(
            Question(
                id="1",
                key=LOOSE,
                ask=f"What does a {noun} belong to?",
                why=f"your words name {plural(noun)} and do not say what they hang on",
                default="nothing",
                changes=("a foreign key and its index",),
            )
        )
    held = any(n.kind in {"overlap", "handed", "stocked", "capacity"} for n in told.needs)
    if told.booking and not told.exclusive and not held:
        asked.append(
            Question(
                id="1",
                key=OVERLAP,
                ask=f"May two {plural(told.booking)} overlap?",
                why="where not, the database can refuse it",
                default="yes",
                options=("yes", "no"),
                changes=("an exclusion constraint",),
            )
        )
    one = asked_again(told)
    if one:
        asked.append(
            Question(
                id="1",
                key=SEVERAL,
                ask=f"Can one {one.child} have several {plural(one.parent)}?",
                why="one was assumed",
                default="no",
                options=("no", "yes"),
                changes=("a table between the two",),
            )
        )
    for number, question in enumerate(asked[:_MOST_ASKED], start=1):
        yield replace(question, id=str(number))
