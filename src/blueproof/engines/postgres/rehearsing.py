"""A change of tables in steps, carried out while the app before and the app after keep writing.

Of each statement three things are seen: the strongest lock that it holds on the tables that are in
use, how many of their rows it reads meanwhile, and whether a table's file becomes another. What
does not read a row under a lock takes as long on a large table as on a small one.
"""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.rehearsal_script import ALONE, Rehearsal, Stage, statements
from blueproof.engines.postgres.rehearsal_writers import Watcher, Writer
from blueproof.engines.postgres.server import Server, scratch
from blueproof.engines.postgres.session import Row, Session

MOST_SECONDS = 1.0  # that a lock may be held which stops writers: a machine may be busy
MOST_ALONE = 0.25  # the same where a statement has no transaction of ours, and is seen from beside
_NO_LOCK = "55P03"  # lock_timeout: somebody held the table
_TRIES, _PAUSE_SECONDS = 5, 0.3
_CYCLES = 2  # of each app after each step
# Active transaction, and a block that ends its own: CONCURRENTLY, a backfill that commits.
_IN_NONE = frozenset({"25001", "2D000"})
# From the weakest: what holds a writer back, and what readers, too.
_STOPS_WRITES = ("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock")
_HELD = """
SELECT l.relation::int8, l.mode FROM pg_locks l
WHERE l.pid = pg_backend_pid() AND l.granted AND l.locktype = 'relation'"""
_WATCHED = """
SELECT c.oid::int8 FROM pg_class c
WHERE c.relname::text = ANY ($1::text[]) AND c.relkind = 'r'"""
_READ = """
SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::int8
FROM pg_stat_xact_user_tables WHERE relid::int8 = ANY ($1::int8[])"""
_FILES = """
SELECT c.oid::int8, pg_relation_filenode(c.oid)::int8 FROM pg_class c
WHERE c.oid::int8 = ANY ($1::int8[]) ORDER BY 1"""
_SHAPE = """
SELECT 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
  || a.attnotnull::text || a.attidentity::text
  || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
  AND c.relkind IN ('r', 'p', 'v') AND a.attnum > 0 AND NOT a.attisdropped
  AND c.relnamespace::regnamespace::text NOT LIKE 'pg_%'
UNION ALL
SELECT 'table ' || oid::regclass::text || relkind::text FROM pg_class
WHERE relkind IN ('r', 'p', 'v') AND relnamespace::regnamespace::text !~ '^(pg_|information_)'
UNION ALL
SELECT 'constraint ' || conrelid::regclass::text || '.' || conname || ' '
  || replace(pg_get_constraintdef(oid), ' NOT VALID', '')
FROM pg_constraint WHERE conrelid <> 0 AND contype <> 'n'
  AND connamespace::regnamespace::text !~ '^(pg_|information_)'
UNION ALL
SELECT 'index ' || pg_get_indexdef(indexrelid) || indisvalid::text FROM pg_index
JOIN pg_class c ON c.oid = indrelid
WHERE c.relnamespace::regnamespace::text !~ '^(pg_|information_)'
UNION ALL
SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'function ' || oid::regprocedure::text || md5(prosrc) FROM pg_proc
WHERE pronamespace::regnamespace::text !~ '^(pg_|information_)'
UNION ALL
SELECT 'value ' || enumtypid::regtype::text || '.' || enumlabel FROM pg_enum
ORDER BY 1"""


@dataclass(kw_only=True)
class Seen:
    """What was seen: statements, rows written by each app, and what went wrong."""

    steps: int = 0
    statements: int = 0
    written: dict[str, int] = field(default_factory=dict)
    stopping: int = 0  # statements under a lock that stops writers, none of which read a row
    undone: int = 0
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class AtOnce:
    """What the change in one statement did: lock, rows read under it, rewritten, who broke."""

    lock: str = ""
    rows: int = 0
    rewritten: bool = False
    refused: str = ""
    breaks: str = ""

    @property
    def harms(self) -> bool:
        """Whether it may not be run on a live database."""
        return bool(self.refused or self.breaks or (self.lock and (self.rows or self.rewritten)))


@contextlib.contextmanager
def _stage(server: Server, rehearsal: Rehearsal) -> Iterator[str]:
    """A fresh database with the tables and rows of the rehearsal; its name."""
    with scratch(server) as name:
        with contextlib.closing(server.guest(name)) as guest:
            for statement in statements(rehearsal.tables):
                guest.run_one(statement)
            guest.run("ANALYZE")
        yield name


def rehearse(server: Server, rehearsal: Rehearsal) -> Seen:
    """Carry the steps out while the apps write; what is wrong is told, nothing raised for it."""
    seen = Seen()
    with _stage(server, rehearsal) as name, contextlib.ExitStack() as open_:
        guest = open_.enter_context(contextlib.closing(server.guest(name)))
        sessions = {
            app: open_.enter_context(contextlib.closing(server.guest(name)))
            for app in rehearsal.apps
        }
        eyes = open_.enter_context(contextlib.closing(server.guest(name)))
        for stage in rehearsal.stages:
            writers = [
                Writer(app, sessions[app], statements(rehearsal.apps[app])) for app in stage.beside
            ]
            for writer in writers:
                writer.begin()
            try:
                watched = _watched(guest, rehearsal)
                place = _Place(guest=guest, eyes=eyes, watched=watched, path=stage.path, seen=seen)
                _carry_out(place, stage)
                for writer in writers:
                    writer.await_cycles(_CYCLES)
            finally:
                for writer in writers:
                    writer.end()
            _note(seen, stage, writers)
            if not seen.wrong:
                _check(guest, stage, seen)
            if seen.wrong:
                return seen
        _differ(guest, rehearsal, seen)
    return seen


def _note(seen: Seen, stage: Stage, writers: list[Writer]) -> None:
    seen.steps += 1
    for writer in writers:
        seen.written[writer.app] = seen.written.get(writer.app, 0) + writer.cycles
        if writer.refusal:
            seen.wrong.append(f"{stage.path}: the {writer.app} app fails: {writer.refusal}")


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where a step is carried out: who does it, who looks on, the tables in use, what was seen."""

    guest: Session
    eyes: Session
    watched: tuple[int, ...]
    path: str
    seen: Seen

    def files(self) -> dict[int, int]:
        """The file of each table in use."""
        return _files(self.guest, self.watched)


def _carry_out(place: _Place, stage: Stage) -> None:
    """The statements of a step, in one transaction unless the step says that it is none."""
    texts, before = statements(stage.sql), place.files()
    try:
        for together in [(t,) for t in texts] if stage.alone else [texts]:
            if not _patiently(place, together):
                _from_beside(place, together[0])
    except ServerRefusal as refusal:
        with contextlib.suppress(ServerRefusal):
            place.guest.run("ROLLBACK")
        place.seen.wrong.append(f"{stage.path}: {refusal}")
        return
    if _is_rewritten(before, place.files()):
        place.seen.wrong.append(f"{stage.path}: a table is rewritten")


def _patiently(place: _Place, texts: tuple[str, ...]) -> bool:
    """Carry statements out as `_together`, again where a lock was not had in time."""
    seen = place.seen
    for _ in range(_TRIES - 1):
        counted = seen.statements, seen.stopping
        try:
            return _together(place, texts)
        except ServerRefusal as refusal:
            if refusal.code != _NO_LOCK:
                raise
            place.guest.run("ROLLBACK")
            seen.statements, seen.stopping = counted
            time.sleep(_PAUSE_SECONDS)
    return _together(place, texts)


def _together(place: _Place, texts: tuple[str, ...]) -> bool:
    """Carry statements out in a transaction; False where one alone must not be in any."""
    guest, seen, since = place.guest, place.seen, 0.0
    guest.begin()
    for text in texts:
        before = _rows_read(guest, place.watched)
        begun = time.monotonic()
        try:
            guest.run_one(text)
        except ServerRefusal as refusal:
            if refusal.code not in _IN_NONE or texts[1:]:
                raise
            guest.run("ROLLBACK")
            return False
        lock = _strongest(guest.run(_HELD), place.watched)
        read = _rows_read(guest, place.watched) - before
        seen.statements += 1
        since = since or (begun if lock else 0.0)
        seen.stopping += bool(lock)
        if lock and read:
            seen.wrong.append(f"{place.path}: reads {read:,} rows under {lock}: {_short(text)}")
    guest.run("COMMIT")
    held = time.monotonic() - since if since else 0.0
    if held > MOST_SECONDS:
        seen.wrong.append(f"{place.path}: holds a lock that stops writers for {held:.1f} s")
    return True


def _from_beside(place: _Place, text: str) -> None:
    """Carry out what runs in no transaction, or in several; its locks are seen from beside."""
    ((process,),) = place.guest.run_one("SELECT pg_backend_pid()::int8")
    modes = frozenset(_STOPS_WRITES)
    with Watcher(place.eyes, int(process), modes, place.watched) as watcher:
        place.guest.run_one(text)
    place.seen.statements += 1
    if watcher.longest > MOST_ALONE:
        said = f"{watcher.lock} held for {watcher.longest:.2f} s: {_short(text)}"
        place.seen.wrong.append(f"{place.path}: {said}")


def _check(guest: Session, stage: Stage, seen: Seen) -> None:
    """Each question of the step's check gives 0."""
    for text in statements(stage.check):
        try:
            rows = guest.run_one(text)
        except ServerRefusal as refusal:
            seen.wrong.append(f"the check after {stage.path}: {refusal}")
            return
        if any(row[-1] != 0 for row in rows):
            seen.wrong.append(f"the check after {stage.path} gives {rows[0][-1]}: {_short(text)}")


def _differ(guest: Session, rehearsal: Rehearsal, seen: Seen) -> None:
    for text in statements(rehearsal.differ):
        ((count,),) = guest.run_one(text)
        if count:
            seen.wrong.append(f"{count:,} rows are not as they must be at the end: {_short(text)}")


def _watched(guest: Session, rehearsal: Rehearsal) -> tuple[int, ...]:
    """The tables in use, by what stays the same when one gets another name."""
    return tuple(oid for (oid,) in guest.run_one(_WATCHED, (list(rehearsal.watched),)))


def _files(guest: Session, watched: tuple[int, ...]) -> dict[int, int]:
    return {int(oid): int(file) for oid, file in guest.run_one(_FILES, (list(watched),))}


def _is_rewritten(before: dict[int, int], after: dict[int, int]) -> bool:
    """Whether a table that is still there lies in another file than before."""
    return any(oid in after and after[oid] != file for oid, file in before.items())


def _rows_read(guest: Session, watched: tuple[int, ...]) -> int:
    return int(guest.run_one(_READ, (list(watched),))[0][0])


def _strongest(held: list[Row], watched: tuple[int, ...]) -> str:
    """The strongest lock that stops writers of a watched table; "" where there is none."""
    modes = [_STOPS_WRITES.index(m) for table, m in held if table in watched and m in _STOPS_WRITES]
    return _STOPS_WRITES[max(modes)] if modes else ""


def _short(text: str) -> str:
    return " ".join(text.split())[:80]


def undo_each(server: Server, rehearsal: Rehearsal) -> Seen:
    """Each step, its undo, and the step again: the undo brings back what was there before."""
    seen = Seen()
    with _stage(server, rehearsal) as name, contextlib.closing(server.guest(name)) as guest:
        for stage in rehearsal.stages:
            try:
                before = guest.run(_SHAPE)
                _plainly(guest, stage.sql, alone=stage.alone)
                if stage.undo:
                    _plainly(guest, stage.undo, alone=ALONE in stage.undo)
                    seen.wrong += _changed(before, guest.run(_SHAPE), stage.path)
                    _plainly(guest, stage.sql, alone=stage.alone)
                    seen.undone += 1
            except ServerRefusal as refusal:
                seen.wrong.append(f"{stage.path}, undone and done again: {refusal}")
            seen.steps += 1
            if seen.wrong:
                return seen
    return seen


def _changed(before: list[Row], after: list[Row], path: str) -> Iterator[str]:
    lost = [row[0] for row in before if row not in after]
    added = [row[0] for row in after if row not in before]
    if lost or added:
        yield f"the undo of {path} leaves a difference: {(lost + added)[0][:120]}"


def _plainly(guest: Session, script: str, *, alone: bool) -> None:
    if not alone:
        guest.begin()
    try:
        for text in statements(script):
            guest.run_one(text)
        if not alone:
            guest.run("COMMIT")
    except ServerRefusal:
        with contextlib.suppress(ServerRefusal):
            guest.run("ROLLBACK")
        raise


def at_once(server: Server, rehearsal: Rehearsal) -> AtOnce:
    """What the change does in one statement, and whether the app before still works after it."""
    with _stage(server, rehearsal) as name, contextlib.closing(server.guest(name)) as guest:
        watched = _watched(guest, rehearsal)
        before = _files(guest, watched)
        with guest.rolled_back():
            rows = _rows_read(guest, watched)
            try:
                for text in statements(rehearsal.at_once):
                    guest.run_one(text)
            except ServerRefusal as refusal:
                return AtOnce(refused=str(refusal))
            lock = _strongest(guest.run(_HELD), watched)
            rows = _rows_read(guest, watched) - rows
            rewritten = _is_rewritten(before, _files(guest, watched))
            breaks = ""
            try:
                for text in statements(rehearsal.apps.get("old", "")):
                    guest.run_one(text)
            except ServerRefusal as refusal:
                breaks = str(refusal)
            return AtOnce(lock=lock, rows=rows, rewritten=rewritten, breaks=breaks)
