"""Reading a saved folder back and repeating every proof in it, on the files as they are now.

A verdict must come out as recorded, and so must every figure: a changed index column, row count,
query, policy or price therefore breaks the proof that rests on it, even where the change is valid.
"""

import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Literal

from blueproof.core.blueprint import SHAPE_VERSION, Blueprint, Ledger, Proof
from blueproof.core.codec import CodecError, decode
from blueproof.core.errors import InputError, UsageError
from blueproof.core.evidence import Measurement
from blueproof.core.scene import Excerpt, File
from blueproof.proof.bench import Bench
from blueproof.proof.outcome import Outcome
from blueproof.proof.prove import Progress, as_proof, check

LEDGER = "proofs.json"
BLUEPRINT = "blueprint.json"
_TOLERANCE = 0.01  # a cost may differ by 1 % between builds of PostgreSQL; a real change does more

State = Literal["holds", "broken", "unchecked"]


@dataclass(frozen=True, kw_only=True)
class Saved:
    """A blueprint read back from its folder: it can be proved again and explained, not rendered."""

    folder: Path
    blueprint: Blueprint
    ledger: Ledger

    def proof(self, name: str) -> Proof:
        """The recorded proof with this id; UsageError if there is none."""
        for entry in self.ledger.entries:
            if entry.proof.id == name:
                return entry.proof
        known = f"p1 to p{len(self.ledger.entries)}" if self.ledger.entries else "none"
        raise UsageError(f"no proof {name!r} in {self.folder}: it has {known}")


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """What a proof gave when it was repeated, and how that differs from the record."""

    proof: Proof
    state: State
    why: str = ""


def read_saved(folder: Path) -> Saved:
    """The saved blueprint of a folder; InputError where it is none of ours or was damaged."""
    ledger = _read(folder / LEDGER, Ledger)
    blueprint = _with_texts(_read(folder / BLUEPRINT, Blueprint), folder)
    if ledger.shape != SHAPE_VERSION:
        raise InputError(
            f"{folder / LEDGER}: shape {ledger.shape}, and this version reads {SHAPE_VERSION}: "
            "run the consultation again"
        )
    return Saved(folder=folder, blueprint=blueprint, ledger=ledger)


def _with_texts(blueprint: Blueprint, folder: Path) -> Blueprint:
    """The blueprint with the texts of its files, which lie in the folder and not in the JSON."""
    artifacts = tuple(
        replace(a, text=_now(Excerpt(text="", path=a.path), folder)[0].text)
        for a in blueprint.artifacts
    )
    return replace(blueprint, artifacts=artifacts)


def _read(file: Path, cls: type) -> Any:
    try:
        return decode(cls, json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise InputError(
            f"{file} is not there: name the folder that a consultation wrote (--out)"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read: {error}") from error
    except (json.JSONDecodeError, CodecError) as error:
        raise InputError(f"{file}: damaged ({error}): run the consultation again") from error


def replay(
    saved: Saved, bench: Bench, only: tuple[str, ...] = (), progress: Progress = lambda _: None
) -> Iterator[Replayed]:
    """Repeat the proofs, or only those named, on the folder's files as they are now."""
    scene, lost = _now(saved.ledger.scene, saved.folder)
    wanted = [saved.proof(name) for name in only] or [e.proof for e in saved.ledger.entries]
    for proof in wanted:
        progress(f"{proof.id}: {type(proof.claim).__name__}")
        claim, missing = _now(proof.claim, saved.folder)
        gone = missing or (lost if _stands_on(proof) else "")
        if gone:
            yield Replayed(proof=proof, state="broken", why=gone)
        else:
            yield _compared(proof, check(claim, scene, bench))


def _stands_on(proof: Proof) -> bool:
    """Whether the proof needs the scene at all."""
    return type(proof.claim).__name__ not in {
        "Lints",
        "SumsTo",
        "WithinLimit",
        "Decides",
        "LoadFits",
        "Validates",
        "Upholds",
        "Drains",
        "Deploys",
        "TypeChecks",
        "PassesTests",
    }


def _compared(proof: Proof, outcome: Outcome) -> Replayed:
    if (proof.verdict, outcome.verdict) == ("unchecked", "proved"):
        return Replayed(proof=proof, state="holds", why="it was not checked before, and now is")
    if outcome.verdict != proof.verdict:
        state: State = "unchecked" if outcome.verdict == "unchecked" else "broken"
        was = f"recorded as {proof.verdict}, now {outcome.verdict}"
        return Replayed(proof=proof, state=state, why=f"{was}: {outcome.reason}".rstrip(": "))
    again = as_proof(proof.claim, outcome, proof.id, 0.0)
    differing = _difference(proof.measured, again.measured) or _said_otherwise(proof, again)
    if differing:
        return Replayed(proof=proof, state="broken", why=differing)
    state = "unchecked" if proof.verdict == "unchecked" else "holds"
    return Replayed(proof=proof, state=state, why=proof.reason if state == "unchecked" else "")


def _difference(recorded: tuple[Measurement, ...], now: tuple[Measurement, ...]) -> str:
    """The first figure that is not what was recorded, in words; texts are not compared."""
    found = {m.name: m for m in now}
    missing = [m.name for m in now if m.name not in {old.name for old in recorded}]
    if missing:
        return f"{missing[0]} was not recorded"
    for old in recorded:
        new = found.get(old.name)
        if new is None:
            return f"{old.name} is no longer measured"
        if isinstance(old.value, str) or isinstance(new.value, str):
            continue
        if not math.isclose(old.value, new.value, rel_tol=_TOLERANCE) or old.unit != new.unit:
            return f"{old.name} was {old.value:,g}, is now {new.value:,g} {new.unit}".rstrip()
    return ""


def _said_otherwise(recorded: Proof, now: Proof) -> str:
    """What else of a proof is not as recorded: its basis, or the condition it holds under."""
    if recorded.basis != now.basis:
        return f"the basis was {recorded.basis}, is now {now.basis}"
    if recorded.condition != now.condition:
        return f"it was said to hold {recorded.condition!r}, and holds {now.condition!r}"
    return ""


def altered(saved: Saved) -> Iterator[str]:
    """What of the folder no longer agrees with its ledger, in words; nothing if all does.

    Texts that a proof reads may be edited: their proofs say what comes of it. What only reports
    must be as it was written, or it says something that was never proved.
    """
    recorded = {p.id: p for p in saved.blueprint.proofs}
    kept = {e.proof.id: e.proof for e in saved.ledger.entries}
    if recorded != kept:
        ids = sorted(n for n in {**recorded, **kept} if recorded.get(n) != kept.get(n))
        yield f"{LEDGER} and {BLUEPRINT} do not hold the same proofs: {', '.join(ids[:5])}"
    read = set(_paths((saved.ledger.scene, tuple(kept.values()))))
    for file in saved.ledger.files:
        if file.path not in read and _digest(saved.folder / file.path) != file.sha256:
            yield f"{file.path} is not as it was written, and no proof speaks for what it says now"
    yield from _strangers(saved)


def _strangers(saved: Saved) -> Iterator[str]:
    """Migrations that are in the folder and were never part of the answer."""
    known = {file.path for file in saved.ledger.files}
    for file in sorted(saved.folder.glob("migrations/**/*.sql")):
        path = file.relative_to(saved.folder).as_posix()
        if path not in known:
            yield f"{path} is no part of this answer: nothing was proved of it"


def _digest(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""


def _paths(value: Any) -> Iterator[str]:
    """The paths of all texts in claims and scenes."""
    if isinstance(value, Excerpt | File):
        yield value.path
    elif isinstance(value, tuple):
        for item in value:
            yield from _paths(item)
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from _paths(getattr(value, each.name))


def _now(value: Any, folder: Path) -> tuple[Any, str]:
    """The claim or scene with every text read anew from its file, and what is missing."""
    if isinstance(value, Excerpt):
        return _reread(value, folder)
    if isinstance(value, File):
        whole, lost = _reread(Excerpt(text="", path=value.path), folder)
        return replace(value, text=whole.text), lost
    if isinstance(value, tuple):
        pairs = [_now(item, folder) for item in value]
        return tuple(item for item, _ in pairs), next((lost for _, lost in pairs if lost), "")
    if not is_dataclass(value) or isinstance(value, type):
        return value, ""
    changed, missing = {}, ""
    for name in (f.name for f in fields(value) if f.init):
        changed[name], lost = _now(getattr(value, name), folder)
        missing = missing or lost
    return replace(value, **changed), missing


def _reread(excerpt: Excerpt, folder: Path) -> tuple[Excerpt, str]:
    if not excerpt.path:
        return excerpt, ""
    try:
        text = (folder / excerpt.path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return excerpt, f"{excerpt.path} cannot be read: {type(error).__name__}"
    if not excerpt.statement:
        return replace(excerpt, text=text), ""
    from blueproof.sql.queries import read_queries

    queries, _ = read_queries(text, path=excerpt.path)
    statement = next((q for q in queries if q.ordinal == excerpt.statement), None)
    if statement is None:
        return excerpt, f"{excerpt.path} has no query as its statement {excerpt.statement} any more"
    return replace(excerpt, text=statement.written), ""
