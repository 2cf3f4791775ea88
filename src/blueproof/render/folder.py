"""The answer as a folder on disk, written whole or not at all, and never over a person's work.

A manifest in the folder holds the digest of every file of ours. What still has its digest is ours
and may be replaced or removed; everything else, links included, is the person's and stays, and
ours then lies beside it as NAME.new. Texts are staged in full before anything is replaced, and a
replacing that fails half-way is undone.
"""

import errno
import hashlib
import json
import os
import shutil
import signal
import stat
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from blueproof.core.errors import OutputError

MANIFEST = ".blueproof.json"

_MADE_BY, _SHAPE = "blueproof", 1
_NEW = ".new"
_LONGEST = 255  # bytes in one part of a path, on every common file system
_ROOM = "free some space or choose another --out"
_RIGHTS = "make it writable or choose another --out"
_ADVICE = {errno.ENOSPC: _ROOM, errno.EDQUOT: _ROOM, errno.EACCES: _RIGHTS, errno.EROFS: _RIGHTS}
_ADVICE |= {errno.ELOOP: "this is a circular link, remove it or choose another --out"}


@dataclass(frozen=True, kw_only=True)
class Written:
    """What a run did to the folder; names as they are on disk, the manifest left out."""

    folder: Path
    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    kept: tuple[str, ...]  # the person's; ours, if there still is one, lies beside as NAME.new
    removed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Found:
    """What lies at a name or bars the way to it, and its digest if it is a plain file."""

    name: str | None = None
    digest: str = ""


@dataclass(frozen=True, kw_only=True)
class _Ground:
    """The folder before a run, and what we know of it."""

    root: Path
    recorded: Mapping[str, str]
    leaving: set[str]  # ours, untouched, no longer asked for


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """Everything a run is going to change, decided before anything is touched."""

    root: Path
    answer: Written
    staged: Mapping[str, bytes]  # in the order of their replacing: the manifest last, if it changes
    emptied: tuple[str, ...]  # folders of ours to remove if nothing is left in them, deepest first
    seen: Mapping[str, _Found]


def check_folder(out: Path, *, force: bool = False) -> None:
    """Refuse a folder that cannot or must not be written, before any long work."""
    with _explained(f"looking at {out}"):
        try:
            out.stat()
        except FileNotFoundError:
            _check_writable(Path(os.path.realpath(out)).parent)
            return
        _check_writable(out)
        _, complaint = _read_manifest(out)
    if complaint and not force:
        raise OutputError(f"{complaint}: choose another --out, or --force to write beside it")


def write_folder(files: Mapping[str, str], out: Path, *, force: bool = False) -> Written:
    """Write the texts, by relative POSIX path, into a new folder or into one of ours."""
    texts = _encoded(files)
    check_folder(out, force=force)
    with _explained(f"looking at {out}"):
        plan = _plan(texts, out)
    if plan.staged or plan.answer.removed:
        _carry_out(plan)
    return plan.answer


def _check_writable(folder: Path) -> None:
    if not folder.exists():
        raise OutputError(f"{folder} does not exist: create it or choose another --out")
    if not folder.is_dir():
        raise OutputError(f"{folder} is a file, not a folder: choose another --out")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(f"{folder} is not writable: {_RIGHTS}")


def _encoded(files: Mapping[str, str]) -> dict[str, bytes]:
    for name in files:
        _check_name(name)
        if not files.keys().isdisjoint(_steps(name)[:-1]):
            raise ValueError(f"{name!r} lies under a name that is a file itself")
        if any(part.endswith(_NEW) for part in name.split("/")):
            raise ValueError(f"{name!r} has an ending that we keep for files beside a person's")
    return {name: files[name].encode() for name in sorted(files)}


def _check_name(name: str) -> None:
    parts = name.split("/")
    if any(part in {"", ".", ".."} for part in parts) or "\\" in name or "\0" in name:
        raise ValueError(f"{name!r} is not a plain relative POSIX path")
    if any(len(part.encode()) > _LONGEST for part in parts):
        raise ValueError(f"{name!r} has a part of more than {_LONGEST} bytes")
    if parts[0] == MANIFEST:
        raise ValueError(f"{MANIFEST} is the manifest's own name")


def _read_manifest(root: Path) -> tuple[dict[str, str], str]:
    """What the manifest records, and why the folder counts as somebody else's if it does."""
    path, found = root / MANIFEST, _find(root, MANIFEST)
    if found.name is None:
        foreign = root.is_dir() and any(root.iterdir())
        return {}, f"{root} is not empty and was not made by Blueproof" if foreign else ""
    if not found.digest:
        return {}, f"{path} is not a plain file"
    try:
        return _parse_manifest(path.read_bytes()), ""
    except (ValueError, RecursionError) as error:
        return {}, f"{path} is damaged and does not say which files are ours ({error})"


def _parse_manifest(data: bytes) -> dict[str, str]:
    parsed: object = json.loads(data)
    if not isinstance(parsed, dict) or parsed.get("made_by") != _MADE_BY:
        raise ValueError("not a manifest of Blueproof")
    if parsed.get("shape") != _SHAPE:
        raise ValueError(f"shape {parsed.get('shape')!r}, which this version cannot read")
    files = parsed.get("files")
    if not isinstance(files, dict) or not all(isinstance(v, str) for v in files.values()):
        raise ValueError("no list of files")
    for name in files:
        _check_name(name)  # a planted '../' must not lead us out of the folder
    return files


def _changed_manifest(root: Path, ours: Mapping[str, str]) -> dict[str, bytes]:
    content = {"made_by": _MADE_BY, "shape": _SHAPE, "files": dict(sorted(ours.items()))}
    text = (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
    same = _find(root, MANIFEST) == _Found(name=MANIFEST, digest=_digest(text))
    return {} if same else {MANIFEST: text}


def _steps(name: str) -> tuple[str, ...]:
    """The way to a name from the outside in: a, a/b, a/b/c."""
    return tuple(accumulate(name.split("/"), lambda way, part: f"{way}/{part}"))


def _find(root: Path, name: str) -> _Found:
    """Look without following links: whoever made one, it was not us."""
    for step in _steps(name):
        path = root / step
        try:
            mode = path.lstat().st_mode
        except FileNotFoundError:
            return _Found()
        if stat.S_ISREG(mode):
            return _Found(name=step, digest=_digest(path.read_bytes()))
        if not stat.S_ISDIR(mode):
            return _Found(name=step)
    return _Found(name=name)


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def _is_ours(name: str, found: _Found, recorded: Mapping[str, str]) -> bool:
    """Whether the file holds what we wrote there, or the NAME.new a person moved into its place."""
    ours = (recorded.get(name), recorded.get(name + _NEW))
    return found.name == name and bool(found.digest) and found.digest in ours


def _plan(texts: Mapping[str, bytes], out: Path) -> _Plan:
    root = Path(os.path.realpath(out))
    recorded, _ = _read_manifest(root)
    state = {name: _find(root, name) for name in recorded}
    leaving = {n for n in recorded if n not in texts and _is_ours(n, state[n], recorded)}
    ground = _Ground(root=root, recorded=recorded, leaving=leaving)
    settled = [(text, *_place(name, text, ground)) for name, text in texts.items()]
    places = {place: text for text, place, _ in settled}
    kept = {barrier for _, _, barriers in settled for barrier in barriers}
    seen = {place: _find(root, place) for place in places}
    same = {p for p, text in places.items() if seen[p] == _Found(name=p, digest=_digest(text))}
    # A copy of the person's own that already holds our text does not become ours by that.
    own = {p for p in same - recorded.keys() if not _is_ours(p, seen[p], recorded)}
    ours = {place: _digest(text) for place, text in places.items() if place not in own}
    for name in recorded.keys() - places.keys() - leaving:
        if name in texts:
            ours[name] = recorded[name]  # so that a person's undo makes the file ours again
        elif holder := state[name].name:
            kept.add(holder)
    removed = leaving - places.keys()
    writes = {place: text for place, text in places.items() if place not in same}
    return _Plan(
        root=root,
        answer=Written(
            folder=out,
            written=tuple(sorted(writes)),
            unchanged=tuple(sorted(same)),
            kept=tuple(sorted(kept)),
            removed=tuple(sorted(removed)),
        ),
        staged=writes | _changed_manifest(root, ours),
        emptied=tuple(sorted(_folders(recorded) - _folders(ours), reverse=True)),
        seen=seen | {name: state[name] for name in removed},
    )


def _folders(names: Iterable[str]) -> set[str]:
    return {step for name in names for step in _steps(name)[:-1]}


def _place(name: str, text: bytes, ground: _Ground) -> tuple[str, set[str]]:
    """Where the text may lie, at its name or at the next free NAME.new, and what bars the others.

    No two texts meet: without its .new parts a place is the name again, and no name has such parts.
    """
    spot, barriers = name, set[str]()
    while barrier := _barrier(spot, text, ground):
        barriers.add(barrier)
        spot = barrier + _NEW + spot[len(barrier) :]
    return spot, barriers


def _barrier(spot: str, text: bytes, ground: _Ground) -> str | None:
    """What of the person's lies at the place or on the way to it."""
    found = _find(ground.root, spot)
    if found.name != spot:
        free = found.name is None or found.name in ground.leaving
    elif found.digest:
        free = found.digest == _digest(text) or _is_ours(spot, found, ground.recorded)
    else:
        free = _vacated(spot, ground)
    return None if free else found.name


def _vacated(folder: str, ground: _Ground) -> bool:
    """Whether a folder of ours will be gone, because all that is in it leaves."""
    path = ground.root / folder
    real = path.is_dir() and not path.is_symlink()
    if not real or folder not in _folders(ground.recorded):
        return False
    inside = [f"{folder}/{entry.name}" for entry in path.iterdir()]
    return all(n in ground.leaving or _vacated(n, ground) for n in inside)


def _carry_out(plan: _Plan) -> None:
    root, fresh = plan.root, not plan.root.exists()
    with _explained(f"writing {root}"), _staging(root, fresh=fresh) as stage:
        for name, text in plan.staged.items():
            with _explained(f"writing {root / name}"):
                _write_file(stage / "new" / name, text)
        with _interrupts_held():
            if fresh:
                (stage / "new").rename(root)
            else:
                _replace(plan, stage)


def _write_file(path: Path, text: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    runs = path.suffix == ".sh" or text.startswith(b"#!")
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o755 if runs else 0o644)
    with open(handle, "wb") as file:  # noqa: PTH123 [a handle has no Path; it carries the mode]
        file.write(text)


def _replace(plan: _Plan, stage: Path) -> None:
    """Move the staged files over the old ones; whatever goes wrong, all of it is undone."""
    root = plan.root
    for name, found in plan.seen.items():
        if _find(root, name) != found:
            raise OutputError(f"{root / name} was changed while we were writing: run it again")
    with ExitStack() as undo:
        for name in plan.answer.removed:
            with _explained(f"removing {root / name}"):
                _set_aside(name, root, stage, undo)
                (root / name).unlink()
        for folder in plan.emptied:
            _remove_if_empty(folder, root, undo)
        for name in plan.staged:
            with _explained(f"writing {root / name}"):
                _make_folders(name, root, undo)
                _set_aside(name, root, stage, undo)
                (stage / "new" / name).replace(root / name)
        undo.pop_all()


def _set_aside(name: str, root: Path, stage: Path, undo: ExitStack) -> None:
    """Keep a second link to what lies there now, for the undoing."""
    old, spare = root / name, stage / "old" / name
    if not os.path.lexists(old):
        undo.callback(old.unlink, missing_ok=True)
        return
    spare.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(old, spare, follow_symlinks=False)
    except OSError:  # a file system without links
        shutil.copy2(old, spare, follow_symlinks=False)
    undo.callback(spare.replace, old)


def _remove_if_empty(folder: str, root: Path, undo: ExitStack) -> None:
    path = root / folder
    if _find(root, folder).name == folder:
        with suppress(OSError):  # not empty, or a link: the person's
            mode = stat.S_IMODE(path.lstat().st_mode)
            path.rmdir()
            undo.callback(path.mkdir, mode)


def _make_folders(name: str, root: Path, undo: ExitStack) -> None:
    for step in _steps(name)[:-1]:
        path = root / step
        with suppress(FileExistsError):
            path.mkdir()
            undo.callback(path.rmdir)


@contextmanager
def _staging(root: Path, *, fresh: bool) -> Iterator[Path]:
    """A temporary folder beside `root` that is gone afterwards, whatever happens."""
    stage: Path | None = None
    try:
        with _interrupts_held():
            home = root.parent if fresh else root
            stage = Path(tempfile.mkdtemp(prefix=".blueproof-", dir=home))
            if not fresh:
                # Only a folder that can move out can move its files in. Where it cannot (`root`
                # is a mount, its parent is not ours to write), it stays inside.
                with suppress(OSError):
                    stage = stage.rename(root.parent / stage.name)
        yield stage
    finally:
        if stage is not None:
            with _interrupts_held():
                shutil.rmtree(stage, ignore_errors=True)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Let Ctrl-C and a polite kill wait until the short work inside is done."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _explained(doing: str) -> Iterator[None]:
    """Turn what the system says into one line for the person."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        advice = _ADVICE.get(error.errno or 0, "choose another --out")
        raise OutputError(f"{reason[:1].lower()}{reason[1:]} while {doing}: {advice}") from error
