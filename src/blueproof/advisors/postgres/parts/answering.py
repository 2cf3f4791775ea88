"""The answer in a sentence or two, and what is left as it is."""

import re
from typing import Literal

from blueproof.advisors.postgres.database import Database
from blueproof.advisors.postgres.parts.alarm import alarm, is_security
from blueproof.advisors.postgres.parts.heaviest import heaviest, spent
from blueproof.advisors.postgres.parts.leaving import state
from blueproof.advisors.postgres.parts.policy_change import is_policy
from blueproof.advisors.postgres.parts.row_security import RULE_ID as ROW_SECURITY
from blueproof.advisors.postgres.parts.setting import is_setting
from blueproof.advisors.postgres.parts.statistics_advice import is_statistics
from blueproof.advisors.postgres.parts.wording import cost, count, listed, times
from blueproof.core.advice import Recommendation
from blueproof.core.blueprint import Draft, Proof
from blueproof.core.claim import AccessRefused, CostFalls
from blueproof.sql.batches import BATCH

_DROPS = ("pg-redundant-index", "pg-unused-index")
_KEY = "pg-foreign-key-index"
_BATCHES = "pg-large-write"
_SHORT = 80
_OF_POLICIES = re.compile(
    r"\b(?:rls|row.level.security|polic(?:y|ies)|wrong|hole|secure|safe|fine|check|ok(?:ay)?)\b",
    re.IGNORECASE,
)
_CHEAP = "Slow by your words and cheap by the planner, so send their plans"
_SCHEMA_ONLY = "No queries were handed over, so the schema alone is judged."


def answer(
    database: Database, draft: Draft, proofs: tuple[Proof, ...], *, on_rows: str = ""
) -> str:
    """What to do and what it brings, with the figure that decides; or that nothing need change.

    `on_rows` says how long the queries take on a copy, if one was measured on.
    """
    opened = alarm(draft, proofs) or _guarded(draft, proofs)
    rest = tuple(r for r in draft.recommendations if not is_security(r))
    if not rest:
        return opened.strip() if draft.recommendations else opened + _nothing(database, draft)
    most = _most(database, proofs, draft)
    most = most or _of_deletes(database, rest)
    first, second = (on_rows, most) if on_rows else (most, "")
    brings = f": {first}" if first else ""
    more = f" The largest gain: {second}." if second else ""
    by_time = heaviest(database)
    opened += f"{by_time[0].upper()}{by_time[1:]}. " if by_time else ""
    said = f"{_doing(rest)}{brings}.{more}{_looped(rest)}{_untried(database, draft)}"
    if not database.queries:
        if opened and all(horizon(r) == "later" for r in rest):
            return f"{opened}What can wait: {said[0].lower()}{said[1:]}"
        return f"{opened}{said}{_freed(rest)} {_SCHEMA_ONLY}"
    return f"{opened}{said}{_others(database, draft)}"


def _looped(advice: tuple[Recommendation, ...]) -> str:
    """The queries that are to be run once for all keys, in place of a loop."""
    looped = (r.slot for r in advice if r.rule == "pg-told-loop")
    names = tuple(slot.removeprefix("rewrite of ") for slot in looped)
    return f" In place of the loop, all keys in one query: {listed(names)}." if names else ""


def _untried(database: Database, draft: Draft) -> str:
    """The indexes that could not be tried here, and what is missing."""
    slots = {change.slot for change in database.untried}
    tables = tuple(r.table for r in draft.recommendations if r.slot in slots)
    if not tables:
        return ""
    which = "index" if len(tables) == 1 else "indexes"
    verb = "needs" if len(tables) == 1 else "need"
    return (
        f" Not tried here, so not proved: the {which} on {listed(tuple(dict.fromkeys(tables)))} "
        f"that {verb} an extension (blueproof doctor --install extensions)."
    )


def _others(database: Database, draft: Draft) -> str:
    """The queries without advice: right, unsolved, not judged, not planned."""
    states = {q.name: state(q, database, draft) for q in database.queries if q.plan}
    words = (
        ("right", "Right as they are", "Right as it is"),
        ("dear", "Not worth what writes would pay", "Not worth what writes would pay"),
        ("unsolved", "Nothing found for", "Nothing found for"),
        ("slow", _CHEAP, _CHEAP),
        ("doubtful", "Not judged", "Not judged"),
    )
    said = ""
    for kind, several, one in words:
        names = tuple(name for name, found in states.items() if found == kind)
        if names:
            said += f" {one if len(names) == 1 else several}: {listed(names)}."
    unplanned = tuple(q.name for q in database.queries if q.plan is None)
    return said + (f" Could not be planned: {listed(unplanned)}." if unplanned else "")


def _nothing(database: Database, draft: Draft) -> str:
    planned = [q for q in database.queries if q.plan]
    if not database.queries:
        return (
            "Change nothing in the schema by itself: every foreign key that would gain has its "
            "index, and no index repeats another. Hand over your queries to have them judged."
        )
    if not planned or any(state(q, database, draft) != "right" for q in planned):
        return f"No change is proved to help.{_others(database, draft)}"
    each = "each of your" if len(planned) > 1 else "your"
    unplanned = tuple(q.name for q in database.queries if q.plan is None)
    tail = f" Could not be planned: {listed(unplanned)}." if unplanned else ""
    return (
        f"Change nothing: the planner already serves {each} "
        f"{count(len(planned), 'query', 'queries')} as well as any index we tried, and no index "
        f"repeats another.{tail}"
    )


def _guarded(draft: Draft, proofs: tuple[Proof, ...]) -> str:
    """That policies hold, with what was tried, where the words ask of them and nothing is open."""
    tried = [p for p in proofs if isinstance(p.claim, AccessRefused)]
    unread = [f for f in draft.findings if f.rule == ROW_SECURITY and not f.proofs]
    asked = _OF_POLICIES.search(draft.brief.request)
    if not asked or not tried or unread or any(p.verdict != "proved" for p in tried):
        return ""
    tables = dict.fromkeys(p.claim.table for p in tried if isinstance(p.claim, AccessRefused))
    return (
        f"The policies hold on {listed(tuple(tables))}: {count(len(tried), 'attack')} tried on a "
        "real PostgreSQL, all refused. "
    )


def _doing(advice: tuple[Recommendation, ...]) -> str:
    """Make 2 indexes and rewrite 1 query now; make 7 indexes for foreign keys and drop 1 next."""
    now = tuple(r for r in advice if horizon(r) == "now")
    rest = tuple(r for r in advice if horizon(r) != "now")
    both = bool(now and rest)
    said = f"{_counted(now)} now; {_counted(rest)} next" if both else _counted(advice)
    return said[0].upper() + said[1:]


def _counted(advice: tuple[Recommendation, ...]) -> str:
    """The changes by kind: make 2 indexes, rewrite 1 query and drop 1 index."""
    batched = sum(r.rule == _BATCHES for r in advice)
    changes = (r for r in advice if r.query_change is not None and r.rule != _BATCHES)
    titles = tuple(r.choice.partition(": ")[0] for r in changes)
    rewrites = len(titles)
    how = f" ({titles[0][0].lower()}{titles[0][1:]})" if rewrites == 1 else ""
    drops = sum(r.rule in _DROPS for r in advice)
    keys = sum(r.rule == _KEY for r in advice)
    told = sum(is_statistics(r) for r in advice)
    settings = sum(is_setting(r) for r in advice)
    policies = sum(is_policy(r) for r in advice)
    makes = len(advice) - rewrites - batched - drops - told - settings - policies
    for_keys = "a foreign key" if keys == 1 else "foreign keys"
    some = f"{keys} of them for {for_keys}" if keys < makes else f"for {for_keys}"
    noted = f" ({some})" if keys else ""
    parts = (
        (
            makes,
            f"make {count(makes, 'index', 'indexes')}{_on(advice) if makes == 1 else ''}{noted}",
        ),
        (told, f"create statistics for {count(told, 'group')} of columns"),
        (policies, f"change the policies of {count(policies, 'table')}"),
        (rewrites, f"rewrite {count(rewrites, 'query', 'queries')}{how}"),
        (batched, f"run {count(batched, 'query', 'queries')} in batches of {BATCH:,} rows"),
        (settings, f"change {count(settings, 'setting')}"),
        (drops, f"drop {count(drops, 'index', 'indexes')}"),
    )
    return listed(tuple(text for number, text in parts if number), most=len(parts))


def _on(advice: tuple[Recommendation, ...]) -> str:
    """The table and columns of the only index, where no foreign key speaks of them anyway."""
    made = (r for r in advice if r.schema_change and r.rule not in (*_DROPS, _KEY))
    on = next((r.slot.removeprefix("index ") for r in made if r.slot.startswith("index on ")), "")
    return f" {on}" if 0 < len(on) <= _SHORT else ""


def _freed(advice: tuple[Recommendation, ...]) -> str:
    """What the index changes are about, where no query speaks for them."""
    drops = [r for r in advice if r.rule == "pg-redundant-index"]
    makes = [r for r in advice if r.rule == _KEY]
    said = ""
    if makes:
        first = makes[0].slot.removeprefix("index on ")
        one = len(makes) == 1
        what = "The new index serves a foreign key" if one else "The new ones serve foreign keys"
        said += f" {what} whose parent rows are dear to delete, first {first}."
    if drops:
        which = "the dropped one" if len(drops) == 1 else "each dropped one"
        said += f" Another index begins with the same columns as {which}."
    return said


def _most(database: Database, proofs: tuple[Proof, ...], draft: Draft) -> str:
    """The largest gain, with the query's name, what brings it, and the rows from which it holds.

    A query that the words name comes first, or takes most of the time that is told: it is the one
    that hurts. Else the one whose cost falls by most, and not by the largest factor: what is cheap
    already is no less cheap a hundred times over.
    """
    request = draft.brief.request
    took = {q.name: spent(q.query) for q in database.queries}
    falls = [
        (p.measure("factor") or 0.0, p.claim.query.name, p)
        for p in proofs
        if isinstance(p.claim, CostFalls) and p.claim.query.name and p.verdict == "proved"
    ]
    if not falls:
        return ""
    # What stands on row counts that the person gave says more than any guess.
    factor, name, proof = max(
        falls,
        key=lambda f: (
            _is_named(f[1], request),
            took.get(f[1], 0.0),
            f[2].basis == "given statistics",
            _saved(f[2]),
        ),
    )
    before, after = proof.measure("cost before") or 0.0, proof.measure("cost after") or 0.0
    return (
        f"{name} gets {times(factor)} times cheaper for the planner ({cost(before)} to "
        f"{cost(after)}){_by(proof, draft)}, {proof.condition or 'at your row counts'}"
    )


def _saved(proof: Proof) -> float:
    return (proof.measure("cost before") or 0.0) - (proof.measure("cost after") or 0.0)


def _by(proof: Proof, draft: Draft) -> str:
    """The index that brings a gain, where there is more than one advice to choose from."""
    made = [r for r in draft.recommendations if r.schema_change or r.query_change]
    by = next((r.slot for r in made if proof.claim in r.claims), "")
    if len(made) <= 1 or not by.startswith("index on ") or len(by) > _SHORT:
        return ""
    return f" with an {by}"


def _of_deletes(database: Database, advice: tuple[Recommendation, ...]) -> str:
    """Which query deletes rows that another table refers to without an index, and what that reads.

    Of several such tables the largest.
    """
    keys = [r for r in advice if r.rule == _KEY and r.helps]
    if not keys:
        return ""
    worst = max(keys, key=lambda r: database.rows(r.table))
    on = worst.slot.removeprefix("index on ")
    rest = f", and so for {count(len(keys) - 1, 'other table')}" if keys[1:] else ""
    return (
        f"for each row that {worst.helps[0]} deletes, all {database.rows(worst.table):,} rows of "
        f"{worst.table} are read, as no index leads with {on}{rest}"
    )


def _is_named(query: str, request: str) -> bool:
    """Whether the words name a query: "Q3" of "Q3 daily revenue", or the whole of its name."""
    mark = query.split(maxsplit=1)[0]
    name = mark if any(c.isdigit() for c in mark) else query
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", request, re.IGNORECASE))


def horizon(advice: Recommendation) -> Literal["now", "next", "later"]:
    """Now where a query shown gains from it; later where only the schema speaks for it."""
    if advice.rule in _DROPS:
        return "next"
    if advice.rule != _KEY:
        return "now"
    pays, meant = "so it pays now", "meant to be deleted"
    text = " ".join(advice.because)
    return "now" if pays in text else "next" if meant in text else "later"
