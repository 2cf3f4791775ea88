"""The recommendation to put another query in a query's place, with the index that it needs."""

import re
from dataclasses import dataclass, replace

from blueproof.advisors.postgres.choice import noticeable, worth
from blueproof.advisors.postgres.database import Change, Database, Planned, plan_query
from blueproof.advisors.postgres.parts.index_advice import file_claims, plan_uses, stated
from blueproof.advisors.postgres.parts.migration import Migration, NewIndex, create_index
from blueproof.advisors.postgres.parts.wording import cost, size, times
from blueproof.advisors.postgres.search import choose
from blueproof.core.advice import Alternative, Artifact, QueryChange, Recommendation
from blueproof.core.claim import Claim, CostFalls, Runs, SameRows
from blueproof.core.evidence import Citation
from blueproof.core.scene import Excerpt
from blueproof.sql.editing import renumbered

_VOLATILE = re.compile(
    r"\b(?:random|nextval|clock_timestamp|timeofday|gen_random_uuid|uuid_generate\w*|txid_current)"
    r"\s*\(",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Rewrite:
    """A query's new text, and what must be known to compare its rows with the old one's.

    `text` has the original's parameter numbers; `new` names the parameters beyond those, in
    order, which `seek` supplies. `compared` is the original as far as its order is fixed.
    """

    rule: str
    title: str
    text: str
    because: tuple[str, ...]
    evidence: tuple[Citation, ...]
    instead_of: tuple[Alternative, ...] = ()
    trade_offs: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    seek: str = ""
    compared: str = ""
    never_null: tuple[str, ...] = ()
    always: bool = False


def advise_rewrite(database: Database, query: Planned, rewrite: Rewrite) -> Recommendation | None:
    """The recommendation, or None where it makes the query no cheaper than it is.

    A query that gives other rows each time it runs has no other text that gives the same.
    """
    if _VOLATILE.search(query.query.text):
        return None
    text, order = renumbered(rewrite.text)
    new = _planned(database, query, rewrite, text, order)
    planned = plan_query(database.planner, new, database.made)
    if planned.plan is None:
        return None
    outcome = _measured(database, query, planned, order)
    gains = outcome.factor >= worth() and outcome.before >= noticeable()
    if not gains and not rewrite.always:
        return None
    return _recommendation(database, query, planned, rewrite, outcome)


@dataclass(frozen=True, kw_only=True)
class _Outcome:
    """What the planner said of a rewrite: costs, the index it needs, and what it builds on."""

    before: float
    after: float
    index: NewIndex | None
    migration: Migration | None
    order: tuple[int, ...]
    built_on: tuple[Change, ...] = ()

    @property
    def factor(self) -> float:
        """How many times cheaper the query gets."""
        return self.before / max(self.after, 0.01)


def _measured(
    database: Database, query: Planned, planned: Planned, order: tuple[int, ...]
) -> _Outcome:
    """Costs with nothing else changed, or on top of earlier advice where that brings more."""
    index = _index_for(database, planned)
    own = (index.bare,) if index else ()
    (before,) = database.planner.costs((query.query.text,))
    (after,) = database.planner.costs((planned.query.text,), own)
    outcome = _Outcome(
        before=before,
        after=after,
        index=index,
        migration=create_index(index, database.schema) if index else None,
        order=order,
    )
    earlier = database.changes_for(planned)
    if not earlier:
        return outcome
    (better,) = database.planner.costs((planned.query.text,), (*database.made, *own))
    if outcome.factor >= worth() and better > after / worth():
        return outcome
    return replace(outcome, before=query.cost, after=better, built_on=earlier)


def _file_name(database: Database, query: Planned) -> str:
    """The query's name as a file's; with its place where another query's would be the same."""
    slugs = [_slug(q.name) for q in database.queries]
    mine = _slug(query.name)
    return mine if mine and slugs.count(mine) == 1 else f"{mine or 'query'}_{query.query.ordinal}"


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _planned(
    database: Database, query: Planned, rewrite: Rewrite, text: str, order: tuple[int, ...]
) -> Planned:
    """The rewritten query as a query of its own, in a file of its own."""
    path = f"queries/{_file_name(database, query)}.sql"
    known = len(query.query.parameters)
    names = tuple(
        query.query.parameters[n - 1] if n <= known else rewrite.new[n - known - 1] for n in order
    )
    return replace(
        query,
        query=replace(query.query, text=text, written=text, parameters=names, path=path),
        excerpt=Excerpt(text=text, path=path, statement=1, name=f"{query.name} as rewritten"),
        slot=f"rewrite of {query.name}",
    )


def _index_for(database: Database, planned: Planned) -> NewIndex | None:
    """The one index that the rewritten query gains most from, if it gains enough."""
    alone = replace(database, queries=(planned,), clock=None)
    choices = choose(alone)
    if not choices:
        return None
    return replace(choices[0].index, purpose=f"Serves {planned.name} as rewritten.")


def _recommendation(
    database: Database, query: Planned, planned: Planned, rewrite: Rewrite, outcome: _Outcome
) -> Recommendation:
    migration, index = outcome.migration, outcome.index
    files = (_file(planned, rewrite), *(migration.artifacts if migration else ()))
    disk = (
        (f"index {index.name}: about {size(database.planner.index_bytes(index.bare))} on disk",)
        if index
        else ()
    )
    return Recommendation(
        slot=planned.slot,
        rule=rewrite.rule,
        choice=f"{rewrite.title}: {planned.query.path}"
        + (f", with index {index.name} on {index.short}" if index else ""),
        because=(*rewrite.because, _gain(outcome)),
        instead_of=rewrite.instead_of,
        trade_offs=(*rewrite.trade_offs, *disk),
        evidence=rewrite.evidence,
        claims=_claims(database, query, planned, rewrite, outcome),
        files=files,
        needs=tuple(dict.fromkeys(change.slot for change in outcome.built_on)),
        schema_change=migration.change if migration else None,
        table=index.table if index else "",
        regardless=rewrite.always,
        query_change=QueryChange(original=query.excerpt, rewritten=planned.excerpt),
    )


def _gain(outcome: _Outcome) -> str:
    if outcome.factor < worth():
        return (
            f"planner cost {cost(outcome.before)} before, {cost(outcome.after)} after: this is "
            "about right answers, not speed"
        )
    return (
        f"planner cost {cost(outcome.before)} before, {cost(outcome.after)} after: "
        f"{times(outcome.factor)} times less"
    )


def _file(planned: Planned, rewrite: Rewrite) -> Artifact:
    """The rewritten query, with a line on what each parameter is."""
    head = f"-- {planned.name}: {rewrite.title[0].lower()}{rewrite.title[1:]}.\n"
    named = [(f"${n}", name) for n, name in enumerate(planned.query.parameters, start=1)]
    renamed = any(place != name for place, name in named)
    names = ", ".join(f"{place} {_described(name)}" for place, name in named)
    parameters = f"-- Parameters: {names}.\n" if renamed else ""
    return Artifact(
        path=planned.query.path,
        purpose=f"takes the place of {planned.name}",
        text=f"{head}{parameters}{planned.query.text};\n",
    )


def _described(name: str) -> str:
    return f"is your {name}" if name.startswith("$") or " " not in name else f"is {name}"


def _claims(
    database: Database, query: Planned, planned: Planned, rewrite: Rewrite, outcome: _Outcome
) -> tuple[Claim, ...]:
    change = outcome.migration.change if outcome.migration else None
    after = tuple(c.file for c in outcome.built_on)
    same = SameRows(
        original=Excerpt(text=rewrite.compared) if rewrite.compared else query.excerpt,
        rewritten=planned.excerpt,
        parameters=_sources(query, outcome.order),
        seek=Excerpt(text=rewrite.seek) if rewrite.seek else None,
        never_null=rewrite.never_null,
        source=query.excerpt if rewrite.compared else None,
    )
    claims: list[Claim] = [Runs(sql=planned.excerpt), same]
    if outcome.factor >= worth():
        claims.append(
            CostFalls(
                query=query.excerpt,
                change=change,
                rewritten=planned.excerpt,
                factor=stated(outcome.factor),
                after=after,
            )
        )
    if outcome.index and outcome.migration:
        claims += plan_uses(outcome.index, outcome.migration, planned.excerpt, database, after)
        claims += file_claims(outcome.index, outcome.migration, database)
    return tuple(claims)


def _sources(query: Planned, order: tuple[int, ...]) -> tuple[str, ...]:
    """Where each parameter of the rewritten query takes its value from."""
    known = len(query.query.parameters)
    return tuple(f"${n}" if n <= known else f"seek {n - known}" for n in order)


def rewritten_query(
    database: Database, advice: Recommendation, change: QueryChange
) -> tuple[str, Planned]:
    """The name of the query that the advice rewrites, and what stands in its place."""
    old = next(q for q in database.queries if q.excerpt == change.original)
    text = change.rewritten.text
    new = replace(
        old,
        query=replace(old.query, text=text, written=text),
        excerpt=change.rewritten,
        slot=advice.slot,
    )
    return old.name, new
