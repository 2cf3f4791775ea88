"""The runbook of a change: every step with its lock, both versions, check, undo, and the tool."""

from collections.abc import Iterator

from blueproof.advisors.change.estimating import LOCK_SECONDS, estimate
from blueproof.advisors.change.kinds import tools
from blueproof.advisors.change.steps import Made
from blueproof.advisors.change.told import Told


def runbook(told: Told, steps: tuple[Made, ...]) -> str:
    """The whole page, in Markdown."""
    return "\n".join(_lines(told, steps)).rstrip() + "\n"


def _lines(told: Told, steps: tuple[Made, ...]) -> Iterator[str]:
    title = told.fill(told.kind.says)
    yield f"# {title}\n"
    yield (
        "Each file runs by itself, in this order; the next only when the check of the one before "
        f"gives 0. `SET lock_timeout = '{LOCK_SECONDS * 1000:.0f}ms'` stands in each that takes a "
        "strong lock: it gives up, before deadlock_timeout (1 s) ends somebody's transaction, "
        "rather than have everybody queue behind it, and is tried again.\n"
    )
    yield from _figures(told, steps)
    tool = tools().get(told.tool)
    if tool:
        yield f"## With {tool['name']}\n"
        yield f"- A step that runs in CONCURRENTLY: {tool['alone']}."
        yield f"- A step that did not get its lock: {tool['again']}."
        yield f"- The model: {tool['model']}.\n"
    if told.actions:
        yield "## In GitHub Actions\n"
        yield (
            "- One pull request a step: the job that migrates runs before the rollout, with "
            "`concurrency: migrate`, so that no two run at once."
        )
        yield "- The backfill runs from a shell that stays open, not from the job that deploys.\n"
    for step in steps:
        yield from _step(told, step)
    yield "## While it runs\n"
    yield (
        "- Who waits, and for whom: `SELECT pid, pg_blocking_pids(pid), wait_event_type, "
        "left(query, 60) FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0;`"
    )
    yield (
        "- Open transactions that would keep a step from its lock: `SELECT pid, now() - xact_start "
        "AS open, left(query, 60) FROM pg_stat_activity WHERE xact_start < now() - interval '1 "
        "minute';` End them, or wait, before CONCURRENTLY and before each lock."
    )
    yield (
        "- A step that locks two tables may meet a transaction of the app that takes them the "
        "other way round: PostgreSQL ends one of the two after 1 s with 40P01, which the app "
        "must repeat."
    )
    yield (
        "- Replicas: `SELECT application_name, replay_lag FROM pg_stat_replication;` the backfill "
        "waits while one lags more than 10 s."
    )


def _figures(told: Told, steps: tuple[Made, ...]) -> Iterator[str]:
    if not any(s.step.backfill for s in steps):
        return
    if not told.rows:
        yield "Time of the backfill: rows / 5,000 x 1 s (0.5 s of work, 0.5 s of pause; assumed).\n"
        return
    done = estimate(told)
    yield f"- Time of the backfill: {done.sum}; the batch's time is assumed."
    yield f"- Log: {done.log}; the row's size is assumed."
    yield f"- Dead rows: {done.bloat}.\n"


def _step(told: Told, step: Made) -> Iterator[str]:
    data = step.step
    yield f"## {step.number}. {step.does[0].upper()}{step.does[1:]}\n"
    tool = tools().get(told.tool or "psql", {})
    if data.release:
        if told.instances:
            yield f"- Rolled over {told.instances} instances, of which some are old meanwhile."
    elif data.backfill:
        yield (
            f'- Run: `psql "$DATABASE_URL" -f {step.path}`, in no migration and by no pipeline '
            "step with a time limit"
        )
        yield f"- Lock: {told.fill(_plain(data.lock))}"
    else:
        alone = "Not in a transaction." in step.sql
        how = told.fill(tool.get("each", "")).replace("{sql}", step.path)
        how = how.replace("{name}", step.name)
        apart = f"; {tool.get('alone', '')}" if alone else ""
        yield f"- Run: {how}{apart}"
        yield f"- Lock: {told.fill(data.lock)}"
    yield f"- The old version: {told.fill(data.old) or 'goes on'}"
    yield f"- The new version: {told.fill(data.new) or 'goes on'}"
    if step.check:
        yield f"- Before going on: {step.check if data.release else f'checks/{step.file} gives 0'}"
    undo = step.undo if data.release else (f"undo/{step.file}" if step.undo else "")
    yield f"- Undo: {undo or told.fill(data.no_undo) or _none(step)}\n"


def _plain(text: str) -> str:
    return text.replace("{batch_seconds}", "0.5")


def _none(step: Made) -> str:
    if step.step.backfill:
        return "nothing to undo, nobody reads it yet; stop it at any time"
    if "VALIDATE" in step.sql:
        return "nothing to undo: the constraint is the same, only valid"
    return "none but a backup; take one, and wait until no rollback is wanted"
