"""Reading a saved folder back and repeating every proof in it, on the files as they are now.

A verdict must come out as recorded, and so must every figure: a changed index column, row count,
query, policy or price therefore breaks the proof that rests on it, even where the change is valid.
"""

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
from blueproof.core.scene import Excerpt
from blueproof.proof.bench import Bench
from blueproof.proof.outcome import Outcome
from blueproof.proof.prove import Progress, check
from blueproof.sql.queries import read_queries

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
    blueprint = _read(folder / BLUEPRINT, Blueprint)
    if ledger.shape != SHAPE_VERSION:
        raise InputError(
            f"{folder / LEDGER}: shape {ledger.shape}, and this version reads {SHAPE_VERSION}: "
            "run the consultation again"
        )
    return Saved(folder=folder, blueprint=blueprint, ledger=ledger)


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
    return type(proof.claim).__name__ not in {"Lints", "SumsTo", "WithinLimit"}


def _compared(proof: Proof, outcome: Outcome) -> Replayed:
    if outcome.verdict != proof.verdict:
        state: State = "unchecked" if outcome.verdict == "unchecked" else "broken"
        was = f"recorded as {proof.verdict}, now {outcome.verdict}"
        return Replayed(proof=proof, state=state, why=f"{was}: {outcome.reason}".rstrip(": "))
    # How many generated rows there were says nothing; that the verdict is the same does.
    generated = proof.basis == "simulated"
    differing = "" if generated else _difference(proof.measured, outcome.measured)
    if differing:
        return Replayed(proof=proof, state="broken", why=differing)
    state = "unchecked" if proof.verdict == "unchecked" else "holds"
    return Replayed(proof=proof, state=state, why=proof.reason if state == "unchecked" else "")


def _difference(recorded: tuple[Measurement, ...], now: tuple[Measurement, ...]) -> str:
    """The first figure that is not what was recorded, in words; texts are not compared."""
    found = {m.name: m for m in now}
    for old in recorded:
        new = found.get(old.name)
        if new is None:
            return f"{old.name} is no longer measured"
        if isinstance(old.value, str) or isinstance(new.value, str):
            continue
        if not math.isclose(old.value, new.value, rel_tol=_TOLERANCE) or old.unit != new.unit:
            return f"{old.name} was {old.value:,g}, is now {new.value:,g} {new.unit}".rstrip()
    return ""


def _now(value: Any, folder: Path) -> tuple[Any, str]:
    """The claim or scene with every text read anew from its file, and what is missing."""
    if isinstance(value, Excerpt):
        return _reread(value, folder)
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
    queries, _ = read_queries(text, path=excerpt.path)
    statement = next((q for q in queries if q.ordinal == excerpt.statement), None)
    if statement is None:
        return excerpt, f"{excerpt.path} has no query as its statement {excerpt.statement} any more"
    return replace(excerpt, text=statement.written), ""
