"""What is said of a database once every verdict is in: answer, steps, bill, pictures, questions."""

import re
from collections.abc import Iterator
from dataclasses import replace

from blueproof.advisors.postgres.database import Database
from blueproof.advisors.postgres.parts import answering
from blueproof.advisors.postgres.parts.alarm import is_security
from blueproof.advisors.postgres.parts.beyond_page import beyond_pages
from blueproof.advisors.postgres.parts.drawing import changed_tables
from blueproof.advisors.postgres.parts.leaving import left_alone, state
from blueproof.advisors.postgres.parts.policy_change import is_policy
from blueproof.advisors.postgres.parts.row_security import closing_steps, judge
from blueproof.advisors.postgres.parts.setting import is_setting, setting_step
from blueproof.advisors.postgres.parts.statistics_advice import is_statistics
from blueproof.advisors.postgres.parts.timed import (
    not_repeated,
    said_of_times,
    timing_chart,
    timing_file,
    timings,
)
from blueproof.advisors.postgres.parts.told_slow import slow_questions
from blueproof.advisors.postgres.parts.told_twice import said_twice, told_twice
from blueproof.advisors.postgres.parts.trigrams import index_bytes
from blueproof.advisors.postgres.parts.tuned import tuned_changes, tuned_queries
from blueproof.core.advice import Artifact, Finding, QueryChange, Recommendation, Step
from blueproof.core.blueprint import Bar, Chart, Conclusion, Draft, Proof
from blueproof.core.claim import AccessRefused, Claim, CostFalls, SumsTo
from blueproof.core.money import Bill
from blueproof.core.question import Question
from blueproof.core.scene import Excerpt
from blueproof.costs.bill_file import write_bills
from blueproof.costs.rds import storage_bill
from blueproof.sql.names import quote, quote_table
from blueproof.sql.rowcounts import RowCount

BILL = "bill.yaml"
_GROWTH = (1, 10)
_MOST_BARS = 12
_SHORT = 420
_MADE = re.compile(r"CREATE INDEX CONCURRENTLY IF NOT EXISTS (\"(?:[^\"]|\"\")+\"|\S+)")
_HORIZONS = ("now", "next", "later")


def conclude(
    before: Database,
    database: Database,
    counts: tuple[RowCount, ...],
    draft: Draft,
    proofs: tuple[Proof, ...],
) -> Conclusion:
    """The conclusion of a draft whose advice has all been proved, or at least not refuted.

    `before` is the database as it was handed over, `database` as the advice leaves it.
    """
    timed = timings(before, database, draft)
    queries = tuple(tuned_queries(before, database, draft, timed.by_query if timed else {}))
    judged = tuple(judge(finding, proofs) for finding in draft.findings)
    bills = _bills(database, draft.recommendations)
    text = write_bills(bills) if bills else ""
    bill = (Artifact(path=BILL, purpose="the bill, to be added up again", text=text),)
    claims: tuple[Claim, ...] = (SumsTo(bill=Excerpt(text=text, path=BILL)),)
    return Conclusion(
        answer=answering.answer(
            database, draft, proofs, on_rows=said_of_times(timed) if timed else ""
        ),
        bill=bills,
        steps=_in_order(draft.recommendations, judged),
        findings=(
            *judged,
            *said_twice(draft.brief.facts),
            *beyond_pages(database),
            *left_alone(database, draft),
        ),
        open_questions=_all_questions(database, draft, counts),
        artifacts=(*(bill if bills else ()), *((timing_file(timed),) if timed else ())),
        diagrams=changed_tables(database, draft.recommendations),
        charts=(*((timing_chart(timed),) if timed and timed.each else ()), *_charts(proofs)),
        not_proved=not_repeated(timed) if timed else (),
        claims=claims if bills else (),
        queries=queries,
        changes=tuple(tuned_changes(before, database, queries, draft)),
    )


def _bills(database: Database, advice: tuple[Recommendation, ...]) -> tuple[Bill, ...]:
    """What the new indexes take on disk, in dollars, as the rows are and with ten times as many."""
    made = [
        (r.slot, index_bytes(database, r))
        for r in advice
        if r.schema_change and "CREATE INDEX" in r.schema_change.text
    ]
    names = ("as many rows as now", "ten times the rows")
    return tuple(
        storage_bill(name, tuple((slot, bytes_ * factor) for slot, bytes_ in made))
        for name, factor in zip(names, _GROWTH, strict=True)
        if made
    )


def _in_order(
    advice: tuple[Recommendation, ...], findings: tuple[Finding, ...]
) -> tuple[Step, ...]:
    """What is open first, by our file and then what it does not close; then by when it is due."""
    first = tuple(r for r in advice if is_security(r))
    closed = frozenset(c.table for r in first for c in r.claims if isinstance(c, AccessRefused))
    rest = tuple(r for r in advice if r not in first)
    return (
        *_steps(first),
        *closing_steps(findings, closed),
        *sorted(_steps(rest), key=lambda s: _HORIZONS.index(s.horizon)),
    )


def _steps(advice: tuple[Recommendation, ...]) -> Iterator[Step]:
    rewrites = (r for r in advice if any(f.startswith("queries/") for f in r.artifacts))
    shown = _shown(tuple(r.query_change for r in rewrites if r.query_change))
    for each in advice:
        migrations = [f for f in each.artifacts if f.startswith("migrations/")]
        if migrations:
            yield _migration_step(each, migrations[0], migrations[-1])
        if is_setting(each):
            yield setting_step(each)
        for path in (f for f in each.artifacts if f.startswith("batches/")):
            yield Step(
                do=f'psql "$DATABASE_URL" -f {path}',
                horizon="now",
                check="the rows it is for are fewer after each batch, and none waits for long",
                undo="none: what is deleted or changed stays so; keep a backup",
                needs=(each.slot,),
            )
        for path in (f for f in each.artifacts if f.startswith("queries/")):
            yield Step(
                do=f"Put {path} in place of {each.slot.removeprefix('rewrite of ')}{shown}",
                horizon="now",
                check=f"EXPLAIN on your server reads as the plan after in the report ({each.slot})",
                undo="put the old query back; no data is touched",
                needs=(each.slot,),
            )


def _shown(changes: tuple[QueryChange, ...]) -> str:
    """The new text of the only query that is rewritten, where it is short."""
    text = " ".join(changes[0].rewritten.text.split()) if len(changes) == 1 else ""
    text = text.replace("EXISTS( ", "EXISTS (").replace("( ", "(").replace(" )", ")")
    return f": {text}" if 0 < len(text) <= _SHORT else ""


def _migration_step(advice: Recommendation, forward: str, back: str) -> Step:
    name = forward.removeprefix("migrations/").removesuffix(".sql")
    dropping = name.startswith("drop_")
    table = quote_table(advice.table)
    used = (
        "SELECT indexrelname, idx_scan FROM pg_stat_user_indexes "
        f"WHERE relid = '{table}'::regclass;"
    )
    counted = f"SELECT count(*) FROM pg_statistic_ext WHERE stxname = '{name}';"
    policies = (
        "SELECT tablename, policyname, roles, cmd, qual, with_check FROM pg_policies "
        "WHERE schemaname = 'public' ORDER BY 1, 2;  -- as the file says; then try your app"
    )
    check = (
        policies
        if is_security(advice)
        else f"{used}  -- the index that stays is used instead"
        if dropping
        else f"SELECT polname, pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polrelid = "
        f"'{table}'::regclass;  -- each call stands in a SELECT of its own"
        if is_policy(advice)
        else f"{counted}  -- 1; make them before the indexes below"
        if is_statistics(advice)
        else f"{_is_valid(advice, name)}  -- t is right; with f, take it back and try again"
    )
    return Step(
        do=f'psql "$DATABASE_URL" -f {forward}',
        horizon=answering.horizon(advice),
        check=check,
        undo=f'psql "$DATABASE_URL" -f {back}',
        needs=(advice.slot,),
    )


def _is_valid(advice: Recommendation, name: str) -> str:
    """The query that tells whether each index of a migration could be built."""
    text = advice.schema_change.text if advice.schema_change else ""
    made = _MADE.findall(text)
    if len(made) > 1 and "ATTACH PARTITION" not in text:
        those = ", ".join(f"'{each}'::regclass" for each in made)
        return (
            f"SELECT indexrelid::regclass, indisvalid FROM pg_index WHERE indexrelid IN ({those});"
        )
    return f"SELECT indisvalid FROM pg_index WHERE indexrelid = '{quote(name)}'::regclass;"


def _all_questions(
    database: Database, draft: Draft, counts: tuple[RowCount, ...]
) -> tuple[Question, ...]:
    """The plans of queries that are slow without a reason found, counts told twice, then rows."""
    slow = tuple(q for q in database.queries if q.plan and state(q, database, draft) == "slow")
    told = (q for q in slow if q.query.remark.complaint)
    first = (*slow_questions(told), *told_twice(draft.brief.facts, counts))
    rest = _questions(draft.recommendations, counts)
    asked = {q.key for q in first}
    kept = (*first, *(q for q in rest if q.key not in asked))
    return tuple(replace(q, id=str(n)) for n, q in enumerate(kept, start=1))


def _questions(
    advice: tuple[Recommendation, ...], counts: tuple[RowCount, ...]
) -> tuple[Question, ...]:
    """A question for each assumed row count on which advice hangs, most advice first."""
    hanging: dict[str, list[tuple[float, str]]] = {}
    for each in advice:
        for flip in each.flips:
            if isinstance(flip.at, str):
                continue
            hanging.setdefault(flip.fact.removeprefix("scale.rows."), []).append(
                (flip.at, each.slot)
            )
    assumed = {c.table: c.rows for c in counts if c.basis == "assumed"}
    ranked = sorted(
        (t for t in hanging if t in assumed),
        key=lambda t: (-len(hanging[t]), assumed[t] / max(h[0] for h in hanging[t]), t),
    )
    return tuple(
        _question(str(number), table, assumed[table], hanging[table])
        for number, table in enumerate(ranked, start=1)
    )


def _question(number: str, table: str, rows: int, hanging: list[tuple[float, str]]) -> Question:
    most, slot = max(hanging)
    short = slot.removeprefix("rewrite of ").removeprefix("index on ")
    return Question(
        id=number,
        ask=f"How many rows does {table} have?",
        why=f"{rows:,} is assumed; below {most:,.0f}, leave out the advice on {short}",
        key=f"scale.rows.{table}",
        options=tuple(f"{int(n):,}" for n in sorted({most // 2 or 1, rows, rows * 10})),
        default=f"{rows:,}",
        changes=tuple(slot for _, slot in hanging),
        command="SELECT reltuples::bigint FROM pg_class "
        f"WHERE oid = '{quote_table(table)}'::regclass;",
    )


def _charts(proofs: tuple[Proof, ...]) -> tuple[Chart, ...]:
    """Planner cost of each query that advice makes cheaper, before and after."""
    bars: dict[str, Bar] = {}
    for proof in proofs:
        claim = proof.claim
        if not isinstance(claim, CostFalls) or proof.verdict != "proved":
            continue
        label = claim.query.name
        before, after = proof.measure("cost before"), proof.measure("cost after")
        if label and before is not None and after is not None:
            first = bars.get(label)
            bars[label] = Bar(
                label=label,
                before=max(before, first.before) if first else before,
                after=min(after, first.after) if first else after,
            )
    title = "Planner cost of a query, as it is and as advised"
    shown = tuple(sorted(bars.values(), key=lambda b: -b.before))[:_MOST_BARS]
    chart = Chart(id="costs", title=title, unit="planner cost units", bars=shown)
    return (chart,) if shown else ()
